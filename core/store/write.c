/* The slow half of writing: whether a handle may write, torn records, rows that readers saw. */
#include "write.h"
#include "adapt.h"
#include "claim.h"
#include "strategy.h"

mmfi_state *mmfi_state_to_write(const mmf_store *store, mmf_status *status)
{
    mmfi_state *state = store != NULL ? store->state : NULL;
    if (store == NULL)
        *status = MMF_ERR_ARGUMENT;
    else if (state == NULL)
        *status = MMF_ERR_CLOSED;
    else if (state->writer == NULL || mmfi_state_is_inherited(state))
        *status = MMF_ERR_READ_ONLY;
    else if (mmfi_load64(&state->missing_pages) != 0) {
        /* An append that was ending while another thread met the hole may have raised it again. */
        mmfi_store64_release((void *)(uintptr_t)&store->row_bound, 0);
        *status = mmfi_pages_status(state);
    } else if (mmfi_sync_has_failed(state))
        *status = MMF_ERR_NEEDS_RECOVERY;
    else
        return state;
    return NULL;
}

mmfi_write_permit mmfi_write_slow(mmf_store *store, uint64_t row, mmfi_extent extent)
{
    mmf_status status = MMF_OK;
    const mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state != NULL && mmfi_adapter_in(state, store) == NULL)
        return state->strategy->write_begin(store, row, extent);
    const mmfi_write_permit refused = {0, state != NULL ? MMFI_OTHER_LAYOUT : status};
    return refused;
}

mmf_status mmfi_set_slow(mmf_store *store, uint64_t row, size_t offset, size_t size, uint64_t word)
{
    mmf_status status = MMF_OK;
    const mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state == NULL)
        return status;
    const mmfi_adapter *adapter = mmfi_adapter_in(state, store);
    if (adapter != NULL)
        return adapter->calls->set_word(store, row, offset, size, word);
    const mmfi_write_permit permit = state->strategy->set_begin(store, row, MMFI_PART);
    if (permit.status != MMF_OK)
        return permit.status;
    unsigned char *record = mmfi_row(store, row, (size_t)state->layout.record_size);
    mmfi_save_scalar(record + offset, &word, size);
    mmfi_sequence_write_end(record, permit.sequence);
    return MMF_OK;
}

mmf_status mmfi_write_untracked(mmf_store *store)
{
    mmf_status status = MMF_OK;
    mmfi_state *state = mmfi_state_to_write(store, &status);
    return state != NULL ? state->strategy->write_untracked(state) : status;
}

/* ---- Rows whose records readers may have seen ---- */

/*
 * The row is beyond the count, so no other writer takes it, and a plain store marks it. Its count
 * of changes goes on. The odd sequence has no epoch: if the old record is put back, it must not
 * prove itself as one that this epoch has published. What is neither whole nor being replaced is
 * what a power cut left.
 */
uint64_t mmfi_append_replace(const mmf_store *store, uint64_t row)
{
    const mmfi_state *state = store->state;
    unsigned char *undo = state->writer->undo;
    unsigned char *record = mmfi_row(store, row, (size_t)state->layout.record_size);
    const uint64_t found = mmfi_load64(record);
    const uint64_t changes = mmfi_claim_sequence(found & MMFI_SEQUENCE_COUNT, state->slot);
    const uint64_t odd = changes & MMFI_SEQUENCE_COUNT;
    const uint64_t epoch = mmfi_append_sequence(state) & ~MMFI_SEQUENCE_COUNT;
    if (mmfi_sequence_is_whole(found))
        mmfi_undo_save(undo, row, record, odd - 1, (size_t)state->layout.record_size);
    else
        mmfi_undo_announce(undo, row, odd);
    mmfi_sequence_write_begin(record, odd - 1);
    return epoch | (odd + 1);
}

mmfi_append_permit mmfi_append_slow(const mmf_store *store)
{
    mmfi_append_permit permit = {NULL, MMF_OK};
    mmfi_state *state = mmfi_state_to_write(store, &permit.status);
    if (state == NULL)
        return permit;
    if (mmfi_adapter_in(state, store) != NULL) {
        permit.status = MMFI_OTHER_LAYOUT;
        return permit;
    }
    permit.status = state->strategy->append_begin(state, 1);
    if (permit.status != MMF_OK)
        return permit;
    permit.writer = state->writer;
    if (MMFI_UNLIKELY(mmfi_append_is_over_exposed(state)))
        permit.writer->sequence = mmfi_append_replace(store, permit.writer->count);
    return permit;
}
