#include "print.h"

#include "json.h"
#include "print_float.h"

#include <string.h>

/* ---- Numbers ---- */

static const char PAIRS[] = "00010203040506070809101112131415161718192021222324252627282930313233"
                            "34353637383940414243444546474849505152535455565758596061626364656667"
                            "6869707172737475767778798081828384858687888990919293949596979899";

char *print_uint64(char *to, uint64_t value)
{
    char digits[20];
    char *at = digits + sizeof digits;
    while (value >= 100) {
        at -= 2;
        memcpy(at, PAIRS + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10) {
        at -= 2;
        memcpy(at, PAIRS + 2 * value, 2);
    } else {
        *--at = (char)('0' + value);
    }
    const size_t length = (size_t)(digits + sizeof digits - at);
    memcpy(to, at, length);
    return to + length;
}

char *print_int64(char *to, int64_t value)
{
    if (value >= 0)
        return print_uint64(to, (uint64_t)value);
    *to++ = '-';
    return print_uint64(to, 0 - (uint64_t)value);
}

/* With zeroes before it, so that it has that many digits at least. */
static char *print_padded(char *to, uint64_t value, uint32_t width)
{
    char digits[PRINT_NUMBER_SIZE];
    const uint32_t length = (uint32_t)(print_uint64(digits, value) - digits);
    if (length < width) {
        memset(to, '0', width - length);
        to += width - length;
    }
    memcpy(to, digits, length);
    return to + length;
}

static const uint64_t TENS[] = {UINT64_C(1),
                                UINT64_C(10),
                                UINT64_C(100),
                                UINT64_C(1000),
                                UINT64_C(10000),
                                UINT64_C(100000),
                                UINT64_C(1000000),
                                UINT64_C(10000000),
                                UINT64_C(100000000),
                                UINT64_C(1000000000),
                                UINT64_C(10000000000),
                                UINT64_C(100000000000),
                                UINT64_C(1000000000000),
                                UINT64_C(10000000000000),
                                UINT64_C(100000000000000),
                                UINT64_C(1000000000000000),
                                UINT64_C(10000000000000000),
                                UINT64_C(100000000000000000),
                                UINT64_C(1000000000000000000)};

char *print_decimal(char *to, int64_t units, uint32_t scale)
{
    uint64_t size = (uint64_t)units;
    if (units < 0) {
        *to++ = '-';
        size = 0 - size;
    }
    if (scale == 0)
        return print_uint64(to, size);
    to = print_uint64(to, size / TENS[scale]);
    *to++ = '.';
    return print_padded(to, size % TENS[scale], scale);
}

/* ---- Dates and times ---- */

static char *print_two(char *to, uint64_t value)
{
    memcpy(to, PAIRS + 2 * value, 2);
    return to + 2;
}

/* By Howard Hinnant's civil_from_days: years begin in March, so that a leap day is their last. */
char *print_date(char *to, int64_t days)
{
    days += 719468; /* from 0000-03-01 */
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const uint64_t day_of_era = (uint64_t)(days - era * 146097);
    const uint64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const uint64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const uint64_t month_from_march = (5 * day_of_year + 2) / 153;
    const uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const int64_t year = (int64_t)year_of_era + era * 400 + (month <= 2);
    if (year < 0 || year > 9999)
        *to++ = year < 0 ? '-' : '+';
    to = print_padded(to, (uint64_t)(year < 0 ? -year : year), 4);
    *to++ = '-';
    to = print_two(to, month);
    *to++ = '-';
    return print_two(to, day_of_year - (153 * month_from_march + 2) / 5 + 1);
}

char *print_timestamp(char *to, int64_t units, uint32_t scale)
{
    const int64_t per_second = (int64_t)TENS[scale];
    const int64_t fraction = (units % per_second + per_second) % per_second;
    const int64_t seconds = units / per_second - (units % per_second < 0);
    const int64_t of_day = (seconds % 86400 + 86400) % 86400;
    to = print_date(to, seconds / 86400 - (seconds % 86400 < 0));
    *to++ = 'T';
    to = print_two(to, (uint64_t)of_day / 3600);
    *to++ = ':';
    to = print_two(to, (uint64_t)of_day / 60 % 60);
    *to++ = ':';
    to = print_two(to, (uint64_t)of_day % 60);
    if (scale > 0) {
        *to++ = '.';
        to = print_padded(to, (uint64_t)fraction, scale);
    }
    *to++ = 'Z';
    return to;
}

/* ---- Text ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *print_csv_text(char *to, const char *text, size_t length)
{
    bool quoted = length == 0 || is_blank(text[0]) || is_blank(text[length - 1]);
    for (size_t i = 0; i < length && !quoted; i++)
        quoted = text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
    if (!quoted) {
        memcpy(to, text, length);
        return to + length;
    }
    *to++ = '"';
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            *to++ = '"';
        *to++ = text[i];
    }
    *to++ = '"';
    return to;
}

static char *print_bytes(char *to, const unsigned char *bytes, size_t length, print_form form)
{
    static const char HEX[] = "0123456789abcdef";
    const bool quoted = form == PRINT_JSON || length == 0;
    if (quoted)
        *to++ = '"';
    for (size_t i = 0; i < length; i++) {
        *to++ = HEX[bytes[i] >> 4];
        *to++ = HEX[bytes[i] & 15];
    }
    if (quoted)
        *to++ = '"';
    return to;
}

/* ---- Values ---- */

static int64_t load_integer(mmf_type type, const unsigned char *raw)
{
    int8_t one;
    int16_t two;
    int32_t four;
    int64_t eight;
    switch (type) {
    case MMF_TYPE_INT8:
        memcpy(&one, raw, sizeof one);
        return one;
    case MMF_TYPE_BOOL:
    case MMF_TYPE_UINT8:
        return raw[0];
    case MMF_TYPE_INT16:
        memcpy(&two, raw, sizeof two);
        return two;
    case MMF_TYPE_UINT16:
        memcpy(&two, raw, sizeof two);
        return (uint16_t)two;
    case MMF_TYPE_INT32:
        memcpy(&four, raw, sizeof four);
        return four;
    case MMF_TYPE_UINT32:
        memcpy(&four, raw, sizeof four);
        return (uint32_t)four;
    default:
        memcpy(&eight, raw, sizeof eight);
        return eight;
    }
}

/* The quote before and after a text of JSON. */
static char *quote(char *to, print_form form)
{
    if (form == PRINT_JSON)
        *to++ = '"';
    return to;
}

static char *print_enum(char *to, const mmf_field *field, int64_t value, print_form form)
{
    const mmf_enum_member *member = mmf_enum_find(field->enumeration, value);
    if (member == NULL)
        return print_int64(to, value);
    const size_t length = strlen(member->name);
    to = quote(to, form);
    memcpy(to, member->name, length);
    return quote(to + length, form);
}

static char *print_real(char *to, const mmf_field *field, const unsigned char *raw, print_form form)
{
    char text[PRINT_FLOAT_SIZE];
    const char *end;
    if (field->type == MMF_TYPE_FLOAT32) {
        float value;
        memcpy(&value, raw, sizeof value);
        end = print_float32(text, value);
    } else {
        double value;
        memcpy(&value, raw, sizeof value);
        end = print_float64(text, value);
    }
    /* "nan", "inf" and "-inf" are no numbers of JSON. */
    const bool quoted = form == PRINT_JSON && (end[-1] == 'n' || end[-1] == 'f');
    if (quoted)
        *to++ = '"';
    memcpy(to, text, (size_t)(end - text));
    to += end - text;
    if (quoted)
        *to++ = '"';
    return to;
}

size_t print_value_size(const mmf_field *field)
{
    return mmf_type_is_sized(field->type) ? JSON_TEXT_SIZE(field->max) : PRINT_NUMBER_SIZE;
}

char *print_value(char *to, const mmf_field *field, const unsigned char *raw, print_form form)
{
    if (mmf_type_is_sized(field->type)) {
        uint32_t length;
        memcpy(&length, raw, sizeof length);
        /* A damaged file may claim more than there is. */
        length = length < field->max ? length : field->max;
        if (field->type == MMF_TYPE_BYTES)
            return print_bytes(to, raw + 4, length, form);
        return form == PRINT_JSON ? json_write_text(to, (const char *)raw + 4, length)
                                  : print_csv_text(to, (const char *)raw + 4, length);
    }
    if (field->type == MMF_TYPE_FLOAT32 || field->type == MMF_TYPE_FLOAT64)
        return print_real(to, field, raw, form);
    const int64_t value = load_integer(field->type, raw);
    switch (field->logical) {
    case MMF_LOGICAL_TIMESTAMP:
        return quote(print_timestamp(quote(to, form), value, field->scale), form);
    case MMF_LOGICAL_DATE:
        return quote(print_date(quote(to, form), value), form);
    case MMF_LOGICAL_DECIMAL:
        return print_decimal(to, value, field->scale);
    case MMF_LOGICAL_ENUM:
        return print_enum(to, field, value, form);
    default:
        break;
    }
    if (field->type == MMF_TYPE_BOOL) {
        memcpy(to, value != 0 ? "true" : "false", 5);
        return to + (value != 0 ? 4 : 5);
    }
    return field->type == MMF_TYPE_UINT64 ? print_uint64(to, (uint64_t)value)
                                          : print_int64(to, value);
}
