/* Creating stores: what a new file is made from, and its name once it is complete. */
#include "create.h"
#include "../os/create_file.h"
#include "close.h"
#include "open.h"

#include <inttypes.h>

/* The room for records of a new file, unless options.capacity gives another. */
#define FIRST_CAPACITY_BYTES 65536u

/* A file whose schema and text disagree could never be opened again. */
static mmf_status check_given_schema(const mmf_schema *given, const char *path, mmf_schema **parsed,
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
    mmf_status status = check_given_schema(schema, path, &state->schema, error);
    if (status == MMF_OK)
        status = choose_capacity(options, state->schema->record_size, path, &capacity, error);
    if (status == MMF_OK) {
        mmfi_file_remove_abandoned(path, mmfi_header_is_unused);
        status = mmfi_file_create(path, options->permissions, &state->file, error);
    }
    if (status == MMF_OK)
        status = mmfi_open_lock(state, error);
    if (status == MMF_OK)
        status = mmfi_header_write(&state->file, state->schema, capacity, options->shared_writers,
                                   &state->layout, error);
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
    const mmf_status status = mmfi_open_store(path, &writing, schema, out, error);
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
    mmf_status status = mmfi_open_begin(path, options, &chosen, &state, error);
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
