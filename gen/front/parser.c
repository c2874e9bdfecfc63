/* Parses a schema by recursive descent, one function per construct. */
#include "parser.h"

#include <stdio.h>
#include <string.h>

#include "edits.h"
#include "mmapforge/schema.h"
#include "unsupported.h"

#define EDITS_MAX 2u /* from a word to the keyword that was probably meant */

/* Keeps a node of a list at its end; the node begins with no next. */
#define APPEND(list, last, node)                                                                   \
    do {                                                                                           \
        if ((last) != NULL)                                                                        \
            (last)->next = (node);                                                                 \
        else                                                                                       \
            (list) = (node);                                                                       \
        (last) = (node);                                                                           \
    } while (false)

static void *take_node(parser *state, size_t size)
{
    void *node = arena_take(state->memory, size);
    state->failed = state->failed || node == NULL;
    return node;
}

/* A missing ';' is reported at the place where it belongs, often the end of the line above. */
static bool parse_end(parser *state, const char *of)
{
    char expected[48];
    (void)snprintf(expected, sizeof expected, "';' at the end of the %s", of);
    if (parser_is_punctuation(state, ';')) {
        parser_advance(state);
        return true;
    }
    if (!state->now.first) {
        parser_report_found(state, expected);
        if (parser_is_punctuation(state, '<'))
            diag_hint(state->list, "write the capacity in brackets, as in 'string[64]'");
        else if (parser_is_punctuation(state, '['))
            diag_hint(state->list, "arrays have one dimension; declare a struct with an array");
        else if (parser_is_punctuation(state, ','))
            diag_hint(state->list, "write ';' instead");
        else if (parser_is_punctuation(state, '?'))
            diag_hint(state->list, "write one '?', at the end of the type");
        else if (parser_is_punctuation(state, '='))
            diag_hint(state->list, "write the default after the type, before the attributes");
        return false;
    }
    const source_span after = {state->last.offset + state->last.length, 0};
    diag_report(state->list, after, "expected %s", expected);
    return true; /* the meaning is clear, so what comes next is parsed as usual */
}

/* True for the keyword, and for a misspelling of it. */
static bool is_almost(const parser *state, const char *keyword)
{
    const source_span at = state->now.span;
    return state->now.kind == TOKEN_NAME && !state->now.reported &&
           edits_between(state->list->from->text + at.offset, at.length, keyword) <= EDITS_MAX;
}

/* True for the word that begins a part of a schema. */
static bool is_top(const parser *state)
{
    static const char *const LATER[] = {"enum", "struct", "const"};
    if (parser_is_word(state, "record"))
        return true;
    for (size_t i = 0; i < sizeof LATER / sizeof LATER[0]; i++)
        if (state->now.first && parser_is_word(state, LATER[i]))
            return true;
    return false;
}

/* ---- Attributes ---- */

/* "(...)" after an attribute or a type: sema checks what is between the brackets. */
static bool parse_arguments(parser *state, const char *expected, source_span *out)
{
    const uint32_t begin = state->now.span.offset;
    while (!parser_is_punctuation(state, ')')) {
        if (state->now.kind == TOKEN_END || parser_is_punctuation(state, '{') ||
            parser_is_punctuation(state, ';') || parser_is_punctuation(state, '@')) {
            parser_report_found(state, expected);
            return false;
        }
        parser_advance(state);
    }
    *out = (source_span){begin, state->now.span.offset + state->now.span.length - begin};
    parser_advance(state);
    return true;
}

/* All of "@one @two(3)". */
static bool parse_attributes(parser *state, const char *example, syntax_attribute **list)
{
    syntax_attribute *last = NULL;
    while (parser_is_punctuation(state, '@')) {
        const uint32_t begin = state->now.span.offset;
        syntax_attribute *attribute = (syntax_attribute *)take_node(state, sizeof *attribute);
        if (attribute == NULL)
            return false;
        source_span word;
        parser_advance(state);
        if (!parser_take_kind(state, TOKEN_NAME, example, &word))
            return false;
        attribute->name = (source_span){begin, word.offset + word.length - begin};
        if (parser_is_punctuation(state, '(') &&
            !parse_arguments(state, "')' after the attribute's arguments", &attribute->arguments))
            return false;
        APPEND(*list, last, attribute);
    }
    return true;
}

