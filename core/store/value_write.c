/* Writing any store by its schema. */
#include "value_write.h"
#include "adapt.h"
#include "mmapforge/detail/access_checksum.h"
#include "mmapforge/detail/append_rows.h"
#include "mmapforge/value.h"
#include "strategy.h"
#include "write.h"

#include <stdlib.h>

/* ---- Raw records ---- */

/* True when any bytes are a value of the field, and are stored as they are. */
static bool is_plain(const mmf_field *field)
{
    return mmf_type_is_scalar(field->type) && field->type != MMF_TYPE_BOOL &&
           field->logical != MMF_LOGICAL_ENUM && field->logical != MMF_LOGICAL_DECIMAL;
}

static bool is_valid(const unsigned char *raw, uint32_t validity_offset, const mmf_field *field)
{
    const uint32_t bit = field->null_bit - 1;
    return field->null_bit == 0 || (raw[validity_offset + bit / 8] >> bit % 8 & 1) != 0;
}

static int64_t integer_of(const unsigned char *raw, mmf_type type)
{
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64 = 0;
    switch (type) {
    case MMF_TYPE_INT8:
        memcpy(&i8, raw, sizeof i8);
        return i8;
    case MMF_TYPE_UINT8:
        return raw[0];
    case MMF_TYPE_INT16:
        memcpy(&i16, raw, sizeof i16);
        return i16;
    case MMF_TYPE_INT32:
        memcpy(&i32, raw, sizeof i32);
        return i32;
    default: /* little-endian, and zeroes above */
        memcpy(&i64, raw, mmf_type_size(type, 0));
        return i64;
    }
}

static bool fits_decimal(int64_t value, uint32_t precision)
{
    int64_t limit = 1;
    for (uint32_t i = 0; i < precision; i++)
        limit *= 10;
    return value > -limit && value < limit;
}

static mmf_status check_field(const mmf_field *field, uint32_t validity_offset,
                              const unsigned char *raw, bool is_null);

/* One element. */
static mmf_status check_value(const mmf_field *field, const unsigned char *raw, bool is_null)
{
    const mmf_struct *structure = field->structure;
    mmf_status status = MMF_OK;
    if (structure != NULL) {
        for (uint32_t i = 0; i < structure->field_count && status == MMF_OK; i++)
            status = check_field(&structure->fields[i], structure->validity_offset, raw, is_null);
        return status;
    }
    if (mmf_type_is_sized(field->type))
        return mmfi_take32(raw) > field->max ? MMF_ERR_TOO_LONG : MMF_OK;
    if (field->logical == MMF_LOGICAL_ENUM)
        return mmf_enum_find(field->enumeration, integer_of(raw, field->type)) != NULL
                   ? MMF_OK
                   : MMF_ERR_ENUM;
    if (field->logical == MMF_LOGICAL_DECIMAL)
        return fits_decimal(integer_of(raw, field->type), field->precision) ? MMF_OK
                                                                            : MMF_ERR_ARGUMENT;
    return MMF_OK;
}

/*
 * MMF_OK when all values of a field of a raw record, or of a struct in it, may be stored: lengths,
 * members of enums, decimals. Those of a field that is null, or within one, do not matter, but
 * lengths do: they are used when it is stored.
 */
static mmf_status check_field(const mmf_field *field, uint32_t validity_offset,
                              const unsigned char *raw, bool is_null)
{
    mmf_status status = MMF_OK;
    if (is_plain(field) || field->type == MMF_TYPE_BOOL)
        return MMF_OK;
    is_null = is_null || !is_valid(raw, validity_offset, field);
    if (is_null && mmf_type_is_scalar(field->type))
        return MMF_OK;
    const uint32_t stride = mmf_field_stride(field);
    for (uint32_t at = 0; at < field->size && status == MMF_OK; at += stride)
        status = check_value(field, raw + field->offset + at, is_null);
    return status;
}

mmf_status mmfi_value_check(const mmf_field *field, const unsigned char *raw)
{
    return check_value(field, raw, false);
}

static mmf_status check_raw(const mmf_schema *schema, const unsigned char *raw)
{
    mmf_status status = MMF_OK;
    for (uint32_t i = 0; i < schema->field_count && status == MMF_OK; i++)
        status = check_field(&schema->fields[i], schema->validity_offset, raw, false);
    return status;
}

