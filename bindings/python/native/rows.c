/* Copies whole records between a store and buffers of Python. */
#include "rows.h"

#include "mmapforge/detail/append_rows.h"

#include <stdlib.h>
#include <string.h>

int mmfpy_copy_rows(mmfpy_store *handle, uint64_t first, uint64_t count, void *to, size_t size,
                    uint64_t *copied)
{
    *copied = 0;
    const mmf_store *store = mmfpy_enter(handle);
    const mmf_status status =
        store != NULL ? mmf_store_copy_rows(store, first, count, to, size, copied) : MMF_ERR_CLOSED;
    mmfpy_leave(handle);
    return (int)status;
}

int64_t mmfpy_read_row(mmfpy_store *handle, int64_t row, void *memory, size_t size)
{
    const mmf_store *store = mmfpy_enter(handle);
    const uint64_t at = store != NULL ? mmfpy_row(store, row) : 0;
    const mmf_status status =
        store != NULL ? mmf_store_copy_rows(store, at, 1, memory, size, NULL) : MMF_ERR_CLOSED;
    mmfpy_leave(handle);
    return status == MMF_OK ? (int64_t)at : -(int64_t)status;
}

/* ---- Splitting records into columns ---- */

/* The size of a scalar is a constant in each case, so that memcpy compiles to one move. */
#define MMFPY_TAKE_LOOP(bytes)                                                                     \
    for (uint64_t i = 0; i < count; i++)                                                           \
    memcpy(to + i * (bytes), from + i * record_size, (bytes))

static void take_field(unsigned char *to, const unsigned char *from, uint64_t count,
                       size_t record_size, size_t size)
{
    switch (size) {
    case 1:
        MMFPY_TAKE_LOOP(1);
        break;
    case 2:
        MMFPY_TAKE_LOOP(2);
        break;
    case 4:
        MMFPY_TAKE_LOOP(4);
        break;
    case 8:
        MMFPY_TAKE_LOOP(8);
        break;
    default:
        MMFPY_TAKE_LOOP(size);
        break;
    }
}

int mmfpy_gather(mmfpy_store *handle, uint64_t first, uint64_t count, const mmfpy_sink *sinks,
                 uint32_t sink_count, void *scratch, size_t size, uint64_t *copied)
{
    *copied = 0;
    const mmf_store *store = mmfpy_enter(handle);
    mmf_status status = store != NULL ? MMF_OK : MMF_ERR_CLOSED;
    const size_t record_size = handle->record_size;
    const uint64_t block = size / record_size;
    if (status == MMF_OK && block == 0)
        status = MMF_ERR_ARGUMENT;
    while (status == MMF_OK && *copied < count) {
        const uint64_t left = count - *copied;
        uint64_t got = 0;
        status = mmf_store_copy_rows(store, first + *copied, left < block ? left : block, scratch,
                                     size, &got);
        for (uint32_t i = 0; i < sink_count; i++)
            take_field((unsigned char *)sinks[i].to + *copied * sinks[i].size,
                       (const unsigned char *)scratch + sinks[i].offset, got, record_size,
                       sinks[i].size);
        *copied += got;
    }
    mmfpy_leave(handle);
    return (int)status;
}

int mmfpy_verify(mmfpy_store *handle, uint64_t first, uint64_t count, uint64_t *bad_row,
                 mmf_error *error)
{
    const mmf_store *store = mmfpy_enter(handle);
    const mmf_status status =
        store != NULL ? mmf_store_verify(store, first, count, bad_row, error) : MMF_ERR_CLOSED;
    mmfpy_leave(handle);
    return (int)status;
}

/* ---- Writing records, and assembling them from columns ---- */

static mmf_status append_rows(mmfpy_store *handle, const void *records, uint64_t count, size_t size,
                              uint64_t *first)
{
    mmf_status status = MMF_OK;
    mmf_store *store = mmfpy_enter_writing(handle, &status);
    if (store == NULL)
        return status;
    status = mmf_store_append_rows(store, records, count, size, first);
    mmfpy_leave_writing(handle);
    return status;
}

int mmfpy_append_batch(mmfpy_store *handle, const void *records, size_t size, mmfpy_batch *batch)
{
    const mmf_status status = append_rows(handle, records, batch->packed, size, NULL);
    if (status == MMF_OK) {
        batch->appended += batch->packed;
        batch->packed = 0;
    }
    return (int)status;
}

