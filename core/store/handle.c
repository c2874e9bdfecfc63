/* The memory of handles: new, closed, and kept readable for a while after that. */
#include "state.h"

#include <stdlib.h>
#include <unistd.h>

mmfi_writer mmfi_writer_none = {0, 0, 0, NULL, NULL, MMFI_LAST_NOTHING, 0};
const mmfi_live mmfi_live_closed = {.count = 0};
const mmfi_live mmfi_live_frozen = {.count = UINT64_MAX};

/*
 * Closed handles stay readable for a while, so that a use after close is MMF_ERR_CLOSED and not a
 * crash: the memory of one is released when QUARANTINE_SLOTS others were closed after it.
 */
#define QUARANTINE_SLOTS 64u

static void *quarantine[QUARANTINE_SLOTS];
static uint64_t quarantine_next;

void mmfi_handle_retire(mmf_store *store)
{
    const uint64_t slot = mmfi_add64(&quarantine_next, 1) % QUARANTINE_SLOTS;
    mmfi_guard_forget(store);
    store->row_bound = 0;
    store->writer = &mmfi_writer_none;
    store->live = &mmfi_live_closed;
    store->records = NULL;
    store->state = NULL;
    free(mmfi_exchange_pointer(&quarantine[slot], store));
}

bool mmfi_state_is_inherited(const mmfi_state *state)
{
    /*
     * A child's page is wiped; its number may be its parent's in a pid name space of its own. Of
     * what the page has, `live` is there from the start, so that an open that fails knows its lock.
     */
    return state->page != NULL ? state->page->live == NULL : state->pid != getpid();
}

void mmfi_state_free(mmfi_state *state)
{
    if (mmfi_state_is_inherited(state))
        state->file.locked = false; /* the lock is the parent's, to whom it stays */
    mmfi_map_close(&state->map);
    mmfi_file_close(&state->file);
    mmf_schema_free(state->schema);
    free(state->link.path);
    free(state->staged);
    mmfi_map_private_close(state->page, sizeof *state->page);
    free(state);
}

mmfi_state *mmfi_state_new(void)
{
    mmfi_state *state = calloc(1, sizeof *state);
    if (state != NULL) {
        state->file = MMFI_FILE_NONE;
        state->pid = getpid();
        state->rows_written = UINT64_MAX;
        state->rows_to_hole = UINT64_MAX;
        state->proven = UINT64_MAX;
    }
    return state;
}

mmf_status mmf_store_close(mmf_store *store)
{
    if (store == NULL)
        return MMF_OK;
    mmfi_state *state = store->state;
    if (state == NULL)
        return MMF_ERR_CLOSED;
    mmf_status status = MMF_OK;
    if (state->writer != NULL && !mmfi_state_is_inherited(state))
        status = mmfi_link_commit(state, true, NULL);
    mmfi_handle_retire(store);
    mmfi_state_free(state);
    return status;
}
