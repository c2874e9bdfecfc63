/* Growth of the file of a store, and its capacity. */
#include "grow.h"
#include "../os/space.h"
#include "link.h"

#include <inttypes.h>

/* The file doubles up to steps of 64 MiB: few calls while small, little unused when large. */
#define GROW_BYTES_MAX (UINT64_C(64) << 20)

static uint64_t round_up_page(uint64_t size)
{
    return (size + MMFI_PAGE_SIZE - 1) / MMFI_PAGE_SIZE * MMFI_PAGE_SIZE;
}

static uint64_t growth_step(uint64_t file_size)
{
    return file_size < GROW_BYTES_MAX ? file_size : GROW_BYTES_MAX;
}

mmf_status mmfi_store_grow(mmfi_state *state, uint64_t rows, mmf_error *error)
{
    mmfi_writer *writer = state->writer;
    const mmfi_layout *layout = &state->layout;
    if (rows > mmfi_layout_rows(layout, state->map.size) - writer->count)
        return mmfi_fail(error, MMF_ERR_CAPACITY, 0, state->file.path,
                         "%s: the %" PRIu64 " bytes of address space reserved are full; open the "
                         "store with a larger options.reserve_bytes",
                         state->file.path, state->map.size);
    const mmf_status linked = mmfi_link_check(state, error);
    if (linked != MMF_OK)
        return linked;
    mmf_error unread;
    mmf_error *said = error != NULL ? error : &unread;
    const uint64_t needed = layout->header_size + (writer->count + rows) * layout->record_size;
    const uint64_t least = round_up_page(needed);
    mmf_status status = MMF_ERR_NO_SPACE;
    uint64_t size = 0;
    /* A disk that is nearly full may still have room for less. */
    for (uint64_t step = growth_step(state->file_size); status == MMF_ERR_NO_SPACE; step /= 2) {
        size = round_up_page(state->file_size + step);
        if (size > state->map.size)
            size = state->map.size;
        if (size < least)
            size = least;
        status = mmfi_file_grow(&state->file, size, said);
        if (size == least)
            break;
    }
    /* Appends have no mmf_error: mmf_store_explain says it for them. */
    mmfi_store64(&state->growth_error, status == MMF_OK ? 0 : (uint64_t)said->os_error);
    if (status != MMF_OK)
        return status;
    if (state->huge_pages) /* the extents that are full; the others keep small pages until they are
                            */
        state->collapsed = mmfi_map_collapse(&state->map, state->collapsed, state->file_size);
    state->file_size = size;
    state->room = mmfi_layout_rows(layout, size);
    mmfi_store64_release(&writer->live->capacity, state->room);
    mmfi_error_clear(error);
    return MMF_OK;
}

uint64_t mmf_store_capacity(const mmf_store *store)
{
    if (store == NULL || store->state == NULL)
        return 0;
    const mmfi_state *state = store->state;
    uint64_t size = 0;
    if (mmfi_file_size(&state->file, &size, NULL) != MMF_OK)
        return 0;
    return mmfi_layout_rows(&state->layout, size);
}
