/* String literals: the common part of C and Python. */
#ifndef MMF_GEN_EMIT_LITERAL_H
#define MMF_GEN_EMIT_LITERAL_H

#include "text.h"

MMF_BEGIN_DECLS

#define EMIT_ESCAPED_SIZE 32u

/*
 * Writes one character as a language spells it in a literal. text is the character and all that
 * follows it, length bytes; left is the byte before it. Returns the bytes of text that escaped
 * stands for.
 */
typedef size_t (*emit_escape)(const char *text, size_t length, char left,
                              char escaped[EMIT_ESCAPED_SIZE]);

/*
 * The bytes of a line of text that go into one literal of at most room columns, quotes not
 * counted; the literal ends after a blank if it can.
 */
size_t emit_chunk_size(emit_escape escape, const char *text, size_t length, uint32_t room);

/* Appends one literal. */
void emit_quote_as(emit_text *to, emit_escape escape, const char *text, size_t length);

/* True for an invisible character, and one that changes the direction of text: escape it. */
bool emit_is_hidden(uint32_t code_point);

MMF_END_DECLS

#endif
