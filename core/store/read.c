/* The cold half of reading: bounds, records being replaced, windows, waiting. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "state.h"
#include "wait.h"

#include <inttypes.h>
#include <sched.h>
#include <time.h>

/* ---- Bounds ---- */

/* The count and the room that came with it: a writer publishes room before the records in it. */
static mmf_status count_now(const mmfi_state *state, mmfi_bounds *out, mmf_error *error)
{
    const unsigned char *live = state->map.base + MMFI_LIVE_OFFSET;
    mmfi_commit commit;
    if (mmfi_live_is_trusted(state->map.base, &state->geometry)) {
        out->count = mmfi_load64_acquire(live + offsetof(mmfi_live, count));
        out->room = mmfi_load64_acquire(live + offsetof(mmfi_live, capacity));
    } else if (mmfi_commit_now(state, &commit)) {
        out->count = commit.count;
        out->room = commit.capacity;
    } else
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                         "%s: nothing says how many records there are; restore the file from a "
                         "copy",
                         state->file.path);
    return MMF_OK;
}

static uint64_t smallest(uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Asks the system, which takes longer than all the rest. */
static mmf_status backed_now(const mmfi_state *state, uint64_t *out, mmf_error *error)
{
    uint64_t size = 0;
    const mmf_status status = mmfi_file_size(&state->file, &size, error);
    if (status != MMF_OK)
        return status;
    const uint64_t rows = mmfi_geometry_rows(&state->geometry, size);
    *out = smallest(rows, state->rows_written, state->rows_to_hole);
    return MMF_OK;
}

/* A count of records that the file never had room for is damage, and no count of missing rows. */
static mmf_status check_count(const mmfi_state *state, const mmfi_bounds *now, mmf_error *error)
{
    const uint64_t most = mmfi_geometry_rows(&state->geometry, MMFI_LOCK_OFFSET);
    if (now->count <= now->backed || (now->count <= now->room && now->count <= most))
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                     "%s: the header is damaged: it counts %" PRIu64
                     " records, and the file has room for %" PRIu64
                     "; restore the file from a copy",
                     state->file.path, now->count, now->backed);
}

/* The count comes first: the file only grows, so it has the bytes of what was counted before. */
mmf_status mmfi_bounds_now(const mmfi_state *state, mmfi_bounds *out, mmf_error *error)
{
    out->mapped = mmfi_geometry_rows(&state->geometry, mmfi_load64_acquire(&state->map.size));
    mmf_status status = count_now(state, out, error);
    if (status == MMF_OK)
        status = backed_now(state, &out->backed, error);
    return status == MMF_OK ? check_count(state, out, error) : status;
}

/* The same for a reader that follows: a size that was enough for the count still is. */
static mmf_status bounds_to_follow(mmfi_state *state, mmfi_bounds *out)
{
    out->mapped = mmfi_geometry_rows(&state->geometry, mmfi_load64_acquire(&state->map.size));
    out->backed = mmfi_load64(&state->rows_backed);
    mmf_status status = count_now(state, out, NULL);
    if (status != MMF_OK || out->count <= out->backed)
        return status;
    status = backed_now(state, &out->backed, NULL);
    if (status != MMF_OK)
        return status;
    mmfi_store64(&state->rows_backed, out->backed);
    return check_count(state, out, NULL);
}

/*
 * Raises the bound of the handle, never lowers it; returns what it is now. It is a cache behind a
 * const handle that threads share: its release passes on what the count's acquire gave, to the
 * acquire of whichever thread takes the bound instead of the count. (The acquire of the swap itself
 * adds nothing: whoever raises the bound has acquired the count.) Each turn of the loop was lost to
 * a thread that raised the bound.
 */
static uint64_t raise_bound(const mmf_store *store, uint64_t bound)
{
    void *place = (void *)(uintptr_t)&store->row_bound;
    uint64_t known = mmfi_load64_acquire(place);
    while (known < bound && !mmfi_swap64_if(place, known, bound))
        known = mmfi_load64_acquire(place);
    return known < bound ? bound : known;
}

