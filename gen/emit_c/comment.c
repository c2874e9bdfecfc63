/* Block comments around the prose of a schema. */
#include "comment.h"

#include <string.h>

#include "../emit/prose.h"

/* The length of a bidirectional control character at text, or 0: compilers warn of them. */
static size_t bidi_size(const char *text, size_t length)
{
    if (length < 3 || memcmp(text, "\xe2", 1) != 0)
        return 0;
    const unsigned char second = (unsigned char)text[1];
    const unsigned char third = (unsigned char)text[2];
    const bool embedding = second == 0x80 && third >= 0xaa && third <= 0xae;
    const bool isolate = second == 0x81 && third >= 0xa6 && third <= 0xa9;
    return embedding || isolate ? 3 : 0;
}

/* True when a space must separate the two: the marks of a comment, and half of a trigraph. */
static bool must_part(char left, char right)
{
    return (left == '*' && right == '/') || (left == '/' && right == '*') ||
           (left == '?' && right == '?');
}

void emit_comment_text(emit_text *to, const char *text, size_t length)
{
    char left = '\0';
    for (size_t at = 0; at < length;) {
        const size_t bidi = bidi_size(text + at, length - at);
        if (bidi > 0) {
            at += bidi;
            continue;
        }
        const char c = text[at] == '\t' ? ' ' : text[at];
        if (must_part(left, c))
            emit_append(to, " ", 1);
        emit_append(to, &c, 1);
        left = c;
        at++;
    }
}

uint32_t emit_comment_width(const char *text)
{
    if (strchr(text, '\n') != NULL)
        return 0;
    emit_text prose = {NULL, 0, 0, false};
    emit_comment_text(&prose, text, strlen(text));
    const uint32_t width = emit_width(prose.data != NULL ? prose.data : "", prose.size) + 6;
    emit_text_free(&prose);
    return width;
}

void emit_comment(emitter *to, uint32_t indent, const char *text)
{
    emit_text *out = &to->out;
    emit_text prose = {NULL, 0, 0, false};
    emit_comment_text(&prose, text, strlen(text));
    if (prose.failed || prose.data == NULL) {
        out->failed = out->failed || prose.failed;
        return;
    }
    const bool one_line = memchr(prose.data, '\n', prose.size) == NULL;
    emit_append_blanks(out, indent);
    if (one_line && indent + 6 + emit_width(prose.data, prose.size) <= EMIT_COLUMN_MAX) {
        emit_append(out, "/* ", 3);
        emit_append(out, prose.data, prose.size);
        emit_append(out, " */\n", 4);
        emit_text_free(&prose);
        return;
    }
    emit_append(out, "/*\n", 3);
    for (size_t at = 0; at <= prose.size;) {
        const char *line = prose.data + at;
        const char *end = (const char *)memchr(line, '\n', prose.size - at);
        const size_t length = end != NULL ? (size_t)(end - line) : prose.size - at;
        emit_prose_line(out, indent, " * ", line, length);
        at += length + 1;
    }
    emit_append_blanks(out, indent);
    emit_append(out, " */\n", 4);
    emit_text_free(&prose);
}
