/* The messages that several calls of core/store give; mmf_store_explain has the others. */
#ifndef MMF_STORE_EXPLAIN_H
#define MMF_STORE_EXPLAIN_H

#include "bounds.h"

/* MMF_ERR_ARGUMENT and the message for a call that got no store. */
mmf_status mmfi_fail_no_store(const char *call, mmf_error *error);

/* The message about a hole that was met; returns its status. */
mmf_status mmfi_say_missing_pages(const mmfi_state *state, mmf_error *error);

/* The message about missing rows, with that status, which is returned. There are some. */
mmf_status mmfi_say_missing(const mmfi_state *state, const mmfi_bounds *bounds, mmf_status status,
                            mmf_error *error);

/* The message of a MMF_ERR_BUSY that has an obstacle; returns that status. */
mmf_status mmfi_obstacle_say(const mmfi_state *state, mmf_error *error);

#endif
