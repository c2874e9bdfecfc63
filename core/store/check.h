/* What is found out about the records of a file when it is opened, and the recovery of a sound one.
 */
#ifndef MMF_STORE_CHECK_H
#define MMF_STORE_CHECK_H

#include "../format/recover.h"
#include "state.h"

/*
 * The first of count rows that are zeroes to the end, because they were never written or are gone:
 * then the count or the file is damaged. UINT64_MAX when the last one was written. O(log count).
 */
uint64_t mmfi_rows_written(const mmfi_state *state, uint64_t count);

/*
 * The first of count rows that a hole of the file takes something of, if a row begins in that hole:
 * then they were never written, or the disk lost them. UINT64_MAX when there is none. Their scalars
 * would be read as 0.
 */
uint64_t mmfi_rows_to_hole(const mmfi_state *state, uint64_t count);

/*
 * MMF_ERR_CORRUPT when the shared count is below that of the last sync, which only damage makes it.
 */
mmf_status mmfi_check_synced(const mmfi_state *state, mmf_error *error);

/* MMF_ERR_CORRUPT with a message when a writer would go on after rows that are not there. */
mmf_status mmfi_check_last(const mmfi_state *state, uint64_t count, mmf_error *error);

/*
 * Before a writer's first store into the mapping: holes in the records are MMF_ERR_CORRUPT; then
 * makes sure that no store has to allocate a block, neither for a hole nor for one shared with
 * another file.
 */
mmf_status mmfi_secure_blocks(mmfi_state *state, bool others, mmf_error *error);

/*
 * Recovers the file for its only writer, or the first of several: nothing is stored into it before
 * all that may refuse it has been checked. *found says what was recovered.
 */
mmf_status mmfi_recover_file(mmfi_state *state, mmfi_recovery *found, mmf_error *error);

#endif
