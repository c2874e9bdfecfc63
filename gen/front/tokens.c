/* Steps through the tokens of a schema, and attaches doc comments to the items they describe. */
#include "tokens.h"

#include <string.h>

static void add_doc(parser *state, syntax_docs *to, source_span span)
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
    syntax_doc *line = (syntax_doc *)arena_take(state->memory, sizeof *line);
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

void parser_advance(parser *state)
{
    state->last = state->now.span;
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

syntax_docs parser_take_docs(parser *state)
{
    const syntax_docs docs = state->pending;
    state->pending = (syntax_docs){NULL, NULL};
    return docs;
}

void parser_refuse_docs(parser *state)
{
    const syntax_docs docs = parser_take_docs(state);
    if (docs.first == NULL)
        return;
    diag_report(state->list, docs.first->text, "this doc comment describes nothing");
    diag_hint(state->list, "put it before a record or a field, or write '//'");
}

bool parser_is_punctuation(const parser *state, char wanted)
{
    return state->now.kind == TOKEN_PUNCTUATION && state->now.punctuation == wanted;
}

bool parser_is_word(const parser *state, const char *word)
{
    return state->now.kind == TOKEN_NAME && state->now.span.length == strlen(word) &&
           memcmp(state->list->from->text + state->now.span.offset, word, strlen(word)) == 0;
}

void parser_report_found(parser *state, const char *expected)
{
    if (state->now.reported)
        diag_skip(state->list);
    else if (state->now.kind == TOKEN_END)
        diag_report(state->list, state->now.span, "the file ends here; expected %s", expected);
    else
        diag_report(state->list, state->now.span, "found %s; expected %s",
                    diag_quote(state->list, state->now.span).text, expected);
}

bool parser_take_punctuation(parser *state, char wanted, const char *expected)
{
    if (!parser_is_punctuation(state, wanted)) {
        parser_report_found(state, expected);
        return false;
    }
    parser_advance(state);
    return true;
}

/* A number such as 1st was meant as a name; one such as 10 was not. */
static bool ends_in_letter(const parser *state)
{
    const source_span span = state->now.span;
    if (state->now.kind != TOKEN_NUMBER)
        return false;
    const char last = state->list->from->text[span.offset + span.length - 1];
    return (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
}

bool parser_take_kind(parser *state, lexer_kind kind, const char *expected, source_span *out)
{
    if (state->now.kind != kind) {
        parser_report_found(state, expected);
        if (kind == TOKEN_NAME && ends_in_letter(state))
            diag_hint(state->list, "a name begins with a letter");
        return false;
    }
    *out = state->now.span;
    parser_advance(state);
    return true;
}
