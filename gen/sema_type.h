/* What to say about a word that stands where a type should. */
#ifndef MMF_GEN_SEMA_TYPE_H
#define MMF_GEN_SEMA_TYPE_H

#include "gen/diag.h"

MMF_BEGIN_DECLS

/* Reports an unknown type, with the type that was probably meant. */
void sema_report_type(diag_list *list, source_span at);

MMF_END_DECLS

#endif
