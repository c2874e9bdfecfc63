/*
 * Decimal numbers to binary floating point, correctly rounded: to the nearest, ties to even, the
 * same bits as strtod and strtof in the C locale give, and several times as fast.
 *
 * A number of at most 19 digits is an integer w times a power of ten. Where both are exact in the
 * type, one multiplication or division rounds once and right (W. D. Clinger, "How to Read Floating
 * Point Numbers Accurately", 1990, the fast path of section 3). Else, up to 10^19 and down to
 * 10^-19, w * 10^n or w / 10^n is computed as an integer of 128 bits with a remainder, and rounded
 * by hand (his AlgorithmM, where no big integers are needed). Every other number goes to strtod.
 */
#ifndef MMF_TEXT_PARSE_FLOAT_H
#define MMF_TEXT_PARSE_FLOAT_H

#include "parse.h"

MMF_BEGIN_DECLS

/* A longer number is refused: no program writes one. */
#define PARSE_FLOAT_LENGTH_MAX 1024u

/*
 * Reads "-12.5", "1e-3", ".5", "5.", "nan", "inf" or "infinity", these in any case, a '+' or '-'
 * before each. PARSE_SYNTAX for anything else, PARSE_RANGE for a number that is too large; one that
 * is too small is 0. The program must not have chosen a locale with another point (setlocale).
 */
parse_result parse_float64(const char *text, size_t length, double *out);
parse_result parse_float32(const char *text, size_t length, float *out);

MMF_END_DECLS

#endif
