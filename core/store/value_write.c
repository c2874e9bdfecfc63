/* Writing any store by its schema. */
#include "mmapforge/detail/access_checksum.h"
#include "mmapforge/detail/append_rows.h"
#include "mmapforge/value.h"
#include "strategy.h"
#include "write.h"

#include <stdlib.h>

/* ---- Raw records ---- */

static bool is_plain(const mmf_field *field)
{
    return field->type != MMF_TYPE_BOOL && !mmf_type_is_sized(field->type);
}

/* False when a length in the raw record exceeds its field. */
static bool lengths_fit(const mmf_schema *schema, const unsigned char *raw)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const mmf_field *field = &schema->fields[i];
        if (mmf_type_is_sized(field->type) && mmfi_take32(raw + field->offset) > field->max)
            return false;
    }
    return true;
}

/* Stores one field of a raw record into a record; lengths have been checked. */
static void save_field(unsigned char *record, const unsigned char *raw, const mmf_field *field)
{
    const unsigned char *from = raw + field->offset;
    if (mmf_type_is_sized(field->type)) {
        mmfi_save_bytes(record, field->offset, field->max, from + MMFI_LENGTH_SIZE,
                        mmfi_take32(from));
    } else if (field->type == MMF_TYPE_BOOL) {
        mmfi_save_bool(record, field->offset, *from != 0);
    } else {
        mmfi_save_scalar(record + field->offset, from, field->size);
    }
}

/* ---- Appending ---- */

/* Frees the records that an abandoned append had staged. */
static void unstage(mmfi_state *state)
{
    free(state->staged);
    state->staged = NULL;
}

/* Records for rows that readers may have seen are kept in memory until all are complete. */
static mmf_status stage(mmfi_state *state, uint64_t count, unsigned char **records)
{
    state->staged = calloc((size_t)count, (size_t)state->layout.record_size);
    *records = state->staged;
    return state->staged != NULL ? MMF_OK : MMF_ERR_NO_MEMORY;
}

/* mmfi_writer holds who may write and for how many rows; all else takes the cold path. */
mmf_status mmfi_append_rows_begin(mmf_store *store, uint64_t count, unsigned char **records)
{
    mmf_status status = MMF_OK;
    *records = NULL;
    mmfi_writer *writer = store != NULL ? store->writer : NULL;
    if (store != NULL && store->state != NULL && store->state->staged != NULL)
        unstage(store->state);
    if (writer == NULL || count == 0 || writer->count >= writer->capacity ||
        count > writer->capacity - writer->count) {
        mmfi_state *state = mmfi_state_to_write(store, &status);
        if (state == NULL)
            return status;
        writer = state->writer;
        status = state->strategy->append_begin(state, count);
        if (status != MMF_OK)
            return status;
        if (count > 0 && mmfi_append_is_over_exposed(state)) {
            status = stage(state, count, records);
            if (status != MMF_OK)
                mmfi_append_finish(store, writer);
            return status;
        }
    }
    *records = mmfi_row(store, writer->count, (size_t)store->state->layout.record_size);
    return MMF_OK;
}

void mmfi_append_rows_finish(const mmf_store *store, unsigned char *records, uint64_t first,
                             uint64_t count)
{
    const mmfi_state *state = store->state;
    const size_t size = (size_t)state->layout.record_size;
    const size_t checksum = state->layout.checksum_offset;
    const uint64_t sequence = state->writer->sequence;
    const uint64_t begin = state->writer->count + first;
    unsigned char *record = records + first * size;
    for (uint64_t i = 0; i < count; i++, record += size) {
        mmfi_store64(record, sequence);
        if (checksum != 0)
            mmfi_checksum_save(record, size, checksum,
                               mmfi_checksum_place(store->checksum_key, begin + i), sequence);
    }
}

/* Puts a record that is complete over one that readers may have seen. */
static void replace_exposed(const mmf_store *store, uint64_t row, const unsigned char *raw)
{
    const mmfi_state *state = store->state;
    const size_t size = (size_t)state->layout.record_size;
    const size_t checksum = state->layout.checksum_offset;
    unsigned char *record = mmfi_row(store, row, size);
    const uint64_t sequence = mmfi_append_replace(store, row);
    mmfi_copy_words(record + MMF_SEQUENCE_SIZE, raw + MMF_SEQUENCE_SIZE, size - MMF_SEQUENCE_SIZE);
    if (checksum != 0)
        mmfi_checksum_save(record, size, checksum, mmfi_checksum_place(store->checksum_key, row),
                           sequence);
    mmfi_store64_release(record, sequence);
}

