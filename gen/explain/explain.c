/* The map of a record, as --explain-layout prints it. */
#include "explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE_SIZE 64u

/* ---- The map ---- */

static void put_row(emit_text *to, uint32_t offset, uint32_t size, const char *what)
{
    const uint32_t first = offset / CACHE_LINE_SIZE;
    const uint32_t last = (offset + size - 1) / CACHE_LINE_SIZE;
    char lines[32];
    if (first == last)
        (void)snprintf(lines, sizeof lines, "%u", first);
    else
        (void)snprintf(lines, sizeof lines, "%u to %u", first, last);
    emit_append_format(to, "  %7u  %7u  %10s  ", offset, size, lines);
    emit_append(to, what, strlen(what));
    emit_append(to, "\n", 1);
}

static uint32_t natural_alignment(const mmf_field *field)
{
    return field->structure != NULL ? field->structure->alignment : mmf_type_alignment(field->type);
}

static uint32_t alignment_of(const mmf_field *field)
{
    const uint32_t natural = natural_alignment(field);
    return field->align > natural ? field->align : natural;
}

static uint32_t validity_size(const mmf_field *fields, uint32_t count)
{
    uint32_t nullable = 0;
    for (uint32_t i = 0; i < count; i++)
        nullable += fields[i].null_bit != 0;
    return (nullable + 7) / 8;
}

/* What the rows of a record or struct have in common. */
typedef struct map {
    emit_text *to;
    uint32_t base;   /* of the struct, from the start of the record */
    uint32_t indent; /* blanks before the names */
    uint32_t end;    /* of the last row, from base */
    uint32_t padding;
} map;

static void put_named(const map *of, uint32_t offset, uint32_t size, const char *what)
{
    char indented[4 * MMF_STRUCT_DEPTH_MAX + MMF_NAME_LENGTH_MAX + MMF_FIELD_TYPE_SIZE + 64];
    (void)snprintf(indented, sizeof indented, "%*s%s", (int)of->indent, "", what);
    put_row(of->to, of->base + offset, size, indented);
}

/* Appends a row for the bytes up to an offset, if there are any, and counts them. */
static void put_padding(map *of, uint32_t until)
{
    if (until > of->end)
        put_named(of, of->end, until - of->end, "(padding)");
    of->padding += until - of->end;
    of->end = until;
}

static void put_bytes(map *of, uint32_t offset, uint32_t size, const char *what)
{
    put_padding(of, offset);
    put_named(of, offset, size, what);
    of->end = offset + size;
}

static void put_fields(map *of, const mmf_field *fields, uint32_t count, uint32_t validity_offset);

/* The members of a struct, at their offsets in the record; of an array, those of its first one. */
static void put_members(const map *of, const mmf_field *field)
{
    const mmf_struct *structure = field->structure;
    map inner = {of->to, of->base + field->offset, of->indent + 2, 0, 0};
    put_fields(&inner, structure->fields, structure->field_count, structure->validity_offset);
    put_padding(&inner, structure->size);
}

static void put_field(map *of, const mmf_field *field)
{
    char type[MMF_FIELD_TYPE_SIZE];
    char each[32] = "";
    char align[32] = "";
    char what[MMF_NAME_LENGTH_MAX + 2 + sizeof type + sizeof each + sizeof align];
    (void)mmf_field_type_write(field, type, sizeof type);
    if (field->count > 1 && field->structure != NULL)
        (void)snprintf(each, sizeof each, ", %u bytes each", mmf_field_stride(field));
    if (field->align != 0)
        (void)snprintf(align, sizeof align, " @align(%u)", field->align);
    (void)snprintf(what, sizeof what, "%s: %s%s%s", field->name, type, align, each);
    put_bytes(of, field->offset, field->size, what);
    if (field->structure != NULL)
        put_members(of, field);
}

static void put_fields(map *of, const mmf_field *fields, uint32_t count, uint32_t validity_offset)
{
    for (uint32_t i = 0; i < count; i++)
        put_field(of, &fields[i]);
    if (validity_offset != 0)
        put_bytes(of, validity_offset, validity_size(fields, count), "(validity bytes)");
}

/* Appends the map, and returns the bytes of padding between the fields. */
static uint32_t put_map(emit_text *to, const mmf_schema *schema)
{
    map of = {to, 0, 0, 0, 0};
    emit_append_format(to, "   offset     size  cache line\n");
    put_bytes(&of, 0, MMF_SEQUENCE_SIZE, "(sequence word)");
    put_fields(&of, schema->fields, schema->field_count, schema->validity_offset);
    if (schema->checksum_offset != 0)
        put_bytes(&of, schema->checksum_offset, MMF_CHECKSUM_SIZE, "(checksum)");
    put_padding(&of, schema->record_size);
    return of.padding;
}

/* ---- Another order ---- */

static uint32_t padding_before(const mmf_field *field, uint32_t offset)
{
    const uint32_t alignment = alignment_of(field);
    return (alignment - offset % alignment) % alignment;
}

/* True when a is to come before b at an offset: with less padding, then of larger alignment. */
static bool comes_before(const mmf_field *a, const mmf_field *b, uint32_t offset)
{
    const uint32_t padding_a = padding_before(a, offset);
    const uint32_t padding_b = padding_before(b, offset);
    if (padding_a != padding_b)
        return padding_a < padding_b;
    const uint32_t alignment_a = alignment_of(a);
    const uint32_t alignment_b = alignment_of(b);
    if (alignment_a != alignment_b)
        return alignment_a > alignment_b;
    /* A text that ends at no multiple of 4 leaves a gap that smaller fields may fill. */
    return a->size % alignment_a == 0 && b->size % alignment_b != 0;
}

