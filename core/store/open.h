/* What opening and creating a store share; private to core/store/open.c and create.c. */
#ifndef MMF_STORE_OPEN_H
#define MMF_STORE_OPEN_H

#include "state.h"

/*
 * Whether a store can be opened at all, the options as this version has them, and the state to do
 * it with.
 */
mmf_status mmfi_open_begin(const char *path, const mmf_options *given, mmf_options *options,
                           mmfi_state **out, mmf_error *error);

/* Takes the writer lock; MMF_ERR_LOCKED names the process that has it. */
mmf_status mmfi_open_lock(mmfi_state *state, mmf_error *error);

/* mmf_store_open_as, with any schema when it is NULL. */
mmf_status mmfi_open_store(const char *path, const mmf_options *options, const mmf_schema *schema,
                           mmf_store **out, mmf_error *error);

/*
 * Maps the file of a state, recovers it for a writer, and makes *out the handle on it. Whatever is
 * returned, what the state holds is released with the state.
 */
mmf_status mmfi_store_attach(mmfi_state *state, const mmf_options *options, mmf_store **out,
                             mmf_error *error);

#endif
