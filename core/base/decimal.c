/* Decimals to text, and back without rounding. */
#include "mmapforge/decimal.h"

#include <inttypes.h>
#include <stdio.h>

#define DIGITS_MAX 18u /* that every int64 has room for */

static uint64_t power_of_ten(uint32_t exponent)
{
    uint64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

size_t mmf_decimal_write(int64_t units, uint32_t scale, char *buffer, size_t size)
{
    if (scale > DIGITS_MAX) {
        if (size > 0)
            buffer[0] = '\0';
        return 0;
    }
    const uint64_t amount = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;
    const uint64_t one = power_of_ten(scale);
    const char *sign = units < 0 ? "-" : "";
    const int length = scale == 0 ? snprintf(buffer, size, "%s%" PRIu64, sign, amount)
                                  : snprintf(buffer, size, "%s%" PRIu64 ".%0*" PRIu64, sign,
                                             amount / one, (int)scale, amount % one);
    return length > 0 ? (size_t)length : 0;
}

static bool is_decimal_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Adds a digit; false when there are more than limit allows. */
static bool push(uint64_t *amount, char digit, uint64_t limit)
{
    *amount = *amount * 10 + (uint64_t)(digit - '0');
    return *amount < limit;
}

mmf_status mmf_decimal_read(const char *text, size_t length, uint32_t precision, uint32_t scale,
                            int64_t *units)
{
    if (units != NULL)
        *units = 0;
    if (text == NULL || units == NULL || precision == 0 || precision > DIGITS_MAX ||
        scale > precision)
        return MMF_ERR_ARGUMENT;
    const char *at = text;
    const char *end = text + length;
    const bool negative = at < end && *at == '-';
    at += negative;
    if (at == end || !is_decimal_digit(*at))
        return MMF_ERR_ARGUMENT;
    const uint64_t limit = power_of_ten(precision);
    uint64_t amount = 0;
    bool fits = true;
    for (; at < end && is_decimal_digit(*at); at++)
        fits = fits && push(&amount, *at, limit);
    uint32_t digits = 0;
    if (at < end && *at == '.') {
        if (++at == end)
            return MMF_ERR_ARGUMENT;
        for (; at < end && is_decimal_digit(*at); at++) {
            if (digits < scale) {
                fits = fits && push(&amount, *at, limit);
                digits++;
            } else {
                fits = fits && *at == '0'; /* zeroes beyond the scale lose nothing */
            }
        }
    }
    if (at != end)
        return MMF_ERR_ARGUMENT;
    for (; digits < scale; digits++)
        fits = fits && push(&amount, '0', limit);
    if (!fits)
        return MMF_ERR_RANGE;
    *units = negative ? -(int64_t)amount : (int64_t)amount;
    return MMF_OK;
}
