/* What copying and migrating a store share. */
#ifndef MMF_STORE_COPY_H
#define MMF_STORE_COPY_H

#include "mmapforge/store.h"

/* Copied between two checks of the room: some hundred records, or one large one. */
#define MMFI_COPY_BLOCK_BYTES 65536u

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

#endif
