/* Reading any store by its schema. */
#include "mmapforge/value.h"

#include "mmapforge/detail/fields.h"
#include "read.h"
#include "state.h"

/*
 * One attempt of mmfi_get_bytes_slow, for a record that no writer is at work on. False when it was
 * not good: the other attempts say what is wrong, if anything.
 */
static bool get_bytes_at_once(const mmf_store *store, uint64_t row, const mmf_field *field,
                              bool terminate, void *buffer, size_t size, size_t *length)
{
    const size_t record_size = (size_t)store->state->layout.record_size;
    const mmfi_read read = mmfi_read_begin(store, row, record_size, buffer != NULL);
    if (read.record == NULL)
        return false;
    const size_t found = mmfi_load_length(read.record, field->offset, field->max);
    if (found + (terminate ? 1 : 0) > size)
        return false;
    mmfi_copy_out(buffer, read.record + field->offset + MMFI_LENGTH_SIZE, found);
    if (!mmfi_read_end(read))
        return false;
    if (terminate)
        ((char *)buffer)[found] = '\0';
    *length = found;
    return true;
}

static mmf_status get_text(const mmf_store *store, uint64_t row, const mmf_field *field,
                           void *buffer, size_t buffer_size, mmf_value *out)
{
    const bool text = field->type == MMF_TYPE_STRING;
    size_t length = 0;
    mmf_status status = MMF_OK;
    if (MMFI_UNLIKELY(!get_bytes_at_once(store, row, field, text, buffer, buffer_size, &length)))
        status = mmfi_get_bytes_slow(store, row, field->offset, field->max, text, buffer,
                                     buffer_size, &length);
    if (status != MMF_OK)
        return status;
    if (text) {
        out->as.string.data = (const char *)buffer;
        out->as.string.length = length;
    } else {
        out->as.bytes.data = (const uint8_t *)buffer;
        out->as.bytes.length = length;
    }
    return MMF_OK;
}

static mmf_status get_scalar(const mmf_store *store, uint64_t row, const mmf_field *field,
                             mmf_value *out)
{
    const mmf_status status = mmfi_row_is_known(store, row) ? MMF_OK : mmfi_refresh(store, row);
    if (status != MMF_OK)
        return status;
    const unsigned char *record = mmfi_row(store, row, (size_t)store->state->layout.record_size);
    switch (field->type) {
    case MMF_TYPE_BOOL:
        out->as.boolean = mmfi_load_bool(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_INT8:
        out->as.integer = mmfi_load_int8(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_INT16:
        out->as.integer = mmfi_load_int16(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_INT32:
        out->as.integer = mmfi_load_int32(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_INT64:
        out->as.integer = mmfi_load_int64(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_UINT8:
        out->as.natural = mmfi_load_uint8(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_UINT16:
        out->as.natural = mmfi_load_uint16(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_UINT32:
        out->as.natural = mmfi_load_uint32(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_UINT64:
        out->as.natural = mmfi_load_uint64(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_FLOAT32:
        out->as.real = (double)mmfi_load_float32(record, field->offset);
        return MMF_OK;
    case MMF_TYPE_FLOAT64:
        out->as.real = mmfi_load_float64(record, field->offset);
        return MMF_OK;
    default:
        return MMF_ERR_ARGUMENT;
    }
}

/* A field of another store's schema would be read at the wrong place. */
static bool field_is_ours(const mmf_store *store, const mmf_field *field)
{
    const mmf_schema *schema = store->state->schema;
    return field >= schema->fields && field < schema->fields + schema->field_count;
}

mmf_status mmf_store_get_value(const mmf_store *store, uint64_t row, const mmf_field *field,
                               void *buffer, size_t buffer_size, mmf_value *out)
{
    if (out != NULL)
        memset(out, 0, sizeof *out);
    if (store == NULL || field == NULL || out == NULL)
        return MMF_ERR_ARGUMENT;
    if (store->state == NULL)
        return MMF_ERR_CLOSED;
    if (!field_is_ours(store, field))
        return MMF_ERR_ARGUMENT;
    const mmf_status status = mmf_type_is_sized(field->type)
                                  ? get_text(store, row, field, buffer, buffer_size, out)
                                  : get_scalar(store, row, field, out);
    if (status == MMF_OK)
        out->type = field->type;
    return status;
}

/*
 * Words whatever buffer it goes to: a scalar may be set while it is copied, before the sequence
 * says so.
 */
static void copy_image(unsigned char *to, const unsigned char *record, uint64_t sequence,
                       size_t record_size)
{
    memcpy(to, &sequence, sizeof sequence);
    mmfi_copy_out_words(to + MMF_SEQUENCE_SIZE, record + MMF_SEQUENCE_SIZE,
                        record_size - MMF_SEQUENCE_SIZE);
}

static mmf_status copy_row(const mmf_store *store, uint64_t row, size_t record_size,
                           unsigned char *to)
{
    const mmfi_read read = mmfi_read_begin(store, row, record_size, true);
    if (MMFI_LIKELY(read.record != NULL)) {
        copy_image(to, read.record, read.sequence, record_size);
        if (MMFI_LIKELY(mmfi_read_end(read)))
            return MMF_OK;
    }
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, true);
    while (mmfi_slow_read_next(&slow))
        copy_image(to, slow.record, mmfi_slow_read_sequence(&slow), record_size);
    return slow.status;
}

mmf_status mmf_store_copy_rows(const mmf_store *store, uint64_t first, uint64_t count, void *buffer,
                               size_t size, uint64_t *copied)
{
    if (copied != NULL)
        *copied = 0;
    if (store == NULL || (buffer == NULL && count > 0))
        return MMF_ERR_ARGUMENT;
    if (store->state == NULL)
        return MMF_ERR_CLOSED;
    const size_t record_size = (size_t)store->state->layout.record_size;
    if (count > size / record_size)
        return MMF_ERR_ARGUMENT;
    for (uint64_t i = 0; i < count; i++) {
        /* The sum wraps around after a row that no store has, and the loop ends there. */
        const mmf_status status =
            copy_row(store, first + i, record_size, (unsigned char *)buffer + i * record_size);
        if (status != MMF_OK)
            return status;
        if (copied != NULL)
            *copied = i + 1;
    }
    return MMF_OK;
}
