/* A tick as a program without a store would keep it, of the size that it has in a store. */
#ifndef MMF_BENCH_RAW_TICK_H
#define MMF_BENCH_RAW_TICK_H

#include <assert.h>
#include <stdint.h>

#include "tick_store.h"

typedef struct raw_tick {
    uint64_t sequence;
    uint32_t symbol_length;
    char symbol[TICK_SYMBOL_MAX];
    double price;
    double volume;
    uint64_t timestamp;
} raw_tick;
static_assert(sizeof(raw_tick) == TICK_RECORD_SIZE, "both sides must move the same bytes");

#endif
