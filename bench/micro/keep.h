// What keeps the compiler honest in a measured loop, and ends a program whose calls fail in one.
#ifndef MMF_BENCH_KEEP_H
#define MMF_BENCH_KEEP_H

#include <cstdio>
#include <cstdlib>

#include "mmapforge/status.h"

// Makes the compiler have the value in a register; benchmark::DoNotOptimize may spill it first.
template <typename T> inline void keep(T value)
{
    asm volatile("" : : "r"(value));
}

inline void keep(double value)
{
#if defined(__x86_64__)
    asm volatile("" : : "x"(value));
#else
    asm volatile("" : : "w"(value));
#endif
}

// Makes the compiler have *value in memory, and believe that anything in memory changed.
template <typename T> inline void keep_memory(T *value)
{
    asm volatile("" : : "r"(value) : "memory");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void fail(mmf_status status)
{
    std::fprintf(stderr, "bench: %s\n", mmf_status_name(status));
    std::abort();
}

inline void must(mmf_status status)
{
    if (__builtin_expect(status != MMF_OK, 0))
        fail(status);
}

#endif
