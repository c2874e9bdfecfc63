/* Reading any store by its schema. */
#include "mmapforge/value.h"

#include "adapt.h"
#include "mmapforge/detail/fields.h"
#include "read.h"
#include "state.h"

#include <stdlib.h>

/*
 * One attempt of mmfi_get_bytes_slow, for a record that no writer is at work on. False when it was
 * not good: the other attempts say what is wrong, if anything.
 */
MMFI_INLINE bool get_bytes_at_once(const mmf_store *store, uint64_t row, const mmf_field *field,
                                   size_t offset, bool terminate, void *buffer, size_t size,
                                   size_t *length)
{
    const size_t record_size = (size_t)store->state->layout.record_size;
    const mmfi_read read = mmfi_read_begin(store, row, record_size, buffer != NULL);
    if (read.record == NULL)
        return false;
    const size_t found = mmfi_load_length(read.record, offset, field->max);
    if (found + (terminate ? 1 : 0) > size)
        return false;
    mmfi_copy_out(buffer, read.record + offset + MMFI_LENGTH_SIZE, found);
    if (!mmfi_read_end(read))
        return false;
    if (terminate)
        ((char *)buffer)[found] = '\0';
    *length = found;
    return true;
}

/* Says where in the buffer the value is. */
MMFI_INLINE void set_text(mmf_type type, const void *buffer, size_t length, mmf_value *out)
{
    if (type == MMF_TYPE_STRING) {
        out->as.string.data = (const char *)buffer;
        out->as.string.length = length;
    } else {
        out->as.bytes.data = (const uint8_t *)buffer;
        out->as.bytes.length = length;
    }
}

MMFI_INLINE mmf_status get_text(const mmf_store *store, uint64_t row, const mmf_field *field,
                                size_t offset, void *buffer, size_t buffer_size, mmf_value *out)
{
    const bool text = field->type == MMF_TYPE_STRING;
    size_t length = 0;
    mmf_status status = MMF_OK;
    if (MMFI_UNLIKELY(
            !get_bytes_at_once(store, row, field, offset, text, buffer, buffer_size, &length)))
        status =
            mmfi_get_bytes_slow(store, row, offset, field->max, text, buffer, buffer_size, &length);
    if (status == MMF_OK)
        set_text(field->type, buffer, length, out);
    return status;
}

static mmf_status load_scalar(const unsigned char *record, mmf_type type, size_t offset,
                              mmf_value *out)
{
    switch (type) {
    case MMF_TYPE_BOOL:
        out->as.boolean = mmfi_load_bool(record, offset);
        return MMF_OK;
    case MMF_TYPE_INT8:
        out->as.integer = mmfi_load_int8(record, offset);
        return MMF_OK;
    case MMF_TYPE_INT16:
        out->as.integer = mmfi_load_int16(record, offset);
        return MMF_OK;
    case MMF_TYPE_INT32:
        out->as.integer = mmfi_load_int32(record, offset);
        return MMF_OK;
    case MMF_TYPE_INT64:
        out->as.integer = mmfi_load_int64(record, offset);
        return MMF_OK;
    case MMF_TYPE_UINT8:
        out->as.natural = mmfi_load_uint8(record, offset);
        return MMF_OK;
    case MMF_TYPE_UINT16:
        out->as.natural = mmfi_load_uint16(record, offset);
        return MMF_OK;
    case MMF_TYPE_UINT32:
        out->as.natural = mmfi_load_uint32(record, offset);
        return MMF_OK;
    case MMF_TYPE_UINT64:
        out->as.natural = mmfi_load_uint64(record, offset);
        return MMF_OK;
    case MMF_TYPE_FLOAT32:
        out->as.real = (double)mmfi_load_float32(record, offset);
        return MMF_OK;
    case MMF_TYPE_FLOAT64:
        out->as.real = mmfi_load_float64(record, offset);
        return MMF_OK;
    default:
        return MMF_ERR_ARGUMENT;
    }
}

