/* Lines of generated C, broken where clang-format would break them. */
#ifndef MMF_GEN_EMIT_C_WRAP_H
#define MMF_GEN_EMIT_C_WRAP_H

#include "../emit/text.h"

MMF_BEGIN_DECLS

/* Appends a line of C and '\n', on as many lines as it needs. text[size] must be NUL. */
void emit_wrap(emit_text *to, const char *text, size_t size);

/* Emits one line of C, wrapped; text has no '\n'. */
void emit_code(emitter *to, const char *text);

MMF_END_DECLS

#endif
