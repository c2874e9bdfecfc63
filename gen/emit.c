/* Fills templates, and wraps the lines that come out of them. */
#include "gen/emit.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EMIT_INDENT 4u

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

static void append_line(emit_text *to, uint32_t indent, const char *data, size_t size)
{
    emit_append_blanks(to, indent);
    emit_append(to, data, size);
    emit_append(to, "\n", 1);
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

/* ---- Wrapping ---- */

/* A call, a parameter list or an initialiser in a line, split at its opening bracket. */
typedef struct call {
    const char *head; /* ends behind the '(' */
    size_t head_size;
    const char *arguments;
    const char *end; /* of the line */
} call;

/* The next argument from at on, with its comma, or all that is left when it is the last. */
static size_t argument_size(const char *at, const char *end)
{
    int depth = 0;
    bool quoted = false;
    for (const char *c = at; c < end; c++) {
        if (*c == '\\' && quoted)
            c++;
        else if (*c == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        depth += (*c == '(') - (*c == ')');
        if (*c == ',' && depth == 0)
            return (size_t)(c - at) + 1;
    }
    return (size_t)(end - at);
}

/*
 * Fills lines with the arguments of a call, from column on, each further line beginning at indent.
 * Returns the line breaks that took, or UINT32_MAX when a line is too long. out may be NULL.
 */
static uint32_t fill(const call *of, uint32_t column, uint32_t indent, emit_text *out)
{
    uint32_t breaks = 0;
    bool fits = true;
    bool first = true;
    for (const char *at = of->arguments; at < of->end;) {
        const size_t size = argument_size(at, of->end);
        const uint32_t width = emit_width(at, size);
        if (!first && column + 1 + width > EMIT_COLUMN_MAX) {
            breaks++;
            column = indent;
            if (out != NULL) {
                emit_append(out, "\n", 1);
                emit_append_blanks(out, indent);
            }
        } else if (!first) {
            column++;
            if (out != NULL)
                emit_append(out, " ", 1);
        }
        if (out != NULL)
            emit_append(out, at, size);
        column += width;
        fits = fits && column <= EMIT_COLUMN_MAX;
        first = false;
        at += size;
        if (at < of->end && *at == ' ')
            at++;
    }
    return fits ? breaks : UINT32_MAX;
}

/* Wraps a call that begins at column indent, in a line whose continuation indent is given. */
static void wrap_call(emit_text *out, uint32_t indent, uint32_t continuation, const call *of)
{
    const uint32_t aligned = indent + emit_width(of->head, of->head_size);
    const uint32_t aligned_breaks = fill(of, aligned, aligned, NULL);
    const uint32_t hanging_breaks = fill(of, continuation, continuation, NULL);
    emit_append_blanks(out, indent);
    emit_append(out, of->head, of->head_size);
    /* clang-format charges a break behind '(' like two breaks between arguments. */
    if (aligned_breaks == UINT32_MAX ||
        (hanging_breaks != UINT32_MAX && aligned_breaks >= hanging_breaks + 2)) {
        emit_append(out, "\n", 1);
        emit_append_blanks(out, continuation);
        fill(of, continuation, continuation, out);
    } else {
        fill(of, aligned, aligned, out);
    }
    emit_append(out, "\n", 1);
}

static void wrap_line(emit_text *out, const char *text, size_t size)
{
    uint32_t indent = 0;
    while (text[indent] == ' ')
        indent++;
    text += indent;
    size -= indent;
    const char *open = *text == '{' ? text : (const char *)memchr(text, '(', size);
    if (emit_width(text, size) + indent <= EMIT_COLUMN_MAX || open == NULL || *text == '#') {
        append_line(out, size > 0 ? indent : 0, text, size);
        return;
    }
    /* A break behind '=' is the cheapest, if it is enough. */
    const char *equals = strstr(text, " = ");
    if (equals != NULL && equals < open) {
        const size_t head = (size_t)(equals - text) + 2;
        const char *rest = text + head + 1;
        const size_t rest_size = size - head - 1;
        if (indent + EMIT_INDENT + emit_width(rest, rest_size) <= EMIT_COLUMN_MAX) {
            append_line(out, indent, text, head);
            append_line(out, indent + EMIT_INDENT, rest, rest_size);
            return;
        }
    }
    const call of = {text, (size_t)(open - text) + 1, open + 1, text + size};
    wrap_call(out, indent, indent + EMIT_INDENT, &of);
}

void emit_line(emitter *to, const char *text)
{
    wrap_line(&to->out, text, strlen(text));
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
    assert(!"the template has a hole that nobody set");
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
        else
            wrap_line(&to->out, to->line.data, to->line.size);
        at = end + 1;
    }
}