/* Looks at what there is now, and raises the bound of the handle to what can be read of it. */
static mmf_status follow(const mmf_store *store, mmfi_bounds *now)
{
    if (store == NULL)
        return MMF_ERR_ARGUMENT;
    if (store->state == NULL)
        return MMF_ERR_CLOSED;
    if (mmfi_load64(&store->state->cut_off) != 0)
        return mmfi_hole_status(store->state);
    const mmf_status status = bounds_to_follow(store->state, now);
    if (status != MMF_OK)
        return status;
    const uint64_t readable = now->count < now->backed ? now->count : now->backed;
    if (readable > now->mapped)
        now->mapped = mmfi_store_extend(store, readable);
    (void)raise_bound(store, smallest(now->count, now->backed, now->mapped));
    /* Another thread met a hole meanwhile: what was raised must not stay so. */
    if (mmfi_load64(&store->state->cut_off) != 0) {
        mmfi_store64_release((void *)(uintptr_t)&store->row_bound, 0);
        return mmfi_hole_status(store->state);
    }
    return MMF_OK;
}

/* Why a row that is counted cannot be read. */
static mmf_status status_of_row(const mmfi_bounds *now, uint64_t row)
{
    return row >= now->backed ? MMF_ERR_CORRUPT : MMF_ERR_CAPACITY;
}

mmf_status mmfi_refresh(const mmf_store *store, uint64_t row)
{
    mmfi_bounds now = {0, 0, 0, 0};
    const mmf_status status = follow(store, &now);
    if (status != MMF_OK)
        return status;
    if (row < mmfi_load64_acquire(&store->row_bound))
        return MMF_OK;
    return row >= now.count ? MMF_ERR_RANGE : status_of_row(&now, row);
}

/* All that there are: to count only those that can be read would hide the others. */
uint64_t mmfi_count_slow(const mmf_store *store)
{
    mmfi_bounds now = {0, 0, 0, 0};
    const mmf_status status = follow(store, &now);
    if (status == MMF_ERR_CLOSED)
        return 0;
    const uint64_t bound = mmfi_load64_acquire(&store->row_bound);
    return status == MMF_OK && now.count > bound ? now.count : bound;
}

mmf_status mmfi_get_slow(const mmf_store *store, uint64_t row, bool has_out)
{
    return has_out ? mmfi_refresh(store, row) : MMF_ERR_ARGUMENT;
}

/* A window has all the rows that were asked for, or says why not: it is never a shorter one. */
mmfi_window mmfi_rows_slow(const mmf_store *store, uint64_t first, uint64_t count)
{
    mmfi_window window = {{NULL, 0}, MMF_OK};
    mmfi_bounds now = {0, 0, 0, 0};
    window.status = follow(store, &now);
    if (window.status != MMF_OK)
        return window;
    const uint64_t bound = mmfi_load64_acquire(&store->row_bound);
    const uint64_t there = now.count > bound ? now.count : bound;
    if (first > there || (count != MMF_TO_END && count > there - first)) {
        window.status = MMF_ERR_RANGE;
        return window;
    }
    const uint64_t rows = count == MMF_TO_END ? there - first : count;
    if (rows > 0 && first + rows > bound) {
        window.status = status_of_row(&now, first + rows - 1);
        return window;
    }
    window.rows.records = mmfi_row(store, first, (size_t)store->state->geometry.record_size);
    window.rows.count = rows;
    return window;
}

/* ---- What opening finds out ---- */

