/* The canonical text of a schema: written when a store is generated, read when a file is opened. */
#include "mmapforge/schema.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Writing ---- */

typedef struct text_writer {
    char *buffer;
    size_t size;
    size_t length; /* what the whole text has, though it may not fit */
} text_writer;

static MMFI_PRINTF(2, 3) void put(text_writer *to, const char *format, ...)
{
    const size_t room = to->length < to->size ? to->size - to->length : 0;
    va_list arguments;
    va_start(arguments, format);
    const int length =
        vsnprintf(room > 0 ? to->buffer + to->length : NULL, room, format, arguments);
    va_end(arguments);
    to->length += length > 0 ? (size_t)length : 0;
}

static void put_doc(text_writer *to, const char *doc, const char *indent)
{
    if (doc == NULL || *doc == '\0')
        return;
    for (const char *line = doc;;) {
        const size_t length = strcspn(line, "\n");
        put(to, "%s///%s%.*s\n", indent, length > 0 ? " " : "", (int)length, line);
        if (line[length] == '\0')
            return;
        line += length + 1;
    }
}

size_t mmf_schema_write(const mmf_schema *schema, char *buffer, size_t size)
{
    text_writer to = {buffer, size, 0};
    put_doc(&to, schema->doc, "");
    put(&to, "record %s version %" PRIu32 "%s {\n", schema->name, schema->version,
        schema->checksum_offset != 0 ? " " MMF_ATTRIBUTE_CHECKSUMS : "");
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const mmf_field *field = &schema->fields[i];
        put_doc(&to, field->doc, "  ");
        char type[MMF_TYPE_TEXT_SIZE];
        (void)mmf_type_write(field->type, field->max, type, sizeof type);
        put(&to, "  %s: %s;\n", field->name, type);
    }
    put(&to, "}\n");
    return to.length;
}

/* ---- Reading ---- */

typedef struct text_reader {
    const char *at;
    const char *end;
    unsigned line;
    mmf_error *error;
} text_reader;

static mmf_status bad(const text_reader *from, const char *expected)
{
    return mmfi_fail(from->error, MMF_ERR_CORRUPT, 0, NULL,
                     "embedded schema, line %u: expected %s; the header of the file is damaged",
                     from->line, expected);
}

MMFI_INLINE bool take_bytes(text_reader *from, const char *text, size_t length)
{
    if ((size_t)(from->end - from->at) < length || memcmp(from->at, text, length) != 0)
        return false;
    from->at += length;
    if (length > 0 && text[length - 1] == '\n')
        from->line++;
    return true;
}

/* A text that is written out here, whose length is known when it is compiled. */
#define TAKE(from, literal) take_bytes(from, "" literal, sizeof(literal) - 1)

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A name of at most MMF_NAME_LENGTH_MAX bytes, into out with a final NUL. */
static bool take_name(text_reader *from, char *out)
{
    size_t length = 0;
    while (from->at + length < from->end && length <= MMF_NAME_LENGTH_MAX &&
           (is_letter(from->at[length]) ||
            (length > 0 && (is_digit(from->at[length]) || from->at[length] == '_'))))
        length++;
    if (length == 0 || length > MMF_NAME_LENGTH_MAX)
        return false;
    memcpy(out, from->at, length);
    out[length] = '\0';
    from->at += length;
    return true;
}

/* A decimal number from 1 to max, without leading zeros. */
static bool take_number(text_reader *from, uint32_t max, uint32_t *out)
{
    uint32_t value = 0;
    const char *begin = from->at;
    while (from->at < from->end && is_digit(*from->at) && value <= max)
        value = value * 10 + (uint32_t)(*from->at++ - '0');
    *out = value;
    return from->at > begin && *begin != '0' && value <= max;
}

/* One line of a doc after its slashes: a blank and its text, or nothing. */
static bool take_doc_line(text_reader *from, char **out)
{
    if (TAKE(from, "\n"))
        return true;
    if (!TAKE(from, " "))
        return false;
    const char *newline = memchr(from->at, '\n', (size_t)(from->end - from->at));
    if (newline == NULL || newline == from->at ||
        memchr(from->at, '\0', (size_t)(newline - from->at)) != NULL)
        return false;
    const size_t length = (size_t)(newline - from->at);
    memcpy(*out, from->at, length);
    *out += length;
    from->at = newline;
    return TAKE(from, "\n");
}

/*
 * Doc lines after indent, joined by '\n', into *text, which moves on past the NUL. A doc is never
 * longer than the lines it comes from, so the room for the whole text is enough for all of them.
 */
static bool take_doc(text_reader *from, const char *indent, size_t indent_size, char **text)
{
    char *out = *text;
    uint32_t lines = 0;
    for (;; lines++) {
        const char *begin = from->at;
        if (!take_bytes(from, indent, indent_size) || !TAKE(from, "///")) {
            from->at = begin;
            break;
        }
        if (lines > 0)
            *out++ = '\n';
        if (!take_doc_line(from, &out))
            return false;
    }
    /* Empty lines alone do not make a doc. */
    if (lines > 0 && (size_t)(out - *text) == lines - 1)
        return false;
    *out++ = '\0';
    *text = out;
    return true;
}

