/* What several_writers.c and join.c share. */
#ifndef MMF_STORE_SEVERAL_WRITERS_H
#define MMF_STORE_SEVERAL_WRITERS_H

#include "mmapforge/detail/undo.h"
#include "state.h"
#include "wait.h"

/* The undo slot of one writer. */
static inline unsigned char *mmfi_shared_undo(const mmfi_state *state, uint32_t slot)
{
    return state->map.base + state->layout.undo_offset + slot * state->layout.undo_stride;
}

static inline mmfi_live *mmfi_shared_live(const mmfi_state *state)
{
    return state->writer->live;
}

/* How many records are published now; the last thing that an append stores before its lock. */
static inline uint64_t mmfi_shared_count(const mmfi_state *state)
{
    return mmfi_load64_acquire(&mmfi_shared_live(state)->count);
}

/* The end of the rows that a slot may name: published ones, and those that were once seen. */
static inline uint64_t mmfi_shared_end(const mmfi_state *state, const mmfi_bounds *now)
{
    const uint64_t seen = mmfi_load64(&mmfi_shared_live(state)->exposed_end);
    return seen > now->count ? seen : now->count;
}

/* The same, as far as the file and the mapping go. */
static inline uint64_t mmfi_shared_reach(const mmfi_state *state, const mmfi_bounds *now)
{
    const uint64_t end = mmfi_shared_end(state, now);
    const uint64_t backed = end < now->backed ? end : now->backed;
    return backed < now->mapped ? backed : now->mapped;
}

/* Frees the append lock of this writer. */
static inline void mmfi_shared_unlock(const mmfi_state *state)
{
    mmfi_store64_release(&mmfi_shared_live(state)->append_owner, 0);
}

/* Joins the writers of a file: recovery of those that died, and an undo slot of its own. */
mmf_status mmfi_join(mmfi_state *state, mmf_store *store, mmf_error *error);

/*
 * Puts right what a writer that died in an append left, if none is appending now: of several
 * writers, or the only one before them. The caller has its slot. MMF_ERR_IO or MMF_ERR_NO_SPACE of
 * a sync that fails.
 */
mmf_status mmfi_shared_recover_append(mmfi_state *state, mmf_error *error);

#endif
