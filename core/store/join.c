/*
 * A writer joins those that a file may have already: one at a time it finds what there is, puts
 * right what the dead left, and takes an undo slot. several_writers.c has what it does then.
 */
#include "join.h"
#include "../format/recover.h"
#include "../os/lock.h"
#include "../os/sync_file.h"
#include "append_lock.h"
#include "check.h"
#include "sync.h"
#include "unpublished.h"
#include "wait.h"

#include <inttypes.h>
#include <stdio.h>

/* How long a joining writer waits for a place that another one has only locked to roll it back. */
#define PLACE_WAIT_NS MMFI_NS_PER_SECOND

/* Says in the file, for messages, which process joins; by a call, for a page may be a hole yet. */
static void sign_join(const mmfi_state *state, uint64_t pid)
{
    (void)mmfi_file_write(&state->file, MMFI_LIVE_OFFSET + offsetof(mmfi_live, joiner), &pid,
                          sizeof pid, NULL);
}

static mmf_status fail_join(const mmfi_state *state, mmf_error *error)
{
    uint64_t pid = 0;
    char who[64] = "another writer";
    (void)mmfi_file_read(&state->file, MMFI_LIVE_OFFSET + offsetof(mmfi_live, joiner), &pid,
                         sizeof pid, NULL);
    if (pid != 0)
        (void)snprintf(who, sizeof who, "process %" PRIu64, pid);
    return mmfi_fail(error, MMF_ERR_LOCKED, 0, state->file.path,
                     "%s: %s has been opening the file for writing for ten seconds; try again, and "
                     "if it is stopped or hangs, continue it or end it",
                     state->file.path, who);
}

/* One at a time, so that what a dead boot or dead writers left is recovered once. */
static mmf_status wait_to_join(const mmfi_state *state, mmf_error *error)
{
    mmfi_wait wait = mmfi_wait_of(MMFI_WAIT_NS);
    do {
        const mmf_status status = mmfi_file_lock_join(&state->file, error);
        if (status != MMF_ERR_LOCKED)
            return status;
    } while (mmfi_wait_next(&wait));
    return fail_join(state, error);
}

/*
 * Rolls back what the dead owner of a locked slot left. MMF_ERR_CAPACITY when that may be a record
 * beyond the address space of this handle, for the file grew after it was mapped: then another
 * writer has to. The count is loaded anew: the dead writer may have replaced records that were
 * appended after this one loaded it before.
 */
static mmf_status roll_back_dead_slot(mmfi_state *state, uint32_t slot, mmf_error *error)
{
    mmfi_bounds now = {0, 0, 0, 0};
    const mmf_status status = mmfi_bounds_now(state, &now, error);
    if (status != MMF_OK)
        return status;
    const uint64_t row = mmfi_load64(mmfi_shared_undo(state, slot) + offsetof(mmfi_undo, row));
    if (row < mmfi_shared_end(state, &now) && row < now.backed && row >= now.mapped)
        return MMF_ERR_CAPACITY;
    /* With the slot comes the append lock that its owner died with, and what it was appending. */
    if (mmfi_load64(&mmfi_shared_live(state)->append_owner) == (uint64_t)slot + 1 &&
        mmfi_unpublished_check(state, now.count, NULL) != MMF_OK)
        return MMF_ERR_CAPACITY;
    mmfi_recover_slot(state->map.base, &state->layout, slot, mmfi_shared_reach(state, &now));
    return MMF_OK;
}

/* What there is to do depends on how the file was made. */
static mmf_status fail_place(const mmfi_state *state, mmf_error *error)
{
    const uint32_t places = state->layout.undo_count;
    const uint32_t most = mmfi_undo_count_for(state->layout.undo_stride, true);
    char remedy[160] = "close one of them, or wait until one is closed";
    if (places < most)
        (void)snprintf(remedy, sizeof remedy,
                       "close one of them, or copy the records to a file that is created with "
                       "options.shared_writers, which has %" PRIu32 " places",
                       most);
    return mmfi_fail(
        error, MMF_ERR_LOCKED, 0, state->file.path,
        "%s: %" PRIu32 " writers have the file open, and it has places for %" PRIu32 "%s; %s",
        state->file.path, places, places,
        places == MMFI_UNDO_COUNT_MAX ? ", the most that a file can have" : "", remedy);
}

