#include "parse_time.h"

#include <string.h>

#define SECONDS_PER_DAY INT64_C(86400)
#define YEAR_DIGITS_MAX 7 /* days of more years do not fit int32 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes exactly count digits. */
static bool take_number(const char **at, const char *end, int count, int32_t *out)
{
    const char *from = *at;
    if (end - from < count)
        return false;
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(from[i]))
            return false;
        value = value * 10 + (from[i] - '0');
    }
    *at = from + count;
    *out = value;
    return true;
}

static bool take_character(const char **at, const char *end, char c)
{
    if (*at == end || **at != c)
        return false;
    ++*at;
    return true;
}

/* Four digits, or more after a sign. */
static bool take_year(const char **at, const char *end, int32_t *out)
{
    const bool negative = take_character(at, end, '-');
    if (!negative && !take_character(at, end, '+'))
        return take_number(at, end, 4, out);
    int count = 0;
    while (count < end - *at && is_digit((*at)[count]))
        count++;
    if (count < 4 || count > YEAR_DIGITS_MAX || !take_number(at, end, count, out))
        return false;
    *out = negative ? -*out : *out;
    return true;
}

static int32_t days_in_month(int32_t year, int32_t month)
{
    static const int8_t DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

/*
 * Days since 1970-01-01 of a date in the Gregorian calendar: by years that begin in March, in eras
 * of 400 of them (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
 */
static int64_t days_from_date(int64_t year, int32_t month, int32_t day)
{
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t year_of_era = year - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool take_date(const char **at, const char *end, int64_t *days)
{
    int32_t year;
    int32_t month;
    int32_t day;
    if (!take_year(at, end, &year) || !take_character(at, end, '-') ||
        !take_number(at, end, 2, &month) || !take_character(at, end, '-') ||
        !take_number(at, end, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_from_date(year, month, day);
    return true;
}

parse_result parse_iso_date(const char *text, size_t length, int32_t *days)
{
    const char *at = text;
    int64_t found;
    if (!take_date(&at, text + length, &found) || at != text + length)
        return PARSE_SYNTAX;
    if (found < INT32_MIN || found > INT32_MAX)
        return PARSE_RANGE;
    *days = (int32_t)found;
    return PARSE_OK;
}

/* What a time has after its date. */
typedef struct clock {
    int64_t seconds;  /* since midnight, less the offset */
    int64_t fraction; /* in the unit */
    bool lossy;       /* it has digits that the unit lacks */
} clock;

static void take_fraction(const char **at, const char *end, uint32_t scale, clock *to,
                          parse_time_form *form)
{
    for (; *at < end && is_digit(**at); ++*at) {
        if (form->fraction++ < scale)
            to->fraction = to->fraction * 10 + (**at - '0');
        else
            to->lossy = to->lossy || **at != '0';
    }
    for (uint32_t i = form->fraction; i < scale; i++)
        to->fraction *= 10;
}

/* "12:30", "12:30:59", "12:30:59.25". */
static bool take_clock(const char **at, const char *end, uint32_t scale, clock *to,
                       parse_time_form *form)
{
    int32_t hours;
    int32_t minutes;
    int32_t seconds = 0;
    if (!take_number(at, end, 2, &hours) || !take_character(at, end, ':') ||
        !take_number(at, end, 2, &minutes))
        return false;
    if (take_character(at, end, ':')) {
        if (!take_number(at, end, 2, &seconds))
            return false;
        if (take_character(at, end, '.')) {
            take_fraction(at, end, scale, to, form);
            if (form->fraction == 0)
                return false;
        }
    }
    to->seconds = hours * 3600 + minutes * 60 + seconds;
    return hours < 24 && minutes < 60 && seconds < 60;
}

/* "Z", "+01:00", "-0130", "+01". */
static bool take_zone(const char **at, const char *end, clock *to, parse_time_form *form)
{
    form->has_zone = *at < end;
    if (*at == end || take_character(at, end, 'Z') || take_character(at, end, 'z'))
        return true;
    int32_t hours;
    int32_t minutes = 0;
    const bool west = take_character(at, end, '-');
    if ((!west && !take_character(at, end, '+')) || !take_number(at, end, 2, &hours))
        return false;
    if (*at < end) {
        (void)take_character(at, end, ':');
        if (!take_number(at, end, 2, &minutes))
            return false;
    }
    const int64_t offset = hours * 3600 + minutes * 60;
    to->seconds += west ? offset : -offset;
    return hours < 24 && minutes < 60;
}

/* Seconds and a fraction in units; false when int64 has no room for it. */
static bool to_units(int64_t seconds, int64_t fraction, uint32_t scale, int64_t *out)
{
    int64_t unit = 1;
    for (uint32_t i = 0; i < scale; i++)
        unit *= 10;
    /* Towards zero first, or a time that fits would pass through one that does not. */
    if (seconds < 0 && fraction > 0) {
        seconds++;
        fraction -= unit;
    }
    int64_t product;
    return !__builtin_mul_overflow(seconds, unit, &product) &&
           !__builtin_add_overflow(product, fraction, out);
}

parse_result parse_iso_time(const char *text, size_t length, uint32_t scale, int64_t *units,
                            parse_time_form *form)
{
    const char *at = text;
    const char *end = text + length;
    clock found = {0, 0, false};
    parse_time_form shape = {false, false, 0};
    int64_t days;
    if (!take_date(&at, end, &days))
        return PARSE_SYNTAX;
    if (at < end) {
        if (*at != 'T' && *at != ' ' && *at != 't')
            return PARSE_SYNTAX;
        at++;
        shape.has_time = true;
        if (!take_clock(&at, end, scale, &found, &shape) || !take_zone(&at, end, &found, &shape) ||
            at != end)
            return PARSE_SYNTAX;
    }
    if (form != NULL)
        *form = shape;
    if (found.lossy)
        return PARSE_DIGITS;
    return to_units(days * SECONDS_PER_DAY + found.seconds, found.fraction, scale, units)
               ? PARSE_OK
               : PARSE_RANGE;
}