int64_t mmfpy_append_row(mmfpy_store *handle, const void *record, size_t size)
{
    uint64_t row = 0;
    const mmf_status status = append_rows(handle, record, 1, size, &row);
    return status == MMF_OK ? (int64_t)row : -(int64_t)status;
}

int mmfpy_set_row(mmfpy_store *handle, int64_t row, const void *record, size_t size,
                  const uint32_t *fields, uint32_t field_count)
{
    mmf_status status = MMF_OK;
    mmf_store *store = mmfpy_enter_writing(handle, &status);
    if (store == NULL)
        return (int)status;
    status = mmf_store_set_row(store, mmfpy_row(store, row), record, size, fields, field_count);
    mmfpy_leave_writing(handle);
    return (int)status;
}

/* The length of a value without its trailing NULs. */
static size_t trimmed(const unsigned char *value, size_t length)
{
    for (; length >= sizeof(uint64_t); length -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, value + length - sizeof word, sizeof word);
        if (word != 0)
            break;
    }
    while (length > 0 && value[length - 1] == 0)
        length--;
    return length;
}

static const unsigned char *value_of(const mmfpy_source *source, uint64_t i)
{
    return (const unsigned char *)source->data + (int64_t)i * source->stride;
}

/* The index of the first value that does not fit its field; count if all fit. */
static uint64_t first_too_long(const mmfpy_source *source, uint64_t count)
{
    if (source->max == 0 || (source->lengths == NULL && source->width <= source->max))
        return count;
    uint64_t i = 0;
    if (source->lengths != NULL)
        while (i < count && source->lengths[i] <= source->max)
            i++;
    else
        while (i < count && trimmed(value_of(source, i), source->width) <= source->max)
            i++;
    return i;
}

#define MMFPY_PUT_LOOP(bits)                                                                       \
    for (uint64_t i = 0; i < count; i++, from += source->stride, to += record_size) {              \
        uint##bits##_t word;                                                                       \
        memcpy(&word, from, sizeof word);                                                          \
        mmfi_store##bits(to, word);                                                                \
    }

static void put_scalars(unsigned char *to, const mmfpy_source *source, uint64_t begin,
                        uint64_t count, size_t record_size)
{
    const unsigned char *from = value_of(source, begin);
    switch (source->size) {
    case 1:
        MMFPY_PUT_LOOP(8)
        break;
    case 2:
        MMFPY_PUT_LOOP(16)
        break;
    case 4:
        MMFPY_PUT_LOOP(32)
        break;
    default:
        MMFPY_PUT_LOOP(64)
        break;
    }
}

/* Arrays, structs and validity bytes: their alignment may be less than that of their size. */
static void put_blocks(unsigned char *to, const mmfpy_source *source, uint64_t begin,
                       uint64_t count, size_t record_size)
{
    const unsigned char *from = value_of(source, begin);
    for (uint64_t i = 0; i < count; i++, from += source->stride, to += record_size)
        mmfi_copy_in(to, from, source->size);
}

/* *next points to the next value with a length, and is moved on. */
static void put_listed(unsigned char *record, const mmfpy_source *source, uint64_t begin,
                       uint64_t count, size_t record_size, const unsigned char **next)
{
    for (uint64_t i = begin; i < begin + count; i++, record += record_size) {
        const uint32_t taken = mmfi_take32(&source->lengths[i]);
        const uint32_t length = taken <= source->max ? taken : source->max;
        mmfi_save_data(record, source->offset, source->max, *next, length);
        *next += length;
    }
}

/*
 * A value of fixed width is padded with NULs already, so all of the width is copied. The length is
 * computed from the copy, because another thread or process may be writing to the source.
 */
static void put_fixed(unsigned char *record, const mmfpy_source *source, uint64_t begin,
                      uint64_t count, size_t record_size)
{
    const size_t width = source->width < source->max ? source->width : source->max;
    for (uint64_t i = begin; i < begin + count; i++, record += record_size) {
        unsigned char *to = record + source->offset + MMFI_LENGTH_SIZE;
        mmfi_copy_in(to, value_of(source, i), width);
        mmfi_zero(to + width, source->max - width);
        mmfi_store32(record + source->offset, (uint32_t)trimmed(to, width));
    }
}

/* A block of records stays in the first-level cache while its fields are filled one by one. */
#define BLOCK_BYTES 16384u

