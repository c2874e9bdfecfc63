/*
 * Several writers of one file, in any threads and processes, each with a handle of its own.
 *
 * A record is taken by its sequence (core/claim.h), appends take turns, and who dies in the middle
 * of either is found out by the lock of its undo slot, which the kernel has freed: whoever meets
 * what it left puts it right. Every wait is bounded.
 *
 * What a writer did comes to the next one by the turn (the release that frees it, the acquire that
 * takes it) or, from a dead one, by the lock of its slot. Other orders here repeat these: the swaps
 * acquire and release alike, and the count is loaded as it is everywhere.
 */
#define _POSIX_C_SOURCE 200809L

#include "core/claim.h"
#include "core/store_state.h"

#include <inttypes.h>
#include <sched.h>
#include <time.h>

/* Looks at what another writer holds before it is asked whether that one still lives. */
#define LOOKS_PER_QUESTION 64u

/* Looks without a nap, and naps: ten seconds, for one that grows or syncs the file. */
#define LOOKS_BUSY 1024u
#define LOOKS_MAX  (LOOKS_BUSY + 100000u)
#define NAP_NS     100000

static void rest(uint32_t look)
{
    const struct timespec nap = {0, NAP_NS};
    if (look >= LOOKS_BUSY)
        (void)nanosleep(&nap, NULL);
    else if (look % 16 == 15)
        (void)sched_yield();
    else
        mmfi_pause();
}

static unsigned char *undo_of(const mmfi_state *state, uint32_t slot)
{
    return state->map.base + state->geometry.undo_offset + slot * state->geometry.undo_stride;
}

static mmfi_live *live_of(const mmfi_state *state)
{
    return state->writer->live;
}

/* ---- Records ---- */

/* The slot whose owner has the row under that odd sequence; undo_count when none says so. */
static uint32_t owner_of(const mmfi_state *state, uint64_t row, uint64_t odd)
{
    uint32_t slot = 0;
    while (slot < state->geometry.undo_count && !mmfi_undo_holds(undo_of(state, slot), row, odd))
        slot++;
    return slot;
}

/* The rows that a slot may name: what live control says, as far as the file and the mapping go. */
static uint64_t within_reach(const mmfi_bounds *now)
{
    const uint64_t backed = now->count < now->backed ? now->count : now->backed;
    return backed < now->mapped ? backed : now->mapped;
}

