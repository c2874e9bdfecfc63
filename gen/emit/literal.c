/* String literals of any language: their quotes, and where they are split. */
#include "literal.h"

#include <string.h>

bool emit_is_hidden(uint32_t code_point)
{
    return (code_point >= 0x200b && code_point <= 0x200f) ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2060 && code_point <= 0x206f);
}

void emit_quote_as(emit_text *to, emit_escape escape, const char *text, size_t length)
{
    emit_append(to, "\"", 1);
    for (size_t at = 0; at < length;) {
        char escaped[EMIT_ESCAPED_SIZE];
        at += escape(text + at, length - at, at > 0 ? text[at - 1] : '\0', escaped);
        emit_append(to, escaped, strlen(escaped));
    }
    emit_append(to, "\"", 1);
}

size_t emit_chunk_size(emit_escape escape, const char *text, size_t length, uint32_t room)
{
    uint32_t column = 0;
    size_t blank = 0;
    for (size_t at = 0; at < length;) {
        char escaped[EMIT_ESCAPED_SIZE];
        const size_t taken = escape(text + at, length - at, at > 0 ? text[at - 1] : '\0', escaped);
        column += emit_width(escaped, strlen(escaped));
        if (column > room)
            return blank > 0 ? blank : at;
        at += taken;
        if (text[at - 1] == '\n')
            return at;
        if (text[at - 1] == ' ')
            blank = at;
    }
    return length;
}
