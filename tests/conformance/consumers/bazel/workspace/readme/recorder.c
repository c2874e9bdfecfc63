#include <stdio.h>
#include <time.h>

#include "tick_store.h"

int main(void)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = MMF_READ_WRITE;
    tick_store *store = NULL;
    mmf_error error;
    mmf_status status = tick_store_open("ticks.mmf", &options, &store, &error);
    if (status == MMF_ERR_NOT_FOUND) /* the first run */
        status = tick_store_create("ticks.mmf", &options, &store, &error);
    if (status != MMF_OK) {
        fprintf(stderr, "%s\n", error.message); /* where, what, and what to do */
        return 1;
    }

    const int64_t now = (int64_t)time(NULL) * 1000000000; /* nanoseconds */
    tick_record tick = {.price = 189.5, .volume = 100, .timestamp = now};
    uint64_t row = 0;
    double price = 0;
    status = tick_record_set_symbol(&tick, "AAPL");
    if (status == MMF_OK)
        status = tick_store_append(store, &tick, &row); /* written, then published */
    if (status == MMF_OK)
        status = tick_store_set_price(store, row, 190.0); /* other processes see it at once */
    if (status == MMF_OK)
        status = tick_store_get_price(store, row, &price); /* one checked load */
    if (mmf_store_explain(tick_store_base(store), status, row, NULL, &error) != MMF_OK)
        fprintf(stderr, "%s\n", error.message);
    else
        printf("row %u: %s at %g\n", (unsigned)row, tick.symbol, price);
    return tick_store_close(store) == MMF_OK && status == MMF_OK ? 0 : 1;
}
