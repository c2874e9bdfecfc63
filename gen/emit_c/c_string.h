/* String literals of C. */
#ifndef MMF_GEN_EMIT_C_STRING_H
#define MMF_GEN_EMIT_C_STRING_H

#include "../emit/literal.h"

MMF_BEGIN_DECLS

/* An emit_escape: octal escapes, and '?' escaped after '?', which keeps trigraphs out. */
size_t emit_escape_c(const char *text, size_t length, char left, char escaped[EMIT_ESCAPED_SIZE]);

/* Appends one literal to a line that is being put together. */
void emit_quote(emit_text *to, const char *text, size_t length);

/*
 * Emits head (which ends in '='), the literal and a ';': one chunk per line of text, and more when
 * a line of text is too long for one.
 */
void emit_string(emitter *to, const char *head, const char *text, size_t size);

MMF_END_DECLS

#endif
