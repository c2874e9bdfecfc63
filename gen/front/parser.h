/* Turns tokens into records and fields as they are written, without checking their meaning. */
#ifndef MMF_GEN_PARSER_H
#define MMF_GEN_PARSER_H

#include "diag.h"
#include "syntax.h"

MMF_BEGIN_DECLS

/*
 * Parses a whole file. Errors are reported to the list, and parsing goes on after them. Returns
 * false only when memory is exhausted.
 */
bool parser_parse(const source *from, arena *memory, diag_list *list, syntax_schema *out);

MMF_END_DECLS

#endif
