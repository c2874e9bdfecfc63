/* Closing a handle, which stays readable for a while after that. */
#include "close.h"
#include "adapt.h"
#include "link.h"
#include "sigbus.h"
#include "strategy.h"
#include "sync.h"
#include "wake.h"

#include <stdlib.h>

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

/* Waiting processes are told; unless the shared page is not this store's any more. */
static void leave_file(mmfi_state *state)
{
    uint64_t size = 0;
    const mmf_status linked = mmfi_link_check(state, NULL);
    if ((linked != MMF_OK && linked != MMF_ERR_NOT_FOUND) || mmfi_pages_status(state) != MMF_OK ||
        mmfi_file_size(&state->file, &size, NULL) != MMF_OK || size < state->layout.header_size)
        return;
    state->strategy->leave(state);
    mmfi_wake(state->writer->live);
}

mmf_status mmf_store_close(mmf_store *store)
{
    if (store == NULL)
        return MMF_OK;
    mmfi_state *state = store->state;
    if (state == NULL)
        return MMF_ERR_CLOSED;
    mmf_status status = MMF_OK;
    if (state->writer != NULL && !mmfi_state_is_inherited(state)) {
        status = mmfi_store_commit(state, true, NULL);
        leave_file(state);
    }
    mmfi_adapter *adapter = state->adapter;
    if (adapter != NULL) {
        mmfi_handle_retire(adapter->real);
        store = adapter->front;
    }
    mmfi_handle_retire(store);
    mmfi_state_free(state);
    mmfi_adapter_free(adapter);
    return status;
}
