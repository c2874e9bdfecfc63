/* The slow half of reading: records that are being replaced. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "read.h"
#include "../format/recover.h"
#include "../os/lock.h"
#include "adapt.h"
#include "state.h"

#include "mmapforge/detail/fields.h"

#include <sched.h>
#include <stdlib.h>

/* More than any writer that runs needs; a few milliseconds for one that does not. */
#define ATTEMPTS_MAX   16384u
#define ATTEMPTS_YIELD 64u

/* A record is torn after this many attempts that find the same odd sequence and no before-image. */
#define ATTEMPTS_TORN 64u

mmfi_slow_read mmfi_slow_read_begin(const mmf_store *store, uint64_t row, bool has_out)
{
    mmfi_slow_read slow = {NULL, NULL, NULL, NULL, MMF_OK, 0, 0, 0, row, mmfi_real(store)};
    slow.status = has_out ? mmfi_refresh(store, row) : MMF_ERR_ARGUMENT;
    if (slow.status != MMF_OK)
        slow.attempts = ATTEMPTS_MAX;
    return slow;
}

mmfi_slow_read mmfi_slow_read_begin_into(const mmf_store *store, uint64_t row, bool has_out,
                                         void *image)
{
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, has_out);
    if (mmfi_adapter_of(store) != NULL)
        slow.image = (unsigned char *)image;
    return slow;
}

mmfi_slow_read mmfi_slow_read_begin_as(const mmf_store *store, uint64_t row, bool has_out)
{
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, has_out);
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    if (adapter == NULL || slow.status != MMF_OK)
        return slow;
    slow.image = (unsigned char *)malloc(adapter->schema->record_size);
    slow.owned = slow.image;
    if (slow.image == NULL)
        slow.status = MMF_ERR_NO_MEMORY;
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
    const unsigned char *slot = slow->source - sizeof(mmfi_undo);
    return mmfi_undo_holds(slot, slow->row, slow->sequence);
}

/* What was found, in the layout that the caller wants. */
static bool found_record(mmfi_slow_read *slow)
{
    slow->record = slow->source;
    if (slow->image != NULL) {
        mmfi_adapt_record(slow->store->state->adapter, slow->source, slow->image);
        slow->record = slow->image;
    }
    return true;
}

static bool next_attempt(mmfi_slow_read *slow)
{
    if (slow->status != MMF_OK)
        return false;
    const mmfi_state *state = slow->store->state;
    const unsigned char *record =
        mmfi_row(slow->store, slow->row, (size_t)state->layout.record_size);
    if (slow->source != NULL && mmfi_sequence_validate(record, slow->sequence) &&
        is_still_there(slow))
        return false;
    for (; slow->attempts < ATTEMPTS_MAX; slow->attempts++) {
        /* A torn record stays so, and takes no more attempts to be called that. */
        if (slow->unmoved == ATTEMPTS_TORN && give_up(slow) == MMF_ERR_CORRUPT)
            break;
        const uint64_t found = mmfi_sequence_load(record);
        const bool moved = slow->source != NULL || found != slow->sequence;
        slow->unmoved = moved ? 0 : slow->unmoved + 1;
        slow->sequence = found;
        slow->source = mmfi_sequence_is_odd(slow->sequence)
                           ? undo_image_of(state, slow->row, slow->sequence)
                           : record;
        if (mmfi_sequence_is_damaged(found)) {
            slow->source = NULL;
            break;
        }
        if (slow->source != NULL) {
            slow->attempts++;
            return found_record(slow);
        }
        mmfi_pause();
        if (slow->attempts % ATTEMPTS_YIELD == 0)
            (void)sched_yield();
    }
    slow->record = NULL;
    slow->source = NULL;
    slow->status = give_up(slow);
    return false;
}

bool mmfi_slow_read_next(mmfi_slow_read *slow)
{
    const bool again = next_attempt(slow);
    if (!again) {
        free(slow->owned);
        slow->owned = NULL;
    }
    return again;
}

/* ---- Where a value is ---- */

/* A byte of the bits that say which fields have values. */
static uint64_t adapted_validity(const mmfi_adapter *adapter, const unsigned char *record,
                                 size_t offset)
{
    const uint32_t first = (uint32_t)(offset - adapter->schema->validity_offset) * 8;
    unsigned char byte = 0;
    for (uint32_t i = 0; i < adapter->pairs->count; i++) {
        const mmfi_pair *pair = &adapter->pairs->list[i];
        const uint32_t bit = pair->mine->null_bit - 1; /* wraps around for one that has none */
        if (pair->mine->null_bit == 0 || bit < first || bit >= first + 8)
            continue;
        const bool valid =
            pair->theirs != NULL
                ? mmfi_field_is_valid(record, adapter->pairs->theirs_validity, pair->theirs)
                : pair->mine->default_text != NULL;
        byte = (unsigned char)(byte | (valid ? 1u << (bit - first) : 0u));
    }
    return byte;
}

/* The place of a value that lies at an address, as if it were at the offset of a record. */
static size_t place_of(const mmf_store *store, const void *value, size_t offset)
{
    return (uintptr_t)value - (uintptr_t)store->records - offset;
}

/* A text of a file of another version, where it lies there, or its default; or the sequence. The
 * file may have less room for it, and a length beyond that must not lead out of its field. */
