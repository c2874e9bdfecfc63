/* A record in the file, as offsets, and in memory, as a struct. */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comment.h"
#include "wrap.h"

/* ---- Offsets ---- */

static void emit_table(emitter *to, const mmf_schema *schema)
{
    size_t width = 0;
    for (uint32_t i = 0; i < schema->field_count; i++)
        if (strlen(schema->fields[i].name) > width)
            width = strlen(schema->fields[i].name);
    emit_line(to, "/*");
    emit_line(to, " * The record in the file: an 8-byte sequence word, then the fields.");
    emit_line(to, " *");
    emit_line(to, " *   offset  size  field");
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const mmf_field *field = &schema->fields[i];
        char type[MMF_TYPE_TEXT_SIZE];
        (void)mmf_type_write(field->type, field->max, type, sizeof type);
        emit_format(to, " *  %7u %5u  %-*s  %s", field->offset, field->size, (int)width,
                    field->name, type);
    }
    if (schema->checksum_offset != 0)
        emit_format(to, " *  %7u %5u  (its checksum)", schema->checksum_offset, MMF_CHECKSUM_SIZE);
    emit_line(to, " */");
}

/* The longest of the names that the constants of a record have: their values are aligned. */
static int constant_width(const emit_record *record)
{
    const bool checksummed = record->schema->checksum_offset != 0;
    size_t width =
        strlen(record->upper) + strlen(checksummed ? "_RECORD_CHECKSUM" : "_RECORD_SIZE");
    for (uint32_t i = 0; i < record->schema->field_count; i++) {
        emit_field field;
        emit_field_init(&field, record, i);
        const size_t size = strlen(record->upper) + strlen(field.upper) + strlen("__OFFSET");
        if (size > width)
            width = size;
    }
    return (int)width;
}

static void emit_constant(emitter *to, const emit_placeholders *placeholders, const char *template,
                          int width, uint32_t value)
{
    char name[NAMES_IDENTIFIER_SIZE];
    (void)snprintf(name, sizeof name, "%s", emit_fill(to, placeholders, template));
    emit_format(to, "#define %-*s %uu", width, name, value);
}

static void emit_constants(emitter *to, const emit_record *record)
{
    const int width = constant_width(record);
    emit_constant(to, &record->placeholders, "$RECORD$_RECORD_SIZE", width,
                  record->schema->record_size);
    if (record->schema->checksum_offset != 0)
        emit_constant(to, &record->placeholders, "$RECORD$_RECORD_CHECKSUM", width,
                      record->schema->checksum_offset);
    for (uint32_t i = 0; i < record->schema->field_count; i++) {
        emit_field field;
        emit_field_init(&field, record, i);
        emit_constant(to, &field.placeholders, "$RECORD$_$FIELD$_OFFSET", width,
                      field.field->offset);
        if (mmf_type_is_sized(field.field->type))
            emit_constant(to, &field.placeholders, "$RECORD$_$FIELD$_MAX", width, field.field->max);
    }
    emit_line(to, "");
}

/* ---- The struct ---- */

/* One member, and its comment or "". */
typedef struct member {
    char code[2 * NAMES_IDENTIFIER_SIZE + 32];
    const char *comment; /* the doc, or own_comment */
    char own_comment[2 * NAMES_IDENTIFIER_SIZE + 32];
    bool same_line; /* the comment is after the member, on its line; else on the line before */
} member;

static const char *member_template(mmf_type type)
{
    switch (type) {
    case MMF_TYPE_STRING:
        return "    char $field$[$RECORD$_$FIELD$_MAX + 1];";
    case MMF_TYPE_BYTES:
        return "    uint8_t $field$[$RECORD$_$FIELD$_MAX];";
    default:
        return "    $ctype$ $field$;";
    }
}

/*
 * Lists the members of all fields in order and returns their number; members has room for two per
 * field.
 */
static uint32_t list_members(emitter *to, const emit_record *record, member *members)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < record->schema->field_count; i++) {
        emit_field field;
        emit_field_init(&field, record, i);
        member *value = &members[count++];
        value->comment = field.field->doc;
        (void)snprintf(value->code, sizeof value->code, "%s",
                       emit_fill(to, &field.placeholders, member_template(field.field->type)));
        if (!mmf_type_is_sized(field.field->type))
            continue;
        member *length = &members[count++];
        length->comment = length->own_comment;
        (void)snprintf(
            length->own_comment, sizeof length->own_comment, "%s",
            emit_fill(to, &field.placeholders, "bytes; $record$_record_set_$field$ sets both"));
        (void)snprintf(length->code, sizeof length->code, "%s",
                       emit_fill(to, &field.placeholders, "    size_t $field$_length;"));
    }
    return count;
}

/* A comment is put on the line of its member if it would fit there after the widest one. */
static void place_comments(member *members, uint32_t count)
{
    size_t widest = 0;
    for (uint32_t i = 0; i < count; i++)
        if (*members[i].comment != '\0' && strlen(members[i].code) > widest)
            widest = strlen(members[i].code);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t width = emit_comment_width(members[i].comment);
        members[i].same_line =
            *members[i].comment != '\0' && width > 0 && widest + 1 + width <= EMIT_COLUMN_MAX;
    }
}

/* Comments of adjacent lines begin in the same column, after the widest code. */
static size_t comment_column(const member *members, uint32_t first, uint32_t count)
{
    size_t column = 0;
    for (uint32_t i = first; i < count && members[i].same_line; i++) {
        if (strlen(members[i].code) + 1 > column)
            column = strlen(members[i].code) + 1;
    }
    return column;
}

static void emit_members(emitter *to, const member *members, uint32_t count)
{
    size_t column = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!members[i].same_line) {
            if (*members[i].comment != '\0')
                emit_comment(to, 4, members[i].comment);
            emit_code(to, members[i].code);
            continue;
        }
        if (i == 0 || !members[i - 1].same_line)
            column = comment_column(members, i, count);
        const size_t width = strlen(members[i].code);
        emit_append(&to->out, members[i].code, width);
        emit_append_blanks(&to->out, (uint32_t)(column - width));
        emit_append(&to->out, "/* ", 3);
        emit_comment_text(&to->out, members[i].comment, strlen(members[i].comment));
        emit_append(&to->out, " */\n", 4);
    }
}

static void emit_struct(emitter *to, const emit_record *record)
{
    member *members = (member *)calloc(2 * (size_t)record->schema->field_count, sizeof *members);
    if (members == NULL) {
        to->out.failed = true;
        return;
    }
    const uint32_t count = list_members(to, record, members);
    place_comments(members, count);
    if (*record->schema->doc != '\0')
        emit_comment(to, 0, record->schema->doc);
    else
        emit_template(to, &record->placeholders, "/* One $Record$. */\n");
    emit_template(to, &record->placeholders, "typedef struct $record$_record {\n");
    emit_members(to, members, count);
    emit_template(to, &record->placeholders,
                  "} $record$_record;\n"
                  "\n");
    free(members);
}

void emit_layout(emitter *to, const emit_record *record)
{
    emit_table(to, record->schema);
    emit_constants(to, record);
    emit_struct(to, record);
}
