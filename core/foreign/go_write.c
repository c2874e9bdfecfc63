/* Writes files for the Go library. */
#include "go.h"

#include "../os/create_file.h"
#include "../os/space.h"
#include "../os/sync_file.h"
#include "go_schema.h"

#include <inttypes.h>
#include <string.h>

#define GO_PAGE 4096u

/* The largest file that a Linux file system has. */
#define GO_FILE_SIZE_MAX (UINT64_C(1) << 62)

/*
 * More than the count: Go's first version appends to the row at the capacity before it grows, which
 * the size below has room for as well.
 */
static uint64_t go_capacity(uint64_t count)
{
    uint64_t capacity = MMFI_GO_CAPACITY_FIRST;
    while (capacity <= count)
        capacity *= 2;
    return capacity;
}

/* The header is written last: without one, a migration was killed. */
static bool go_is_unused(const mmfi_file *file)
{
    static const unsigned char NONE[MMFI_GO_HEADER_SIZE] = {0};
    unsigned char header[MMFI_GO_HEADER_SIZE];
    return mmfi_file_has_no_data(file) ||
           (mmfi_file_read(file, 0, header, sizeof header, NULL) == MMF_OK &&
            memcmp(header, NONE, sizeof header) == 0);
}

mmf_status mmfi_go_create(const char *path, const mmf_schema *schema, uint64_t count,
                          mmfi_go_file *out, mmf_error *error)
{
    out->file = MMFI_FILE_NONE;
    out->schema = schema;
    out->count = count;
    /* Twice the count is the most that the capacity can be. */
    if (count > GO_FILE_SIZE_MAX / 4 / schema->record_size)
        return mmfi_fail(error, MMF_ERR_CAPACITY, 0, path,
                         "%s: %" PRIu64 " records of %" PRIu32 " bytes fit no file; ask for fewer",
                         path, count, schema->record_size);
    mmfi_file_remove_abandoned(path, go_is_unused);
    const mmf_status status = mmfi_file_create(path, 0, &out->file, error);
    if (status != MMF_OK)
        return status;
    const uint64_t size =
        MMFI_GO_HEADER_SIZE + (go_capacity(count) + 1) * (uint64_t)schema->record_size;
    return mmfi_file_grow(&out->file, (size + GO_PAGE - 1) / GO_PAGE * GO_PAGE, error);
}

mmf_status mmfi_go_write(const mmfi_go_file *to, uint64_t first, uint64_t count,
                         unsigned char *records, const unsigned char *states, mmf_error *error)
{
    const size_t size = to->schema->record_size;
    for (uint64_t i = 0; i < count; i++) {
        const mmfi_row_state state = states != NULL ? (mmfi_row_state)states[i] : MMFI_ROW_WHOLE;
        const uint64_t sequence = state == MMFI_ROW_BLANK ? 0 : MMFI_GO_SEQUENCE_WRITTEN;
        if (state == MMFI_ROW_TORN)
            return mmfi_fail(error, MMF_ERR_CORRUPT, 0, to->file.path,
                             "%s: row %" PRIu64
                             " of the old file is torn, and a file of the Go library would not "
                             "say so: migrate the rows before it by options.rows, or migrate to a "
                             "file of this library first, and replace the record there",
                             to->file.path, first + i);
        memcpy(records + i * size, &sequence, sizeof sequence);
    }
    return mmfi_file_write(&to->file, MMFI_GO_HEADER_SIZE + first * size, records,
                           (size_t)count * size, error);
}

mmf_status mmfi_go_finish(mmfi_go_file *to, mmf_error *error)
{
    unsigned char header[MMFI_GO_HEADER_SIZE];
    const uint32_t version = MMFI_GO_VERSION;
    const uint64_t capacity = go_capacity(to->count);
    memcpy(header, "MMFG", 4);
    memcpy(header + 4, &version, sizeof version);
    if (!mmfi_go_hash(to->schema, header + MMFI_GO_HASH_OFFSET))
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, to->file.path, "%s: no memory to migrate it",
                         to->file.path);
    memcpy(header + MMFI_GO_VERSION_OFFSET, &to->schema->version, sizeof(uint32_t));
    memcpy(header + MMFI_GO_RECORD_OFFSET, &to->schema->record_size, sizeof(uint32_t));
    memcpy(header + MMFI_GO_COUNT_OFFSET, &to->count, sizeof to->count);
    memcpy(header + MMFI_GO_CAPACITY_OFFSET, &capacity, sizeof capacity);
    mmf_status status = mmfi_file_write(&to->file, 0, header, sizeof header, error);
    if (status == MMF_OK)
        status = mmfi_file_sync(&to->file, error);
    return status == MMF_OK ? mmfi_file_name(&to->file, error) : status;
}

void mmfi_go_close(mmfi_go_file *to)
{
    mmfi_file_close(&to->file);
}
