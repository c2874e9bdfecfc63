/*
 * One field of a row: get, set and view, for every type of the schema language.
 *
 * A scalar is one load or one store. Text is copied out by the protocol of a consistent record, and
 * set as a whole record is; a view says only where it lies. record_size, offset and max are
 * constants at every call, and fold into the instructions.
 */
#ifndef MMAPFORGE_DETAIL_FIELDS_H
#define MMAPFORGE_DETAIL_FIELDS_H

#include "mmapforge/detail/access.h"

MMF_BEGIN_DECLS

/* Stores a scalar of size bytes, if row may be written after all. */
MMFI_COLD mmf_status mmfi_set_slow(mmf_store *store, uint64_t row, size_t offset, size_t size,
                                   uint64_t word);

/* A copy of text, if row may be read after all; with a final NUL when it is to terminate. */
MMFI_COLD mmf_status mmfi_get_bytes_slow(const mmf_store *store, uint64_t row, size_t offset,
                                         size_t max, bool terminate, void *buffer, size_t size,
                                         size_t *length);

/* A scalar's word; 0 on failure. Both come back in registers. */
typedef struct mmfi_word_result {
    uint64_t word;
    mmf_status status;
} mmfi_word_result;

/* A scalar of size bytes, if row may be read after all. */
MMFI_COLD mmfi_word_result mmfi_get_slow(const mmf_store *store, uint64_t row, size_t offset,
                                         size_t size, bool has_out);

/* The end of mmfi_set_bytes that was not begun: a file of another version, or status. */
MMFI_COLD mmf_status mmfi_set_bytes_failed(mmf_status status, mmf_store *store, uint64_t row,
                                           size_t offset, size_t max, const void *data,
                                           size_t length);

