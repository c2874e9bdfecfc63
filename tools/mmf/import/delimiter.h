/* The value of --delimiter. */
#ifndef MMF_IMPORT_DELIMITER_H
#define MMF_IMPORT_DELIMITER_H

#include <stdbool.h>
#include <string.h>

/* The character that it names, ',' for NULL; '\0' for what cannot be a delimiter. */
static inline char delimiter_of(const char *text)
{
    if (text == NULL)
        return ',';
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        return '\t';
    const bool good =
        strlen(text) == 1 && (unsigned char)*text < 0x80 && strchr("\"\r\n", *text) == NULL;
    return good ? *text : '\0';
}

#endif
