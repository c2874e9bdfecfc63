/* The names of records, structs and their fields, as placeholders for templates. */
#ifndef MMF_GEN_EMIT_C_RECORD_H
#define MMF_GEN_EMIT_C_RECORD_H

#include "../model/names.h"
#include "template.h"

MMF_BEGIN_DECLS

/* One record or struct while it is emitted. */
typedef struct emit_record {
    const gen_model *model;
    const mmf_schema *schema; /* NULL for a struct */
    const mmf_field *fields;
    uint32_t field_count;
    uint32_t validity_offset;
    uint32_t struct_size; /* of a struct */
    const char *name;     /* as in the schema */
    const char *doc;
    char lower[NAMES_SIZE];
    char upper[NAMES_SIZE];
    char checksum[NAMES_IDENTIFIER_SIZE];
    char size_and_checksum[2 * NAMES_IDENTIFIER_SIZE];
    /*
     * record, RECORD, Record; and for calls that write: checksummed before their name, checksum and
     * size_and_checksum after an argument, all "" unless records have checksums.
     */
    emit_placeholders placeholders;
} emit_record;

/* These hold pointers into themselves: do not copy them. */
void emit_record_init(emit_record *of, const gen_model *model, uint32_t index);
void emit_struct_init(emit_record *of, const gen_model *model, const mmf_struct *structure);

/*
 * One field of it; its placeholders are those of the record, and
 *
 *   field, FIELD  its name
 *   type          of the scalar that is stored: "float64"; as in the names of the library's calls
 *   ctype         the type of a value in C: "double", "enum side", "struct level"
 *   storage       the C type of the scalar that is stored: "uint8_t" of an enum
 *   cast, uncast  from and to what is stored: "(enum side)" and "(uint8_t)", or ""
 *   inner, INNER  the struct's or enum's name in C; else ""
 *   base          before an offset: "offset + " in a struct, "" in a record
 *   stride        bytes from one element to the next, as an expression
 *   size          bytes of the whole field, as a number
 *   valid         the offset of the validity byte, and its mask, as two arguments
 *   limit         of a decimal: the first number that has too many digits
 */
typedef struct emit_field {
    const emit_record *record;
    const mmf_field *field;
    char upper[NAMES_SIZE];
    char type[MMF_FIELD_TYPE_SIZE]; /* as the schema has it: "string[64]" */
    char ctype[NAMES_SIZE + 8];
    char cast[NAMES_SIZE + 16];
    char uncast[16];
    char inner[NAMES_SIZE];
    char inner_upper[NAMES_SIZE];
    char stride[NAMES_SIZE + 16];
    char valid[NAMES_SIZE + 64];
    char limit[40];
    char size[3 * NAMES_SIZE + 32];
    emit_placeholders placeholders;
} emit_field;

void emit_field_init(emit_field *of, const emit_record *record, const mmf_field *field);

/* Bytes that the bits of all nullable fields take. */
uint32_t emit_validity_size(const emit_record *record);

/* True for a field with one value that is never null: a number, bool or text. */
bool emit_is_simple(const mmf_field *field);

/* The C name of an enum or struct of the model, as it stands in the schema or in its @prefix. */
const char *emit_enum_name(const gen_model *model, const mmf_enum *of);
const char *emit_struct_name(const gen_model *model, const mmf_struct *of);

MMF_END_DECLS

#endif
