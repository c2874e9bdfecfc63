/*
 * One field of a tick replaced: its price, or its symbol by one whose length is known. As
 * store_loops.h, which this includes; with loop_set_price and loop_set_symbol.
 */
#ifndef MMF_BENCH_FIELD_LOOPS_H
#define MMF_BENCH_FIELD_LOOPS_H

#include "bench/micro/store_loops.h"

LOOP set(uint64_t count)
{
    loop_store *to = store;
    for (uint64_t i = 0; i < count; i++)
        must(loop_set_price(to, i % ROWS, 1.0));
}

LOOP string_set(uint64_t count)
{
    loop_store *to = store;
    for (uint64_t i = 0; i < count; i++)
        must(loop_set_symbol(to, i % ROWS, "MMFORGE2", 8));
}

#endif
