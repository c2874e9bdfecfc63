/*
 * The append lock of several writers, a word of the shared page: one appends, grows the file or
 * commits at a time. It says whose it is, so that the next writer takes it from one that died.
 */
#ifndef MMF_STORE_APPEND_LOCK_H
#define MMF_STORE_APPEND_LOCK_H

#include "shared.h"

/* Takes the lock when it is free. */
static inline bool mmfi_append_lock_try(mmfi_state *state)
{
    uint64_t *lock = &mmfi_shared_live(state)->append_owner;
    return mmfi_swap64_if(lock, 0, (uint64_t)state->slot + 1);
}

/*
 * Waits for it when another writer has it or died with it: MMF_ERR_BUSY after the time that a
 * writer has, and as mmfi_append_lock_recover.
 */
MMFI_COLD mmf_status mmfi_append_lock_wait(mmfi_state *state, mmf_error *error);

static inline mmf_status mmfi_append_lock_take(mmfi_state *state, mmf_error *error)
{
    mmfi_shared_forget_obstacle(state);
    if (MMFI_LIKELY(mmfi_append_lock_try(state)))
        return MMF_OK;
    return mmfi_append_lock_wait(state, error);
}

/* Frees it; the release pairs with the acquire of the next that takes it. */
static inline void mmfi_append_lock_free(const mmfi_state *state)
{
    mmfi_store64_release(&mmfi_shared_live(state)->append_owner, 0);
}

/*
 * Puts right what a writer that died in an append left, if none is appending now: of several
 * writers, or the only one before them. The caller has its slot. MMF_ERR_IO or MMF_ERR_NO_SPACE of
 * a sync that fails.
 */
mmf_status mmfi_append_lock_recover(mmfi_state *state, mmf_error *error);

#endif
