/* The diagnostic for a word that is not a type. */
#ifndef MMF_GEN_UNKNOWN_TYPE_H
#define MMF_GEN_UNKNOWN_TYPE_H

#include "../front/diag.h"

MMF_BEGIN_DECLS

/*
 * Reports an unknown type, with the type that was probably meant. max is the number in brackets
 * after it, of length 0 without brackets. Does nothing for a word that the lexer has reported.
 */
void report_unknown_type(diag_list *list, source_span at, source_span max);

MMF_END_DECLS

#endif
