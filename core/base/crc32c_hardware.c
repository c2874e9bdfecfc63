/* The checksum by an instruction of the processor, and the choice between that and tables. */
#include "crc32c_steps.h"

#if defined(__x86_64__)

/* SSE 4.2 has it; processors from before 2008 do not, so each is asked. */
#define HARDWARE __attribute__((target("sse4.2")))

HARDWARE static inline uint32_t step_byte(uint32_t crc, uint8_t byte)
{
    return __builtin_ia32_crc32qi(crc, byte);
}

HARDWARE static inline uint32_t step_word(uint32_t crc, uint64_t word)
{
    return (uint32_t)__builtin_ia32_crc32di(crc, word);
}

bool mmfi_crc32c_is_hardware(void)
{
    return __builtin_cpu_supports("sse4.2") != 0;
}

#elif defined(__aarch64__) && MMFI_LITTLE_ENDIAN

#include <sys/auxv.h>

/* Optional in ARMv8.0, and there from ARMv8.1 on. */
#define HARDWARE
#define HWCAP_BIT_CRC32 (UINT64_C(1) << 7) /* of AT_HWCAP, the kernel's HWCAP_CRC32 */

static inline uint32_t step_byte(uint32_t crc, uint8_t byte)
{
    __asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r"(crc) : "r"(byte));
    return crc;
}

static inline uint32_t step_word(uint32_t crc, uint64_t word)
{
    __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1" : "+r"(crc) : "r"(word));
    return crc;
}

bool mmfi_crc32c_is_hardware(void)
{
#if defined(__ARM_FEATURE_CRC32)
    return true;
#else
    return (getauxval(AT_HWCAP) & HWCAP_BIT_CRC32) != 0;
#endif
}

#else

bool mmfi_crc32c_is_hardware(void)
{
    return false;
}

#endif

#if defined(HARDWARE)

HARDWARE static uint32_t bytes_by_hardware(const void *data, size_t size)
{
    uint32_t crc = MMFI_CRC32C_BEGIN;
    MMFI_CRC32C_BYTES(crc, step_byte, step_word, data, size);
    return ~crc;
}

HARDWARE static uint32_t between_by_hardware(uint64_t first, const unsigned char *middle,
                                             size_t size, uint64_t last)
{
    uint32_t crc = step_word(MMFI_CRC32C_BEGIN, first);
    MMFI_CRC32C_WORDS(crc, step_word, mmfi_load64, middle, size);
    return ~step_word(crc, last);
}

HARDWARE static inline uint64_t load_halves(const unsigned char *from)
{
    return mmfi_load32(from) | (uint64_t)mmfi_load32(from + 4) << 32;
}

HARDWARE static uint32_t fresh_by_hardware(uint64_t first, const unsigned char *middle, size_t size,
                                           uint64_t last)
{
    uint32_t crc = step_word(MMFI_CRC32C_BEGIN, first);
    MMFI_CRC32C_WORDS(crc, step_word, load_halves, middle, size);
    return ~step_word(crc, last);
}

#else

#define bytes_by_hardware   mmfi_crc32c_by_table
#define between_by_hardware mmfi_crc32c_between_by_table
#define fresh_by_hardware   mmfi_crc32c_between_by_table

#endif

uint32_t mmfi_crc32c(const void *data, size_t size)
{
    return mmfi_crc32c_is_hardware() ? bytes_by_hardware(data, size)
                                     : mmfi_crc32c_by_table(data, size);
}

uint32_t mmfi_crc32c_between(uint64_t first, const unsigned char *middle, size_t size,
                             uint64_t last)
{
    return mmfi_crc32c_is_hardware() ? between_by_hardware(first, middle, size, last)
                                     : mmfi_crc32c_between_by_table(first, middle, size, last);
}

uint32_t mmfi_crc32c_between_fresh(uint64_t first, const unsigned char *middle, size_t size,
                                   uint64_t last)
{
    return mmfi_crc32c_is_hardware() ? fresh_by_hardware(first, middle, size, last)
                                     : mmfi_crc32c_between_by_table(first, middle, size, last);
}
