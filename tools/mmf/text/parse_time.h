/* Dates and times of ISO 8601 to numbers, exactly. */
#ifndef MMF_TEXT_PARSE_TIME_H
#define MMF_TEXT_PARSE_TIME_H

#include "parse.h"

MMF_BEGIN_DECLS

/* What a text of a time looked like. */
typedef struct parse_time_form {
    bool has_time;     /* not a date alone */
    bool has_zone;     /* Z, or an offset */
    uint32_t fraction; /* digits after the point of the seconds */
} parse_time_form;

/*
 * Reads "2024-01-31" of the Gregorian calendar, years 0000 to 9999 or more digits after a sign, as
 * days since 1970-01-01. PARSE_SYNTAX also for a day that no calendar has.
 */
parse_result parse_iso_date(const char *text, size_t length, int32_t *days);

/*
 * Reads "2024-01-31T12:30:59.25Z" in units of 10^-scale seconds since 1970-01-01T00:00:00Z. A blank
 * or 't' may stand for the T; the offset may be Z, z, +hh:mm, +hhmm or +hh, with '-' as well; a
 * time without one is UTC; seconds, and the whole time, may be missing (zero). PARSE_DIGITS when
 * digits other than 0 would be lost, PARSE_RANGE beyond int64. *form (may be NULL) is set
 * whenever the syntax was right.
 */
parse_result parse_iso_time(const char *text, size_t length, uint32_t scale, int64_t *units,
                            parse_time_form *form);

MMF_END_DECLS

#endif
