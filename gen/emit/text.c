/* A buffer of generated text that grows. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void emit_append(emit_text *to, const char *data, size_t size)
{
    if (to->failed)
        return;
    if (to->size + size + 1 > to->capacity) {
        const size_t capacity = 2 * (to->size + size) + 1024;
        char *larger = (char *)realloc(to->data, capacity);
        if (larger == NULL) {
            to->failed = true;
            return;
        }
        to->data = larger;
        to->capacity = capacity;
    }
    if (size > 0)
        memcpy(to->data + to->size, data, size);
    to->size += size;
    to->data[to->size] = '\0';
}

void emit_append_blanks(emit_text *to, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        emit_append(to, " ", 1);
}

void emit_append_format(emit_text *to, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < sizeof text)
        emit_append(to, text, (size_t)length);
    else
        to->failed = true;
}

/* An upper bound: characters of three and more bytes of UTF-8 count as wide. */
uint32_t emit_width(const char *text, size_t length)
{
    uint32_t width = 0;
    for (size_t at = 0; at < length; at++) {
        const unsigned char c = (unsigned char)text[at];
        if (c < 0x80 || (c >= 0xc0 && c < 0xe0))
            width += 1;
        else if (c >= 0xe0)
            width += 2;
    }
    return width;
}

void emit_init(emitter *to)
{
    memset(to, 0, sizeof *to);
}

void emit_text_free(emit_text *text)
{
    free(text->data);
    memset(text, 0, sizeof *text);
}

void emit_free(emitter *to)
{
    emit_text_free(&to->out);
    emit_text_free(&to->line);
}

bool emit_is_complete(const emitter *to)
{
    return !to->out.failed && !to->line.failed;
}

void emit_line(emitter *to, const char *text)
{
    emit_append(&to->out, text, strlen(text));
    emit_append(&to->out, "\n", 1);
}

void emit_format(emitter *to, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length >= 0 ? (char *)malloc((size_t)length + 1) : NULL;
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)length + 1, format, again);
        emit_line(to, text);
    } else {
        to->out.failed = true;
    }
    va_end(again);
    free(text);
}
