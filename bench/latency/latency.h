// The parts of the program that measures latencies; each is a file of its own.
#ifndef MMF_BENCH_LATENCY_H
#define MMF_BENCH_LATENCY_H

#include "bench/latency/clock.h"
#include "bench/latency/histogram.h"
#include "bench/latency/json_line.h"
#include "bench/latency/program.h"

// What reading the clock twice in a row takes: every other latency has about as much in it.
void time_clock(const Run &run);

// Appending one by one to a growing file, beside write(2) and memcpy.
void time_append(const Run &run);

// A consistent read of a record, while a writer in another process is flat out.
void time_read(const Run &run);

// From before the append in one process until another has copied the record.
void time_visible(const Run &run);

// Making records survive a power cut, beside fdatasync of a written file.
void time_sync(const Run &run);

// The percentiles of one case.
inline void print_latency(const std::string &what, const std::string &library,
                          const Histogram &histogram)
{
    JsonLine("latency", what, library, "ns").percentiles(histogram).print();
}

// Runs the call and records how long it took.
template <typename Call> void time_call(Histogram *histogram, Call call)
{
    const uint64_t begin = now_ns();
    call();
    histogram->record(now_ns() - begin);
}

#endif
