/* Appends one record. What is built for this program is counted; it is not run. */
#include "tick_store.h"

int main(void)
{
    mmf_options options = MMF_OPTIONS_INIT;
    tick_store *store = NULL;
    if (tick_store_create("ticks.mmf", &options, &store, NULL) != MMF_OK)
        return 1;
    const tick_record tick = {.price = 189.5};
    if (tick_store_append(store, &tick, NULL) != MMF_OK)
        return 1;
    return tick_store_close(store) == MMF_OK ? 0 : 1;
}
