/* The parts of the generated header, one per construct. */
#ifndef MMF_GEN_EMIT_C_PARTS_H
#define MMF_GEN_EMIT_C_PARTS_H

#include "record.h"

MMF_BEGIN_DECLS

/* The offsets, and the struct that a whole record is passed in; layout.c. */
void emit_layout(emitter *to, const emit_record *record);

/* The constants and members of a struct of the schema; layout.c. */
void emit_struct_layout(emitter *to, const emit_record *record);

/*
 * Lines that move all fields between the bytes of a record at `record` and the struct at out or in,
 * or check the struct: the body of a function; values.c.
 */
void emit_load_lines(emitter *to, const emit_record *record);
void emit_save_lines(emitter *to, const emit_record *record);
void emit_check_lines(emitter *to, const emit_record *record);

/* Lines that set the struct at out, which is zero, to the defaults; values.c. */
void emit_default_lines(emitter *to, const emit_record *record);

/* True when some value of the fields can be refused: a text, an enum, a decimal. */
bool emit_has_checks(const mmf_field *fields, uint32_t count);

/* Constants, enums and structs of the schema; definitions.c. */
void emit_definitions(emitter *to, const gen_model *model);

/* Create, open, close and the other calls for a store as a whole; calls.c. */
void emit_store_calls(emitter *to, const emit_record *record);

/* Whole records, and row ranges; calls.c. */
void emit_record_calls(emitter *to, const emit_record *record);

/* "Reads price: last trade", and the rules of the call, as a comment; field_calls.c. */
void emit_call_comment(emitter *to, const char *summary, const char *doc, const char *rules);

/* Lines that refuse a `value` that the field cannot have; field_calls.c. */
void emit_value_check(emitter *to, const emit_field *field);

/* The setter of a text in the struct of a record, or of a struct; field_calls.c. */
void emit_record_set(emitter *to, const emit_field *field);

/* The calls of one field that has one value, which is never null; field_calls.c. */
void emit_field_calls(emitter *to, const emit_field *field);

/* The calls of an array, a struct or a nullable field as a whole; whole_calls.c. */
void emit_whole_calls(emitter *to, const emit_field *field);

/* The calls of elements and members within a field; leaf_calls.c. */
void emit_leaf_calls(emitter *to, const emit_field *field);

MMF_END_DECLS

#endif
