/* Lists, literals and docstrings of Python. */
#include "python_text.h"

#include <stdio.h>
#include <string.h>

#include "../emit/prose.h"
#include "../front/source.h"

#define LITERAL_INDENT 4u

static const char DOC_MARK[] = "\"\"\"";

/* ---- Lists ---- */

static uint32_t width_of(const char *text)
{
    return emit_width(text, strlen(text));
}

/* The items on one line: every '\n' but the last becomes ", ". */
static void append_joined(emit_text *to, const emit_text *items)
{
    for (size_t at = 0; at < items->size; at++) {
        if (items->data[at] != '\n')
            emit_append(to, items->data + at, 1);
        else if (at + 1 < items->size)
            emit_append(to, ", ", 2);
    }
}

static void append_line(emit_text *to, uint32_t indent, const char *text)
{
    emit_append_blanks(to, indent);
    emit_append(to, text, strlen(text));
    emit_append(to, "\n", 1);
}

static void append_items(emit_text *to, uint32_t indent, const emit_text *items)
{
    for (size_t at = 0; at < items->size;) {
        const char *end = (const char *)memchr(items->data + at, '\n', items->size - at);
        const size_t size = (size_t)(end - items->data) - at;
        emit_append_blanks(to, indent);
        emit_append(to, items->data + at, size);
        emit_append(to, ",\n", 2);
        at += size + 1;
    }
}

void emit_python_list(emitter *to, uint32_t indent, const char *head, const emit_text *items,
                      const char *tail)
{
    emit_text joined = {NULL, 0, 0, false};
    emit_append(&joined, head, strlen(head));
    append_joined(&joined, items);
    emit_append(&joined, tail, strlen(tail));
    to->out.failed = to->out.failed || items->failed || joined.failed;
    if (!to->out.failed && indent + width_of(joined.data) <= EMIT_COLUMN_MAX) {
        append_line(&to->out, indent, joined.data);
    } else if (!to->out.failed) {
        append_line(&to->out, indent, head);
        append_items(&to->out, indent + 4, items);
        append_line(&to->out, indent, tail);
    }
    emit_text_free(&joined);
}

bool emit_python_record_uses(const mmf_schema *record, const char *name)
{
    mmf_definition definitions[MMF_DEFINITIONS_MAX];
    const size_t count = mmf_schema_definitions(record, definitions, MMF_DEFINITIONS_MAX);
    for (size_t i = 0; i < count && i < MMF_DEFINITIONS_MAX; i++) {
        const mmf_definition *one = &definitions[i];
        const char *found =
            one->enumeration != NULL ? one->enumeration->name : one->structure->name;
        if (strcmp(found, name) == 0)
            return true;
    }
    return false;
}

/*
 * A module of one store has `open` and `create`. With several, `open` finds the store by the file,
 * and `create` is not possible.
 */
void emit_python_names(emitter *to, const gen_model *model)
{
    emit_text names = {NULL, 0, 0, false};
    for (uint32_t i = 0; i < model->constant_count; i++)
        emit_append_format(&names, "\"%s\"\n", model->constants[i].name);
    for (uint32_t i = 0; i < model->enum_count; i++)
        emit_append_format(&names, "\"%s\"\n", model->enums[i].name);
    for (uint32_t i = 0; i < model->struct_count; i++)
        emit_append_format(&names, "\"%s\"\n", model->structs[i]->name);
    for (uint32_t i = 0; i < model->record_count; i++)
        emit_append_format(&names, "\"%s\"\n\"%sStore\"\n", model->records[i].name,
                           model->records[i].name);
    if (model->record_count == 1)
        emit_append_format(&names, "\"create\"\n");
    emit_append_format(&names, "\"open\"\n");
    emit_python_list(to, 0, "__all__ = [", &names, "]");
    emit_text_free(&names);
}

/* ---- Literals ---- */

/* The length of the UTF-8 character at text if it needs no escape in a source file, or 0. */
static size_t plain_size(const char *text, size_t length, uint32_t *code_point)
{
    const uint32_t size = source_decode(text, (uint32_t)length, code_point);
    if (size == 0)
        *code_point = (unsigned char)text[0];
    const bool control = *code_point < 0x20 || (*code_point >= 0x7f && *code_point < 0xa0);
    return size > 0 && !control && !emit_is_hidden(*code_point) ? size : 0;
}