/* The same, now; none when the size of the file cannot be had. */
static uint64_t rows_within_reach(const mmfi_state *state)
{
    mmfi_bounds now;
    return mmfi_bounds_now(state, &now, NULL) == MMF_OK ? within_reach(&now) : 0;
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
    unsigned char *undo = undo_of(state, state->slot);
    uint32_t ownerless = 0;
    for (uint32_t look = 0; look < LOOKS_MAX; look++) {
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
        rest(look);
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
    uint64_t *turn = &live_of(state)->append_owner;
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
    uint64_t *turn = &live_of(state)->append_owner;
    const uint64_t mine = (uint64_t)state->slot + 1;
    for (uint32_t look = 0; look < LOOKS_MAX; look++) {
        if (mmfi_swap64_if(turn, 0, mine))
            return MMF_OK;
        const uint64_t owner = mmfi_load64(turn);
        if (owner != 0 && look % LOOKS_PER_QUESTION == LOOKS_PER_QUESTION - 1 &&
            inherit_turn(state, owner, mine))
            return MMF_OK;
        rest(look);
    }
    return MMF_ERR_BUSY;
}

static void end_turn(mmfi_state *state)
{
    mmfi_store64_release(&live_of(state)->append_owner, 0);
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
        const uint64_t row = mmfi_load64(undo_of(state, slot) + offsetof(mmfi_undo, row));
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
    const uint64_t count = mmfi_load64_acquire(&live_of(state)->count);
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

/* ---- Joining ---- */

/* One at a time, so that what a dead boot or dead writers left is settled once. */
static mmf_status wait_to_join(const mmfi_state *state, mmf_error *error)
{
    for (uint32_t look = 0; look < LOOKS_MAX; look++) {
        const mmf_status status = mmfi_file_lock_join(&state->file, error);
        if (status != MMF_ERR_LOCKED)
            return status;
        rest(look);
    }
    return mmfi_fail(error, MMF_ERR_LOCKED, 0, state->file.path,
                     "%s: another writer has been opening the file for ten seconds; see what stops "
                     "it, and try again",
                     state->file.path);
}

/*
 * Settles what the dead owner of a locked slot left. MMF_ERR_CAPACITY when that may be a record
 * beyond the address space of this handle, for the file grew after it was mapped: then another has
 * to. The count is that of now: the dead may have replaced what came after this writer looked.
 */
static mmf_status settle_slot(mmfi_state *state, uint32_t slot, mmf_error *error)
{
    mmfi_bounds now;
    const mmf_status status = mmfi_bounds_now(state, &now, error);
    if (status != MMF_OK)
        return status;
    const uint64_t row = mmfi_load64(undo_of(state, slot) + offsetof(mmfi_undo, row));
    if (row < now.count && row >= now.mapped)
        return MMF_ERR_CAPACITY;
    mmfi_recover_slot(state->map.base, &state->geometry, slot, within_reach(&now));
    return MMF_OK;
}

/* Takes the first slot that no living writer has, and settles what the dead left in all of them. */
static mmf_status take_slot(mmfi_state *state, mmf_error *error)
{
    uint64_t *turn = &live_of(state)->append_owner;
    bool taken = false;
    for (uint32_t slot = 0; slot < state->geometry.undo_count; slot++) {
        if (!mmfi_file_lock_slot(&state->file, slot))
            continue;
        const mmf_status status = settle_slot(state, slot, error);
        if (status == MMF_OK)
            (void)mmfi_swap64_if(turn, (uint64_t)slot + 1, 0);
        else if (status != MMF_ERR_CAPACITY)
            return status;
        if (status != MMF_OK || taken) {
            mmfi_file_unlock_slot(&state->file, slot);
        } else {
            state->slot = slot;
            taken = true;
        }
    }
    if (taken)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_LOCKED, 0, state->file.path,
                     "%s: all of the file's %" PRIu32 " places for writers are taken; close one, "
                     "or create the file with options.shared_writers",
                     state->file.path, state->geometry.undo_count);
}

/*
 * Finds what there is while others are at work. A count that exceeds the file may be one that came
 * with a growth after the size was looked at, so only of a file that did not grow is it believed.
 */
static mmf_status look(mmfi_state *state, mmfi_recovery *found, mmf_error *error)
{
    for (;;) {
        const uint64_t size = state->file_size;
        mmf_status status = mmfi_recover_look(state->map.base, &state->geometry, size,
                                              state->file.path, found, error);
        if (status != MMF_ERR_CORRUPT)
            return status;
        if (mmfi_file_size(&state->file, &state->file_size, NULL) != MMF_OK ||
            state->file_size <= size)
            return status;
    }
}

/*
 * Recovers the file as its first writer in this boot. Others that are at work all the same do not
 * read the boot's id, or read another one, or this process does not: what they share is not what
 * was last synced, and must not be set back to that.
 */
static mmf_status begin_boot(mmfi_state *state, mmfi_recovery *found, mmf_error *error)
{
    for (uint32_t slot = 0; slot < state->geometry.undo_count; slot++) {
        if (!mmfi_file_lock_slot(&state->file, slot))
            return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, state->file.path,
                             "%s: another writer is at work, and it or this process cannot read "
                             "the id of this boot, without which they cannot share the file; give "
                             "both /proc/sys/kernel/random/boot_id, or let one write at a time",
                             state->file.path);
        mmfi_file_unlock_slot(&state->file, slot);
    }
    return mmfi_recover(state->map.base, &state->geometry, state->file_size, state->file.path,
                        found, error);
}

static mmf_status join(mmfi_state *state, mmf_error *error)
{
    mmfi_recovery found;
    /* In the boot that live control is of, others may be at work. Else this is the first one. */
    const bool trusted = mmfi_live_is_trusted(state->map.base);
    mmf_status status = trusted ? look(state, &found, error) : begin_boot(state, &found, error);
    if (status != MMF_OK)
        return status;
    status = take_slot(state, error);
    if (status != MMF_OK)
        return status;
    if (trusted)
        mmfi_live_sign(state->map.base);
    state->writer->count = found.count;
    state->writer->capacity = found.capacity;
    state->writer->undo = undo_of(state, state->slot);
    state->writer->turn = &live_of(state)->append_owner;
    return MMF_OK;
}

mmf_status mmfi_shared_attach(mmfi_state *state, mmf_error *error)
{
    mmf_status status = wait_to_join(state, error);
    if (status != MMF_OK)
        return status;
    /* What was known of the file is from before the wait. */
    status = mmfi_file_size(&state->file, &state->file_size, error);
    if (status == MMF_OK)
        status = mmfi_file_fill_holes(&state->file, error);
    if (status == MMF_OK)
        status = join(state, error);
    mmfi_file_unlock_join(&state->file);
    return status;
}
