/* The cold half of reading: bounds, records being replaced, windows, waiting. */
#define _POSIX_C_SOURCE 200809L

#include "store_state.h"

#include <sched.h>
#include <time.h>

/* ---- Bounds ---- */

static mmf_status count_now(const mmfi_state *state, uint64_t *out, mmf_error *error)
{
    const unsigned char *live = state->map.base + MMFI_LIVE_OFFSET;
    mmfi_commit commit;
    if (mmfi_live_is_trusted(state->map.base))
        *out = mmfi_load64_acquire(live + offsetof(mmfi_live, count));
    else if (mmfi_commit_read(state->map.base, &commit))
        *out = commit.count;
    else
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                         "%s: nothing says how many records there are; restore the file from a "
                         "copy",
                         state->file.path);
    return MMF_OK;
}

/* Asks the system, which takes longer than all the rest. */
static mmf_status backed_now(const mmfi_state *state, uint64_t *out, mmf_error *error)
{
    uint64_t size = 0;
    const mmf_status status = mmfi_file_size(&state->file, &size, error);
    if (status == MMF_OK)
        *out = mmfi_geometry_rows(&state->geometry, size);
    return status;
}

/* The count comes first: the file only grows, so it has the bytes of what was counted before. */
mmf_status mmfi_bounds_now(const mmfi_state *state, mmfi_bounds *out, mmf_error *error)
{
    out->mapped = mmfi_geometry_rows(&state->geometry, state->map.size);
    const mmf_status status = count_now(state, &out->count, error);
    if (status != MMF_OK)
        return status;
    return backed_now(state, &out->backed, error);
}

/* The same for a reader that follows: a size that was enough for the count still is. */
static mmf_status bounds_to_follow(mmfi_state *state, mmfi_bounds *out)
{
    out->mapped = mmfi_geometry_rows(&state->geometry, state->map.size);
    out->backed = mmfi_load64(&state->rows_backed);
    mmf_status status = count_now(state, &out->count, NULL);
    if (status != MMF_OK || out->count <= out->backed)
        return status;
    status = backed_now(state, &out->backed, NULL);
    if (status == MMF_OK)
        mmfi_store64(&state->rows_backed, out->backed);
    return status;
}

