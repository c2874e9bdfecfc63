/*
 * Several writers of one file, in any threads and processes, each with a handle of its own.
 *
 * A record is taken by its sequence (core/store/claim.h), appends by a lock, and the death of a
 * writer in the middle of either is found out by the lock of its undo slot, which the kernel has
 * freed: the next writer that meets what it left puts it right. Every wait ends by the clock
 * (core/store/wait.h), and says what was in the way.
 *
 * What a writer did comes to the next one by the append lock (the release that frees it, the
 * acquire that takes it) or, from a dead one, by the lock of its slot. Other orders here repeat
 * these: the swaps acquire and release alike, and the count is loaded as it is everywhere.
 */
#include "../format/recover.h"
#include "../os/lock.h"
#include "../os/sync_file.h"
#include "append_lock.h"
#include "claim.h"
#include "explain.h"
#include "grow.h"
#include "join.h"
#include "strategy.h"
#include "sync.h"
#include "wait.h"
#include "write.h"

/* ---- Records ---- */

/*
 * The slot whose owner has the row under that odd sequence, with a before-image or without;
 * undo_count when none says so. An owner says so before it marks the record, and until after: with
 * the fence, a caller that finds none, and then still that sequence, has found a torn record.
 */
static uint32_t owner_of(const mmfi_state *state, uint64_t row, uint64_t odd)
{
    uint32_t slot = 0;
    for (; slot < state->layout.undo_count; slot++) {
        const unsigned char *undo = mmfi_shared_undo(state, slot);
        if (mmfi_undo_holds(undo, row, odd) || mmfi_undo_announces(undo, row, odd))
            break;
    }
    mmfi_fence_acquire();
    return slot;
}

/* Rolls the record back if its owner is dead. Returns what owner_of found; without an owner the
 * record is torn. */
static uint32_t roll_back(mmfi_state *state, uint64_t row, uint64_t odd)
{
    const uint32_t slot = owner_of(state, row, odd);
    if (slot < state->layout.undo_count && slot != state->slot &&
        mmfi_file_lock_slot(&state->file, slot)) {
        mmfi_recover_slot(state->map.base, &state->layout, slot, mmfi_shared_rows(state));
        mmfi_file_unlock_slot(&state->file, slot);
    }
    return slot;
}

/* Another writer has the record, or it is torn. */
static MMFI_COLD mmf_status wait_to_claim(mmfi_state *state, uint64_t row, unsigned char *record,
                                          mmfi_extent extent, uint64_t *sequence)
{
    const size_t record_size = (size_t)state->layout.record_size;
    unsigned char *undo = mmfi_shared_undo(state, state->slot);
    const uint32_t none = state->layout.undo_count;
    mmfi_wait wait = mmfi_wait_of(MMFI_WAIT_NS);
    uint32_t owner = none;
    do {
        const uint64_t found = mmfi_sequence_load(record);
        if (mmfi_sequence_is_whole(found)) {
            if (mmfi_claim(record, undo, state->slot, row, found, record_size, sequence))
                return MMF_OK;
        } else if (found == 0 || mmfi_wait_asks(&wait)) {
            owner = found != 0 ? roll_back(state, row, found) : none;
            if (owner != none)
                continue;
            if (extent == MMFI_PART && mmfi_load64(record) == found)
                return MMF_ERR_CORRUPT;
            if (extent == MMFI_WHOLE &&
                mmfi_claim_torn(record, undo, state->slot, row, found, sequence))
                return MMF_OK;
        }
    } while (mmfi_wait_next(&wait));
    return mmfi_shared_give_up(state, MMFI_HELD_RECORD, row, owner);
}

static mmf_status claim(mmfi_state *state, uint64_t row, unsigned char *record, mmfi_extent extent,
                        uint64_t *sequence)
{
    const uint64_t found = mmfi_sequence_load(record);
    mmfi_shared_forget_obstacle(state);
    if (MMFI_LIKELY(mmfi_sequence_is_whole(found)) &&
        mmfi_claim(record, state->writer->undo, state->slot, row, found,
                   (size_t)state->layout.record_size, sequence))
        return MMF_OK;
    return wait_to_claim(state, row, record, extent, sequence);
}

static mmfi_write_permit write_begin_shared(mmf_store *store, uint64_t row, mmfi_extent extent)
{
    mmfi_state *state = store->state;
    uint64_t sequence = 0;
    mmf_status status = mmfi_row_is_known(store, row) ? MMF_OK : mmfi_refresh(store, row);
    if (status == MMF_OK)
        status = claim(state, row, mmfi_row(store, row, (size_t)state->layout.record_size), extent,
                       &sequence);
    const mmfi_write_permit permit = {sequence, status};
    return permit;
}

/* Each sync has everything, however it was written. */
static mmf_status write_untracked_shared(mmfi_state *state)
{
    (void)state;
    return MMF_OK;
}

