/*
 * Finds damage in the records of a store by their checksums.
 *
 * Only a store whose schema has `@checksums` can be verified. Verification finds changes that no
 * writer made: a bad disk or memory, another program, the power cut that left a record old in part
 * and new in part. A record that a writer is replacing, or that a killed one left half replaced, is
 * judged as it was before.
 */
#ifndef MMAPFORGE_VERIFY_H
#define MMAPFORGE_VERIFY_H

#include "mmapforge/store.h"

MMF_BEGIN_DECLS

/*
 * Checks count records from row first on; UINT64_MAX (MMF_TO_END) is all that there are now. Stops
 * at the first one that is not sound: *bad_row (may be NULL) is its row, and continue after it for
 * the others. *bad_row is UINT64_MAX when no row is to blame.
 *
 * Returns MMF_ERR_CORRUPT (its checksum, or its sequence, is wrong: the message has what was found
 * and what was expected; or, of no row, the file was truncated, lacks some rows that are to be
 * verified, or counts fewer records than the last sync), MMF_ERR_BUSY (it looked half replaced for
 * all of the bounded retries, while a writer has the file: try again), MMF_ERR_UNSUPPORTED (its
 * records have no checksums), MMF_ERR_RANGE, MMF_ERR_ARGUMENT, MMF_ERR_CLOSED, MMF_ERR_CAPACITY or
 * MMF_ERR_IO. Writes nothing; any thread may call it, while writers write.
 */
mmf_status mmf_store_verify(const mmf_store *store, uint64_t first, uint64_t count,
                            uint64_t *bad_row, mmf_error *error);

MMF_END_DECLS

#endif
