/*
 * Lists, literals and docstrings of Python.
 *
 * Lines are broken as Python's formatters do it: a list that does not fit on a line of 100 columns
 * gets one line per item.
 */
#ifndef MMF_GEN_EMIT_PYTHON_TEXT_H
#define MMF_GEN_EMIT_PYTHON_TEXT_H

#include "../emit/literal.h"
#include "../model/model.h"

MMF_BEGIN_DECLS

/* A character of a literal of Python, as emit_escape. */
size_t emit_escape_python(const char *text, size_t length, char left,
                          char escaped[EMIT_ESCAPED_SIZE]);

/*
 * Emits head, the items with ", " between them, and tail, indented by indent blanks. Each item in
 * items ends in '\n'. A list that does not fit on one line gets a line for each item.
 */
void emit_python_list(emitter *to, uint32_t indent, const char *head, const emit_text *items,
                      const char *tail);

/*
 * Emits text as the literals of one argument, indented by 4 blanks: one for each line of text, and
 * more where a line is too long. The value is exactly text, which must be UTF-8.
 */
void emit_python_string(emitter *to, const char *text, size_t size);

/* True when the record uses the enum or struct of that name. */
bool emit_python_record_uses(const mmf_schema *record, const char *name);

/* Emits __all__, the names that a module and its stub have in common. */
void emit_python_names(emitter *to, const gen_model *model);

/* Emits lines of prose as a docstring, on one line if it fits; nothing for "". */
void emit_python_doc(emitter *to, uint32_t indent, const char *text);

MMF_END_DECLS

#endif
