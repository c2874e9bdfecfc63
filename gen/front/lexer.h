/*
 * Turns the text of a schema into tokens.
 *
 * What cannot be part of any token is reported once and skipped, so the parser never sees it.
 * `//` and block comments vanish here; `///` comments are tokens, because they are part of what a
 * schema means.
 */
#ifndef MMF_GEN_LEXER_H
#define MMF_GEN_LEXER_H

#include "diag.h"

MMF_BEGIN_DECLS

typedef enum lexer_kind {
    TOKEN_END,    /* for ever, once the text is used up */
    TOKEN_NAME,   /* a letter or '_', then letters, digits and '_'; also with what is reported */
    TOKEN_NUMBER, /* begins with a digit, or '-' and a digit; runs to the end of the word */
    TOKEN_TEXT,   /* "in double quotes", on one line */
    TOKEN_DOC,    /* a `///` comment for what follows it */
    TOKEN_DOC_TRAILING, /* a `///` comment behind something on its line, or continuing one */
    TOKEN_PUNCTUATION   /* one of { } [ ] ( ) < > : ; , . = ? @ */
} lexer_kind;

typedef struct lexer_token {
    lexer_kind kind;
    char punctuation; /* the character of TOKEN_PUNCTUATION, else NUL */
    bool first;       /* on its line */
    bool reported;    /* there is an error about it: that it does not fit is no other one */
    source_span span;
} lexer_token;

typedef struct lexer {
    const source *from;
    diag_list *list;
    uint32_t at;
    uint32_t line;
    uint32_t line_begin;       /* offset */
    bool line_used;            /* a token began on this line */
    uint32_t doc_line;         /* where a trailing doc comment would be continued: right below */
    uint32_t doc_column_bytes; /* the last one, in its column */
} lexer;

/*
 * Begins at the start of the text, behind a UTF-8 byte order mark. False when the file is not text
 * in UTF-8 (a NUL, a control character, ...): the first such place is reported and there is nothing
 * to lex.
 */
bool lexer_begin(lexer *state, const source *from, diag_list *list);

lexer_token lexer_next(lexer *state);

MMF_END_DECLS

#endif