/* ---- Fields ---- */

/* "best bid:" was meant as one name. */
static void hint_at_field(parser *state, source_span name)
{
    const char *text = state->list->from->text;
    const source_span next = state->now.span;
    uint32_t begin = name.offset + name.length;
    while (begin < next.offset && text[begin] == ' ')
        begin++;
    uint32_t end = next.offset + next.length;
    while (end < state->list->from->size && text[end] == ' ')
        end++;
    if (state->now.kind == TOKEN_NAME && begin == next.offset && end < state->list->from->size &&
        text[end] == ':' && name.length + next.length < MMF_NAME_LENGTH_MAX)
        diag_hint(state->list, "did you mean '%.*s_%.*s'?", (int)name.length, text + name.offset,
                  (int)next.length, text + next.offset);
    else
        diag_hint(state->list, "a field is 'name: type;', as in 'price: float64;'");
}

/* An attribute that stands before what it belongs to. */
static bool refuse_attribute(parser *state, const char *expected, const char *hint)
{
    if (!parser_is_punctuation(state, '@'))
        return false;
    parser_report_found(state, expected);
    diag_hint(state->list, "%s", hint);
    return true;
}

#define ATTRIBUTE_OF_FIELD "write it after the field's type, as in 'price: float64 @since(2);'"
#define ATTRIBUTE_OF_RECORD                                                                        \
    "write it after the record's version, as in 'record Name version 1 @checksums {'"

/* A part of a schema within another one, of the kind what, whose '}' is probably missing. */
static bool refuse_part_inside(parser *state, const char *what, source_span word)
{
    static const struct {
        const char *keyword;
        const char *called;
    } PARTS[] = {{"record", "a record"},
                 {"struct", "a struct"},
                 {"enum", "an enum"},
                 {"const", "a constant"}};
    const char *text = state->list->from->text + word.offset;
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        if (strlen(PARTS[i].keyword) != word.length ||
            memcmp(text, PARTS[i].keyword, word.length) != 0)
            continue;
        diag_report(state->list, word, "%s cannot be declared inside %s %s", PARTS[i].called,
                    *what == 'e' ? "an" : "a", what);
        diag_hint(state->list, "end the %s before it with '}'", what);
        return true;
    }
    return false;
}

static bool parse_name_and_colon(parser *state, const char *what, syntax_field *field)
{
    if (refuse_attribute(state, "a field, as in 'price: float64;', or '}'", ATTRIBUTE_OF_FIELD))
        return false;
    if (!parser_take_kind(state, TOKEN_NAME, "a field, as in 'price: float64;', or '}'",
                          &field->name))
        return false;
    if (state->now.kind == TOKEN_NAME && refuse_part_inside(state, what, field->name))
        return false;
    if (parser_take_punctuation(state, ':', "':' between the field's name and its type"))
        return true;
    if (parser_is_punctuation(state, '?'))
        diag_hint(state->list, "write the '?' after the type, as in 'price: float64?;'");
    else
        hint_at_field(state, field->name);
    return false;
}

/* "[64]", "[DEPTH]" or "[ns]" after a type. */
static bool parse_bracket(parser *state, source_span *out)
{
    parser_advance(state);
    if (state->now.kind == TOKEN_NAME || state->now.kind == TOKEN_NUMBER) {
        *out = state->now.span;
        parser_advance(state);
        return parser_take_punctuation(state, ']', "']' after the number");
    }
    parser_report_found(state, "a number, or the name of a constant");
    diag_hint(state->list, "write it as in 'string[64]'");
    return false;
}

