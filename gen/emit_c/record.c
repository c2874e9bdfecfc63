/* Sets the placeholders for the names of records, structs and fields. */
#include "record.h"

#include <stdio.h>
#include <string.h>

/* ---- Records and structs ---- */

static void init(emit_record *of, const gen_model *model, const char *name, const char *c_name)
{
    memset(of, 0, sizeof *of);
    of->model = model;
    of->name = name;
    names_lower(c_name, of->lower);
    names_upper(c_name, of->upper);
    emit_set(&of->placeholders, "record", of->lower);
    emit_set(&of->placeholders, "RECORD", of->upper);
    emit_set(&of->placeholders, "Record", of->name);
}

void emit_record_init(emit_record *of, const gen_model *model, uint32_t index)
{
    const mmf_schema *schema = &model->records[index];
    init(of, model, schema->name, model->record_c_names[index]);
    of->schema = schema;
    of->doc = schema->doc;
    of->fields = schema->fields;
    of->field_count = schema->field_count;
    of->validity_offset = schema->validity_offset;
    const bool checksummed = schema->checksum_offset != 0;
    if (checksummed) {
        (void)snprintf(of->checksum, sizeof of->checksum, ", %s_RECORD_CHECKSUM", of->upper);
        (void)snprintf(of->size_and_checksum, sizeof of->size_and_checksum, ", %s_RECORD_SIZE%s",
                       of->upper, of->checksum);
    }
    emit_set(&of->placeholders, "base", "");
    emit_set(&of->placeholders, "checksummed", checksummed ? "checksummed_" : "");
    emit_set(&of->placeholders, "store_and_row", checksummed ? ", (mmf_store *)store, row" : "");
    emit_set(&of->placeholders, "checksum", of->checksum);
    emit_set(&of->placeholders, "size_and_checksum", of->size_and_checksum);
}

void emit_struct_init(emit_record *of, const gen_model *model, const mmf_struct *structure)
{
    init(of, model, structure->name, emit_struct_name(model, structure));
    of->doc = structure->doc;
    of->struct_size = structure->size;
    of->fields = structure->fields;
    of->field_count = structure->field_count;
    of->validity_offset = structure->validity_offset;
    emit_set(&of->placeholders, "base", "offset + ");
}

uint32_t emit_validity_size(const emit_record *record)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < record->field_count; i++)
        if (record->fields[i].null_bit > bits)
            bits = record->fields[i].null_bit;
    return (bits + 7) / 8;
}

const char *emit_enum_name(const gen_model *model, const mmf_enum *of)
{
    for (uint32_t i = 0; i < model->enum_count; i++)
        if (&model->enums[i] == of)
            return model->enum_c_names[i];
    return of->name;
}

const char *emit_struct_name(const gen_model *model, const mmf_struct *of)
{
    for (uint32_t i = 0; i < model->struct_count; i++)
        if (model->structs[i] == of)
            return model->struct_c_names[i];
    return of->name;
}

/* ---- Fields ---- */

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
        [MMF_TYPE_STRUCT] = "struct",
    };
    return C_TYPES[type];
}

bool emit_is_simple(const mmf_field *field)
{
    return field->count == 0 && field->null_bit == 0 && field->structure == NULL;
}

/* The names of an enum or struct. */
static void set_inner(emit_field *of, const gen_model *model, const mmf_field *field)
{
    const char *storage = c_type(field->type);
    (void)snprintf(of->ctype, sizeof of->ctype, "%s", storage);
    (void)snprintf(of->stride, sizeof of->stride, "sizeof(%s)", storage);
    if (field->enumeration != NULL) {
        names_lower(emit_enum_name(model, field->enumeration), of->inner);
        (void)snprintf(of->ctype, sizeof of->ctype, "enum %s", of->inner);
        (void)snprintf(of->cast, sizeof of->cast, "(enum %s)", of->inner);
        (void)snprintf(of->uncast, sizeof of->uncast, "(%s)", storage);
    } else if (field->structure != NULL) {
        const char *name = emit_struct_name(model, field->structure);
        names_lower(name, of->inner);
        names_upper(name, of->inner_upper);
        (void)snprintf(of->ctype, sizeof of->ctype, "struct %s", of->inner);
        (void)snprintf(of->stride, sizeof of->stride, "%s_SIZE", of->inner_upper);
    }
}

/* The bytes of all of a field, as an expression of C. */
static void set_size(emit_field *of)
{
    const char *record = of->record->upper;
    if (of->field->count > 0)
        (void)snprintf(of->size, sizeof of->size, "%s_%s_COUNT * %s", record, of->upper,
                       of->stride);
    else if (mmf_type_is_sized(of->field->type))
        (void)snprintf(of->size, sizeof of->size, "MMFI_LENGTH_SIZE + %s_%s_MAX", record,
                       of->upper);
    else
        (void)snprintf(of->size, sizeof of->size, "%s", of->stride);
}

void emit_field_init(emit_field *of, const emit_record *record, const mmf_field *field)
{
    memset(of, 0, sizeof *of);
    of->record = record;
    of->field = field;
    names_upper(field->name, of->upper);
    (void)mmf_field_type_write(field, of->type, sizeof of->type);
    set_inner(of, record->model, field);
    set_size(of);
    if (field->null_bit != 0) {
        const uint32_t bit = field->null_bit - 1;
        char byte[16] = "";
        if (bit >= 8)
            (void)snprintf(byte, sizeof byte, " + %u", bit / 8);
        (void)snprintf(of->valid, sizeof of->valid, "%s%s_VALIDITY_OFFSET%s, 0x%02xu",
                       record->schema == NULL ? "offset + " : "", record->upper, byte,
                       1u << bit % 8);
    }
    if (field->logical == MMF_LOGICAL_DECIMAL)
        (void)snprintf(of->limit, sizeof of->limit, "INT64_C(1%0*d)", (int)field->precision, 0);
    of->placeholders = record->placeholders;
    emit_set(&of->placeholders, "field", field->name);
    emit_set(&of->placeholders, "FIELD", of->upper);
    emit_set(&of->placeholders, "type", mmf_type_name(field->type));
    emit_set(&of->placeholders, "ctype", of->ctype);
    emit_set(&of->placeholders, "storage", c_type(field->type));
    emit_set(&of->placeholders, "cast", of->cast);
    emit_set(&of->placeholders, "uncast", of->uncast);
    emit_set(&of->placeholders, "inner", of->inner);
    emit_set(&of->placeholders, "INNER", of->inner_upper);
    emit_set(&of->placeholders, "stride", of->stride);
    emit_set(&of->placeholders, "valid", of->valid);
    emit_set(&of->placeholders, "limit", of->limit);
    emit_set(&of->placeholders, "size", of->size);
}
