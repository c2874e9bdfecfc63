/* Opening, creating and closing stores. */
#include "state.h"

#include "mmapforge/version.h"

#include <inttypes.h>
#include <string.h>

/* A new file has room for about so many bytes of records unless options.capacity says else. */
#define FIRST_CAPACITY_BYTES 65536u

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

/*
 * What opening and creating share: is it possible at all, the options as this version has them, and
 * the state to do it with.
 */
static mmf_status begin(const char *path, const mmf_options *given, mmf_options *options,
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
    (*out)->shared = options->shared_writers;
    return MMF_OK;
}

/* ---- Opening ---- */

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
    return status == MMF_OK ? mmfi_store_attach(state, options, out, error) : status;
}

static mmf_status open_store(const char *path, const mmf_options *options, const mmf_schema *schema,
                             mmf_store **out, mmf_error *error)
{
    if (out != NULL)
        *out = NULL;
    if (path == NULL || out == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_store_open: %s is NULL",
                         path == NULL ? "path" : "out");
    mmf_options chosen;
    mmfi_state *state = NULL;
    mmf_status status = begin(path, options, &chosen, &state, error);
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

/* ---- Creating ---- */

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
        given->field_count == meant->field_count && given->version == meant->version &&
        given->checksum_offset == meant->checksum_offset)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                     "%s: the schema's layout hash is 0x%016" PRIx64
                     ", its text means 0x%016" PRIx64 "; use one from the generator",
                     path, given->layout_hash, meant->layout_hash);
}

static mmf_status choose_capacity(const mmf_options *options, uint32_t record_size,
                                  const char *path, uint64_t *out, mmf_error *error)
{
    const uint64_t reserve =
        options->reserve_bytes != 0 ? options->reserve_bytes : MMF_RESERVE_BYTES_DEFAULT;
    /* Whatever was reserved: where the lock lies, no file has records. */
    const uint64_t most = reserve < MMFI_LOCK_OFFSET ? reserve : MMFI_LOCK_OFFSET;
    *out = options->capacity != 0 ? options->capacity : FIRST_CAPACITY_BYTES / record_size + 1;
    if (*out <= most / record_size)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_CAPACITY, 0, path,
                     "%s: %" PRIu64 " records of %" PRIu32 " bytes do not fit "
                     "options.reserve_bytes = %" PRIu64 "; raise it, or ask for fewer",
                     path, *out, record_size, reserve);
}

static mmf_status create_state(mmfi_state *state, const char *path, const mmf_options *options,
                               const mmf_schema *schema, const mmfi_filling *filling,
                               mmf_store **out, mmf_error *error)
{
    uint64_t capacity = 0;
    mmf_status status = check_schema(schema, path, &state->schema, error);
    if (status == MMF_OK)
        status = choose_capacity(options, state->schema->record_size, path, &capacity, error);
    if (status == MMF_OK) {
        mmfi_file_remove_abandoned(path, mmfi_header_is_unused);
        status = mmfi_file_create(path, options->permissions, &state->file, error);
    }
    if (status == MMF_OK)
        status = lock_file(state, error);
    if (status == MMF_OK)
        status = mmfi_header_write(&state->file, state->schema, capacity, options->shared_writers,
                                   &state->geometry, error);
    if (status == MMF_OK)
        status = mmfi_store_attach(state, options, out, error);
    if (status != MMF_OK)
        return status;
    if (filling != NULL)
        status = filling->fill(*out, filling->what, error);
    if (status == MMF_OK)
        status = mmfi_file_name(&state->file, error);
    if (status != MMF_OK) {
        mmfi_handle_retire(*out);
        *out = NULL;
    }
    return status;
}

/*
 * The name of a new file may lead to another inode than what was made, and then it is that one
 * which other processes map and lock. Nothing else has the first inode open any more, so all that
 * was written there can be read here.
 */
static mmf_status open_moved(const char *path, const mmf_options *options, const mmf_schema *schema,
                             mmf_store **out, mmf_error *error)
{
    mmf_options writing = *options;
    writing.mode = MMF_READ_WRITE;
    const mmf_status status = open_store(path, &writing, schema, out, error);
    /* Where another process was faster, the file is in use. */
    if (status != MMF_OK && status != MMF_ERR_LOCKED)
        mmfi_file_remove(path);
    return status;
}

mmf_status mmf_store_create(const char *path, const mmf_options *options, const mmf_schema *schema,
                            mmf_store **out, mmf_error *error)
{
    return mmfi_store_create_filled(path, options, schema, NULL, out, error);
}

mmf_status mmfi_store_create_filled(const char *path, const mmf_options *options,
                                    const mmf_schema *schema, const mmfi_filling *filling,
                                    mmf_store **out, mmf_error *error)
{
    if (out != NULL)
        *out = NULL;
    if (path == NULL || out == NULL || schema == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_store_create: %s is NULL",
                         path == NULL  ? "path"
                         : out == NULL ? "out"
                                       : "schema");
    mmf_options chosen;
    mmfi_state *state = NULL;
    mmf_status status = begin(path, options, &chosen, &state, error);
    if (status != MMF_OK)
        return status;
    status = create_state(state, path, &chosen, schema, filling, out, error);
    const bool moved = status == MMF_OK && state->file.moved;
    if (moved) {
        mmfi_handle_retire(*out);
        *out = NULL;
    }
    if (status != MMF_OK || moved)
        mmfi_state_free(state);
    return moved ? open_moved(path, &chosen, schema, out, error) : status;
}

/* ---- Closing ---- */

mmf_status mmf_store_close(mmf_store *store)
{
    if (store == NULL)
        return MMF_OK;
    mmfi_state *state = store->state;
    if (state == NULL)
        return MMF_ERR_CLOSED;
    mmf_status status = MMF_OK;
    if (state->writer != NULL && !mmfi_state_is_inherited(state))
        status = mmfi_link_commit(state, true, NULL);
    mmfi_handle_retire(store);
    mmfi_state_free(state);
    return status;
}