/* The last commit is read before the count (the fence), since others may go on syncing. */
mmf_status mmfi_check_synced(const mmfi_state *state, mmf_error *error)
{
    const unsigned char *base = state->map.base;
    mmfi_commit commit;
    if (!mmfi_commit_read(base, &commit))
        return MMF_OK;
    mmfi_fence_acquire();
    if (!mmfi_live_is_trusted(base, &state->geometry))
        return MMF_OK;
    const uint64_t live = mmfi_load64_acquire(base + MMFI_LIVE_OFFSET + offsetof(mmfi_live, count));
    if (live >= commit.count)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                     "%s: the shared record count (%" PRIu64
                     ") is below that of the last sync (%" PRIu64
                     "): the header is damaged; restore the file from a copy",
                     state->file.path, live, commit.count);
}

uint64_t mmfi_rows_written(const mmfi_state *state, uint64_t count)
{
    const unsigned char *records = state->map.base + state->geometry.header_size;
    const size_t record_size = (size_t)state->geometry.record_size;
    uint64_t first = 0;
    uint64_t end = count;
    if (count == 0 || mmfi_load64(records + (count - 1) * record_size) != 0)
        return UINT64_MAX;
    while (first < end) {
        const uint64_t middle = first + (end - first) / 2;
        if (mmfi_load64(records + middle * record_size) != 0)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* A file of more holes than these was made to waste the time of those who open it. */
#define HOLES_MAX 4096u

uint64_t mmfi_rows_to_hole(const mmfi_state *state, uint64_t count)
{
    const uint64_t size = state->geometry.record_size;
    const uint64_t first = state->geometry.header_size;
    mmfi_file_hole hole = {0, first};
    for (uint32_t i = 0; i < HOLES_MAX; i++) {
        if (!mmfi_file_next_hole(&state->file, hole.end, &hole))
            return UINT64_MAX;
        /* A record may begin before the hole, and have zeroes where others have text. */
        const uint64_t begin = hole.begin > first ? hole.begin - first : 0;
        const uint64_t row = (begin + size - 1) / size;
        if (row >= count)
            return UINT64_MAX;
        if (first + row * size < hole.end)
            return begin / size; /* the record before that, if it reaches into the hole */
    }
    return UINT64_MAX;
}

/* The rows that the header counts, as far as the file has room for them. */
static uint64_t counted(const mmfi_state *state, uint64_t rows)
{
    const unsigned char *base = state->map.base;
    mmfi_commit last;
    uint64_t count = 0;
    if (mmfi_live_is_trusted(base, &state->geometry))
        count = mmfi_load64_acquire(base + MMFI_LIVE_OFFSET + offsetof(mmfi_live, count));
    else if (mmfi_commit_read(base, &last))
        count = last.count;
    return count < rows ? count : rows;
}

/*
 * What recovery would say of the file, from rows that have their bytes: a hole is not to be loaded
 * from, for a page of it may be what a full disk does not have.
 */
static mmf_status foresee(const mmfi_state *state, uint64_t rows, mmf_error *error)
{
    const mmfi_geometry *geometry = &state->geometry;
    mmfi_recovery found;
    const mmf_status status = mmfi_recover_look(
        state->map.base, geometry, geometry->header_size + rows * geometry->record_size,
        state->file.path, &found, error);
    return status == MMF_OK ? mmfi_check_last(state, found.count, error) : status;
}

mmf_status mmfi_check_holes(const mmfi_state *state, bool others, mmf_error *error)
{
    const mmfi_geometry *geometry = &state->geometry;
    const uint64_t size = state->file_size < state->map.size ? state->file_size : state->map.size;
    const uint64_t rows = mmfi_geometry_rows(geometry, size);
    mmfi_file_hole first;
    if (!mmfi_file_next_hole(&state->file, 0, &first))
        return MMF_OK;
    if (first.begin < geometry->header_size) {
        const mmf_status status =
            mmfi_file_fill_holes(&state->file, geometry->header_size, others, error);
        if (status != MMF_OK)
            return status;
    }
    const uint64_t count = counted(state, rows);
    const uint64_t row = mmfi_rows_to_hole(state, count);
    if (row != UINT64_MAX)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                         "%s: the file claims %" PRIu64 " records, and has a hole where row "
                         "%" PRIu64 " should be; restore it from a copy, or open it read-only for "
                         "what is there",
                         state->file.path, count, row);
    /* Others may be making both the file and its count larger: nothing is foreseen then. */
    if (others && mmfi_live_is_trusted(state->map.base, geometry))
        return MMF_OK;
    const uint64_t next = mmfi_rows_to_hole(state, rows);
    const uint64_t end = next < rows ? next : rows;
    return foresee(state, end > count ? end : count, error);
}

mmf_status mmfi_check_last(const mmfi_state *state, uint64_t count, mmf_error *error)
{
    if (count > mmfi_geometry_rows(&state->geometry, state->map.size) ||
        mmfi_rows_written(state, count) == UINT64_MAX)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                     "%s: the file claims %" PRIu64
                     " records, and the last of them was never written: the count or the file is "
                     "damaged; restore it from a copy, or open it read-only for what is there",
                     state->file.path, count);
}

