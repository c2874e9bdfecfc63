/* Checks the meaning of a parsed schema, and computes the layout of its records. */
#ifndef MMF_GEN_SEMA_H
#define MMF_GEN_SEMA_H

#include "../front/parser.h"
#include "model.h"

MMF_BEGIN_DECLS

/*
 * Fills *out from the parsed schema, about which the list may have errors already. Records with
 * errors are marked; without any, *out is complete. It is valid as long as memory. Returns false
 * only when memory is exhausted.
 */
bool sema_check(const syntax_schema *parsed, const source *from, arena *memory, diag_list *list,
                gen_model *out);

MMF_END_DECLS

#endif
