/* Verifying a range of records: each against its checksum. */
#include "mmapforge/verify.h"
#include "adapt.h"
#include "check.h"
#include "explain.h"
#include "mmapforge/detail/access_checksum.h"
#include "mmapforge/detail/columns.h"
#include "verify_record.h"

#include <inttypes.h>

static mmf_status say_range(const mmf_store *store, uint64_t first, uint64_t there,
                            mmf_error *error)
{
    const uint64_t missing = first > there ? first : there;
    return mmfi_fail(error, MMF_ERR_RANGE, 0, mmf_store_path(store),
                     "%s: row %" PRIu64 " was to be verified, and there are %" PRIu64
                     "; ask for rows below that, or for all to the end",
                     mmf_store_path(store), missing, there);
}

static mmf_status say_finding(const mmf_store *store, uint64_t row, const mmfi_verify_result *found,
                              mmf_error *error)
{
    const char *path = mmf_store_path(store);
    if (found->status == MMF_ERR_CORRUPT)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, path,
                         "%s: row %" PRIu64 ": its sequence is %" PRIu64
                         ", %s; restore the file from a copy, or write the record again",
                         path, row, found->sequence,
                         found->sequence == 0
                             ? "which says that it was never written"
                             : "which marks it as being replaced, but no writer owns it");
    if (found->status != MMF_OK)
        return mmf_store_explain(store, found->status, row, NULL, error);
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, path,
                     "%s: row %" PRIu64 ": found the checksum 0x%08" PRIx32
                     ", expected 0x%08" PRIx32
                     " for its content; restore the file from a copy, or write the record again",
                     path, row, found->found, found->expected);
}

/* A row that is counted and cannot be read, because of the file or of the address space. */
static mmf_status say_out_of_reach(const mmf_store *store, uint64_t end, mmf_error *error)
{
    mmfi_bounds now = {0, 0, 0, 0};
    const mmf_status status = mmfi_bounds_now(store->state, &now, error);
    if (status != MMF_OK)
        return status;
    if (end > now.backed)
        return mmfi_say_missing(store->state, &now, MMF_ERR_CORRUPT, error);
    return mmf_store_explain(store, MMF_ERR_CAPACITY, end - 1, NULL, error);
}

static bool has_hole(const mmf_store *store)
{
    return mmfi_load64(&store->state->missing_pages) != 0;
}

/* What is not about one record; *end is the row after the last. */
static mmf_status begin(const mmf_store *store, uint64_t first, uint64_t count, uint64_t *end,
                        mmf_error *error)
{
    if (store == NULL)
        return mmfi_fail_no_store("mmf_store_verify", error);
    if (store->state == NULL)
        return mmf_store_explain(store, MMF_ERR_CLOSED, first, NULL, error);
    const mmf_schema *schema = store->state->schema;
    const char *path = mmf_store_path(store);
    if (schema->checksum_offset == 0)
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, path,
                         "%s: records '%s' have no checksums to verify; declare 'record %s version "
                         "N " MMF_ATTRIBUTE_CHECKSUMS "' in the schema, and write a new file",
                         path, schema->name, schema->name);
    const uint64_t there = mmf_store_count(store);
    if (has_hole(store)) /* found now or before: then there are no rows to verify */
        return mmfi_say_missing_pages(store->state, error);
    const mmf_status status = mmfi_check_synced(store->state, error);
    if (status != MMF_OK)
        return status;
    *end = there;
    if (first > there || (count != MMF_TO_END && count > there - first))
        return say_range(store, first, there, error);
    if (count != MMF_TO_END)
        *end = first + count;
    /* Raised by the count: what is beyond it now is missing, or out of reach. */
    return *end <= mmfi_load64_acquire(&store->row_bound) ? MMF_OK
                                                          : say_out_of_reach(store, *end, error);
}

mmf_status mmf_store_verify(const mmf_store *of, uint64_t first, uint64_t count, uint64_t *bad_row,
                            mmf_error *error)
{
    const mmf_store *store = mmfi_real(of);
    uint64_t end = 0;
    if (bad_row != NULL)
        *bad_row = UINT64_MAX;
    const mmf_status status = begin(store, first, count, &end, error);
    if (status != MMF_OK)
        return status;
    const mmf_schema *schema = store->state->schema;
    for (uint64_t row = first; row < end; row++) {
        /* Most records are sound, and the first attempt says so. */
        if (MMFI_LIKELY(mmfi_checksummed_is_sound(store, row, schema->record_size,
                                                  schema->checksum_offset)))
            continue;
        const mmfi_verify_result found = mmfi_verify_record(store, row);
        const bool hole = has_hole(store);
        if (!hole && found.status == MMF_OK && found.found == found.expected)
            continue;
        if (bad_row != NULL)
            *bad_row = row;
        return hole ? mmfi_say_missing_pages(store->state, error)
                    : say_finding(store, row, &found, error);
    }
    mmfi_error_clear(error);
    return MMF_OK;
}
