/* Opening stores: the options, the lock, and from an open file with a checked header to a handle.
 */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "open.h"
#include "../format/recover.h"
#include "../os/boot_id.h"
#include "../os/futex.h"
#include "../os/lock.h"
#include "adapt.h"
#include "bounds.h"
#include "check.h"
#include "close.h"
#include "explain.h"
#include "link.h"
#include "reserve.h"
#include "sigbus.h"
#include "strategy.h"

#include "mmapforge/version.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Options ---- */

/* Read, write and execute of the owner, the group and others. */
#define PERMISSIONS_MAX 0777u

/* The sizes of mmf_options: of the first version that has one, and more than any will have. */
#define OPTIONS_SIZE_FIRST 40u
#define OPTIONS_SIZE_MAX   4096u

MMFI_STATIC_ASSERT(sizeof(mmf_options) >= OPTIONS_SIZE_FIRST, "an option was removed");
/* Where there is padding, its bytes are whatever the caller's memory was. */
MMFI_STATIC_ASSERT(offsetof(mmf_options, reserved) + sizeof((mmf_options *)0)->reserved ==
                       sizeof(mmf_options),
                   "bytes that the caller need not set are taken for options");

/* The bytes are there: the caller says so, by a size that could be one. */
static bool has_unknown_options(const mmf_options *options)
{
    const unsigned char *bytes = (const unsigned char *)options;
    for (size_t i = offsetof(mmf_options, reserved); i < options->size; i++)
        if (bytes[i] != 0)
            return true;
    return false;
}

/* Takes the options that the caller's version has, and the defaults of the others. */
static mmf_status read_options(const char *path, const mmf_options *options, mmf_options *out,
                               mmf_error *error)
{
    const mmf_options defaults = MMF_OPTIONS_INIT;
    *out = defaults;
    if (options == NULL)
        return MMF_OK;
    const size_t size = options->size;
    if (size < OPTIONS_SIZE_FIRST || size > OPTIONS_SIZE_MAX)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: options.size is %zu, expected %zu; initialise the options with "
                         "MMF_OPTIONS_INIT, and compile the program with the headers of this "
                         "library",
                         path, size, sizeof *out);
    if (has_unknown_options(options))
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: an option is set that this library, mmapforge " MMF_VERSION_STRING
                         ", does not know; initialise the options with MMF_OPTIONS_INIT, and "
                         "compile the program with the headers of this library",
                         path);
    memcpy(out, options, size > sizeof *out ? sizeof *out : size);
    out->size = sizeof *out;
    return MMF_OK;
}

static mmf_status check_options(const char *path, const mmf_options *options, mmf_error *error)
{
    if (options->mode != MMF_READ_ONLY && options->mode != MMF_READ_WRITE)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: options.mode is %d, expected MMF_READ_ONLY or MMF_READ_WRITE", path,
                         (int)options->mode);
    if (options->permissions > PERMISSIONS_MAX)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: options.permissions is 0%o, expected 0 for the default or at most "
                         "0777; write them in octal (0640, not 640), without setuid, setgid and "
                         "sticky bits",
                         path, options->permissions);
    return MMF_OK;
}

mmf_status mmfi_open_begin(const char *path, const mmf_options *given, mmf_options *options,
                           mmfi_state **out, mmf_error *error)
{
    mmf_status status = read_options(path, given, options, error);
    if (status == MMF_OK)
        status = check_options(path, options, error);
    if (status != MMF_OK)
        return status;
    if (!MMFI_LITTLE_ENDIAN)
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, path,
                         "%s: files are little-endian and this machine is not; use one that is",
                         path);
    const mmf_status known = mmfi_boot_id_find(path, error);
    if (known != MMF_OK)
        return known;
    *out = mmfi_state_new();
    if (*out == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, path, "%s: no memory for a handle", path);
    (*out)->strategy = options->shared_writers ? &mmfi_several_writers : &mmfi_one_writer;
    return MMF_OK;
}

/* ---- The lock ---- */

