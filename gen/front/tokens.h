/* The tokens of a schema as the parser gets them: one at a time, without the doc comments. */
#ifndef MMF_GEN_TOKENS_H
#define MMF_GEN_TOKENS_H

#include "lexer.h"
#include "syntax.h"

MMF_BEGIN_DECLS

typedef struct parser {
    lexer tokens;
    lexer_token now;
    arena *memory;
    diag_list *list;
    syntax_docs pending; /* doc comments for the next item */
    syntax_docs *target; /* where a trailing doc comment belongs; NULL for nowhere */
    source_span last;    /* the token before now */
    bool failed;         /* no memory */
} parser;

/* The doc comments seen since the last call. */
syntax_docs parser_take_docs(parser *state);

/* Reports pending doc comments, which no item follows. */
void parser_refuse_docs(parser *state);

/* Moves to the next token, and keeps doc comments for the item that they describe. */
void parser_advance(parser *state);

bool parser_is_punctuation(const parser *state, char wanted);
bool parser_is_word(const parser *state, const char *word);

/* Reports that the current token is not the expected one. */
void parser_report_found(parser *state, const char *expected);

/* These two move past a token of the wanted kind, and report any other. */
bool parser_take_punctuation(parser *state, char wanted, const char *expected);
bool parser_take_kind(parser *state, lexer_kind kind, const char *expected, source_span *out);

MMF_END_DECLS

#endif
