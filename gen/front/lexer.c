/* Turns the text of a schema into tokens. */
#include "lexer.h"

#include <inttypes.h>
#include <string.h>

#include "characters.h"

bool lexer_begin(lexer *state, const source *from, diag_list *list)
{
    static const char MARK[] = "\xef\xbb\xbf";
    const uint32_t mark = sizeof MARK - 1;
    *state = (lexer){.from = from, .list = list, .line = 1};
    if (from->size >= mark && memcmp(from->text, MARK, mark) == 0)
        state->at = state->line_begin = mark;
    return characters_check(from, list);
}

/* ---- Characters ---- */

/* The byte that is `ahead` bytes from here; after the end NUL, which is never in the text. */
static char peek(const lexer *state, uint32_t ahead)
{
    return ahead < state->from->size - state->at ? state->from->text[state->at + ahead] : '\0';
}

static bool begins_with(const lexer *state, const char *text)
{
    const size_t length = strlen(text);
    return state->from->size - state->at >= length &&
           memcmp(state->from->text + state->at, text, length) == 0;
}

static void skip_byte(lexer *state)
{
    if (state->from->text[state->at++] != '\n')
        return;
    state->line++;
    state->line_begin = state->at;
    state->line_used = false;
}

static void skip_line(lexer *state)
{
    while (state->at < state->from->size && peek(state, 0) != '\n')
        state->at++;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_ascii_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) ||
           byte == '_';
}

/* True when a non-ASCII letter begins here; *length is its length in bytes. */
static bool is_foreign_letter(const lexer *state, uint32_t *length)
{
    uint32_t code_point = 0;
    if (state->at == state->from->size)
        return false;
    *length =
        source_decode(state->from->text + state->at, state->from->size - state->at, &code_point);
    return character_is_letter(code_point);
}

static bool is_punctuation(char byte)
{
    return byte != '\0' && strchr("{}[]()<>:;,.=?@", byte) != NULL;
}

static bool begins_number(const lexer *state)
{
    return is_digit(peek(state, 0)) || (peek(state, 0) == '-' && is_digit(peek(state, 1)));
}

/* ---- Blanks and comments ---- */

static void skip_block_comment(lexer *state)
{
    const source_span open = {state->at, 2};
    state->at += 2;
    while (state->at < state->from->size && !begins_with(state, "*/"))
        skip_byte(state);
    if (state->at < state->from->size) {
        state->at += 2;
        return;
    }
    diag_report(state->list, open, "this comment is never closed");
    diag_hint(state->list, "end it with '*/'");
    diag_mute(state->list); /* the parser would only report what the comment has hidden */
}

static bool begins_doc(const lexer *state)
{
    return begins_with(state, "///") && !begins_with(state, "////");
}

/* Moves to the next byte that is not white space and not in an ordinary comment. */
static void skip_blanks(lexer *state)
{
    while (state->at < state->from->size) {
        if (strchr(" \t\r\n", peek(state, 0)) != NULL)
            skip_byte(state);
        else if (begins_with(state, "//") && !begins_doc(state))
            skip_line(state);
        else if (begins_with(state, "/*"))
            skip_block_comment(state);
        else
            return;
    }
}

/* ---- Characters outside of tokens ---- */

static bool begins_token(const lexer *state)
{
    uint32_t length = 0;
    return is_ascii_word(peek(state, 0)) || begins_number(state) || peek(state, 0) == '"' ||
           is_punctuation(peek(state, 0)) || begins_doc(state) || is_foreign_letter(state, &length);
}

static void report_stray(diag_list *list, source_span span)
{
    const char *text = list->from->text + span.offset;
    const diag_text quoted = diag_quote(list, span);
    uint32_t code_point = 0;
    const uint32_t length = source_decode(text, span.length, &code_point);
    const char *plural = length < span.length ? "s" : "";
    if (code_point < 0x80)
        diag_report(list, span, "stray character%s %s", plural, quoted.text);
    else
        diag_report(list, span, "stray character%s %s (U+%04" PRIX32 ")", plural, quoted.text,
                    code_point);
    if (*text == '#')
        diag_hint(list, "a comment begins with '//'");
    else if (character_is_blank(code_point))
        diag_hint(list,
                  "it looks like a space, or is invisible; replace it with an ordinary space");
    else if (code_point >= 0x80)
        diag_hint(list, "use ASCII outside comments");
    else if (span.length >= 2 && memcmp(text, "*/", 2) == 0)
        diag_hint(list, "no comment is open here; comments do not nest");
    else
        diag_hint(list, "delete it, or put it in a comment");
}

