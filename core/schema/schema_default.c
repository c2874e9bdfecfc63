/* Defaults of fields, as the schema language writes them. */
#include "traits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const mmf_enum_member *mmf_enum_find(const mmf_enum *enumeration, int64_t value)
{
    for (uint32_t i = 0; i < enumeration->member_count; i++)
        if (enumeration->members[i].value == value)
            return &enumeration->members[i];
    return NULL;
}

const mmf_enum_member *mmf_enum_find_name(const mmf_enum *enumeration, const char *name,
                                          size_t length)
{
    for (uint32_t i = 0; i < enumeration->member_count; i++)
        if (strlen(enumeration->members[i].name) == length &&
            memcmp(enumeration->members[i].name, name, length) == 0)
            return &enumeration->members[i];
    return NULL;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

static size_t count_digits(const char *text, size_t length)
{
    size_t digits = 0;
    while (digits < length && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    return digits;
}

/*
 * The parts of "-12.5e-3"; false for text that is no such number, and for leading zeroes, which
 * would make it octal in C and an error in Python.
 */
typedef struct number_parts {
    bool negative;
    const char *whole;
    size_t whole_length;
    const char *fraction; /* after the '.' */
    size_t fraction_length;
    bool has_exponent;
} number_parts;

static bool take_parts(const char *text, size_t length, number_parts *out)
{
    memset(out, 0, sizeof *out);
    const char *at = text;
    const char *end = text + length;
    out->negative = at < end && *at == '-';
    at += out->negative;
    out->whole = at;
    out->whole_length = count_digits(at, (size_t)(end - at));
    at += out->whole_length;
    if (at < end && *at == '.') {
        out->fraction = ++at;
        out->fraction_length = count_digits(at, (size_t)(end - at));
        at += out->fraction_length;
        if (out->fraction_length == 0)
            return false;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        out->has_exponent = true;
        at++;
        at += at < end && (*at == '-' || *at == '+');
        const size_t digits = count_digits(at, (size_t)(end - at));
        if (digits == 0)
            return false;
        at += digits;
    }
    const bool has_leading_zero = out->whole_length > 1 && out->whole[0] == '0';
    return out->whole_length > 0 && !has_leading_zero && at == end;
}

/* The number that decimal digits mean; false when it exceeds max. */
static bool take_digits(const char *digits, size_t count, uint64_t max, uint64_t *value)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t digit = (uint64_t)(digits[i] - '0');
        if (*value > (max - digit) / 10)
            return false;
        *value = *value * 10 + digit;
    }
    return true;
}

static bool is_integer_of(mmf_type type, const char *text, size_t length)
{
    number_parts parts;
    if (!take_parts(text, length, &parts) || parts.fraction != NULL || parts.has_exponent)
        return false;
    const bool with_sign = mmfi_type_is_signed(type);
    const uint64_t most = UINT64_MAX >> (64 - mmfi_type_bits(type) + (with_sign ? 1 : 0));
    uint64_t value = 0;
    if (parts.negative && !with_sign)
        return false;
    return take_digits(parts.whole, parts.whole_length, most + (parts.negative ? 1 : 0), &value);
}

static bool is_decimal_of(const mmf_field *field, const char *text, size_t length)
{
    number_parts parts;
    if (!take_parts(text, length, &parts) || parts.has_exponent ||
        parts.fraction_length > field->scale)
        return false;
    uint64_t most = 1;
    for (uint32_t i = 0; i < field->precision; i++)
        most *= 10;
    uint64_t value = 0;
    if (!take_digits(parts.whole, parts.whole_length, most - 1, &value) ||
        !take_digits(parts.fraction, parts.fraction_length, most - 1, &value))
        return false;
    for (size_t i = parts.fraction_length; i < field->scale; i++)
        if (!take_digits("0", 1, most - 1, &value))
            return false;
    return true;
}

static bool is_text_of(const mmf_field *field, const char *text, size_t length)
{
    if (length < 2 || text[0] != '"' || text[length - 1] != '"' || length - 2 > field->max)
        return false;
    for (size_t i = 1; i < length - 1; i++)
        if (text[i] == '"' || text[i] == '\\' || (unsigned char)text[i] < 0x20)
            return false;
    return true;
}

static bool is_suitable(const mmf_field *field, const char *text, size_t length)
{
    number_parts parts;
    if (field->count > 0 || field->structure != NULL)
        return false;
    switch (field->logical) {
    case MMF_LOGICAL_ENUM:
        return mmf_enum_find_name(field->enumeration, text, length) != NULL;
    case MMF_LOGICAL_DECIMAL:
        return is_decimal_of(field, text, length);
    default:
        break;
    }
    switch (field->type) {
    case MMF_TYPE_BOOL:
        return is_word(text, length, "true") || is_word(text, length, "false");
    case MMF_TYPE_FLOAT32:
    case MMF_TYPE_FLOAT64:
        return take_parts(text, length, &parts);
    case MMF_TYPE_STRING:
        return is_text_of(field, text, length);
    case MMF_TYPE_BYTES:
    case MMF_TYPE_NONE:
        return false;
    default:
        return is_integer_of(field->type, text, length);
    }
}

static void say_expected(const mmf_field *field, char *out)
{
    const uint32_t bits = mmfi_type_bits(field->type);
    if (field->count > 0 || field->structure != NULL || field->type == MMF_TYPE_BYTES)
        (void)snprintf(out, MMF_EXPECTED_SIZE,
                       "none: arrays, structs and bytes have no defaults but zeroes");
    else if (field->logical == MMF_LOGICAL_ENUM)
        (void)snprintf(out, MMF_EXPECTED_SIZE, "a member of '%s', as in '%s'",
                       field->enumeration->name, field->enumeration->members[0].name);
    else if (field->logical == MMF_LOGICAL_DECIMAL)
        (void)snprintf(out, MMF_EXPECTED_SIZE,
                       "a decimal number of at most %" PRIu32 " digits, %" PRIu32
                       " of them after the point",
                       field->precision, field->scale);
    else if (field->type == MMF_TYPE_BOOL)
        (void)snprintf(out, MMF_EXPECTED_SIZE, "'true' or 'false'");
    else if (field->type == MMF_TYPE_FLOAT32 || field->type == MMF_TYPE_FLOAT64)
        (void)snprintf(out, MMF_EXPECTED_SIZE, "a number, as in '1.5' or '-2e-3'");
    else if (field->type == MMF_TYPE_STRING)
        (void)snprintf(out, MMF_EXPECTED_SIZE,
                       "text in quotes of at most %" PRIu32 " bytes, without '\"' and '\\'",
                       field->max);
    else if (mmfi_type_is_signed(field->type))
        (void)snprintf(out, MMF_EXPECTED_SIZE, "a whole number from %" PRId64 " to %" PRId64,
                       -(int64_t)(UINT64_MAX >> (65 - bits)) - 1,
                       (int64_t)(UINT64_MAX >> (65 - bits)));
    else
        (void)snprintf(out, MMF_EXPECTED_SIZE, "a whole number from 0 to %" PRIu64,
                       UINT64_MAX >> (64 - bits));
}

bool mmf_field_default_check(const mmf_field *field, const char *text, size_t length,
                             char *expected)
{
    if (is_suitable(field, text, length))
        return true;
    say_expected(field, expected);
    return false;
}
