/* What the readers of other formats have in common: numbers, sizes, and values that may be stored.
 */
#include "foreign_check.h"

#include <inttypes.h>
#include <string.h>

uint32_t mmfi_foreign_load32(const unsigned char *from)
{
    uint32_t word;
    memcpy(&word, from, sizeof word);
    return word;
}

uint64_t mmfi_foreign_load64(const unsigned char *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
    return word;
}

mmf_status mmfi_foreign_measure(mmfi_foreign *of, mmf_error *error)
{
    uint64_t size = 0;
    const mmf_status status = mmfi_file_size(&of->file, &size, error);
    of->room = size > of->header_size ? (size - of->header_size) / of->schema->record_size : 0;
    return status;
}

void mmfi_foreign_note_torn(mmfi_foreign *of, uint64_t row, uint64_t sequence)
{
    if (row >= of->torn_row)
        return;
    of->torn_row = row;
    of->torn_sequence = sequence;
}

/* ---- Values ---- */

/* Makes a text one that may be stored; false when its length exceeds the field. */
static bool tidy_text(const mmf_field *field, unsigned char *at, bool torn)
{
    uint32_t length = mmfi_foreign_load32(at);
    if (length > field->max) {
        if (!torn)
            return false;
        length = 0;
        memcpy(at, &length, sizeof length);
    }
    const size_t end = sizeof length + length;
    memset(at + end, 0, field->size - end);
    return true;
}

/* The first field whose value cannot be; NULL when all can. Fields lie in the order of offsets. */
static const mmf_field *tidy_record(const mmfi_foreign *of, unsigned char *record, bool torn)
{
    const mmf_schema *schema = of->schema;
    uint32_t end = MMF_SEQUENCE_SIZE;
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const mmf_field *field = &schema->fields[i];
        unsigned char *at = record + field->offset;
        memset(record + end, 0, field->offset - end);
        if (mmf_type_is_sized(field->type) && !tidy_text(field, at, torn))
            return field;
        if (field->type == MMF_TYPE_BOOL)
            at[0] = of->calls->is_true(at[0]) ? 1 : 0;
        end = field->offset + field->size;
    }
    memset(record + end, 0, schema->record_size - end);
    return NULL;
}

mmf_status mmfi_foreign_read(mmfi_foreign *of, uint64_t first, uint64_t count,
                             unsigned char *records, unsigned char *states, mmf_error *error)
{
    const mmf_status status = of->calls->read(of, first, count, records, states, error);
    if (status != MMF_OK)
        return status;
    for (uint64_t i = 0; i < count; i++) {
        unsigned char *record = records + i * of->schema->record_size;
        const mmf_field *wrong = tidy_record(of, record, states[i] == MMFI_ROW_TORN);
        if (wrong != NULL)
            return mmfi_fail(error, MMF_ERR_CORRUPT, 0, of->file.path,
                             "%s: row %" PRIu64 ": field '%s' claims a length of %" PRIu32
                             " bytes, and has room for %" PRIu32 ": %s",
                             of->file.path, first + i, wrong->name,
                             mmfi_foreign_load32(record + wrong->offset), wrong->max,
                             of->calls->length_hint);
    }
    return MMF_OK;
}

mmf_status mmfi_foreign_end(const mmfi_foreign *of, mmf_error *error)
{
    return of->calls->end(of, error);
}
