/* Parses a schema by recursive descent, one function per construct. */
#include "gen/parser.h"

#include <string.h>

#include "gen/lexer.h"

typedef struct parser {
    lexer tokens;
    lexer_token now;
    arena *memory;
    diag_list *list;
    parser_docs pending; /* doc comments for what comes next */
    parser_docs *target; /* where a trailing doc comment belongs; NULL for nowhere */
    bool failed;         /* no memory */
} parser;

/* ---- Tokens, and the doc comments between them ---- */

static void add_doc(parser *state, parser_docs *to, source_span span)
{
    const char *text = state->list->from->text;
    span.offset += 3;
    span.length -= 3;
    if (span.length > 0 && text[span.offset] == ' ') {
        span.offset++;
        span.length--;
    }
    while (span.length > 0 && strchr(" \t\r", text[span.offset + span.length - 1]) != NULL)
        span.length--;
    parser_doc *line = (parser_doc *)arena_take(state->memory, sizeof *line);
    if (line == NULL) {
        state->failed = true;
        return;
    }
    line->text = span;
    if (to->last != NULL)
        to->last->next = line;
    else
        to->first = line;
    to->last = line;
}

static void advance(parser *state)
{
    for (;;) {
        state->now = lexer_next(&state->tokens);
        if (state->now.kind == TOKEN_DOC) {
            add_doc(state, &state->pending, state->now.span);
        } else if (state->now.kind != TOKEN_DOC_TRAILING) {
            return;
        } else if (state->target != NULL) {
            add_doc(state, state->target, state->now.span);
        } else {
            diag_report(state->list, state->now.span, "this doc comment describes nothing");
            diag_hint(state->list, "put it before a record or a field, or write '//'");
        }
    }
}

/* The doc comments seen since the last call; reports them when nothing here could have any. */
static parser_docs take_docs(parser *state)
{
    const parser_docs docs = state->pending;
    state->pending = (parser_docs){NULL, NULL};
    return docs;
}

static void refuse_docs(parser *state)
{
    const parser_docs docs = take_docs(state);
    if (docs.first == NULL)
        return;
    diag_report(state->list, docs.first->text, "this doc comment describes nothing");
    diag_hint(state->list, "put it before a record or a field, or write '//'");
}

static bool is_punctuation(const parser *state, char wanted)
{
    return state->now.kind == TOKEN_PUNCTUATION && state->now.punctuation == wanted;
}

static bool is_word(const parser *state, const char *word)
{
    return state->now.kind == TOKEN_NAME && state->now.span.length == strlen(word) &&
           memcmp(state->list->from->text + state->now.span.offset, word, strlen(word)) == 0;
}

static void report_found(parser *state, const char *expected)
{
    if (state->now.kind == TOKEN_END)
        diag_report(state->list, state->now.span, "the file ends here; expected %s", expected);
    else
        diag_report(state->list, state->now.span, "found %s; expected %s",
                    diag_quote(state->list, state->now.span).text, expected);
}

static bool take_punctuation(parser *state, char wanted, const char *expected)
{
    if (!is_punctuation(state, wanted)) {
        report_found(state, expected);
        return false;
    }
    advance(state);
    return true;
}

static bool take_kind(parser *state, lexer_kind kind, const char *expected, source_span *out)
{
    if (state->now.kind != kind) {
        report_found(state, expected);
        return false;
    }
    *out = state->now.span;
    advance(state);
    return true;
}

/* ---- Constructs ---- */

static bool parse_type(parser *state, parser_field *field)
{
    if (!take_kind(state, TOKEN_NAME, "a type", &field->type))
        return false;
    if (!is_punctuation(state, '['))
        return true;
    advance(state);
    return take_kind(state, TOKEN_NUMBER, "the capacity in bytes, a number", &field->max) &&
           take_punctuation(state, ']', "']' behind the capacity");
}

static bool parse_field(parser *state, parser_record *record, parser_field **last)
{
    parser_field *field = (parser_field *)arena_take(state->memory, sizeof *field);
    if (field == NULL) {
        state->failed = true;
        return false;
    }
    field->docs = take_docs(state);
    state->target = &field->docs;
    if (!take_kind(state, TOKEN_NAME, "a field, as in 'price: float64;', or '}'", &field->name) ||
        !take_punctuation(state, ':', "':' between the field's name and its type") ||
        !parse_type(state, field) || !take_punctuation(state, ';', "';' at the end of the field"))
        return false;
    if (*last != NULL)
        (*last)->next = field;
    else
        record->fields = field;
    *last = field;
    record->field_count++;
    return true;
}

/* Goes on behind the ';' of a field that could not be parsed, or at the next record or '}'. */
static void skip_field(parser *state)
{
    while (state->now.kind != TOKEN_END && !is_punctuation(state, '}') &&
           !is_word(state, "record")) {
        const bool stop = is_punctuation(state, ';');
        advance(state);
        if (stop)
            return;
    }
}

static bool parse_body(parser *state, parser_record *record)
{
    if (!take_punctuation(state, '{', "'{' before the fields"))
        return false;
    parser_field *last = NULL;
    while (!is_punctuation(state, '}')) {
        if (state->failed)
            return false;
        if (parse_field(state, record, &last))
            continue;
        skip_field(state);
        if (state->now.kind == TOKEN_END || is_word(state, "record"))
            return false;
    }
    refuse_docs(state);
    state->target = NULL;
    advance(state);
    return true;
}

static bool parse_record(parser *state, parser_record *record)
{
    record->docs = take_docs(state);
    state->target = &record->docs;
    advance(state);
    if (!take_kind(state, TOKEN_NAME, "the record's name", &record->name))
        return false;
    if (!is_word(state, "version")) {
        report_found(state, "'version N'");
        diag_hint(state->list, "the first version of a record is 'version 1'");
        return false;
    }
    advance(state);
    return take_kind(state, TOKEN_NUMBER, "the version, a number", &record->version) &&
           parse_body(state, record);
}

/* Goes on at the next record. A word `record` inside the broken one is one error at most. */
static void skip_record(parser *state)
{
    while (state->now.kind != TOKEN_END && !is_word(state, "record"))
        advance(state);
}

bool parser_parse(const source *from, arena *memory, diag_list *list, parser_schema *out)
{
    *out = (parser_schema){NULL, 0};
    parser state = {.memory = memory, .list = list};
    if (!lexer_begin(&state.tokens, from, list))
        return true;
    advance(&state);
    parser_record *last = NULL;
    while (state.now.kind != TOKEN_END && !state.failed) {
        if (!is_word(&state, "record")) {
            report_found(&state, "'record'");
            diag_hint(list, "a schema is a list of 'record Name version 1 { ... }'");
            skip_record(&state);
            continue;
        }
        parser_record *record = (parser_record *)arena_take(memory, sizeof *record);
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
    refuse_docs(&state);
    if (out->record_count == 0 && list->count == 0) {
        report_found(&state, "'record Name version 1 { ... }'");
        diag_hint(list, "a schema declares at least one record");
    }
    return !state.failed;
}
