/* Writing through a program's handle: a record, or a value of it, in the layout of the file. */
#include "adapt.h"
#include "mmapforge/detail/access_checksum.h"
#include "mmapforge/detail/fields.h"
#include "mmapforge/value.h"
#include "value_write.h"

#include <stdlib.h>
#include <string.h>

/* ---- One value ---- */

/* A value of the program while it is converted. */
typedef struct change {
    const mmfi_adapter *adapter;
    mmfi_adapted place;
    uint64_t row;
    unsigned char *theirs; /* room for a record of the file, zero */
} change;

static mmf_status begin_change(change *of, const mmf_store *store, uint64_t row, size_t offset,
                               size_t size)
{
    of->adapter = mmfi_adapter_of(store);
    of->row = row;
    of->theirs = NULL;
    if (of->adapter == NULL)
        return MMF_ERR_ARGUMENT;
    of->place = mmfi_adapted_find(of->adapter, (uint32_t)offset, (uint32_t)size);
    if (of->place.pair == NULL)
        return MMF_ERR_ARGUMENT;
    of->theirs = (unsigned char *)calloc(1, (size_t)store->state->layout.record_size);
    return of->theirs != NULL ? MMF_OK : MMF_ERR_NO_MEMORY;
}

/* The whole of a field of the record: replaced as such, with its bit. */
static mmf_status replace_field(const change *of)
{
    mmf_store *real = of->adapter->real;
    const mmf_schema *schema = real->state->schema;
    const uint32_t index = (uint32_t)(of->place.pair->theirs - schema->fields);
    return mmf_store_set_row(real, of->row, of->theirs, schema->record_size, &index, 1);
}

/* A value within an array or struct: only its bytes are written. */
static mmf_status replace_part(const change *of, size_t offset, uint32_t elements)
{
    mmf_store *real = of->adapter->real;
    const mmf_schema *schema = real->state->schema;
    const mmf_field *field = of->place.pair->theirs;
    const size_t stride = mmf_field_stride(field);
    const size_t checksum = schema->checksum_offset;
    for (uint32_t i = 0; i < elements; i++) {
        const mmf_status status = mmfi_value_check(field, of->theirs + offset + i * stride);
        if (status != MMF_OK)
            return status;
    }
    const mmfi_write write =
        checksum != 0 ? mmfi_part_begin(real, of->row, schema->record_size, checksum)
                      : mmfi_write_begin_of(real, of->row, schema->record_size, MMFI_PART);
    if (write.status != MMF_OK)
        return write.status;
    for (uint32_t i = 0; i < elements; i++)
        mmfi_value_save(write.record + offset + i * stride, of->theirs + offset + i * stride,
                        field);
    return checksum != 0
               ? mmfi_checksummed_write_end(write, real, of->row, schema->record_size, checksum)
               : mmfi_write_end(write);
}

/* The file lacks the field, and the value is what is read instead. */
static mmf_status nothing_to_write(const change *of)
{
    return of->row < mmf_store_count(of->adapter->real) ? MMF_OK : MMF_ERR_RANGE;
}

/* mine is a record of the program, of which the value counts. */
static mmf_status replace(const change *of, const unsigned char *mine)
{
    const mmfi_adapted *place = &of->place;
    const mmfi_pair *pair = place->pair;
    const unsigned char *defaults = of->adapter->defaults + place->mine_base;
    const uint32_t stride = mmf_field_stride(pair->mine);
    const uint32_t at = pair->mine->offset + place->index * stride;
    if (place->is_whole) {
        const mmf_status status = mmfi_adapt_back_field(place->pairs, pair, mine + place->mine_base,
                                                        defaults, of->theirs + place->theirs_base);
        if (status != MMF_OK)
            return status;
        if (pair->theirs == NULL)
            return nothing_to_write(of);
        if (place->pairs == of->adapter->pairs)
            return replace_field(of);
        return replace_part(of, place->theirs_base + pair->theirs->offset,
                            pair->mine->count > 0 ? pair->mine->count : 1);
    }
    if (pair->theirs == NULL)
        return memcmp(mine + place->mine_base + at, defaults + at, stride) == 0
                   ? nothing_to_write(of)
                   : MMF_ERR_SCHEMA;
    const size_t offset = (size_t)place->theirs_base + pair->theirs->offset +
                          (size_t)place->index * mmf_field_stride(pair->theirs);
    const mmf_status status = mmfi_adapt_back_element(pair, mine + place->mine_base + at,
                                                      defaults + at, of->theirs + offset);
    return status == MMF_OK ? replace_part(of, offset, 1) : status;
}

static mmf_status set_image(mmf_store *store, uint64_t row, const unsigned char *image,
                            size_t offset, size_t size)
{
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    if (adapter != NULL && offset == 0) /* the whole record */
        return mmf_store_set_row(store, row, image, size, NULL, 0);
    change of;
    const mmf_status begun = begin_change(&of, store, row, offset, size);
    const mmf_status status = begun == MMF_OK ? replace(&of, image) : begun;
    free(of.theirs);
    return status;
}

unsigned char *mmfi_image_new(mmf_status *status, size_t record_size)
{
    if (*status != MMFI_OTHER_LAYOUT)
        return NULL;
    unsigned char *image = (unsigned char *)calloc(1, record_size);
    if (image == NULL)
        *status = MMF_ERR_NO_MEMORY;
    return image;
}

