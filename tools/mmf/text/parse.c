#include "parse.h"
#include "mmapforge/decimal.h"
#include "parse_float.h"
#include "parse_time.h"
#include "utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Words and whole numbers ---- */

bool parse_uint64(const char *text, size_t length, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        const unsigned digit = (unsigned)(unsigned char)text[i] - '0';
        if (digit > 9)
            return false;
        /* 19 digits have room. */
        if (i >= 19 && (value > UINT64_MAX / 10 || value * 10 > UINT64_MAX - digit))
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return length > 0;
}

bool parse_int64(const char *text, size_t length, int64_t *out)
{
    const bool negative = length > 0 && text[0] == '-';
    uint64_t amount;
    if (!parse_uint64(text + negative, length - negative, &amount) ||
        amount > (uint64_t)INT64_MAX + negative)
        return false;
    *out = (int64_t)(negative ? 0 - amount : amount);
    return true;
}

/* True for digits with or without a '-', however many. */
static bool is_integer(const char *text, size_t length)
{
    size_t i = length > 0 && text[0] == '-';
    if (i == length)
        return false;
    for (; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static parse_result why_no_integer(const char *text, size_t length)
{
    return is_integer(text, length) ? PARSE_RANGE : PARSE_SYNTAX;
}

bool parse_word_bool(const char *text, size_t length, bool *out)
{
    static const char YES[] = "true";
    static const char NO[] = "false";
    *out = length == sizeof YES - 1;
    const char *word = *out ? YES : NO;
    if (length != strlen(word))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text[i] | 0x20) != word[i])
            return false;
    return true;
}

static parse_result parse_bool(const mmf_field *field, const char *text, size_t length,
                               unsigned char *raw)
{
    bool value;
    (void)field;
    if (length == 1 && (*text == '0' || *text == '1'))
        value = *text == '1';
    else if (!parse_word_bool(text, length, &value))
        return PARSE_SYNTAX;
    *raw = value;
    return PARSE_OK;
}

/* parse_int8 and so on. */
#define DEFINE_PARSE_INTEGER(name, c_type, wide_type, parse_wide, min, max)                        \
    static parse_result name(const mmf_field *field, const char *text, size_t length,              \
                             unsigned char *raw)                                                   \
    {                                                                                              \
        wide_type value;                                                                           \
        (void)field;                                                                               \
        if (!parse_wide(text, length, &value))                                                     \
            return why_no_integer(text, length);                                                   \
        if (value < (min) || value > (max))                                                        \
            return PARSE_RANGE;                                                                    \
        const c_type narrow = (c_type)value;                                                       \
        memcpy(raw, &narrow, sizeof narrow);                                                       \
        return PARSE_OK;                                                                           \
    }

DEFINE_PARSE_INTEGER(parse_i8, int8_t, int64_t, parse_int64, INT8_MIN, INT8_MAX)
DEFINE_PARSE_INTEGER(parse_i16, int16_t, int64_t, parse_int64, INT16_MIN, INT16_MAX)
DEFINE_PARSE_INTEGER(parse_i32, int32_t, int64_t, parse_int64, INT32_MIN, INT32_MAX)
DEFINE_PARSE_INTEGER(parse_i64, int64_t, int64_t, parse_int64, INT64_MIN, INT64_MAX)
DEFINE_PARSE_INTEGER(parse_u8, uint8_t, int64_t, parse_int64, 0, UINT8_MAX)
DEFINE_PARSE_INTEGER(parse_u16, uint16_t, int64_t, parse_int64, 0, UINT16_MAX)
DEFINE_PARSE_INTEGER(parse_u32, uint32_t, int64_t, parse_int64, 0, UINT32_MAX)
#undef DEFINE_PARSE_INTEGER

static parse_result parse_u64(const mmf_field *field, const char *text, size_t length,
                              unsigned char *raw)
{
    uint64_t value;
    (void)field;
    if (!parse_uint64(text, length, &value))
        return why_no_integer(text, length);
    memcpy(raw, &value, sizeof value);
    return PARSE_OK;
}

/* ---- Other numbers ---- */

static parse_result parse_f64(const mmf_field *field, const char *text, size_t length,
                              unsigned char *raw)
{
    double value = 0;
    (void)field;
    const parse_result result = parse_float64(text, length, &value);
    memcpy(raw, &value, sizeof value);
    return result;
}

static parse_result parse_f32(const mmf_field *field, const char *text, size_t length,
                              unsigned char *raw)
{
    float value = 0;
    (void)field;
    const parse_result result = parse_float32(text, length, &value);
    memcpy(raw, &value, sizeof value);
    return result;
}

