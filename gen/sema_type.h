/* What to say about a word that stands where a type should. */
#ifndef MMF_GEN_SEMA_TYPE_H
#define MMF_GEN_SEMA_TYPE_H

#include "diag.h"

MMF_BEGIN_DECLS

/*
 * Single-character edits from a word of a_length bytes to b, which is in small letters and of at
 * most 16, without regard to case.
 */
uint32_t sema_distance(const char *a, uint32_t a_length, const char *b);

/* Reports an unknown type, with the type that was probably meant. */
void sema_report_type(diag_list *list, source_span at);

MMF_END_DECLS

#endif
