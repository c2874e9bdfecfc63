/*
 * Templates of generated C.
 *
 * A template holds one logical line of C per line, however long it gets once its placeholders are
 * filled in. A line that is too long is then wrapped as the repository's clang-format does it.
 */
#ifndef MMF_GEN_EMIT_C_TEMPLATE_H
#define MMF_GEN_EMIT_C_TEMPLATE_H

#include "../emit/text.h"

MMF_BEGIN_DECLS

#define EMIT_PLACEHOLDERS_MAX 32u

/* `$name$` in a template stands for value. A value is one line. */
typedef struct emit_placeholder {
    const char *name;
    const char *value;
} emit_placeholder;

typedef struct emit_placeholders {
    emit_placeholder list[EMIT_PLACEHOLDERS_MAX];
    uint32_t count;
} emit_placeholders;

/* Sets or replaces a placeholder. The value must live as long as the placeholders. */
void emit_set(emit_placeholders *placeholders, const char *name, const char *value);

/* The value of a placeholder, which must be set. */
const char *emit_value_of(const emit_placeholders *placeholders, const char *name);

/*
 * Emits a template, which ends in '\n'. A line that is a one-line block comment is wrapped as a
 * comment, every other one as C. Every placeholder must be set.
 */
void emit_template(emitter *to, const emit_placeholders *placeholders, const char *text);

/* The text of a template with its placeholders filled in, valid until the next call that emits. */
const char *emit_fill(emitter *to, const emit_placeholders *placeholders, const char *text);

MMF_END_DECLS

#endif
