// Messages of the measuring programs, on standard error: results alone go to standard output.
#ifndef MMF_BENCH_SAY_H
#define MMF_BENCH_SAY_H

#include "mmapforge/status.h"

// Says why on standard error, as printf does, and ends this process with 1.
[[noreturn, gnu::cold, gnu::format(printf, 1, 2)]] void die(const char *format, ...);

// Ends this process with the error's message unless the status is MMF_OK.
void need(mmf_status status, const mmf_error &error);

// Says what goes on, on standard error.
[[gnu::format(printf, 1, 2)]] void say(const char *format, ...);

#endif