static uint64_t smallest(uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t ab = a < b ? a : b;
    return ab < c ? ab : c;
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

mmf_status mmfi_refresh(const mmf_store *store, uint64_t row)
{
    if (store == NULL)
        return MMF_ERR_ARGUMENT;
    if (store->state == NULL)
        return MMF_ERR_CLOSED;
    if (mmfi_load64(&store->state->cut_off) != 0)
        return mmfi_hole_status(store->state);
    mmfi_bounds now;
    const mmf_status status = bounds_to_follow(store->state, &now);
    if (status != MMF_OK)
        return status;
    const uint64_t bound = raise_bound(store, smallest(now.count, now.backed, now.mapped));
    /* Another thread met a hole meanwhile: what was raised must not stay so. */
    if (mmfi_load64(&store->state->cut_off) != 0) {
        mmfi_store64_release((void *)(uintptr_t)&store->row_bound, 0);
        return mmfi_hole_status(store->state);
    }
    if (row < bound)
        return MMF_OK;
    if (row >= now.count)
        return MMF_ERR_RANGE;
    return row >= now.backed ? MMF_ERR_CORRUPT : MMF_ERR_CAPACITY;
}

uint64_t mmfi_count_slow(const mmf_store *store)
{
    return mmfi_refresh(store, UINT64_MAX) == MMF_ERR_CLOSED
               ? 0
               : mmfi_load64_acquire(&store->row_bound);
}

mmf_status mmfi_get_slow(const mmf_store *store, uint64_t row, bool has_out)
{
    return has_out ? mmfi_refresh(store, row) : MMF_ERR_ARGUMENT;
}

mmfi_window mmfi_rows_slow(const mmf_store *store, uint64_t first, uint64_t count)
{
    mmfi_window window = {{NULL, 0}, MMF_OK};
    window.status = mmfi_refresh(store, count == MMF_TO_END ? UINT64_MAX : first);
    if (store != NULL && store->state != NULL && mmfi_load64(&store->state->cut_off) != 0)
        return window;
    /* These three only say that row first is not there; the window is judged by the bound. */
    if (window.status != MMF_OK && window.status != MMF_ERR_RANGE &&
        window.status != MMF_ERR_CORRUPT && window.status != MMF_ERR_CAPACITY)
        return window;
    const uint64_t there = mmfi_load64_acquire(&store->row_bound);
    if (first > there || (count != MMF_TO_END && count > there - first)) {
        window.status = MMF_ERR_RANGE;
        return window;
    }
    window.rows.records = mmfi_row(store, first, (size_t)store->state->geometry.record_size);
    window.rows.count = count == MMF_TO_END ? there - first : count;
    window.status = MMF_OK;
    return window;
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

/* The image of the row in any undo slot, or NULL. After another boot a slot may hold anything. */
static const unsigned char *undo_image_of(const mmfi_state *state, uint64_t row, uint64_t odd)
{
    if (!mmfi_live_is_trusted(state->map.base))
        return NULL;
    for (uint32_t i = 0; i < state->geometry.undo_count; i++) {
        const unsigned char *slot =
            state->map.base + state->geometry.undo_offset + i * state->geometry.undo_stride;
        if (mmfi_undo_holds(slot, row, odd))
            return mmfi_undo_image(slot);
    }
    return NULL;
}

/*
 * A writer that stops in the middle leaves the image in its slot, and one that does not stop moves
 * the sequence: a record that shows neither was torn by a power cut. Where slots are not believed,
 * that much is only sure while nobody has the lock.
 */
static mmf_status give_up(const mmfi_reread *reread)
{
    const mmfi_state *state = reread->store->state;
    /* A record in which a hole was met is zeroes, whatever it was. */
    if (mmfi_load64(&state->cut_off) != 0)
        return mmfi_hole_status(state);
    if (reread->sequence == 0)
        return MMF_ERR_CORRUPT;
    if (reread->unmoved < ATTEMPTS_TORN)
        return MMF_ERR_BUSY;
    if (mmfi_live_is_trusted(state->map.base))
        return MMF_ERR_CORRUPT;
    return mmfi_file_is_locked(&state->file) ? MMF_ERR_BUSY : MMF_ERR_CORRUPT;
}

bool mmfi_reread_next(mmfi_reread *reread)
{
    if (reread->status != MMF_OK)
        return false;
    const mmfi_state *state = reread->store->state;
    const unsigned char *record =
        mmfi_row(reread->store, reread->row, (size_t)state->geometry.record_size);
    if (reread->record != NULL && mmfi_sequence_is(record, reread->sequence))
        return false;
    for (; reread->attempts < ATTEMPTS_MAX; reread->attempts++) {
        const uint64_t found = mmfi_sequence_load(record);
        const bool moved = reread->record != NULL || found != reread->sequence;
        reread->unmoved = moved ? 0 : reread->unmoved + 1;
        reread->sequence = found;
        reread->record = mmfi_sequence_is_odd(reread->sequence)
                             ? undo_image_of(state, reread->row, reread->sequence)
                             : record;
        if (reread->sequence == 0)
            break;
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
#define NS_PER_SECOND  UINT64_C(1000000000)

static uint64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

mmf_status mmf_store_wait(const mmf_store *store, uint64_t count, uint64_t timeout_ns)
{
    const uint64_t start = now_ns();
    for (uint64_t pause = PAUSE_NS_FIRST;;
         pause = pause * 2 < PAUSE_NS_MAX ? pause * 2 : PAUSE_NS_MAX) {
        const mmf_status status = mmfi_refresh(store, count);
        if (status != MMF_ERR_RANGE)
            return status;
        const uint64_t passed = now_ns() - start;
        if (passed >= timeout_ns)
            return MMF_ERR_TIMEOUT;
        if (pause > timeout_ns - passed)
            pause = timeout_ns - passed;
        const struct timespec nap = {0, (long)pause};
        (void)nanosleep(&nap, NULL);
    }
}
