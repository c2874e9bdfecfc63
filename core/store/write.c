/* The cold half of writing: who may, torn records, growth, and sync. */
#include "claim.h"
#include "state.h"

#include <inttypes.h>

/* Of this handle, or of another of several writers. */
static bool sync_has_failed(const mmfi_state *state)
{
    return mmfi_load64(&state->failed) != 0 ||
           (state->shared && mmfi_load64(&state->writer->live->poisoned) != 0);
}

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
    } else if (sync_has_failed(state))
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

/* ---- Growth ---- */

/* The file doubles up to steps of 64 MiB: few calls while small, little unused when large. */
#define GROW_BYTES_MAX (UINT64_C(64) << 20)

static uint64_t round_up_page(uint64_t size)
{
    return (size + MMFI_PAGE_SIZE - 1) / MMFI_PAGE_SIZE * MMFI_PAGE_SIZE;
}

static uint64_t growth_step(uint64_t file_size)
{
    return file_size < GROW_BYTES_MAX ? file_size : GROW_BYTES_MAX;
}

mmf_status mmfi_store_grow(mmfi_state *state, uint64_t rows, mmf_error *error)
{
    mmfi_writer *writer = state->writer;
    const mmfi_geometry *geometry = &state->geometry;
    if (rows > mmfi_geometry_rows(geometry, state->map.size) - writer->count)
        return mmfi_fail(error, MMF_ERR_CAPACITY, 0, state->file.path,
                         "%s: the %" PRIu64 " bytes of address space reserved are full; open the "
                         "store with a larger options.reserve_bytes",
                         state->file.path, state->map.size);
    const mmf_status linked = mmfi_link_check(state, error);
    if (linked != MMF_OK)
        return linked;
    mmf_error unread;
    mmf_error *said = error != NULL ? error : &unread;
    const uint64_t needed = geometry->header_size + (writer->count + rows) * geometry->record_size;
    const uint64_t least = round_up_page(needed);
    mmf_status status = MMF_ERR_NO_SPACE;
    uint64_t size = 0;
    /* A disk that is nearly full may still have room for less. */
    for (uint64_t step = growth_step(state->file_size); status == MMF_ERR_NO_SPACE; step /= 2) {
        size = round_up_page(state->file_size + step);
        if (size > state->map.size)
            size = state->map.size;
        if (size < least)
            size = least;
        status = mmfi_file_grow(&state->file, size, said);
        if (size == least)
            break;
    }
    /* Appends have no mmf_error: mmf_store_explain says it for them. */
    mmfi_store64(&state->growth_error, status == MMF_OK ? 0 : (uint64_t)said->os_error);
    if (status != MMF_OK)
        return status;
    if (state->huge_pages) /* what is full; the rest is still small when it is written */
        state->collapsed = mmfi_map_collapse(&state->map, state->collapsed, state->file_size);
    state->file_size = size;
    state->room = mmfi_geometry_rows(geometry, size);
    mmfi_store64_release(&writer->live->capacity, state->room);
    mmfi_error_clear(error);
    return MMF_OK;
}

uint64_t mmf_store_capacity(const mmf_store *store)
{
    if (store == NULL || store->state == NULL)
        return 0;
    const mmfi_state *state = store->state;
    uint64_t size = 0;
    if (mmfi_file_size(&state->file, &size, NULL) != MMF_OK)
        return 0;
    return mmfi_geometry_rows(&state->geometry, size);
}

/* ---- Durability ---- */

/* The hot paths find no rows and no room, and the cold ones say why. */
void mmfi_state_poison(mmfi_state *state)
{
    /* Nobody takes anything else from it, and a successor sees it by the lock, release or not. */
    mmfi_store64_release(&state->writer->live->poisoned, 1);
    mmfi_store64(&state->failed, 1);
    state->writer->count = 0;
    state->room = 0;
    state->writer->capacity = 0;
    state->writer->settable = 0;
}

mmf_status mmfi_store_commit(mmfi_state *state, bool clean, mmf_error *error)
{
    if (mmfi_load64(&state->cut_off) != 0)
        return mmfi_hole_say(state, error);
    if (sync_has_failed(state))
        return mmfi_fail(error, MMF_ERR_NEEDS_RECOVERY, 0, state->file.path,
                         "%s: an earlier sync failed, and the system may have dropped what it "
                         "could not write; copy the records to a new store",
                         state->file.path);
    return state->shared ? mmfi_shared_commit(state, error)
                         : mmfi_commit_alone(state, clean, error);
}

mmf_status mmf_store_sync(mmf_store *store, mmf_error *error)
{
    if (store == NULL)
        return mmfi_fail_no_store("mmf_store_sync", error);
    mmf_status status = MMF_OK;
    mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state != NULL)
        return mmfi_link_commit(state, false, error);
    return mmf_store_explain(store, status, 0, NULL, error);
}
