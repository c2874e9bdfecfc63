/* Fills the templates of generated C, line by line. */
#include "template.h"

#include <assert.h>
#include <string.h>

#include "../emit/prose.h"
#include "comment.h"
#include "wrap.h"

void emit_set(emit_placeholders *placeholders, const char *name, const char *value)
{
    for (uint32_t i = 0; i < placeholders->count; i++) {
        if (strcmp(placeholders->list[i].name, name) == 0) {
            placeholders->list[i].value = value;
            return;
        }
    }
    assert(placeholders->count < EMIT_PLACEHOLDERS_MAX);
    placeholders->list[placeholders->count].name = name;
    placeholders->list[placeholders->count++].value = value;
}

static const char *placeholder_value(const emit_placeholders *placeholders, const char *name,
                                     size_t length)
{
    for (uint32_t i = 0; i < placeholders->count; i++)
        if (strncmp(placeholders->list[i].name, name, length) == 0 &&
            placeholders->list[i].name[length] == '\0')
            return placeholders->list[i].value;
    assert(false && "a placeholder of the template is not set");
    return "";
}

const char *emit_value_of(const emit_placeholders *placeholders, const char *name)
{
    return placeholder_value(placeholders, name, strlen(name));
}

/* Fills one line of a template, up to end, into to->line. */
static void fill_line(emitter *to, const emit_placeholders *placeholders, const char *at,
                      const char *end)
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
        const char *value =
            placeholder_value(placeholders, dollar + 1, (size_t)(close - dollar - 1));
        emit_append(&to->line, value, strlen(value));
        at = close + 1;
    }
}

const char *emit_fill(emitter *to, const emit_placeholders *placeholders, const char *text)
{
    fill_line(to, placeholders, text, text + strlen(text));
    return to->line.failed ? "" : to->line.data;
}

/* True for a line that is one block comment; sets *text to the text between its marks. */
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

void emit_template(emitter *to, const emit_placeholders *placeholders, const char *text)
{
    for (const char *at = text; *at != '\0';) {
        const char *end = strchr(at, '\n');
        assert(end != NULL);
        fill_line(to, placeholders, at, end);
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
