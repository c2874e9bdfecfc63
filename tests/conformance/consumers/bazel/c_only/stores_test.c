/* Writes and reads one record in each store. */
#include <stdio.h>
#include <stdlib.h>

#include "tick_store.h"
#include "trade_store.h"

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition);                        \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

int main(void)
{
    const char *directory = getenv("TEST_TMPDIR");
    CHECK(directory != NULL);
    mmf_options options = MMF_OPTIONS_INIT;
    char path[4096];

    snprintf(path, sizeof path, "%s/ticks.mmf", directory);
    tick_store *ticks = NULL;
    CHECK(tick_store_create(path, &options, &ticks, NULL) == MMF_OK);
    const tick_record tick = {.price = 189.5};
    double price = 0;
    CHECK(tick_store_append(ticks, &tick, NULL) == MMF_OK);
    CHECK(tick_store_get_price(ticks, 0, &price) == MMF_OK && price == 189.5);
    CHECK(tick_store_close(ticks) == MMF_OK);

    snprintf(path, sizeof path, "%s/trades.mmf", directory);
    trade_store *trades = NULL;
    CHECK(trade_store_create(path, &options, &trades, NULL) == MMF_OK);
    const trade_record trade = {.volume = 7};
    uint32_t volume = 0;
    CHECK(trade_store_append(trades, &trade, NULL) == MMF_OK);
    CHECK(trade_store_get_volume(trades, 0, &volume) == MMF_OK && volume == 7);
    CHECK(trade_store_close(trades) == MMF_OK);
    return 0;
}
