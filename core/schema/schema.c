/* Layout and identity of schemas. */
#include "mmapforge/schema.h"

#include <string.h>

static uint64_t round_up_offset(uint64_t value, uint64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

/* ---- Layout ---- */

uint32_t mmf_field_stride(const mmf_field *field)
{
    return field->structure != NULL ? field->structure->size
                                    : mmf_type_size(field->type, field->max);
}

static uint32_t natural_alignment(const mmf_field *field)
{
    return field->structure != NULL ? field->structure->alignment : mmf_type_alignment(field->type);
}

/* Where a list of fields ends, with its validity bytes. */
typedef struct placed_fields {
    uint64_t end;
    uint32_t alignment;
    uint32_t validity_offset;
} placed_fields;

/* A list of fields from start on; where it ends beyond 4 GiB, offsets are of no use. */
static placed_fields place_fields(mmf_field *fields, uint32_t count, uint64_t start)
{
    placed_fields out = {start, 1, 0};
    uint32_t nullable = 0;
    for (uint32_t i = 0; i < count; i++) {
        mmf_field *field = &fields[i];
        const uint32_t natural = natural_alignment(field);
        const uint32_t alignment = field->align > natural ? field->align : natural;
        const uint64_t size =
            (uint64_t)mmf_field_stride(field) * (field->count > 0 ? field->count : 1);
        const uint64_t offset = round_up_offset(out.end, alignment > 0 ? alignment : 1);
        if (alignment > out.alignment)
            out.alignment = alignment;
        out.end = offset + size;
        field->offset = (uint32_t)offset;
        field->size = (uint32_t)size;
        if (field->null_bit != 0)
            field->null_bit = ++nullable;
    }
    if (nullable > 0) {
        out.validity_offset = (uint32_t)out.end;
        out.end += (nullable + 7) / 8;
    }
    return out;
}

/* A size, or the largest number for one that is far beyond any limit. */
static uint32_t size_of(uint64_t end)
{
    return end <= UINT32_MAX ? (uint32_t)end : UINT32_MAX;
}

bool mmf_struct_complete(mmf_struct *structure, mmf_field *fields)
{
    placed_fields found = place_fields(fields, structure->field_count, 0);
    if (structure->align > found.alignment)
        found.alignment = structure->align;
    const uint64_t size = round_up_offset(found.end, found.alignment);
    structure->alignment = found.alignment;
    structure->validity_offset = found.validity_offset;
    structure->size = size_of(size);
    structure->depth = 1;
    for (uint32_t i = 0; i < structure->field_count; i++)
        if (fields[i].structure != NULL && fields[i].structure->depth >= structure->depth)
            structure->depth = fields[i].structure->depth + 1;
    return size <= MMF_RECORD_SIZE_MAX;
}

/* ---- Identity ---- */

#define FNV_OFFSET_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME        UINT64_C(0x100000001b3)

static uint64_t hash_byte(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * FNV_PRIME;
}

/* Least significant byte first, so that every machine finds the same hash. */
static uint64_t hash_u32(uint64_t hash, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        hash = hash_byte(hash, (unsigned char)(value >> shift));
    return hash;
}

static uint64_t hash_name(uint64_t hash, const char *name)
{
    for (const char *at = name; *at != '\0'; at++)
        hash = hash_byte(hash, (unsigned char)*at);
    return hash_byte(hash, 0);
}

static uint64_t hash_enum(uint64_t hash, const mmf_enum *of)
{
    hash = hash_u32(hash, of->member_count);
    for (uint32_t i = 0; i < of->member_count; i++) {
        hash = hash_name(hash, of->members[i].name);
        hash = hash_u32(hash, (uint32_t)of->members[i].value);
    }
    return hash;
}

static uint64_t hash_fields(uint64_t hash, const mmf_field *fields, uint32_t count);

/* What a plain field does not have; without it, hashes are those of schemas that have only those.
 */
static uint64_t hash_rest(uint64_t hash, const mmf_field *field)
{
    hash = hash_u32(hash, field->count);
    hash = hash_byte(hash, (unsigned char)field->logical);
    hash = hash_u32(hash, field->precision);
    hash = hash_u32(hash, field->scale);
    hash = hash_u32(hash, field->null_bit);
    if (field->enumeration != NULL)
        hash = hash_enum(hash, field->enumeration);
    if (field->structure != NULL) {
        hash = hash_u32(hash, field->structure->field_count);
        hash = hash_fields(hash, field->structure->fields, field->structure->field_count);
    }
    return hash;
}

static bool has_plain_hash(const mmf_field *field)
{
    return field->count == 0 && field->logical == MMF_LOGICAL_NONE && field->null_bit == 0 &&
           field->structure == NULL;
}

static uint64_t hash_fields(uint64_t hash, const mmf_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        hash = hash_name(hash, fields[i].name);
        hash = hash_byte(hash, (unsigned char)fields[i].type);
        hash = hash_u32(hash, fields[i].max);
        hash = hash_u32(hash, fields[i].offset);
        hash = hash_u32(hash, fields[i].size);
        if (!has_plain_hash(&fields[i]))
            hash = hash_rest(hash, &fields[i]);
    }
    return hash;
}

uint64_t mmf_schema_hash(const mmf_field *fields, uint32_t count, uint32_t record_size)
{
    return hash_u32(hash_fields(FNV_OFFSET_BASIS, fields, count), record_size);
}

void mmf_schema_complete(mmf_schema *schema, mmf_field *fields, bool checksums)
{
    const placed_fields found = place_fields(fields, schema->field_count, MMF_SEQUENCE_SIZE);
    uint64_t end = found.end;
    uint64_t multiple = MMF_SEQUENCE_SIZE;
    if (found.alignment > multiple)
        multiple = found.alignment;
    if (schema->align > multiple)
        multiple = schema->align;
    schema->validity_offset = found.validity_offset;
    schema->checksum_offset = 0;
    if (checksums) {
        end = round_up_offset(end, MMF_CHECKSUM_SIZE);
        schema->checksum_offset = size_of(end);
        end += MMF_CHECKSUM_SIZE;
    }
    end = round_up_offset(end, multiple);
    /* mmfi_checksum_of takes it from the last word, which @align moves away from the fields. */
    if (checksums && end <= UINT32_MAX && end - schema->checksum_offset > MMF_SEQUENCE_SIZE)
        schema->checksum_offset = (uint32_t)end - MMF_CHECKSUM_SIZE;
    schema->record_size = size_of(end);
    schema->layout_hash = 0;
    /* A file may say that it has structs of a thousand structs, each of a million fields. */
    if (schema->record_size > MMF_RECORD_SIZE_MAX)
        return;
    schema->layout_hash = mmf_schema_hash(fields, schema->field_count, schema->record_size);
    if (!checksums)
        return;
    schema->layout_hash = hash_name(schema->layout_hash, MMF_ATTRIBUTE_CHECKSUMS);
    schema->layout_hash = hash_u32(schema->layout_hash, schema->checksum_offset);
}

const mmf_field *mmf_schema_find(const mmf_schema *schema, const char *name)
{
    if (schema == NULL || name == NULL)
        return NULL;
    for (uint32_t i = 0; i < schema->field_count; i++)
        if (strcmp(schema->fields[i].name, name) == 0)
            return &schema->fields[i];
    return NULL;
}
