/* Syncs, and the end of writing after one that failed. */
#ifndef MMF_STORE_SYNC_H
#define MMF_STORE_SYNC_H

#include "../format/recover.h"
#include "state.h"

/*
 * Records to the disk, then their count; clean when the handle is being closed. A failure is for
 * good: the handle writes no more, and readers and later writers of this boot are told by the
 * poisoned flag. Errors as mmfi_link_check, which is asked first.
 */
mmf_status mmfi_store_commit(mmfi_state *state, bool clean, mmf_error *error);

/* Stores the results of recovery in the state. Removes a commit that does not stand: one sync. */
mmf_status mmfi_commit_adopt(mmfi_state *state, const mmfi_recovery *found, mmf_error *error);

/* No more writing through this handle, and readers and other writers of this boot are told. */
void mmfi_state_poison(mmfi_state *state);

/* The message of a call that came after that; returns MMF_ERR_NEEDS_RECOVERY. */
mmf_status mmfi_poison_say(const mmfi_state *state, mmf_error *error);

#endif
