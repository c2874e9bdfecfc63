/* Parses a schema by recursive descent, one function per construct. */
#include "parser.h"

#include "edits.h"
#include "mmapforge/schema.h"
#include "unsupported.h"

#define EDITS_MAX 2u /* from a word to the keyword that was probably meant */

/* A missing ';' is reported at the place where it belongs, often the end of the line above. */
static bool parse_field_end(parser *state)
{
    if (parser_is_punctuation(state, ';')) {
        parser_advance(state);
        return true;
    }
    if (refuse_unsupported_suffix(state))
        return false;
    if (!state->now.first) {
        parser_report_found(state, "';' at the end of the field");
        if (parser_is_punctuation(state, '<'))
            diag_hint(state->list, "write the capacity in brackets, as in 'string[64]'");
        else if (parser_is_punctuation(state, '('))
            diag_hint(state->list, "write the number in brackets, as in 'string[64]'");
        else if (parser_is_punctuation(state, ','))
            diag_hint(state->list, "write ';' instead");
        return false;
    }
    const source_span after = {state->last.offset + state->last.length, 0};
    diag_report(state->list, after, "expected ';' at the end of the field");
    return true; /* the meaning is clear, so the next field is parsed as usual */
}

/* True for the keyword, and for a misspelling of it. */
static bool is_almost(const parser *state, const char *keyword)
{
    const source_span at = state->now.span;
    return state->now.kind == TOKEN_NAME && !state->now.reported &&
           edits_between(state->list->from->text + at.offset, at.length, keyword) <= EDITS_MAX;
}

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

static bool parse_name_and_colon(parser *state, syntax_field *field)
{
    const bool record = parser_is_word(state, "record");
    if (refuse_unsupported_mark(state) ||
        !parser_take_kind(state, TOKEN_NAME, "a field, as in 'price: float64;', or '}'",
                          &field->name))
        return false;
    if (record && state->now.kind == TOKEN_NAME) {
        diag_report(state->list, field->name, "a record cannot be declared inside a record");
        diag_hint(state->list, "end the record before it with '}'");
        return false;
    }
    if (refuse_unsupported_mark(state))
        return false;
    if (parser_take_punctuation(state, ':', "':' between the field's name and its type"))
        return true;
    hint_at_field(state, field->name);
    return false;
}

static bool parse_type(parser *state, syntax_field *field)
{
    if (refuse_unsupported_type(state) ||
        !parser_take_kind(state, TOKEN_NAME, "a type", &field->type))
        return false;
    if (!parser_is_punctuation(state, '['))
        return true;
    parser_advance(state);
    if (parser_take_kind(state, TOKEN_NUMBER, "the capacity in bytes, a number", &field->max))
        return parser_take_punctuation(state, ']', "']' after the capacity");
    diag_hint(state->list, "write it as in 'string[64]'");
    return false;
}

static bool parse_field(parser *state, syntax_record *record, syntax_field **last)
{
    syntax_field *field = (syntax_field *)arena_take(state->memory, sizeof *field);
    if (field == NULL) {
        state->failed = true;
        return false;
    }
    field->docs = parser_take_docs(state);
    state->target = &field->docs;
    if (!parse_name_and_colon(state, field) || !parse_type(state, field) || !parse_field_end(state))
        return false;
    if (*last != NULL)
        (*last)->next = field;
    else
        record->fields = field;
    *last = field;
    record->field_count++;
    return true;
}

/*
 * Skips a field that could not be parsed: continues after its ';', or at the next record or '}'.
 * Braces inside the field are part of it.
 */
static void skip_field(parser *state)
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

static bool parse_body(parser *state, syntax_record *record)
{
    if (refuse_unsupported_mark(state) ||
        !parser_take_punctuation(state, '{', "'{' before the fields"))
        return false;
    syntax_field *last = NULL;
    while (!parser_is_punctuation(state, '}')) {
        if (state->failed)
            return false;
        if (state->now.kind == TOKEN_END) {
            parser_report_found(state, "'}' at the end of the record");
            diag_note(state->list, record->name, "the record begins here");
            return false;
        }
        if (parse_field(state, record, &last))
            continue;
        record->broken = true;
        skip_field(state);
        if (state->now.kind == TOKEN_END || parser_is_word(state, "record"))
            return false;
    }
    parser_refuse_docs(state);
    state->target = NULL;
    parser_advance(state);
    return true;
}

