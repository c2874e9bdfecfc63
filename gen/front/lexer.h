/*
 * Turns the text of a schema into tokens.
 *
 * Characters that cannot be part of any token are reported once and skipped; the parser never sees
 * them. `//` and block comments are skipped too. `///` comments are tokens, since they are part of
 * the schema.
 */
#ifndef MMF_GEN_LEXER_H
#define MMF_GEN_LEXER_H

#include "diag.h"

MMF_BEGIN_DECLS

typedef enum lexer_kind {
    TOKEN_END,    /* the end of the text, returned by every further call */
    TOKEN_NAME,   /* a letter or '_', then letters, digits and '_'; or a reported misspelling of one
                   */
    TOKEN_NUMBER, /* begins with a digit, or '-' and a digit; runs to the end of the word */
    TOKEN_TEXT,   /* "in double quotes", on one line */
    TOKEN_DOC,    /* a `///` comment for the item after it */
    TOKEN_DOC_TRAILING, /* a `///` comment after another token on its line, or the continuation of
                           one */
    TOKEN_PUNCTUATION   /* one of { } [ ] ( ) < > : ; , . = ? @ */
} lexer_kind;

typedef struct lexer_token {
    lexer_kind kind;
    char punctuation; /* the character of TOKEN_PUNCTUATION, else NUL */
    bool first;       /* on its line */
    bool reported;    /* an error was reported about it, so the parser reports no second one */
    source_span span;
} lexer_token;

typedef struct lexer {
    const source *from;
    diag_list *list;
    uint32_t at;
    uint32_t line;
    uint32_t line_begin;       /* offset */
    bool line_used;            /* a token began on this line */
    uint32_t doc_line;         /* the line after a trailing doc comment, which may continue it */
    uint32_t doc_column_bytes; /* where that comment began on its line */
} lexer;

/*
 * Starts at the beginning of the text, after a UTF-8 byte order mark. Returns false when the file
 * is not UTF-8 text or has a control character: the first such place is reported, and lexer_next
 * must not be called.
 */
bool lexer_begin(lexer *state, const source *from, diag_list *list);

lexer_token lexer_next(lexer *state);

MMF_END_DECLS

#endif
