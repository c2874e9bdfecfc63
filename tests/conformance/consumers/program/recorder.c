/* Makes a store, appends to it, reads it back, and ends with 0 if every value is what was written.
 */
#include <stdio.h>
#include <string.h>

#include "tick_store.h"

static const double PRICES[] = {189.5, 190.25, 188.0};
#define ROWS (sizeof PRICES / sizeof PRICES[0])

static mmf_status write_all(const char *path, mmf_error *error)
{
    tick_store *store = NULL;
    mmf_status status = tick_store_create(path, NULL, &store, error);
    for (uint64_t i = 0; status == MMF_OK && i < ROWS; i++) {
        tick_record tick = {.price = PRICES[i], .timestamp = 1000 + i};
        uint64_t row = 0;
        status = tick_record_set_symbol(&tick, "AAPL");
        if (status == MMF_OK)
            status = tick_store_append(store, &tick, &row);
        if (status == MMF_OK && row != i)
            status = MMF_ERR_CORRUPT;
    }
    const mmf_status closed = tick_store_close(store);
    return status != MMF_OK ? status : closed;
}

static int is_as_written(const tick_store *store, uint64_t row)
{
    tick_record tick;
    double price = 0;
    return tick_store_get(store, row, &tick) == MMF_OK && strcmp(tick.symbol, "AAPL") == 0 &&
           tick.price == PRICES[row] && tick.timestamp == 1000 + row &&
           tick_store_get_price(store, row, &price) == MMF_OK && price == PRICES[row];
}

int main(int count, char **arguments)
{
    mmf_error error;
    tick_store *store = NULL;
    if (count != 2) {
        fprintf(stderr, "usage: recorder NEW-FILE\n");
        return 2;
    }
    error.message[0] = '\0';
    if (write_all(arguments[1], &error) != MMF_OK ||
        tick_store_open(arguments[1], NULL, &store, &error) != MMF_OK) {
        fprintf(stderr, "recorder: %s\n", error.message);
        return 1;
    }
    int failed = tick_store_count(store) != ROWS;
    for (uint64_t row = 0; !failed && row < ROWS; row++)
        failed = !is_as_written(store, row);
    if (tick_store_close(store) != MMF_OK || failed) {
        fprintf(stderr, "recorder: %s does not have what was written\n", arguments[1]);
        return 1;
    }
    printf("%u rows are as written\n", (unsigned)ROWS);
    return 0;
}