/* Takes the lock, or names its holder: from the shared page, which is good enough for a message. */
mmf_status mmfi_open_lock(mmfi_state *state, mmf_error *error)
{
    const mmf_status status = state->strategy->lock(&state->file, error);
    if (status != MMF_ERR_LOCKED)
        return status;
    uint64_t pid = 0;
    (void)mmfi_file_read(&state->file, MMFI_LIVE_OFFSET + offsetof(mmfi_live, writer_pid), &pid,
                         sizeof pid, NULL);
    const bool shared = mmfi_file_is_shared(&state->file);
    if (shared && !mmfi_file_has_sharers(&state->file))
        return mmfi_fail(error, MMF_ERR_LOCKED, 0, state->file.path,
                         "%s: no writer has the file open, but another process has a read lock on "
                         "the byte that writers lock, for which it need only be allowed to read; "
                         "find it by lsof or in /proc/locks, and take the permission to read from "
                         "users who must not keep writers out",
                         state->file.path);
    if (shared)
        return mmfi_fail(
            error, MMF_ERR_LOCKED, 0, state->file.path,
            "%s: writers that share the file have it open for writing, and process %" PRIu64
            " was the last to join them; join them by shared_writers, wait until all "
            "have closed it, or open it read-only",
            state->file.path, pid);
    return mmfi_fail(error, MMF_ERR_LOCKED, 0, state->file.path,
                     "%s: process %" PRIu64 " has the file open for writing; close it there "
                     "first, or open it read-only",
                     state->file.path, pid);
}

/* ---- From a file to a handle ---- */

static mmf_status attach_map(mmfi_state *state, const mmf_options *options, mmf_error *error)
{
    mmfi_link_note(state);
    const uint64_t most = mmfi_map_modest();
    mmf_status status =
        mmfi_file_identity(&state->file, &state->layout.device, &state->layout.inode, error);
    if (status != MMF_OK)
        return status;
    /* What maps a file keeps it open: not the open file that has the locks of this process. */
    const int other = state->file.writable ? mmfi_file_reopen(&state->file) : -1;
    /* Nothing comes between this and the mapping: a file that is truncated later is a signal. */
    status = mmfi_file_size(&state->file, &state->file_size, error);
    if (status == MMF_OK && state->file_size < state->layout.header_size)
        status = mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                           "%s: the file was truncated to %" PRIu64
                           " bytes while it was opened, the header alone takes %" PRIu64
                           "; restore it from a copy",
                           state->file.path, state->file_size, state->layout.header_size);
    if (status == MMF_OK)
        status = mmfi_map_open(other >= 0 ? other : state->file.fd, state->file.writable,
                               mmfi_choose_reserve(state, options, most), state->file_size,
                               state->file.path, &state->map, error);
    if (other >= 0)
        (void)close(other);
    return status;
}

static mmf_status attach_writer(mmfi_state *state, mmf_store *store, mmf_error *error)
{
    state->page = mmfi_map_private_open(sizeof *state->page);
    state->writer = state->page != NULL ? state->page : &state->writer_unwiped;
    state->writer->live = (mmfi_live *)(void *)(state->map.base + MMFI_LIVE_OFFSET);
    const mmf_status status = state->strategy->attach(state, store, error);
    if (status != MMF_OK)
        return status;
    if (!mmfi_fence_register())
        state->writer->last = (mmfi_append_last)(state->writer->last | MMFI_LAST_FENCE);
    mmfi_store64(&state->writer->live->writer_ended, MMFI_ENDED_NOT);
    return MMF_OK;
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
    state->commit_damaged = !mmfi_live_is_trusted(state->map.base, &state->layout) &&
                            mmfi_commit_is_damaged(state->map.base);
    return MMF_OK;
}

/* Missing rows and a smaller reserve than asked for are not failures, but said in the message. */
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
                        "writer, was restarted, or the file is a copy; call mmf_store_sync for "
                        "records that must survive that",
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
    store->records = state->map.base + state->layout.header_size;
    store->checksum_key = state->layout.checksum_key;
    store->writer = &mmfi_writer_none;
    store->state = state;
    mmfi_guard_add(store, state->map.base, state->map.size);
    status =
        state->file.writable ? attach_writer(state, store, error) : attach_reader(state, error);
    if (mmfi_load64(&state->missing_pages) != 0)
        status = mmfi_say_missing_pages(state, error);
    if (status != MMF_OK) {
        mmfi_guard_forget(store);
        free(store);
        return status;
    }
    store->live = mmfi_live_is_trusted(state->map.base, &state->layout)
                      ? (const mmfi_live *)(const void *)(state->map.base + MMFI_LIVE_OFFSET)
                      : &mmfi_live_frozen;
    (void)mmfi_count_slow(store);
    say_notices(state, error);
    *out = store;
    return MMF_OK;
}

