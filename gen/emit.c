/* Fills templates, line by line, into a buffer that grows. */
#include "emit.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Text ---- */

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
    emit_wrap(&to->out, text, strlen(text));
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

/* ---- Templates ---- */

void emit_set(emit_holes *holes, const char *name, const char *value)
{
    for (uint32_t i = 0; i < holes->count; i++) {
        if (strcmp(holes->holes[i].name, name) == 0) {
            holes->holes[i].value = value;
            return;
        }
    }
    assert(holes->count < EMIT_HOLES_MAX);
    holes->holes[holes->count].name = name;
    holes->holes[holes->count++].value = value;
}

static const char *hole_value(const emit_holes *holes, const char *name, size_t length)
{
    for (uint32_t i = 0; i < holes->count; i++)
        if (strncmp(holes->holes[i].name, name, length) == 0 &&
            holes->holes[i].name[length] == '\0')
            return holes->holes[i].value;
    assert(false && "the template has a hole that nobody set");
    return "";
}

/* Puts one line of a template, up to end, into to->line. */
static void fill_line(emitter *to, const emit_holes *holes, const char *at, const char *end)
{
    to->line.size = 0;
    emit_append(&to->line, "", 0);
    while (at < end) {
        const char *dollar = (const char *)memchr(at, '$', (size_t)(end - at));
        const char *stop = dollar != NULL ? dollar : end;
        emit_append(&to->line, at, (size_t)(stop - at));
        at = stop;
        if (dollar == NULL)
            break;
        const char *close = (const char *)memchr(dollar + 1, '$', (size_t)(end - dollar - 1));
        assert(close != NULL);
        const char *value = hole_value(holes, dollar + 1, (size_t)(close - dollar - 1));
        emit_append(&to->line, value, strlen(value));
        at = close + 1;
    }
}

const char *emit_fill(emitter *to, const emit_holes *holes, const char *text)
{
    fill_line(to, holes, text, text + strlen(text));
    return to->line.failed ? "" : to->line.data;
}

/* True for a line that is a block comment from begin to end; sets what is between its marks. */
static bool take_comment(emit_text *line, uint32_t *indent, char **text)
{
    *indent = 0;
    while (line->data[*indent] == ' ')
        ++*indent;
    char *begin = line->data + *indent;
    const size_t size = line->size - *indent;
    if (size < 6 || memcmp(begin, "/* ", 3) != 0 || memcmp(begin + size - 3, " */", 3) != 0)
        return false;
    begin[size - 3] = '\0';
    *text = begin + 3;
    return true;
}

void emit_template(emitter *to, const emit_holes *holes, const char *text)
{
    for (const char *at = text; *at != '\0';) {
        const char *end = strchr(at, '\n');
        assert(end != NULL);
        fill_line(to, holes, at, end);
        if (to->line.failed)
            return;
        uint32_t indent;
        char *comment;
        if (take_comment(&to->line, &indent, &comment))
            emit_comment(to, indent, comment);
        else if (strncmp(to->line.data, " * ", 3) == 0)
            emit_prose_line(&to->out, 0, " * ", to->line.data + 3, to->line.size - 3);
        else
            emit_wrap(&to->out, to->line.data, to->line.size);
        at = end + 1;
    }
}