/* mmfi_get_float64 and mmfi_set_float64, and so on: one load, one store, never torn, no waiting. */
#define MMFI_DEFINE_GET_SET(name, c_type, bits)                                                    \
    MMFI_INLINE mmf_status mmfi_get_##name(const mmf_store *store, uint64_t row,                   \
                                           size_t record_size, size_t offset, c_type *out)         \
    {                                                                                              \
        const mmf_store *of = mmfi_some(store);                                                    \
        if (MMFI_UNLIKELY(!mmfi_row_is_known(of, row) || out == NULL)) {                           \
            const mmfi_word_result found =                                                         \
                mmfi_get_slow(store, row, offset, (bits) / 8, out != NULL);                        \
            if (out != NULL) /* or compilers warn of a caller that ignores the status */           \
                *out = mmfi_##name##_from_word((uint##bits##_t)found.word);                        \
            return found.status;                                                                   \
        }                                                                                          \
        *out = mmfi_load_##name(mmfi_row(of, row, record_size), offset);                           \
        return MMF_OK;                                                                             \
    }                                                                                              \
    MMFI_INLINE mmf_status mmfi_set_##name(mmf_store *store, uint64_t row, size_t record_size,     \
                                           size_t offset, c_type value)                            \
    {                                                                                              \
        const mmf_store *of = mmfi_some(store);                                                    \
        if (MMFI_UNLIKELY(row >= of->writer->settable))                                            \
            return mmfi_set_slow(store, row, offset, (bits) / 8, mmfi_##name##_to_word(value));    \
        unsigned char *record = mmfi_row(of, row, record_size);                                    \
        mmfi_store##bits##_release(record + offset, mmfi_##name##_to_word(value));                 \
        mmfi_sequence_advance(record);                                                             \
        return MMF_OK;                                                                             \
    }

MMFI_SCALARS(MMFI_DEFINE_GET_SET)
#undef MMFI_DEFINE_GET_SET

/* Whether a nullable field has a value: one load, as a scalar. */
MMFI_INLINE mmf_status mmfi_get_valid(const mmf_store *store, uint64_t row, size_t record_size,
                                      size_t offset, uint8_t mask, bool *out)
{
    uint8_t byte = 0;
    const mmf_status status =
        mmfi_get_uint8(store, row, record_size, offset, out != NULL ? &byte : NULL);
    if (out != NULL)
        *out = (byte & mask) != 0;
    return status;
}

/* A consistent copy with a final NUL. size counts the NUL; length may be NULL. */
MMFI_INLINE mmf_status mmfi_get_string(const mmf_store *store, uint64_t row, size_t record_size,
                                       size_t offset, size_t max, char *buffer, size_t size,
                                       size_t *length)
{
    const mmfi_read read = mmfi_read_begin(store, row, record_size, buffer != NULL);
    if (MMFI_LIKELY(read.sequence != 0 && size > max)) {
        const size_t found = mmfi_load_string(read.record, offset, max, buffer);
        if (MMFI_LIKELY(mmfi_read_end(read))) {
            if (length != NULL)
                *length = found;
            return MMF_OK;
        }
    }
    return mmfi_get_bytes_slow(store, row, offset, max, true, buffer, size, length);
}

/* A consistent copy. */
MMFI_INLINE mmf_status mmfi_get_bytes(const mmf_store *store, uint64_t row, size_t record_size,
                                      size_t offset, size_t max, uint8_t *buffer, size_t size,
                                      size_t *length)
{
    const mmfi_read read = mmfi_read_begin(store, row, record_size, buffer != NULL);
    if (MMFI_LIKELY(read.sequence != 0 && size >= max)) {
        const size_t found = mmfi_load_bytes(read.record, offset, max, buffer);
        if (MMFI_LIKELY(mmfi_read_end(read))) {
            if (length != NULL)
                *length = found;
            return MMF_OK;
        }
    }
    return mmfi_get_bytes_slow(store, row, offset, max, false, buffer, size, length);
}

/* MMF_OK when length bytes at data may go into a field of max bytes. */
MMFI_INLINE mmf_status mmfi_check_bytes(const void *data, size_t length, size_t max)
{
    if (MMFI_UNLIKELY(data == NULL && length > 0))
        return MMF_ERR_ARGUMENT;
    return MMFI_LIKELY(length <= max) ? MMF_OK : MMF_ERR_TOO_LONG;
}

/*
 * All or nothing, as a whole record is; MMF_ERR_CORRUPT when the record is torn. data may be NULL
 * when length is 0.
 */
MMFI_INLINE mmf_status mmfi_set_bytes(mmf_store *store, uint64_t row, size_t record_size,
                                      size_t offset, size_t max, const void *data, size_t length)
{
    length = mmfi_taken(length);
    const mmf_status status = mmfi_check_bytes(data, length, max);
    if (MMFI_UNLIKELY(status != MMF_OK))
        return status;
    const mmfi_write write = mmfi_write_begin_of(store, row, record_size, MMFI_PART);
    if (MMFI_UNLIKELY(write.status != MMF_OK))
        return mmfi_set_bytes_failed(write.status, store, row, offset, max, data, length);
    mmfi_save_data(write.record, offset, max, data, length);
    return mmfi_write_end(write);
}

MMFI_INLINE mmf_status mmfi_set_string(mmf_store *store, uint64_t row, size_t record_size,
                                       size_t offset, size_t max, const char *data, size_t length)
{
    return mmfi_set_bytes(store, row, record_size, offset, max, data, length);
}

/* Where the field lies. Pair with mmfi_sequence_begin and mmfi_sequence_retry. */
MMFI_INLINE mmf_status mmfi_view_string(const mmf_store *store, uint64_t row, size_t record_size,
                                        size_t offset, size_t max, mmf_str *out)
{
    const mmf_store *of = mmfi_some(store);
    if (MMFI_UNLIKELY(!mmfi_row_is_known(of, row) || out == NULL)) {
        const mmfi_find_result found =
            mmfi_find_slow(store, row, offset, max + MMFI_LENGTH_SIZE, out != NULL);
        if (found.status != MMF_OK) {
            const mmf_str nothing = {NULL, 0};
            if (out != NULL)
                *out = nothing;
            return found.status;
        }
        *out =
            mmfi_string_at(mmfi_record_at(store, found.at), offset, found.size - MMFI_LENGTH_SIZE);
        return MMF_OK;
    }
    *out = mmfi_string_at(mmfi_row(of, row, record_size), offset, max);
    return MMF_OK;
}

MMFI_INLINE mmf_status mmfi_view_bytes(const mmf_store *store, uint64_t row, size_t record_size,
                                       size_t offset, size_t max, mmf_bytes *out)
{
    const mmf_store *of = mmfi_some(store);
    if (MMFI_UNLIKELY(!mmfi_row_is_known(of, row) || out == NULL)) {
        const mmfi_find_result found =
            mmfi_find_slow(store, row, offset, max + MMFI_LENGTH_SIZE, out != NULL);
        if (found.status != MMF_OK) {
            const mmf_bytes nothing = {NULL, 0};
            if (out != NULL)
                *out = nothing;
            return found.status;
        }
        *out =
            mmfi_bytes_at(mmfi_record_at(store, found.at), offset, found.size - MMFI_LENGTH_SIZE);
        return MMF_OK;
    }
    *out = mmfi_bytes_at(mmfi_row(of, row, record_size), offset, max);
    return MMF_OK;
}

/* ---- Records in memory ---- */

/* Sets a string and its length; to has room for max + 1 bytes. */
MMFI_INLINE mmf_status mmfi_fill_string(char *to, size_t max, size_t *length, const char *text)
{
    if (text == NULL)
        return MMF_ERR_ARGUMENT;
    const size_t found = strlen(text);
    if (found > max)
        return MMF_ERR_TOO_LONG;
    memmove(to, text, found + 1); /* text may be the string itself */
    *length = found;
    return MMF_OK;
}

/* The same for bytes. data may be NULL when size is 0. */
MMFI_INLINE mmf_status mmfi_fill_bytes(uint8_t *to, size_t max, size_t *length, const uint8_t *data,
                                       size_t size)
{
    const mmf_status status = mmfi_check_bytes(data, size, max);
    if (status != MMF_OK)
        return status;
    if (size > 0)
        memmove(to, data, size);
    *length = size;
    return MMF_OK;
}

MMF_END_DECLS

#endif
