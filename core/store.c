/* Opening, creating and closing stores. */
#include "core/store_state.h"

#include <inttypes.h>
#include <stdlib.h>

/* A new file has room for about so many bytes of records unless options.capacity says else. */
#define FIRST_CAPACITY_BYTES 65536u

static mmf_options options_or_default(const mmf_options *options)
{
    const mmf_options defaults = MMF_OPTIONS_INIT;
    mmf_options chosen = options != NULL ? *options : defaults;
    if (chosen.reserve_bytes == 0)
        chosen.reserve_bytes = MMF_RESERVE_BYTES_DEFAULT;
    return chosen;
}

static mmf_status check_options(const char *path, const mmf_options *options, mmf_error *error)
{
    if (options->mode != MMF_READ_ONLY && options->mode != MMF_READ_WRITE)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: options.mode is %d, expected MMF_READ_ONLY or MMF_READ_WRITE", path,
                         (int)options->mode);
    return MMF_OK;
}

/* What opening and creating share: is it possible at all, and the state to do it with. */
static mmf_status begin(const char *path, const mmf_options *options, mmfi_state **out,
                        mmf_error *error)
{
    const mmf_status status = check_options(path, options, error);
    if (status != MMF_OK)
        return status;
    if (!MMFI_LITTLE_ENDIAN)
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, path,
                         "%s: files are little-endian and this machine is not; use one that is",
                         path);
    *out = mmfi_state_new();
    if (*out == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, path, "%s: no memory for a handle", path);
    (*out)->shared = options->shared_writers;
    return MMF_OK;
}

/* ---- Attaching: from an open file with a checked header to a handle ---- */

static mmf_status attach_map(mmfi_state *state, const mmf_options *options, mmf_error *error)
{
    mmf_status status = mmfi_file_size(&state->file, &state->file_size, error);
    if (status != MMF_OK)
        return status;
    if (state->file_size < state->geometry.header_size)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, state->file.path,
                         "%s: the file was cut off to %" PRIu64 " bytes while it was opened, the "
                         "header alone takes %" PRIu64 "; restore it from a copy",
                         state->file.path, state->file_size, state->geometry.header_size);
    state->reserve_asked = options->reserve_bytes;
    return mmfi_map_open(state->file.fd, state->file.writable,
                         options->reserve_bytes > state->file_size ? options->reserve_bytes
                                                                   : state->file_size,
                         state->file_size, state->file.path, &state->map, error);
}

/* The only writer of the file. */
static mmf_status attach_alone(mmfi_state *state, mmf_error *error)
{
    mmfi_recovery found;
    /* Before the first store: from here on none may meet a hole. */
    mmf_status status = mmfi_file_fill_holes(&state->file, error);
    if (status == MMF_OK)
        status = mmfi_recover(state->map.base, &state->geometry, state->file_size, state->file.path,
                              &found, error);
    if (status != MMF_OK)
        return status;
    state->generation = found.generation + 1;
    mmfi_commit_write(state->map.base, state->generation, found.committed, found.capacity, false);
    state->writer->count = found.count;
    state->writer->capacity = found.capacity;
    state->writer->undo = state->map.base + state->geometry.undo_offset;
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

/* A reserve smaller than asked is no failure, and is said. */
static void say_reserve(const mmfi_state *state, mmf_error *error)
{
    mmfi_error_clear(error);
    if (state->map.size < state->reserve_asked)
        (void)mmfi_fail(error, MMF_OK, 0, state->file.path,
                        "%s: only %" PRIu64 " bytes of address space could be reserved, %" PRIu64
                        " were asked; the store can grow to that size in this process",
                        state->file.path, state->map.size, state->reserve_asked);
}

static mmf_status attach(mmfi_state *state, const mmf_options *options, mmf_store **out,
                         mmf_error *error)
{
    mmf_status status = attach_map(state, options, error);
    if (status != MMF_OK)
        return status;
    mmf_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, state->file.path,
                         "%s: no memory for a handle", state->file.path);
    store->records = state->map.base + state->geometry.header_size;
    store->writer = &mmfi_writer_none;
    store->state = state;
    mmfi_guard_add(store, state->map.base, state->map.size);
    if (state->file.writable)
        status = attach_writer(state, store, error);
    mmfi_bounds bounds = {0, 0, 0};
    if (status == MMF_OK)
        status = mmfi_bounds_now(state, &bounds);
    if (status != MMF_OK) {
        if (!state->file.writable)
            (void)mmfi_fail(error, status, 0, state->file.path,
                            "%s: nothing says how many records there are; restore the file from "
                            "a copy",
                            state->file.path);
        mmfi_guard_forget(store);
        free(store);
        return status;
    }
    store->live = mmfi_live_is_trusted(state->map.base)
                      ? (const mmfi_live *)(const void *)(state->map.base + MMFI_LIVE_OFFSET)
                      : &mmfi_live_frozen;
    (void)mmfi_count_slow(store);
    say_reserve(state, error);
    *out = store;
    return MMF_OK;
}

