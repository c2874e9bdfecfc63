/* One hot call, over and over: what a program gives to be counted under callgrind. */
#ifndef MMF_BENCH_LOOP_H
#define MMF_BENCH_LOOP_H

#include <stdint.h>
#include <stdlib.h>

#include "mmapforge/status.h"

#define ROWS UINT64_C(1024) /* in the store and the array that loops read; a power of two */

#define LOOP static __attribute__((noinline)) void /* a function of its own in a disassembly */

/* Does its call count times. */
typedef struct loop {
    const char *name; /* that of the function, too: callgrind knows it by that */
    void (*run)(uint64_t count);
} loop;

/*
 * What main returns. Runs every loop, each argv[1] times, on what prepare makes with a new file at
 * argv[2], which it may remove at once; with no arguments, prints the compiler and the machine on a
 * line, then the names of the loops. prepare is given room for count appends more than ROWS. No
 * function but this one calls a loop.
 */
int loop_main(int argc, char **argv, const loop *loops, void (*prepare)(const char *, uint64_t));

static inline void must(mmf_status status)
{
    if (__builtin_expect(status != MMF_OK, 0))
        abort();
}

/* Makes the compiler have the value in a register. */
static inline void keep(double value)
{
#if defined(__x86_64__)
    __asm__ volatile("" : : "x"(value));
#else
    __asm__ volatile("" : : "w"(value));
#endif
}

static inline void keep_word(uint64_t value)
{
    __asm__ volatile("" : : "r"(value));
}

/* Makes the compiler store what the pointer points to, and read it again later. */
static inline void keep_memory(void *value)
{
    __asm__ volatile("" : : "r"(value) : "memory");
}

#endif
