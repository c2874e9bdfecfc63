/* Wraps lines of prose for comments of any language. */
#include "prose.h"

#include <string.h>

static uint32_t leading_blanks(const char *text, size_t length)
{
    uint32_t count = 0;
    while (count < length && text[count] == ' ')
        count++;
    return count;
}

/* The bytes of text up to the next space or the end. */
static size_t word_size(const char *text, size_t length)
{
    const char *blank = (const char *)memchr(text, ' ', length);
    return blank != NULL ? (size_t)(blank - text) : length;
}

void emit_prose_line(emit_text *out, uint32_t indent, const char *mark, const char *text,
                     size_t length)
{
    const uint32_t blanks = leading_blanks(text, length);
    const uint32_t inner = blanks < 16 ? blanks : 0;
    const size_t mark_size = strlen(mark);
    const uint32_t begin = indent + (uint32_t)mark_size + inner;
    uint32_t column = 0;
    size_t at = blanks;
    while (at < length) {
        const size_t size = word_size(text + at, length - at);
        const uint32_t width = emit_width(text + at, size);
        if (size > 0 && column > 0 && column + 1 + width <= EMIT_COLUMN_MAX) {
            emit_append(out, " ", 1);
            column += 1 + width;
        } else if (size > 0) {
            if (column > 0)
                emit_append(out, "\n", 1);
            emit_append_blanks(out, indent);
            emit_append(out, mark, mark_size);
            emit_append_blanks(out, inner);
            column = begin + width;
        }
        emit_append(out, text + at, size);
        at += size + 1;
    }
    if (column == 0 && mark_size > 0) {
        emit_append_blanks(out, indent);
        emit_append(out, mark, mark_size - 1);
    }
    emit_append(out, "\n", 1);
}
