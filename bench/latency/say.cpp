// Messages on standard error, and the ends of processes.
#include "bench/latency/say.h"

#include <unistd.h>

#include <cstdarg>
#include <cstdio>

namespace {

void print_message(const char *format, va_list arguments)
{
    char text[1024];
    (void)std::vsnprintf(text, sizeof text, format, arguments);
    std::fprintf(stderr, "bench: %s\n", text);
}

} // namespace

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message(format, arguments);
    va_end(arguments);
    (void)std::fflush(nullptr);
    _exit(1);
}

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message(format, arguments);
    va_end(arguments);
}

void need(mmf_status status, const mmf_error &error)
{
    if (status != MMF_OK)
        die("%s (%s)", error.message, mmf_status_name(status));
}
