/*
 * A store that appears under its name when it is complete, and not at all otherwise.
 *
 * It is filled under a temporary name in the same directory, with 16 hexadecimal digits and ".new"
 * after its own. SIGINT, SIGTERM and SIGHUP remove that file before they end the process; one that
 * a kill leaves is harmless. For one store at a time in a process.
 */
#ifndef MMF_IMPORT_NEW_STORE_H
#define MMF_IMPORT_NEW_STORE_H

#include "mmapforge/store.h"
#include "mmapforge/value.h"

typedef struct new_store {
    const char *path;
    char *temporary;
    mmf_store *store;
} new_store;

/*
 * Begins a store that is to be at path. MMF_ERR_EXISTS when something is there and replace is
 * false; else as mmf_store_create. End it with new_store_finish or new_store_abandon.
 */
mmf_status new_store_begin(new_store *to, const char *path, const mmf_options *options,
                           const mmf_schema *schema, bool replace, mmf_error *error);

/*
 * Syncs and closes it, and gives it its name; it is durable then. Else it is gone, as after
 * new_store_abandon. MMF_ERR_EXISTS when another process has made a file of that name meanwhile,
 * and replace is false.
 */
mmf_status new_store_finish(new_store *to, bool replace, mmf_error *error);

/* Closes and removes it. Nothing to do after a begin that failed. */
void new_store_abandon(new_store *to);

#endif
