/* The edit distance between two words, for "did you mean". */
#ifndef MMF_GEN_EDITS_H
#define MMF_GEN_EDITS_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

#define EDITS_LENGTH_MAX 16u /* bytes of the word that was meant */

/*
 * The number of single-character edits from a word of a_length bytes to b, ignoring case. b is in
 * lower case and has at most EDITS_LENGTH_MAX bytes.
 */
uint32_t edits_between(const char *a, uint32_t a_length, const char *b);

MMF_END_DECLS

#endif
