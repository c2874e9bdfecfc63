/* The checksum by an instruction of the processor, and the choice between that and tables. */
#include "crc32c_steps.h"

#if defined(__x86_64__)

#include <cpuid.h>

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

/* By the instruction itself: compilers' own means need a symbol that link-time optimisation drops.
 */
static bool ask_processor(void)
{
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_2) != 0;
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

static bool ask_processor(void)
{
#if defined(__ARM_FEATURE_CRC32)
    return true;
#else
    return (getauxval(AT_HWCAP) & HWCAP_BIT_CRC32) != 0;
#endif
}

#else

static bool ask_processor(void)
{
    return false;
}

#endif

/* In a virtual machine the query takes as long as a thousand checksums, so it is made once. */
#define ANSWER_NO  1u
#define ANSWER_YES 2u

static uint32_t answer; /* 0 before it is asked */

/* Threads that ask at once store the same answer. */
bool mmfi_crc32c_is_hardware(void)
{
    uint32_t known = mmfi_load32(&answer);
    if (known == 0) {
        known = ask_processor() ? ANSWER_YES : ANSWER_NO;
        mmfi_store32(&answer, known);
    }
    return known == ANSWER_YES;
}

/* False also before it is asked. */
static inline bool is_known_hardware(void)
{
    return MMFI_LIKELY(mmfi_load32(&answer) == ANSWER_YES);
}

#if defined(HARDWARE)

HARDWARE static uint32_t bytes_by_hardware(const void *data, size_t size)
{
    uint32_t crc = MMFI_CRC32C_BEGIN;
    MMFI_CRC32C_BYTES(crc, step_byte, step_word, data, size);
    return ~crc;
}

HARDWARE static uint32_t between_by_hardware(uint64_t seed, uint64_t first,
                                             const unsigned char *middle, size_t size,
                                             uint64_t last)
{
    uint32_t crc = step_word(step_word(MMFI_CRC32C_BEGIN, seed), first);
    MMFI_CRC32C_WORDS(crc, step_word, mmfi_load64, middle, size);
    return ~step_word(crc, last);
}

HARDWARE static inline uint64_t load_halves(const unsigned char *from)
{
    return mmfi_load32(from) | (uint64_t)mmfi_load32(from + 4) << 32;
}

HARDWARE static uint32_t fresh_by_hardware(uint64_t seed, uint64_t first,
                                           const unsigned char *middle, size_t size, uint64_t last)
{
    uint32_t crc = step_word(step_word(MMFI_CRC32C_BEGIN, seed), first);
    MMFI_CRC32C_WORDS(crc, step_word, load_halves, middle, size);
    return ~step_word(crc, last);
}

#else

#define bytes_by_hardware   mmfi_crc32c_by_table
#define between_by_hardware mmfi_crc32c_between_by_table
#define fresh_by_hardware   mmfi_crc32c_between_by_table

#endif

/* The first time, and where there are only tables. */
static MMFI_COLD uint32_t bytes_slow(const void *data, size_t size)
{
    return mmfi_crc32c_is_hardware() ? bytes_by_hardware(data, size)
                                     : mmfi_crc32c_by_table(data, size);
}

static MMFI_COLD uint32_t between_slow(uint64_t seed, uint64_t first, const unsigned char *middle,
                                       size_t size, uint64_t last)
{
    return mmfi_crc32c_is_hardware()
               ? between_by_hardware(seed, first, middle, size, last)
               : mmfi_crc32c_between_by_table(seed, first, middle, size, last);
}

uint32_t mmfi_crc32c(const void *data, size_t size)
{
    return is_known_hardware() ? bytes_by_hardware(data, size) : bytes_slow(data, size);
}

uint32_t mmfi_crc32c_between(uint64_t seed, uint64_t first, const unsigned char *middle,
                             size_t size, uint64_t last)
{
    return is_known_hardware() ? between_by_hardware(seed, first, middle, size, last)
                               : between_slow(seed, first, middle, size, last);
}

uint32_t mmfi_crc32c_between_fresh(uint64_t seed, uint64_t first, const unsigned char *middle,
                                   size_t size, uint64_t last)
{
    return is_known_hardware() ? fresh_by_hardware(seed, first, middle, size, last)
                               : between_slow(seed, first, middle, size, last);
}
