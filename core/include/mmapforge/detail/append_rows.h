/* An append of many rows in two halves: mmf_store_append_rows, and what else fills rows in place.
 */
#ifndef MMAPFORGE_DETAIL_APPEND_ROWS_H
#define MMAPFORGE_DETAIL_APPEND_ROWS_H

#include "mmapforge/detail/handle.h"

MMF_BEGIN_DECLS

/*
 * For callers that fill rows where they will lie: room for count records after the last one, and
 * their publication. *records is in the mapping as a rule: store through
 * mmapforge/detail/record.h, every field, and then let mmfi_append_rows_finish set the sequence
 * words, and the checksums if the schema has them; first counts from *records on, so that a caller
 * may finish one block after the other. Nothing else may write through the handle between the two.
 * Errors as mmf_store_append_rows (mmapforge/value.h).
 */
mmf_status mmfi_append_rows_begin(mmf_store *store, uint64_t count, unsigned char **records);
void mmfi_append_rows_finish(const mmf_store *store, unsigned char *records, uint64_t first,
                             uint64_t count);
void mmfi_append_rows_end(mmf_store *store, uint64_t count, uint64_t *first);

MMF_END_DECLS

#endif