static bool take_type(text_reader *from, mmf_field *field)
{
    const char *begin = from->at;
    while (from->at < from->end && (is_letter(*from->at) || is_digit(*from->at)))
        from->at++;
    field->type = mmf_type_from_name(begin, (size_t)(from->at - begin));
    field->max = 0;
    if (field->type == MMF_TYPE_NONE)
        return false;
    return !mmf_type_is_sized(field->type) ||
           (TAKE(from, "[") && take_number(from, MMF_FIELD_BYTES_MAX, &field->max) &&
            TAKE(from, "]"));
}

/* What one parsed schema owns, in one allocation; text is where names and docs go. */
typedef struct parsed_text {
    mmf_schema schema;
    mmf_field fields[];
} parsed_text;

static mmf_status take_field(text_reader *from, mmf_field *fields, uint32_t index, char **text)
{
    mmf_field *field = &fields[index];
    field->doc = *text;
    if (!take_doc(from, "  ", 2, text))
        return bad(from, "'/// text', or '///' between other lines of a doc comment");
    char *name = *text;
    if (!TAKE(from, "  ") || !take_name(from, name) || !TAKE(from, ": "))
        return bad(from, "'  name: type;'");
    for (uint32_t other = 0; other < index; other++)
        if (strcmp(fields[other].name, name) == 0)
            return bad(from, "a name that no other field has");
    if (!take_type(from, field) || !TAKE(from, ";\n"))
        return bad(from,
                   "a type of the schema language, such as 'float64' or 'string[64]', and ';'");
    field->name = name;
    *text += strlen(name) + 1;
    return MMF_OK;
}

static mmf_status take_whole_record(text_reader *from, parsed_text *into, char *text)
{
    mmf_schema *schema = &into->schema;
    schema->doc = text;
    if (!take_doc(from, "", 0, &text))
        return bad(from, "'/// text', or '///' between other lines of a doc comment");
    schema->name = text;
    if (!TAKE(from, "record ") || !take_name(from, text))
        return bad(from, "'record Name version N {'");
    text += strlen(text) + 1;
    if (!TAKE(from, " version ") || !take_number(from, MMF_SCHEMA_VERSION_MAX, &schema->version))
        return bad(from, "'record Name version N {'");
    const bool checksums = TAKE(from, " " MMF_ATTRIBUTE_CHECKSUMS);
    if (!TAKE(from, " {\n"))
        return bad(from,
                   "'record Name version N {', or '" MMF_ATTRIBUTE_CHECKSUMS "' before the '{'");
    while (!TAKE(from, "}\n")) {
        if (schema->field_count == MMF_FIELDS_MAX)
            return bad(from, "at most 1024 fields");
        mmf_status status = take_field(from, into->fields, schema->field_count, &text);
        if (status != MMF_OK)
            return status;
        schema->field_count++;
    }
    if (from->at != from->end)
        return bad(from, "the end of the text");
    if (schema->field_count == 0)
        return bad(from, "at least one field");
    mmf_schema_complete(schema, into->fields, checksums);
    if (schema->record_size > MMF_RECORD_SIZE_MAX)
        return bad(from, "a record of at most 1 MiB");
    return MMF_OK;
}

/* The shortest line of a field, "  a: bool;\n". */
#define FIELD_LINE_SIZE_MIN 11u

/*
 * One allocation: the schema, as many fields as a text of that size can have, their names and docs,
 * and the text. Each name or doc with its NUL is shorter than the line it is from.
 */
static parsed_text *parsed_new(const char *text, size_t size, char **strings)
{
    const size_t lines = size / FIELD_LINE_SIZE_MIN;
    const size_t fields = lines < MMF_FIELDS_MAX ? lines : MMF_FIELDS_MAX;
    const size_t strings_size = size + 2;
    parsed_text *into =
        (parsed_text *)malloc(sizeof *into + fields * sizeof(mmf_field) + strings_size + size + 1);
    if (into == NULL)
        return NULL;
    memset(into, 0, sizeof *into);
    *strings = (char *)(into->fields + fields);
    char *copy = *strings + strings_size;
    memcpy(copy, text, size);
    copy[size] = '\0';
    into->schema.fields = into->fields;
    into->schema.text = copy;
    into->schema.text_size = (uint32_t)size;
    return into;
}

mmf_status mmf_schema_parse(const char *text, size_t size, mmf_schema **out, mmf_error *error)
{
    if (text == NULL || out == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, NULL, "mmf_schema_parse: %s is NULL",
                         text == NULL ? "text" : "out");
    *out = NULL;
    if (size == 0 || size > MMF_SCHEMA_TEXT_MAX)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, NULL,
                         "embedded schema: found %zu bytes of text, expected 1 to %u", size,
                         MMF_SCHEMA_TEXT_MAX);
    char *strings = NULL;
    parsed_text *into = parsed_new(text, size, &strings);
    if (into == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, NULL, "no memory for the schema");
    /* Of the copy: what is parsed is what is kept, whatever becomes of the caller's text. */
    text_reader from = {into->schema.text, into->schema.text + size, 1, error};
    mmf_status status = take_whole_record(&from, into, strings);
    if (status != MMF_OK) {
        free(into);
        return status;
    }
    *out = &into->schema;
    return MMF_OK;
}

void mmf_schema_free(mmf_schema *schema)
{
    free(schema); /* the first member of its one allocation */
}
