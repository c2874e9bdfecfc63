/* The edit distance between two words. */
#include "edits.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Levenshtein distance, with one row of the table in memory. */
uint32_t edits_between(const char *a, uint32_t a_length, const char *b)
{
    uint32_t row[EDITS_LENGTH_MAX + 1];
    const uint32_t b_length = (uint32_t)strlen(b);
    for (uint32_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (uint32_t i = 1; i <= a_length; i++) {
        uint32_t diagonal = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= b_length; j++) {
            const uint32_t replace = diagonal + (lower(a[i - 1]) != b[j - 1]);
            diagonal = row[j];
            const uint32_t insert = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = replace < insert ? replace : insert;
        }
    }
    return row[b_length];
}
