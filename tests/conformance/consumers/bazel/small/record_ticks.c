/* Writes two ticks to the file that is named. */
#include <stdio.h>

#include "tick_store.h"

int main(int count, char **words)
{
    if (count != 2) {
        fprintf(stderr, "usage: record_ticks FILE\n");
        return 2;
    }
    mmf_options options = MMF_OPTIONS_INIT;
    tick_store *store = NULL;
    mmf_error error;
    if (tick_store_create(words[1], &options, &store, &error) != MMF_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    static const char *const symbols[] = {"AAPL", "MSFT"};
    mmf_status status = MMF_OK;
    for (unsigned i = 0; i < 2 && status == MMF_OK; i++) {
        tick_record tick = {.price = 100.5 + i};
        status = tick_record_set_symbol(&tick, symbols[i]);
        if (status == MMF_OK)
            status = tick_store_append(store, &tick, NULL);
    }
    return tick_store_close(store) == MMF_OK && status == MMF_OK ? 0 : 1;
}
