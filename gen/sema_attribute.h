/* What the attributes of a record mean. */
#ifndef MMF_GEN_SEMA_ATTRIBUTE_H
#define MMF_GEN_SEMA_ATTRIBUTE_H

#include "parser.h"

MMF_BEGIN_DECLS

typedef struct sema_attributes {
    bool checksums;
} sema_attributes;

/* Reports attributes that there are not, that are given twice, or whose arguments are wrong. */
sema_attributes sema_check_attributes(const parser_record *record, diag_list *list);

MMF_END_DECLS

#endif
