/* Finds values within a record by their paths. */
#include "mmapforge/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A path while it is followed. */
typedef struct walk {
    const char *path;
    const char *at;
    const mmf_field *fields; /* of the record, or of the struct that the path is in */
    uint32_t field_count;
    uint32_t base; /* of those fields, from the start of the record */
    uint32_t validity_offset;
    mmf_place place;
    mmf_error *error;
} walk;

static mmf_status refuse(const walk *of, const char *found, const char *expected)
{
    return mmfi_fail(of->error, MMF_ERR_ARGUMENT, 0, NULL,
                     "path '%s' of record '%s': %s at byte %zu; expected %s", of->path,
                     of->place.schema->name, found, (size_t)(of->at - of->path), expected);
}

static size_t step_length(const char *at)
{
    return strcspn(at, ".[]");
}

static const mmf_field *find_step(const walk *of, size_t length)
{
    for (uint32_t i = 0; i < of->field_count; i++)
        if (strlen(of->fields[i].name) == length && memcmp(of->fields[i].name, of->at, length) == 0)
            return &of->fields[i];
    return NULL;
}

static void add_null(walk *of, const mmf_field *field)
{
    if (field->null_bit == 0)
        return;
    const uint32_t bit = field->null_bit - 1;
    const uint32_t index = of->place.null_count++;
    of->place.nulls[index].offset = of->base + of->validity_offset + bit / 8;
    of->place.nulls[index].mask = (uint8_t)(1u << bit % 8);
}

static mmf_status step_to_field(walk *of)
{
    const size_t length = step_length(of->at);
    const mmf_field *field = find_step(of, length);
    if (field == NULL) {
        char expected[MMF_NAME_LENGTH_MAX + 64];
        (void)snprintf(expected, sizeof expected, "the name of a field, as in '%s'",
                       of->fields[0].name);
        return refuse(of, length > 0 ? "no such field" : "no name", expected);
    }
    add_null(of, field);
    of->at += length;
    of->place.field = field;
    of->place.offset = of->base + field->offset;
    of->place.size = field->size;
    of->place.is_array = field->count > 0;
    return MMF_OK;
}

static mmf_status take_index(walk *of)
{
    const mmf_field *field = of->place.field;
    char expected[96];
    if (!of->place.is_array)
        return refuse(of, "an index of a field that is no array", "'.' or the end");
    (void)snprintf(expected, sizeof expected, "an index from 0 to %" PRIu32 ", and ']'",
                   field->count - 1);
    const char *digits = ++of->at;
    uint32_t index = 0;
    for (; *of->at >= '0' && *of->at <= '9' && index <= MMF_FIELD_COUNT_MAX; of->at++)
        index = index * 10 + (uint32_t)(*of->at - '0');
    if (of->at == digits || *of->at != ']' || index >= field->count) {
        of->at = digits;
        return refuse(of, "no such index", expected);
    }
    of->at++;
    of->place.is_array = false;
    of->place.size = mmf_field_stride(field);
    of->place.offset += index * of->place.size;
    return MMF_OK;
}

/* Enters the struct at the place for the name after a '.'. */
static mmf_status enter(walk *of)
{
    const mmf_struct *structure = of->place.field->structure;
    if (of->place.is_array)
        return refuse(of, "a member of a whole array", "the index of an element, as in '[0]'");
    if (structure == NULL)
        return refuse(of, "a member of a field that is no struct", "the end of the path");
    of->at++;
    of->fields = structure->fields;
    of->field_count = structure->field_count;
    of->base = of->place.offset;
    of->validity_offset = structure->validity_offset;
    return step_to_field(of);
}

static mmf_status follow_path(walk *of)
{
    mmf_status status = step_to_field(of);
    while (status == MMF_OK && *of->at != '\0') {
        if (*of->at == '[')
            status = take_index(of);
        else if (*of->at == '.')
            status = enter(of);
        else
            status = refuse(of, *of->at == ']' ? "a stray ']'" : "a name without its '.'",
                            "'.', '[' or the end");
    }
    return status;
}

mmf_status mmf_schema_locate(const mmf_schema *schema, const char *path, mmf_place *out,
                             mmf_error *error)
{
    if (out != NULL)
        memset(out, 0, sizeof *out);
    if (schema == NULL || path == NULL || out == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, NULL, "mmf_schema_locate: %s is NULL",
                         schema == NULL ? "schema"
                         : path == NULL ? "path"
                                        : "out");
    walk of = {.path = path,
               .at = path,
               .fields = schema->fields,
               .field_count = schema->field_count,
               .validity_offset = schema->validity_offset,
               .place = {.schema = schema},
               .error = error};
    const mmf_status status = follow_path(&of);
    if (status == MMF_OK)
        *out = of.place;
    return status;
}