/* The same for some of its fields; MMF_ERR_ARGUMENT when one of them is none of the schema. */
static mmf_status check_chosen(const mmf_schema *schema, const unsigned char *raw,
                               const uint32_t *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (fields[i] >= schema->field_count)
            return MMF_ERR_ARGUMENT;
    mmf_status status = MMF_OK;
    for (uint32_t i = 0; i < count && status == MMF_OK; i++) {
        const uint32_t index = mmfi_take32(&fields[i]);
        if (index >= schema->field_count) /* another thread has changed it since */
            return MMF_ERR_ARGUMENT;
        status = check_field(&schema->fields[index], schema->validity_offset, raw, false);
    }
    return status;
}

/* A length again: it was checked, but another thread may have changed it since. */
static uint32_t length_of(const mmf_field *field, const unsigned char *raw)
{
    const uint32_t length = mmfi_take32(raw);
    return length <= field->max ? length : field->max;
}

void mmfi_value_save(unsigned char *to, const unsigned char *raw, const mmf_field *field)
{
    const mmf_struct *structure = field->structure;
    if (structure != NULL) {
        for (uint32_t i = 0; i < structure->field_count; i++) {
            const mmf_field *member = &structure->fields[i];
            const uint32_t stride = mmf_field_stride(member);
            for (uint32_t at = member->offset; at < member->offset + member->size; at += stride)
                mmfi_value_save(to + at, raw + at, member);
        }
        /* The validity bytes, which end at the next member of the struct's alignment. */
        for (uint32_t at = structure->validity_offset; at != 0 && at < structure->size; at++)
            mmfi_store8(to + at, raw[at]);
        return;
    }
    if (mmf_type_is_sized(field->type))
        mmfi_save_bytes(to, 0, field->max, raw + MMFI_LENGTH_SIZE, length_of(field, raw));
    else if (field->type == MMF_TYPE_BOOL)
        mmfi_save_bool(to, 0, *raw != 0);
    else
        mmfi_save_scalar(to, raw, mmf_field_stride(field));
}

/* Stores one field of a raw record into a record; it has been checked. */
static void save_field(unsigned char *record, const unsigned char *raw, const mmf_schema *schema,
                       const mmf_field *field)
{
    const uint32_t stride = mmf_field_stride(field);
    for (uint32_t at = field->offset; at < field->offset + field->size; at += stride)
        mmfi_value_save(record + at, raw + at, field);
    if (field->null_bit == 0)
        return;
    const uint32_t bit = field->null_bit - 1;
    const size_t byte = schema->validity_offset + bit / 8;
    const uint8_t mask = (uint8_t)(1u << bit % 8);
    mmfi_store8(record + byte, (uint8_t)((mmfi_load8(record + byte) & ~mask) | (raw[byte] & mask)));
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
            save_field(to + i * record_size, raws + i * record_size, schema, &schema->fields[f]);
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
    if (mmfi_adapter_of(store) != NULL)
        return mmfi_adapter_of(store)->calls->append_rows(store, raws, count, size, first);
    if (count > size / schema->record_size)
        return MMF_ERR_ARGUMENT;
    mmf_status status = MMF_OK;
    for (uint64_t i = 0; i < count && status == MMF_OK; i++)
        status = check_raw(schema, raws + i * schema->record_size);
    if (status != MMF_OK)
        return status;
    status = mmfi_append_rows_begin(store, count, &to);
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
    if (mmfi_adapter_of(store) != NULL)
        return mmfi_adapter_of(store)->calls->set_row(store, row, raw, size, fields, field_count);
    if (size < schema->record_size)
        return MMF_ERR_ARGUMENT;
    const mmf_status fits =
        fields != NULL ? check_chosen(schema, raw, fields, field_count) : check_raw(schema, raw);
    if (fits != MMF_OK)
        return fits;
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
            save_field(write.record, raw, schema, &schema->fields[index]);
    }
    return checksum != 0
               ? mmfi_checksummed_write_end(write, store, row, schema->record_size, checksum)
               : mmfi_write_end(write);
}
