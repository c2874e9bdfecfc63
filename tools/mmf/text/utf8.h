/* Which bytes are UTF-8. */
#ifndef MMF_TEXT_UTF8_H
#define MMF_TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the character that text begins with, 1 to 4; 0 when it begins with none: a byte that is
 * not UTF-8, an overlong form, a surrogate, or what is beyond Unicode. length is at least 1.
 */
static inline size_t utf8_length(const unsigned char *text, size_t length)
{
    if (text[0] < 0x80)
        return 1;
    const size_t size = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4 || size > length)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] >= 0xa0) ||
        (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] >= 0x90))
        return 0;
    return size;
}

#endif
