/* A record in the file, as offsets, and in memory, as a struct. */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comment.h"
#include "wrap.h"

/* ---- Offsets ---- */

static void emit_table(emitter *to, const emit_record *record)
{
    const mmf_schema *schema = record->schema;
    size_t width = 0;
    for (uint32_t i = 0; i < record->field_count; i++)
        if (strlen(record->fields[i].name) > width)
            width = strlen(record->fields[i].name);
    emit_line(to, "/*");
    emit_line(to, schema != NULL
                      ? " * The record in the file: an 8-byte sequence word, then the fields."
                      : " * The struct in a record, from its offset there.");
    emit_line(to, " *");
    emit_line(to, " *   offset  size  field");
    for (uint32_t i = 0; i < record->field_count; i++) {
        const mmf_field *field = &record->fields[i];
        char type[MMF_FIELD_TYPE_SIZE];
        (void)mmf_field_type_write(field, type, sizeof type);
        emit_format(to, " *  %7u %5u  %-*s  %s", field->offset, field->size, (int)width,
                    field->name, type);
    }
    if (record->validity_offset != 0)
        emit_format(to, " *  %7u %5u  (validity: a bit for each nullable field)",
                    record->validity_offset, emit_validity_size(record));
    if (schema != NULL && schema->checksum_offset != 0)
        emit_format(to, " *  %7u %5u  (its checksum)", schema->checksum_offset, MMF_CHECKSUM_SIZE);
    emit_line(to, " */");
}

/* The constants of a record while they are measured (to is NULL), and then emitted. */
typedef struct constants {
    emitter *to;
    const emit_record *record;
    int width; /* of the longest name */
} constants;

static void put_one(constants *of, const char *field, const char *what, uint32_t value)
{
    char name[NAMES_IDENTIFIER_SIZE + 32];
    const int length = snprintf(name, sizeof name, "%s%s%s_%s", of->record->upper,
                                *field != '\0' ? "_" : "", field, what);
    if (of->to != NULL)
        emit_format(of->to, "#define %-*s %uu", of->width, name, value);
    else if (length > of->width)
        of->width = length;
}

/* All constants of a record or struct, in order. */
static void put_constants(constants *of)
{
    const emit_record *record = of->record;
    const mmf_schema *schema = record->schema;
    if (schema != NULL)
        put_one(of, "", "RECORD_SIZE", schema->record_size);
    if (schema != NULL && schema->checksum_offset != 0)
        put_one(of, "", "RECORD_CHECKSUM", schema->checksum_offset);
    if (schema == NULL)
        put_one(of, "", "SIZE", record->struct_size);
    for (uint32_t i = 0; i < record->field_count; i++) {
        const mmf_field *field = &record->fields[i];
        char upper[NAMES_SIZE];
        names_upper(field->name, upper);
        put_one(of, upper, "OFFSET", field->offset);
        if (mmf_type_is_sized(field->type))
            put_one(of, upper, "MAX", field->max);
        if (field->count > 0)
            put_one(of, upper, "COUNT", field->count);
        if (field->logical != MMF_LOGICAL_DECIMAL)
            continue;
        put_one(of, upper, "PRECISION", field->precision);
        put_one(of, upper, "SCALE", field->scale);
    }
    if (record->validity_offset != 0)
        put_one(of, "", "VALIDITY_OFFSET", record->validity_offset);
}

/* The values of all constants are aligned. */
static void emit_constants(emitter *to, const emit_record *record)
{
    constants of = {NULL, record, 0};
    put_constants(&of);
    of.to = to;
    put_constants(&of);
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

static const char *member_template(const mmf_field *field)
{
    if (field->count > 0)
        return "    $ctype$ $field$[$RECORD$_$FIELD$_COUNT];";
    switch (field->type) {
    case MMF_TYPE_STRING:
        return "    char $field$[$RECORD$_$FIELD$_MAX + 1];";
    case MMF_TYPE_BYTES:
        return "    uint8_t $field$[$RECORD$_$FIELD$_MAX];";
    default:
        return "    $ctype$ $field$;";
    }
}

/* A member that goes with that of a field, from templates. */
static void add_member(emitter *to, const emit_field *field, const char *code, const char *comment,
                       member *out)
{
    out->comment = out->own_comment;
    (void)snprintf(out->own_comment, sizeof out->own_comment, "%s",
                   emit_fill(to, &field->placeholders, comment));
    (void)snprintf(out->code, sizeof out->code, "%s", emit_fill(to, &field->placeholders, code));
}

/* What a number means, where its type does not say it: "units of 10^-4". */
static void describe_number(const mmf_field *field, char *out, size_t size)
{
    static const char *const UNITS[] = {"s", "", "", "ms", "", "", "us", "", "", "ns"};
    *out = '\0';
    if (field->logical == MMF_LOGICAL_TIMESTAMP)
        (void)snprintf(out, size, "%s since the Unix epoch", UNITS[field->scale]);
    else if (field->logical == MMF_LOGICAL_DATE)
        (void)snprintf(out, size, "days since 1970-01-01");
    else if (field->logical == MMF_LOGICAL_DECIMAL)
        (void)snprintf(out, size, "units of 10^-%u, at most %u digits", field->scale,
                       field->precision);
}

/*
 * Lists the members of all fields in order and returns their number; members has room for
 * MEMBERS_PER_FIELD for each field.
 */
#define MEMBERS_PER_FIELD 3u

static uint32_t list_members(emitter *to, const emit_record *record, member *members)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < record->field_count; i++) {
        emit_field field;
        emit_field_init(&field, record, &record->fields[i]);
        member *value = &members[count++];
        value->comment = field.field->doc;
        (void)snprintf(value->code, sizeof value->code, "%s",
                       emit_fill(to, &field.placeholders, member_template(field.field)));
        if (*value->comment == '\0') {
            value->comment = value->own_comment;
            describe_number(field.field, value->own_comment, sizeof value->own_comment);
        }
        if (mmf_type_is_sized(field.field->type))
            add_member(to, &field, "    size_t $field$_length;",
                       record->schema != NULL ? "bytes; $record$_record_set_$field$ sets both"
                                              : "bytes; $record$_set_$field$ sets both",
                       &members[count++]);
        if (field.field->null_bit != 0)
            add_member(to, &field, "    bool $field$_is_null;",
                       "then $field$ does not matter, and is zero in the file", &members[count++]);
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

static void emit_struct(emitter *to, const emit_record *record, const char *doc, const char *none,
                        const char *suffix)
{
    member *members =
        (member *)calloc((size_t)MEMBERS_PER_FIELD * record->field_count, sizeof *members);
    if (members == NULL) {
        to->out.failed = true;
        return;
    }
    const uint32_t count = list_members(to, record, members);
    place_comments(members, count);
    emit_placeholders placeholders = record->placeholders;
    emit_set(&placeholders, "suffix", suffix);
    if (*doc != '\0')
        emit_comment(to, 0, doc);
    else
        emit_template(to, &placeholders, none);
    emit_template(to, &placeholders, "typedef struct $record$$suffix$ {\n");
    emit_members(to, members, count);
    emit_template(to, &placeholders,
                  "} $record$$suffix$;\n"
                  "\n");
    free(members);
}

void emit_layout(emitter *to, const emit_record *record)
{
    emit_table(to, record);
    emit_constants(to, record);
    emit_struct(to, record, record->schema->doc, "/* One $Record$. */\n", "_record");
}

void emit_struct_layout(emitter *to, const emit_record *record)
{
    emit_table(to, record);
    emit_constants(to, record);
    emit_struct(to, record, record->doc, "/* One $Record$. */\n", "");
}
