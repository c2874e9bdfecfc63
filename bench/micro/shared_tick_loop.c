/* Writing ticks as one of several writers; tick_loop.c has the same for a writer that is alone. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "tick_store.h"

#define loop_store      tick_store
#define loop_record     tick_record
#define loop_create     tick_store_create
#define loop_append     tick_store_append
#define loop_set        tick_store_set
#define loop_set_price  tick_store_set_price
#define loop_set_symbol tick_store_set_symbol
#include "bench/micro/field_loops.h"

static const loop_record sample = {"MMFORGE1", 8, 1.0, 2.0, 3};

static void prepare(const char *path, uint64_t count)
{
    make_store(path, count, true);
}

int main(int argc, char **argv)
{
    static const loop loops[] = {
        {"set", set}, {"string_set", string_set}, {"record_set", record_set}, {"append", append},
        {NULL, NULL},
    };
    return loop_main(argc, argv, loops, prepare);
}