static parse_result parse_decimal(const mmf_field *field, const char *text, size_t length,
                                  unsigned char *raw)
{
    int64_t units;
    const mmf_status status =
        mmf_decimal_read(text, length, field->precision, field->scale, &units);
    memcpy(raw, &units, sizeof units);
    if (status == MMF_OK)
        return PARSE_OK;
    if (status != MMF_ERR_RANGE)
        return PARSE_SYNTAX;
    /* It has digits to spare after the point, or before it. */
    return mmf_decimal_read(text, length, MMF_DECIMAL_DIGITS_MAX, field->scale, &units) == MMF_OK
               ? PARSE_RANGE
               : PARSE_DIGITS;
}

static parse_result parse_timestamp(const mmf_field *field, const char *text, size_t length,
                                    unsigned char *raw)
{
    int64_t units = 0;
    parse_result result = PARSE_OK;
    if (!parse_int64(text, length, &units)) {
        result = parse_iso_time(text, length, field->scale, &units, NULL);
        if (result == PARSE_SYNTAX)
            result = why_no_integer(text, length);
    }
    memcpy(raw, &units, sizeof units);
    return result;
}

static parse_result parse_date(const mmf_field *field, const char *text, size_t length,
                               unsigned char *raw)
{
    int32_t days = 0;
    const parse_result result = parse_iso_date(text, length, &days);
    if (result == PARSE_SYNTAX)
        return parse_i32(field, text, length, raw);
    memcpy(raw, &days, sizeof days);
    return result;
}

/* ---- Enums ---- */

static parse_result parse_enum(const mmf_field *field, const char *text, size_t length,
                               unsigned char *raw)
{
    const mmf_enum *of = field->enumeration;
    const mmf_enum_member *member = mmf_enum_find_name(of, text, length);
    int64_t value;
    if (member == NULL && parse_int64(text, length, &value))
        member = mmf_enum_find(of, value);
    if (member == NULL)
        return PARSE_MEMBER;
    memcpy(raw, &member->value, mmf_type_size(field->type, 0)); /* little-endian */
    return PARSE_OK;
}

/* ---- Text ---- */

bool parse_is_utf8(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + length;
    while (at < end) {
        uint64_t word;
        while (end - at >= 8 && (memcpy(&word, at, 8), word & UINT64_C(0x8080808080808080)) == 0)
            at += 8;
        if (at == end)
            break;
        const size_t size = utf8_length(at, (size_t)(end - at));
        if (size == 0)
            return false;
        at += size;
    }
    return true;
}

static parse_result parse_string(const mmf_field *field, const char *text, size_t length,
                                 unsigned char *raw)
{
    if (length > field->max)
        return PARSE_LENGTH;
    if (!parse_is_utf8(text, length))
        return PARSE_UTF8;
    const uint32_t size = (uint32_t)length;
    memcpy(raw, &size, sizeof size);
    memcpy(raw + sizeof size, text, length);
    return PARSE_OK;
}

/* The value of a hexadecimal digit; 16 for another character. */
static unsigned hexadecimal_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 16;
}

static parse_result parse_bytes(const mmf_field *field, const char *text, size_t length,
                                unsigned char *raw)
{
    if (length % 2 != 0)
        return PARSE_SYNTAX;
    if (length / 2 > field->max)
        return PARSE_LENGTH;
    const uint32_t size = (uint32_t)(length / 2);
    memcpy(raw, &size, sizeof size);
    raw += sizeof size;
    for (uint32_t i = 0; i < size; i++) {
        const unsigned high = hexadecimal_digit(text[2 * i]);
        const unsigned low = hexadecimal_digit(text[2 * i + 1]);
        if (high > 15 || low > 15)
            return PARSE_SYNTAX;
        raw[i] = (unsigned char)(high << 4 | low);
    }
    return PARSE_OK;
}

/* ---- Which ---- */

static parse_function integer_function_of(mmf_type type)
{
    switch (type) {
    case MMF_TYPE_INT8:
        return parse_i8;
    case MMF_TYPE_UINT8:
        return parse_u8;
    case MMF_TYPE_INT16:
        return parse_i16;
    case MMF_TYPE_UINT16:
        return parse_u16;
    case MMF_TYPE_INT32:
        return parse_i32;
    case MMF_TYPE_UINT32:
        return parse_u32;
    case MMF_TYPE_INT64:
        return parse_i64;
    default:
        return parse_u64;
    }
}

