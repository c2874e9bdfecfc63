/*
 * What opening finds out about a file (a damaged count, rows that were never written, holes), and
 * the recovery that writers begin with once it is found sound.
 */
#include "check.h"
#include "../format/commit.h"
#include "../os/space.h"
#include "sync.h"

#include <inttypes.h>

/* The last commit is read before the count (the fence), since others may go on syncing. */
mmf_status mmfi_check_synced(const mmfi_state *state, mmf_error *error)
{
    const unsigned char *base = state->map.base;
    mmfi_commit commit;
    if (!mmfi_commit_read(base, &commit))
        return MMF_OK;
    mmfi_fence_acquire();
    if (!mmfi_live_is_trusted(base, &state->layout))
        return MMF_OK;
    const uint64_t live = mmfi_load64_acquire(base + MMFI_LIVE_OFFSET + offsetof(mmfi_live, count));
    if (live >= commit.count)
        return MMF_OK;
    return mmfi_say_below_synced(state->file.path, live, commit.count, error);
}

uint64_t mmfi_rows_written(const mmfi_state *state, uint64_t count)
{
    const unsigned char *records = state->map.base + state->layout.header_size;
    const size_t record_size = (size_t)state->layout.record_size;
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

/* More holes than this are taken for an attempt to make the open slow. */
#define HOLES_MAX 4096u

uint64_t mmfi_rows_to_hole(const mmfi_state *state, uint64_t count)
{
    const uint64_t size = state->layout.record_size;
    const uint64_t first = state->layout.header_size;
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

/*
 * The rows that the header counts, as far as the file has room for them. A commit whose tail is not
 * proved by the rows that lie before the first hole does not stand.
 */
static uint64_t counted(const mmfi_state *state, uint64_t rows, uint64_t before_hole)
{
    const unsigned char *base = state->map.base;
    mmfi_commit last;
    uint64_t count = 0;
    if (mmfi_live_is_trusted(base, &state->layout))
        count = mmfi_load64_acquire(base + MMFI_LIVE_OFFSET + offsetof(mmfi_live, count));
    else if (mmfi_commit_find(base, &state->layout, before_hole, &last, NULL))
        count = last.count;
    return count < rows ? count : rows;
}

/*
 * What recovery would say of the file, from rows that have their bytes: a hole is not to be loaded
 * from, for a page of it may be what a full disk does not have.
 */
static mmf_status plan_recovery(const mmfi_state *state, uint64_t rows, mmf_error *error)
{
    const mmfi_layout *layout = &state->layout;
    mmfi_recovery found;
    const mmf_status status =
        mmfi_recover_plan(state->map.base, layout, layout->header_size + rows * layout->record_size,
                          state->file.path, &found, error);
    return status == MMF_OK ? mmfi_check_last(state, found.count, error) : status;
}

/*
 * Before a writer fills the holes of the file, which hides them: MMF_ERR_CORRUPT when there
 * is one in the records, and what recovery says when it would refuse a file that has any. With
 * others at work on the file, others is true. Holes of the header, which hide nothing, it fills.
 */
static mmf_status check_holes(const mmfi_state *state, bool others, mmf_error *error)
{
    const mmfi_layout *layout = &state->layout;
    const uint64_t size = state->file_size < state->map.size ? state->file_size : state->map.size;
    const uint64_t rows = mmfi_layout_rows(layout, size);
    mmfi_file_hole first;
    if (!mmfi_file_next_hole(&state->file, 0, &first))
        return MMF_OK;
    if (first.begin < layout->header_size) {
        const mmf_status status =
            mmfi_file_fill_holes(&state->file, layout->header_size, others, error);
        if (status != MMF_OK)
            return status;
    }
    const uint64_t next = mmfi_rows_to_hole(state, rows);
    const uint64_t before_hole = next < rows ? next : rows;
    const uint64_t count = counted(state, rows, before_hole);
    /* A hole that only the last of them ends in, with zeroes there, hides nothing. */
    const uint64_t row = before_hole < count ? mmfi_rows_to_hole(state, count) : UINT64_MAX;
    if (row != UINT64_MAX)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                         "%s: the file claims %" PRIu64 " records, and has a hole where row "
                         "%" PRIu64 " should be; restore it from a copy, or open it read-only for "
                         "what is there",
                         state->file.path, count, row);
    /* Others may be making both the file and its count larger: nothing is foreseen then. */
    if (others && mmfi_live_is_trusted(state->map.base, layout))
        return MMF_OK;
    return plan_recovery(state, before_hole > count ? before_hole : count, error);
}

mmf_status mmfi_check_last(const mmfi_state *state, uint64_t count, mmf_error *error)
{
    if (count > mmfi_layout_rows(&state->layout, state->map.size) ||
        mmfi_rows_written(state, count) == UINT64_MAX)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                     "%s: the file claims %" PRIu64
                     " records, and the last of them was never written: the count or the file is "
                     "damaged; restore it from a copy, or open it read-only for what is there",
                     state->file.path, count);
}

mmf_status mmfi_secure_blocks(mmfi_state *state, bool others, mmf_error *error)
{
    mmf_status status = check_holes(state, others, error);
    if (status == MMF_OK)
        status = mmfi_file_fill_holes(&state->file, UINT64_MAX, others, error);
    if (status == MMF_OK)
        status = mmfi_file_own_blocks(&state->file, state->map.base,
                                      (size_t)state->layout.header_size, error);
    return status;
}

mmf_status mmfi_recover_file(mmfi_state *state, mmfi_recovery *found, mmf_error *error)
{
    unsigned char *base = state->map.base;
    const mmfi_layout *layout = &state->layout;
    const uint64_t size = state->file_size;
    const char *path = state->file.path;
    mmf_status status = mmfi_recover_plan(base, layout, size, path, found, error);
    if (status == MMF_OK)
        status = mmfi_check_last(state, found->count, error);
    if (status == MMF_OK)
        status = mmfi_commit_adopt(state, found, error);
    return status == MMF_OK ? mmfi_recover(base, layout, size, path, found, error) : status;
}
