/* Makes the adapter of a handle: which fields are which, and what is read where the file lacks one.
 */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* newlocale, uselocale */

#include "../schema/traits.h"
#include "../schema/versions.h"
#include "adapt.h"
#include "mmapforge/decimal.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* ---- Pairs ---- */

static void free_pairs(mmfi_pairs *pairs)
{
    if (pairs == NULL)
        return;
    for (uint32_t i = 0; i < pairs->count; i++)
        free_pairs(pairs->list[i].inner);
    free(pairs);
}

/* The validity bytes are the caller's to say: those of a record are no part of its fields. */
static mmfi_pairs *make_pairs(const mmfi_versions *of)
{
    mmfi_pairs *pairs =
        (mmfi_pairs *)calloc(1, sizeof *pairs + of->mine_count * sizeof pairs->list[0]);
    if (pairs == NULL)
        return NULL;
    pairs->count = of->mine_count;
    for (uint32_t i = 0; i < of->mine_count; i++) {
        mmfi_pair *pair = &pairs->list[i];
        pair->mine = &of->mine[i];
        pair->theirs = mmfi_counterpart(of, pair->mine);
        if (pair->theirs == NULL || pair->mine->structure == NULL)
            continue;
        const mmf_struct *mine = pair->mine->structure;
        const mmf_struct *theirs = pair->theirs->structure;
        const mmfi_versions within = mmfi_versions_within(of, mine, theirs);
        pair->inner = make_pairs(&within);
        if (pair->inner == NULL) {
            free_pairs(pairs);
            return NULL;
        }
        pair->inner->mine_validity = mine->validity_offset;
        pair->inner->theirs_validity = theirs->validity_offset;
    }
    return pairs;
}

/* ---- Defaults ---- */

/* Numbers are in the language of schemas: the caller has set the locale of the thread. */
static void save_default(unsigned char *to, const mmf_field *field)
{
    const char *text = field->default_text;
    const size_t length = strlen(text);
    int64_t units = 0;
    if (field->logical == MMF_LOGICAL_ENUM) {
        const mmf_enum_member *member = mmf_enum_find_name(field->enumeration, text, length);
        units = member != NULL ? member->value : 0;
        memcpy(to, &units, field->size); /* little-endian, as the file */
    } else if (field->logical == MMF_LOGICAL_DECIMAL) {
        (void)mmf_decimal_read(text, length, field->precision, field->scale, &units);
        memcpy(to, &units, sizeof units);
    } else if (field->type == MMF_TYPE_STRING) {
        const uint32_t bytes = (uint32_t)length - 2;
        memcpy(to, &bytes, sizeof bytes);
        memcpy(to + MMFI_LENGTH_SIZE, text + 1, bytes);
    } else if (field->type == MMF_TYPE_BOOL) {
        to[0] = text[0] == 't';
    } else if (field->type == MMF_TYPE_FLOAT64) {
        const double value = strtod(text, NULL);
        memcpy(to, &value, sizeof value);
    } else if (field->type == MMF_TYPE_FLOAT32) {
        const float value = (float)strtod(text, NULL);
        memcpy(to, &value, sizeof value);
    } else if (text[0] == '-') {
        units = strtoll(text, NULL, 10);
        memcpy(to, &units, field->size);
    } else {
        const uint64_t natural = strtoull(text, NULL, 10);
        memcpy(to, &natural, field->size);
    }
}

/* Also below what is null: a file may have the struct, and lack some of its members. */
static void fill_defaults(unsigned char *base, const mmf_struct *of)
{
    for (uint32_t i = 0; i < of->field_count; i++) {
        const mmf_field *field = &of->fields[i];
        mmfi_field_set_valid(base, of->validity_offset, field, field->default_text != NULL);
        if (field->default_text != NULL)
            save_default(base + field->offset, field);
        if (field->structure == NULL)
            continue;
        const uint32_t stride = mmf_field_stride(field);
        for (uint32_t at = field->offset; at < field->offset + field->size; at += stride)
            fill_defaults(base + at, field->structure);
    }
}

/* ---- The adapter ---- */

void mmfi_adapter_free(mmfi_adapter *adapter)
{
    if (adapter == NULL)
        return;
    free_pairs(adapter->pairs);
    free(adapter->defaults);
    mmf_schema_free(adapter->schema);
    free(adapter);
}

mmf_status mmfi_adapter_new(const char *path, const mmf_schema *file, const mmf_schema *program,
                            const mmfi_adapter_calls *calls, mmfi_adapter **out, mmf_error *error)
{
    mmfi_adapter *adapter = (mmfi_adapter *)calloc(1, sizeof *adapter);
    *out = adapter;
    if (adapter == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, path, "%s: no memory for a handle", path);
    adapter->calls = calls;
    const mmf_status status =
        mmf_schema_parse(program->text, program->text_size, &adapter->schema, error);
    if (status != MMF_OK)
        return status;
    const mmf_struct mine = mmfi_fields_of(adapter->schema);
    const mmfi_versions versions = mmfi_versions_of(adapter->schema, file);
    adapter->pairs = make_pairs(&versions);
    adapter->defaults = (unsigned char *)calloc(1, adapter->schema->record_size);
    if (adapter->pairs == NULL || adapter->defaults == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, path, "%s: no memory for a handle", path);
    adapter->pairs->mine_validity = adapter->schema->validity_offset;
    adapter->pairs->theirs_validity = file->validity_offset;
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, path, "%s: no memory for a locale", path);
    const locale_t before = uselocale(plain);
    fill_defaults(adapter->defaults, &mine);
    (void)uselocale(before);
    freelocale(plain);
    return MMF_OK;
}

mmf_store *mmfi_adapter_attach(mmfi_adapter *adapter, mmf_store *real)
{
    mmf_store *front = (mmf_store *)calloc(1, sizeof *front);
    if (front == NULL)
        return NULL;
    front->records = real->records;
    front->writer = &mmfi_writer_none;
    front->live = &mmfi_live_frozen;
    front->state = real->state;
    front->checksum_key = real->checksum_key;
    adapter->front = front;
    adapter->real = real;
    return front;
}
