/*
 * Binary floating point to decimal numbers: the shortest digits that read back to the same bits,
 * and of these the nearest.
 *
 * The algorithm is Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles", 2020) in
 * the form of Alexander Bolz's Drachennest. Its powers of ten are computed at the first call.
 */
#ifndef MMF_TEXT_PRINT_FLOAT_H
#define MMF_TEXT_PRINT_FLOAT_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

/* Bytes that hold any number of these calls. */
#define PRINT_FLOAT_SIZE 32u

/*
 * Writes "189.5", "100.0", "1e-7", "nan" or "-inf", and returns the end; no NUL follows. The bits
 * of a NaN beyond its sign are not written. Not for several threads before a first call returned.
 */
char *print_float64(char *to, double value);
char *print_float32(char *to, float value);

MMF_END_DECLS

#endif