/* With the append lock: how many records there are, and room for more. Others may have grown the
 * file. */
static mmf_status make_room(mmfi_state *state, uint64_t rows)
{
    mmfi_writer *writer = state->writer;
    writer->count = mmfi_load64_acquire(&writer->live->count);
    if (writer->count <= state->room && rows <= state->room - writer->count)
        return MMF_OK;
    const mmf_status status = mmfi_file_size(&state->file, &state->file_size, NULL);
    if (status != MMF_OK)
        return status;
    const uint64_t backed = mmfi_layout_rows(&state->layout, state->file_size);
    const uint64_t mapped = mmfi_layout_rows(&state->layout, state->map.size);
    state->room = backed < mapped ? backed : mapped;
    if (writer->count > backed)
        return MMF_ERR_CORRUPT;
    if (writer->count > mapped)
        return MMF_ERR_CAPACITY;
    if (rows <= state->room - writer->count)
        return MMF_OK;
    return mmfi_store_grow(state, rows, NULL);
}

static mmf_status append_begin_shared(mmfi_state *state, uint64_t rows)
{
    mmf_status status = mmfi_append_lock_take(state, NULL);
    if (status != MMF_OK)
        return status;
    status = make_room(state, rows);
    if (status != MMF_OK)
        mmfi_append_lock_free(state);
    else
        state->writer->sequence = mmfi_append_sequence(state);
    return status;
}

/* ---- Durability ---- */

/*
 * Rolls back the records that dead writers left half replaced. After a power cut no before-image is
 * valid, so the disk must not keep such a record as what a sync had of it.
 */
static void roll_back_dead_writers(mmfi_state *state)
{
    const size_t record_size = (size_t)state->layout.record_size;
    const uint64_t end = mmfi_shared_rows(state);
    for (uint32_t slot = 0; slot < state->layout.undo_count; slot++) {
        const uint64_t row = mmfi_load64(mmfi_shared_undo(state, slot) + offsetof(mmfi_undo, row));
        if (row >= end)
            continue;
        const unsigned char *records = state->map.base + state->layout.header_size;
        const uint64_t found = mmfi_sequence_load(records + row * record_size);
        if (mmfi_sequence_is_odd(found))
            (void)roll_back(state, row, found);
    }
}

/* A commit may count only records that an earlier sync put on the disk. */
static mmf_status commit_shared(mmfi_state *state, bool clean, mmf_error *error)
{
    (void)clean; /* others may be at work */
    mmfi_commit last = {0};
    const uint64_t count = mmfi_load64_acquire(&mmfi_shared_live(state)->count);
    (void)mmfi_commit_read(state->map.base, &last);
    const uint64_t synced = last.generation;
    roll_back_dead_writers(state);
    mmf_status status = mmfi_file_sync(&state->file, error);
    if (status != MMF_OK) {
        mmfi_state_poison(state);
        return status;
    }
    status = mmfi_append_lock_take(state, error);
    if (status != MMF_OK)
        return status == MMF_ERR_BUSY ? mmfi_obstacle_say(state, error) : status;
    (void)mmfi_commit_read(state->map.base, &last);
    /* The writer of that commit, after our sync, may have died before the disk had it. */
    if (last.generation != synced)
        status = mmfi_file_sync(&state->file, error);
    if (status == MMF_OK) {
        /* Another writer may have committed a higher count meanwhile. */
        const uint64_t promised = last.count > count ? last.count : count;
        const uint64_t epoch = mmfi_epoch_to_commit(state->map.base);
        mmfi_commit_write(state->map.base, last.generation + 1, promised, state->room, false);
        status = mmfi_file_sync(&state->file, error);
        if (status == MMF_OK)
            mmfi_epoch_begin(state->map.base, epoch);
    }
    if (status != MMF_OK)
        mmfi_state_poison(state);
    mmfi_append_lock_free(state);
    return status;
}

/*
 * The last one to leave says so. One that opens the file meanwhile has the lock before it joins,
 * and joins after this: its word is stored later. While one joins, this was not the last.
 */
static void leave_shared(mmfi_state *state)
{
    mmfi_file_unlock(&state->file);
    if (mmfi_file_lock_join(&state->file, NULL) != MMF_OK)
        return;
    if (!mmfi_file_is_locked(&state->file))
        mmfi_store64(&mmfi_shared_live(state)->writer_ended, MMFI_ENDED_CLOSED);
    mmfi_file_unlock_join(&state->file);
}

const mmfi_strategy mmfi_several_writers = {
    .lock = mmfi_file_lock_shared,
    .attach = mmfi_join,
    .write_begin = write_begin_shared,
    /* A scalar set alone would change the record under another writer that replaces it. */
    .set_begin = write_begin_shared,
    .write_untracked = write_untracked_shared,
    .append_begin = append_begin_shared,
    .commit = commit_shared,
    .leave = leave_shared,
};
