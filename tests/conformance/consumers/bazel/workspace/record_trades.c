/* Writes two trades into a new file, for another program to read. */
#include <stdio.h>

#include "market_store.h"

int main(int argc, char **argv)
{
    static const trade_record TRADES[] = {
        {.venue = "XETR", .venue_length = 4, .price = 10.5, .size = 4},
        {.venue = "Z\303\274rich", .venue_length = 7, .price = 2, .size = 8},
    };
    trade_store *store = NULL;
    mmf_error error;
    if (argc != 2) {
        fprintf(stderr, "usage: record_trades FILE\n");
        return 2;
    }
    if (trade_store_create(argv[1], NULL, &store, &error) != MMF_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    mmf_status status = MMF_OK;
    for (size_t i = 0; i < sizeof TRADES / sizeof TRADES[0] && status == MMF_OK; i++)
        status = trade_store_append(store, &TRADES[i], NULL);
    const mmf_status closed = trade_store_close(store);
    return status == MMF_OK && closed == MMF_OK ? 0 : 1;
}