static size_t escape_code(const char *text, size_t length, uint32_t code_point,
                          char escaped[EMIT_ESCAPED_SIZE])
{
    const char *format = code_point <= 0xff     ? "\\x%02x"
                         : code_point <= 0xffff ? "\\u%04x"
                                                : "\\U%08x";
    (void)snprintf(escaped, EMIT_ESCAPED_SIZE, format, (unsigned)code_point);
    const uint32_t size = source_decode(text, (uint32_t)length, &code_point);
    return size > 0 ? size : 1;
}

size_t emit_escape_python(const char *text, size_t length, char left,
                          char escaped[EMIT_ESCAPED_SIZE])
{
    (void)left;
    uint32_t code_point = 0;
    const size_t plain = plain_size(text, length, &code_point);
    if (text[0] == '\n' || text[0] == '\t')
        (void)snprintf(escaped, EMIT_ESCAPED_SIZE, "\\%c", text[0] == '\n' ? 'n' : 't');
    else if (text[0] == '"' || text[0] == '\\')
        (void)snprintf(escaped, EMIT_ESCAPED_SIZE, "\\%c", text[0]);
    else if (plain == 0)
        return escape_code(text, length, code_point, escaped);
    else
        (void)snprintf(escaped, EMIT_ESCAPED_SIZE, "%.*s", (int)plain, text);
    return plain > 0 ? plain : 1;
}

void emit_python_string(emitter *to, const char *text, size_t size)
{
    const uint32_t room = EMIT_COLUMN_MAX - LITERAL_INDENT - 3; /* quotes, and ',' */
    for (size_t at = 0; at < size;) {
        const size_t length = emit_chunk_size(emit_escape_python, text + at, size - at, room);
        emit_append_blanks(&to->out, LITERAL_INDENT);
        emit_quote_as(&to->out, emit_escape_python, text + at, length);
        at += length;
        emit_append(&to->out, at < size ? "\n" : ",\n", at < size ? 1 : 2);
    }
}

/* ---- Docstrings ---- */

/* Escapes characters that would end a docstring, or begin an escape in it, and no others. */
static void append_doc_text(emit_text *to, const char *text)
{
    const size_t size = strlen(text);
    for (size_t at = 0; at < size;) {
        char escaped[EMIT_ESCAPED_SIZE];
        const size_t taken = emit_escape_python(text + at, size - at, '\0', escaped);
        const bool edge = at == 0 || at + 1 == size || text[at + 1] == '"';
        if (text[at] == '\n')
            emit_append(to, "\n", 1);
        else if (text[at] == '\t')
            emit_append(to, " ", 1);
        else if (text[at] == '"' && !edge)
            emit_append(to, "\"", 1);
        else
            emit_append(to, escaped, strlen(escaped));
        at += taken;
    }
}

static void append_doc_lines(emit_text *to, uint32_t indent, const emit_text *doc)
{
    for (size_t at = 0; at <= doc->size;) {
        const char *line = doc->data + at;
        const char *end = (const char *)memchr(line, '\n', doc->size - at);
        const size_t length = end != NULL ? (size_t)(end - line) : doc->size - at;
        emit_prose_line(to, indent, "", line, length);
        at += length + 1;
    }
}

void emit_python_doc(emitter *to, uint32_t indent, const char *text)
{
    if (text[0] == '\0')
        return;
    emit_text doc = {NULL, 0, 0, false};
    append_doc_text(&doc, text);
    to->out.failed = to->out.failed || doc.failed;
    if (to->out.failed) {
        emit_text_free(&doc);
        return;
    }
    const uint32_t width = indent + 6 + emit_width(doc.data, doc.size);
    emit_append_blanks(&to->out, indent);
    emit_append(&to->out, DOC_MARK, 3);
    if (strchr(text, '\n') == NULL && width <= EMIT_COLUMN_MAX) {
        emit_append(&to->out, doc.data, doc.size);
    } else {
        emit_append(&to->out, "\n", 1);
        append_doc_lines(&to->out, indent, &doc);
        emit_append_blanks(&to->out, indent);
    }
    emit_append(&to->out, DOC_MARK, 3);
    emit_append(&to->out, "\n", 1);
    emit_text_free(&doc);
}
