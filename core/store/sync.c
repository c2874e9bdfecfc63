/* Syncs, and the poisoned state after a failed one. */
#include "sync.h"
#include "../os/sync_file.h"
#include "explain.h"
#include "link.h"
#include "strategy.h"
#include "wake.h"
#include "write.h"

mmf_status mmfi_commit_adopt(mmfi_state *state, const mmfi_recovery *found, mmf_error *error)
{
    state->generation = found->generation;
    state->committed = found->committed;
    state->tail_first = found->tail_first;
    state->confirmed = found->confirmed;
    state->tail_free = found->tail_first == found->committed;
    state->replaced = found->replaced;
    if (!found->dropped)
        return MMF_OK;
    unsigned char before[sizeof(mmfi_commit)];
    mmfi_commit_save(state->map.base, found->generation + 1, before);
    mmfi_commit_forget(state->map.base, found->generation + 1);
    const mmf_status status = mmfi_file_sync(&state->file, error);
    /* The next writer finds it again, and syncs before it appends. */
    if (status != MMF_OK)
        mmfi_commit_put_back(state->map.base, found->generation + 1, before);
    return status;
}

/* All bounds become 0, so that each write takes the cold path, which returns the status. */
void mmfi_state_poison(mmfi_state *state)
{
    /* No other data is published through this flag, and a recovering writer sees it by the lock;
     * relaxed ordering would also be correct. */
    mmfi_store64_release(&state->writer->live->poisoned, 1);
    mmfi_store64(&state->failed, 1);
    state->writer->count = 0;
    state->room = 0;
    state->writer->capacity = 0;
    state->writer->settable = 0;
}

mmf_status mmfi_poison_say(const mmfi_state *state, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_NEEDS_RECOVERY, 0, state->file.path,
                     "%s: an earlier sync failed, and the system may have dropped what it could "
                     "not write; copy the records to a new store",
                     state->file.path);
}

static mmf_status commit_records(mmfi_state *state, bool clean, mmf_error *error)
{
    if (mmfi_load64(&state->missing_pages) != 0)
        return mmfi_say_missing_pages(state, error);
    if (mmfi_sync_has_failed(state))
        return mmfi_poison_say(state, error);
    return state->strategy->commit(state, clean, error);
}

mmf_status mmfi_store_commit(mmfi_state *state, bool clean, mmf_error *error)
{
    /* Of a file that has no name the records are written all the same: others may have it open. */
    const mmf_status linked = mmfi_link_check(state, error);
    if (linked != MMF_OK && linked != MMF_ERR_NOT_FOUND && mmfi_pages_status(state) == MMF_OK)
        return linked;
    const mmf_status status = commit_records(state, clean, error);
    /* Where no process trusts the shared page, what they wait for is a commit. */
    if (status == MMF_OK && mmfi_load64(&state->writer->live->waiters) != 0)
        mmfi_wake(state->writer->live);
    return status == MMF_OK && linked != MMF_OK ? mmfi_link_say(state, linked, error) : status;
}

mmf_status mmf_store_sync(mmf_store *store, mmf_error *error)
{
    if (store == NULL)
        return mmfi_fail_no_store("mmf_store_sync", error);
    mmf_status status = MMF_OK;
    mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state != NULL)
        return mmfi_store_commit(state, false, error);
    return mmf_store_explain(store, status, 0, NULL, error);
}
