/* The parts of the generated header, one per construct. */
#ifndef MMF_GEN_EMIT_C_PARTS_H
#define MMF_GEN_EMIT_C_PARTS_H

#include "record.h"

MMF_BEGIN_DECLS

/* The offsets, and the struct that a whole record is passed in; layout.c. */
void emit_layout(emitter *to, const emit_record *record);

/* Create, open, close and the other calls for a store as a whole; calls.c. */
void emit_store_calls(emitter *to, const emit_record *record);

/* Whole records, and row ranges; calls.c. */
void emit_record_calls(emitter *to, const emit_record *record);

/* The calls of one field; field_calls.c. */
void emit_field_calls(emitter *to, const emit_field *field);

MMF_END_DECLS

#endif