static bool parse_type(parser *state, syntax_field *field)
{
    if (refuse_attribute(state, "a type", ATTRIBUTE_OF_FIELD) || refuse_unsupported_type(state) ||
        !parser_take_kind(state, TOKEN_NAME, "a type", &field->type))
        return false;
    if (parser_is_punctuation(state, '(') &&
        !parse_arguments(state, "')' after the type's arguments", &field->arguments))
        return false;
    for (uint32_t i = 0; i < SYNTAX_BRACKETS_MAX && parser_is_punctuation(state, '['); i++)
        if (!parse_bracket(state, &field->brackets[i]))
            return false;
    if (!parser_is_punctuation(state, '?'))
        return true;
    field->nullable = state->now.span;
    parser_advance(state);
    if (!parser_is_punctuation(state, '['))
        return true;
    parser_report_found(state, "the end of the type");
    diag_hint(state->list, "write the '?' last: the whole array is null, or none of it");
    return false;
}

static bool parse_default(parser *state, syntax_field *field)
{
    if (!parser_is_punctuation(state, '='))
        return true;
    parser_advance(state);
    if (state->now.kind == TOKEN_NAME || state->now.kind == TOKEN_NUMBER ||
        state->now.kind == TOKEN_TEXT) {
        if (!state->now.reported)
            field->value = state->now.span;
        parser_advance(state);
        return true;
    }
    parser_report_found(state, "the default, a number, a name or \"text\"");
    return false;
}

static bool parse_field(parser *state, const char *what, syntax_record *record, syntax_field **last)
{
    syntax_field *field = (syntax_field *)take_node(state, sizeof *field);
    if (field == NULL)
        return false;
    field->docs = parser_take_docs(state);
    state->target = &field->docs;
    if (!parse_name_and_colon(state, what, field) || !parse_type(state, field) ||
        !parse_default(state, field) ||
        !parse_attributes(state, "the attribute's name, as in '@since(2)'", &field->attributes) ||
        !parse_end(state, "field"))
        return false;
    APPEND(record->fields, *last, field);
    record->field_count++;
    return true;
}

/*
 * Skips a field or member that could not be parsed: continues after its ';', or at the next part of
 * the schema or '}'. Braces inside it are part of it.
 */
static void skip_line(parser *state)
{
    uint32_t depth = 0;
    while (state->now.kind != TOKEN_END && !parser_is_word(state, "record") &&
           (depth > 0 || !parser_is_punctuation(state, '}'))) {
        const bool ends = depth == 0 && parser_is_punctuation(state, ';');
        const bool closes = parser_is_punctuation(state, '}');
        depth += parser_is_punctuation(state, '{');
        depth -= closes;
        parser_advance(state);
        if (ends || (closes && depth == 0 && !parser_is_punctuation(state, ';')))
            return;
    }
}

/* What stands between '{' and '}': true while another item begins. */
static bool item_begins(parser *state, const char *what, source_span name)
{
    char expected[48];
    if (parser_is_punctuation(state, '}') || state->failed)
        return false;
    if (state->now.kind != TOKEN_END)
        return true;
    (void)snprintf(expected, sizeof expected, "'}' at the end of the %s", what);
    parser_report_found(state, expected);
    diag_note(state->list, name, "the %s begins here", what);
    return false;
}

static bool end_body(parser *state)
{
    if (!parser_is_punctuation(state, '}'))
        return false;
    parser_refuse_docs(state);
    state->target = NULL;
    parser_advance(state);
    return true;
}

static bool parse_body(parser *state, const char *what, syntax_record *record)
{
    if (!parser_take_punctuation(state, '{', "'{' before the fields"))
        return false;
    syntax_field *last = NULL;
    while (item_begins(state, what, record->name)) {
        if (parse_field(state, what, record, &last))
            continue;
        record->broken = true;
        skip_line(state);
        if (state->now.kind == TOKEN_END || parser_is_word(state, "record"))
            return false;
    }
    return end_body(state);
}

/* ---- Records, structs, enums and constants ---- */

