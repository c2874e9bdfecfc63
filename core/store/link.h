/* Whether the path of a store still leads to its file. */
#ifndef MMF_STORE_LINK_H
#define MMF_STORE_LINK_H

#include "state.h"

/* Remembers the file that the path leads to now. */
void mmfi_link_note(mmfi_state *state);

/* Whether the path still leads to the file, as far as that can be found out. */
mmf_replaced mmfi_link_find(const mmfi_state *state);

/* False when the program closed the descriptor of the file, and another file has it now. */
bool mmfi_link_is_own_descriptor(const mmfi_state *state);

/*
 * For a writer: MMF_ERR_NOT_FOUND when the file has no name any more; its records can still be read
 * and written. MMF_ERR_CORRUPT when another store was written over it, and MMF_ERR_IO when the
 * descriptor is that of another file: then the handle writes no more.
 */
mmf_status mmfi_link_check(mmfi_state *state, mmf_error *error);

/* The message about that; returns the status. */
mmf_status mmfi_link_say(const mmfi_state *state, mmf_status status, mmf_error *error);

#endif
