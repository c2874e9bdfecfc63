/* How near one word is to another, for "did you mean". */
#ifndef MMF_GEN_EDITS_H
#define MMF_GEN_EDITS_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

#define EDITS_LENGTH_MAX 16u /* bytes of the word that was meant */

/*
 * Single-character edits from a word of a_length bytes to b, which is in small letters and has at
 * most EDITS_LENGTH_MAX, without regard to case.
 */
uint32_t edits_between(const char *a, uint32_t a_length, const char *b);

MMF_END_DECLS

#endif
