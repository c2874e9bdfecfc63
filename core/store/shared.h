/* What the files of several writers share: undo slots, the shared page, the obstacle of a wait. */
#ifndef MMF_STORE_SHARED_H
#define MMF_STORE_SHARED_H

#include "bounds.h"
#include "mmapforge/detail/undo.h"

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

/* The rows that a slot may name now; none when the size of the file cannot be had. */
static inline uint64_t mmfi_shared_rows(const mmfi_state *state)
{
    mmfi_bounds now = {0, 0, 0, 0};
    return mmfi_bounds_now(state, &now, NULL) == MMF_OK ? mmfi_shared_reach(state, &now) : 0;
}

/* ---- The obstacle of a wait ---- */

/* The owner of the slot has what this writer waited for, until its time was over. */
static inline mmf_status mmfi_shared_give_up(mmfi_state *state, mmfi_held held, uint64_t row,
                                             uint32_t slot)
{
    const bool known = slot < state->layout.undo_count;
    mmfi_store64(&state->obstacle.row, row);
    mmfi_store64(&state->obstacle.pid,
                 known ? mmfi_load64(mmfi_shared_undo(state, slot) + offsetof(mmfi_undo, owner))
                       : 0);
    mmfi_store64(&state->obstacle.held, (uint64_t)held);
    return MMF_ERR_BUSY;
}

/* Before a write that may have to wait. */
static inline void mmfi_shared_forget_obstacle(mmfi_state *state)
{
    if (mmfi_load64(&state->obstacle.held) != MMFI_HELD_NOTHING)
        mmfi_store64(&state->obstacle.held, MMFI_HELD_NOTHING);
}

#endif
