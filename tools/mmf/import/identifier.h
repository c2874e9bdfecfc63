/* Names for fields, made from those of columns. */
#ifndef MMF_IMPORT_IDENTIFIER_H
#define MMF_IMPORT_IDENTIFIER_H

#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

/*
 * Makes a name of a schema from any text: letters, digits and single '_' stay, all else becomes a
 * '_', of which none is first, last, or beside another; a digit first gets an 'x' before it, and
 * no letter at all is "column".
 */
void identifier_make(const char *text, size_t length, char out[MMF_NAME_LENGTH_MAX + 1]);

/*
 * Makes another name of it: with "_value" after it for attempt 1, else with a '_' and the attempt.
 */
void identifier_vary(const char *name, unsigned attempt, char out[MMF_NAME_LENGTH_MAX + 1]);

#define IDENTIFIER_ATTEMPTS 100u /* of identifier_vary, at most */

MMF_END_DECLS

#endif
