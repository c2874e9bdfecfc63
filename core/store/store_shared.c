/*
 * Several writers of one file, in any threads and processes, each with a handle of its own.
 *
 * A record is taken by its sequence (core/store/claim.h), appends take turns, and who dies in the
 * middle of either is found out by the lock of its undo slot, which the kernel has freed: whoever
 * meets what it left puts it right. Every wait is bounded.
 *
 * What a writer did comes to the next one by the turn (the release that frees it, the acquire that
 * takes it) or, from a dead one, by the lock of its slot. Other orders here repeat these: the swaps
 * acquire and release alike, and the count is loaded as it is everywhere.
 */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "store_shared.h"
#include "claim.h"

#include <sched.h>
#include <time.h>

/* Looks at what another writer holds before it is asked whether that one still lives. */
#define LOOKS_PER_QUESTION 64u

void mmfi_shared_rest(uint32_t look)
{
    const struct timespec nap = {0, MMFI_SHARED_NAP_NS};
    if (look >= MMFI_SHARED_LOOKS_BUSY)
        (void)nanosleep(&nap, NULL);
    else if (look % 16 == 15)
        (void)sched_yield();
    else
        mmfi_pause();
}

/* ---- Records ---- */

/* The slot whose owner has the row under that odd sequence; undo_count when none says so. */
static uint32_t owner_of(const mmfi_state *state, uint64_t row, uint64_t odd)
{
    uint32_t slot = 0;
    while (slot < state->geometry.undo_count &&
           !mmfi_undo_holds(mmfi_shared_undo(state, slot), row, odd))
        slot++;
    return slot;
}

/* The rows that a slot may name now; none when the size of the file cannot be had. */
static uint64_t rows_within_reach(const mmfi_state *state)
{
    mmfi_bounds now = {0, 0, 0, 0};
    return mmfi_bounds_now(state, &now, NULL) == MMF_OK ? mmfi_shared_reach(&now) : 0;
}

/* Puts the record right if its owner is dead. True when nobody owns it, now or before. */
static bool settle(mmfi_state *state, uint64_t row, uint64_t odd)
{
    const uint32_t slot = owner_of(state, row, odd);
    if (slot == state->geometry.undo_count)
        return true;
    if (slot != state->slot && mmfi_file_lock_slot(&state->file, slot)) {
        mmfi_recover_slot(state->map.base, &state->geometry, slot, rows_within_reach(state));
        mmfi_file_unlock_slot(&state->file, slot);
    }
    return false;
}

static mmf_status claim(mmfi_state *state, uint64_t row, mmfi_entered *entered)
{
    const size_t record_size = (size_t)state->geometry.record_size;
    unsigned char *undo = mmfi_shared_undo(state, state->slot);
    uint32_t ownerless = 0;
    for (uint32_t look = 0; look < MMFI_SHARED_LOOKS_MAX; look++) {
        const uint64_t found = mmfi_sequence_load(entered->record);
        if (!mmfi_sequence_is_odd(found)) {
            if (mmfi_claim(entered->record, undo, state->slot, row, found, record_size,
                           &entered->sequence))
                return MMF_OK;
            continue;
        }
        if (look % LOOKS_PER_QUESTION == LOOKS_PER_QUESTION - 1) {
            /* One that is just leaving the record may look so once; a torn record does for ever. */
            ownerless = settle(state, row, found) ? ownerless + 1 : 0;
            if (ownerless > 2 &&
                mmfi_claim_torn(entered->record, undo, state->slot, found, &entered->sequence))
                return MMF_OK;
        }
        mmfi_shared_rest(look);
    }
    return MMF_ERR_BUSY;
}

mmfi_entered mmfi_shared_write(mmf_store *store, uint64_t row)
{
    mmfi_entered entered = {NULL, 0};
    mmfi_state *state = store->state;
    mmf_status status = mmfi_row_is_known(store, row) ? MMF_OK : mmfi_refresh(store, row);
    if (status == MMF_OK) {
        entered.record = mmfi_row(store, row, (size_t)state->geometry.record_size);
        status = claim(state, row, &entered);
    }
    if (status != MMF_OK) {
        entered.record = NULL;
        entered.sequence = (uint64_t)status;
    }
    return entered;
}

/* ---- Turns to append ---- */

/* Takes the turn from one that died with it. What it had written was not published. */
static bool inherit_turn(mmfi_state *state, uint64_t owner, uint64_t mine)
{
    uint64_t *turn = &mmfi_shared_live(state)->append_owner;
    /* No writer has such a slot: the word was damaged. */
    if (owner > state->geometry.undo_count)
        return mmfi_swap64_if(turn, owner, mine);
    const uint32_t slot = (uint32_t)(owner - 1);
    if (slot == state->slot || !mmfi_file_lock_slot(&state->file, slot))
        return false;
    /* While its slot is locked nobody else can become that owner. */
    const bool taken = mmfi_swap64_if(turn, owner, mine);
    mmfi_file_unlock_slot(&state->file, slot);
    return taken;
}

