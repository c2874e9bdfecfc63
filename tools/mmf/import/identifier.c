#include "identifier.h"

#include <stdio.h>
#include <string.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void identifier_make(const char *text, size_t length, char out[MMF_NAME_LENGTH_MAX + 1])
{
    size_t at = 0;
    bool gap = false;
    for (size_t i = 0; i < length && at < MMF_NAME_LENGTH_MAX - 1; i++) {
        if (!is_letter(text[i]) && !is_digit(text[i])) {
            gap = true;
            continue;
        }
        if (at == 0 && is_digit(text[i]))
            out[at++] = 'x';
        else if (at > 0 && gap && at < MMF_NAME_LENGTH_MAX - 2)
            out[at++] = '_';
        gap = false;
        out[at++] = text[i];
    }
    out[at] = '\0';
    if (at == 0)
        (void)strcpy(out, "column");
}

void identifier_vary(const char *name, unsigned attempt, char out[MMF_NAME_LENGTH_MAX + 1])
{
    const int kept = (int)MMF_NAME_LENGTH_MAX - 8;
    if (attempt == 1)
        (void)snprintf(out, MMF_NAME_LENGTH_MAX + 1, "%.*s_value", kept, name);
    else
        (void)snprintf(out, MMF_NAME_LENGTH_MAX + 1, "%.*s_%u", kept, name, attempt);
}
