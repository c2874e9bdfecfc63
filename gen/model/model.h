/* The meaning of a checked schema file: all that the emitters know of it. */
#ifndef MMF_GEN_MODEL_H
#define MMF_GEN_MODEL_H

#include "../front/source.h"
#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

/* Of one schema file; its enums and structs together are at most MMF_DEFINITIONS_MAX. */
#define GEN_RECORDS_MAX   256u
#define GEN_CONSTANTS_MAX 1024u

/* The place of a part in the source, for the diagnostics of later checks. */
typedef struct gen_place {
    source_span name;
    const source_span *fields; /* the name of each field, in the order of mmf_schema.fields; of an
                                  enum, of each member */
    bool has_errors;           /* the part may be incomplete */
} gen_place;

/* "const DEPTH = 10;" */
typedef struct gen_constant {
    const char *name;
    const char *doc;
    uint32_t value;
} gen_constant;

/*
 * Every part without errors is complete: docs, offsets, sizes, hash and canonical text. The place
 * and the C name of a part have its index. A C name is what @prefix gives, or the name in the
 * schema.
 */
typedef struct gen_model {
    const char *schema_name; /* base name of the schema file, never its directory */
    uint32_t record_count;   /* at least 1 */
    const mmf_schema *records;
    const char *const *record_c_names;
    const gen_place *places; /* of records[i]; only for diagnostics */
    uint32_t constant_count;
    const gen_constant *constants;
    const gen_place *constant_places;
    uint32_t enum_count;
    const mmf_enum *enums;
    const char *const *enum_c_names;
    const gen_place *enum_places;
    uint32_t struct_count; /* each after those that it uses */
    const mmf_struct *const *structs;
    const char *const *struct_c_names;
    const gen_place *struct_places;
} gen_model;

MMF_END_DECLS

#endif
