/* The attributes of records, structs, enums and fields. */
#ifndef MMF_GEN_ATTRIBUTES_H
#define MMF_GEN_ATTRIBUTES_H

#include "checker.h"

MMF_BEGIN_DECLS

/* What has attributes; a set, for those that may stand in several places. */
typedef enum attributes_place {
    ATTRIBUTES_RECORD = 1,
    ATTRIBUTES_STRUCT = 2,
    ATTRIBUTES_ENUM = 4,
    ATTRIBUTES_FIELD = 8
} attributes_place;

/* Those that are given; zero and NULL for the others. */
typedef struct attributes {
    bool checksums;
    bool deprecated;
    uint32_t align;
    uint32_t since;
    source_span since_at;
    source_span align_at;
    source_span was_at;
    const char *was;
    const char *prefix;
} attributes;

/* Reports attributes that are unknown, misplaced, given twice, or have wrong arguments. */
attributes attributes_check(checker *state, const syntax_attribute *list, attributes_place place);

MMF_END_DECLS

#endif
