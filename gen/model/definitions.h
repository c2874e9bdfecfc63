/* Constants and enums, which fields use. */
#ifndef MMF_GEN_DEFINITIONS_H
#define MMF_GEN_DEFINITIONS_H

#include "checker.h"

MMF_BEGIN_DECLS

/* Checks all constants and enums. */
void definitions_check(checker *state);

/*
 * False, with a report, when an enum or struct has a name of the language, or one that was declared
 * before. what is "an enum" or "a struct".
 */
bool definitions_check_name(checker *state, const char *what, source_span name);

/* The value of the constant of that name; false when there is none. */
bool definitions_constant(const checker *state, source_span name, uint32_t *value);

/* The index of the enum of that name; false when there is none. */
bool definitions_enum(const checker *state, source_span name, uint32_t *index);

MMF_END_DECLS

#endif
