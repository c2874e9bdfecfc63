#include "parse_float.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 19u /* that every uint64 has room for */

/* What a uint64 times or over such a power is. */
__extension__ typedef unsigned __int128 wide;

/* A number as its text has it: digits * 10^exponent. */
typedef struct number {
    uint64_t digits;
    uint32_t
        count; /* of digits, from the first that is not 0; beyond DIGITS_MAX digits lacks some */
    int32_t exponent;
    bool negative;
} number;

static const uint64_t POWERS[] = {
    1u,
    10u,
    100u,
    1000u,
    10000u,
    100000u,
    1000000u,
    10000000u,
    100000000u,
    1000000000u,
    10000000000u,
    100000000000u,
    1000000000000u,
    10000000000000u,
    100000000000000u,
    1000000000000000u,
    10000000000000000u,
    100000000000000000u,
    1000000000000000000u,
    10000000000000000000u,
};

#define EXPONENT_MAX 19 /* of the table */

/* ---- Reading ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Eight digits at once: the usual sum of pairs, of pairs of pairs, and of their pairs, in one word
 * (D. Lemire, "Quickly parsing eight digits", 2018). False when one of them is no digit.
 */
static bool take_eight(const char *at, uint32_t *out)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    const uint64_t above = word + UINT64_C(0x4646464646464646);
    const uint64_t below = word - UINT64_C(0x3030303030303030);
    if (((above | below) & UINT64_C(0x8080808080808080)) != 0)
        return false;
    word = below * 10 + (below >> 8);
    const uint64_t mask = UINT64_C(0x000000ff000000ff);
    *out = (uint32_t)(((word & mask) * UINT64_C(0x000f424000000064) +
                       ((word >> 16) & mask) * UINT64_C(0x0000271000000001)) >>
                      32);
    return true;
}

/* Takes the digits at *at; only the first DIGITS_MAX of a number are kept. */
static void take_digits(const char **at, const char *end, number *to)
{
    const char *from = *at;
    uint32_t eight;
    while (to->count == 0 && from < end && *from == '0')
        from++;
    while (to->count + 8 <= DIGITS_MAX && end - from >= 8 && take_eight(from, &eight)) {
        to->digits = to->digits * 100000000u + eight;
        to->count += 8;
        from += 8;
    }
    for (; from < end && is_digit(*from); from++)
        if (to->count++ < DIGITS_MAX)
            to->digits = to->digits * 10 + (uint64_t)(*from - '0');
    *at = from;
}

/* An exponent after the 'e'; what is beyond every type stays so. */
static bool take_exponent(const char **at, const char *end, int32_t *out)
{
    const char *from = *at;
    const bool negative = from < end && *from == '-';
    if (from < end && (*from == '-' || *from == '+'))
        from++;
    if (from == end || !is_digit(*from))
        return false;
    int32_t value = 0;
    for (; from < end && is_digit(*from); from++)
        if (value < 100000)
            value = value * 10 + (*from - '0');
    *out = negative ? -value : value;
    *at = from;
    return true;
}

static bool take_number(const char *at, const char *end, number *out)
{
    const char *begin = at;
    take_digits(&at, end, out);
    const ptrdiff_t whole = at - begin;
    ptrdiff_t fraction = 0;
    if (at < end && *at == '.') {
        begin = ++at;
        take_digits(&at, end, out);
        fraction = at - begin;
    }
    if (whole + fraction == 0)
        return false;
    int32_t exponent = 0;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (!take_exponent(&at, end, &exponent))
            return false;
    }
    out->exponent = exponent - (int32_t)fraction;
    return at == end;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    if (strlen(word) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text[i] | 0x20) != word[i])
            return false;
    return true;
}

/* nan and inf; false for another word. */
static bool take_word(const char *text, size_t length, bool negative, double *out)
{
    if (is_word(text, length, "nan"))
        *out = (double)NAN;
    else if (is_word(text, length, "inf") || is_word(text, length, "infinity"))
        *out = (double)INFINITY;
    else
        return false;
    *out = copysign(*out, negative ? -1.0 : 1.0);
    return true;
}

/* ---- Rounding ---- */

