/* The meaning of a checked schema file: all that the emitters know of it. */
#ifndef MMF_GEN_MODEL_H
#define MMF_GEN_MODEL_H

#include "../front/source.h"
#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

#define GEN_RECORDS_MAX 256u /* records of one schema file */

/* The place of a record in the source, for the diagnostics of later checks. */
typedef struct gen_place {
    source_span name;
    const source_span *fields; /* the name of each field, in the order of mmf_schema.fields */
    bool has_errors;           /* the record may be incomplete */
} gen_place;

/* Every record without errors is complete: docs, offsets, sizes, hash and canonical text. */
typedef struct gen_model {
    const char *schema_name; /* base name of the schema file, never its directory */
    uint32_t record_count;   /* at least 1 */
    const mmf_schema *records;
    const gen_place *places; /* of records[i]; only for diagnostics */
} gen_model;

MMF_END_DECLS

#endif
