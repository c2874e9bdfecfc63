/* mmf_store_info, and the calls that return one property of a store. */
#include "../format/recover.h"
#include "../os/lock.h"
#include "adapt.h"
#include "bounds.h"
#include "link.h"
#include "wake.h"

#include <string.h>

const mmf_schema *mmf_store_file_schema(const mmf_store *store)
{
    return store != NULL && store->state != NULL ? store->state->schema : NULL;
}

const mmf_schema *mmf_store_schema(const mmf_store *store)
{
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    if (adapter != NULL)
        return adapter->schema;
    return mmf_store_file_schema(store);
}

const char *mmf_store_path(const mmf_store *store)
{
    return store != NULL && store->state != NULL ? store->state->file.path : NULL;
}

static uint64_t writer_pid(const mmfi_state *state)
{
    const unsigned char *live = state->map.base + MMFI_LIVE_OFFSET;
    if (state->writer == NULL && !mmfi_file_is_locked(&state->file))
        return 0;
    return mmfi_load64(live + offsetof(mmfi_live, writer_pid));
}

static mmf_status find_info(const mmf_store *store, mmf_info *out)
{
    const mmfi_state *state = store->state;
    /* The pid before the count: a writer found gone has published all that it ever will. */
    const uint64_t pid = writer_pid(state);
    uint64_t size = 0;
    const mmf_status status = mmfi_file_size(&state->file, &size, NULL);
    if (status != MMF_OK)
        return status;
    out->writer_pid = pid;
    out->writer_state = mmfi_writer_state_of(state);
    out->count = mmf_store_count(store);
    out->dropped_rows = state->dropped;
    mmfi_bounds bounds = {0, 0, 0, 0};
    if (mmfi_bounds_now(state, &bounds, NULL) == MMF_OK)
        out->missing_rows = mmfi_bounds_missing(&bounds);
    out->file_size = size;
    out->capacity = mmfi_layout_rows(&state->layout, size);
    out->capacity_max = mmfi_layout_rows(&state->layout, mmfi_load64_acquire(&state->map.size));
    out->header_size = state->layout.header_size;
    out->reserve_bytes = mmfi_load64_acquire(&state->map.size);
    out->reserve_asked = state->reserve_asked;
    out->layout_hash = state->layout.layout_hash;
    out->record_size = (uint32_t)state->layout.record_size;
    out->format_version = MMFI_FORMAT_VERSION;
    out->writable = state->writer != NULL && !mmfi_state_is_inherited(state) &&
                    mmfi_load64(&state->failed) == 0 && mmfi_load64(&state->missing_pages) == 0;
    out->live = mmfi_live_is_trusted(state->map.base, &state->layout);
    out->replaced = mmfi_link_find(state);
    return MMF_OK;
}

mmf_status mmfi_store_info(const mmf_store *store, mmf_info *out, size_t size)
{
    if (out != NULL)
        memset(out, 0, size);
    if (store == NULL || out == NULL)
        return MMF_ERR_ARGUMENT;
    if (store->state == NULL)
        return MMF_ERR_CLOSED;
    mmf_info info;
    memset(&info, 0, sizeof info);
    const mmf_status status = find_info(store, &info);
    if (status != MMF_OK)
        return status;
    info.size = size < sizeof info ? size : sizeof info;
    memcpy(out, &info, info.size);
    return MMF_OK;
}