static void put_columns(const mmf_store *store, unsigned char *records, uint64_t count,
                        const mmfpy_source *sources, uint32_t source_count,
                        const unsigned char **next, bool in_place)
{
    const size_t record_size = mmf_store_schema(store)->record_size;
    const uint64_t block = BLOCK_BYTES / record_size + 1;
    for (uint64_t begin = 0; begin < count; begin += block) {
        const uint64_t rows = count - begin < block ? count - begin : block;
        unsigned char *record = records + begin * record_size;
        for (uint32_t s = 0; s < source_count; s++) {
            if (sources[s].max == 0 && sources[s].width != 0)
                put_blocks(record + sources[s].offset, &sources[s], begin, rows, record_size);
            else if (sources[s].max == 0)
                put_scalars(record + sources[s].offset, &sources[s], begin, rows, record_size);
            else if (sources[s].lengths != NULL)
                put_listed(record, &sources[s], begin, rows, record_size, &next[s]);
            else
                put_fixed(record, &sources[s], begin, rows, record_size);
        }
        if (in_place)
            mmfi_append_rows_finish(store, records, begin, rows);
    }
}

/* In a file of another version of the schema records lie otherwise, so the core converts them. */
static mmf_status append_converted(mmf_store *store, uint64_t count, const mmfpy_source *sources,
                                   uint32_t source_count, const unsigned char **next,
                                   uint64_t *first)
{
    const size_t record_size = mmf_store_schema(store)->record_size;
    unsigned char *records = (unsigned char *)calloc((size_t)count + 1, record_size);
    if (records == NULL)
        return MMF_ERR_NO_MEMORY;
    put_columns(store, records, count, sources, source_count, next, false);
    const mmf_status status =
        mmf_store_append_rows(store, records, count, (size_t)count * record_size, first);
    free(records);
    return status;
}

int mmfpy_append_columns(mmfpy_store *handle, uint64_t count, const mmfpy_source *sources,
                         uint32_t source_count, uint64_t *first, uint64_t *bad,
                         uint32_t *bad_source)
{
    const unsigned char *next[MMFPY_SOURCES_MAX];
    unsigned char *records = NULL;
    mmf_status status = MMF_OK;
    *first = 0;
    if (source_count > MMFPY_SOURCES_MAX)
        return MMF_ERR_ARGUMENT;
    for (uint32_t s = 0; s < source_count; s++) {
        next[s] = (const unsigned char *)sources[s].data;
        *bad = first_too_long(&sources[s], count);
        *bad_source = s;
        if (*bad < count)
            return MMF_ERR_TOO_LONG;
    }
    mmf_store *store = mmfpy_enter_writing(handle, &status);
    if (store == NULL)
        return (int)status;
    const bool in_place = mmf_store_file_schema(store) == mmf_store_schema(store);
    if (!in_place)
        status = append_converted(store, count, sources, source_count, next, first);
    else
        status = mmfi_append_rows_begin(store, count, &records);
    if (in_place && status == MMF_OK) {
        put_columns(store, records, count, sources, source_count, next, true);
        mmfi_append_rows_end(store, count, first);
    }
    mmfpy_leave_writing(handle);
    return (int)status;
}

/* ---- One string or bytes ---- */

int64_t mmfpy_get_bytes(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t max,
                        void *buffer)
{
    size_t length = 0;
    const mmf_store *store = mmfpy_enter(handle);
    const mmf_status status =
        store != NULL ? mmfi_get_bytes(store, mmfpy_row(store, row), handle->record_size, offset,
                                       max, (uint8_t *)buffer, max, &length)
                      : MMF_ERR_CLOSED;
    mmfpy_leave(handle);
    return status == MMF_OK ? (int64_t)length : -(int64_t)status;
}

int mmfpy_set_bytes(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t max,
                    const void *data, size_t length)
{
    mmf_status status = MMF_OK;
    mmf_store *store = mmfpy_enter_writing(handle, &status);
    if (store == NULL)
        return (int)status;
    const uint64_t at = mmfpy_row(store, row);
    const size_t size = handle->record_size;
    status = handle->checksum == 0 ? mmfi_set_bytes(store, at, size, offset, max, data, length)
                                   : mmfi_checksummed_set_bytes(store, at, size, handle->checksum,
                                                                offset, max, data, length);
    mmfpy_leave_writing(handle);
    return (int)status;
}
