/*
 * Decimals of the schema language as text: a field of type decimal(p, s) holds units of 10^-s, at
 * most p digits. "12.5" of decimal(10, 4) is 125000. Any thread may call these; they keep nothing.
 */
#ifndef MMAPFORGE_DECIMAL_H
#define MMAPFORGE_DECIMAL_H

#include "mmapforge/status.h"

MMF_BEGIN_DECLS

/* Bytes that hold any text of mmf_decimal_write, with its NUL. */
#define MMF_DECIMAL_TEXT_SIZE 32

/*
 * Writes units with scale digits after the point, as in "-0.0500", into buffer, at most size bytes
 * with a final NUL. Returns the length of the whole text, as snprintf does; 0 for a scale above 18.
 */
size_t mmf_decimal_write(int64_t units, uint32_t scale, char *buffer, size_t size);

/*
 * Reads a number such as "12.5" or "-3", of length bytes, into units of 10^-scale. Nothing is
 * rounded: MMF_ERR_RANGE when it has more than precision digits, or more than scale after the
 * point; MMF_ERR_ARGUMENT for text that is no number, NULL, and a precision or scale that no type
 * has. *units is 0 then.
 */
mmf_status mmf_decimal_read(const char *text, size_t length, uint32_t precision, uint32_t scale,
                            int64_t *units);

MMF_END_DECLS

#endif
