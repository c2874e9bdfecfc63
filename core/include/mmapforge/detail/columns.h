/*
 * Rows and columns for loops: the bounds are checked once, then every access is a plain load.
 *
 * Both are views of the mapping: nothing is copied, values change as the writer changes them,
 * and they die with the handle. A value of up to 8 bytes is never torn; two fields of one row may
 * be of different moments (for one consistent record there is `get`). Any thread may use them.
 */
#ifndef MMAPFORGE_DETAIL_COLUMNS_H
#define MMAPFORGE_DETAIL_COLUMNS_H

#include "mmapforge/detail/access.h"

MMF_BEGIN_DECLS

/* As a count: up to the last record that there is now. */
#define MMF_TO_END UINT64_MAX

/* count records, from .records on, every record_size bytes. */
typedef struct mmf_rows {
    const unsigned char *records;
    uint64_t count;
} mmf_rows;

/* rows is empty unless status is MMF_OK. */
typedef struct mmfi_row_range {
    mmf_rows rows;
    mmf_status status;
} mmfi_row_range;

/* Row ranges beyond the bound that this handle knows, and those that reach to the end. */
MMFI_COLD mmfi_row_range mmfi_rows_slow(const mmf_store *store, uint64_t first, uint64_t count);

/* A column of a file of another version of the schema: where it lies there. */
typedef struct mmfi_column_result {
    const unsigned char *data;
    uint64_t count;
    size_t stride;
    mmf_status status;
} mmfi_column_result;

MMFI_COLD mmfi_column_result mmfi_column_slow(const mmf_store *store, uint64_t first,
                                              uint64_t count, size_t offset, size_t size);

/*
 * A range of count rows from first on; MMF_TO_END for all there are. MMF_ERR_RANGE when the store
 * does not have them (an empty range at the end is allowed), MMF_ERR_UNSUPPORTED for a file of
 * another version of the schema, else as a read; *out is empty then.
 * A range of one row costs what a scalar's get does.
 */
MMFI_INLINE mmf_status mmfi_rows(const mmf_store *store, uint64_t first, uint64_t count,
                                 size_t record_size, mmf_rows *out)
{
    if (MMFI_UNLIKELY(out == NULL))
        return MMF_ERR_ARGUMENT;
    uint64_t rows = count;
    const uint64_t bound = mmfi_load64_acquire(&mmfi_some(store)->row_bound);
    if (MMFI_UNLIKELY(first >= bound || count > bound - first)) {
        const mmfi_row_range found = mmfi_rows_slow(store, first, count);
        if (found.status != MMF_OK) {
            *out = found.rows;
            return found.status;
        }
        rows = found.rows.count;
    }
    out->records = mmfi_row(store, first, record_size);
    out->count = rows;
    return MMF_OK;
}

/*
 * One consistent record of a range: begin gives the sequence, the caller loads fields, and retry
 * says whether they must be thrown away. i must be below count; it is not checked. MMF_ERR_BUSY
 * when the record is being replaced.
 */
MMFI_INLINE mmf_status mmfi_rows_begin(mmf_rows rows, uint64_t i, size_t record_size,
                                       uint64_t *sequence)
{
    if (MMFI_UNLIKELY(sequence == NULL))
        return MMF_ERR_ARGUMENT;
    return mmfi_sequence_read_begin(rows.records + (size_t)i * record_size, sequence);
}

MMFI_INLINE bool mmfi_rows_retry(mmf_rows rows, uint64_t i, size_t record_size, uint64_t sequence)
{
    return MMFI_UNLIKELY(!mmfi_sequence_validate(rows.records + (size_t)i * record_size, sequence));
}

/*
 * mmf_column_float64 and so on: one field of count rows. With c from tick_store_column_price,
 *
 *     for (uint64_t i = 0; i < c.count; i++)
 *         sum += mmf_column_float64_at(c, i);
 *
 * i must be below count; it is not checked.
 */
