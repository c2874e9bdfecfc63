/* Explains a schema to its author: where the bytes of a record are, and how to save some. */
#ifndef MMF_GEN_EXPLAIN_H
#define MMF_GEN_EXPLAIN_H

#include "../emit/text.h"
#include "../model/model.h"

MMF_BEGIN_DECLS

/*
 * Appends a map of each record of a model without errors: offset, size and cache lines of each
 * field, those of structs within them, the padding between them, and an order of the fields of a
 * record or struct with less padding if one is found.
 * to->failed is set when memory is exhausted.
 */
void explain_layout(emit_text *to, const gen_model *model);

MMF_END_DECLS

#endif
