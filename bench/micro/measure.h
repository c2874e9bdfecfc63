// How a call is measured by google/benchmark: loops over rows, and where files go.
#ifndef MMF_BENCH_MEASURE_H
#define MMF_BENCH_MEASURE_H

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "bench/micro/keep.h"

// Rows that loops go over again and again: 26 KiB of ticks stay in a first-level cache, 208 in a
// second-level one. Powers of two.
constexpr uint64_t kFewRows = 256;
constexpr uint64_t kHotRows = 2048;

// Shows per_row, the seconds that one of the rows of an iteration takes.
inline void count_rows(benchmark::State &state, uint64_t rows)
{
    state.counters["per_row"] = benchmark::Counter(static_cast<double>(rows),
                                                   benchmark::Counter::kIsIterationInvariantRate |
                                                       benchmark::Counter::kInvert);
}

/*
 * Runs body(row) over the first rows, as many as the benchmark's argument says. The compiler cannot
 * tell that their numbers follow each other, so each is found by its number, on either side, and
 * none by adding to a pointer.
 */
template <typename Body> void each_row(benchmark::State &state, Body body)
{
    const uint64_t rows = static_cast<uint64_t>(state.range(0));
    uint64_t mask = rows - 1;
    asm volatile("" : "+r"(mask));
    for (auto _ : state)
        for (uint64_t i = 0; i < rows; i++)
            body(i & mask);
    count_rows(state, rows);
}

// A new name: in memory where there is such a file system, or on a disk.
inline std::string scratch_path(bool on_disk)
{
    const char *directory = std::getenv("TEST_TMPDIR");
    if (directory == nullptr && on_disk)
        directory = "/var/tmp";
    if (directory == nullptr)
        directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    static unsigned made = 0;
    return std::string(directory) + "/mmf_bench." + std::to_string(getpid()) + "." +
           std::to_string(made++);
}

#endif
