/* Two versions of the fields of a record or struct: which field of the one is which of the other.
 */
#ifndef MMF_SCHEMA_VERSIONS_H
#define MMF_SCHEMA_VERSIONS_H

#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

/* The two lists. */
typedef struct mmfi_versions {
    const mmf_field *mine;
    const mmf_field *theirs;
    uint32_t mine_count;
    uint32_t theirs_count;
    uint32_t mine_version; /* of the record, also for structs in it */
    uint32_t theirs_version;
} mmfi_versions;

mmfi_versions mmfi_versions_of(const mmf_schema *mine, const mmf_schema *theirs);

/* Of two structs in them. */
mmfi_versions mmfi_versions_within(const mmfi_versions *of, const mmf_struct *mine,
                                   const mmf_struct *theirs);

/* The same, seen from the other side. */
mmfi_versions mmfi_versions_swap(const mmfi_versions *of);

/*
 * Of theirs, the field that one of mine is: of its name, or else of the name that @was gives on
 * either side. NULL when there is none. No two of mine are the same one of theirs.
 */
const mmf_field *mmfi_counterpart(const mmfi_versions *of, const mmf_field *mine);

/*
 * Why a field may be another one than mmfi_counterpart says, as the end of a message; NULL when it
 * is certain. @was says what a field was called in older versions, and names are given again.
 */
const char *mmfi_counterpart_doubt(const mmfi_versions *of, const mmf_field *mine);

/* True when a record that lacks a field of mine can have something in its place. */
bool mmfi_may_be_missing(const mmfi_versions *of, const mmf_field *mine);

/*
 * Why values of a field of theirs are none of one of mine, whatever their sizes are, as the end of
 * a message; NULL when they are of one kind. The fields of two structs are not compared.
 */
const char *mmfi_kind_problem(const mmf_field *mine, const mmf_field *theirs);

MMF_END_DECLS

#endif
