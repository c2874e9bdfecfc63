/* Block comments of C around the prose of a schema. */
#ifndef MMF_GEN_EMIT_C_COMMENT_H
#define MMF_GEN_EMIT_C_COMMENT_H

#include "../emit/text.h"

MMF_BEGIN_DECLS

/*
 * A block comment around lines of prose separated by '\n', on one line if it fits, and wrapped if
 * not. Text that could end the comment, splice lines or cause a warning is made harmless.
 */
void emit_comment(emitter *to, uint32_t indent, const char *text);

/* Columns that a one-line comment around text takes, or 0 when text needs more than one line. */
uint32_t emit_comment_width(const char *text);

/* Appends text as it stands inside a comment, without the comment's marks. */
void emit_comment_text(emit_text *to, const char *text, size_t length);

MMF_END_DECLS

#endif
