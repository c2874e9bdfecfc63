/* Reports unsupported syntax by name. */
#include "unsupported.h"

#include <string.h>

/* Unsupported syntax: the word or mark that it begins with, its name, and a replacement. */
typedef struct unsupported {
    const char *written;
    const char *called;
    const char *instead;
} unsupported;

static const char ENUM_INSTEAD[] =
    "write 'uint8' as the type, and list the values in the field's doc comment";
static const char STRUCT_INSTEAD[] =
    "declare its fields in the record, as in 'bid_price' and 'bid_size'";

static const char ARRAY_INSTEAD[] = "declare a field for each element";

static bool refuse(parser *state, const unsupported *what)
{
    diag_report(state->list, state->now.span, "this version has no %s", what->called);
    diag_hint(state->list, "%s", what->instead);
    return true;
}

static bool refuse_any(parser *state, const unsupported *things, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parser_is_word(state, things[i].written) ||
            parser_is_punctuation(state, things[i].written[0]))
            return refuse(state, &things[i]);
    return false;
}

#define REFUSE_ANY(state, things) refuse_any(state, things, sizeof(things) / sizeof *(things))

/* A supported attribute in the wrong place. */
static bool refuse_misplaced(parser *state)
{
    static const char CHECKSUMS[] = "@checksums";
    const source_span at = state->now.span;
    const source *from = state->list->from;
    const uint32_t length = sizeof CHECKSUMS - 1;
    if (!parser_is_punctuation(state, '@') || from->size - at.offset < length ||
        memcmp(from->text + at.offset, CHECKSUMS, length) != 0)
        return false;
    diag_report(state->list, (source_span){at.offset, length},
                "'%s' belongs to a record: expected it after the record's version", CHECKSUMS);
    diag_hint(state->list, "write it as in 'record Name version 1 %s {'", CHECKSUMS);
    return true;
}

bool refuse_unsupported_mark(parser *state)
{
    if (refuse_misplaced(state))
        return true;
    static const unsupported MARKS[] = {
        {"?", "nullable fields", "delete the '?', and declare a bool field beside it"},
        {"=", "default values", "delete it, and set the value when a record is written"},
        {"@", "attributes", "delete it, and put its meaning in a doc comment"},
    };
    return REFUSE_ANY(state, MARKS);
}

bool refuse_unsupported_type(parser *state)
{
    static const unsupported TYPES[] = {
        {"timestamp", "type 'timestamp'",
         "write 'int64' for nanoseconds since the Unix epoch, and say so in a doc comment"},
        {"date", "type 'date'",
         "write 'int32' for days since 1970-01-01, and say so in a doc comment"},
        {"decimal", "type 'decimal'",
         "write 'int64' for a number of the smallest unit, and say so in a doc comment"},
        {"enum", "enumerations", ENUM_INSTEAD},
        {"struct", "structures", STRUCT_INSTEAD},
        {"[", "arrays", ARRAY_INSTEAD},
    };
    return refuse_unsupported_mark(state) || REFUSE_ANY(state, TYPES);
}

bool refuse_unsupported_suffix(parser *state)
{
    static const unsupported SUFFIXES[] = {{"[", "arrays", ARRAY_INSTEAD}};
    return refuse_unsupported_mark(state) || REFUSE_ANY(state, SUFFIXES);
}

bool refuse_unsupported_top(parser *state)
{
    static const unsupported TOPS[] = {
        {"enum", "enumerations", ENUM_INSTEAD},
        {"struct", "structures", STRUCT_INSTEAD},
        {"import", "imports", "declare the records in this file"},
    };
    return refuse_unsupported_mark(state) || REFUSE_ANY(state, TOPS);
}