/* 2^exponent, for a result that is neither subnormal nor infinite. */
static double power_of_two(int exponent)
{
    const uint64_t word = (uint64_t)(exponent + 1023) << 52;
    double out;
    memcpy(&out, &word, sizeof out);
    return out;
}

static int bits_of(wide value)
{
    const uint64_t high = (uint64_t)(value >> 64);
    return high != 0 ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)value);
}

/*
 * The nearest number of so many bits to value * 2^exponent, of which more is true when value was
 * rounded down. value is not 0, and has more bits when more is true. Exact as a double.
 */
static double round_to_bits(wide value, bool more, int exponent, int bits)
{
    const int dropped = bits_of(value) - bits;
    if (dropped > 0) {
        const wide half = (wide)1 << (dropped - 1);
        const wide rest = value & ((half << 1) - 1);
        value >>= dropped;
        exponent += dropped;
        if (rest > half || (rest == half && (more || (value & 1) != 0)))
            value++;
    }
    return (double)(uint64_t)value * power_of_two(exponent);
}

/* digits * 10^exponent, both within their limits, and digits is not 0. */
static double round_exact(const number *from, int bits)
{
    if (from->exponent >= 0)
        return round_to_bits((wide)from->digits * POWERS[from->exponent], false, 0, bits);
    const uint64_t divisor = POWERS[-from->exponent];
    const int shift = __builtin_clzll(from->digits) + 64; /* for 63 bits of quotient or more */
    const wide dividend = (wide)(from->digits << (shift - 64)) << 64;
    const wide quotient = dividend / divisor;
    return round_to_bits(quotient, quotient * divisor != dividend, -shift, bits);
}

static bool has_few_digits(const number *from)
{
    return from->count <= DIGITS_MAX && from->exponent >= -EXPONENT_MAX &&
           from->exponent <= EXPONENT_MAX;
}

/* For strtod, which wants a NUL. */
static const char *terminate(const char *text, size_t length, char *buffer)
{
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return buffer;
}

/* ---- Calls ---- */

/* The sign, and what follows it. */
static bool take_sign(const char **text, size_t *length, bool *negative)
{
    *negative = *length > 0 && **text == '-';
    if (*length > 0 && (**text == '-' || **text == '+')) {
        ++*text;
        --*length;
    }
    return *length > 0 && *length <= PARSE_FLOAT_LENGTH_MAX;
}

parse_result parse_float64(const char *text, size_t length, double *out)
{
    number found = {0, 0, 0, false};
    if (!take_sign(&text, &length, &found.negative))
        return PARSE_SYNTAX;
    if (!take_number(text, text + length, &found))
        return take_word(text, length, found.negative, out) ? PARSE_OK : PARSE_SYNTAX;
    double value = 0;
    if (found.count > 0) {
        if (!has_few_digits(&found)) {
            char buffer[PARSE_FLOAT_LENGTH_MAX + 1];
            value = strtod(terminate(text, length, buffer), NULL);
        } else if (found.digits <= UINT64_C(1) << 53) {
            /* 10^19 is exact in a double, whose 53 bits hold 5^22. */
            value = found.exponent < 0 ? (double)found.digits / (double)POWERS[-found.exponent]
                                       : (double)found.digits * (double)POWERS[found.exponent];
        } else {
            value = round_exact(&found, 53);
        }
    }
    if (isinf(value))
        return PARSE_RANGE;
    *out = found.negative ? -value : value;
    return PARSE_OK;
}

parse_result parse_float32(const char *text, size_t length, float *out)
{
    number found = {0, 0, 0, false};
    if (!take_sign(&text, &length, &found.negative))
        return PARSE_SYNTAX;
    if (!take_number(text, text + length, &found)) {
        double word;
        if (!take_word(text, length, found.negative, &word))
            return PARSE_SYNTAX;
        *out = (float)word;
        return PARSE_OK;
    }
    float value = 0;
    if (found.count > 0) {
        if (has_few_digits(&found)) {
            value = (float)round_exact(&found, 24);
        } else {
            char buffer[PARSE_FLOAT_LENGTH_MAX + 1];
            value = strtof(terminate(text, length, buffer), NULL);
        }
    }
    if (isinf(value))
        return PARSE_RANGE;
    *out = found.negative ? -value : value;
    return PARSE_OK;
}
