/* Layout, identity and comparison of schemas. */
#include "mmapforge/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint32_t round_up_offset(uint32_t value, uint32_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

uint32_t mmf_schema_layout(mmf_field *fields, uint32_t count)
{
    uint32_t end = MMF_SEQUENCE_SIZE;
    for (uint32_t i = 0; i < count; i++) {
        fields[i].offset = round_up_offset(end, mmf_type_alignment(fields[i].type));
        fields[i].size = mmf_type_size(fields[i].type, fields[i].max);
        end = fields[i].offset + fields[i].size;
    }
    return round_up_offset(end, MMF_SEQUENCE_SIZE);
}

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

uint64_t mmf_schema_hash(const mmf_field *fields, uint32_t count, uint32_t record_size)
{
    uint64_t hash = FNV_OFFSET_BASIS;
    for (uint32_t i = 0; i < count; i++) {
        for (const char *at = fields[i].name; *at != '\0'; at++)
            hash = hash_byte(hash, (unsigned char)*at);
        hash = hash_byte(hash, 0);
        hash = hash_byte(hash, (unsigned char)fields[i].type);
        hash = hash_u32(hash, fields[i].max);
        hash = hash_u32(hash, fields[i].offset);
        hash = hash_u32(hash, fields[i].size);
    }
    return hash_u32(hash, record_size);
}

void mmf_schema_complete(mmf_schema *schema, mmf_field *fields, bool checksums)
{
    const uint32_t count = schema->field_count;
    schema->record_size = mmf_schema_layout(fields, count);
    schema->checksum_offset = 0;
    if (checksums) {
        const uint32_t end = count > 0 ? fields[count - 1].offset + fields[count - 1].size
                                       : (uint32_t)MMF_SEQUENCE_SIZE;
        schema->checksum_offset = round_up_offset(end, MMF_CHECKSUM_SIZE);
        schema->record_size =
            round_up_offset(schema->checksum_offset + MMF_CHECKSUM_SIZE, MMF_SEQUENCE_SIZE);
    }
    schema->layout_hash = mmf_schema_hash(fields, count, schema->record_size);
    if (!checksums)
        return;
    for (const char *at = MMF_ATTRIBUTE_CHECKSUMS; *at != '\0'; at++)
        schema->layout_hash = hash_byte(schema->layout_hash, (unsigned char)*at);
    schema->layout_hash = hash_byte(schema->layout_hash, 0);
    schema->layout_hash = hash_u32(schema->layout_hash, schema->checksum_offset);
}

/* What mmf_type_write gives, as a value. */
typedef struct type_text {
    char text[MMF_TYPE_TEXT_SIZE];
} type_text;

static type_text type_to_text(const mmf_field *field)
{
    type_text out;
    (void)mmf_type_write(field->type, field->max, out.text, sizeof out.text);
    return out;
}

/*
 * "the file holds 'Tick' version 1, the program expects version 2", then the first difference, then
 * the way out: all three, whichever of them was found first.
 */
static mmf_status mismatch(const mmf_schema *program, const mmf_schema *file, const char *path,
                           const char *difference, mmf_error *error)
{
    char versions[64];
    if (program->version == file->version)
        (void)snprintf(versions, sizeof versions, "the same version");
    else
        (void)snprintf(versions, sizeof versions, "version %" PRIu32, program->version);
    return mmfi_fail(
        error, MMF_ERR_SCHEMA, 0, path,
        "%s: the file holds '%s' version %" PRIu32 ", the program expects %s; %s; open "
        "it with the schema that it was written with, or copy its records to a new file",
        path, file->name, file->version, versions, difference);
}

/* Room for a difference of two fields whose names are as long as they may be. */
#define DIFFERENCE_SIZE 384u

static bool differs_in_field(uint32_t i, const mmf_field *want, const mmf_field *have,
                             char out[DIFFERENCE_SIZE])
{
    if (strcmp(want->name, have->name) == 0 && want->type == have->type && want->max == have->max &&
        want->offset == have->offset)
        return false;
    (void)snprintf(out, DIFFERENCE_SIZE,
                   "field %" PRIu32 " differs first: the file has '%s: %s' at offset %" PRIu32
                   ", the program '%s: %s' at offset %" PRIu32,
                   i + 1, have->name, type_to_text(have).text, have->offset, want->name,
                   type_to_text(want).text, want->offset);
    return true;
}

static bool differs_in_fields(const mmf_schema *program, const mmf_schema *file,
                              char out[DIFFERENCE_SIZE])
{
    const uint32_t shared =
        program->field_count < file->field_count ? program->field_count : file->field_count;
    for (uint32_t i = 0; i < shared; i++)
        if (differs_in_field(i, &program->fields[i], &file->fields[i], out))
            return true;
    if (program->field_count == file->field_count)
        return false;
    const bool more = program->field_count > shared;
    const mmf_field *first = &(more ? program : file)->fields[shared];
    (void)snprintf(out, DIFFERENCE_SIZE,
                   "the file has %" PRIu32 " fields, the program %" PRIu32
                   ", and the first that only the %s has is '%s: %s'",
                   file->field_count, program->field_count, more ? "program" : "file", first->name,
                   type_to_text(first).text);
    return true;
}

mmf_status mmf_schema_match(const mmf_schema *program, const mmf_schema *file, const char *path,
                            mmf_error *error)
{
    char difference[DIFFERENCE_SIZE];
    if (path == NULL)
        path = "";
    if (program == NULL || file == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_schema_match: %s is NULL",
                         program == NULL ? "program" : "file");
    if (strcmp(program->name, file->name) != 0)
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, path,
                         "%s: the file holds records '%s', the program expects '%s'; open it with "
                         "the store generated for '%s'",
                         path, file->name, program->name, file->name);
    if (differs_in_fields(program, file, difference))
        return mismatch(program, file, path, difference, error);
    if ((file->checksum_offset != 0) != (program->checksum_offset != 0))
        return mismatch(program, file, path,
                        file->checksum_offset != 0
                            ? "records of the file have checksums, the program's have none"
                            : "records of the file have no checksums, the program's have",
                        error);
    if (program->version != file->version)
        return mismatch(program, file, path,
                        "the fields are the same, and their meaning has changed", error);
    return MMF_OK;
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
