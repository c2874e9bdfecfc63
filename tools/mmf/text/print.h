/*
 * Values as text that reads back to the same value: what parse.h takes, of the bytes that a record
 * has for them. Each call writes to `to` and returns the end of the text; no NUL follows.
 */
#ifndef MMF_TEXT_PRINT_H
#define MMF_TEXT_PRINT_H

#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

/* Bytes that hold any number, date, time or enum. */
#define PRINT_NUMBER_SIZE 80u

char *print_uint64(char *to, uint64_t value);
char *print_int64(char *to, int64_t value);

/* Days since 1970-01-01 as "2024-01-31". A year beyond 0000 to 9999 has a sign: "-0001-12-31". */
char *print_date(char *to, int64_t days);

/* 10^-scale seconds since 1970-01-01 as "2024-01-31T12:30:59.250Z", with scale digits. */
char *print_timestamp(char *to, int64_t units, uint32_t scale);

/* A number in units of 10^-scale, exactly: "-0.0500". */
char *print_decimal(char *to, int64_t units, uint32_t scale);

typedef enum print_form {
    PRINT_CSV, /* text in quotes where it needs them; empty text is "" */
    PRINT_JSON /* text, times, bytes and members of enums in quotes; so are nan and inf */
} print_form;

/* Bytes that hold any value of one element of the field, which is not a struct. */
size_t print_value_size(const mmf_field *field);

/* Writes one element of a field, not a struct and not null, whose bytes in the record are at raw.
 */
char *print_value(char *to, const mmf_field *field, const unsigned char *raw, print_form form);

MMF_END_DECLS

#endif
