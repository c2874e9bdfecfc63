#include "json.h"
#include "../command/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64 /* of a value that is ignored */
#define SHOWN_MAX 60u

void json_open(json_reader *reader, const mmf_schema *schema, bool ignore)
{
    memset(reader, 0, sizeof *reader);
    reader->schema = schema;
    reader->ignore = ignore;
}

void json_close(json_reader *reader)
{
    free(reader->unescaped);
    memset(reader, 0, sizeof *reader);
}

static bool MMFI_PRINTF(3, 4) fail(json_reader *reader, const char *at, const char *format, ...)
{
    va_list list;
    reader->wrong_at = (size_t)(at - reader->begin);
    int length = reader->path_length > 0
                     ? snprintf(reader->wrong, sizeof reader->wrong, "%s: ", reader->path)
                     : 0;
    va_start(list, format);
    (void)vsnprintf(reader->wrong + length, sizeof reader->wrong - (size_t)length, format, list);
    va_end(list);
    return false;
}

/* ---- Tokens ---- */

static void skip_blanks(json_reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t' ||
                                        *reader->at == '\r' || *reader->at == '\n'))
        reader->at++;
}

static bool take_character(json_reader *reader, char c)
{
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static bool expect_character(json_reader *reader, char c, const char *what)
{
    return take_character(reader, c) || fail(reader, reader->at, "expected '%c' %s", c, what);
}

static bool take_hexadecimal(const char *at, const char *end, unsigned *out)
{
    *out = 0;
    if (end - at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        const char c = at[i];
        const char lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            *out = *out * 16 + (unsigned)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            *out = *out * 16 + (unsigned)(lower - 'a') + 10;
        else
            return false;
    }
    return true;
}

static char *write_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *to++ = (char)(0xe0 | code >> 12);
        } else {
            *to++ = (char)(0xf0 | code >> 18);
            *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (code & 0x3f));
    return to;
}

