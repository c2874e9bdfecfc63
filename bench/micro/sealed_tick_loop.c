/* Writing ticks that have checksums, and verifying them; tick_loop.c has the same without. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdio.h>
#include <unistd.h>

#include "bench/micro/loop.h"
#include "bench/micro/sealed_tick_store.h"

static sealed_tick_store *store;
static const sealed_tick_record sample = {"MMFORGE1", 8, 1.0, 2.0, 3};

static void prepare(const char *path, uint64_t count)
{
    mmf_error error;
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = UINT64_C(1) << 26; /* valgrind has no 64 GiB to give */
    options.capacity = ROWS + count;
    if (sealed_tick_store_create(path, &options, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "sealed_tick_loop: %s\n", error.message);
        exit(1);
    }
    (void)unlink(path);
    for (uint64_t i = 0; i < ROWS; i++)
        must(sealed_tick_store_append(store, &sample, NULL));
}

LOOP set(uint64_t count)
{
    sealed_tick_store *to = store;
    for (uint64_t i = 0; i < count; i++)
        must(sealed_tick_store_set_price(to, i % ROWS, 1.0));
}

LOOP string_set(uint64_t count)
{
    sealed_tick_store *to = store;
    for (uint64_t i = 0; i < count; i++)
        must(sealed_tick_store_set_symbol(to, i % ROWS, "MMFORGE2", 8));
}

LOOP record_set(uint64_t count)
{
    sealed_tick_store *to = store;
    sealed_tick_record in = sample;
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        must(sealed_tick_store_set(to, i % ROWS, &in));
    }
}

LOOP append(uint64_t count)
{
    sealed_tick_store *to = store;
    sealed_tick_record in = sample;
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        must(sealed_tick_store_append(to, &in, NULL));
    }
}

/* Records, a whole store at a call. */
LOOP verify(uint64_t count)
{
    for (uint64_t done = 0; done < count; done += ROWS)
        must(sealed_tick_store_verify(store, 0, count - done < ROWS ? count - done : ROWS, NULL,
                                      NULL));
}

int main(int argc, char **argv)
{
    static const loop loops[] = {
        {"set", set},       {"string_set", string_set}, {"record_set", record_set},
        {"append", append}, {"verify", verify},         {NULL, NULL},
    };
    return loop_main(argc, argv, loops, prepare);
}