static void publish_staged(const mmf_store *store, uint64_t count)
{
    mmfi_state *state = store->state;
    const uint64_t before = state->writer->count;
    for (uint64_t i = 0; i < count; i++)
        replace_exposed(store, before + i,
                        state->staged + (size_t)i * (size_t)state->layout.record_size);
    unstage(state);
}

/* The order of mmfi_append_end, once for all the records. */
void mmfi_append_rows_end(mmf_store *store, uint64_t count, uint64_t *first)
{
    mmfi_writer *writer = store->state->writer;
    const uint64_t before = writer->count;
    if (MMFI_UNLIKELY(store->state->staged != NULL))
        publish_staged(store, count);
    writer->count = before + count;
    mmfi_store64_release(&store->row_bound, before + count);
    mmfi_store64_release(&writer->live->count, before + count);
    mmfi_append_finish(store, writer);
    if (first != NULL)
        *first = before;
}

/* The whole payload at once, then the fields whose form in a raw record may differ. */
static void append_raw(const mmf_schema *schema, unsigned char *to, const unsigned char *raws,
                       uint64_t count)
{
    const size_t record_size = schema->record_size;
    for (uint64_t i = 0; i < count; i++) {
        mmfi_copy_in(to + i * record_size + MMF_SEQUENCE_SIZE,
                     raws + i * record_size + MMF_SEQUENCE_SIZE, record_size - MMF_SEQUENCE_SIZE);
    }
    for (uint32_t f = 0; f < schema->field_count; f++) {
        if (is_plain(&schema->fields[f]))
            continue;
        for (uint64_t i = 0; i < count; i++)
            save_field(to + i * record_size, raws + i * record_size, &schema->fields[f]);
    }
}

mmf_status mmf_store_append_rows(mmf_store *store, const void *records, uint64_t count, size_t size,
                                 uint64_t *first)
{
    const unsigned char *raws = (const unsigned char *)records;
    unsigned char *to = NULL;
    if (first != NULL)
        *first = 0;
    if (store == NULL || (records == NULL && count > 0))
        return MMF_ERR_ARGUMENT;
    const mmf_schema *schema = mmf_store_schema(store);
    if (schema == NULL)
        return MMF_ERR_CLOSED;
    if (count > size / schema->record_size)
        return MMF_ERR_ARGUMENT;
    for (uint64_t i = 0; i < count; i++)
        if (!lengths_fit(schema, raws + i * schema->record_size))
            return MMF_ERR_TOO_LONG;
    const mmf_status status = mmfi_append_rows_begin(store, count, &to);
    if (status != MMF_OK)
        return status;
    append_raw(schema, to, raws, count);
    mmfi_append_rows_finish(store, to, 0, count);
    mmfi_append_rows_end(store, count, first);
    return MMF_OK;
}

/* ---- Replacing ---- */

mmf_status mmf_store_set_row(mmf_store *store, uint64_t row, const void *record, size_t size,
                             const uint32_t *fields, uint32_t field_count)
{
    const unsigned char *raw = (const unsigned char *)record;
    if (store == NULL || record == NULL || (fields == NULL) != (field_count == 0))
        return MMF_ERR_ARGUMENT;
    const mmf_schema *schema = mmf_store_schema(store);
    if (schema == NULL)
        return MMF_ERR_CLOSED;
    if (size < schema->record_size)
        return MMF_ERR_ARGUMENT;
    for (uint32_t i = 0; i < field_count; i++)
        if (fields[i] >= schema->field_count)
            return MMF_ERR_ARGUMENT;
    if (!lengths_fit(schema, raw))
        return MMF_ERR_TOO_LONG;
    const uint32_t checksum = schema->checksum_offset;
    const mmfi_extent extent = fields != NULL ? MMFI_PART : MMFI_WHOLE;
    const mmfi_write write = checksum != 0 && fields != NULL
                                 ? mmfi_part_begin(store, row, schema->record_size, checksum)
                                 : mmfi_write_begin_of(store, row, schema->record_size, extent);
    if (write.record == NULL)
        return write.status;
    const uint32_t count = fields != NULL ? field_count : schema->field_count;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t index = fields != NULL ? mmfi_take32(&fields[i]) : i;
        if (index < schema->field_count) /* as it was when they were checked */
            save_field(write.record, raw, &schema->fields[index]);
    }
    return checksum != 0
               ? mmfi_checksummed_write_end(write, store, row, schema->record_size, checksum)
               : mmfi_write_end(write);
}