static mmf_status take_turn(mmfi_state *state)
{
    uint64_t *turn = &mmfi_shared_live(state)->append_owner;
    const uint64_t mine = (uint64_t)state->slot + 1;
    for (uint32_t look = 0; look < MMFI_SHARED_LOOKS_MAX; look++) {
        if (mmfi_swap64_if(turn, 0, mine))
            return MMF_OK;
        const uint64_t owner = mmfi_load64(turn);
        if (owner != 0 && look % LOOKS_PER_QUESTION == LOOKS_PER_QUESTION - 1 &&
            inherit_turn(state, owner, mine))
            return MMF_OK;
        mmfi_shared_rest(look);
    }
    return MMF_ERR_BUSY;
}

static void end_turn(mmfi_state *state)
{
    mmfi_store64_release(&mmfi_shared_live(state)->append_owner, 0);
}

/* With the turn: how many records there are, and room for more. Others may have grown the file. */
static mmf_status make_room(mmfi_state *state, uint64_t rows)
{
    mmfi_writer *writer = state->writer;
    writer->count = mmfi_load64_acquire(&writer->live->count);
    if (writer->count <= writer->capacity && rows <= writer->capacity - writer->count)
        return MMF_OK;
    const mmf_status status = mmfi_file_size(&state->file, &state->file_size, NULL);
    if (status != MMF_OK)
        return status;
    const uint64_t backed = mmfi_geometry_rows(&state->geometry, state->file_size);
    const uint64_t mapped = mmfi_geometry_rows(&state->geometry, state->map.size);
    writer->capacity = backed < mapped ? backed : mapped;
    if (writer->count > backed)
        return MMF_ERR_CORRUPT;
    if (writer->count > mapped)
        return MMF_ERR_CAPACITY;
    if (rows <= writer->capacity - writer->count)
        return MMF_OK;
    return mmfi_store_grow(state, rows, NULL);
}

mmf_status mmfi_shared_append_begin(mmfi_state *state, uint64_t rows)
{
    mmf_status status = take_turn(state);
    if (status != MMF_OK)
        return status;
    status = make_room(state, rows);
    if (status != MMF_OK)
        end_turn(state);
    return status;
}

/* ---- Durability ---- */

/*
 * Puts right what dead writers left half replaced. After a power cut no image is believed, so the
 * disk must not keep such a record as what a sync had of it.
 */
static void settle_the_dead(mmfi_state *state)
{
    const size_t record_size = (size_t)state->geometry.record_size;
    const uint64_t end = rows_within_reach(state);
    for (uint32_t slot = 0; slot < state->geometry.undo_count; slot++) {
        const uint64_t row = mmfi_load64(mmfi_shared_undo(state, slot) + offsetof(mmfi_undo, row));
        if (row >= end)
            continue;
        const unsigned char *records = state->map.base + state->geometry.header_size;
        const uint64_t found = mmfi_sequence_load(records + row * record_size);
        if (mmfi_sequence_is_odd(found))
            (void)settle(state, row, found);
    }
}

/* The count that a commit promises is one of records that an earlier sync put on the disk. */
mmf_status mmfi_shared_commit(mmfi_state *state, mmf_error *error)
{
    mmfi_commit last = {0};
    const uint64_t count = mmfi_load64_acquire(&mmfi_shared_live(state)->count);
    (void)mmfi_commit_read(state->map.base, &last);
    const uint64_t synced = last.generation;
    settle_the_dead(state);
    mmf_status status = mmfi_file_sync(&state->file, error);
    if (status != MMF_OK) {
        mmfi_state_poison(state);
        return status;
    }
    status = take_turn(state);
    if (status != MMF_OK)
        return mmfi_fail(error, status, 0, state->file.path,
                         "%s: other writers did not let this one commit within ten seconds; try "
                         "again",
                         state->file.path);
    (void)mmfi_commit_read(state->map.base, &last);
    /* Who wrote that commit after our sync may have died before the disk had it. */
    if (last.generation != synced)
        status = mmfi_file_sync(&state->file, error);
    if (status == MMF_OK) {
        /* Another writer may have promised more meanwhile. */
        const uint64_t promised = last.count > count ? last.count : count;
        mmfi_commit_write(state->map.base, last.generation + 1, promised, state->writer->capacity,
                          false);
        status = mmfi_file_sync(&state->file, error);
    }
    if (status != MMF_OK)
        mmfi_state_poison(state);
    end_turn(state);
    return status;
}
