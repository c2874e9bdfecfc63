/* The two files of a store, and the parts that they are put together from. */
#ifndef MMF_GEN_EMIT_STORE_H
#define MMF_GEN_EMIT_STORE_H

#include "emit.h"
#include "names.h"

MMF_BEGIN_DECLS

/* One record while it is emitted, with all of its names ready for holes. */
typedef struct emit_record {
    const mmf_schema *schema;
    char lower[NAMES_SIZE];
    char upper[NAMES_SIZE];
    char checksum[NAMES_IDENTIFIER_SIZE];
    char size_and_checksum[2 * NAMES_IDENTIFIER_SIZE];
    /*
     * record, RECORD, Record; and for calls that write: summed before their name, checksum and
     * size_and_checksum behind an argument, all "" unless records have checksums.
     */
    emit_holes holes;
} emit_record;

/* Holds pointers into itself: do not copy it. */
void emit_record_init(emit_record *of, const mmf_schema *schema);

/* One field of it; holes has those of the record, and field, FIELD, type, ctype. */
typedef struct emit_field {
    const emit_record *record;
    const mmf_field *field;
    char upper[NAMES_SIZE];
    char type[32]; /* as the schema has it: "string[64]" */
    emit_holes holes;
} emit_field;

void emit_field_init(emit_field *of, const emit_record *record, uint32_t index);

/* name is the store's target: NAME.h and NAME.c. */
void emit_header(emitter *to, const gen_model *model, const char *name);
void emit_source(emitter *to, const gen_model *model, const char *name);

/* ---- Parts of the header, one per construct ---- */

/* The offsets, and the struct that a whole record is passed in; emit_layout.c. */
void emit_layout(emitter *to, const emit_record *record);

/* Create, open, close and what belongs to the store as a whole; emit_calls.c. */
void emit_store_calls(emitter *to, const emit_record *record);

/* Whole records, and windows of rows; emit_calls.c. */
void emit_record_calls(emitter *to, const emit_record *record);

/* The calls of one field; emit_field.c. */
void emit_field_calls(emitter *to, const emit_field *field);

MMF_END_DECLS

#endif