/* ---- Public ---- */

/* Takes the lock, or names the holder, from a page that is only believed as far as a message goes.
 */
static mmf_status lock_file(mmfi_state *state, mmf_error *error)
{
    const mmf_status status = state->shared ? mmfi_file_lock_shared(&state->file, error)
                                            : mmfi_file_lock(&state->file, error);
    if (status != MMF_ERR_LOCKED)
        return status;
    uint64_t pid = 0;
    (void)mmfi_file_read(&state->file, MMFI_LIVE_OFFSET + offsetof(mmfi_live, writer_pid), &pid,
                         sizeof pid, NULL);
    return mmfi_fail(error, MMF_ERR_LOCKED, 0, state->file.path,
                     "%s: process %" PRIu64 " has the file open for writing; close it there "
                     "first, or open it read-only",
                     state->file.path, pid);
}

static mmf_status open_state(mmfi_state *state, const char *path, const mmf_options *options,
                             const mmf_schema *schema, mmf_store **out, mmf_error *error)
{
    const bool writable = options->mode == MMF_READ_WRITE;
    mmf_status status = mmfi_file_open(path, writable, &state->file, error);
    if (status == MMF_OK && writable)
        status = lock_file(state, error);
    if (status == MMF_OK)
        status = mmfi_header_read(&state->file, writable, &state->geometry, &state->schema, error);
    if (status == MMF_OK && schema != NULL)
        status = mmf_schema_match(schema, state->schema, path, error);
    return status == MMF_OK ? attach(state, options, out, error) : status;
}

static mmf_status open_store(const char *path, const mmf_options *options, const mmf_schema *schema,
                             mmf_store **out, mmf_error *error)
{
    if (out != NULL)
        *out = NULL;
    if (path == NULL || out == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_store_open: %s is NULL",
                         path == NULL ? "path" : "out");
    const mmf_options chosen = options_or_default(options);
    mmfi_state *state = NULL;
    mmf_status status = begin(path, &chosen, &state, error);
    if (status != MMF_OK)
        return status;
    status = open_state(state, path, &chosen, schema, out, error);
    if (status != MMF_OK)
        mmfi_state_free(state);
    return status;
}

mmf_status mmf_store_open(const char *path, const mmf_options *options, mmf_store **out,
                          mmf_error *error)
{
    return open_store(path, options, NULL, out, error);
}

mmf_status mmf_store_open_as(const char *path, const mmf_options *options, const mmf_schema *schema,
                             mmf_store **out, mmf_error *error)
{
    if (schema == NULL) {
        if (out != NULL)
            *out = NULL;
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_store_open_as: schema is NULL");
    }
    return open_store(path, options, schema, out, error);
}

