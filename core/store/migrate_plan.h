/* The plan of a migration: what becomes of one record. */
#ifndef MMF_STORE_MIGRATE_PLAN_H
#define MMF_STORE_MIGRATE_PLAN_H

#include "adapt.h"

/* A field within the record: "bids.price". */
#define MMFI_FIELD_PATH_SIZE ((MMF_STRUCT_DEPTH_MAX + 1u) * (MMF_NAME_LENGTH_MAX + 1u))

typedef struct mmfi_migrate_plan {
    mmfi_adapter *adapter; /* the pairs of fields, and the defaults */
    struct mmfi_migrate_step *steps;
    uint32_t step_count;
} mmfi_migrate_plan;

/* The value that does not fit: its field within the record. */
typedef struct mmfi_misfit {
    mmf_status status; /* MMF_ERR_TOO_LONG, MMF_ERR_NULL or MMF_ERR_ENUM */
    char name[MMFI_FIELD_PATH_SIZE];
} mmfi_misfit;

/*
 * The plan for records of the file's schema, each of whose fields can become what schema has. The
 * first has to live as long as the plan. path is for the message. MMF_ERR_NO_MEMORY. *out is to be
 * freed in any case.
 */
mmf_status mmfi_migrate_plan_new(const char *path, const mmf_schema *file, const mmf_schema *schema,
                                 mmfi_migrate_plan *out, mmf_error *error);
void mmfi_migrate_plan_free(mmfi_migrate_plan *plan);

/*
 * Converts a record, except for its sequence and checksum. Neither of the two changes meanwhile.
 * False when a value does not fit.
 */
bool mmfi_migrate_record(const mmfi_migrate_plan *plan, const unsigned char *theirs,
                         unsigned char *mine, mmfi_misfit *out);

/* The same for a torn record: a value that does not fit becomes the field's default, or zeroes. */
void mmfi_migrate_torn(const mmfi_migrate_plan *plan, const unsigned char *theirs,
                       unsigned char *mine);

#endif
