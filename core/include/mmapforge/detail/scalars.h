/* Every scalar type of the schema language: its name, its C type, its width in bits. */
#ifndef MMAPFORGE_DETAIL_SCALARS_H
#define MMAPFORGE_DETAIL_SCALARS_H

#include "mmapforge/detail/atomic.h"

#define MMFI_SCALARS(X)                                                                            \
    X(bool, bool, 8)                                                                               \
    X(int8, int8_t, 8)                                                                             \
    X(uint8, uint8_t, 8)                                                                           \
    X(int16, int16_t, 16)                                                                          \
    X(uint16, uint16_t, 16)                                                                        \
    X(int32, int32_t, 32)                                                                          \
    X(uint32, uint32_t, 32)                                                                        \
    X(int64, int64_t, 64)                                                                          \
    X(uint64, uint64_t, 64)                                                                        \
    X(float32, float, 32)                                                                          \
    X(float64, double, 64)

/* The value that a stored word means. A bool is true for any byte but 0: a file may hold any. */
MMFI_INLINE bool mmfi_bool_from_word(uint8_t word)
{
    return word != 0;
}

/* The word that stores a value. */
MMFI_INLINE uint8_t mmfi_bool_to_word(bool value)
{
    return value ? 1 : 0;
}

#define MMFI_DEFINE_INTEGER(name, c_type, bits)                                                    \
    MMFI_INLINE c_type mmfi_##name##_from_word(uint##bits##_t word)                                \
    {                                                                                              \
        return (c_type)word;                                                                       \
    }                                                                                              \
    MMFI_INLINE uint##bits##_t mmfi_##name##_to_word(c_type value)                                 \
    {                                                                                              \
        return (uint##bits##_t)value;                                                              \
    }

MMFI_DEFINE_INTEGER(int8, int8_t, 8)
MMFI_DEFINE_INTEGER(uint8, uint8_t, 8)
MMFI_DEFINE_INTEGER(int16, int16_t, 16)
MMFI_DEFINE_INTEGER(uint16, uint16_t, 16)
MMFI_DEFINE_INTEGER(int32, int32_t, 32)
MMFI_DEFINE_INTEGER(uint32, uint32_t, 32)
MMFI_DEFINE_INTEGER(int64, int64_t, 64)
MMFI_DEFINE_INTEGER(uint64, uint64_t, 64)
#undef MMFI_DEFINE_INTEGER

#define MMFI_DEFINE_FLOAT(name, c_type, bits)                                                      \
    MMFI_INLINE c_type mmfi_##name##_from_word(uint##bits##_t word)                                \
    {                                                                                              \
        c_type value;                                                                              \
        memcpy(&value, &word, sizeof value);                                                       \
        return value;                                                                              \
    }                                                                                              \
    MMFI_INLINE uint##bits##_t mmfi_##name##_to_word(c_type value)                                 \
    {                                                                                              \
        uint##bits##_t word;                                                                       \
        memcpy(&word, &value, sizeof word);                                                        \
        return word;                                                                               \
    }

MMFI_DEFINE_FLOAT(float32, float, 32)
MMFI_DEFINE_FLOAT(float64, double, 64)
#undef MMFI_DEFINE_FLOAT

/*
 * mmfi_plain_float64 and so on: one load of the type itself, which compilers may vectorise, for
 * loops and between the two loads of a sequence. TSan gets an atomic load.
 */
#if MMFI_TSAN
#define MMFI_DEFINE_PLAIN(name, c_type, loaded, bits)                                              \
    MMFI_INLINE c_type mmfi_plain_##name(const unsigned char *from)                                \
    {                                                                                              \
        return mmfi_##name##_from_word(mmfi_load##bits(from));                                     \
    }
#else
#define MMFI_DEFINE_PLAIN(name, c_type, loaded, bits)                                              \
    MMFI_INLINE c_type mmfi_plain_##name(const unsigned char *from)                                \
    {                                                                                              \
        typedef loaded __attribute__((may_alias)) mmfi_field;                                      \
        return (c_type) * (const mmfi_field *)(const void *)from;                                  \
    }
#endif

MMFI_DEFINE_PLAIN(bool, bool, uint8_t, 8) /* a file may hold any byte */
MMFI_DEFINE_PLAIN(int8, int8_t, int8_t, 8)
MMFI_DEFINE_PLAIN(uint8, uint8_t, uint8_t, 8)
MMFI_DEFINE_PLAIN(int16, int16_t, int16_t, 16)
MMFI_DEFINE_PLAIN(uint16, uint16_t, uint16_t, 16)
MMFI_DEFINE_PLAIN(int32, int32_t, int32_t, 32)
MMFI_DEFINE_PLAIN(uint32, uint32_t, uint32_t, 32)
MMFI_DEFINE_PLAIN(int64, int64_t, int64_t, 64)
MMFI_DEFINE_PLAIN(uint64, uint64_t, uint64_t, 64)
MMFI_DEFINE_PLAIN(float32, float, float, 32)
MMFI_DEFINE_PLAIN(float64, double, double, 64)
#undef MMFI_DEFINE_PLAIN

#endif
