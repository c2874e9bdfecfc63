/* Suggests a type for a word that is none. */
#include "sema_type.h"

#include <string.h>

#include "mmapforge/types.h"

/* What is written in other languages. */
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
};

#define WORD_LENGTH_MAX 16u /* longer words are like no type */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* By Levenshtein's table, of which one row is enough. */
uint32_t sema_distance(const char *a, uint32_t a_length, const char *b)
{
    uint32_t row[WORD_LENGTH_MAX + 1];
    const uint32_t b_length = (uint32_t)strlen(b);
    for (uint32_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (uint32_t i = 1; i <= a_length; i++) {
        uint32_t diagonal = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= b_length; j++) {
            const uint32_t replace = diagonal + (lower(a[i - 1]) != b[j - 1]);
            diagonal = row[j];
            const uint32_t insert = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = replace < insert ? replace : insert;
        }
    }
    return row[b_length];
}

/* The type that was probably meant, or NULL. */
static const char *suggest(const char *word, uint32_t length)
{
    for (size_t i = 0; i < sizeof ALIASES / sizeof ALIASES[0]; i++)
        if (strlen(ALIASES[i].written) == length && memcmp(ALIASES[i].written, word, length) == 0)
            return ALIASES[i].meant;
    const char *best = NULL;
    uint32_t best_distance = 3;
    for (int type = MMF_TYPE_BOOL; length <= WORD_LENGTH_MAX && type < MMF_TYPE_COUNT; type++) {
        const char *name = mmf_type_name((mmf_type)type);
        const uint32_t edits = sema_distance(word, length, name);
        if (edits < best_distance && edits < length) {
            best = name;
            best_distance = edits;
        }
    }
    return best;
}

void sema_report_type(diag_list *list, source_span at)
{
    diag_report(list, at, "unknown type %s", diag_quote(list, at).text);
    const char *meant = suggest(list->from->text + at.offset, at.length);
    if (meant != NULL)
        diag_hint(list, "did you mean '%s'?", meant);
    else
        diag_hint(list, "the types are bool, int8 to int64, uint8 to uint64, float32, float64, "
                        "string[N] and bytes[N]");
}
