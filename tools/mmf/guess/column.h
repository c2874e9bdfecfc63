/*
 * What the values of a column have in common, and the type that holds them all. The rules, from
 * the first that suits every value:
 *
 *   bool           true and false, in any case
 *   int32, int64   whole numbers without zeroes before them; int32 where twice the largest would
 *                  fit, so that tomorrow's do as well, uint64 where one does not fit int64
 *   timestamp[u]   whole numbers of 10, 13, 16 or 19 digits (s, ms, us, ns) from 2001 to 2286, in
 *                  a column whose name says "time", "date", "ts" or "_at"
 *   decimal(18,s)  numbers that all have the same s digits after the point, 2 to 9, and one of them
 *                  ends in a 0 there: money is written so, and floats are not
 *   float64        numbers, unless one is a whole number of more digits than a float keeps (15)
 *   date           2024-01-31
 *   timestamp[u]   times of ISO 8601; u has room for the digits that the seconds are written with
 *   string[N]      anything else; N is the longest, rounded up to a multiple of 8
 *
 * With a '?' where a cell is empty, but for quoted empty cells among text. Enums are left to
 * people: the values of a table do not tell which others may come.
 */
#ifndef MMF_GUESS_COLUMN_H
#define MMF_GUESS_COLUMN_H

#include "../import/csv.h"

MMF_BEGIN_DECLS

#define COLUMN_WORDS_MAX  8u /* different values that are remembered */
#define COLUMN_WORD_SIZE  25u
#define COLUMN_TYPE_SIZE  32u
#define COLUMN_NOTE_SIZE  320u
#define COLUMN_STRING_MAX 65536u

typedef struct column {
    uint64_t values; /* that are not empty */
    uint64_t empty;
    uint64_t quoted_empty;
    uint32_t longest; /* bytes */
    unsigned may_be;  /* bits of what all values could be */
    bool not_utf8;
    int64_t least;
    int64_t most;
    uint64_t most_unsigned; /* of those above INT64_MAX */
    uint32_t digits_least;  /* of whole numbers */
    uint32_t digits_most;
    uint32_t scale; /* digits after the point of every number so far */
    uint32_t whole; /* before it, at most */
    bool ends_in_zero;
    uint32_t fraction; /* digits after the point of seconds, at most */
    bool beyond_ns;    /* a time does not fit timestamp[ns] */
    bool has_zone;
    bool lacks_zone;
    uint32_t word_count; /* beyond COLUMN_WORDS_MAX there are more, or longer ones */
    char words[COLUMN_WORDS_MAX][COLUMN_WORD_SIZE];
} column;

void column_init(column *of);

/* Takes a cell into account. */
void column_take(column *of, const csv_cell *cell);

/*
 * Writes the type ("decimal(18,2)?"), and a note for people, "" for none. name is that of the
 * column. False when no field can hold the values: note says why.
 */
bool column_type(const column *of, const char *name, size_t name_length,
                 char type[COLUMN_TYPE_SIZE], char note[COLUMN_NOTE_SIZE]);

MMF_END_DECLS

#endif
