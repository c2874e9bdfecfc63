/* Creating a store with records in it. */
#ifndef MMF_STORE_CREATE_H
#define MMF_STORE_CREATE_H

#include "state.h"

/* Fills a new file before it has its name, so that no process sees it incomplete. */
typedef struct mmfi_filling {
    mmf_status (*fill)(mmf_store *to, const void *what, mmf_error *error);
    const void *what;
} mmfi_filling;

/* mmf_store_create, with what there is to fill in; filling may be NULL. */
mmf_status mmfi_store_create_filled(const char *path, const mmf_options *options,
                                    const mmf_schema *schema, const mmfi_filling *filling,
                                    mmf_store **out, mmf_error *error);

#endif