/* A file whose schema and text disagree could never be opened again. */
static mmf_status check_schema(const mmf_schema *given, const char *path, mmf_schema **parsed,
                               mmf_error *error)
{
    if (given->text == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: the schema's text is NULL; use a schema from the generator, or one "
                         "that was parsed",
                         path);
    mmf_error why;
    const mmf_status status = mmf_schema_parse(given->text, given->text_size, parsed, &why);
    if (status == MMF_ERR_CORRUPT)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: the schema's text cannot be read back: %s; use a schema from the "
                         "generator, or one that was parsed",
                         path, why.message);
    if (status != MMF_OK)
        return mmfi_fail(error, status, why.os_error, path, "%s: %s", path, why.message);
    const mmf_schema *meant = *parsed;
    if (given->layout_hash == meant->layout_hash && given->record_size == meant->record_size &&
        given->field_count == meant->field_count && given->version == meant->version)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                     "%s: the schema's layout hash is 0x%016" PRIx64
                     ", its text means 0x%016" PRIx64 "; use one from the generator",
                     path, given->layout_hash, meant->layout_hash);
}

static mmf_status choose_capacity(const mmf_options *options, uint32_t record_size,
                                  const char *path, uint64_t *out, mmf_error *error)
{
    /* Whatever was reserved: where the lock lies, no file has records. */
    const uint64_t most =
        options->reserve_bytes < MMFI_LOCK_OFFSET ? options->reserve_bytes : MMFI_LOCK_OFFSET;
    *out = options->capacity != 0 ? options->capacity : FIRST_CAPACITY_BYTES / record_size + 1;
    if (*out <= most / record_size)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_CAPACITY, 0, path,
                     "%s: %" PRIu64 " records of %" PRIu32 " bytes do not fit "
                     "options.reserve_bytes = %" PRIu64 "; raise it, or ask for fewer",
                     path, *out, record_size, options->reserve_bytes);
}

static mmf_status create_state(mmfi_state *state, const char *path, const mmf_options *options,
                               const mmf_schema *schema, mmf_store **out, mmf_error *error)
{
    uint64_t capacity = 0;
    mmf_status status = check_schema(schema, path, &state->schema, error);
    if (status == MMF_OK)
        status = choose_capacity(options, schema->record_size, path, &capacity, error);
    if (status == MMF_OK)
        status = mmfi_file_create(path, options->permissions, &state->file, error);
    if (status == MMF_OK)
        status = lock_file(state, error);
    if (status == MMF_OK)
        status = mmfi_header_write(&state->file, schema, capacity, options->shared_writers,
                                   &state->geometry, error);
    if (status == MMF_OK)
        status = attach(state, options, out, error);
    if (status != MMF_OK)
        return status;
    status = mmfi_file_name(&state->file, error);
    if (status != MMF_OK) {
        mmfi_handle_retire(*out);
        *out = NULL;
    }
    return status;
}

mmf_status mmf_store_create(const char *path, const mmf_options *options, const mmf_schema *schema,
                            mmf_store **out, mmf_error *error)
{
    if (out != NULL)
        *out = NULL;
    if (path == NULL || out == NULL || schema == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_store_create: %s is NULL",
                         path == NULL  ? "path"
                         : out == NULL ? "out"
                                       : "schema");
    const mmf_options chosen = options_or_default(options);
    mmfi_state *state = NULL;
    mmf_status status = begin(path, &chosen, &state, error);
    if (status != MMF_OK)
        return status;
    status = create_state(state, path, &chosen, schema, out, error);
    if (status != MMF_OK)
        mmfi_state_free(state);
    return status;
}

mmf_status mmf_store_close(mmf_store *store)
{
    if (store == NULL)
        return MMF_OK;
    mmfi_state *state = store->state;
    if (state == NULL)
        return MMF_ERR_CLOSED;
    mmf_status status = MMF_OK;
    if (state->writer != NULL && !mmfi_state_is_inherited(state))
        status = mmfi_store_commit(state, true, NULL);
    mmfi_handle_retire(store);
    mmfi_state_free(state);
    return status;
}
