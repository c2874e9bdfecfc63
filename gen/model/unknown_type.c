/* Suggests a type for a word that is not a type. */
#include "unknown_type.h"

#include <string.h>

#include "../front/edits.h"
#include "mmapforge/types.h"

/* Types of other languages. */
/* clang-format off */
static const struct {
    const char *written;
    const char *meant;
} ALIASES[] = {
    {"double", "float64"}, {"float", "float32"},   {"f64", "float64"},       {"f32", "float32"},
    {"real", "float64"},   {"int", "int32"},       {"integer", "int64"},     {"long", "int64"},
    {"short", "int16"},    {"byte", "uint8"},      {"char", "uint8"},        {"i8", "int8"},
    {"i16", "int16"},      {"i32", "int32"},       {"i64", "int64"},         {"u8", "uint8"},
    {"u16", "uint16"},     {"u32", "uint32"},      {"u64", "uint64"},        {"uint", "uint32"},
    {"uint8_t", "uint8"},  {"uint16_t", "uint16"}, {"uint32_t", "uint32"},   {"uint64_t", "uint64"},
    {"int8_t", "int8"},    {"int16_t", "int16"},   {"int32_t", "int32"},     {"int64_t", "int64"},
    {"size_t", "uint64"},  {"boolean", "bool"},    {"str", "string[N]"},     {"text", "string[N]"},
    {"char8", "uint8"},    {"blob", "bytes[N]"},   {"varchar", "string[N]"}, {"binary", "bytes[N]"},
    {"datetime", "timestamp[us]"}, {"datetime64", "timestamp[ns]"}, {"time", "timestamp[ns]"},
    {"numeric", "decimal(18,4)"},  {"money", "decimal(18,4)"},      {"date32", "date"},
};
/* clang-format on */

static const char *const WORDS[] = {
    "bool",   "int8",    "uint8",   "int16",  "uint16", "int32",     "uint32", "int64",
    "uint64", "float32", "float64", "string", "bytes",  "timestamp", "date",   "decimal",
};

/* The type that was probably meant, or NULL. */
static const char *suggest(const char *word, uint32_t length)
{
    for (size_t i = 0; i < sizeof ALIASES / sizeof ALIASES[0]; i++)
        if (strlen(ALIASES[i].written) == length && memcmp(ALIASES[i].written, word, length) == 0)
            return ALIASES[i].meant;
    const char *best = NULL;
    uint32_t best_distance = 3;
    for (size_t i = 0; length <= EDITS_LENGTH_MAX && i < sizeof WORDS / sizeof WORDS[0]; i++) {
        const char *name = WORDS[i];
        const uint32_t edits = edits_between(word, length, name);
        if (edits < best_distance && edits < length) {
            best = name;
            best_distance = edits;
        }
    }
    return best;
}

/* Types for text, and for bytes, to which other languages give a length in brackets. */
static const char *const TEXTS[] = {"char", "character", "nchar", "str",    "text",
                                    "utf8", "varchar",   "wchar", "wchar_t"};
static const char *const OCTETS[] = {"binary", "blob",      "byte",   "octet",
                                     "u8",     "varbinary", "uint8_t"};

static bool is_one_of(const char *word, uint32_t length, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(word, length, words)                                                             \
    is_one_of(word, length, words, sizeof(words) / sizeof *(words))

/* False when the lexer has reported a character of the word. */
static bool is_name(const char *word, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", word[i]) ==
            NULL)
            return false;
    return true;
}

void report_unknown_type(diag_list *list, source_span at, source_span max)
{
    const char *word = list->from->text + at.offset;
    if (!is_name(word, at.length))
        return;
    const char *number = list->from->text + max.offset;
    const int digits = (int)max.length;
    if (digits > 0 && IS_ONE_OF(word, at.length, TEXTS)) {
        diag_report(list, at, "unknown type %s", diag_quote(list, at).text);
        diag_hint(list, "did you mean 'string[%.*s]', or 'bytes[%.*s]' for what is not text?",
                  digits, number, digits, number);
        return;
    }
    if (digits > 0 && IS_ONE_OF(word, at.length, OCTETS)) {
        diag_report(list, at, "unknown type %s", diag_quote(list, at).text);
        diag_hint(list, "did you mean 'bytes[%.*s]'?", digits, number);
        return;
    }
    diag_report(list, at, "unknown type %s", diag_quote(list, at).text);
    const char *meant = suggest(word, at.length);
    if (meant != NULL)
        diag_hint(list, "did you mean '%s'?", meant);
    else
        diag_hint(list,
                  "the types are bool, int8 to int64, uint8 to uint64, float32, float64, "
                  "string[N], bytes[N], timestamp[ns], date, decimal(18,4), and the enums and "
                  "structs of this file");
}
