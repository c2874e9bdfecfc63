/* A market cap as a program without a store would keep it, of the size that it has in a store. */
#ifndef MMF_BENCH_RAW_MARKET_CAP_H
#define MMF_BENCH_RAW_MARKET_CAP_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/micro/market_cap_store.h"

typedef struct raw_market_cap {
    uint64_t sequence;
    uint64_t id;
    double price;
    double volume;
    double market_cap;
    bool stale;
} raw_market_cap;
static_assert(sizeof(raw_market_cap) == MARKET_CAP_RECORD_SIZE,
              "both sides must move the same bytes");

#endif
