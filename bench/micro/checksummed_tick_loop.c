/* Writing ticks that have checksums, and verifying them; tick_loop.c has the same without. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "bench/micro/checksummed_tick_store.h"

#define loop_store      checksummed_tick_store
#define loop_record     checksummed_tick_record
#define loop_create     checksummed_tick_store_create
#define loop_append     checksummed_tick_store_append
#define loop_set        checksummed_tick_store_set
#define loop_set_price  checksummed_tick_store_set_price
#define loop_set_symbol checksummed_tick_store_set_symbol
#include "bench/micro/field_loops.h"

static const loop_record sample = {"MMFORGE1", 8, 1.0, 2.0, 3};

static void prepare(const char *path, uint64_t count)
{
    make_store(path, count, false);
}

/* Records, a whole store at a call. */
LOOP verify(uint64_t count)
{
    for (uint64_t done = 0; done < count; done += ROWS)
        must(checksummed_tick_store_verify(store, 0, count - done < ROWS ? count - done : ROWS,
                                           NULL, NULL));
}

int main(int argc, char **argv)
{
    static const loop loops[] = {
        {"set", set},       {"string_set", string_set}, {"record_set", record_set},
        {"append", append}, {"verify", verify},         {NULL, NULL},
    };
    return loop_main(argc, argv, loops, prepare);
}
