/*
 * Generated text of any language: a buffer that grows, and the emitter that code is written to.
 *
 * A failed allocation is remembered and checked once at the end; every later call does nothing.
 */
#ifndef MMF_GEN_EMIT_TEXT_H
#define MMF_GEN_EMIT_TEXT_H

#include "mmapforge/status.h"

MMF_BEGIN_DECLS

#define EMIT_COLUMN_MAX 100u /* of a generated line, and ColumnLimit in .clang-format */

typedef struct emit_text {
    char *data; /* size bytes, then a NUL; NULL while nothing was emitted */
    size_t size;
    size_t capacity;
    bool failed; /* no memory; data is not complete */
} emit_text;

/* Where generated text goes. line is the line that a template is being filled in for. */
typedef struct emitter {
    emit_text out;
    emit_text line;
} emitter;

void emit_init(emitter *to);
void emit_free(emitter *to);

/* True when all that was emitted is in to->out. */
bool emit_is_complete(const emitter *to);

/* Emits one line as it is; text has no '\n'. */
void emit_line(emitter *to, const char *text);

/* The same from a printf format. */
void emit_format(emitter *to, const char *format, ...) MMFI_PRINTF(2, 3);

/* ---- Parts of a line ---- */

void emit_append(emit_text *to, const char *data, size_t size);
void emit_append_blanks(emit_text *to, uint32_t count);

/* Appends text from a printf format; for short texts of names. */
void emit_append_format(emit_text *to, const char *format, ...) MMFI_PRINTF(2, 3);

void emit_text_free(emit_text *text);

/* The columns that text takes at most; wide characters count as two. */
uint32_t emit_width(const char *text, size_t length);

MMF_END_DECLS

#endif
