/* Growth of the file of a store. */
#ifndef MMF_STORE_GROW_H
#define MMF_STORE_GROW_H

#include "state.h"

/* Gives the file room for at least `rows` more records than there are. */
mmf_status mmfi_store_grow(mmfi_state *state, uint64_t rows, mmf_error *error);

#endif
