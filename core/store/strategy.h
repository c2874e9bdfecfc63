/* The two ways of writing: as the only writer of a file, or as one of several. */
#ifndef MMF_STORE_STRATEGY_H
#define MMF_STORE_STRATEGY_H

#include "mmapforge/detail/access.h"
#include "state.h"

/*
 * How a handle writes: as the only writer of the file, or as one of several. The common code asks
 * first whether it may write at all (mmfi_state_to_write), and does not tell the two apart.
 */
struct mmfi_strategy {
    /* The lock on the file, which the other strategy does not get meanwhile. Never waits. */
    mmf_status (*lock)(mmfi_file *file, mmf_error *error);
    /* Recovery, an undo slot, and what the inline half of writing needs. */
    mmf_status (*attach)(mmfi_state *state, mmf_store *store, mmf_error *error);
    /*
     * Before a record is replaced, and before one of its scalars is set; the row may not be there.
     * The end of either is mmfi_sequence_write_end.
     */
    mmfi_write_permit (*write_begin)(mmf_store *store, uint64_t row, mmfi_extent extent);
    mmfi_write_permit (*set_begin)(mmf_store *store, uint64_t row, mmfi_extent extent);
    /* mmfi_write_untracked. */
    mmf_status (*write_untracked)(mmfi_state *state);
    /*
     * Room for that many records after the last one, and their sequence. Of several writers, the
     * append lock as well, which ends with the append (mmfi_append_finish).
     */
    mmf_status (*append_begin)(mmfi_state *state, uint64_t rows);
    /* Records to the disk, then their count; clean when the handle is being closed. */
    mmf_status (*commit)(mmfi_state *state, bool clean, mmf_error *error);
    /* The locks are given back; before or after, the shared page says that this was a close. */
    void (*leave)(mmfi_state *state);
};

extern const mmfi_strategy mmfi_one_writer;      /* core/store/one_writer.c */
extern const mmfi_strategy mmfi_several_writers; /* core/store/several_writers.c, join.c */

#endif
