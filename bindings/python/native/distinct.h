/* Which texts of many are equal, so that each is made a Python object once. */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_DISTINCT_H
#define MMF_BINDINGS_PYTHON_NATIVE_DISTINCT_H

#include "handle.h"

MMF_BEGIN_DECLS

/*
 * Finds which of count fields of string or bytes, size bytes each and end to end, are equal: ids[i]
 * is the number of the i-th one's value, and of the value numbered n the first place is firsts[n].
 * Returns how many values there are. ids and firsts have room for count; table has table_size
 * words, a power of two of at least 2 * count. Hashing: FNV-1a's step, eight bytes at a time.
 */
uint32_t mmfpy_distinct(const void *fields, uint32_t count, uint32_t size, uint32_t *ids,
                        uint32_t *firsts, uint32_t *table, uint32_t table_size);

MMF_END_DECLS

#endif
