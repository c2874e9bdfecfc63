/* What copying and migrating a store share. */
#ifndef MMF_STORE_COPY_H
#define MMF_STORE_COPY_H

#include "mmapforge/store.h"

/* Copied at a time: some hundred records, which stay in a second-level cache, or one large one. */
#define MMFI_COPY_BLOCK_BYTES 65536u

/* How many records of that size are a block. */
static inline uint64_t mmfi_copy_block_rows(size_t record_size)
{
    return MMFI_COPY_BLOCK_BYTES / record_size + 1;
}

/* Beyond the records, room in the address space of the copy for what comes before them. */
#define MMFI_COPY_RESERVE_BEYOND (UINT64_C(16) << 20)

/* Fills *error for a row that cannot be copied, and returns status. */
mmf_status mmfi_copy_fail_row(const mmf_store *from, mmf_status status, uint64_t row,
                              mmf_error *error);

/*
 * Of count records that mmf_store_copy_rows copied from row first on, the first whose checksum is
 * wrong; count when all are sound, or have no checksums.
 */
uint64_t mmfi_copy_first_unsound(const mmf_store *from, uint64_t first,
                                 const unsigned char *records, uint64_t count);

/*
 * Appends count records that the caller has in memory to a store that no other process has open.
 * Their sequences and checksums are set there, before they are written. states (may be NULL) are
 * mmfi_row_state: a record that was torn stays so.
 */
mmf_status mmfi_copy_append(mmf_store *to, unsigned char *records, const unsigned char *states,
                            uint64_t count, mmf_error *error);

#endif
