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

static void put_field(emit_text *to, const mmf_field *field)
{
    char type[MMF_TYPE_TEXT_SIZE];
    char what[MMF_NAME_LENGTH_MAX + 2 + sizeof type];
    (void)mmf_type_write(field->type, field->max, type, sizeof type);
    (void)snprintf(what, sizeof what, "%s: %s", field->name, type);
    put_row(to, field->offset, field->size, what);
}

/* Appends a row for the bytes between two fields, if there are any, and returns their number. */
static uint32_t put_padding(emit_text *to, uint32_t from, uint32_t until)
{
    if (until > from)
        put_row(to, from, until - from, "(padding)");
    return until - from;
}

/* Appends the map, and returns the bytes of padding in it. */
static uint32_t put_map(emit_text *to, const mmf_schema *schema)
{
    uint32_t padding = 0;
    uint32_t end = MMF_SEQUENCE_SIZE;
    emit_append_format(to, "   offset     size  cache line\n");
    put_row(to, 0, MMF_SEQUENCE_SIZE, "(sequence word)");
    for (uint32_t i = 0; i < schema->field_count; i++) {
        padding += put_padding(to, end, schema->fields[i].offset);
        put_field(to, &schema->fields[i]);
        end = schema->fields[i].offset + schema->fields[i].size;
    }
    if (schema->checksum_offset != 0) {
        padding += put_padding(to, end, schema->checksum_offset);
        put_row(to, schema->checksum_offset, MMF_CHECKSUM_SIZE, "(checksum)");
        end = schema->checksum_offset + MMF_CHECKSUM_SIZE;
    }
    return padding + put_padding(to, end, schema->record_size);
}

/* ---- Another order ---- */

static uint32_t padding_before(const mmf_field *field, uint32_t offset)
{
    const uint32_t alignment = mmf_type_alignment(field->type);
    return (alignment - offset % alignment) % alignment;
}

/* True when a is to come before b at an offset: with less padding, then of larger alignment. */
static bool comes_before(const mmf_field *a, const mmf_field *b, uint32_t offset)
{
    const uint32_t padding_a = padding_before(a, offset);
    const uint32_t padding_b = padding_before(b, offset);
    if (padding_a != padding_b)
        return padding_a < padding_b;
    const uint32_t alignment_a = mmf_type_alignment(a->type);
    const uint32_t alignment_b = mmf_type_alignment(b->type);
    if (alignment_a != alignment_b)
        return alignment_a > alignment_b;
    /* A text that ends at no multiple of 4 leaves a gap that smaller fields may fill. */
    return a->size % alignment_a == 0 && b->size % alignment_b != 0;
}

/* Takes the best of the fields that are left, again and again; of equals the one declared first. */
static void reorder(mmf_field *fields, uint32_t count)
{
    uint32_t offset = MMF_SEQUENCE_SIZE;
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

/* The bytes that a record takes if there is no padding within it. */
static uint32_t least_size(const mmf_schema *schema)
{
    uint32_t size = MMF_SEQUENCE_SIZE + (schema->checksum_offset != 0 ? MMF_CHECKSUM_SIZE : 0);
    for (uint32_t i = 0; i < schema->field_count; i++)
        size += schema->fields[i].size;
    return (size + 7) / 8 * 8;
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
    mmf_field *fields = (mmf_field *)malloc(schema->field_count * sizeof *fields);
    if (fields == NULL) {
        to->failed = true;
        return;
    }
    memcpy(fields, schema->fields, schema->field_count * sizeof *fields);
    reorder(fields, schema->field_count);
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
}