/* ---- Other versions of a schema ---- */

/* Records are the same bytes with the same meaning; versions, docs and defaults do not matter. */
static bool is_same_layout(const mmf_schema *program, const mmf_schema *file)
{
    return program->layout_hash == file->layout_hash && program->record_size == file->record_size &&
           strcmp(program->name, file->name) == 0;
}

static mmf_status adapt(mmfi_state *state, const mmf_schema *program, bool to_write,
                        mmf_error *error)
{
    const char *path = state->file.path;
    char reason[MMF_REASON_SIZE];
    bool writable = false;
    const mmf_status status = mmf_schema_adapt(program, state->schema, path, &writable, error);
    if (status != MMF_OK)
        return status;
    if (to_write && !writable) {
        (void)mmf_schema_reads(program, state->schema, &writable, reason);
        return mmfi_fail(
            error, MMF_ERR_SCHEMA, 0, path,
            "%s: the file holds '%s' version %" PRIu32 ", the program has version %" PRIu32
            "; %s; open it read-only, or write it with a program of its version",
            path, state->schema->name, state->schema->version, program->version, reason);
    }
    return mmfi_adapter_new(path, state->schema, program, &mmfi_adapter_write, &state->adapter,
                            error);
}

/* Gives the program a handle of its own layout over the one that was opened. */
static mmf_status put_front(mmfi_state *state, mmf_store **out, mmf_error *error)
{
    if (state->adapter == NULL)
        return MMF_OK;
    mmf_store *front = mmfi_adapter_attach(state->adapter, *out);
    if (front == NULL) {
        mmfi_handle_retire(*out);
        *out = NULL;
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, state->file.path,
                         "%s: no memory for a handle", state->file.path);
    }
    *out = front;
    return MMF_OK;
}

/* ---- Opening ---- */

static mmf_status open_state(mmfi_state *state, const char *path, const mmf_options *options,
                             const mmf_schema *schema, mmf_store **out, mmf_error *error)
{
    const bool writable = options->mode == MMF_READ_WRITE;
    mmf_status status = mmfi_file_open(path, writable, &state->file, error);
    if (status == MMF_OK && writable)
        status = mmfi_open_lock(state, error);
    if (status == MMF_OK)
        status = mmfi_header_read(&state->file, writable, &state->layout, &state->schema, error);
    if (status == MMF_OK && schema != NULL && !is_same_layout(schema, state->schema))
        status = adapt(state, schema, writable, error);
    if (status == MMF_OK)
        status = mmfi_store_attach(state, options, out, error);
    return status == MMF_OK ? put_front(state, out, error) : status;
}

mmf_status mmfi_open_store(const char *path, const mmf_options *options, const mmf_schema *schema,
                           mmf_store **out, mmf_error *error)
{
    if (out != NULL)
        *out = NULL;
    if (path == NULL || out == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_store_open: %s is NULL",
                         path == NULL ? "path" : "out");
    mmf_options chosen;
    mmfi_state *state = NULL;
    mmf_status status = mmfi_open_begin(path, options, &chosen, &state, error);
    if (status != MMF_OK)
        return status;
    status = open_state(state, path, &chosen, schema, out, error);
    if (status != MMF_OK) {
        mmfi_adapter_free(state->adapter);
        mmfi_state_free(state);
    }
    return status;
}

mmf_status mmf_store_open(const char *path, const mmf_options *options, mmf_store **out,
                          mmf_error *error)
{
    return mmfi_open_store(path, options, NULL, out, error);
}

mmf_status mmf_store_open_as(const char *path, const mmf_options *options, const mmf_schema *schema,
                             mmf_store **out, mmf_error *error)
{
    if (schema == NULL) {
        if (out != NULL)
            *out = NULL;
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_store_open_as: schema is NULL");
    }
    return mmfi_open_store(path, options, schema, out, error);
}
