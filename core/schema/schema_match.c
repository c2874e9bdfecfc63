/* Comparison of schemas: what differs first, said with both sides and a way out. */
#include "traits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
#define DIFFERENCE_SIZE 640u

/* Where in the record two fields are compared: "bids." for the members of bids. */
#define PREFIX_SIZE ((MMF_STRUCT_DEPTH_MAX + 1u) * (MMF_NAME_LENGTH_MAX + 1u))

static bool differs_in_members(const char *prefix, const mmf_field *want, const mmf_field *have,
                               char out[DIFFERENCE_SIZE])
{
    const mmf_enum *program = want->enumeration;
    const mmf_enum *file = have->enumeration;
    const uint32_t shared =
        program->member_count < file->member_count ? program->member_count : file->member_count;
    for (uint32_t i = 0; i < shared; i++) {
        const mmf_enum_member *a = &program->members[i];
        const mmf_enum_member *b = &file->members[i];
        if (a->value == b->value && strcmp(a->name, b->name) == 0)
            continue;
        (void)snprintf(out, DIFFERENCE_SIZE,
                       "enum '%s' of field '%s%s' differs first in its member %" PRIu32
                       ": the file has '%s = %" PRId32 "', the program '%s = %" PRId32 "'",
                       program->name, prefix, want->name, i + 1, b->name, b->value, a->name,
                       a->value);
        return true;
    }
    if (program->member_count == file->member_count)
        return false;
    const bool more = program->member_count > shared;
    const mmf_enum_member *first = &(more ? program : file)->members[shared];
    (void)snprintf(out, DIFFERENCE_SIZE,
                   "enum '%s' of field '%s%s' has %" PRIu32 " members in the file, %" PRIu32
                   " in the program, and the first that only the %s has is '%s = %" PRId32 "'",
                   program->name, prefix, want->name, file->member_count, program->member_count,
                   more ? "program" : "file", first->name, first->value);
    return true;
}

static bool same_type(const mmf_field *want, const mmf_field *have)
{
    return want->type == have->type && want->max == have->max && want->count == have->count &&
           want->logical == have->logical && want->precision == have->precision &&
           want->scale == have->scale && (want->null_bit != 0) == (have->null_bit != 0);
}

static bool differs_in_fields(const char *prefix, const mmf_struct *program, const mmf_struct *file,
                              char out[DIFFERENCE_SIZE]);

static bool differs_in_field(const char *prefix, uint32_t i, const mmf_field *want,
                             const mmf_field *have, char out[DIFFERENCE_SIZE])
{
    if (strcmp(want->name, have->name) == 0 && same_type(want, have)) {
        /* What a field consists of says more than where it lies. */
        if (want->enumeration != NULL && differs_in_members(prefix, want, have, out))
            return true;
        if (want->structure != NULL) {
            char inner[PREFIX_SIZE];
            (void)snprintf(inner, sizeof inner, "%s%s.", prefix, want->name);
            if (differs_in_fields(inner, want->structure, have->structure, out))
                return true;
        }
        if (want->offset == have->offset && want->size == have->size)
            return false;
        if (want->offset == have->offset) {
            /* Elements or members are aligned differently. */
            (void)snprintf(out, DIFFERENCE_SIZE,
                           "field %" PRIu32 "%s%.*s differs first: '%s: %s' at offset %" PRIu32
                           " takes %" PRIu32 " bytes in the file and %" PRIu32
                           " in the program, because of their @align",
                           i + 1, *prefix != '\0' ? " of " : "",
                           *prefix != '\0' ? (int)strlen(prefix) - 1 : 0, prefix, want->name,
                           mmfi_type_describe(want).text, want->offset, have->size, want->size);
            return true;
        }
    }
    (void)snprintf(out, DIFFERENCE_SIZE,
                   "field %" PRIu32 "%s%.*s differs first: the file has '%s: %s' at offset %" PRIu32
                   ", the program '%s: %s' at offset %" PRIu32,
                   i + 1, *prefix != '\0' ? " of " : "",
                   *prefix != '\0' ? (int)strlen(prefix) - 1 : 0, prefix, have->name,
                   mmfi_type_describe(have).text, have->offset, want->name,
                   mmfi_type_describe(want).text, want->offset);
    return true;
}

static bool differs_in_fields(const char *prefix, const mmf_struct *program, const mmf_struct *file,
                              char out[DIFFERENCE_SIZE])
{
    const uint32_t shared =
        program->field_count < file->field_count ? program->field_count : file->field_count;
    for (uint32_t i = 0; i < shared; i++)
        if (differs_in_field(prefix, i, &program->fields[i], &file->fields[i], out))
            return true;
    if (program->field_count == file->field_count)
        return false;
    const bool more = program->field_count > shared;
    const mmf_field *first = &(more ? program : file)->fields[shared];
    (void)snprintf(out, DIFFERENCE_SIZE,
                   "the file has %" PRIu32 " fields%s%.*s, the program %" PRIu32
                   ", and the first that only the %s has is '%s: %s'",
                   file->field_count, *prefix != '\0' ? " in " : "",
                   *prefix != '\0' ? (int)strlen(prefix) - 1 : 0, prefix, program->field_count,
                   more ? "program" : "file", first->name, mmfi_type_describe(first).text);
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
    const mmf_struct want = mmfi_fields_of(program);
    const mmf_struct have = mmfi_fields_of(file);
    if (differs_in_fields("", &want, &have, difference))
        return mismatch(program, file, path, difference, error);
    if ((file->checksum_offset != 0) != (program->checksum_offset != 0))
        return mismatch(program, file, path,
                        file->checksum_offset != 0
                            ? "records of the file have checksums, the program's have none"
                            : "records of the file have no checksums, the program's have",
                        error);
    if (program->record_size != file->record_size) {
        (void)snprintf(difference, sizeof difference,
                       "a record takes %" PRIu32 " bytes in the file and %" PRIu32
                       " in the program, because of their @align",
                       file->record_size, program->record_size);
        return mismatch(program, file, path, difference, error);
    }
    if (program->version != file->version)
        return mismatch(program, file, path,
                        "the fields are the same, and their meaning has changed", error);
    return MMF_OK;
}
