/* The slow half of writing, as far as both strategies share it. */
#ifndef MMF_STORE_WRITE_H
#define MMF_STORE_WRITE_H

#include "../format/commit.h"
#include "mmapforge/detail/seqlock.h"
#include "state.h"

#include <string.h>

/* The state of a handle that may write from this process; else NULL and *status. */
mmfi_state *mmfi_state_to_write(const mmf_store *store, mmf_status *status);

#define MMFI_SAVE_WORD(bits)                                                                       \
    case (bits) / 8: {                                                                             \
        uint##bits##_t word;                                                                       \
        memcpy(&word, from, sizeof word);                                                          \
        mmfi_store##bits##_release(to, word);                                                      \
        break;                                                                                     \
    }

/*
 * Stores a scalar by one store, whose width no option of the compiler changes: others load it
 * meanwhile. A release, for where it is set alone (mmfi_set_slow).
 */
static inline void mmfi_save_scalar(unsigned char *to, const void *from, size_t size)
{
    switch (size) {
        MMFI_SAVE_WORD(8)
        MMFI_SAVE_WORD(16)
        MMFI_SAVE_WORD(32)
        MMFI_SAVE_WORD(64)
    default:
        break;
    }
}

/*
 * Rows whose records readers may have seen.
 *
 * A recovery that does not trust memory may drop records that attached readers have seen. A plain
 * append over such a record would give a reader that is copying it a mixture. So it is replaced as
 * any record is: its undo slot first, then the odd sequence, and the sequence goes on. The writer's
 * bound, capacity, is zero as long as there are such rows, so that every append asks.
 */

/* True when the next append goes into such a row. Of several writers, with the append lock. */
static inline bool mmfi_append_is_over_exposed(const mmfi_state *state)
{
    return state->writer->count < mmfi_load64(&state->writer->live->exposed_end);
}

/* The sequence of a record that is appended into any other row. */
static inline uint64_t mmfi_append_sequence(const mmfi_state *state)
{
    if (MMFI_LIKELY(state->layout.checksum_offset == 0))
        return MMFI_SEQUENCE_FIRST;
    return mmfi_epoch_bits(mmfi_load64(&state->writer->live->epoch)) | MMFI_SEQUENCE_FIRST;
}

/*
 * Marks the record of such a row as being replaced. Returns the even sequence that it is appended
 * with; until that is stored (release), its payload may be.
 */
uint64_t mmfi_append_replace(const mmf_store *store, uint64_t row);

#endif
