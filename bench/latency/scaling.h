// The parts of the program that measures how costs grow; each is a file of its own.
#ifndef MMF_BENCH_SCALING_H
#define MMF_BENCH_SCALING_H

#include "bench/latency/program.h"

constexpr uint64_t kMiB = UINT64_C(1) << 20;

// Calls on stores of 10^3 to 10^8 records.
void scale_operations(const Run &run);

// Readers in processes of their own, with and without a writer.
void scale_readers(const Run &run);

// Appending to a file from nothing to 4 GiB.
void scale_growth(const Run &run);

// Opening files of 10^3 to 10^7 records, as a writer left them that closed, was killed, or whose
// machine restarted.
void scale_open(const Run &run);

#endif
