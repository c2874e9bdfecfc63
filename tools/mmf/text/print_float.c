#include "print_float.h"

#include "print.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* ---- Powers of ten ---- */

#define POWER_MIN   (-292)
#define POWER_MAX   324
#define POWER_WORDS 36 /* of 32 bits: 10^324 has 1077 bits, and 2^1151 / 10^292 more than 128 */

/* 10^k as 128 bits whose highest is 1, rounded up. */
static wide powers[POWER_MAX - POWER_MIN + 1];
static bool has_powers;

/* The highest 128 bits of a number; *inexact when there are others. The lowest word is first. */
static wide highest(const uint32_t *words, bool *inexact)
{
    int top = POWER_WORDS - 1;
    while (words[top] == 0)
        top--;
    const int shift = __builtin_clz(words[top]);
    wide value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 32 | (top - i >= 0 ? words[top - i] : 0);
    const uint32_t next = top >= 4 ? words[top - 4] : 0;
    *inexact = shift > 0 ? next << shift != 0 : next != 0;
    if (shift > 0)
        value = value << shift | next >> (32 - shift);
    for (int i = top - 5; i >= 0; i--)
        *inexact = *inexact || words[i] != 0;
    return value;
}

static void compute_powers(void)
{
    uint32_t words[POWER_WORDS] = {1};
    for (int k = 0; k <= POWER_MAX; k++) {
        bool inexact;
        powers[k - POWER_MIN] = highest(words, &inexact);
        powers[k - POWER_MIN] += inexact;
        uint64_t carry = 0;
        for (int i = 0; i < POWER_WORDS; i++) {
            carry += UINT64_C(10) * words[i];
            words[i] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    memset(words, 0, sizeof words);
    words[POWER_WORDS - 1] = UINT32_C(1) << 31;
    for (int k = -1; k >= POWER_MIN; k--) {
        uint64_t rest = 0;
        for (int i = POWER_WORDS - 1; i >= 0; i--) {
            rest = rest << 32 | words[i];
            words[i] = (uint32_t)(rest / 10);
            rest %= 10;
        }
        /* A power below 1 never ends in binary, so it is always rounded. */
        bool inexact;
        powers[k - POWER_MIN] = highest(words, &inexact) + 1;
    }
    has_powers = true;
}

/* ---- Digits ---- */

/* digits * 10^exponent */
typedef struct decimal_number {
    uint64_t digits;
    int32_t exponent;
} decimal_number;

/* power * factor / 2^128, where any rest makes the result odd. */
static uint64_t round_to_odd(wide power, uint64_t factor)
{
    const wide low = (wide)(uint64_t)power * factor;
    const wide high = (wide)(uint64_t)(power >> 64) * factor + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/*
 * significand * 2^exponent, which is no zero; closer says that the next smaller number is half as
 * far away as the next larger one. Section and figure numbers are in the paper above.
 */
static decimal_number shortest(uint64_t significand, int32_t exponent, bool closer)
{
    if (exponent <= 0 && exponent > -53 && (significand & ((UINT64_C(1) << -exponent) - 1)) == 0)
        return (decimal_number){significand >> -exponent, 0};
    const uint64_t odd = significand & 1;
    const int32_t k = (exponent * 1262611 - (closer ? 524031 : 0)) >> 22;
    const int32_t shift = exponent + (int32_t)((-(int64_t)k * 1741647) >> 19) + 1;
    const wide power = powers[-k - POWER_MIN];
    const uint64_t below = round_to_odd(power, (4 * significand - 2 + closer) << shift) + odd;
    const uint64_t middle = round_to_odd(power, (4 * significand) << shift);
    const uint64_t above = round_to_odd(power, (4 * significand + 2) << shift) - odd;
    const uint64_t s = middle / 4;
    if (s >= 10) {
        const uint64_t tens = s / 10;
        const bool down = below <= 40 * tens;
        const bool up = 40 * tens + 40 <= above;
        if (down != up)
            return (decimal_number){tens + up, k + 1};
    }
    const bool down = below <= 4 * s;
    const bool up = 4 * s + 4 <= above;
    if (down != up)
        return (decimal_number){s + up, k};
    const uint64_t half = 4 * s + 2;
    return (decimal_number){s + (middle > half || (middle == half && (s & 1) != 0)), k};
}

static char *write_number(char *to, decimal_number number)
{
    while (number.digits % 10 == 0) {
        number.digits /= 10;
        number.exponent++;
    }
    char digits[PRINT_NUMBER_SIZE];
    const int32_t length = (int32_t)(print_uint64(digits, number.digits) - digits);
    /* Digits before the point. */
    const int32_t whole = length + number.exponent;
    if (whole > 16 || whole < -3) {
        *to++ = digits[0];
        if (length > 1) {
            *to++ = '.';
            memcpy(to, digits + 1, (size_t)length - 1);
            to += length - 1;
        }
        *to++ = 'e';
        return print_int64(to, whole - 1);
    }
    if (whole <= 0) {
        *to++ = '0';
        *to++ = '.';
        memset(to, '0', (size_t)-whole);
        to += -whole;
        memcpy(to, digits, (size_t)length);
        return to + length;
    }
    if (whole >= length) {
        memcpy(to, digits, (size_t)length);
        memset(to + length, '0', (size_t)(whole - length));
        to += whole;
        *to++ = '.';
        *to++ = '0';
        return to;
    }
    memcpy(to, digits, (size_t)whole);
    to[whole] = '.';
    memcpy(to + whole + 1, digits + whole, (size_t)(length - whole));
    return to + length + 1;
}

/* A number of that fraction and exponent, as its format has them. */
static char *write_parts(char *to, bool negative, uint64_t fraction, uint32_t exponent,
                         uint32_t fraction_bits, uint32_t exponent_max)
{
    if (!has_powers)
        compute_powers();
    if (negative)
        *to++ = '-';
    if (exponent == exponent_max) {
        memcpy(to, fraction != 0 ? "nan" : "inf", 3);
        return to + 3;
    }
    if (exponent == 0 && fraction == 0) {
        memcpy(to, "0.0", 3);
        return to + 3;
    }
    const int32_t bias = (int32_t)(exponent_max / 2 + fraction_bits);
    const uint64_t hidden = exponent != 0 ? UINT64_C(1) << fraction_bits : 0;
    return write_number(to,
                        shortest(hidden | fraction, (int32_t)(exponent + (exponent == 0)) - bias,
                                 fraction == 0 && exponent > 1));
}

char *print_float64(char *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return write_parts(to, bits >> 63 != 0, bits & ((UINT64_C(1) << 52) - 1),
                       (uint32_t)(bits >> 52) & 2047u, 52, 2047);
}

char *print_float32(char *to, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return write_parts(to, bits >> 31 != 0, bits & ((UINT32_C(1) << 23) - 1), bits >> 23 & 255u, 23,
                       255);
}
