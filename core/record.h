/*
 * The fields of one record: loads and saves at an offset, for every type of the schema language.
 *
 * record points at a record in the mapping, or at the image in an undo slot. These are the payload
 * accesses of the protocols in core/access.h; alone they order nothing. max is the N of string[N]
 * and bytes[N].
 */
#ifndef MMF_CORE_RECORD_H
#define MMF_CORE_RECORD_H

#include "core/scalars.h"
#include "core/types.h"

/* mmfi_load_float64(record, offset), mmfi_save_float64(record, offset, value), and so on. */
#define MMFI_DEFINE_LOAD_SAVE(name, c_type, bits)                                                  \
    MMFI_INLINE c_type mmfi_load_##name(const unsigned char *record, size_t offset)                \
    {                                                                                              \
        return mmfi_##name##_from_word(mmfi_load##bits(record + offset));                          \
    }                                                                                              \
    MMFI_INLINE void mmfi_save_##name(unsigned char *record, size_t offset, c_type value)          \
    {                                                                                              \
        mmfi_store##bits(record + offset, mmfi_##name##_to_word(value));                           \
    }

MMFI_SCALARS(MMFI_DEFINE_LOAD_SAVE)
#undef MMFI_DEFINE_LOAD_SAVE

#define MMFI_LENGTH_SIZE 4u /* the word before the data of string and bytes */

/* Up to here the whole field is copied, which is a few vector moves; beyond, only what is used. */
#define MMFI_COPY_WHOLE_MAX 256u

/* The length that the field claims, and never more than it can hold. */
MMFI_INLINE size_t mmfi_load_length(const unsigned char *record, size_t offset, size_t max)
{
    const size_t length = mmfi_load32(record + offset);
    return length <= max ? length : max;
}

/* Copies the data of a field out; to has room for max bytes. Returns the length. */
MMFI_INLINE size_t mmfi_load_bytes(const unsigned char *record, size_t offset, size_t max, void *to)
{
    const size_t length = mmfi_load_length(record, offset, max);
    mmfi_copy_out(to, record + offset + MMFI_LENGTH_SIZE,
                  max <= MMFI_COPY_WHOLE_MAX ? max : length);
    return length;
}

/* The same with a final NUL; to has room for max + 1 bytes. */
MMFI_INLINE size_t mmfi_load_string(const unsigned char *record, size_t offset, size_t max,
                                    char *to)
{
    const size_t length = mmfi_load_bytes(record, offset, max, to);
    to[length] = '\0';
    return length;
}

/* Writes length, data and zeroes up to max. length must not exceed max. */
MMFI_INLINE void mmfi_save_bytes(unsigned char *record, size_t offset, size_t max, const void *data,
                                 size_t length)
{
    unsigned char *to = record + offset + MMFI_LENGTH_SIZE;
    mmfi_store32(record + offset, (uint32_t)length);
    if (length > 0)
        mmfi_copy_in(to, data, length);
    mmfi_zero(to + length, max - length);
}

MMFI_INLINE void mmfi_save_string(unsigned char *record, size_t offset, size_t max,
                                  const char *data, size_t length)
{
    mmfi_save_bytes(record, offset, max, data, length);
}

/* The field where it lies, not copied: it changes when the record does. */
MMFI_INLINE mmf_str mmfi_string_at(const unsigned char *record, size_t offset, size_t max)
{
    mmf_str view;
    view.data = (const char *)(record + offset + MMFI_LENGTH_SIZE);
    view.length = mmfi_load_length(record, offset, max);
    return view;
}

MMFI_INLINE mmf_bytes mmfi_bytes_at(const unsigned char *record, size_t offset, size_t max)
{
    mmf_bytes view;
    view.data = record + offset + MMFI_LENGTH_SIZE;
    view.length = mmfi_load_length(record, offset, max);
    return view;
}

#endif
