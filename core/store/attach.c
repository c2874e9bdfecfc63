/* Attaching: from an open file with a checked header to a handle. */
#define _POSIX_C_SOURCE 200809L

#include "state.h"

#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

/* Room for a file to grow into: it may become so many times as large, and by so much at least. */
#define READER_GROWTH 8

static uint64_t reserve_of_reader(uint64_t file_size)
{
    const uint64_t least = file_size + MMF_RESERVE_BYTES_READER;
    const uint64_t room = file_size * READER_GROWTH; /* no file has 2^61 bytes */
    return room > least ? room : least;
}

static uint64_t choose_reserve(mmfi_state *state, const mmf_options *options, uint64_t most)
{
    state->reserve_asked = options->reserve_bytes;
    if (options->reserve_bytes != 0)
        return options->reserve_bytes;
    /* Addresses that others in this process may hold are only ever added to, and by readers. */
    state->reserve_extends = !state->file.writable;
    state->reserve_asked =
        state->file.writable ? MMF_RESERVE_BYTES_DEFAULT : reserve_of_reader(state->file_size);
    return state->reserve_asked < most ? state->reserve_asked : most;
}

/* A thread that extends a reservation is done soon, or was lost by a fork. */
#define EXTENDING_ATTEMPTS 1000

uint64_t mmfi_store_extend(const mmf_store *store, uint64_t rows)
{
    mmfi_state *state = store->state;
    const uint64_t needed = state->geometry.header_size + rows * state->geometry.record_size;
    if (!state->reserve_extends || !mmfi_link_is_own_descriptor(state))
        return mmfi_geometry_rows(&state->geometry, mmfi_load64_acquire(&state->map.size));
    for (int attempt = 0; attempt < EXTENDING_ATTEMPTS; attempt++) {
        if (mmfi_load64_acquire(&state->map.size) >= needed)
            break;
        if (!mmfi_swap64_if(&state->extending, 0, 1)) {
            (void)sched_yield();
            continue;
        }
        const uint64_t most = mmfi_map_modest();
        const uint64_t asked = reserve_of_reader(needed);
        const uint64_t size =
            mmfi_map_extend(&state->map, state->file.fd, asked < most ? asked : most, needed);
        /* The handler for SIGBUS knows the new part before any thread may touch it. */
        mmfi_guard_resize(store, size);
        if (state->huge_pages)
            mmfi_map_prefer_large(&(mmfi_map){state->map.base, size}, state->map.size);
        mmfi_store64_release(&state->map.size, size);
        mmfi_store64_release(&state->extending, 0);
        break;
    }
    return mmfi_geometry_rows(&state->geometry, mmfi_load64_acquire(&state->map.size));
}

static mmf_status attach_map(mmfi_state *state, const mmf_options *options, mmf_error *error)
{
    mmfi_link_note(state);
    const uint64_t most = mmfi_map_modest();
    mmf_status status =
        mmfi_file_identity(&state->file, &state->geometry.device, &state->geometry.inode, error);
    if (status != MMF_OK)
        return status;
    /* What maps a file keeps it open: not the open file that has the locks of this process. */
    const int other = state->file.writable ? mmfi_file_reopen(&state->file) : -1;
    /* Nothing comes between this and the mapping: a file that is truncated later is a signal. */
    status = mmfi_file_size(&state->file, &state->file_size, error);
    if (status == MMF_OK && state->file_size < state->geometry.header_size)
        status = mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                           "%s: the file was cut off to %" PRIu64
                           " bytes while it was opened, the header alone takes %" PRIu64
                           "; restore it from a copy",
                           state->file.path, state->file_size, state->geometry.header_size);
    if (status == MMF_OK)
        status = mmfi_map_open(other >= 0 ? other : state->file.fd, state->file.writable,
                               choose_reserve(state, options, most), state->file_size,
                               state->file.path, &state->map, error);
    if (other >= 0)
        (void)close(other);
    return status;
}

/* The only writer of the file. */
static mmf_status attach_alone(mmfi_state *state, mmf_error *error)
{
    mmfi_recovery found;
    /* Before the first store: from here on none may meet a hole. */
    mmf_status status = mmfi_check_holes(state, false, error);
    if (status == MMF_OK)
        status = mmfi_file_fill_holes(&state->file, UINT64_MAX, false, error);
    if (status == MMF_OK)
        status = mmfi_file_own_blocks(&state->file, state->map.base,
                                      (size_t)state->geometry.header_size, error);
    if (status == MMF_OK)
        status = mmfi_recover_look(state->map.base, &state->geometry, state->file_size,
                                   state->file.path, &found, error);
    if (status == MMF_OK)
        status = mmfi_check_last(state, found.count, error);
    if (status == MMF_OK)
        status = mmfi_commit_adopt(state, &found, error);
    if (status == MMF_OK)
        status = mmfi_recover(state->map.base, &state->geometry, state->file_size, state->file.path,
                              &found, error);
    if (status == MMF_OK)
        status = mmfi_discard_unpublished(state, found.count, error);
    if (status != MMF_OK)
        return status;
    /*
     * No commit is written before the first sync: the last one may not be on the disk yet, and a
     * new one would replace the only one that is.
     */
    state->dropped = found.dropped_rows;
    state->commit_damaged = found.damaged;
    state->writer->count = found.count;
    state->room = found.capacity;
    state->writer->undo = state->map.base + state->geometry.undo_offset;
    mmfi_append_prepare(state);
    return MMF_OK;
}