/* ---- Records being replaced ---- */

/* More than any writer that runs needs; a few milliseconds for one that does not. */
#define ATTEMPTS_MAX   16384u
#define ATTEMPTS_YIELD 64u

/* Looks that find one odd sequence, and its image nowhere, until nobody is at work there. */
#define ATTEMPTS_TORN 64u

mmfi_reread mmfi_reread_begin(const mmf_store *store, uint64_t row, const void *out)
{
    mmfi_reread reread = {NULL, MMF_OK, 0, 0, 0, row, store};
    reread.status = mmfi_get_slow(store, row, out != NULL);
    if (reread.status != MMF_OK)
        reread.attempts = ATTEMPTS_MAX;
    return reread;
}

static const unsigned char *slot_at(const mmfi_state *state, uint32_t slot)
{
    return state->map.base + state->geometry.undo_offset + slot * state->geometry.undo_stride;
}

/* The image of the row in any undo slot, or NULL. After another boot a slot may hold anything. */
static const unsigned char *undo_image_of(const mmfi_state *state, uint64_t row, uint64_t odd)
{
    if (!mmfi_live_is_trusted(state->map.base, &state->geometry))
        return NULL;
    for (uint32_t i = 0; i < state->geometry.undo_count; i++)
        if (mmfi_undo_holds(slot_at(state, i), row, odd))
            return mmfi_undo_image(slot_at(state, i));
    return NULL;
}

/* True when a writer that lives is replacing the row, which was torn: there is no image of it. */
static bool is_being_mended(const mmfi_state *state, uint64_t row, uint64_t odd)
{
    uint32_t slot = 0;
    while (slot < state->geometry.undo_count && !mmfi_undo_mends(slot_at(state, slot), row, odd))
        slot++;
    if (slot == state->geometry.undo_count)
        return false;
    if (state->writer != NULL && slot == state->slot && !mmfi_state_is_inherited(state))
        return true;
    /* The only writer of a file has its lock alone, and no other. */
    return mmfi_file_slot_is_locked(&state->file, slot) ||
           (mmfi_file_is_locked(&state->file) && !mmfi_file_is_shared(&state->file));
}

/*
 * A writer that stops in the middle leaves the image in its slot, or says there that it replaces a
 * torn record, and one that does not stop moves the sequence: a record that shows none of it is
 * torn. Where slots are not believed, that much is only sure while no process has the lock.
 */
static mmf_status give_up(const mmfi_reread *reread)
{
    const mmfi_state *state = reread->store->state;
    /* A record in which a hole was met is zeroes, whatever it was. */
    if (mmfi_load64(&state->cut_off) != 0)
        return mmfi_hole_status(state);
    if (mmfi_sequence_is_damaged(reread->sequence))
        return MMF_ERR_CORRUPT;
    if (reread->unmoved < ATTEMPTS_TORN)
        return MMF_ERR_BUSY;
    const bool at_work = mmfi_live_is_trusted(state->map.base, &state->geometry)
                             ? is_being_mended(state, reread->row, reread->sequence)
                             : mmfi_file_is_locked(&state->file);
    return at_work ? MMF_ERR_BUSY : MMF_ERR_CORRUPT;
}

