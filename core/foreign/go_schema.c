/* Schemas as the Go library has them. */
#include "go_schema.h"

#include "mmapforge/decimal.h"

#include "../schema/traits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Plain types ---- */

/* What a field has that Go lacks; NULL for nothing. */
static const char *go_lacks(const mmf_field *field)
{
    if (field->structure != NULL)
        return "structs";
    if (field->count != 0)
        return "arrays";
    return field->null_bit != 0 ? "fields that may be null" : NULL;
}

/* Digits of an int64, and the NUL. */
#define GO_DEFAULT_SIZE 24

/* The default of a plain integer for that of an enum or a decimal; others are the same. */
static void plain_default(mmf_field *plain, const mmf_field *field, char *digits)
{
    const char *text = field->default_text;
    int64_t value = 0;
    if (text == NULL)
        return;
    if (field->logical == MMF_LOGICAL_ENUM) {
        const mmf_enum_member *member = mmf_enum_find_name(field->enumeration, text, strlen(text));
        value = member != NULL ? member->value : 0;
    } else if (field->logical == MMF_LOGICAL_DECIMAL) {
        (void)mmf_decimal_read(text, strlen(text), field->precision, field->scale, &value);
    } else {
        return;
    }
    (void)snprintf(digits, GO_DEFAULT_SIZE, "%" PRId64, value);
    plain->default_text = digits;
}

static mmf_field plain_field(const mmf_field *field, char *digits)
{
    mmf_field out = *field;
    out.doc = "";
    out.logical = MMF_LOGICAL_NONE;
    out.enumeration = NULL;
    out.precision = 0;
    out.scale = 0;
    out.align = 0;
    plain_default(&out, field, digits);
    return out;
}

static mmf_status go_no_memory(const char *path, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, path, "%s: no memory to migrate it", path);
}

/* By way of its text, so that it is a schema as any other. */
static mmf_status write_and_parse(const mmf_schema *schema, const char *path, mmf_schema **out,
                                  mmf_error *error)
{
    const size_t size = mmf_schema_write(schema, NULL, 0);
    char *text = (char *)malloc(size + 1);
    if (text == NULL)
        return go_no_memory(path, error);
    (void)mmf_schema_write(schema, text, size + 1);
    const mmf_status status = mmf_schema_parse(text, size, out, error);
    free(text);
    return status;
}

mmf_status mmfi_go_schema_of(const mmf_schema *given, const char *path, mmf_schema **out,
                             mmf_error *error)
{
    *out = NULL;
    for (uint32_t i = 0; i < given->field_count; i++) {
        const mmf_field *field = &given->fields[i];
        if (go_lacks(field) != NULL)
            return mmfi_fail(
                error, MMF_ERR_SCHEMA, 0, path,
                "%s: field '%s' is '%s', and the Go library has no %s; leave it out of "
                "the schema, or give a field of a plain type in its place",
                path, field->name, mmfi_type_describe(field).text, go_lacks(field));
    }
    mmf_field *fields = (mmf_field *)calloc(given->field_count, sizeof *fields);
    char(*digits)[GO_DEFAULT_SIZE] =
        (char(*)[GO_DEFAULT_SIZE])calloc(given->field_count, sizeof *digits);
    mmf_status status = MMF_OK;
    if (fields == NULL || digits == NULL)
        status = go_no_memory(path, error);
    for (uint32_t i = 0; status == MMF_OK && i < given->field_count; i++)
        fields[i] = plain_field(&given->fields[i], digits[i]);
    if (status == MMF_OK) {
        mmf_schema plain;
        memset(&plain, 0, sizeof plain);
        plain.name = given->name;
        plain.doc = "";
        plain.version = given->version;
        plain.fields = fields;
        plain.field_count = given->field_count;
        mmf_schema_complete(&plain, fields, false);
        status = write_and_parse(&plain, path, out, error);
    }
    free(digits);
    free(fields);
    return status;
}

/* ---- The hash ---- */

static int compare_names(const void *a, const void *b)
{
    const mmf_field *const *first = (const mmf_field *const *)a;
    const mmf_field *const *second = (const mmf_field *const *)b;
    return strcmp((*first)->name, (*second)->name);
}

bool mmfi_go_hash(const mmf_schema *schema, unsigned char *digest)
{
    const mmf_field **sorted =
        (const mmf_field **)calloc(schema->field_count, sizeof(const mmf_field *));
    if (sorted == NULL)
        return false;
    for (uint32_t i = 0; i < schema->field_count; i++)
        sorted[i] = &schema->fields[i];
    qsort(sorted, schema->field_count, sizeof(const mmf_field *), compare_names);
    mmfi_sha256 hash;
    mmfi_sha256_begin(&hash);
    for (uint32_t i = 0; i < schema->field_count; i++) {
        char text[MMF_NAME_LENGTH_MAX + 32];
        const int length =
            snprintf(text, sizeof text, "%s%s:%s:%" PRIu32, i > 0 ? "," : "", sorted[i]->name,
                     mmf_type_name(sorted[i]->type), sorted[i]->size);
        mmfi_sha256_add(&hash, text, (size_t)length);
    }
    mmfi_sha256_end(&hash, digest);
    free(sorted);
    return true;
}

mmfi_go_hash_text mmfi_go_hash_write(const unsigned char *digest)
{
    mmfi_go_hash_text out;
    for (uint32_t i = 0; i < MMFI_SHA256_SIZE; i++)
        (void)snprintf(out.text + (size_t)2 * i, 3, "%02x", digest[i]);
    return out;
}
