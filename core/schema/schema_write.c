/* The canonical text of a schema, as it is written into files, and the texts of types. */
#include "mmapforge/schema.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* ---- Types ---- */

static const char *unit_of(uint32_t scale)
{
    return scale == 0 ? "s" : scale == 3 ? "ms" : scale == 6 ? "us" : "ns";
}

static void put_type(text_writer *to, const mmf_field *field)
{
    char type[MMF_TYPE_TEXT_SIZE];
    switch (field->logical) {
    case MMF_LOGICAL_TIMESTAMP:
        put(to, "timestamp[%s]", unit_of(field->scale));
        break;
    case MMF_LOGICAL_DATE:
        put(to, "date");
        break;
    case MMF_LOGICAL_DECIMAL:
        put(to, "decimal(%" PRIu32 ",%" PRIu32 ")", field->precision, field->scale);
        break;
    case MMF_LOGICAL_ENUM:
        put(to, "%s", field->enumeration->name);
        break;
    default:
        if (field->structure != NULL) {
            put(to, "%s", field->structure->name);
        } else {
            (void)mmf_type_write(field->type, field->max, type, sizeof type);
            put(to, "%s", type);
        }
    }
    if (field->count > 0)
        put(to, "[%" PRIu32 "]", field->count);
    if (field->null_bit != 0)
        put(to, "?");
}

size_t mmf_field_type_write(const mmf_field *field, char *buffer, size_t size)
{
    text_writer to = {buffer, size, 0};
    put_type(&to, field);
    return to.length;
}

/* ---- Enums and structs ---- */

typedef struct collector {
    mmf_definition *list;
    size_t max;
    size_t count;
} collector;

static bool has(const collector *in, const mmf_definition *one)
{
    for (size_t i = 0; i < in->count && i < in->max; i++)
        if (in->list[i].enumeration == one->enumeration && in->list[i].structure == one->structure)
            return true;
    return false;
}

/* What fields use, before the definition that has the fields. */
static void collect(collector *into, const mmf_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count && into->count <= into->max; i++) {
        const mmf_definition one = {fields[i].enumeration, fields[i].structure};
        if ((one.enumeration == NULL && one.structure == NULL) || has(into, &one))
            continue;
        if (one.structure != NULL)
            collect(into, one.structure->fields, one.structure->field_count);
        if (into->count < into->max)
            into->list[into->count] = one;
        into->count++;
    }
}

size_t mmf_schema_definitions(const mmf_schema *schema, mmf_definition *list, size_t max)
{
    collector into = {list, max, 0};
    collect(&into, schema->fields, schema->field_count);
    return into.count;
}

/* ---- Text ---- */

static void put_enum(text_writer *to, const mmf_enum *of)
{
    put_doc(to, of->doc, "");
    put(to, "enum %s : %s {\n", of->name, mmf_type_name(of->type));
    for (uint32_t i = 0; i < of->member_count; i++) {
        put_doc(to, of->members[i].doc, "  ");
        put(to, "  %s = %" PRId32 ";\n", of->members[i].name, of->members[i].value);
    }
    put(to, "}\n");
}

static void put_align(text_writer *to, uint32_t align)
{
    if (align != 0)
        put(to, " @align(%" PRIu32 ")", align);
}

static void put_field(text_writer *to, const mmf_field *field)
{
    put_doc(to, field->doc, "  ");
    put(to, "  %s: ", field->name);
    put_type(to, field);
    if (field->default_text != NULL)
        put(to, " = %s", field->default_text);
    put_align(to, field->align);
    if (field->since != 0)
        put(to, " @since(%" PRIu32 ")", field->since);
    if (field->was != NULL)
        put(to, " @was(%s)", field->was);
    if (field->deprecated)
        put(to, " @deprecated");
    put(to, ";\n");
}

static void put_fields(text_writer *to, const mmf_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put_field(to, &fields[i]);
    put(to, "}\n");
}

size_t mmf_schema_write(const mmf_schema *schema, char *buffer, size_t size)
{
    mmf_definition definitions[MMF_DEFINITIONS_MAX];
    size_t count = mmf_schema_definitions(schema, definitions, MMF_DEFINITIONS_MAX);
    if (count > MMF_DEFINITIONS_MAX)
        count = MMF_DEFINITIONS_MAX;
    text_writer to = {buffer, size, 0};
    for (size_t i = 0; i < count; i++) {
        if (definitions[i].enumeration != NULL) {
            put_enum(&to, definitions[i].enumeration);
            continue;
        }
        const mmf_struct *structure = definitions[i].structure;
        put_doc(&to, structure->doc, "");
        put(&to, "struct %s", structure->name);
        put_align(&to, structure->align);
        put(&to, " {\n");
        put_fields(&to, structure->fields, structure->field_count);
    }
    put_doc(&to, schema->doc, "");
    put(&to, "record %s version %" PRIu32 "%s", schema->name, schema->version,
        schema->checksum_offset != 0 ? " " MMF_ATTRIBUTE_CHECKSUMS : "");
    put_align(&to, schema->align);
    put(&to, " {\n");
    put_fields(&to, schema->fields, schema->field_count);
    return to.length;
}