static void skip_stray(lexer *state)
{
    source_span span = {state->at, 0};
    state->line_used = true;
    const bool comment = peek(state, 0) == '#';
    while (state->at < state->from->size && strchr(" \t\r\n", peek(state, 0)) == NULL &&
           !begins_with(state, "//") && !begins_with(state, "/*") && !begins_token(state)) {
        uint32_t code_point = 0;
        state->at += source_decode(state->from->text + state->at, state->from->size - state->at,
                                   &code_point);
    }
    span.length = state->at - span.offset;
    report_stray(state->list, span);
    if (comment)
        skip_line(state); /* the rest was meant as a comment, so its words are not errors */
}

/* ---- Tokens ---- */

/* "best-bid" and "best.bid" were each meant as one name. */
static bool joins_words(const lexer *state)
{
    return (peek(state, 0) == '-' || peek(state, 0) == '.') && is_ascii_word(peek(state, 1));
}

static void report_joined(lexer *state, source_span span)
{
    const diag_text quoted = diag_quote(state->list, span);
    diag_text meant = quoted;
    const char found = meant.text[strcspn(meant.text, "-.")];
    for (char *c = meant.text; *c != '\0'; c++)
        if (*c == '-' || *c == '.')
            *c = '_';
    diag_report(state->list, span, "name %s has a '%c'", quoted.text, found);
    diag_hint(state->list, "did you mean %s?", meant.text);
}

static lexer_kind lex_word(lexer *state)
{
    const uint32_t begin = state->at;
    uint32_t foreign = 0;
    bool joined = false;
    uint32_t length = 0;
    for (;;) {
        if (is_ascii_word(peek(state, 0))) {
            state->at++;
        } else if (is_foreign_letter(state, &length)) {
            state->at += length;
            foreign += length;
        } else if (joins_words(state)) {
            state->at++;
            joined = true;
        } else {
            break;
        }
    }
    if (joined && foreign == 0)
        report_joined(state, (source_span){begin, state->at - begin});
    if (foreign > 0) {
        const source_span span = {begin, state->at - begin};
        diag_report(state->list, span, "name %s has non-ASCII letters",
                    diag_quote(state->list, span).text);
        diag_hint(state->list, "names are made of A to Z, a to z, 0 to 9 and '_'");
    }
    return TOKEN_NAME;
}

/* The sign in "1e-3". */
static bool begins_exponent(const lexer *state)
{
    const char before = state->from->text[state->at - 1];
    return (peek(state, 0) == '-' || peek(state, 0) == '+') && is_digit(peek(state, 1)) &&
           (before == 'e' || before == 'E');
}

static lexer_kind lex_number(lexer *state)
{
    state->at++;
    while (is_ascii_word(peek(state, 0)) || peek(state, 0) == '.' || begins_exponent(state))
        state->at++;
    return TOKEN_NUMBER;
}

static lexer_kind lex_text(lexer *state)
{
    const uint32_t begin = state->at++;
    while (state->at < state->from->size && strchr("\"\r\n", peek(state, 0)) == NULL)
        state->at += peek(state, 0) == '\\' && peek(state, 1) == '"' ? 2 : 1;
    if (peek(state, 0) == '"') {
        state->at++;
        return TOKEN_TEXT;
    }
    diag_report(state->list, (source_span){begin, state->at - begin},
                "text without a closing quote on its line");
    diag_hint(state->list, "end it with '\"'");
    return TOKEN_TEXT;
}

static lexer_kind lex_doc(lexer *state)
{
    const uint32_t column_bytes = state->at - state->line_begin;
    const bool continues =
        state->line == state->doc_line && column_bytes == state->doc_column_bytes;
    const bool trailing = state->line_used || continues;
    skip_line(state);
    state->doc_line = trailing ? state->line + 1 : 0;
    state->doc_column_bytes = column_bytes;
    return trailing ? TOKEN_DOC_TRAILING : TOKEN_DOC;
}

static lexer_kind lex_token(lexer *state)
{
    if (state->at == state->from->size)
        return TOKEN_END;
    if (begins_doc(state))
        return lex_doc(state);
    if (begins_number(state))
        return lex_number(state);
    if (peek(state, 0) == '"')
        return lex_text(state);
    if (!is_punctuation(peek(state, 0)))
        return lex_word(state);
    state->at++;
    return TOKEN_PUNCTUATION;
}

lexer_token lexer_next(lexer *state)
{
    skip_blanks(state);
    while (state->at < state->from->size && !begins_token(state)) {
        skip_stray(state);
        skip_blanks(state);
    }
    lexer_token token = {.first = !state->line_used, .span = {state->at, 0}};
    const char first = peek(state, 0);
    const uint32_t errors = state->list->count;
    token.kind = lex_token(state);
    token.reported = state->list->count > errors;
    token.span.length = state->at - token.span.offset;
    token.punctuation = token.kind == TOKEN_PUNCTUATION ? first : '\0';
    state->line_used = true;
    return token;
}