/*
 * After mmfi_sequence_is: what was copied is the record itself, or an image that its slot still
 * has. A recovery that trusts no slot forgets it under this reader, and the next writer uses it for
 * another row, while the record keeps its odd sequence. The fence of that call, and the one before
 * a slot is used anew (mmfi_undo_save), let whoever saw a word of the new image see the new row.
 */
static bool is_still_there(const mmfi_reread *reread)
{
    if (!mmfi_sequence_is_odd(reread->sequence))
        return true;
    const unsigned char *slot = reread->record - sizeof(mmfi_undo);
    return mmfi_undo_holds(slot, reread->row, reread->sequence);
}

bool mmfi_reread_next(mmfi_reread *reread)
{
    if (reread->status != MMF_OK)
        return false;
    const mmfi_state *state = reread->store->state;
    const unsigned char *record =
        mmfi_row(reread->store, reread->row, (size_t)state->geometry.record_size);
    if (reread->record != NULL && mmfi_sequence_is(record, reread->sequence) &&
        is_still_there(reread))
        return false;
    for (; reread->attempts < ATTEMPTS_MAX; reread->attempts++) {
        /* A torn record stays so, and takes no more attempts to be called that. */
        if (reread->unmoved == ATTEMPTS_TORN && give_up(reread) == MMF_ERR_CORRUPT)
            break;
        const uint64_t found = mmfi_sequence_load(record);
        const bool moved = reread->record != NULL || found != reread->sequence;
        reread->unmoved = moved ? 0 : reread->unmoved + 1;
        reread->sequence = found;
        reread->record = mmfi_sequence_is_odd(reread->sequence)
                             ? undo_image_of(state, reread->row, reread->sequence)
                             : record;
        if (mmfi_sequence_is_damaged(found)) {
            reread->record = NULL;
            break;
        }
        if (reread->record != NULL) {
            reread->attempts++;
            return true;
        }
        mmfi_pause();
        if (reread->attempts % ATTEMPTS_YIELD == 0)
            (void)sched_yield();
    }
    reread->record = NULL;
    reread->status = give_up(reread);
    return false;
}

mmf_status mmfi_get_bytes_slow(const mmf_store *store, uint64_t row, size_t offset, size_t max,
                               bool terminate, void *buffer, size_t size, size_t *length)
{
    mmfi_reread reread = mmfi_reread_begin(store, row, buffer);
    size_t found = 0;
    bool fits = true;
    while (mmfi_reread_next(&reread)) {
        const unsigned char *data = reread.record + offset + MMFI_LENGTH_SIZE;
        found = mmfi_load_length(reread.record, offset, max);
        fits = found + (terminate ? 1 : 0) <= size;
        if (fits)
            mmfi_copy_out(buffer, data, found);
    }
    mmf_status status = reread.status;
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

/* ---- Waiting ---- */

#define PAUSE_NS_FIRST UINT64_C(1000)
#define PAUSE_NS_MAX   UINT64_C(1000000)

mmf_status mmf_store_wait(const mmf_store *store, uint64_t count, uint64_t timeout_ns)
{
    const uint64_t start = mmfi_now_ns();
    for (uint64_t pause = PAUSE_NS_FIRST;;
         pause = pause * 2 < PAUSE_NS_MAX ? pause * 2 : PAUSE_NS_MAX) {
        const mmf_status status = mmfi_refresh(store, count);
        if (status != MMF_ERR_RANGE)
            return status;
        const uint64_t passed = mmfi_now_ns() - start;
        if (passed >= timeout_ns)
            return MMF_ERR_TIMEOUT;
        if (pause > timeout_ns - passed)
            pause = timeout_ns - passed;
        const struct timespec nap = {0, (long)pause};
        (void)nanosleep(&nap, NULL);
    }
}
