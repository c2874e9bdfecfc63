/*
 * How many records there are, and how many of them a handle can read: the count that the file
 * claims, the rows that it has bytes for, and those within the address space.
 */
#include "bounds.h"
#include "../format/recover.h"
#include "adapt.h"
#include "reserve.h"

#include "mmapforge/detail/columns.h"

#include <inttypes.h>

/* ---- What the file claims ---- */

/*
 * The last commit that stands, for a handle that does not trust memory. What was found of a tail is
 * kept: it is as large as a tail may be.
 */
static bool commit_now(const mmfi_state *state, mmfi_commit *out)
{
    uint64_t *proven = (uint64_t *)(uintptr_t)&state->proven;
    uint64_t *refuted = (uint64_t *)(uintptr_t)&state->refuted;
    const unsigned char *base = state->map.base;
    mmfi_commit last;
    uint64_t size = 0;
    if (!mmfi_commit_read(base, out))
        return false;
    if (!mmfi_commit_needs_proof(base, out) || out->generation == mmfi_load64(proven))
        return true;
    if ((uint64_t)out->crc + 1 == mmfi_load64(refuted))
        return mmfi_commit_read_slot(base, out->generation + 1, out);
    if (mmfi_file_size(&state->file, &size, NULL) != MMF_OK)
        return false;
    if (size > state->map.size)
        size = state->map.size;
    last = *out;
    const bool found =
        mmfi_commit_find(base, &state->layout, mmfi_layout_rows(&state->layout, size), out, NULL);
    if (found && out->crc == last.crc)
        mmfi_store64(proven, out->generation);
    else
        mmfi_store64(refuted, (uint64_t)last.crc + 1);
    return found;
}

/* The count and the room that came with it: a writer publishes room before the records in it. */
static mmf_status count_now(const mmfi_state *state, mmfi_bounds *out, mmf_error *error)
{
    const unsigned char *live = state->map.base + MMFI_LIVE_OFFSET;
    mmfi_commit commit;
    if (mmfi_live_is_trusted(state->map.base, &state->layout)) {
        out->count = mmfi_load64_acquire(live + offsetof(mmfi_live, count));
        out->room = mmfi_load64_acquire(live + offsetof(mmfi_live, capacity));
    } else if (commit_now(state, &commit)) {
        out->count = commit.count;
        out->room = commit.capacity;
    } else
        return mmfi_say_no_count(state->file.path, error);
    return MMF_OK;
}