static bool parse_record(parser *state, syntax_record *record)
{
    record->docs = parser_take_docs(state);
    state->target = &record->docs;
    parser_advance(state);
    if (!parser_take_kind(state, TOKEN_NAME, "the record's name", &record->name))
        return false;
    if (refuse_attribute(state, "'version N'", ATTRIBUTE_OF_RECORD))
        return false;
    if (is_almost(state, "version") && !parser_is_word(state, "version")) {
        parser_report_found(state, "'version N'");
        diag_hint(state->list, "did you mean 'version'?");
        record->broken = true;
    } else if (!parser_is_word(state, "version")) {
        parser_report_found(state, "'version N'");
        diag_hint(state->list, "the first version of a record is 'version 1'");
        return false;
    }
    parser_advance(state);
    if (parser_take_kind(state, TOKEN_NUMBER, "the version, a number", &record->version))
        return parse_attributes(state, "the attribute's name, as in '@checksums'",
                                &record->attributes) &&
               parse_body(state, "record", record);
    diag_hint(state->list, "the first version of a record is 'version 1'");
    return false;
}

static bool parse_struct(parser *state, syntax_record *structure)
{
    structure->docs = parser_take_docs(state);
    state->target = &structure->docs;
    parser_advance(state);
    if (!parser_take_kind(state, TOKEN_NAME, "the struct's name", &structure->name))
        return false;
    if (parser_is_word(state, "version")) {
        parser_report_found(state, "'{' before the fields");
        diag_hint(state->list, "a struct has no version; the records that use it have");
        return false;
    }
    return parse_attributes(state, "the attribute's name, as in '@align(64)'",
                            &structure->attributes) &&
           parse_body(state, "struct", structure);
}

/* "Name = 1;" of a constant or a member. */
static bool parse_value(parser *state, const char *what, const char *example, syntax_value *out)
{
    char expected[48];
    (void)snprintf(expected, sizeof expected, "the %s's name", what);
    if (!parser_take_kind(state, TOKEN_NAME, expected, &out->name)) {
        diag_hint(state->list, "write it as in '%s'", example);
        return false;
    }
    if (state->now.kind == TOKEN_NAME && *what == 'm' &&
        refuse_part_inside(state, "enum", out->name))
        return false;
    if (!parser_take_punctuation(state, '=', "'=' and a whole number") ||
        !parser_take_kind(state, TOKEN_NUMBER, "a whole number", &out->value)) {
        diag_hint(state->list, "every %s has a value, as in '%s'", what, example);
        return false;
    }
    return parse_end(state, what);
}

static bool parse_member(parser *state, syntax_enum *of, syntax_value **last)
{
    syntax_value *member = (syntax_value *)take_node(state, sizeof *member);
    if (member == NULL)
        return false;
    member->docs = parser_take_docs(state);
    state->target = &member->docs;
    if (!parse_value(state, "member", "Buy = 1;", member))
        return false;
    APPEND(of->members, *last, member);
    of->member_count++;
    return true;
}

static bool parse_enum(parser *state, syntax_enum *of)
{
    of->docs = parser_take_docs(state);
    state->target = &of->docs;
    parser_advance(state);
    if (!parser_take_kind(state, TOKEN_NAME, "the enum's name", &of->name))
        return false;
    if (!parser_is_punctuation(state, ':')) {
        parser_report_found(state, "':' and the type that it is stored as");
        diag_hint(state->list, "write it as in 'enum Side : uint8 {'");
        return false;
    }
    parser_advance(state);
    if (!parser_take_kind(state, TOKEN_NAME, "a type, as in 'uint8'", &of->type) ||
        !parse_attributes(state, "the attribute's name, as in '@prefix(name)'", &of->attributes) ||
        !parser_take_punctuation(state, '{', "'{' before the members"))
        return false;
    syntax_value *last = NULL;
    while (item_begins(state, "enum", of->name)) {
        if (parse_member(state, of, &last))
            continue;
        of->broken = true;
        skip_line(state);
        if (state->now.kind == TOKEN_END || is_top(state))
            return false;
    }
    return end_body(state);
}

static bool parse_constant(parser *state, syntax_value *constant)
{
    constant->docs = parser_take_docs(state);
    state->target = &constant->docs;
    parser_advance(state);
    const bool good = parse_value(state, "constant", "const DEPTH = 10;", constant);
    state->target = NULL;
    return good;
}

