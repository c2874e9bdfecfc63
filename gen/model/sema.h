/* Checks what a parsed schema means, and lays its records out. */
#ifndef MMF_GEN_SEMA_H
#define MMF_GEN_SEMA_H

#include "../front/parser.h"
#include "model.h"

MMF_BEGIN_DECLS

/*
 * Fills *out from what was parsed, which may have errors already. It is complete only if the list
 * has no errors afterwards, and records that have some are marked as wrong; it lives as long as
 * memory. False when there was no memory.
 */
bool sema_check(const syntax_schema *parsed, const source *from, arena *memory, diag_list *list,
                gen_model *out);

MMF_END_DECLS

#endif
