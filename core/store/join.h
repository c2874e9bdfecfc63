/* The beginning of one of several writers. */
#ifndef MMF_STORE_JOIN_H
#define MMF_STORE_JOIN_H

#include "state.h"

/* Joins the writers of a file: recovery of those that died, and an undo slot of its own. */
mmf_status mmfi_join(mmfi_state *state, mmf_store *store, mmf_error *error);

#endif