/*
 * Takes the first slot that no living writer has, and rolls back what the dead left in all of them.
 * *taken says whether there was one.
 */
static mmf_status try_slots(mmfi_state *state, bool *taken, mmf_error *error)
{
    *taken = false;
    for (uint32_t slot = 0; slot < state->layout.undo_count; slot++) {
        if (!mmfi_file_lock_slot(&state->file, slot))
            continue;
        const mmf_status status = roll_back_dead_slot(state, slot, error);
        if (status != MMF_OK && status != MMF_ERR_CAPACITY)
            return status;
        if (status != MMF_OK || *taken) {
            mmfi_file_unlock_slot(&state->file, slot);
        } else {
            state->slot = slot;
            *taken = true;
        }
    }
    return MMF_OK;
}

/* Another writer may lock the slot of a dead one briefly, to roll it back. */
static mmf_status take_slot(mmfi_state *state, mmf_error *error)
{
    mmfi_wait wait = mmfi_wait_of(PLACE_WAIT_NS);
    bool taken = false;
    do {
        const mmf_status status = try_slots(state, &taken, error);
        if (status != MMF_OK || taken)
            return status;
    } while (mmfi_wait_next(&wait));
    return fail_place(state, error);
}

/*
 * Plans the recovery while other writers append. A count that exceeds the file may have come with a
 * growth after the size was read, so it is damage only if the file did not grow. Each round was
 * lost to a growth by another writer, and the time is bounded nevertheless.
 */
static mmf_status plan_recovery_shared(mmfi_state *state, mmfi_recovery *found, mmf_error *error)
{
    mmfi_wait wait = mmfi_wait_of(MMFI_WAIT_NS);
    mmf_status status = MMF_OK;
    uint64_t size = 0;
    do {
        size = state->file_size;
        status = mmfi_recover_plan(state->map.base, &state->layout, size, state->file.path, found,
                                   error);
        if (status != MMF_ERR_CORRUPT)
            return status;
        if (mmfi_file_size(&state->file, &state->file_size, NULL) != MMF_OK ||
            state->file_size <= size)
            return status;
    } while (mmfi_wait_next(&wait));
    return status;
}

/*
 * Recovers the file as its first writer in this boot. Refuses if another writer has an undo slot:
 * then one of the two cannot read the boot id, and recovery would set the shared count back to that
 * of the last sync under a running writer.
 */
static mmf_status begin_boot(mmfi_state *state, mmfi_recovery *found, mmf_error *error)
{
    for (uint32_t slot = 0; slot < state->layout.undo_count; slot++) {
        if (!mmfi_file_lock_slot(&state->file, slot))
            return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, state->file.path,
                             "%s: another writer has the file open, and one of the two cannot read "
                             "the boot id, which several writers need; give both processes "
                             "/proc/sys/kernel/random/boot_id, or let one write at a time",
                             state->file.path);
        mmfi_file_unlock_slot(&state->file, slot);
    }
    /* Another writer may have grown it, and closed it, while this one waited to join. */
    if (state->file_size > state->map.size)
        return mmfi_fail(error, MMF_ERR_CAPACITY, 0, state->file.path,
                         "%s: the file grew to %" PRIu64 " bytes while it was opened, and %" PRIu64
                         " bytes of address space are reserved; open it again, with a larger "
                         "options.reserve_bytes if that was set",
                         state->file.path, state->file_size, state->map.size);
    return mmfi_recover_file(state, found, error);
}

