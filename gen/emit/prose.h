/* Prose in generated comments, wrapped into lines of at most 100 columns. */
#ifndef MMF_GEN_EMIT_PROSE_H
#define MMF_GEN_EMIT_PROSE_H

#include "text.h"

MMF_BEGIN_DECLS

/*
 * Appends one line of prose, wrapped; continuation lines keep the indent that the line begins with.
 * The mark comes before each: " * " inside a block comment of C, "" in a docstring.
 */
void emit_prose_line(emit_text *to, uint32_t indent, const char *mark, const char *text,
                     size_t length);

MMF_END_DECLS

#endif
