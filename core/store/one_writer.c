/*
 * The only writer of a file, which has the writer lock alone: no other process writes to the file.
 *
 * It syncs once when records were only appended, twice when records were replaced, and not at all
 * when nothing has changed. core/format/commit.h says what a commit with a tail is.
 *
 * One sync is enough because:
 * 1. The previous commit is on the disk when a new one is written over the slot of the one before
 *    it, so a power cut leaves the previous commit.
 * 2. No record that the previous commit counts has changed, so only the tail and the new slot have
 *    to reach the disk.
 * 3. No record of a tail is replaced before the commit's confirmation is on the disk. The bound of
 *    the writer, settable, sends the first replacement after each sync here. It costs one sync
 *    where the row is of the last tail; a writer that does so makes no more tails.
 */
#include "../format/commit.h"
#include "../os/lock.h"
#include "../os/sync_file.h"
#include "check.h"
#include "claim.h"
#include "grow.h"
#include "strategy.h"
#include "sync.h"
#include "unpublished.h"
#include "write.h"

/* ---- Attaching ---- */

/* What the next append finds, its sequence and its bound. */
static void prepare_append(mmfi_state *state)
{
    state->writer->sequence = mmfi_append_sequence(state);
    state->writer->capacity = mmfi_append_is_over_exposed(state) ? 0 : state->room;
}

static mmf_status recover(mmfi_state *state, mmf_error *error)
{
    mmfi_recovery found;
    mmf_status status = mmfi_secure_blocks(state, false, error);
    if (status == MMF_OK)
        status = mmfi_recover_file(state, &found, error);
    if (status == MMF_OK)
        status = mmfi_discard_unpublished(state, found.count, error);
    if (status != MMF_OK)
        return status;
    /*
     * No commit is written before the first sync: the last one may not be on the disk yet, and a
     * new one would replace the only one that is.
     */
    state->dropped = found.dropped_rows;
    state->commit_damaged = found.damaged;
    state->writer->count = found.count;
    state->room = found.capacity;
    state->writer->undo = state->map.base + state->layout.undo_offset;
    prepare_append(state);
    return MMF_OK;
}

static mmf_status attach(mmfi_state *state, mmf_store *store, mmf_error *error)
{
    const mmf_status status = recover(state, error);
    if (status == MMF_OK && state->page != NULL)
        store->writer = state->page;
    return status;
}

/* ---- Syncs ---- */

/* Everything that was written is on the disk, the last commit as well. */
static mmf_status sync_all(mmfi_state *state, mmf_error *error)
{
    const bool confirmed = state->confirmed;
    const mmf_status status = mmfi_file_sync(&state->file, error);
    if (status != MMF_OK) {
        mmfi_state_poison(state);
        return status;
    }
    if (confirmed)
        state->tail_free = true;
    else
        mmfi_commit_confirm(state->map.base, state->generation);
    state->confirmed = true;
    return MMF_OK;
}

/* Of no tail when tail_first is count. */
static void write_commit(mmfi_state *state, uint64_t count, bool clean, uint64_t tail_first,
                         uint32_t tail_crc)
{
    const bool tail = tail_first < count;
    state->generation++;
    mmfi_commit_write_tail(state->map.base, state->generation, count, state->room, clean,
                           tail ? tail_first : 0, tail ? tail_crc : 0);
    state->committed = count;
    state->tail_first = tail_first;
    state->tail_free = !tail;
    state->confirmed = false;
}

/* Reading the tail of a truncated file to compute its checksum would be SIGBUS. */
static bool tail_is_there(const mmfi_state *state, uint64_t count)
{
    uint64_t size = 0;
    return mmfi_file_size(&state->file, &size, NULL) == MMF_OK &&
           count <= mmfi_layout_rows(&state->layout, size);
}

static mmf_status commit(mmfi_state *state, bool clean, mmf_error *error)
{
    const uint64_t count = state->writer->count;
    const bool grown = count != state->committed;
    const bool replaced = state->replaced || state->untracked;
    if (!grown && !replaced && state->confirmed)
        return MMF_OK;
    bool one = grown && !replaced && state->confirmed && !state->two_syncs &&
               mmfi_tail_fits(&state->layout, state->committed, count) &&
               tail_is_there(state, count);
    uint32_t crc = 0;
    if (one)
        crc = mmfi_tail_crc(state->map.base, &state->layout, state->committed, count);
    /* A tail from row 0 on whose checksum is 0 would read as no tail. */
    one = one && (state->committed | crc) != 0;
    mmf_status status = one ? MMF_OK : sync_all(state, error);
    if (status == MMF_OK && grown) {
        const uint64_t epoch = mmfi_epoch_to_commit(state->map.base);
        write_commit(state, count, clean, one ? state->committed : count, crc);
        status = sync_all(state, error);
        if (status == MMF_OK)
            mmfi_epoch_begin(state->map.base, epoch);
    }
    if (status != MMF_OK)
        return status;
    prepare_append(state);
    state->replaced = false;
    mmfi_store64(&state->writer->live->replaced, 0);
    state->writer->settable = 0;
    return MMF_OK;
}

