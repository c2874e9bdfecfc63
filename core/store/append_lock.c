/* The append lock of several writers: waiting for it, and taking it from a writer that died. */
#include "append_lock.h"
#include "../format/recover.h"
#include "../os/lock.h"
#include "sync.h"
#include "unpublished.h"
#include "wait.h"

/* Takes it from a writer that died with it; false when that lives, or another was faster. */
static bool take_dead_append_lock(mmfi_state *state, uint64_t owner, uint64_t mine)
{
    uint64_t *lock = &mmfi_shared_live(state)->append_owner;
    /* No writer has such a slot: the word was damaged. */
    if (owner > state->layout.undo_count)
        return mmfi_swap64_if(lock, owner, mine);
    const uint32_t slot = (uint32_t)(owner - 1);
    if (slot == state->slot || !mmfi_file_lock_slot(&state->file, slot))
        return false;
    /* While its slot is locked no other writer can become that owner. */
    mmfi_recover_slot(state->map.base, &state->layout, slot, mmfi_shared_rows(state));
    const bool taken = mmfi_swap64_if(lock, owner, mine);
    mmfi_file_unlock_slot(&state->file, slot);
    return taken;
}

/*
 * The caller has taken the append lock of a dead writer, whose unpublished records are discarded
 * for good. If this writer dies here, the next one does it.
 */
static mmf_status discard_append(mmfi_state *state, mmf_error *error)
{
    const mmf_status status = mmfi_discard_unpublished(state, mmfi_shared_count(state), error);
    if (status != MMF_OK)
        mmfi_append_lock_free(state);
    return status;
}

mmf_status mmfi_append_lock_recover(mmfi_state *state, mmf_error *error)
{
    const uint64_t mine = (uint64_t)state->slot + 1;
    const uint64_t owner = mmfi_load64(&mmfi_shared_live(state)->append_owner);
    if (mmfi_unpublished_check(state, mmfi_shared_count(state), NULL) != MMF_OK)
        return MMF_OK;
    if (owner == 0 ? !mmfi_append_lock_try(state)
                   : owner != mine && !take_dead_append_lock(state, owner, mine))
        return MMF_OK;
    const mmf_status status = discard_append(state, error);
    if (status == MMF_OK)
        mmfi_append_lock_free(state);
    return status;
}

mmf_status mmfi_append_lock_wait(mmfi_state *state, mmf_error *error)
{
    uint64_t *lock = &mmfi_shared_live(state)->append_owner;
    const uint64_t mine = (uint64_t)state->slot + 1;
    mmfi_wait wait = mmfi_wait_of(MMFI_WAIT_NS);
    uint64_t owner = 0;
    bool taken = false;
    bool inherited = false;
    do {
        taken = mmfi_append_lock_try(state);
        owner = taken ? 0 : mmfi_load64(lock);
        if (owner == 0 || !mmfi_wait_asks(&wait))
            continue;
        const mmf_status status = mmfi_unpublished_check(state, mmfi_shared_count(state), error);
        if (status != MMF_OK)
            return status;
        taken = inherited = take_dead_append_lock(state, owner, mine);
    } while (!taken && mmfi_wait_next(&wait));
    if (!taken) {
        const bool is_slot = owner != 0 && owner <= state->layout.undo_count;
        return mmfi_shared_give_up(state, MMFI_HELD_APPEND, 0,
                                   is_slot ? (uint32_t)(owner - 1) : UINT32_MAX);
    }
    /* A sync by one that had the lock meanwhile may have failed. */
    if (mmfi_sync_has_failed(state)) {
        mmfi_append_lock_free(state);
        return mmfi_poison_say(state, error);
    }
    return inherited ? discard_append(state, error) : MMF_OK;
}
