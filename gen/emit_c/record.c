/* Sets the placeholders for the names of records and fields. */
#include "record.h"

#include <stdio.h>
#include <string.h>

void emit_record_init(emit_record *of, const mmf_schema *schema)
{
    memset(of, 0, sizeof *of);
    of->schema = schema;
    names_lower(schema->name, of->lower);
    names_upper(schema->name, of->upper);
    emit_set(&of->placeholders, "record", of->lower);
    emit_set(&of->placeholders, "RECORD", of->upper);
    emit_set(&of->placeholders, "Record", schema->name);
    const bool checksummed = schema->checksum_offset != 0;
    if (checksummed) {
        (void)snprintf(of->checksum, sizeof of->checksum, ", %s_RECORD_CHECKSUM", of->upper);
        (void)snprintf(of->size_and_checksum, sizeof of->size_and_checksum, ", %s_RECORD_SIZE%s",
                       of->upper, of->checksum);
    }
    emit_set(&of->placeholders, "checksummed", checksummed ? "checksummed_" : "");
    emit_set(&of->placeholders, "store_and_row", checksummed ? ", (mmf_store *)store, row" : "");
    emit_set(&of->placeholders, "checksum", of->checksum);
    emit_set(&of->placeholders, "size_and_checksum", of->size_and_checksum);
}

static const char *c_type(mmf_type type)
{
    static const char *const C_TYPES[MMF_TYPE_COUNT] = {
        [MMF_TYPE_NONE] = "?",         [MMF_TYPE_BOOL] = "bool",
        [MMF_TYPE_INT8] = "int8_t",    [MMF_TYPE_UINT8] = "uint8_t",
        [MMF_TYPE_INT16] = "int16_t",  [MMF_TYPE_UINT16] = "uint16_t",
        [MMF_TYPE_INT32] = "int32_t",  [MMF_TYPE_UINT32] = "uint32_t",
        [MMF_TYPE_INT64] = "int64_t",  [MMF_TYPE_UINT64] = "uint64_t",
        [MMF_TYPE_FLOAT32] = "float",  [MMF_TYPE_FLOAT64] = "double",
        [MMF_TYPE_STRING] = "mmf_str", [MMF_TYPE_BYTES] = "mmf_bytes",
    };
    return C_TYPES[type];
}

void emit_field_init(emit_field *of, const emit_record *record, uint32_t index)
{
    memset(of, 0, sizeof *of);
    const mmf_field *field = &record->schema->fields[index];
    of->record = record;
    of->field = field;
    names_upper(field->name, of->upper);
    (void)mmf_type_write(field->type, field->max, of->type, sizeof of->type);
    of->placeholders = record->placeholders;
    emit_set(&of->placeholders, "field", field->name);
    emit_set(&of->placeholders, "FIELD", of->upper);
    emit_set(&of->placeholders, "type", mmf_type_name(field->type));
    emit_set(&of->placeholders, "ctype", c_type(field->type));
}