/* Continues at the next part. The word `record` inside this one costs one error at most. */
static void skip_part(parser *state)
{
    while (state->now.kind != TOKEN_END && !is_top(state))
        parser_advance(state);
}

/* The keyword that was probably meant, or NULL. */
static const char *meant_keyword(const parser *state)
{
    static const char *const KEYWORDS[] = {"record", "struct", "enum", "const"};
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof KEYWORDS[0]; i++)
        if (is_almost(state, KEYWORDS[i]))
            return KEYWORDS[i];
    return NULL;
}

#define EXPECTED_TOP "'record', 'struct', 'enum' or 'const'"

/* Returns true when the word was meant as `record`, and parsing continues as if it were. */
static bool report_top(parser *state)
{
    if (refuse_unsupported_top(state) || refuse_attribute(state, EXPECTED_TOP, ATTRIBUTE_OF_RECORD))
        return false;
    const char *meant = meant_keyword(state);
    parser_report_found(state, EXPECTED_TOP);
    if (meant != NULL)
        diag_hint(state->list, "did you mean '%s'?", meant);
    else
        diag_hint(state->list, "a record is declared as in 'record Name version 1 { ... }'");
    return meant != NULL && strcmp(meant, "record") == 0;
}

/* The last node of each list of a schema. */
typedef struct last_parts {
    syntax_record *record;
    syntax_record *structure;
    syntax_enum *enumeration;
    syntax_value *constant;
} last_parts;

/*
 * One part of a schema; false when it was given up. An enum or struct stays in its list all the
 * same, so that its users are not errors.
 */
static bool parse_part(parser *state, syntax_schema *out, last_parts *last)
{
    if (parser_is_word(state, "enum")) {
        syntax_enum *of = (syntax_enum *)take_node(state, sizeof *of);
        if (of == NULL)
            return false;
        APPEND(out->enums, last->enumeration, of);
        out->enum_count++;
        const bool whole = parse_enum(state, of);
        of->broken = of->broken || !whole;
        return whole;
    }
    if (parser_is_word(state, "struct")) {
        syntax_record *structure = (syntax_record *)take_node(state, sizeof *structure);
        if (structure == NULL)
            return false;
        APPEND(out->structs, last->structure, structure);
        out->struct_count++;
        const bool whole = parse_struct(state, structure);
        structure->broken = structure->broken || !whole;
        return whole;
    }
    if (parser_is_word(state, "const")) {
        syntax_value *constant = (syntax_value *)take_node(state, sizeof *constant);
        if (constant == NULL || !parse_constant(state, constant))
            return false;
        APPEND(out->constants, last->constant, constant);
        out->constant_count++;
        return true;
    }
    syntax_record *record = (syntax_record *)take_node(state, sizeof *record);
    if (record == NULL || !parse_record(state, record))
        return false;
    APPEND(out->records, last->record, record);
    out->record_count++;
    return true;
}

bool parser_parse(const source *from, arena *memory, diag_list *list, syntax_schema *out)
{
    memset(out, 0, sizeof *out);
    parser state = {.memory = memory, .list = list};
    if (!lexer_begin(&state.tokens, from, list))
        return true;
    parser_advance(&state);
    last_parts last = {NULL, NULL, NULL, NULL};
    while (state.now.kind != TOKEN_END && !state.failed) {
        const bool known = parser_is_word(&state, "record") || parser_is_word(&state, "enum") ||
                           parser_is_word(&state, "struct") || parser_is_word(&state, "const");
        if (!known && !report_top(&state)) {
            /* The word itself may be one that begins a part. */
            parser_advance(&state);
            skip_part(&state);
        } else if (!parse_part(&state, out, &last)) {
            skip_part(&state);
        }
    }
    parser_refuse_docs(&state);
    if (out->record_count == 0 && list->count == 0) {
        parser_report_found(&state, "'record Name version 1 { ... }'");
        diag_hint(list, "a schema declares at least one record");
    }
    return !state.failed;
}
