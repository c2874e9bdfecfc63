/* Turns tokens into records and fields as they are written, without asking what they mean. */
#ifndef MMF_GEN_PARSER_H
#define MMF_GEN_PARSER_H

#include "diag.h"
#include "syntax.h"

MMF_BEGIN_DECLS

/*
 * Parses a whole file, reporting what cannot be parsed and going on behind it. False when there was
 * no memory; errors alone are true, and the list has them.
 */
bool parser_parse(const source *from, arena *memory, diag_list *list, syntax_schema *out);

MMF_END_DECLS

#endif
