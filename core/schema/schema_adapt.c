/* Whether a program of one version of a schema can use files of another: by names, field by field.
 */
#include "traits.h"
#include "versions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where in a record two fields are compared: "bids." for the members of bids. */
#define PREFIX_SIZE ((MMF_STRUCT_DEPTH_MAX + 1u) * (MMF_NAME_LENGTH_MAX + 1u))

typedef struct comparison {
    bool writable;
    char *reason; /* MMF_REASON_SIZE bytes: the first thing that prevents reading, or writing */
} comparison;

/* ---- Types ---- */

/* True when every value of a type is one of another: the same, or a wider one of its kind. */
static bool holds(mmf_type wide, mmf_type narrow)
{
    if (wide == narrow)
        return true;
    if (wide == MMF_TYPE_FLOAT64 && narrow == MMF_TYPE_FLOAT32)
        return true;
    if (!mmfi_type_is_integer(wide) || !mmfi_type_is_integer(narrow) ||
        mmfi_type_bits(wide) <= mmfi_type_bits(narrow))
        return false;
    return mmfi_type_is_signed(wide) || !mmfi_type_is_signed(narrow);
}

/* What keeps a field of the program from having the values of one of the file; NULL for nothing. */
static const char *problem_of_types(const mmf_field *program, const mmf_field *file)
{
    const char *problem = mmfi_kind_problem(program, file);
    if (problem != NULL)
        return problem;
    if (file->null_bit != 0 && program->null_bit == 0)
        return "it may be null in the file";
    if (program->precision < file->precision)
        return "the file's has more digits";
    if (program->max < file->max)
        return "the file's has more room";
    if (holds(program->type, file->type))
        return NULL;
    return holds(file->type, program->type) ? "the file's is wider"
                                            : "the types are of different kinds";
}

/* ---- Fields ---- */

static bool compare_fields(comparison *of, const char *prefix, const mmfi_versions *versions);

static bool compare_field(comparison *of, const char *prefix, const mmfi_versions *versions,
                          const mmf_field *program, const mmf_field *file)
{
    const char *doubt = mmfi_counterpart_doubt(versions, program);
    if (doubt != NULL) {
        (void)snprintf(of->reason, MMF_REASON_SIZE,
                       "field '%s%s' may be '%s' of the file or not: %s; give the field of the "
                       "newer version a name that no older one has",
                       prefix, program->name, file->name, doubt);
        return false;
    }
    const char *problem = problem_of_types(program, file);
    if (problem != NULL) {
        (void)snprintf(of->reason, MMF_REASON_SIZE,
                       "field '%s%s': the file has '%s: %s', the program '%s': %s", prefix,
                       program->name, file->name, mmfi_type_describe(file).text,
                       mmfi_type_describe(program).text, problem);
        return false;
    }
    if (program->structure == NULL)
        return true;
    char inner[PREFIX_SIZE];
    (void)snprintf(inner, sizeof inner, "%s%s.", prefix, program->name);
    const mmfi_versions within =
        mmfi_versions_within(versions, program->structure, file->structure);
    return compare_fields(of, inner, &within);
}

/* The first field of the file that the program does not know, if that was not found before. */
static void find_unknown(comparison *of, const char *prefix, const mmfi_versions *versions)
{
    const mmfi_versions swapped = mmfi_versions_swap(versions);
    for (uint32_t i = 0; i < swapped.mine_count && of->writable; i++) {
        if (mmfi_counterpart(&swapped, &swapped.mine[i]) != NULL)
            continue;
        of->writable = false;
        (void)snprintf(of->reason, MMF_REASON_SIZE,
                       "the program does not know field '%s%s' of the file", prefix,
                       swapped.mine[i].name);
    }
}

static bool compare_fields(comparison *of, const char *prefix, const mmfi_versions *versions)
{
    find_unknown(of, prefix, versions); /* which is not said if reading fails */
    for (uint32_t i = 0; i < versions->mine_count; i++) {
        const mmf_field *field = &versions->mine[i];
        const mmf_field *found = mmfi_counterpart(versions, field);
        if (found != NULL) {
            if (!compare_field(of, prefix, versions, field, found))
                return false;
            continue;
        }
        if (mmfi_may_be_missing(versions, field))
            continue;
        (void)snprintf(of->reason, MMF_REASON_SIZE,
                       "field '%s%s' is not in the file, and the program's schema says nothing of "
                       "what to read instead: give it a default, '@since(%" PRIu32
                       ")' or a '?', or '@was(name)' if it had another name",
                       prefix, field->name, versions->mine_version);
        return false;
    }
    return true;
}

bool mmf_schema_reads(const mmf_schema *program, const mmf_schema *file, bool *writable,
                      char *reason)
{
    comparison of = {.writable = true, .reason = reason};
    reason[0] = '\0';
    const mmfi_versions versions = mmfi_versions_of(program, file);
    const bool reads = compare_fields(&of, "", &versions);
    *writable = reads && of.writable;
    return reads;
}

mmf_status mmf_schema_adapt(const mmf_schema *program, const mmf_schema *file, const char *path,
                            bool *writable, mmf_error *error)
{
    if (writable != NULL)
        *writable = false;
    if (path == NULL)
        path = "";
    if (program == NULL || file == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_schema_adapt: %s is NULL",
                         program == NULL ? "program" : "file");
    if (strcmp(program->name, file->name) != 0)
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, path,
                         "%s: the file holds records '%s', the program expects '%s'; open it with "
                         "the store generated for '%s'",
                         path, file->name, program->name, file->name);
    char reason[MMF_REASON_SIZE];
    bool may_write = false;
    if (!mmf_schema_reads(program, file, &may_write, reason))
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, path,
                         "%s: the file holds '%s' version %" PRIu32
                         ", the program expects version %" PRIu32
                         "; %s; open it with the schema that it was written with, or migrate it to "
                         "a new file",
                         path, file->name, file->version, program->version, reason);
    if (writable != NULL)
        *writable = may_write;
    return MMF_OK;
}
