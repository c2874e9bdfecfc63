/*
 * Where the delimiters, quotes and line ends of CSV are: 64 bytes at a time become a word with a
 * bit for each byte, the first in the lowest. A row of short cells then costs a few instructions
 * for each of them, and no comparison for each byte.
 */
#ifndef MMF_IMPORT_CSV_SCAN_H
#define MMF_IMPORT_CSV_SCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define CSV_SCAN_SIZE 64u

/* The highest bit of each byte of word that is 0; exact, unlike shorter forms. */
static inline uint64_t csv_scan_zeroes(uint64_t word)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    return ~(((word & low) + low) | word | low);
}

/* Eight bytes at a time, for machines without the below. */
static inline uint64_t csv_scan_words(const char *at, char delimiter)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t delimiters = ones * (uint64_t)(unsigned char)delimiter;
    uint64_t out = 0;
    for (unsigned i = 0; i < CSV_SCAN_SIZE; i += 8) {
        uint64_t word;
        memcpy(&word, at + i, sizeof word);
        const uint64_t found = csv_scan_zeroes(word ^ delimiters) |
                               csv_scan_zeroes(word ^ ones * (uint64_t)'"') |
                               csv_scan_zeroes(word ^ ones * (uint64_t)'\n');
        /* The highest bits of the bytes, side by side. */
        out |= ((found >> 7) * UINT64_C(0x0102040810204080) >> 56) << i;
    }
    return out;
}

#if defined(__SSE2__)
static inline uint64_t csv_scan(const char *at, char delimiter)
{
    const __m128i delimiters = _mm_set1_epi8(delimiter);
    const __m128i quotes = _mm_set1_epi8('"');
    const __m128i ends = _mm_set1_epi8('\n');
    uint64_t out = 0;
    for (unsigned i = 0; i < CSV_SCAN_SIZE; i += 16) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        const __m128i found = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(block, delimiters), _mm_cmpeq_epi8(block, quotes)),
            _mm_cmpeq_epi8(block, ends));
        out |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << i;
    }
    return out;
}
#else
static inline uint64_t csv_scan(const char *at, char delimiter)
{
    return csv_scan_words(at, delimiter);
}
#endif

#endif
