/*
 * Values as text, read into the bytes that a raw record has for them: of CSV and JSON, and the
 * defaults of a schema.
 *
 * Nothing is guessed, rounded or cut: a text is the value of its field, exactly, or it is refused.
 * The one rounding is that of a float, to the nearest (parse_float.h). What each type takes:
 *
 *   bool           true, false (in any case), 1, 0
 *   integers       decimal digits, a '-' before them for the signed
 *   floats         as parse_float.h says
 *   string         any UTF-8 of at most the field's bytes
 *   bytes          two hexadecimal digits for each
 *   timestamp      as parse_time.h says, or a whole number in the unit of the field
 *   date           2024-01-31, or a whole number of days since 1970-01-01
 *   decimal        digits with a point; zeroes beyond the scale lose nothing
 *   enum           the name of a member, or its number
 *
 * Blanks and tabs around a value are ignored, but not those of text. Nothing beyond the length of a
 * text is read. Any thread may call these.
 */
#ifndef MMF_TEXT_PARSE_H
#define MMF_TEXT_PARSE_H

#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

typedef enum parse_result {
    PARSE_OK = 0,
    PARSE_SYNTAX, /* not a text of such a value */
    PARSE_RANGE,  /* beyond what the type holds */
    PARSE_DIGITS, /* more digits after the point than the type keeps */
    PARSE_LENGTH, /* more bytes than the field has */
    PARSE_UTF8,   /* text that is not UTF-8 */
    PARSE_MEMBER  /* of no member of the enum */
} parse_result;

/*
 * Reads a value of one element of the field, which is not a struct, into raw: mmf_field_stride
 * bytes, which were zero. They are not to be used unless it returns PARSE_OK.
 */
typedef parse_result (*parse_function)(const mmf_field *field, const char *text, size_t length,
                                       unsigned char *raw);

/* The one for the values of a field. */
parse_function parse_function_of(const mmf_field *field);

/*
 * The second attempt, without the blanks around the value; before is the result of the first one,
 * and that of this one when there are no blanks.
 */
MMFI_COLD parse_result parse_trimmed(const mmf_field *field, const char *text, size_t length,
                                     unsigned char *raw, parse_result before);

/* Reads a value as above; function is parse_function_of(field). */
static inline parse_result parse_value(const mmf_field *field, parse_function function,
                                       const char *text, size_t length, unsigned char *raw)
{
    const parse_result result = function(field, text, length, raw);
    return MMFI_LIKELY(result == PARSE_OK) ? PARSE_OK
                                           : parse_trimmed(field, text, length, raw, result);
}

/* Bytes that hold any text of parse_expected, with its NUL. */
#define PARSE_EXPECTED_SIZE 512

/* Writes what was expected of a field, after that result: "a whole number from 0 to 255". */
void parse_expected(const mmf_field *field, parse_result result, char *out, size_t size);

/* ---- Parts of it, for those who ask what a text may be ---- */

/* A whole number; false also when it does not fit. */
bool parse_int64(const char *text, size_t length, int64_t *out);
bool parse_uint64(const char *text, size_t length, uint64_t *out);

/* true and false, in any case. */
bool parse_word_bool(const char *text, size_t length, bool *out);

/* True for valid UTF-8; surrogates and overlong forms are not. */
bool parse_is_utf8(const char *text, size_t length);

MMF_END_DECLS

#endif
