/* Whole records of 48 bytes: the hot calls of their store, and the same work on an array. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/micro/loop.h"
#include "bench/micro/market_cap_store.h"

typedef struct raw_cap {
    uint64_t sequence;
    uint64_t id;
    double price;
    double volume;
    double market_cap;
    bool stale;
} raw_cap;
_Static_assert(sizeof(raw_cap) == MARKET_CAP_RECORD_SIZE, "both sides must move the same bytes");

static raw_cap *rows; /* room for appends behind ROWS */
static market_cap_store *store;
static const market_cap_record sample = {1, 2.0, 3.0, 4.0, true};

static void prepare(const char *path, uint64_t count)
{
    mmf_error error;
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = UINT64_C(1) << 26; /* valgrind has no 64 GiB to give */
    options.capacity = ROWS + count;
    if (market_cap_store_create(path, &options, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "market_cap_loop: %s\n", error.message);
        exit(1);
    }
    (void)unlink(path);
    for (uint64_t i = 0; i < ROWS; i++)
        must(market_cap_store_append(store, &sample, NULL));
    rows = (raw_cap *)calloc(ROWS + count, sizeof *rows);
    if (rows == NULL)
        abort();
}

LOOP raw_record_get(uint64_t count)
{
    const raw_cap *from = rows;
    raw_cap out;
    for (uint64_t i = 0; i < count; i++) {
        memcpy(&out, &from[i % ROWS], sizeof out);
        keep_memory(&out);
    }
}

LOOP raw_record_set(uint64_t count)
{
    raw_cap *to = rows;
    raw_cap in = rows[0];
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        memcpy(&to[i % ROWS], &in, sizeof in);
    }
}

LOOP raw_append(uint64_t count)
{
    raw_cap *to = rows;
    raw_cap in = rows[0];
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        memcpy(&to[ROWS + i], &in, sizeof in);
    }
}

LOOP record_get(uint64_t count)
{
    const market_cap_store *from = store;
    market_cap_record out;
    for (uint64_t i = 0; i < count; i++) {
        must(market_cap_store_get(from, i % ROWS, &out));
        keep_memory(&out);
    }
}

LOOP record_set(uint64_t count)
{
    market_cap_store *to = store;
    market_cap_record in = sample;
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        must(market_cap_store_set(to, i % ROWS, &in));
    }
}

LOOP append(uint64_t count)
{
    market_cap_store *to = store;
    market_cap_record in = sample;
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        must(market_cap_store_append(to, &in, NULL));
    }
}

int main(int argc, char **argv)
{
    static const loop loops[] = {
        {"raw_record_get", raw_record_get},
        {"record_get", record_get},
        {"raw_record_set", raw_record_set},
        {"record_set", record_set},
        {"raw_append", raw_append},
        {"append", append},
        {NULL, NULL},
    };
    return loop_main(argc, argv, loops, prepare);
}
