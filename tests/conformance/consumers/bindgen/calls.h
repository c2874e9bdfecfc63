/* For other languages: most calls of a store are inline, and bindgen sees no inline function. */
#ifndef CALLS_H
#define CALLS_H

#include "tick_store.h"

mmf_status tick_append(tick_store *store, const tick_record *tick, uint64_t *row);
mmf_status tick_get(const tick_store *store, uint64_t row, tick_record *out);

#endif
