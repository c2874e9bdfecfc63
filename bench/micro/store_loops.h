/*
 * The loops of every store: whole records replaced, and appended. A program of loops includes this
 * once, after it has named the types and the calls of its store, and defines the sample:
 *
 *     #define loop_store  tick_store
 *     #define loop_record tick_record
 *     #define loop_create tick_store_create
 *     #define loop_append tick_store_append
 *     #define loop_set    tick_store_set
 *     #include "bench/micro/store_loops.h"
 *
 *     static const loop_record sample = {...};
 *
 * Names and no pointers to functions: clang inlines a call less often where an address was taken.
 */
#ifndef MMF_BENCH_STORE_LOOPS_H
#define MMF_BENCH_STORE_LOOPS_H

#include <stdio.h>
#include <unistd.h>

#include "bench/micro/loop.h"
#include "mmapforge/store.h"

static const loop_record sample;

static loop_store *store;

/* Makes the store, with ROWS samples and room for count more. Its file loses its name at once. */
static inline void make_store(const char *path, uint64_t count, bool shared_writers)
{
    mmf_error error;
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = UINT64_C(1) << 26; /* valgrind has no 64 GiB to give */
    options.capacity = ROWS + count;
    options.shared_writers = shared_writers;
    if (loop_create(path, &options, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "no store to run loops on: %s\n", error.message);
        exit(1);
    }
    (void)unlink(path);
    for (uint64_t i = 0; i < ROWS; i++)
        must(loop_append(store, &sample, NULL));
}

LOOP record_set(uint64_t count)
{
    loop_store *to = store;
    loop_record in = sample;
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        must(loop_set(to, i % ROWS, &in));
    }
}

LOOP append(uint64_t count)
{
    loop_store *to = store;
    loop_record in = sample;
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        must(loop_append(to, &in, NULL));
    }
}

#endif
