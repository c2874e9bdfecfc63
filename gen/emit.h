/*
 * Text that is being generated: a growing buffer, templates with holes, and lines of 100 columns.
 *
 * A template holds one logical line of C per line, however long it gets once its holes are filled.
 * What does not fit is wrapped the way the repository's clang-format does it. A failed allocation
 * is remembered and checked once at the end; everything after it does nothing.
 */
#ifndef MMF_GEN_EMIT_H
#define MMF_GEN_EMIT_H

#include "model.h"

MMF_BEGIN_DECLS

#define EMIT_COLUMN_MAX 100u /* of a line, and ColumnLimit in .clang-format */
#define EMIT_HOLES_MAX  16u

typedef struct emit_text {
    char *data; /* size bytes, then a NUL; NULL while nothing was emitted */
    size_t size;
    size_t capacity;
    bool failed; /* no memory; data is not complete */
} emit_text;

/* `$name$` in a template stands for value. A value is one line. */
typedef struct emit_hole {
    const char *name;
    const char *value;
} emit_hole;

typedef struct emit_holes {
    emit_hole holes[EMIT_HOLES_MAX];
    uint32_t count;
} emit_holes;

/* Where generated text goes. line is the logical line being put together. */
typedef struct emitter {
    emit_text out;
    emit_text line;
} emitter;

void emit_init(emitter *to);
void emit_free(emitter *to);

/* True when all that was emitted is in to->out. */
bool emit_is_complete(const emitter *to);

/* The value must live as long as the holes. */
void emit_set(emit_holes *holes, const char *name, const char *value);

/*
 * Emits a template, which ends in '\n'. A line that is a one-line block comment is wrapped as a
 * comment, every other one as C. Every hole must be set.
 */
void emit_template(emitter *to, const emit_holes *holes, const char *text);

/* Emits one line of C; text has no '\n'. */
void emit_line(emitter *to, const char *text);

/* The same from a printf format, for what a hole cannot say. */
void emit_format(emitter *to, const char *format, ...) MMFI_PRINTF(2, 3);

/* The text of a template with its holes filled, valid until the next call that emits. */
const char *emit_fill(emitter *to, const emit_holes *holes, const char *text);

/* ---- Long lines, in emit_wrap.c ---- */

/* Appends a line of C and '\n', on as many lines as it needs. text[size] must be NUL. */
void emit_wrap(emit_text *to, const char *text, size_t size);

/* ---- Comments, in emit_prose.c ---- */

/*
 * A block comment around lines of prose separated by '\n', on one line if it fits, and wrapped if
 * not. Whatever could end the comment, splice lines or draw a warning is defused.
 */
void emit_comment(emitter *to, uint32_t indent, const char *text);

/*
 * One line of prose, wrapped; further lines keep the indent that it begins with. The mark comes
 * before each: " * " inside a block comment, "" elsewhere.
 */
void emit_prose_line(emit_text *to, uint32_t indent, const char *mark, const char *text,
                     size_t length);

/* Columns that a one-line comment around text takes, or 0 when text needs more than one line. */
uint32_t emit_comment_width(const char *text);

/* Appends text as a comment would show it, without the comment's marks. */
void emit_prose(emit_text *to, const char *text, size_t length);

/* Columns that text takes at most; wide characters count as two. */
uint32_t emit_width(const char *text, size_t length);

/* ---- String literals, in emit_string.c ---- */

#define EMIT_ESCAPED_SIZE 32u

/*
 * How a language writes the character at text, of length bytes with what follows it, in a literal;
 * left is the byte before it. Returns the bytes of text that escaped stands for.
 */
typedef size_t (*emit_escape)(const char *text, size_t length, char left,
                              char escaped[EMIT_ESCAPED_SIZE]);

/* C: octal escapes, whole trigraphs taken apart. */
size_t emit_escape_c(const char *text, size_t length, char left, char escaped[EMIT_ESCAPED_SIZE]);

/*
 * The bytes of a line of text that go into one literal of at most room columns, quotes not
 * counted; it breaks behind a blank if it can.
 */
size_t emit_chunk_size(emit_escape escape, const char *text, size_t length, uint32_t room);

/* Appends a string literal to a line that is being put together. */
void emit_quote_as(emit_text *to, emit_escape escape, const char *text, size_t length);

/* The same in C. */
void emit_quote(emit_text *to, const char *text, size_t length);

/* True for a character that turns text round, or that nobody sees: it is better escaped. */
bool emit_is_hidden(uint32_t code_point);

/*
 * Emits head (which ends in '='), the literal and a ';': one chunk per line of text, and more when
 * a line of text is too long for one.
 */
void emit_string(emitter *to, const char *head, const char *text, size_t size);

/* ---- Appending to a text ---- */

void emit_append(emit_text *to, const char *data, size_t size);
void emit_append_blanks(emit_text *to, uint32_t count);
void emit_text_free(emit_text *text);

MMF_END_DECLS

#endif
