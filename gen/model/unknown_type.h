/* What to say about a word that stands where a type should. */
#ifndef MMF_GEN_UNKNOWN_TYPE_H
#define MMF_GEN_UNKNOWN_TYPE_H

#include "../front/diag.h"

MMF_BEGIN_DECLS

/*
 * Reports an unknown type, with the type that was probably meant; max is what stands in brackets
 * after it, of length 0 when there are none. A word that is not a name was reported before.
 */
void report_unknown_type(diag_list *list, source_span at, source_span max);

MMF_END_DECLS

#endif
