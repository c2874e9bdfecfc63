#include "json.h"

#include "utf8.h"

#include <string.h>

static const char HEX[] = "0123456789abcdef";

/* What an escape of two characters ends in; 0 for a byte that has none. */
static char short_escape(unsigned char byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return (char)byte;
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static char *write_escape(char *to, const char *start, unsigned char byte)
{
    memcpy(to, start, 4);
    to[4] = HEX[byte >> 4];
    to[5] = HEX[byte & 15];
    return to + 6;
}

char *json_write_text(char *to, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    *to++ = '"';
    for (size_t i = 0; i < length;) {
        const unsigned char byte = bytes[i];
        if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
            *to++ = (char)byte;
            i++;
            continue;
        }
        const size_t size = utf8_length(bytes + i, length - i);
        if (size > 1) {
            memcpy(to, bytes + i, size);
            to += size;
            i += size;
            continue;
        }
        const char escape = short_escape(byte);
        if (size == 0) {
            to = write_escape(to, "\\udc", byte);
        } else if (escape != 0) {
            *to++ = '\\';
            *to++ = escape;
        } else {
            to = write_escape(to, "\\u00", byte);
        }
        i++;
    }
    *to++ = '"';
    return to;
}

void json_print_text(FILE *to, const char *text, size_t length)
{
    char piece[JSON_TEXT_SIZE(64)];
    (void)fputc('"', to);
    while (length > 0) {
        /* Not in the middle of a character. */
        size_t size = length < 64 ? length : 64;
        for (size_t back = 0;
             size < length && back < 3 && ((unsigned char)text[size] & 0xc0) == 0x80; back++)
            size--;
        const char *end = json_write_text(piece, text, size);
        (void)fwrite(piece + 1, 1, (size_t)(end - piece) - 2, to);
        text += size;
        length -= size;
    }
    (void)fputc('"', to);
}
