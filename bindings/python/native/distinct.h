/* Finds equal texts in a column, so that only one Python object is made for each. */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_DISTINCT_H
#define MMF_BINDINGS_PYTHON_NATIVE_DISTINCT_H

#include "handle.h"

MMF_BEGIN_DECLS

/*
 * Numbers the distinct values of count string or bytes fields, size bytes each and end to end. The
 * i-th field has the value number ids[i]; value n first occurs at field firsts[n]. Returns the
 * number of values. ids and firsts have room for count; table has table_size words, a power of two
 * of at least 2 * count. The hash is FNV-1a with steps of eight bytes.
 */
uint32_t mmfpy_distinct(const void *fields, uint32_t count, uint32_t size, uint32_t *ids,
                        uint32_t *firsts, uint32_t *table, uint32_t table_size);

MMF_END_DECLS

#endif
