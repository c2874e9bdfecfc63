/* What several files of core ask of types and schemas. */
#ifndef MMF_SCHEMA_TRAITS_H
#define MMF_SCHEMA_TRAITS_H

#include "mmapforge/schema.h"

#include <string.h>

/* Of a scalar. */
static inline uint32_t mmfi_type_bits(mmf_type type)
{
    return 8 * mmf_type_size(type, 0);
}

static inline bool mmfi_type_is_signed(mmf_type type)
{
    return type == MMF_TYPE_INT8 || type == MMF_TYPE_INT16 || type == MMF_TYPE_INT32 ||
           type == MMF_TYPE_INT64;
}

static inline bool mmfi_type_is_integer(mmf_type type)
{
    return type >= MMF_TYPE_INT8 && type <= MMF_TYPE_UINT64;
}

static inline bool mmfi_type_is_float(mmf_type type)
{
    return type == MMF_TYPE_FLOAT32 || type == MMF_TYPE_FLOAT64;
}

/* What mmf_field_type_write gives, as a value. */
typedef struct mmfi_type_text {
    char text[MMF_FIELD_TYPE_SIZE];
} mmfi_type_text;

static inline mmfi_type_text mmfi_type_describe(const mmf_field *field)
{
    mmfi_type_text out;
    (void)mmf_field_type_write(field, out.text, sizeof out.text);
    return out;
}

/* The fields of a record, as those of a struct. */
static inline mmf_struct mmfi_fields_of(const mmf_schema *schema)
{
    mmf_struct out;
    memset(&out, 0, sizeof out);
    out.field_count = schema->field_count;
    out.fields = schema->fields;
    out.validity_offset = schema->validity_offset;
    return out;
}

#endif