/* "\u20ac", also in two halves; *at is after the 'u'. Half a pair is refused. */
static bool take_code_point(const char **at, const char *end, unsigned *out)
{
    unsigned low;
    if (!take_hexadecimal(*at, end, out))
        return false;
    *at += 4;
    if (*out < 0xd800 || *out > 0xdfff)
        return true;
    if (*out >= 0xdc00 || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u' ||
        !take_hexadecimal(*at + 2, end, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
    *at += 6;
    return true;
}

static bool take_escape(const char **at, const char *end, char **to)
{
    static const char NAMES[] = "\"\\/bfnrt";
    static const char MEANT[] = "\"\\/\b\f\n\r\t";
    if (*at == end)
        return false;
    const char c = *(*at)++;
    unsigned code;
    if (c == 'u') {
        if (!take_code_point(at, end, &code))
            return false;
        *to = write_utf8(*to, code);
        return true;
    }
    const char *found = c != '\0' ? strchr(NAMES, c) : NULL;
    if (found == NULL)
        return false;
    *(*to)++ = MEANT[found - NAMES];
    return true;
}

/* A string without its quotes; it is in reader->unescaped when it has escapes. */
static bool take_string(json_reader *reader, const char **text, size_t *length)
{
    const char *begin = reader->at;
    if (!expect_character(reader, '"', "before a string"))
        return false;
    const char *from = reader->at;
    const char *at = from;
    while (at < reader->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    *text = from;
    *length = (size_t)(at - from);
    if (at < reader->end && *at == '"') {
        reader->at = at + 1;
        return true;
    }
    /* What is left is longer than its text. */
    const size_t size = (size_t)(reader->end - from);
    if (size > reader->unescaped_size) {
        char *buffer = (char *)realloc(reader->unescaped, size);
        if (buffer == NULL) {
            reader->no_memory = true;
            return false;
        }
        reader->unescaped = buffer;
        reader->unescaped_size = size;
    }
    char *to = reader->unescaped;
    for (at = from; at < reader->end && *at != '"';) {
        if ((unsigned char)*at < 0x20)
            return fail(reader, at, "a control character in a string; write an escape");
        const char *escape = at;
        if (*at != '\\')
            *to++ = *at++;
        else if (++at, !take_escape(&at, reader->end, &to))
            return fail(reader, escape, "an escape that JSON does not have");
    }
    if (at == reader->end)
        return fail(reader, begin, "this string has no closing quote");
    *text = reader->unescaped;
    *length = (size_t)(to - reader->unescaped);
    reader->at = at + 1;
    return true;
}

/* A number or a word: all up to what ends one. */
static void take_word(json_reader *reader, const char **text, size_t *length)
{
    skip_blanks(reader);
    *text = reader->at;
    while (reader->at < reader->end && strchr(",]} \t\r\n\"[{:", *reader->at) == NULL)
        reader->at++;
    *length = (size_t)(reader->at - *text);
}

static bool is_next(json_reader *reader, char c)
{
    skip_blanks(reader);
    return reader->at < reader->end && *reader->at == c;
}

/* Passes a value of any form. */
static bool skip_value(json_reader *reader, int depth)
{
    const char *text;
    size_t length;
    if (is_next(reader, '"'))
        return take_string(reader, &text, &length);
    const bool object = is_next(reader, '{');
    if (!object && !is_next(reader, '[')) {
        take_word(reader, &text, &length);
        return length > 0 || fail(reader, reader->at, "expected a value");
    }
    if (depth == DEPTH_MAX)
        return fail(reader, reader->at, "values within values are more than %d deep", DEPTH_MAX);
    const char close = object ? '}' : ']';
    reader->at++;
    if (take_character(reader, close))
        return true;
    do {
        if (object && (!take_string(reader, &text, &length) ||
                       !expect_character(reader, ':', "after a name")))
            return false;
        if (!skip_value(reader, depth + 1))
            return false;
    } while (take_character(reader, ','));
    return expect_character(reader, close, "or a comma after a value");
}

/* ---- Values ---- */

static size_t push_path(json_reader *reader, const char *format, const char *name, uint32_t index)
{
    const size_t before = reader->path_length;
    char part[MMF_NAME_LENGTH_MAX + 16];
    (void)snprintf(part, sizeof part, format, name, index);
    const size_t length = strlen(part);
    if (before + length < sizeof reader->path) {
        memcpy(reader->path + before, part, length + 1);
        reader->path_length = before + length;
    }
    return before;
}

static void pop_path(json_reader *reader, size_t before)
{
    reader->path_length = before;
    reader->path[before] = '\0';
}

static bool refuse(json_reader *reader, const mmf_field *field, parse_result why, const char *at,
                   const char *text, size_t length)
{
    char expected[PARSE_EXPECTED_SIZE];
    char shown[SHOWN_MAX + 8];
    const size_t kept = length <= SHOWN_MAX ? length : SHOWN_MAX;
    (void)report_printable(text, kept, shown, sizeof shown);
    parse_expected(field, why, expected, sizeof expected);
    return fail(reader, at, "found '%s%s', expected %s", shown, kept < length ? "..." : "",
                expected);
}

static bool fill_fields(json_reader *reader, const mmf_field *fields, uint32_t count,
                        uint32_t validity_offset, unsigned char *base);

static bool fill_one(json_reader *reader, const mmf_field *field, unsigned char *raw)
{
    if (field->structure != NULL)
        return fill_fields(reader, field->structure->fields, field->structure->field_count,
                           field->structure->validity_offset, raw);
    const char *text;
    size_t length;
    skip_blanks(reader);
    const char *at = reader->at;
    if (is_next(reader, '"')) {
        if (!take_string(reader, &text, &length))
            return false;
    } else {
        take_word(reader, &text, &length);
        if (mmf_type_is_sized(field->type))
            return fail(reader, at, "expected a string");
    }
    const parse_result result = parse_value(field, parse_function_of(field), text, length, raw);
    return result == PARSE_OK || refuse(reader, field, result, at, text, length);
}

static bool fill_array(json_reader *reader, const mmf_field *field, unsigned char *raw)
{
    if (!expect_character(reader, '[', "before the elements of an array"))
        return false;
    for (uint32_t i = 0; i < field->count; i++) {
        if (i > 0 && !take_character(reader, ','))
            return fail(reader, reader->at, "found %u elements, expected %u", i, field->count);
        const size_t before = push_path(reader, "%s[%u]", "", i);
        if (!fill_one(reader, field, raw + (size_t)i * mmf_field_stride(field)))
            return false;
        pop_path(reader, before);
    }
    if (is_next(reader, ','))
        return fail(reader, reader->at, "found more than %u elements", field->count);
    return expect_character(reader, ']', "after the last element");
}

static void set_valid(const mmf_field *field, uint32_t validity_offset, unsigned char *base)
{
    if (field->null_bit > 0) {
        unsigned char *byte = base + validity_offset + (field->null_bit - 1) / 8;
        *byte = (unsigned char)(*byte | 1u << (field->null_bit - 1) % 8);
    }
}

static bool take_null(json_reader *reader)
{
    skip_blanks(reader);
    if (reader->end - reader->at < 4 || memcmp(reader->at, "null", 4) != 0)
        return false;
    reader->at += 4;
    return true;
}

static bool fill_field(json_reader *reader, const mmf_field *field, uint32_t validity_offset,
                       unsigned char *base)
{
    skip_blanks(reader);
    const char *at = reader->at;
    if (take_null(reader))
        return field->null_bit > 0 || fail(reader, at, "is null, and the field is never null");
    set_valid(field, validity_offset, base);
    return field->count > 0 ? fill_array(reader, field, base + field->offset)
                            : fill_one(reader, field, base + field->offset);
}

/* ---- What has no member ---- */

static bool fill_default(json_reader *reader, const char *at, const mmf_field *field,
                         uint32_t validity_offset, unsigned char *base)
{
    const char *text = field->default_text;
    if (text == NULL)
        return field->null_bit > 0 ||
               fail(reader, at,
                    "there is no '%s', which the schema has; it needs a default, or a "
                    "'?' after its type",
                    field->name);
    size_t length = strlen(text);
    if (field->type == MMF_TYPE_STRING && length >= 2) { /* in quotes */
        text++;
        length -= 2;
    }
    set_valid(field, validity_offset, base);
    const parse_result result = parse_function_of(field)(field, text, length, base + field->offset);
    return result == PARSE_OK || refuse(reader, field, result, at, text, length);
}

/* ---- Objects ---- */

static uint32_t find_field(const mmf_field *fields, uint32_t count, const char *name, size_t length)
{
    uint32_t i = 0;
    while (i < count &&
           (strlen(fields[i].name) != length || memcmp(fields[i].name, name, length) != 0))
        i++;
    return i;
}

static bool fill_member(json_reader *reader, const mmf_field *fields, uint32_t count,
                        uint32_t validity_offset, unsigned char *base, uint8_t *seen)
{
    const char *name;
    size_t length;
    skip_blanks(reader);
    const char *at = reader->at;
    if (!take_string(reader, &name, &length))
        return false;
    const uint32_t index = find_field(fields, count, name, length);
    char shown[SHOWN_MAX + 8];
    (void)report_printable(name, length < SHOWN_MAX ? length : SHOWN_MAX, shown, sizeof shown);
    if (!expect_character(reader, ':', "after a name"))
        return false;
    if (index == count && reader->ignore)
        return skip_value(reader, 0);
    if (index == count)
        return fail(reader, at,
                    "'%s' belongs to no field of the schema; name it like one, or give "
                    "--ignore-columns",
                    shown);
    if ((seen[index / 8] >> index % 8 & 1) != 0)
        return fail(reader, at, "'%s' is there twice; delete one of them", shown);
    seen[index / 8] = (uint8_t)(seen[index / 8] | 1u << index % 8);
    const size_t before =
        push_path(reader, reader->path_length > 0 ? ".%s" : "%s", fields[index].name, 0);
    if (!fill_field(reader, &fields[index], validity_offset, base))
        return false;
    pop_path(reader, before);
    return true;
}

static bool fill_fields(json_reader *reader, const mmf_field *fields, uint32_t count,
                        uint32_t validity_offset, unsigned char *base)
{
    uint8_t seen[MMF_FIELDS_MAX / 8] = {0};
    skip_blanks(reader);
    const char *at = reader->at;
    if (!expect_character(reader, '{', "before the members of an object"))
        return false;
    if (!take_character(reader, '}')) {
        do {
            if (!fill_member(reader, fields, count, validity_offset, base, seen))
                return false;
        } while (take_character(reader, ','));
        if (!expect_character(reader, '}', "or a comma after a value"))
            return false;
    }
    for (uint32_t i = 0; i < count; i++)
        if ((seen[i / 8] >> i % 8 & 1) == 0 &&
            !fill_default(reader, at, &fields[i], validity_offset, base))
            return false;
    return true;
}

bool json_fill(json_reader *reader, const char *line, size_t length, unsigned char *raw)
{
    const mmf_schema *schema = reader->schema;
    reader->begin = line;
    reader->at = line;
    reader->end = line + length;
    reader->path_length = 0;
    reader->path[0] = '\0';
    memset(raw, 0, schema->record_size);
    if (!fill_fields(reader, schema->fields, schema->field_count, schema->validity_offset, raw))
        return false;
    skip_blanks(reader);
    return reader->at == reader->end || fail(reader, reader->at, "text after the object");
}
