/* How many records there are, and how many of them a handle can read. */
#ifndef MMF_STORE_BOUNDS_H
#define MMF_STORE_BOUNDS_H

#include "state.h"

/* The shared or committed count, and the rows that can be read of them. */
typedef struct mmfi_bounds {
    uint64_t count;  /* what the file claims */
    uint64_t room;   /* rows that the file had bytes for when it was last grown, as it says */
    uint64_t backed; /* rows that the file has bytes for, and not after rows_written or a hole */
    uint64_t mapped; /* rows in the address space of this handle */
} mmfi_bounds;

/*
 * MMF_ERR_CORRUPT when nothing says what the count is, or when it exceeds what the file has and
 * what it ever had room for; MMF_ERR_IO.
 */
mmf_status mmfi_bounds_now(const mmfi_state *state, mmfi_bounds *out, mmf_error *error);

/* Rows that the count claims and the file has no record of. */
static inline uint64_t mmfi_bounds_missing(const mmfi_bounds *bounds)
{
    return bounds->count > bounds->backed ? bounds->count - bounds->backed : 0;
}

#endif
