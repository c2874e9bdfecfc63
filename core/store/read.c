/* The slow half of reading: records that are being replaced. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "read.h"
#include "../format/recover.h"
#include "../os/lock.h"
#include "state.h"

#include "mmapforge/detail/fields.h"

#include <sched.h>

mmf_status mmfi_get_slow(const mmf_store *store, uint64_t row, bool has_out)
{
    return has_out ? mmfi_refresh(store, row) : MMF_ERR_ARGUMENT;
}

/* More than any writer that runs needs; a few milliseconds for one that does not. */
#define ATTEMPTS_MAX   16384u
#define ATTEMPTS_YIELD 64u

/* A record is torn after this many attempts that find the same odd sequence and no before-image. */
#define ATTEMPTS_TORN 64u

mmfi_slow_read mmfi_slow_read_begin(const mmf_store *store, uint64_t row, bool has_out)
{
    mmfi_slow_read slow = {NULL, MMF_OK, 0, 0, 0, row, store};
    slow.status = mmfi_get_slow(store, row, has_out);
    if (slow.status != MMF_OK)
        slow.attempts = ATTEMPTS_MAX;
    return slow;
}

static const unsigned char *slot_at(const mmfi_state *state, uint32_t slot)
{
    return state->map.base + state->layout.undo_offset + slot * state->layout.undo_stride;
}

/* The before-image of the row, or NULL. After another boot a slot may hold anything. */
static const unsigned char *undo_image_of(const mmfi_state *state, uint64_t row, uint64_t odd)
{
    if (!mmfi_live_is_trusted(state->map.base, &state->layout))
        return NULL;
    for (uint32_t i = 0; i < state->layout.undo_count; i++)
        if (mmfi_undo_holds(slot_at(state, i), row, odd))
            return mmfi_undo_image(slot_at(state, i));
    return NULL;
}

/* True when a living writer is replacing the row, which was torn and has no before-image. */
static bool is_being_replaced(const mmfi_state *state, uint64_t row, uint64_t odd)
{
    uint32_t slot = 0;
    while (slot < state->layout.undo_count && !mmfi_undo_announces(slot_at(state, slot), row, odd))
        slot++;
    if (slot == state->layout.undo_count)
        return false;
    if (state->writer != NULL && slot == state->slot && !mmfi_state_is_inherited(state))
        return true;
    /* The only writer of a file has its lock alone, and no other. */
    return mmfi_file_slot_is_locked(&state->file, slot) ||
           (mmfi_file_is_locked(&state->file) && !mmfi_file_is_shared(&state->file));
}

/*
 * A writer that stops during a replacement leaves the before-image in its slot, or an announcement
 * that it replaces a torn record; one that goes on moves the sequence. A record with neither is
 * torn. Where slots are not valid, this is certain only while no process has the lock.
 */
static mmf_status give_up(const mmfi_slow_read *slow)
{
    const mmfi_state *state = slow->store->state;
    /* A record that lies in a hole reads as zeroes. */
    if (mmfi_load64(&state->missing_pages) != 0)
        return mmfi_pages_status(state);
    if (mmfi_sequence_is_damaged(slow->sequence))
        return MMF_ERR_CORRUPT;
    if (slow->unmoved < ATTEMPTS_TORN)
        return MMF_ERR_BUSY;
    const bool at_work = mmfi_live_is_trusted(state->map.base, &state->layout)
                             ? is_being_replaced(state, slow->row, slow->sequence)
                             : mmfi_file_is_locked(&state->file);
    return at_work ? MMF_ERR_BUSY : MMF_ERR_CORRUPT;
}

/*
 * After mmfi_sequence_validate: the bytes that were copied are the record, or a before-image that
 * is still in its slot. A recovery that trusts no slot clears it under this reader, and the next
 * writer uses it for another row, while the record keeps its odd sequence. The fence of that call,
 * and the one before a slot is used again (mmfi_undo_save), make sure that a reader that loaded a
 * word of the new before-image also finds that the slot was cleared or used again.
 */
static bool is_still_there(const mmfi_slow_read *slow)
{
    if (!mmfi_sequence_is_odd(slow->sequence))
        return true;
    const unsigned char *slot = slow->record - sizeof(mmfi_undo);
    return mmfi_undo_holds(slot, slow->row, slow->sequence);
}

bool mmfi_slow_read_next(mmfi_slow_read *slow)
{
    if (slow->status != MMF_OK)
        return false;
    const mmfi_state *state = slow->store->state;
    const unsigned char *record =
        mmfi_row(slow->store, slow->row, (size_t)state->layout.record_size);
    if (slow->record != NULL && mmfi_sequence_validate(record, slow->sequence) &&
        is_still_there(slow))
        return false;
    for (; slow->attempts < ATTEMPTS_MAX; slow->attempts++) {
        /* A torn record stays so, and takes no more attempts to be called that. */
        if (slow->unmoved == ATTEMPTS_TORN && give_up(slow) == MMF_ERR_CORRUPT)
            break;
        const uint64_t found = mmfi_sequence_load(record);
        const bool moved = slow->record != NULL || found != slow->sequence;
        slow->unmoved = moved ? 0 : slow->unmoved + 1;
        slow->sequence = found;
        slow->record = mmfi_sequence_is_odd(slow->sequence)
                           ? undo_image_of(state, slow->row, slow->sequence)
                           : record;
        if (mmfi_sequence_is_damaged(found)) {
            slow->record = NULL;
            break;
        }
        if (slow->record != NULL) {
            slow->attempts++;
            return true;
        }
        mmfi_pause();
        if (slow->attempts % ATTEMPTS_YIELD == 0)
            (void)sched_yield();
    }
    slow->record = NULL;
    slow->status = give_up(slow);
    return false;
}

mmf_status mmfi_get_bytes_slow(const mmf_store *store, uint64_t row, size_t offset, size_t max,
                               bool terminate, void *buffer, size_t size, size_t *length)
{
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, buffer != NULL);
    size_t found = 0;
    bool fits = true;
    while (mmfi_slow_read_next(&slow)) {
        const unsigned char *data = slow.record + offset + MMFI_LENGTH_SIZE;
        found = mmfi_load_length(slow.record, offset, max);
        fits = found + (terminate ? 1 : 0) <= size;
        if (fits)
            mmfi_copy_out(buffer, data, found);
    }
    mmf_status status = slow.status;
    if (status == MMF_OK && !fits)
        status = MMF_ERR_TOO_LONG;
    if (status != MMF_OK)
        found = 0;
    if (terminate && buffer != NULL && size > 0)
        ((char *)buffer)[found] = '\0';
    if (length != NULL)
        *length = found;
    return status;
}
