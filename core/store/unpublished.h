/*
 * Rows that were never published.
 *
 * An append that died may have left whole records after the last one. Where records prove
 * themselves by a checksum, those would be kept after a restart, though a recovery in this boot has
 * gone on without them, and others may have been appended since. So the writer that goes on after a
 * dead append makes sure that the first row of it proves nothing: the epoch ends, as after a
 * recovery that does not trust memory, and that row gets a sequence which no proof takes, on the
 * disk before anything is appended.
 */
#ifndef MMF_STORE_UNPUBLISHED_H
#define MMF_STORE_UNPUBLISHED_H

#include "state.h"

/*
 * The caller is the only writer or has the append lock. MMF_ERR_IO or MMF_ERR_NO_SPACE when the
 * sync fails, after which the file is poisoned, or that of mmfi_unpublished_check, and nothing
 * done.
 */
mmf_status mmfi_discard_unpublished(mmfi_state *state, uint64_t count, mmf_error *error);

/*
 * MMF_ERR_CAPACITY when the row after the last one has to be examined and lies beyond the address
 * space of this handle: then another writer has to recover.
 */
mmf_status mmfi_unpublished_check(const mmfi_state *state, uint64_t count, mmf_error *error);

#endif
