/* A library over a generated store, whose types are part of its own interface. */
#ifndef CONSUMER_TURNOVER_H
#define CONSUMER_TURNOVER_H

#include "market_store.h"

/* The sum of price times size over all trades; 0 when they cannot be read. */
double turnover(const trade_store *trades);

#endif
