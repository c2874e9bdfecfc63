/* The loops around a step of core/crc32c*.c, which is an instruction or eight table look-ups. */
#ifndef MMF_BASE_CRC32C_STEPS_H
#define MMF_BASE_CRC32C_STEPS_H

#include "mmapforge/detail/atomic.h"
#include "mmapforge/detail/crc32c.h"

/* What crc is before the first byte; after the last it is ~crc. */
#define MMFI_CRC32C_BEGIN 0xffffffffu

/*
 * Macros, and not functions that take a step: a step that is an instruction of some processors only
 * must be inline, and its caller be compiled for those.
 */
#define MMFI_CRC32C_BYTES(crc, step_byte, step_word, data, size)                                   \
    do {                                                                                           \
        const unsigned char *at = (const unsigned char *)(data);                                   \
        const unsigned char *end = at + (size);                                                    \
        while (at < end && (uintptr_t)at % 8 != 0)                                                 \
            (crc) = step_byte((crc), mmfi_load8(at++));                                            \
        for (; end - at >= 8; at += 8)                                                             \
            (crc) = step_word((crc), mmfi_load64(at));                                             \
        while (at < end)                                                                           \
            (crc) = step_byte((crc), mmfi_load8(at++));                                            \
    } while (0)

#define MMFI_CRC32C_WORDS(crc, step_word, load_word, data, size)                                   \
    do {                                                                                           \
        for (size_t at = 0; at < (size); at += 8)                                                  \
            (crc) = step_word((crc), load_word((data) + at));                                      \
    } while (0)

#endif