/*
 * Commits all that there is, without a tail; when the disk does not take that, nothing has changed.
 * Not the count of before, for the rows after it would be of another epoch than this commit.
 */
static mmf_status untie_from(mmfi_state *state, const mmfi_commit *last, mmf_error *error)
{
    const uint64_t count = mmfi_shared_count(state);
    const uint64_t capacity = mmfi_layout_rows(&state->layout, state->file_size);
    const uint64_t epoch = mmfi_epoch_to_commit(state->map.base);
    unsigned char before[sizeof(mmfi_commit)];
    mmf_status status = mmfi_file_sync(&state->file, error);
    if (status != MMF_OK)
        return status;
    mmfi_commit_save(state->map.base, last->generation + 1, before);
    mmfi_commit_write(state->map.base, last->generation + 1, count, capacity, false);
    status = mmfi_file_sync(&state->file, error);
    if (status == MMF_OK)
        mmfi_epoch_begin(state->map.base, epoch);
    else
        mmfi_commit_put_back(state->map.base, last->generation + 1, before);
    return status;
}

/*
 * Several writers replace records without confirming a tail first, so the first one that joins
 * writes a commit without a tail. It also sets `replaced`: a later single writer cannot know which
 * records they have replaced.
 */
static mmf_status untie_commit(mmfi_state *state, mmf_error *error)
{
    mmfi_commit last;
    if (mmfi_commit_read(state->map.base, &last) && mmfi_commit_has_tail(&last)) {
        const mmf_status status = untie_from(state, &last, error);
        if (status != MMF_OK) {
            mmfi_state_poison(state);
            return status;
        }
    }
    if (mmfi_load64(&state->writer->live->replaced) == 0)
        mmfi_store64(&state->writer->live->replaced, 1);
    return MMF_OK;
}

static mmf_status join(mmfi_state *state, mmf_error *error)
{
    mmfi_recovery found;
    /* In the boot that the shared page is of, others may be at work. Else this is the first one. */
    const bool trusted = mmfi_live_is_trusted(state->map.base, &state->layout);
    mmf_status status =
        trusted ? plan_recovery_shared(state, &found, error) : begin_boot(state, &found, error);
    if (status == MMF_OK && trusted)
        status = mmfi_check_last(state, found.count, error);
    if (status != MMF_OK)
        return status;
    status = take_slot(state, error);
    if (status == MMF_OK)
        status = mmfi_append_lock_recover(state, error);
    /* All that can fail comes before the shared page counts this writer. */
    if (status == MMF_OK)
        status = untie_commit(state, error);
    if (status != MMF_OK)
        return status;
    if (trusted)
        mmfi_live_sign(state->map.base);
    state->dropped = found.dropped_rows;
    state->commit_damaged = found.damaged;
    mmfi_store64(mmfi_shared_undo(state, state->slot) + offsetof(mmfi_undo, owner),
                 (uint64_t)state->pid);
    state->writer->count = found.count;
    const uint64_t mapped = mmfi_layout_rows(&state->layout, state->map.size);
    state->room = found.capacity < mapped ? found.capacity : mapped;
    state->writer->undo = mmfi_shared_undo(state, state->slot);
    return MMF_OK;
}

mmf_status mmfi_join(mmfi_state *state, mmf_store *store, mmf_error *error)
{
    (void)store; /* it keeps no writer: every write is by a call */
    state->writer->last = MMFI_LAST_UNLOCK;
    mmf_status status = wait_to_join(state, error);
    if (status != MMF_OK)
        return status;
    sign_join(state, (uint64_t)state->pid);
    /* The file may have changed during the wait. */
    status = mmfi_file_size(&state->file, &state->file_size, error);
    if (status == MMF_OK)
        status = mmfi_secure_blocks(state, true, error);
    if (status == MMF_OK)
        status = join(state, error);
    sign_join(state, 0);
    mmfi_file_unlock_join(&state->file);
    return status;
}
