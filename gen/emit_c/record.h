/* The names of records and fields, as placeholders for templates. */
#ifndef MMF_GEN_EMIT_C_RECORD_H
#define MMF_GEN_EMIT_C_RECORD_H

#include "../model/names.h"
#include "template.h"

MMF_BEGIN_DECLS

/* One record while it is emitted. */
typedef struct emit_record {
    const mmf_schema *schema;
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

/* Holds pointers into itself: do not copy it. */
void emit_record_init(emit_record *of, const mmf_schema *schema);

/* One field of it; its placeholders are those of the record, and field, FIELD, type, ctype. */
typedef struct emit_field {
    const emit_record *record;
    const mmf_field *field;
    char upper[NAMES_SIZE];
    char type[32]; /* as the schema has it: "string[64]" */
    emit_placeholders placeholders;
} emit_field;

void emit_field_init(emit_field *of, const emit_record *record, uint32_t index);

MMF_END_DECLS

#endif