#define MMFI_DEFINE_COLUMN(name, c_type, bits)                                                     \
    typedef struct mmf_column_##name {                                                             \
        const unsigned char *data; /* the field of the first row */                                \
        uint64_t count;            /* rows */                                                      \
        size_t stride;             /* bytes from one row to the next */                            \
    } mmf_column_##name;                                                                           \
                                                                                                   \
    MMFI_INLINE c_type mmf_column_##name##_at(mmf_column_##name column, uint64_t i)                \
    {                                                                                              \
        return mmfi_plain_##name(column.data + (size_t)i * column.stride);                         \
    }                                                                                              \
                                                                                                   \
    MMFI_INLINE mmf_status mmfi_column_##name(const mmf_store *store, uint64_t first,              \
                                              uint64_t count, size_t record_size, size_t offset,   \
                                              mmf_column_##name *out)                              \
    {                                                                                              \
        mmf_rows rows;                                                                             \
        const mmf_status status =                                                                  \
            mmfi_rows(store, first, count, record_size, out != NULL ? &rows : NULL);               \
        if (MMFI_UNLIKELY(status == MMF_ERR_UNSUPPORTED)) {                                        \
            const mmfi_column_result found =                                                       \
                mmfi_column_slow(store, first, count, offset, (bits) / 8);                         \
            out->data = found.data;                                                                \
            out->count = found.count;                                                              \
            out->stride = found.stride;                                                            \
            return found.status;                                                                   \
        }                                                                                          \
        if (out != NULL) {                                                                         \
            out->data = status == MMF_OK ? rows.records + offset : NULL;                           \
            out->count = status == MMF_OK ? rows.count : 0;                                        \
            out->stride = record_size;                                                             \
        }                                                                                          \
        return status;                                                                             \
    }                                                                                              \
                                                                                                   \
    MMFI_INLINE c_type mmfi_rows_##name(mmf_rows rows, uint64_t i, size_t record_size,             \
                                        size_t offset)                                             \
    {                                                                                              \
        return mmfi_plain_##name(rows.records + (size_t)i * record_size + offset);                 \
    }

MMFI_SCALARS(MMFI_DEFINE_COLUMN)
#undef MMFI_DEFINE_COLUMN

/*
 * Which of count rows have a value in a nullable field: mmf_column_valid_at(c, i), beside the
 * column of the values. A value and its bit may be of different moments, as two fields may be.
 */
typedef struct mmf_column_valid {
    mmf_column_uint8 bytes;
    uint8_t mask;
} mmf_column_valid;

MMFI_INLINE bool mmf_column_valid_at(mmf_column_valid column, uint64_t i)
{
    return (mmf_column_uint8_at(column.bytes, i) & column.mask) != 0;
}

MMFI_INLINE mmf_status mmfi_column_valid(const mmf_store *store, uint64_t first, uint64_t count,
                                         size_t record_size, size_t offset, uint8_t mask,
                                         mmf_column_valid *out)
{
    if (MMFI_UNLIKELY(out == NULL))
        return MMF_ERR_ARGUMENT;
    out->mask = mask;
    return mmfi_column_uint8(store, first, count, record_size, offset, &out->bytes);
}

MMFI_INLINE bool mmfi_rows_is_null(mmf_rows rows, uint64_t i, size_t record_size, size_t offset,
                                   uint8_t mask)
{
    return (mmfi_rows_uint8(rows, i, record_size, offset) & mask) == 0;
}

/* A string or bytes field of a range, where it lies. i must be below count. */
MMFI_INLINE mmf_str mmfi_rows_string(mmf_rows rows, uint64_t i, size_t record_size, size_t offset,
                                     size_t max)
{
    return mmfi_string_at(rows.records + (size_t)i * record_size, offset, max);
}

MMFI_INLINE mmf_bytes mmfi_rows_bytes(mmf_rows rows, uint64_t i, size_t record_size, size_t offset,
                                      size_t max)
{
    return mmfi_bytes_at(rows.records + (size_t)i * record_size, offset, max);
}

MMF_END_DECLS

#endif
