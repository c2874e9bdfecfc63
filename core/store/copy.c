/* Copying a store that writers may be at work on. */
#include "copy.h"
#include "../foreign/foreign.h"
#include "adapt.h"
#include "bounds.h"
#include "create.h"
#include "explain.h"
#include "mmapforge/detail/append_rows.h"
#include "mmapforge/detail/checksum.h"
#include "mmapforge/value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The source of a copy, and the place for the first row that cannot be copied. */
typedef struct copying {
    const mmf_store *from;
    uint64_t *bad_row;
    unsigned char *block; /* room for mmfi_copy_block_rows records */
} copying;

mmf_status mmfi_copy_fail_row(const mmf_store *from, mmf_status status, uint64_t row,
                              mmf_error *error)
{
    const char *path = mmf_store_path(from);
    mmf_error why;
    (void)mmf_store_explain(from, status, row, NULL, &why);
    /* The explanation begins with the path, and in most cases with the row. */
    const char *said = why.message;
    const size_t length = strlen(path);
    if (strncmp(said, path, length) == 0 && strncmp(said + length, ": ", 2) == 0)
        said += length + 2;
    if (strncmp(said, "row ", 4) == 0)
        return mmfi_fail(error, status, why.os_error, path, "%s: cannot be copied: %s", path, said);
    return mmfi_fail(error, status, why.os_error, path, "%s: row %" PRIu64 " cannot be copied: %s",
                     path, row, said);
}

static mmf_status fail_row(const copying *what, mmf_status status, uint64_t row, mmf_error *error)
{
    *what->bad_row = row;
    return mmfi_copy_fail_row(what->from, status, row, error);
}

uint64_t mmfi_copy_first_unsound(const mmf_store *from, uint64_t first,
                                 const unsigned char *records, uint64_t count)
{
    const mmf_schema *schema = mmf_store_schema(from);
    uint64_t i = 0;
    if (schema->checksum_offset == 0)
        return count;
    for (; i < count; i++) {
        const unsigned char *record = records + i * schema->record_size;
        if (mmfi_checksum_fault(record, schema->record_size, schema->checksum_offset,
                                mmfi_checksum_place(from->checksum_key, first + i),
                                mmfi_load64(record)) != 0)
            break;
    }
    return i;
}

/* The sequence of a torn record is odd, and no undo slot has a before-image. */
static void keep_torn(const mmf_store *to, unsigned char *records, const unsigned char *states,
                      uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (states[i] == MMFI_ROW_TORN)
            mmfi_store64(records + i * to->state->layout.record_size, MMFI_SEQUENCE_FIRST + 1);
}

/*
 * By write(2), and not by stores into the mapping, each of whose new pages costs a page fault: on
 * a tmpfs the kernel takes twice as long for those, on ext4 as long. The file has its blocks
 * already, so a full disk is found out before.
 */
mmf_status mmfi_copy_append(mmf_store *to, unsigned char *records, const unsigned char *states,
                            uint64_t count, mmf_error *error)
{
    const mmfi_state *state = to->state;
    unsigned char *place =
        NULL; /* no reader has seen a row of this file, so it is in the mapping */
    mmf_status status = mmfi_append_rows_begin(to, count, &place);
    if (status != MMF_OK)
        return mmf_store_explain(to, status, mmf_store_count(to), NULL, error);
    mmfi_append_rows_finish(to, records, 0, count);
    if (states != NULL)
        keep_torn(to, records, states, count);
    status = mmfi_file_write(&state->file, (uint64_t)(place - state->map.base), records,
                             (size_t)(count * state->layout.record_size), error);
    mmfi_append_rows_end(to, status == MMF_OK ? count : 0, NULL);
    return status;
}

/* Each record consistent. */
static mmf_status copy_block(mmf_store *to, const copying *what, uint64_t first, uint64_t count,
                             mmf_error *error)
{
    const mmf_store *from = what->from;
    const size_t size = (size_t)count * mmf_store_schema(from)->record_size;
    uint64_t copied = 0;
    const mmf_status status = mmf_store_copy_rows(from, first, count, what->block, size, &copied);
    if (status != MMF_OK)
        return fail_row(what, status, first + copied, error);
    const uint64_t sound = mmfi_copy_first_unsound(from, first, what->block, count);
    if (sound < count)
        return fail_row(what, MMF_ERR_CORRUPT, first + sound, error);
    return mmfi_copy_append(to, what->block, NULL, count, error);
}

/* All records that the source has now; then syncs them. */
static mmf_status copy_records(mmf_store *to, const void *context, mmf_error *error)
{
    const copying *what = (const copying *)context;
    const mmf_store *from = what->from;
    mmfi_bounds now = {0, 0, 0, 0};
    mmf_status status = mmfi_bounds_now(from->state, &now, error);
    const uint64_t block = mmfi_copy_block_rows((size_t)from->state->layout.record_size);
    for (uint64_t row = 0; status == MMF_OK && row < now.count; row += block)
        status =
            copy_block(to, what, row, now.count - row < block ? now.count - row : block, error);
    return status == MMF_OK ? mmf_store_sync(to, error) : status;
}

mmf_status mmfi_store_copy(const mmf_store *of, const char *path, uint64_t *bad_row,
                           mmf_error *error)
{
    const mmf_store *store = mmfi_real(of); /* the copy is of the file's version, as the file */
    *bad_row = UINT64_MAX;
    if (store == NULL)
        return mmfi_fail_no_store("mmf_store_copy", error);
    if (store->state == NULL)
        return mmf_store_explain(store, MMF_ERR_CLOSED, 0, NULL, error);
    if (path == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, mmf_store_path(store),
                         "%s: mmf_store_copy: path is NULL; give the path of the new file",
                         mmf_store_path(store));
    mmfi_bounds now = {0, 0, 0, 0};
    mmf_status status = mmfi_bounds_now(store->state, &now, error);
    if (status != MMF_OK)
        return status;
    const mmfi_layout *layout = &store->state->layout;
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = now.count;
    options.reserve_bytes = now.count * layout->record_size + MMFI_COPY_RESERVE_BEYOND;
    options.shared_writers = layout->undo_count > MMFI_UNDO_COUNT;
    const size_t record_size = (size_t)layout->record_size;
    const copying what = {store, bad_row,
                          (unsigned char *)malloc(mmfi_copy_block_rows(record_size) * record_size)};
    if (what.block == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, mmf_store_path(store),
                         "%s: no memory to copy it", mmf_store_path(store));
    const mmfi_filling filling = {copy_records, &what};
    mmf_store *copy = NULL;
    status =
        mmfi_store_create_filled(path, &options, mmf_store_schema(store), &filling, &copy, error);
    free(what.block);
    if (status != MMF_OK)
        return status;
    status = mmf_store_close(copy);
    return status == MMF_OK ? MMF_OK
                            : mmfi_fail(error, status, 0, path,
                                        "%s: the copy was made, and closing it failed: %s; remove "
                                        "it, and copy again",
                                        path, mmf_status_text(status));
}

mmf_status mmf_store_copy(const mmf_store *store, const char *path, mmf_error *error)
{
    uint64_t bad_row = 0;
    return mmfi_store_copy(store, path, &bad_row, error);
}
