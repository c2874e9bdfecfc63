/* What the files of several writers share; store_shared.c and store_join.c. Not for users. */
#ifndef MMF_STORE_STORE_SHARED_H
#define MMF_STORE_STORE_SHARED_H

#include "mmapforge/detail/undo.h"
#include "store_state.h"

/* Looks without a nap, and naps: ten seconds, for one that grows or syncs the file. */
#define MMFI_SHARED_LOOKS_BUSY 1024u
#define MMFI_SHARED_LOOKS_MAX  (MMFI_SHARED_LOOKS_BUSY + 100000u)
#define MMFI_SHARED_NAP_NS     100000

/* Lets others run before the next look: briefly, and by naps from MMFI_SHARED_LOOKS_BUSY on. */
void mmfi_shared_rest(uint32_t look);

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
