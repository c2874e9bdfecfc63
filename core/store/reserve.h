/* The address space that a handle reserves. */
#ifndef MMF_STORE_RESERVE_H
#define MMF_STORE_RESERVE_H

#include "state.h"

/* The bytes of address space to reserve; at most `most`, where the caller leaves the choice. */
uint64_t mmfi_choose_reserve(mmfi_state *state, const mmf_options *options, uint64_t most);

/*
 * Extends the address space of a reader's handle in place, so that rows fit. Returns how many do
 * now: fewer when the reservation was chosen by the caller, or there is no room after it.
 */
uint64_t mmfi_store_extend(const mmf_store *store, uint64_t rows);

#endif