/* Takes the best of the fields that are left, again and again; of equals the one declared first. */
static void reorder(mmf_field *fields, uint32_t count, uint32_t offset)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t best = i;
        for (uint32_t j = i + 1; j < count; j++)
            if (comes_before(&fields[j], &fields[best], offset))
                best = j;
        const mmf_field next = fields[best];
        memmove(&fields[i + 1], &fields[i], (best - i) * sizeof *fields);
        fields[i] = next;
        offset += padding_before(&next, offset) + next.size;
    }
}

/* Another order of fields, to be freed; NULL, with to->failed set, without memory. */
static mmf_field *reordered(emit_text *to, const mmf_field *fields, uint32_t count, uint32_t start)
{
    mmf_field *out = (mmf_field *)malloc(count * sizeof *out);
    if (out == NULL) {
        to->failed = true;
        return NULL;
    }
    memcpy(out, fields, count * sizeof *out);
    reorder(out, count, start);
    return out;
}

/* The bytes that a record takes if there is no padding within it. */
static uint32_t least_size(const mmf_schema *schema)
{
    uint32_t size = MMF_SEQUENCE_SIZE + (schema->checksum_offset != 0 ? MMF_CHECKSUM_SIZE : 0);
    uint32_t multiple = schema->align > MMF_SEQUENCE_SIZE ? schema->align : MMF_SEQUENCE_SIZE;
    size += validity_size(schema->fields, schema->field_count);
    for (uint32_t i = 0; i < schema->field_count; i++) {
        size += schema->fields[i].size;
        if (alignment_of(&schema->fields[i]) > multiple)
            multiple = alignment_of(&schema->fields[i]);
    }
    return (size + multiple - 1) / multiple * multiple;
}

/* Appends the names of the fields, broken into lines. */
static void put_order(emit_text *to, const mmf_field *fields, uint32_t count)
{
    uint32_t column = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t length = (uint32_t)strlen(fields[i].name);
        if (i > 0 && column + length + 2 > EMIT_COLUMN_MAX) {
            emit_append(to, ",\n", 2);
            column = 0;
        } else if (i > 0) {
            emit_append(to, ", ", 2);
        }
        if (column == 0)
            emit_append(to, "  ", 2);
        emit_append(to, fields[i].name, length);
        column += length + 2;
    }
    emit_append(to, "\n", 1);
}

static void put_advice(emit_text *to, const mmf_schema *schema)
{
    if (schema->record_size == least_size(schema)) {
        emit_append_format(to, "No order of the fields makes the record smaller.\n");
        return;
    }
    mmf_field *fields = reordered(to, schema->fields, schema->field_count, MMF_SEQUENCE_SIZE);
    if (fields == NULL)
        return;
    mmf_schema other = *schema;
    other.fields = fields;
    mmf_schema_complete(&other, fields, schema->checksum_offset != 0);
    if (other.record_size < schema->record_size) {
        emit_append_format(to, "In this order a record takes %u bytes, %u less:\n",
                           other.record_size, schema->record_size - other.record_size);
        put_order(to, fields, schema->field_count);
    } else {
        emit_append_format(to, "No order of the fields with a smaller record was found.\n");
    }
    free(fields);
}

/* Appends a better order of a struct, if one is found: padding in it is in every element. */
static void put_struct_advice(emit_text *to, const mmf_struct *structure)
{
    mmf_field *fields = reordered(to, structure->fields, structure->field_count, 0);
    if (fields == NULL)
        return;
    mmf_struct other = *structure;
    other.fields = fields;
    if (mmf_struct_complete(&other, fields) && other.size < structure->size) {
        emit_append_format(to, "\nIn this order struct %s takes %u bytes, %u less:\n",
                           structure->name, other.size, structure->size - other.size);
        put_order(to, fields, structure->field_count);
    }
    free(fields);
}

void explain_layout(emit_text *to, const gen_model *model)
{
    for (uint32_t i = 0; i < model->record_count; i++) {
        const mmf_schema *schema = &model->records[i];
        const uint32_t lines = (schema->record_size + CACHE_LINE_SIZE - 1) / CACHE_LINE_SIZE;
        emit_append_format(to, "%srecord %s version %u: %u bytes, %u cache line%s of %u bytes\n\n",
                           i > 0 ? "\n" : "", schema->name, schema->version, schema->record_size,
                           lines, lines == 1 ? "" : "s", CACHE_LINE_SIZE);
        const uint32_t padding = put_map(to, schema);
        emit_append_format(to, "\n%u byte%s of padding. ", padding, padding == 1 ? "" : "s");
        put_advice(to, schema);
        if (schema->record_size % CACHE_LINE_SIZE != 0)
            emit_append_format(to,
                               "The cache lines are those of row 0; %u bytes is not a multiple of "
                               "%u, so other rows begin elsewhere in theirs.\n",
                               schema->record_size, CACHE_LINE_SIZE);
    }
    for (uint32_t i = 0; i < model->struct_count; i++)
        put_struct_advice(to, model->structs[i]);
}
