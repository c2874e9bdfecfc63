#include "column.h"
#include "../text/parse.h"
#include "../text/parse_float.h"
#include "../text/parse_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Bits of column.may_be. */
enum {
    MAY_BE_BOOL = 1,
    MAY_BE_INTEGER = 2,
    MAY_BE_DECIMAL = 4,
    MAY_BE_FLOAT = 8,
    MAY_BE_DATE = 16,
    MAY_BE_TIME = 32
};

#define FLOAT_DIGITS   15u /* that every float64 keeps */
#define DECIMAL_DIGITS 18u
#define SCALE_MIN      2u
#define SCALE_MAX      9u

void column_init(column *of)
{
    memset(of, 0, sizeof *of);
    of->may_be =
        MAY_BE_BOOL | MAY_BE_INTEGER | MAY_BE_DECIMAL | MAY_BE_FLOAT | MAY_BE_DATE | MAY_BE_TIME;
    of->least = INT64_MAX;
    of->most = INT64_MIN;
    of->digits_least = UINT32_MAX;
    of->scale = UINT32_MAX;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The parts of "-12.50": digits before and after the point. False for another form. */
static bool split_number(const char *text, size_t length, uint32_t *whole, uint32_t *fraction)
{
    size_t at = length > 0 && text[0] == '-';
    const size_t first = at;
    while (at < length && is_digit(text[at]))
        at++;
    *whole = (uint32_t)(at - first);
    *fraction = 0;
    if (at < length && text[at] == '.') {
        const size_t point = at++;
        while (at < length && is_digit(text[at]))
            at++;
        *fraction = (uint32_t)(at - point - 1);
    }
    return at == length && *whole > 0;
}

/* "007" and "00.5": what is written so is a name, or has lost its meaning as a number. */
static bool has_leading_zero(const char *text, size_t length)
{
    const size_t at = length > 0 && (text[0] == '-' || text[0] == '+');
    return length > at + 1 && text[at] == '0' && is_digit(text[at + 1]);
}

static bool take_integer(column *of, const char *text, size_t length)
{
    int64_t value;
    uint64_t large;
    if (length == 2 && memcmp(text, "-0", 2) == 0)
        return false;
    const uint32_t digits = (uint32_t)(length - (text[0] == '-'));
    if (parse_int64(text, length, &value)) {
        of->least = value < of->least ? value : of->least;
        of->most = value > of->most ? value : of->most;
    } else if (parse_uint64(text, length, &large)) {
        of->most_unsigned = large > of->most_unsigned ? large : of->most_unsigned;
    } else {
        return false;
    }
    of->digits_least = digits < of->digits_least ? digits : of->digits_least;
    of->digits_most = digits > of->digits_most ? digits : of->digits_most;
    return true;
}

static bool take_decimal(column *of, const char *text, size_t length)
{
    uint32_t whole;
    uint32_t fraction;
    if (!split_number(text, length, &whole, &fraction) || fraction < SCALE_MIN ||
        fraction > SCALE_MAX || (of->scale != UINT32_MAX && of->scale != fraction))
        return false;
    of->scale = fraction;
    of->whole = whole > of->whole ? whole : of->whole;
    of->ends_in_zero = of->ends_in_zero || text[length - 1] == '0';
    return of->whole + fraction <= DECIMAL_DIGITS;
}

static bool take_float(const char *text, size_t length)
{
    double value;
    uint32_t whole;
    uint32_t fraction;
    if (split_number(text, length, &whole, &fraction) && fraction == 0 && whole > FLOAT_DIGITS)
        return false;
    return parse_float64(text, length, &value) == PARSE_OK;
}

static bool take_time(column *of, const char *text, size_t length)
{
    int64_t units;
    parse_time_form form;
    const parse_result result = parse_iso_time(text, length, 9, &units, &form);
    if (result != PARSE_OK && result != PARSE_RANGE)
        return false;
    of->beyond_ns = of->beyond_ns || result == PARSE_RANGE;
    of->fraction = form.fraction > of->fraction ? form.fraction : of->fraction;
    of->has_zone = of->has_zone || form.has_zone;
    of->lacks_zone = of->lacks_zone || !form.has_zone;
    return true;
}

static void keep_if(column *of, unsigned bit, bool good)
{
    if (!good)
        of->may_be &= ~bit;
}

static void take_word(column *of, const char *text, size_t length)
{
    if (of->word_count > COLUMN_WORDS_MAX)
        return;
    if (length < COLUMN_WORD_SIZE) {
        for (uint32_t i = 0; i < of->word_count; i++)
            if (strlen(of->words[i]) == length && memcmp(of->words[i], text, length) == 0)
                return;
        if (of->word_count < COLUMN_WORDS_MAX && memchr(text, '\0', length) == NULL) {
            memcpy(of->words[of->word_count], text, length);
            of->words[of->word_count++][length] = '\0';
            return;
        }
    }
    of->word_count = COLUMN_WORDS_MAX + 1;
}

void column_take(column *of, const csv_cell *cell)
{
    const char *text = cell->text;
    size_t length = cell->length;
    if (length == 0) {
        of->empty += !cell->quoted;
        of->quoted_empty += cell->quoted;
        return;
    }
    of->values++;
    of->longest = cell->length > of->longest ? cell->length : of->longest;
    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (length == 0 || has_leading_zero(text, length))
        of->may_be &= ~(unsigned)(MAY_BE_INTEGER | MAY_BE_DECIMAL | MAY_BE_FLOAT);
    if (length == 0)
        of->may_be = 0;
    if ((of->may_be & MAY_BE_BOOL) != 0) {
        bool value;
        keep_if(of, MAY_BE_BOOL, parse_word_bool(text, length, &value));
    }
    if ((of->may_be & MAY_BE_INTEGER) != 0)
        keep_if(of, MAY_BE_INTEGER, take_integer(of, text, length));
    if ((of->may_be & MAY_BE_DECIMAL) != 0)
        keep_if(of, MAY_BE_DECIMAL, take_decimal(of, text, length));
    if ((of->may_be & MAY_BE_FLOAT) != 0)
        keep_if(of, MAY_BE_FLOAT, take_float(text, length));
    if ((of->may_be & MAY_BE_DATE) != 0) {
        int32_t days;
        keep_if(of, MAY_BE_DATE, parse_iso_date(text, length, &days) == PARSE_OK);
    }
    if ((of->may_be & MAY_BE_TIME) != 0)
        keep_if(of, MAY_BE_TIME, take_time(of, text, length));
    if (of->may_be == 0) {
        of->not_utf8 = of->not_utf8 || !parse_is_utf8(cell->text, cell->length);
        take_word(of, cell->text, cell->length);
    }
}

/* ---- The type ---- */

static char lower_of(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* True when a part of the name is the word, in any case. */
static bool has_word(const char *name, size_t length, const char *word)
{
    const size_t size = strlen(word);
    for (size_t i = 0; i + size <= length; i++) {
        size_t j = 0;
        while (j < size && lower_of(name[i + j]) == word[j])
            j++;
        if (j == size)
            return true;
    }
    return false;
}

static bool is_name_of_time(const char *name, size_t length)
{
    return has_word(name, length, "time") || has_word(name, length, "date") ||
           (length == 2 && has_word(name, length, "ts")) ||
           (length > 3 &&
            (has_word(name + length - 3, 3, "_at") || has_word(name + length - 3, 3, "_ts")));
}

/* The unit of whole numbers that are times since 1970; NULL when they are not. */
static const char *unit_of_integers(const column *of, const char *name, size_t length)
{
    if (of->least < 0 || of->digits_least != of->digits_most || !is_name_of_time(name, length))
        return NULL;
    switch (of->digits_most) {
    case 10:
        return "s";
    case 13:
        return "ms";
    case 16:
        return "us";
    case 19:
        return of->most_unsigned == 0 ? "ns" : NULL;
    default:
        return NULL;
    }
}

static void write_integer(const column *of, const char *name, size_t length, char *type, char *note)
{
    const char *unit = unit_of_integers(of, name, length);
    if (unit != NULL)
        (void)snprintf(type, COLUMN_TYPE_SIZE, "timestamp[%s]", unit);
    else if (of->most_unsigned > 0)
        (void)snprintf(type, COLUMN_TYPE_SIZE, "uint64");
    else
        (void)snprintf(type, COLUMN_TYPE_SIZE, "%s",
                       of->least >= INT32_MIN / 2 && of->most <= INT32_MAX / 2 ? "int32" : "int64");
    if (unit == NULL && of->most_unsigned == 0 && of->least == of->most)
        (void)snprintf(note, COLUMN_NOTE_SIZE, "always %" PRId64, of->most);
    else if (unit == NULL && of->most_unsigned == 0)
        (void)snprintf(note, COLUMN_NOTE_SIZE, "%" PRId64 " to %" PRId64, of->least, of->most);
}

/* False when the digits and the range need different units. */
static bool write_time(const column *of, char *type, char *note)
{
    const char *unit = of->fraction == 0   ? "s"
                       : of->fraction <= 3 ? "ms"
                       : of->fraction <= 6 ? "us"
                                           : "ns";
    if (of->beyond_ns && of->fraction > 6)
        return false;
    (void)snprintf(type, COLUMN_TYPE_SIZE, "timestamp[%s]", unit);
    if (!of->has_zone)
        (void)snprintf(note, COLUMN_NOTE_SIZE, "the file has no time zone: taken for UTC");
    else if (of->lacks_zone)
        (void)snprintf(note, COLUMN_NOTE_SIZE, "some have no time zone: taken for UTC");
    return true;
}

#define WORD_ROWS_MIN 5u /* of each word, on average */

static void note_words(const column *of, char *note)
{
    int length = snprintf(note, COLUMN_NOTE_SIZE, "the longest has %u byte%s", of->longest,
                          of->longest == 1 ? "" : "s");
    if (of->word_count > COLUMN_WORDS_MAX || of->word_count < 2 ||
        of->values < (uint64_t)of->word_count * WORD_ROWS_MIN)
        return;
    for (uint32_t i = 0; i < of->word_count && length > 0; i++)
        length += snprintf(note + length, COLUMN_NOTE_SIZE - (size_t)length, "%s %s",
                           i == 0 ? "; only" : ",", of->words[i]);
}

static bool write_string(const column *of, char *type, char *note)
{
    const uint32_t size = (of->longest + 7) / 8 * 8;
    if (of->not_utf8 || of->longest > COLUMN_STRING_MAX) {
        (void)snprintf(note, COLUMN_NOTE_SIZE,
                       of->not_utf8 ? "a value is not UTF-8; convert the file, for example by iconv"
                                    : "a value has %u bytes; a string has at most %u",
                       of->longest, COLUMN_STRING_MAX);
        return false;
    }
    (void)snprintf(type, COLUMN_TYPE_SIZE, "string[%u]", size > 0 ? size : 8);
    if (of->values == 0)
        (void)snprintf(note, COLUMN_NOTE_SIZE, "there is no value");
    else
        note_words(of, note);
    return true;
}

static bool is_decimal(const column *of)
{
    return (of->may_be & MAY_BE_DECIMAL) != 0 && of->ends_in_zero;
}

bool column_type(const column *of, const char *name, size_t name_length,
                 char type[COLUMN_TYPE_SIZE], char note[COLUMN_NOTE_SIZE])
{
    const unsigned may_be = of->values > 0 ? of->may_be : 0;
    bool is_text = false;
    type[0] = '\0';
    note[0] = '\0';
    if ((may_be & MAY_BE_BOOL) != 0) {
        (void)snprintf(type, COLUMN_TYPE_SIZE, "bool");
    } else if ((may_be & MAY_BE_INTEGER) != 0 && (of->most_unsigned == 0 || of->least >= 0)) {
        write_integer(of, name, name_length, type, note);
    } else if (may_be != 0 && is_decimal(of)) {
        (void)snprintf(type, COLUMN_TYPE_SIZE, "decimal(%u,%u)", DECIMAL_DIGITS, of->scale);
    } else if ((may_be & MAY_BE_FLOAT) != 0) {
        (void)snprintf(type, COLUMN_TYPE_SIZE, "float64");
    } else if ((may_be & MAY_BE_DATE) != 0) {
        (void)snprintf(type, COLUMN_TYPE_SIZE, "date");
    } else if ((may_be & MAY_BE_TIME) == 0 || !write_time(of, type, note)) {
        is_text = true;
        if (!write_string(of, type, note))
            return false;
    }
    if (of->empty > 0 || (of->quoted_empty > 0 && !is_text))
        (void)strcat(type, "?");
    return true;
}