static mmf_status attach_writer(mmfi_state *state, mmf_store *store, mmf_error *error)
{
    state->page = mmfi_map_private_open(sizeof *state->page);
    state->writer = state->page != NULL ? state->page : &state->guarded;
    state->writer->live = (mmfi_live *)(void *)(state->map.base + MMFI_LIVE_OFFSET);
    if (state->shared)
        return mmfi_shared_attach(state, error);
    const mmf_status status = attach_alone(state, error);
    if (status == MMF_OK && state->page != NULL)
        store->writer = state->page;
    return status;
}

/*
 * A reader finds out now what is wrong with a file as a whole, and not row by row: that it says
 * nowhere how many records it has, that what it says contradicts itself, or that rows are missing.
 */
static mmf_status attach_reader(mmfi_state *state, mmf_error *error)
{
    mmfi_bounds bounds = {0, 0, 0, 0};
    mmf_status status = mmfi_bounds_now(state, &bounds, error);
    if (status == MMF_OK)
        status = mmfi_check_synced(state, error);
    if (status != MMF_OK)
        return status;
    uint64_t there = bounds.count < bounds.backed ? bounds.count : bounds.backed;
    there = there < bounds.mapped ? there : bounds.mapped;
    state->rows_written = mmfi_rows_written(state, there);
    state->rows_to_hole = mmfi_rows_to_hole(state, there);
    state->commit_damaged = !mmfi_live_is_trusted(state->map.base, &state->geometry) &&
                            mmfi_commit_is_damaged(state->map.base);
    return MMF_OK;
}

/* Missing rows and a reserve smaller than asked are no failures, and are said. */
static void say_notices(const mmfi_state *state, mmf_error *error)
{
    mmfi_bounds bounds = {0, 0, 0, 0};
    mmfi_error_clear(error);
    if (state->writer == NULL && mmfi_bounds_now(state, &bounds, NULL) == MMF_OK &&
        mmfi_bounds_missing(&bounds) > 0)
        (void)mmfi_say_missing(state, &bounds, MMF_OK, error);
    else if (state->commit_damaged)
        (void)mmfi_fail(
            error, MMF_OK, 0, state->file.path,
            "%s: one of the two commit slots in the header fails its checksum, so the "
            "%" PRIu64 " records may be those of the sync before the last; if the power "
            "was not cut during a sync, the file is damaged: restore it from a copy",
            state->file.path, state->writer != NULL ? state->writer->count : bounds.count);
    else if (state->dropped > 0)
        (void)mmfi_fail(error, MMF_OK, 0, state->file.path,
                        "%s: up to %" PRIu64 " records that were appended after the last sync are "
                        "gone, and %" PRIu64 " are left: the machine, or the container of the last "
                        "writer, was started anew, or the file is a copy; call mmf_store_sync for "
                        "what must survive that",
                        state->file.path, state->dropped, state->writer->count);
    else if (state->map.size < state->reserve_asked)
        (void)mmfi_fail(error, MMF_OK, 0, state->file.path,
                        "%s: %" PRIu64 " bytes of address space are reserved and %" PRIu64
                        " were asked, because the program needs some of what is left; the store "
                        "can grow to that size in this process; raise the limit (ulimit -v), or "
                        "set options.reserve_bytes to what the store needs",
                        state->file.path, state->map.size, state->reserve_asked);
}

mmf_status mmfi_store_attach(mmfi_state *state, const mmf_options *options, mmf_store **out,
                             mmf_error *error)
{
    mmf_status status = attach_map(state, options, error);
    if (status != MMF_OK)
        return status;
    state->huge_pages = options->huge_pages;
    if (state->huge_pages) {
        mmfi_map_prefer_large(&state->map, 0);
        state->collapsed = mmfi_map_collapse(&state->map, 0, state->file_size);
    }
    mmf_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, state->file.path,
                         "%s: no memory for a handle", state->file.path);
    store->records = state->map.base + state->geometry.header_size;
    store->checksum_key = state->geometry.checksum_key;
    store->writer = &mmfi_writer_none;
    store->state = state;
    mmfi_guard_add(store, state->map.base, state->map.size);
    status =
        state->file.writable ? attach_writer(state, store, error) : attach_reader(state, error);
    if (mmfi_load64(&state->cut_off) != 0)
        status = mmfi_hole_say(state, error);
    if (status != MMF_OK) {
        mmfi_guard_forget(store);
        free(store);
        return status;
    }
    store->live = mmfi_live_is_trusted(state->map.base, &state->geometry)
                      ? (const mmfi_live *)(const void *)(state->map.base + MMFI_LIVE_OFFSET)
                      : &mmfi_live_frozen;
    (void)mmfi_count_slow(store);
    say_notices(state, error);
    *out = store;
    return MMF_OK;
}