static size_t find_adapted(const mmf_store *store, uint64_t row, size_t offset, uint32_t *size)
{
    const mmfi_adapter *adapter = store->state->adapter;
    const unsigned char *record =
        mmfi_row(adapter->real, row, (size_t)store->state->layout.record_size);
    if (offset == 0) /* the sequence */
        return place_of(store, record, 0);
    const mmfi_adapted found = mmfi_adapted_find(adapter, (uint32_t)offset, *size);
    if (found.pair == NULL || found.pair->theirs == NULL)
        return place_of(store, adapter->defaults + offset, offset);
    const mmf_field *theirs = found.pair->theirs;
    const unsigned char *from =
        record + found.theirs_base + theirs->offset + found.index * mmf_field_stride(theirs);
    *size = mmf_field_stride(theirs);
    return place_of(store, from, offset);
}

mmfi_find_result mmfi_find_slow(const mmf_store *store, uint64_t row, size_t offset, size_t size,
                                bool has_out)
{
    mmfi_find_result result = {0, has_out ? mmfi_refresh(store, row) : MMF_ERR_ARGUMENT,
                               (uint32_t)size};
    if (result.status != MMF_OK)
        return result;
    result.at = mmfi_adapter_in(store->state, store) != NULL
                    ? find_adapted(store, row, offset, &result.size)
                    : (size_t)row * (size_t)store->state->layout.record_size;
    return result;
}

/* ---- Scalars ---- */

/* Little-endian, as in the file; the bytes above the scalar are zero. */
static uint64_t load_word(const unsigned char *from, size_t size)
{
    switch (size) {
    case 1:
        return mmfi_load8(from);
    case 2:
        return mmfi_load16(from);
    case 4:
        return mmfi_load32(from);
    default:
        return mmfi_load64(from);
    }
}

/* A scalar of a file of another version: one load, converted; or its default. */
static uint64_t adapted_word(const mmf_store *store, uint64_t row, size_t offset, size_t size)
{
    const mmfi_adapter *adapter = store->state->adapter;
    const mmfi_adapted found = mmfi_adapted_find(adapter, (uint32_t)offset, (uint32_t)size);
    const unsigned char *record =
        mmfi_row(adapter->real, row, (size_t)store->state->layout.record_size);
    const uint32_t validity = adapter->schema->validity_offset;
    if (found.pair == NULL && validity != 0 && offset >= validity)
        return adapted_validity(adapter, record, offset);
    if (found.pair == NULL || found.pair->theirs == NULL)
        return load_word(adapter->defaults + offset, size);
    uint64_t word = 0;
    const unsigned char *from = record + found.theirs_base + found.pair->theirs->offset +
                                found.index * mmf_field_stride(found.pair->theirs);
    mmfi_adapt_element(found.pair, from, (unsigned char *)&word);
    return word;
}

mmfi_word_result mmfi_get_slow(const mmf_store *store, uint64_t row, size_t offset, size_t size,
                               bool has_out)
{
    mmfi_word_result result = {0, has_out ? mmfi_refresh(store, row) : MMF_ERR_ARGUMENT};
    if (result.status != MMF_OK)
        return result;
    const mmfi_state *state = store->state;
    result.word =
        mmfi_adapter_in(state, store) != NULL
            ? adapted_word(store, row, offset, size)
            : load_word(mmfi_row(store, row, (size_t)state->layout.record_size) + offset, size);
    return result;
}

/* ---- Several fields at once ---- */

bool mmfi_sequence_retry_slow(const mmf_store *store, uint64_t row, uint64_t sequence)
{
    const mmf_store *real = mmfi_real(store);
    if (mmfi_adapter_of(store) == NULL || !mmfi_row_is_known(real, row))
        return true;
    return !mmfi_sequence_validate(mmfi_row(real, row, (size_t)real->state->layout.record_size),
                                   sequence);
}

/* ---- Texts ---- */

/* A text's place in a record of the file; max is 0, and offset of no use, where the file has none.
 */
typedef struct text_place {
    size_t offset;
    size_t max;
    const unsigned char *fixed; /* the default that is read instead; else NULL */
} text_place;

static text_place find_text(const mmf_store *store, size_t offset, size_t max)
{
    text_place place = {offset, max, NULL};
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    if (adapter == NULL)
        return place;
    const mmfi_adapted found =
        mmfi_adapted_find(adapter, (uint32_t)offset, (uint32_t)(max + MMFI_LENGTH_SIZE));
    if (found.pair == NULL || found.pair->theirs == NULL) {
        place.fixed = adapter->defaults + offset;
        return place;
    }
    place.offset = found.theirs_base + found.pair->theirs->offset +
                   found.index * mmf_field_stride(found.pair->theirs);
    place.max = found.pair->theirs->max;
    return place;
}

mmf_status mmfi_get_bytes_slow(const mmf_store *store, uint64_t row, size_t offset, size_t max,
                               bool terminate, void *buffer, size_t size, size_t *length)
{
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, buffer != NULL);
    const text_place place = find_text(store, offset, max);
    size_t found = 0;
    bool fits = true;
    while (mmfi_slow_read_next(&slow)) {
        const unsigned char *field = place.fixed != NULL ? place.fixed : slow.record + place.offset;
        const unsigned char *data = field + MMFI_LENGTH_SIZE;
        found = mmfi_load_length(field, 0, place.max);
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
