/* String literals of C: any text, on lines of at most 100 columns. */
#include "c_string.h"

#include <stdio.h>
#include <string.h>

#include "../front/source.h"

#define CHUNK_INDENT 4u

/*
 * Octal escapes have three digits, so that a digit after one is not part of it; "\?" prevents
 * trigraphs.
 */
size_t emit_escape_c(const char *text, size_t length, char left, char escaped[EMIT_ESCAPED_SIZE])
{
    const unsigned char c = (unsigned char)text[0];
    if (c == '\n')
        memcpy(escaped, "\\n", 3);
    else if (c == '\t')
        memcpy(escaped, "\\t", 3);
    else if (c == '"' || c == '\\' || (c == '?' && left == '?'))
        (void)snprintf(escaped, EMIT_ESCAPED_SIZE, "\\%c", c);
    else if (c >= 0x20 && c < 0x7f)
        (void)snprintf(escaped, EMIT_ESCAPED_SIZE, "%c", c);
    else {
        uint32_t code_point = 0;
        const uint32_t size = source_decode(text, (uint32_t)length, &code_point);
        /* Compilers warn of hidden characters. */
        const bool plain = size > 1 && !emit_is_hidden(code_point);
        const size_t taken = size > 0 ? size : 1;
        if (plain) {
            memcpy(escaped, text, taken);
            escaped[taken] = '\0';
            return taken;
        }
        for (size_t i = 0; i < taken; i++)
            (void)snprintf(escaped + 4 * i, 5, "\\%03o", (unsigned)(unsigned char)text[i]);
        return taken;
    }
    return 1;
}

void emit_quote(emit_text *to, const char *text, size_t length)
{
    emit_quote_as(to, emit_escape_c, text, length);
}

/* The width of the widest literal, with its quotes and the ';' after the last. */
static uint32_t widest_chunk(const char *text, size_t size, uint32_t room)
{
    uint32_t widest = 0;
    for (size_t at = 0; at < size;) {
        const size_t length = emit_chunk_size(emit_escape_c, text + at, size - at, room);
        emit_text chunk = {NULL, 0, 0, false};
        emit_quote(&chunk, text + at, length);
        const uint32_t width = emit_width(chunk.failed ? "" : chunk.data, chunk.size);
        emit_text_free(&chunk);
        at += length;
        widest = width + (at == size) > widest ? width + (at == size) : widest;
    }
    return widest;
}

void emit_string(emitter *to, const char *head, const char *text, size_t size)
{
    const uint32_t room = EMIT_COLUMN_MAX - CHUNK_INDENT - 3; /* quotes, and ';' */
    const uint32_t head_width = emit_width(head, strlen(head)) + 1;
    const bool beside = head_width + widest_chunk(text, size, room) <= EMIT_COLUMN_MAX;
    emit_append(&to->out, head, strlen(head));
    emit_append(&to->out, beside ? " " : "\n", 1);
    for (size_t at = 0; at < size;) {
        const size_t length = emit_chunk_size(emit_escape_c, text + at, size - at, room);
        if (at > 0 || !beside)
            emit_append_blanks(&to->out, beside ? head_width : CHUNK_INDENT);
        emit_quote(&to->out, text + at, length);
        at += length;
        emit_append(&to->out, at < size ? "\n" : ";\n", at < size ? 1 : 2);
    }
}
