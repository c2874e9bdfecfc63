/*
 * The fields of one record: loads and saves at an offset, for every type of the schema language.
 *
 * record points at a record in the mapping, or at a before-image. These are the payload
 * accesses of the protocols in mmapforge/detail/access.h; alone they order nothing. max is the N of
 * string[N] and bytes[N].
 */
#ifndef MMAPFORGE_DETAIL_RECORD_H
#define MMAPFORGE_DETAIL_RECORD_H

#include "mmapforge/detail/scalars.h"
#include "mmapforge/types.h"

MMF_BEGIN_DECLS

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

/* ---- Nullable fields: a bit of a validity byte, 1 for a value and 0 for none ---- */

MMFI_INLINE bool mmfi_load_valid(const unsigned char *record, size_t offset, uint8_t mask)
{
    return (mmfi_load8(record + offset) & mask) != 0;
}

MMFI_INLINE void mmfi_save_valid(unsigned char *record, size_t offset, uint8_t mask, bool valid)
{
    const uint8_t others = (uint8_t)(mmfi_load8(record + offset) & (uint8_t)~mask);
    mmfi_store8(record + offset, (uint8_t)(others | (valid ? mask : 0)));
}

/* True for a decimal that has no more digits than its type: less than limit, 10^p. */
MMFI_INLINE bool mmfi_decimal_fits(int64_t units, int64_t limit)
{
    return units > -limit && units < limit;
}

/* ---- Text ---- */

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

/* ---- Text into a field: data, and zeroes up to max ---- */

/* MMFI_COPY_WHOLE_MAX bytes of ones, then as many zeroes: a window of it keeps any first bytes. */
extern const unsigned char mmfi_keep_mask[2 * MMFI_COPY_WHOLE_MAX];

typedef uint64_t __attribute__((vector_size(16))) mmfi_block; /* as wide as every machine's moves */

MMFI_INLINE void mmfi_keep_block(unsigned char *to, const unsigned char *from,
                                 const unsigned char *mask)
{
    mmfi_block data;
    mmfi_block ones;
    memcpy(&data, from, sizeof data);
    memcpy(&ones, mask, sizeof ones);
    data &= ones;
    memcpy(to, &data, sizeof data);
}

MMFI_INLINE void mmfi_keep_word(unsigned char *to, const unsigned char *from,
                                const unsigned char *mask)
{
    uint64_t data;
    uint64_t ones;
    memcpy(&data, from, sizeof data);
    memcpy(&ones, mask, sizeof ones);
    data &= ones;
    memcpy(to, &data, sizeof data);
}

/*
 * The first length of max bytes, and zeroes after them, by the same moves whatever the length: no
 * branches, no calls. max is a constant up to MMFI_COPY_WHOLE_MAX. All max bytes of from are read;
 * those after length may be unset. The last move overlaps the one before when max is not a
 * multiple.
 */
MMFI_INLINE void mmfi_copy_in_padded(unsigned char *to, const unsigned char *from, size_t max,
                                     size_t length)
{
    if (MMFI_WORD_COPY) {
        unsigned char whole[MMFI_COPY_WHOLE_MAX] = {0};
        memcpy(whole, from, length);
        mmfi_copy_in_words(to, whole, max);
        return;
    }
    const unsigned char *mask = mmfi_keep_mask + MMFI_COPY_WHOLE_MAX - length;
    /* One register each, not an address computed anew for every move; and no words about bytes that
     * are unset and are masked. */
    __asm__("" : "+r"(mask), "+r"(from));
    const size_t blocks = max / sizeof(mmfi_block) * sizeof(mmfi_block);
    mmfi_compiler_barrier();
    MMFI_UNROLL
    for (size_t at = 0; at < blocks; at += sizeof(mmfi_block))
        mmfi_keep_block(to + at, from + at, mask + at);
    if (blocks > 0 && blocks < max) {
        const size_t at = max - sizeof(mmfi_block);
        mmfi_keep_block(to + at, from + at, mask + at);
    } else if (blocks == 0 && max >= 8) {
        mmfi_keep_word(to, from, mask);
        mmfi_keep_word(to + max - 8, from + max - 8, mask + max - 8);
    } else if (blocks == 0) {
        MMFI_UNROLL
        for (size_t at = 0; at < max; at++)
            to[at] = from[at] & mask[at];
    }
    mmfi_compiler_barrier();
}

/*
 * Writes length, data and zeroes up to max. data has max bytes, as the arrays in the struct of a
 * record do. length has been checked; where another thread made it larger since, max counts.
 */
MMFI_INLINE void mmfi_save_bytes(unsigned char *record, size_t offset, size_t max, const void *data,
                                 size_t length)
{
    unsigned char *to = record + offset + MMFI_LENGTH_SIZE;
    length = mmfi_taken(length);
    if (MMFI_UNLIKELY(length > max))
        length = max;
    mmfi_store32(record + offset, (uint32_t)length);
    if (max <= MMFI_COPY_WHOLE_MAX) {
        mmfi_copy_in_padded(to, (const unsigned char *)data, max, length);
        return;
    }
    if (length > 0)
        mmfi_copy_in(to, data, length);
    mmfi_zero(to + length, max - length);
}

/* mmfi_save_data for data that lies in the field itself. */
MMFI_COLD void mmfi_save_own_data(unsigned char *to, size_t max, const unsigned char *data,
                                  size_t length);

/*
 * The same from length bytes and no more; data may be NULL when length is 0, and may be a view of
 * the field that is written.
 */
MMFI_INLINE void mmfi_save_data(unsigned char *record, size_t offset, size_t max, const void *data,
                                size_t length)
{
    unsigned char *to = record + offset + MMFI_LENGTH_SIZE;
    mmfi_store32(record + offset, (uint32_t)length);
    if (MMFI_UNLIKELY((uintptr_t)data - (uintptr_t)to < max)) {
        mmfi_save_own_data(to, max, (const unsigned char *)data, length);
        return;
    }
    /* To zero a constant number of bytes takes no call. */
    const size_t kept = max <= MMFI_COPY_WHOLE_MAX ? 0 : length;
    mmfi_zero(to + kept, max - kept);
    if (length > 0)
        mmfi_copy_in(to, data, length);
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

MMF_END_DECLS

#endif