static mmf_status get_scalar(const mmf_store *store, uint64_t row, mmf_type type, size_t offset,
                             mmf_value *out)
{
    const mmf_status status = mmfi_row_is_known(store, row) ? MMF_OK : mmfi_refresh(store, row);
    if (status != MMF_OK)
        return status;
    const unsigned char *record = mmfi_row(store, row, (size_t)store->state->layout.record_size);
    return load_scalar(record, type, offset, out);
}

/* ---- Nullable values ---- */

static bool is_null(const unsigned char *record, const mmf_place *place)
{
    for (uint32_t i = 0; i < place->null_count; i++)
        if ((mmfi_load8(record + place->nulls[i].offset) & place->nulls[i].mask) == 0)
            return true;
    return false;
}

/* Loads a value that may be null from a record that may be changing meanwhile. */
static mmf_status load_nullable(const unsigned char *record, const mmf_place *place, void *buffer,
                                size_t size, mmf_value *out)
{
    const mmf_field *field = place->field;
    if (is_null(record, place))
        return MMF_ERR_NULL;
    if (!mmf_type_is_sized(field->type))
        return load_scalar(record, field->type, place->offset, out);
    const size_t length = mmfi_load_length(record, place->offset, field->max);
    const bool text = field->type == MMF_TYPE_STRING;
    if (length + (text ? 1 : 0) > size || buffer == NULL)
        return buffer == NULL ? MMF_ERR_ARGUMENT : MMF_ERR_TOO_LONG;
    mmfi_copy_out(buffer, record + place->offset + MMFI_LENGTH_SIZE, length);
    if (text)
        ((char *)buffer)[length] = '\0';
    set_text(field->type, buffer, length, out);
    return MMF_OK;
}

static mmf_status get_nullable(const mmf_store *store, uint64_t row, const mmf_place *place,
                               void *buffer, size_t size, mmf_value *out)
{
    const mmfi_read read =
        mmfi_read_begin(store, row, (size_t)store->state->layout.record_size, true);
    mmf_status found = MMF_OK;
    if (MMFI_LIKELY(read.record != NULL)) {
        found = load_nullable(read.record, place, buffer, size, out);
        if (MMFI_LIKELY(mmfi_read_end(read)))
            return found;
    }
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, true);
    while (mmfi_slow_read_next(&slow))
        found = load_nullable(slow.record, place, buffer, size, out);
    return slow.status != MMF_OK ? slow.status : found;
}

/* ---- Any value ---- */

/* From a record that is converted, of a file of another version. */
static mmf_status get_adapted(const mmf_store *store, uint64_t row, const mmf_place *place,
                              void *buffer, size_t size, mmf_value *out)
{
    const mmf_schema *schema = mmfi_adapter_of(store)->schema;
    void *image = malloc(schema->record_size);
    mmf_status found = MMF_OK;
    if (image == NULL)
        return MMF_ERR_NO_MEMORY;
    mmfi_slow_read slow = mmfi_slow_read_begin_into(store, row, true, image);
    while (mmfi_slow_read_next(&slow))
        found = load_nullable(slow.record, place, buffer, size, out);
    free(image);
    return slow.status != MMF_OK ? slow.status : found;
}

static mmf_status get_any(const mmf_store *store, uint64_t row, const mmf_place *place,
                          void *buffer, size_t size, mmf_value *out)
{
    mmf_status status;
    if (place->is_array || place->field->type == MMF_TYPE_STRUCT)
        return MMF_ERR_ARGUMENT;
    if (mmfi_adapter_of(store) != NULL)
        status = get_adapted(store, row, place, buffer, size, out);
    else if (place->null_count > 0)
        status = get_nullable(store, row, place, buffer, size, out);
    else if (mmf_type_is_sized(place->field->type))
        status = get_text(store, row, place->field, place->offset, buffer, size, out);
    else
        status = get_scalar(store, row, place->field->type, place->offset, out);
    if (status == MMF_OK)
        out->type = place->field->type;
    else
        memset(out, 0, sizeof *out);
    return status;
}

