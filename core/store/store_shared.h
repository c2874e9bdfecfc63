/* What the files of several writers share; store_shared.c and store_join.c. Not for users. */
#ifndef MMF_STORE_STORE_SHARED_H
#define MMF_STORE_STORE_SHARED_H

#include "mmapforge/detail/undo.h"
#include "store_state.h"
#include "wait.h"

/* The undo slot of one writer. */
static inline unsigned char *mmfi_shared_undo(const mmfi_state *state, uint32_t slot)
{
    return state->map.base + state->geometry.undo_offset + slot * state->geometry.undo_stride;
}

static inline mmfi_live *mmfi_shared_live(const mmfi_state *state)
{
    return state->writer->live;
}

/* The rows that a slot may name: what live control says, as far as the file and the mapping go. */
static inline uint64_t mmfi_shared_reach(const mmfi_bounds *now)
{
    const uint64_t backed = now->count < now->backed ? now->count : now->backed;
    return backed < now->mapped ? backed : now->mapped;
}

#endif