static uint64_t smallest(uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Asks the system, by far the slowest step. */
static mmf_status backed_now(const mmfi_state *state, uint64_t *out, mmf_error *error)
{
    uint64_t size = 0;
    const mmf_status status = mmfi_file_size(&state->file, &size, error);
    if (status != MMF_OK)
        return status;
    const uint64_t rows = mmfi_layout_rows(&state->layout, size);
    *out = smallest(rows, state->rows_written, state->rows_to_hole);
    return MMF_OK;
}

/* A count of records that the file never had room for is damage, and no count of missing rows. */
static mmf_status check_count(const mmfi_state *state, const mmfi_bounds *now, mmf_error *error)
{
    const uint64_t most = mmfi_layout_rows(&state->layout, MMFI_LOCK_OFFSET);
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
    out->mapped = mmfi_layout_rows(&state->layout, mmfi_load64_acquire(&state->map.size));
    mmf_status status = count_now(state, out, error);
    if (status == MMF_OK)
        status = backed_now(state, &out->backed, error);
    return status == MMF_OK ? check_count(state, out, error) : status;
}

/* The same for a reader that follows: a size that was enough for the count still is. */
static mmf_status bounds_to_follow(mmfi_state *state, mmfi_bounds *out)
{
    out->mapped = mmfi_layout_rows(&state->layout, mmfi_load64_acquire(&state->map.size));
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
 * Raises the bound of the handle, never lowers it; returns what it is now. It is a cache in a const
 * handle that threads share: its release passes on what the count's acquire gave, to the acquire of
 * whichever thread takes the bound instead of the count. (The acquire of the swap itself adds
 * nothing: the thread that raises the bound has acquired the count.) Each pass of the loop was lost
 * to a thread that raised the bound.
 */
static uint64_t raise_bound(const mmf_store *store, uint64_t bound)
{
    void *place = (void *)(uintptr_t)&store->row_bound;
    uint64_t known = mmfi_load64_acquire(place);
    while (known < bound && !mmfi_swap64_if(place, known, bound))
        known = mmfi_load64_acquire(place);
    return known < bound ? bound : known;
}

/* Loads the present count, and raises the bound of the handle to the rows that can be read. */
static mmf_status follow(const mmf_store *store, mmfi_bounds *now)
{
    if (store == NULL)
        return MMF_ERR_ARGUMENT;
    if (store->state == NULL)
        return MMF_ERR_CLOSED;
    if (mmfi_load64(&store->state->missing_pages) != 0)
        return mmfi_pages_status(store->state);
    const mmf_status status = bounds_to_follow(store->state, now);
    if (status != MMF_OK)
        return status;
    const uint64_t readable = now->count < now->backed ? now->count : now->backed;
    if (readable > now->mapped)
        now->mapped = mmfi_store_extend(store, readable);
    (void)raise_bound(store, smallest(now->count, now->backed, now->mapped));
    /* Another thread met a hole meanwhile: what was raised must not stay so. */
    if (mmfi_load64(&store->state->missing_pages) != 0) {
        mmfi_store64_release((void *)(uintptr_t)&store->row_bound, 0);
        return mmfi_pages_status(store->state);
    }
    return MMF_OK;
}

/* Why a row that is counted cannot be read. */
static mmf_status status_of_row(const mmfi_bounds *now, uint64_t row)
{
    return row >= now->backed ? MMF_ERR_CORRUPT : MMF_ERR_CAPACITY;
}

mmf_status mmfi_refresh(const mmf_store *of, uint64_t row)
{
    const mmf_store *store = mmfi_real(of);
    mmfi_bounds now = {0, 0, 0, 0};
    const mmf_status status = follow(store, &now);
    if (status != MMF_OK)
        return status;
    if (row < mmfi_load64_acquire(&store->row_bound))
        return MMF_OK;
    return row >= now.count ? MMF_ERR_RANGE : status_of_row(&now, row);
}

/* All that there are: to count only those that can be read would hide the others. */
uint64_t mmfi_count_slow(const mmf_store *of)
{
    const mmf_store *store = mmfi_real(of);
    mmfi_bounds now = {0, 0, 0, 0};
    const mmf_status status = follow(store, &now);
    if (status == MMF_ERR_CLOSED)
        return 0;
    const uint64_t bound = mmfi_load64_acquire(&store->row_bound);
    return status == MMF_OK && now.count > bound ? now.count : bound;
}

/* A range has all the rows that were asked for, or says why not: it is never a shorter one. */
static mmfi_row_range find_rows(const mmf_store *store, uint64_t first, uint64_t count)
{
    mmfi_row_range range = {{NULL, 0}, MMF_OK};
    mmfi_bounds now = {0, 0, 0, 0};
    range.status = follow(store, &now);
    if (range.status != MMF_OK)
        return range;
    const uint64_t bound = mmfi_load64_acquire(&store->row_bound);
    const uint64_t there = now.count > bound ? now.count : bound;
    if (first > there || (count != MMF_TO_END && count > there - first)) {
        range.status = MMF_ERR_RANGE;
        return range;
    }
    const uint64_t rows = count == MMF_TO_END ? there - first : count;
    if (rows > 0 && first + rows > bound) {
        range.status = status_of_row(&now, first + rows - 1);
        return range;
    }
    range.rows.records = mmfi_row(store, first, (size_t)store->state->layout.record_size);
    range.rows.count = rows;
    return range;
}

/* The calls that use a range have the program's layout in their code. */
mmfi_row_range mmfi_rows_slow(const mmf_store *store, uint64_t first, uint64_t count)
{
    const mmfi_row_range refused = {{NULL, 0}, MMF_ERR_UNSUPPORTED};
    return mmfi_adapter_of(store) != NULL ? refused : find_rows(store, first, count);
}

mmfi_column_result mmfi_column_slow(const mmf_store *store, uint64_t first, uint64_t count,
                                    size_t offset, size_t size)
{
    mmfi_column_result result = {NULL, 0, 0, MMF_ERR_UNSUPPORTED};
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    if (adapter == NULL)
        return result;
    const mmfi_adapted found = mmfi_adapted_find(adapter, (uint32_t)offset, (uint32_t)size);
    /* A value that is converted, or is not in the file, has no place there. */
    if (found.pair == NULL || found.pair->theirs == NULL ||
        found.pair->theirs->type != found.pair->mine->type)
        return result;
    const mmfi_row_range range = find_rows(adapter->real, first, count);
    result.status = range.status;
    if (range.status != MMF_OK)
        return result;
    result.data = range.rows.records + found.theirs_base + found.pair->theirs->offset +
                  found.index * mmf_field_stride(found.pair->theirs);
    result.count = range.rows.count;
    result.stride = (size_t)store->state->layout.record_size;
    return result;
}
