/* Checks and classifies the characters of a schema, wherever they stand; private to the lexer. */
#ifndef MMF_GEN_CHARACTERS_H
#define MMF_GEN_CHARACTERS_H

#include "diag.h"

MMF_BEGIN_DECLS

/*
 * Returns false when the file is not UTF-8 text, or has a character that is not allowed anywhere in
 * a schema. The first such place is reported.
 */
bool characters_check(const source *from, diag_list *list);

/*
 * True for a non-ASCII character that is a letter of some script, not a symbol: it is then part of
 * the word around it, and the word is reported as a whole.
 */
bool character_is_letter(uint32_t code_point);

/* True for a non-ASCII character that looks like a space, or is invisible. */
bool character_is_blank(uint32_t code_point);

MMF_END_DECLS

#endif
