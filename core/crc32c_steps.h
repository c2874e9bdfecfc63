/* The loops around a step, for core/crc32c*.c: one way to step is the processor's, one is tables.
 */
#ifndef MMF_CORE_CRC32C_STEPS_H
#define MMF_CORE_CRC32C_STEPS_H

#include "core/atomic.h"
#include "core/crc32c.h"

#define MMFI_CRC32C_BEGIN 0xffffffffu

/*
 * Bodies of functions, and not functions that take a step: a step that is an instruction of some
 * processors only must be inline, and its caller be compiled for those.
 */
#define MMFI_CRC32C_BYTES(step_byte, step_word, data, size)                                        \
    const unsigned char *at = (const unsigned char *)(data);                                       \
    const unsigned char *end = at + (size);                                                        \
    uint32_t crc = MMFI_CRC32C_BEGIN;                                                              \
    while (at < end && (uintptr_t)at % 8 != 0)                                                     \
        crc = step_byte(crc, mmfi_load8(at++));                                                    \
    for (; end - at >= 8; at += 8)                                                                 \
        crc = step_word(crc, mmfi_load64(at));                                                     \
    while (at < end)                                                                               \
        crc = step_byte(crc, mmfi_load8(at++));                                                    \
    return ~crc;

#define MMFI_CRC32C_BETWEEN(step_word, first, middle, size, last)                                  \
    uint32_t crc = step_word(MMFI_CRC32C_BEGIN, first);                                            \
    for (size_t at = 0; at < (size); at += 8)                                                      \
        crc = step_word(crc, mmfi_load64((middle) + at));                                          \
    return ~step_word(crc, last);

#endif
