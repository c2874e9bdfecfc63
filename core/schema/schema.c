/* Layout, identity and comparison of schemas. */
#include "mmapforge/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint32_t round_up(uint32_t value, uint32_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

uint32_t mmf_schema_layout(mmf_field *fields, uint32_t count)
{
    uint32_t end = MMF_SEQUENCE_SIZE;
    for (uint32_t i = 0; i < count; i++) {
        fields[i].offset = round_up(end, mmf_type_alignment(fields[i].type));
        fields[i].size = mmf_type_size(fields[i].type, fields[i].max);
        end = fields[i].offset + fields[i].size;
    }
    return round_up(end, MMF_SEQUENCE_SIZE);
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
        schema->checksum_offset = round_up(end, MMF_CHECKSUM_SIZE);
        schema->record_size =
            round_up(schema->checksum_offset + MMF_CHECKSUM_SIZE, MMF_SEQUENCE_SIZE);
    }
    schema->layout_hash = mmf_schema_hash(fields, count, schema->record_size);
    if (!checksums)
        return;
    for (const char *at = MMF_ATTRIBUTE_CHECKSUMS; *at != '\0'; at++)
        schema->layout_hash = hash_byte(schema->layout_hash, (unsigned char)*at);
    schema->layout_hash = hash_byte(schema->layout_hash, 0);
    schema->layout_hash = hash_u32(schema->layout_hash, schema->checksum_offset);
}

/* A type as the schema language writes it: "float64", "string[64]". */
typedef struct type_text {
    char text[32];
} type_text;

static type_text type_to_text(const mmf_field *field)
{
    type_text out;
    const char *name = mmf_type_name(field->type);
    if (mmf_type_is_sized(field->type))
        (void)snprintf(out.text, sizeof out.text, "%s[%" PRIu32 "]", name, field->max);
    else
        (void)snprintf(out.text, sizeof out.text, "%s", name);
    return out;
}

static mmf_status match_field(uint32_t i, const mmf_field *want, const mmf_field *have,
                              const char *path, mmf_error *error)
{
    const bool same_name = strcmp(want->name, have->name) == 0;
    if (same_name && want->type == have->type && want->max == have->max &&
        want->offset == have->offset)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_SCHEMA, 0, path,
                     "%s: field %" PRIu32 " differs: the file has '%s: %s' at offset %" PRIu32
                     ", the program expects '%s: %s' at offset %" PRIu32
                     "; open it with the schema it was written with, or write a new file",
                     path, i + 1, have->name, type_to_text(have).text, have->offset, want->name,
                     type_to_text(want).text, want->offset);
}

static mmf_status match_attributes(const mmf_schema *program, const mmf_schema *file,
                                   const char *path, mmf_error *error)
{
    const bool have = file->checksum_offset != 0;
    if (have == (program->checksum_offset != 0))
        return MMF_OK;
    return mmfi_fail(
        error, MMF_ERR_SCHEMA, 0, path,
        "%s: '" MMF_ATTRIBUTE_CHECKSUMS "' differs: records '%s' of the file have %s, "
        "the program expects %s; open it with the schema it was written with, or write "
        "a new file",
        path, file->name, have ? "checksums" : "no checksums", have ? "none" : "them");
}

mmf_status mmf_schema_match(const mmf_schema *program, const mmf_schema *file, const char *path,
                            mmf_error *error)
{
    if (path == NULL)
        path = "";
    if (program == NULL || file == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_schema_match: a schema is NULL");
    if (strcmp(program->name, file->name) != 0)
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, path,
                         "%s: the file holds records '%s', the program expects '%s'; open it with "
                         "the store generated for '%s'",
                         path, file->name, program->name, file->name);
    const uint32_t shared =
        program->field_count < file->field_count ? program->field_count : file->field_count;
    for (uint32_t i = 0; i < shared; i++) {
        const mmf_status status =
            match_field(i, &program->fields[i], &file->fields[i], path, error);
        if (status != MMF_OK)
            return status;
    }
    if (program->field_count != file->field_count) {
        const mmf_schema *longer = program->field_count > shared ? program : file;
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, path,
                         "%s: the file has %" PRIu32 " fields, the program expects %" PRIu32
                         "; the first that only the %s has is '%s: %s'",
                         path, file->field_count, program->field_count,
                         longer == program ? "program" : "file", longer->fields[shared].name,
                         type_to_text(&longer->fields[shared]).text);
    }
    const mmf_status status = match_attributes(program, file, path, error);
    if (status != MMF_OK)
        return status;
    if (program->version != file->version)
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, path,
                         "%s: the file holds version %" PRIu32
                         " of '%s', the program expects version %" PRIu32,
                         path, file->version, file->name, program->version);
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