/* "(...)" after an attribute: sema checks what is between the brackets. */
static bool parse_arguments(parser *state, source_span *out)
{
    const uint32_t begin = state->now.span.offset;
    while (!parser_is_punctuation(state, ')')) {
        if (state->now.kind == TOKEN_END || parser_is_punctuation(state, '{') ||
            parser_is_punctuation(state, '@')) {
            parser_report_found(state, "')' after the attribute's arguments");
            return false;
        }
        parser_advance(state);
    }
    *out = (source_span){begin, state->now.span.offset + state->now.span.length - begin};
    parser_advance(state);
    return true;
}

/* All of "@one @two(3)" after a record's version. */
static bool parse_attributes(parser *state, syntax_record *record)
{
    syntax_attribute **last = &record->attributes;
    while (parser_is_punctuation(state, '@')) {
        const uint32_t begin = state->now.span.offset;
        syntax_attribute *attribute =
            (syntax_attribute *)arena_take(state->memory, sizeof *attribute);
        if (attribute == NULL) {
            state->failed = true;
            return false;
        }
        source_span word;
        parser_advance(state);
        if (!parser_take_kind(state, TOKEN_NAME, "the attribute's name, as in '@checksums'", &word))
            return false;
        attribute->name = (source_span){begin, word.offset + word.length - begin};
        if (parser_is_punctuation(state, '(') && !parse_arguments(state, &attribute->arguments))
            return false;
        *last = attribute;
        last = &attribute->next;
    }
    return true;
}

static bool parse_record(parser *state, syntax_record *record)
{
    record->docs = parser_take_docs(state);
    state->target = &record->docs;
    parser_advance(state);
    if (!parser_take_kind(state, TOKEN_NAME, "the record's name", &record->name))
        return false;
    if (refuse_unsupported_mark(state))
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
        return parse_attributes(state, record) && parse_body(state, record);
    diag_hint(state->list, "the first version of a record is 'version 1'");
    return false;
}

/* Continues at the next record. The word `record` inside this one costs one error at most. */
static void skip_record(parser *state)
{
    while (state->now.kind != TOKEN_END && !parser_is_word(state, "record"))
        parser_advance(state);
}

/* Returns true when the word was meant as `record`, and parsing continues as if it were. */
static bool report_top(parser *state)
{
    if (refuse_unsupported_top(state))
        return false;
    const bool meant = is_almost(state, "record");
    parser_report_found(state, "'record'");
    if (meant)
        diag_hint(state->list, "did you mean 'record'?");
    else
        diag_hint(state->list, "a schema is a list of 'record Name version 1 { ... }'");
    return meant;
}

bool parser_parse(const source *from, arena *memory, diag_list *list, syntax_schema *out)
{
    *out = (syntax_schema){NULL, 0};
    parser state = {.memory = memory, .list = list};
    if (!lexer_begin(&state.tokens, from, list))
        return true;
    parser_advance(&state);
    syntax_record *last = NULL;
    while (state.now.kind != TOKEN_END && !state.failed) {
        if (!parser_is_word(&state, "record") && !report_top(&state)) {
            skip_record(&state);
            continue;
        }
        syntax_record *record = (syntax_record *)arena_take(memory, sizeof *record);
        if (record == NULL)
            return false;
        if (!parse_record(&state, record)) {
            skip_record(&state);
            continue;
        }
        if (last != NULL)
            last->next = record;
        else
            out->records = record;
        last = record;
        out->record_count++;
    }
    parser_refuse_docs(&state);
    if (out->record_count == 0 && list->count == 0) {
        parser_report_found(&state, "'record Name version 1 { ... }'");
        diag_hint(list, "a schema declares at least one record");
    }
    return !state.failed;
}
