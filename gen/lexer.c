/* Turns the text of a schema into tokens. */
#include "gen/lexer.h"

#include <inttypes.h>
#include <string.h>

/* ---- Is it text at all? ---- */

static bool is_between(uint32_t value, uint32_t first, uint32_t last)
{
    return value >= first && value <= last;
}

/* Characters that show a comment's text in another order than the compiler reads it. */
static bool is_reordering(uint32_t code_point)
{
    return is_between(code_point, 0x202a, 0x202e) || is_between(code_point, 0x2066, 0x2069);
}

static bool is_control(uint32_t code_point)
{
    return (code_point < 0x20 && code_point != '\t' && code_point != '\n') ||
           is_between(code_point, 0x7f, 0x9f) || is_reordering(code_point);
}

static bool is_crlf(const source *from, uint32_t at)
{
    return from->text[at] == '\r' && at + 1 < from->size && from->text[at + 1] == '\n';
}

static void report_encoding(diag_list *list, uint32_t at)
{
    const unsigned char *text = (const unsigned char *)list->from->text + at;
    const source_span span = {at, 1};
    const bool utf16 =
        at == 0 && list->from->size >= 2 &&
        ((text[0] == 0xff && text[1] == 0xfe) || (text[0] == 0xfe && text[1] == 0xff));
    if (utf16)
        diag_report(list, span, "the file is UTF-16; expected UTF-8");
    else
        diag_report(list, span, "byte 0x%02x is not valid UTF-8 here", text[0]);
    diag_hint(list, "save the file as UTF-8");
}

static void report_control(diag_list *list, source_span span, uint32_t code_point)
{
    if (code_point == 0) {
        diag_report(list, span, "NUL byte; a schema is a text file");
        diag_hint(list, "check that this is the right file, saved as UTF-8");
        return;
    }
    if (code_point == '\r') {
        diag_report(list, span, "carriage return without a line feed behind it");
        diag_hint(list, "end lines with LF or CRLF");
        return;
    }
    diag_report(list, span, "control character U+%04" PRIX32 "; not allowed, even in comments",
                code_point);
    diag_hint(list, "delete it; it is invisible in most editors");
}

static bool check_text(const source *from, diag_list *list)
{
    uint32_t length = 0;
    for (uint32_t at = 0; at < from->size; at += length) {
        uint32_t code_point = 0;
        length = source_decode(from->text + at, from->size - at, &code_point);
        if (length == 0) {
            report_encoding(list, at);
            return false;
        }
        if (is_control(code_point) && !is_crlf(from, at)) {
            report_control(list, (source_span){at, length}, code_point);
            return false;
        }
    }
    return true;
}

bool lexer_begin(lexer *state, const source *from, diag_list *list)
{
    static const char MARK[] = "\xef\xbb\xbf";
    const uint32_t mark = sizeof MARK - 1;
    *state = (lexer){.from = from, .list = list, .line = 1};
    if (from->size >= mark && memcmp(from->text, MARK, mark) == 0)
        state->at = state->line_begin = mark;
    return check_text(from, list);
}

/* ---- Characters ---- */

/* The byte that lies ahead bytes from here; NUL, which the text never has, at its end. */
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

/*
 * True when the character here looks like a letter of some script, and not like a symbol: then it
 * belongs to the word around it, and the word is reported as a whole.
 */
static bool is_foreign_letter(const lexer *state, uint32_t *length)
{
    static const struct {
        uint32_t first, last;
    } SYMBOLS[] = {
        {0x0000, 0x00bf}, {0x00d7, 0x00d7},   {0x00f7, 0x00f7},    {0x2000, 0x2bff},
        {0x3000, 0x303f}, {0xfe00, 0xfe6f},   {0xfeff, 0xff0f},    {0xff1a, 0xff20},
        {0xff3b, 0xff40}, {0xff5b, 0xff65},   {0xffe0, 0xffff},    {0xe000, 0xf8ff},
        {0x1680, 0x1680}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff},
    };
    uint32_t code_point = 0;
    if (state->at == state->from->size)
        return false;
    *length =
        source_decode(state->from->text + state->at, state->from->size - state->at, &code_point);
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof SYMBOLS[0]; i++)
        if (is_between(code_point, SYMBOLS[i].first, SYMBOLS[i].last))
            return false;
    return true;
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
}

static bool begins_doc(const lexer *state)
{
    return begins_with(state, "///") && !begins_with(state, "////");
}

/* Moves to the next byte that is neither blank nor in an ordinary comment. */
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

/* ---- What belongs to no token ---- */

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
    else if (code_point == 0xa0 || is_between(code_point, 0x2000, 0x200f) || code_point == 0x3000)
        diag_hint(list, "it looks like a blank, or like nothing; replace it by an ordinary blank");
    else if (code_point >= 0x80)
        diag_hint(list, "outside of comments a schema is ASCII");
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
        skip_line(state); /* the rest was meant as a comment: its words are no errors */
}

/* ---- Tokens ---- */

static lexer_kind lex_word(lexer *state)
{
    const uint32_t begin = state->at;
    uint32_t foreign = 0;
    uint32_t length = 0;
    for (;;) {
        if (is_ascii_word(peek(state, 0))) {
            state->at++;
        } else if (is_foreign_letter(state, &length)) {
            state->at += length;
            foreign += length;
        } else {
            break;
        }
    }
    if (foreign > 0) {
        const source_span span = {begin, state->at - begin};
        diag_report(state->list, span, "name %s has letters beyond ASCII",
                    diag_quote(state->list, span).text);
        diag_hint(state->list, "names are made of A to Z, a to z, 0 to 9 and '_'");
    }
    return TOKEN_NAME;
}

static lexer_kind lex_number(lexer *state)
{
    state->at++;
    while (is_ascii_word(peek(state, 0)) || peek(state, 0) == '.')
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
    token.kind = lex_token(state);
    token.span.length = state->at - token.span.offset;
    token.punctuation = token.kind == TOKEN_PUNCTUATION ? first : '\0';
    state->line_used = true;
    return token;
}