/* All rows may be replaced, when this returns MMF_OK. */
static mmf_status free_tail(mmfi_state *state)
{
    mmf_status status = MMF_OK;
    state->two_syncs = true;
    /* The first one may have the confirmation to come. */
    for (int i = 0; i < 2 && status == MMF_OK && !state->tail_free; i++)
        status = sync_all(state, NULL);
    return status;
}

/*
 * Before a record is replaced whose row is not below writer->settable: MMF_OK, and the bound is
 * raised. Records of the last commit's tail wait for a sync, MMF_ERR_IO or MMF_ERR_NO_SPACE.
 */
static mmf_status let_set(mmfi_state *state, uint64_t row)
{
    /* Of no commit yet: the next one has it as it will be then. */
    if (row >= state->committed && !state->tail_free)
        return MMF_OK;
    if (row >= state->tail_first && !state->tail_free) {
        const mmf_status status = free_tail(state);
        if (status != MMF_OK)
            return status;
    }
    /* For the next writer, if this one is killed before it syncs. */
    if (!state->replaced)
        mmfi_store64(&state->writer->live->replaced, 1);
    state->replaced = true;
    state->writer->settable = state->tail_free ? state->writer->count : state->tail_first;
    return MMF_OK;
}

static mmf_status write_untracked(mmfi_state *state)
{
    const mmf_status status = free_tail(state);
    if (status != MMF_OK)
        return status;
    state->untracked = true;
    mmfi_store64(&state->writer->live->replaced, 1);
    return MMF_OK;
}

/* ---- Replacing ---- */

/* The record of a row that may be replaced; else NULL and *status. */
static unsigned char *record_to_set(const mmf_store *store, mmfi_state *state, uint64_t row,
                                    mmf_status *status)
{
    *status = row < state->writer->count ? let_set(state, row) : MMF_ERR_RANGE;
    return *status == MMF_OK ? mmfi_row(store, row, (size_t)state->layout.record_size) : NULL;
}

/* Marks a record as being replaced; 0 when it is torn, and only a part is to be set. */
static uint64_t take_record(const mmfi_state *state, uint64_t row, unsigned char *record,
                            mmfi_extent extent)
{
    const mmfi_writer *writer = state->writer;
    const uint64_t sequence = mmfi_load64(record);
    uint64_t odd = 0;
    if (mmfi_sequence_is_whole(sequence)) {
        mmfi_undo_save(writer->undo, row, record, sequence, (size_t)state->layout.record_size);
        return mmfi_sequence_write_begin(record, sequence);
    }
    if (extent == MMFI_PART)
        return 0;
    (void)mmfi_claim_torn(record, writer->undo, 0, row, sequence, &odd);
    return odd;
}

static mmfi_write_permit write_begin(mmf_store *store, uint64_t row, mmfi_extent extent)
{
    mmfi_write_permit permit = {0, MMF_OK};
    unsigned char *record = record_to_set(store, store->state, row, &permit.status);
    if (record == NULL)
        return permit;
    permit.sequence = take_record(store->state, row, record, extent);
    if (permit.sequence == 0)
        permit.status = MMF_ERR_CORRUPT;
    return permit;
}

/* A scalar is one word, so the record is not marked: only its end counts the change. */
static mmfi_write_permit set_begin(mmf_store *store, uint64_t row, mmfi_extent extent)
{
    (void)extent;
    mmfi_write_permit permit = {0, MMF_OK};
    const unsigned char *record = record_to_set(store, store->state, row, &permit.status);
    if (record != NULL)
        permit.sequence = mmfi_load64(record) + 1;
    return permit;
}

/* ---- Appending ---- */

static mmf_status append_begin(mmfi_state *state, uint64_t rows)
{
    if (rows > state->room - state->writer->count) {
        const mmf_status status = mmfi_store_grow(state, rows, NULL);
        if (status != MMF_OK)
            return status;
    }
    prepare_append(state);
    return MMF_OK;
}

static void leave(mmfi_state *state)
{
    mmfi_store64(&state->writer->live->writer_ended, MMFI_ENDED_CLOSED);
    mmfi_file_unlock(&state->file);
}

const mmfi_strategy mmfi_one_writer = {
    .lock = mmfi_file_lock,
    .attach = attach,
    .write_begin = write_begin,
    .set_begin = set_begin,
    .write_untracked = write_untracked,
    .append_begin = append_begin,
    .commit = commit,
    .leave = leave,
};
