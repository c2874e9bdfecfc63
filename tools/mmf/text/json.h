/* Text as a string of JSON. */
#ifndef MMF_TEXT_JSON_H
#define MMF_TEXT_JSON_H

#include <stddef.h>
#include <stdio.h>

/* Bytes that the string of JSON of length bytes takes at most, with its quotes. */
#define JSON_TEXT_SIZE(length) (6 * (size_t)(length) + 2)

/*
 * Writes text in quotes to `to`, which has JSON_TEXT_SIZE(length) bytes, and returns the end of it;
 * no NUL follows. What is not UTF-8 becomes an escape that Python's surrogateescape gives the same
 * bytes again for: "\udc80" to "\udcff".
 */
char *json_write_text(char *to, const char *text, size_t length);

/* Prints that to a file. */
void json_print_text(FILE *to, const char *text, size_t length);

#endif
