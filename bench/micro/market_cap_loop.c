/* Whole records of 48 bytes: the hot calls of their store, and the same work on an array. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "bench/micro/raw_market_cap.h"

#define loop_store  market_cap_store
#define loop_record market_cap_record
#define loop_raw    raw_market_cap
#define loop_create market_cap_store_create
#define loop_append market_cap_store_append
#define loop_set    market_cap_store_set
#define loop_get    market_cap_store_get
#include "bench/micro/array_loops.h"

static const loop_record sample = {1, 2.0, 3.0, 4.0, true};

static void prepare(const char *path, uint64_t count)
{
    make_store(path, count, false);
    make_rows(count);
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