/* A field of another store's schema would be read at the wrong place. */
static bool field_is_of(const mmf_schema *schema, const mmf_field *field)
{
    return field >= schema->fields && field < schema->fields + schema->field_count;
}

/* A field that may be null, or of a file of another version, as a place. */
static MMFI_COLD mmf_status get_field(const mmf_store *store, uint64_t row,
                                      const mmf_schema *schema, const mmf_field *field,
                                      void *buffer, size_t size, mmf_value *out)
{
    mmf_place place;
    place.schema = schema;
    place.field = field;
    place.offset = field->offset;
    place.is_array = field->count > 0;
    place.null_count = field->null_bit != 0 ? 1 : 0;
    if (field->null_bit != 0) {
        const uint32_t bit = field->null_bit - 1;
        place.nulls[0].offset = schema->validity_offset + bit / 8;
        place.nulls[0].mask = (uint8_t)(1u << bit % 8);
    }
    return get_any(store, row, &place, buffer, size, out);
}

mmf_status mmf_store_get_value(const mmf_store *store, uint64_t row, const mmf_field *field,
                               void *buffer, size_t buffer_size, mmf_value *out)
{
    if (out != NULL)
        memset(out, 0, sizeof *out);
    if (store == NULL || field == NULL || out == NULL)
        return MMF_ERR_ARGUMENT;
    const mmfi_state *state = store->state;
    if (state == NULL)
        return MMF_ERR_CLOSED;
    const mmfi_adapter *adapter = mmfi_adapter_in(state, store);
    const mmf_schema *schema = adapter != NULL ? adapter->schema : state->schema;
    if (!field_is_of(schema, field))
        return MMF_ERR_ARGUMENT;
    if (MMFI_UNLIKELY(adapter != NULL || (field->null_bit | field->count) != 0))
        return get_field(store, row, schema, field, buffer, buffer_size, out);
    const mmf_status status =
        mmf_type_is_sized(field->type)
            ? get_text(store, row, field, field->offset, buffer, buffer_size, out)
            : get_scalar(store, row, field->type, field->offset, out);
    if (status == MMF_OK)
        out->type = field->type;
    return status;
}

mmf_status mmf_store_get_place(const mmf_store *store, uint64_t row, const mmf_place *place,
                               void *buffer, size_t buffer_size, mmf_value *out)
{
    if (out != NULL)
        memset(out, 0, sizeof *out);
    if (store == NULL || place == NULL || out == NULL)
        return MMF_ERR_ARGUMENT;
    if (store->state == NULL)
        return MMF_ERR_CLOSED;
    if (place->schema != mmf_store_schema(store))
        return MMF_ERR_ARGUMENT;
    return get_any(store, row, place, buffer, buffer_size, out);
}

/* ---- Whole records ---- */

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

/* The same from a file of another version, through an image. */
static mmf_status copy_adapted(const mmf_store *store, uint64_t row, size_t record_size,
                               uint64_t *image, unsigned char *to)
{
    mmfi_slow_read slow = mmfi_slow_read_begin_into(store, row, true, image);
    while (mmfi_slow_read_next(&slow))
        image[0] = mmfi_slow_read_sequence(&slow);
    if (slow.status == MMF_OK)
        memcpy(to, image, record_size);
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
    const size_t record_size = mmf_store_schema(store)->record_size;
    if (count > size / record_size)
        return MMF_ERR_ARGUMENT;
    uint64_t *image = NULL;
    if (mmfi_adapter_of(store) != NULL) {
        image = (uint64_t *)malloc(record_size);
        if (image == NULL)
            return MMF_ERR_NO_MEMORY;
    }
    mmf_status status = MMF_OK;
    for (uint64_t i = 0; i < count && status == MMF_OK; i++) {
        /* The sum wraps around after a row that no store has, and the loop ends there. */
        unsigned char *to = (unsigned char *)buffer + i * record_size;
        status = image != NULL ? copy_adapted(store, first + i, record_size, image, to)
                               : copy_row(store, first + i, record_size, to);
        if (status == MMF_OK && copied != NULL)
            *copied = i + 1;
    }
    free(image);
    return status;
}