parse_function parse_function_of(const mmf_field *field)
{
    switch (field->logical) {
    case MMF_LOGICAL_TIMESTAMP:
        return parse_timestamp;
    case MMF_LOGICAL_DATE:
        return parse_date;
    case MMF_LOGICAL_DECIMAL:
        return parse_decimal;
    case MMF_LOGICAL_ENUM:
        return parse_enum;
    default:
        break;
    }
    switch (field->type) {
    case MMF_TYPE_BOOL:
        return parse_bool;
    case MMF_TYPE_FLOAT32:
        return parse_f32;
    case MMF_TYPE_FLOAT64:
        return parse_f64;
    case MMF_TYPE_STRING:
        return parse_string;
    case MMF_TYPE_BYTES:
        return parse_bytes;
    default:
        return integer_function_of(field->type);
    }
}

parse_result parse_trimmed(const mmf_field *field, const char *text, size_t length,
                           unsigned char *raw, parse_result before)
{
    const char *end = text + length;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    while (text < end && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if ((size_t)(end - text) == length || field->type == MMF_TYPE_STRING)
        return before;
    memset(raw, 0, mmf_field_stride(field));
    return parse_function_of(field)(field, text, (size_t)(end - text), raw);
}

/* ---- What was expected ---- */

static void expect_integer(mmf_type type, char *out, size_t size)
{
    const unsigned bits = mmf_type_size(type, 0) * 8;
    switch (type) {
    case MMF_TYPE_INT8:
    case MMF_TYPE_INT16:
    case MMF_TYPE_INT32:
    case MMF_TYPE_INT64: {
        const int64_t max = INT64_MAX >> (64 - bits);
        (void)snprintf(out, size, "a whole number from %" PRId64 " to %" PRId64, -max - 1, max);
        return;
    }
    default:
        (void)snprintf(out, size, "a whole number from 0 to %" PRIu64, UINT64_MAX >> (64 - bits));
    }
}

static void expect_member(const mmf_enum *of, char *out, size_t size)
{
    int length = snprintf(out, size, "a member of %s:", of->name);
    for (uint32_t i = 0; i < of->member_count && length > 0 && (size_t)length < size; i++) {
        if ((size_t)length + MMF_NAME_LENGTH_MAX + 8 > size) {
            (void)snprintf(out + length, size - (size_t)length, ", ...");
            return;
        }
        length += snprintf(out + length, size - (size_t)length, "%s %s", i > 0 ? "," : "",
                           of->members[i].name);
    }
}

static const char *unit_name(uint32_t scale)
{
    switch (scale) {
    case 0:
        return "seconds";
    case 3:
        return "milliseconds";
    case 6:
        return "microseconds";
    default:
        return "nanoseconds";
    }
}

static void expect_time(uint32_t scale, parse_result result, char *out, size_t size)
{
    if (result == PARSE_DIGITS)
        (void)snprintf(out, size, "a time in whole %s", unit_name(scale));
    else if (result == PARSE_RANGE && scale == 9)
        (void)snprintf(out, size, "a time from 1677-09-21 to 2262-04-11, which nanoseconds hold");
    else if (result == PARSE_RANGE)
        (void)snprintf(out, size, "a time that 64 bits of %s hold", unit_name(scale));
    else
        (void)snprintf(out, size, "a time such as 2024-01-31T12:30:59Z, or a whole number of %s",
                       unit_name(scale));
}

void parse_expected(const mmf_field *field, parse_result result, char *out, size_t size)
{
    switch (field->logical) {
    case MMF_LOGICAL_TIMESTAMP:
        expect_time(field->scale, result, out, size);
        return;
    case MMF_LOGICAL_DATE:
        (void)snprintf(out, size, "a date such as 2024-01-31, or a whole number of days");
        return;
    case MMF_LOGICAL_DECIMAL:
        if (result == PARSE_SYNTAX)
            (void)snprintf(out, size, "a number such as -12.5");
        else
            (void)snprintf(out, size, "a number of at most %u digits, %u of them after the point",
                           field->precision, field->scale);
        return;
    case MMF_LOGICAL_ENUM:
        expect_member(field->enumeration, out, size);
        return;
    default:
        break;
    }
    switch (field->type) {
    case MMF_TYPE_BOOL:
        (void)snprintf(out, size, "true, false, 1 or 0");
        return;
    case MMF_TYPE_FLOAT32:
    case MMF_TYPE_FLOAT64:
        (void)snprintf(out, size, result == PARSE_RANGE ? "a number that %s holds" : "a number",
                       mmf_type_name(field->type));
        return;
    case MMF_TYPE_STRING:
        if (result == PARSE_LENGTH)
            (void)snprintf(out, size, "at most %u bytes", field->max);
        else
            (void)snprintf(out, size, "UTF-8");
        return;
    case MMF_TYPE_BYTES:
        if (result == PARSE_LENGTH)
            (void)snprintf(out, size, "at most %u bytes, two hexadecimal digits each", field->max);
        else
            (void)snprintf(out, size, "two hexadecimal digits for each byte");
        return;
    default:
        expect_integer(field->type, out, size);
    }
}
