/* The slow half of writing: whether a handle may write, torn records, rows that readers saw. */
#include "claim.h"
#include "state.h"

mmfi_state *mmfi_state_to_write(const mmf_store *store, mmf_status *status)
{
    mmfi_state *state = store != NULL ? store->state : NULL;
    if (store == NULL)
        *status = MMF_ERR_ARGUMENT;
    else if (state == NULL)
        *status = MMF_ERR_CLOSED;
    else if (state->writer == NULL || mmfi_state_is_inherited(state))
        *status = MMF_ERR_READ_ONLY;
    else if (mmfi_load64(&state->cut_off) != 0) {
        /* An append that was ending while another thread met the hole may have raised it again. */
        mmfi_store64_release((void *)(uintptr_t)&store->row_bound, 0);
        *status = mmfi_hole_status(state);
    } else if (mmfi_sync_has_failed(state))
        *status = MMF_ERR_NEEDS_RECOVERY;
    else
        return state;
    return NULL;
}

/* The record of a row that the one writer of the file may replace; else NULL and *status. */
static unsigned char *record_to_set(const mmf_store *store, mmfi_state *state, uint64_t row,
                                    mmf_status *status)
{
    *status = row < state->writer->count ? mmfi_commit_let_set(state, row) : MMF_ERR_RANGE;
    return *status == MMF_OK ? mmfi_row(store, row, (size_t)state->geometry.record_size) : NULL;
}

/* Takes a record as the one writer of the file; 0 when it is torn, and only a part is to be set. */
static uint64_t take_record(const mmfi_state *state, uint64_t row, unsigned char *record,
                            mmfi_extent extent)
{
    const mmfi_writer *writer = state->writer;
    const uint64_t sequence = mmfi_load64(record);
    uint64_t odd = 0;
    if (mmfi_sequence_is_whole(sequence)) {
        mmfi_undo_save(writer->undo, row, record, sequence, (size_t)state->geometry.record_size);
        return mmfi_sequence_enter(record, sequence);
    }
    if (extent == MMFI_PART)
        return 0;
    (void)mmfi_claim_torn(record, writer->undo, 0, row, sequence, &odd);
    return odd;
}

/* Not inline, so that one of several writers does not save registers for what it does not call. */
static MMFI_COLD mmfi_entered write_alone(const mmf_store *store, mmfi_state *state, uint64_t row,
                                          mmfi_extent extent)
{
    mmf_status status = MMF_OK;
    mmfi_entered entered = {NULL, 0};
    unsigned char *record = record_to_set(store, state, row, &status);
    if (record != NULL)
        entered.sequence = take_record(state, row, record, extent);
    if (entered.sequence != 0)
        entered.record = record;
    else
        entered.sequence = (uint64_t)(record != NULL ? MMF_ERR_CORRUPT : status);
    return entered;
}

mmfi_entered mmfi_write_slow(mmf_store *store, uint64_t row, mmfi_extent extent)
{
    mmf_status status = MMF_OK;
    mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state != NULL)
        return state->shared ? mmfi_shared_write(store, row, extent)
                             : write_alone(store, state, row, extent);
    const mmfi_entered refused = {NULL, (uint64_t)status};
    return refused;
}

static void store_word(unsigned char *to, size_t size, uint64_t word)
{
    switch (size) {
    case 1:
        mmfi_store8_release(to, (uint8_t)word);
        break;
    case 2:
        mmfi_store16_release(to, (uint16_t)word);
        break;
    case 4:
        mmfi_store32_release(to, (uint32_t)word);
        break;
    default:
        mmfi_store64_release(to, word);
        break;
    }
}

mmf_status mmfi_set_slow(mmf_store *store, uint64_t row, size_t offset, size_t size, uint64_t word)
{
    mmf_status status = MMF_OK;
    mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state == NULL)
        return status;
    if (state->shared) {
        /* Of several writers none may see its field change under a whole record that it writes. */
        const mmfi_entered entered = mmfi_shared_write(store, row, MMFI_PART);
        if (entered.record == NULL)
            return (mmf_status)entered.sequence;
        store_word(entered.record + offset, size, word);
        mmfi_sequence_leave(entered.record, entered.sequence);
        return MMF_OK;
    }
    unsigned char *record = record_to_set(store, state, row, &status);
    if (record == NULL)
        return status;
    store_word(record + offset, size, word);
    mmfi_sequence_bump(record);
    return MMF_OK;
}

mmf_status mmfi_append_room(mmfi_state *state, uint64_t rows)
{
    if (state->shared)
        return mmfi_shared_append_begin(state, rows);
    if (rows > state->room - state->writer->count)
        return mmfi_store_grow(state, rows, NULL);
    return MMF_OK;
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
    unsigned char *record = mmfi_row(store, row, (size_t)state->geometry.record_size);
    const uint64_t found = mmfi_load64(record);
    const uint64_t changes = mmfi_claim_sequence(found & MMFI_SEQUENCE_COUNT, state->slot);
    const uint64_t odd = changes & MMFI_SEQUENCE_COUNT;
    const uint64_t epoch = mmfi_append_sequence(state) & ~MMFI_SEQUENCE_COUNT;
    if (mmfi_sequence_is_whole(found))
        mmfi_undo_save(undo, row, record, odd - 1, (size_t)state->geometry.record_size);
    else
        mmfi_undo_announce(undo, row, odd);
    mmfi_sequence_enter(record, odd - 1);
    return epoch | (odd + 1);
}

mmfi_grant mmfi_append_slow(const mmf_store *store)
{
    mmfi_grant grant = {NULL, MMF_OK};
    mmfi_state *state = mmfi_state_to_write(store, &grant.status);
    if (state == NULL)
        return grant;
    grant.status = mmfi_append_room(state, 1);
    if (grant.status != MMF_OK)
        return grant;
    grant.writer = state->writer;
    if (MMFI_UNLIKELY(mmfi_append_is_over_seen(state)))
        grant.writer->sequence = mmfi_append_replace(store, grant.writer->count);
    else
        mmfi_append_prepare(state);
    return grant;
}