mmf_status mmfi_set_image(mmf_store *store, uint64_t row, unsigned char *image, size_t offset,
                          size_t size)
{
    const mmf_status status = set_image(store, row, image, offset, size);
    free(image);
    return status;
}

/* A record of the program with one value, which lies at offset; NULL without memory. */
static unsigned char *image_of(const mmf_store *store, size_t offset, const void *value,
                               size_t size)
{
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    if (adapter == NULL)
        return NULL;
    unsigned char *image = (unsigned char *)malloc(adapter->schema->record_size);
    if (image == NULL)
        return NULL;
    memcpy(image, adapter->defaults, adapter->schema->record_size);
    memcpy(image + offset, value, size);
    return image;
}

static mmf_status set_word(mmf_store *store, uint64_t row, size_t offset, size_t size,
                           uint64_t word)
{
    unsigned char *image = image_of(store, offset, &word, size);
    if (image == NULL)
        return MMF_ERR_NO_MEMORY;
    return mmfi_set_image(store, row, image, offset, size);
}

mmf_status mmfi_checksummed_set_failed(mmf_status status, mmf_store *store, uint64_t row,
                                       size_t offset, size_t size, uint64_t word)
{
    return status == MMFI_OTHER_LAYOUT ? set_word(store, row, offset, size, word) : status;
}

mmf_status mmfi_set_bytes_failed(mmf_status status, mmf_store *store, uint64_t row, size_t offset,
                                 size_t max, const void *data, size_t length)
{
    if (status != MMFI_OTHER_LAYOUT)
        return status;
    const uint32_t bytes = (uint32_t)length;
    unsigned char *image = image_of(store, offset, &bytes, sizeof bytes);
    if (image == NULL)
        return MMF_ERR_NO_MEMORY;
    memset(image + offset + MMFI_LENGTH_SIZE, 0, max);
    if (length > 0)
        memcpy(image + offset + MMFI_LENGTH_SIZE, data, length);
    return mmfi_set_image(store, row, image, offset, max + MMFI_LENGTH_SIZE);
}

/* ---- Whole records ---- */

mmf_status mmfi_append_image(mmf_store *store, unsigned char *image, uint64_t *row)
{
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    const mmf_status status =
        adapter != NULL ? mmf_store_append_rows(store, image, 1, adapter->schema->record_size, row)
                        : mmfi_append_failed(MMF_ERR_CLOSED, row);
    free(image);
    return status;
}

static mmf_status append_rows(const mmf_store *store, const unsigned char *records, uint64_t count,
                              size_t size, uint64_t *first)
{
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    const size_t mine = adapter->schema->record_size;
    const size_t theirs = (size_t)store->state->layout.record_size;
    if (count > size / mine || count > SIZE_MAX / theirs)
        return MMF_ERR_ARGUMENT;
    unsigned char *converted = (unsigned char *)calloc((size_t)count + 1, theirs);
    if (converted == NULL)
        return MMF_ERR_NO_MEMORY;
    mmf_status status = MMF_OK;
    for (uint64_t i = 0; i < count && status == MMF_OK; i++)
        status = mmfi_adapt_back(adapter, records + i * mine, converted + i * theirs);
    if (status == MMF_OK)
        status =
            mmf_store_append_rows(adapter->real, converted, count, (size_t)count * theirs, first);
    free(converted);
    return status;
}

/* The fields of the file for those of the program; true when all of them are there. */
static uint32_t find_fields(const mmfi_adapter *adapter, const uint32_t *fields, uint32_t count,
                            uint32_t *out)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        const mmf_field *theirs = adapter->pairs->list[fields[i]].theirs;
        if (theirs != NULL)
            out[found++] = (uint32_t)(theirs - adapter->real->state->schema->fields);
    }
    return found;
}

static mmf_status set_row(const mmf_store *store, uint64_t row, const unsigned char *record,
                          size_t size, const uint32_t *fields, uint32_t count)
{
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    const mmf_schema *schema = adapter->schema;
    const mmf_schema *file = store->state->schema;
    if (size < schema->record_size)
        return MMF_ERR_ARGUMENT;
    for (uint32_t i = 0; i < count; i++)
        if (fields[i] >= schema->field_count)
            return MMF_ERR_ARGUMENT;
    unsigned char *converted = (unsigned char *)calloc(1, file->record_size);
    uint32_t *found = (uint32_t *)calloc((size_t)count + 1, sizeof *found);
    mmf_status status = converted != NULL && found != NULL ? MMF_OK : MMF_ERR_NO_MEMORY;
    if (status == MMF_OK && fields == NULL)
        status = mmfi_adapt_back(adapter, record, converted);
    for (uint32_t i = 0; i < count && status == MMF_OK; i++)
        status = mmfi_adapt_back_field(adapter->pairs, &adapter->pairs->list[fields[i]], record,
                                       adapter->defaults, converted);
    if (status == MMF_OK) {
        const uint32_t there = found != NULL ? find_fields(adapter, fields, count, found) : 0;
        /* Fields that the file lacks have their defaults, and nothing is to be done for them. */
        if (fields == NULL || there > 0)
            status = mmf_store_set_row(adapter->real, row, converted, file->record_size,
                                       fields != NULL ? found : NULL, there);
        else
            status = row < mmf_store_count(store) ? MMF_OK : MMF_ERR_RANGE;
    }
    free(found);
    free(converted);
    return status;
}

const mmfi_adapter_calls mmfi_adapter_write = {set_word, append_rows, set_row};
