/* What the characters of a schema are, whatever stands around them; private to the lexer. */
#ifndef MMF_GEN_CHARACTERS_H
#define MMF_GEN_CHARACTERS_H

#include "diag.h"

MMF_BEGIN_DECLS

/*
 * False when the file is not text in UTF-8, or has a character that no schema may have: the first
 * such place is reported.
 */
bool characters_check(const source *from, diag_list *list);

/*
 * True for a character beyond ASCII that looks like a letter of some script, and not like a symbol:
 * then it belongs to the word around it, and the word is reported as a whole.
 */
bool character_is_letter(uint32_t code_point);

/* True for a character beyond ASCII that looks like a blank, or like nothing. */
bool character_is_blank(uint32_t code_point);

MMF_END_DECLS

#endif
