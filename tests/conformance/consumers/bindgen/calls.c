#include "calls.h"

mmf_status tick_append(tick_store *store, const tick_record *tick, uint64_t *row)
{
    return tick_store_append(store, tick, row);
}

mmf_status tick_get(const tick_store *store, uint64_t row, tick_record *out)
{
    return tick_store_get(store, row, out);
}
