/* The address space that a handle reserves, so that its file may grow in place. */
#include "reserve.h"
#include "link.h"
#include "sigbus.h"
#include "wait.h"

/* Address space for growth: this many times the file's size, and no less than
 * MMF_RESERVE_BYTES_READER more. */
#define READER_GROWTH 8

static uint64_t reserve_of_reader(uint64_t file_size)
{
    const uint64_t least = file_size + MMF_RESERVE_BYTES_READER;
    const uint64_t room = file_size * READER_GROWTH; /* no file has 2^61 bytes */
    return room > least ? room : least;
}

uint64_t mmfi_choose_reserve(mmfi_state *state, const mmf_options *options, uint64_t most)
{
    state->reserve_asked = options->reserve_bytes;
    if (options->reserve_bytes != 0)
        return options->reserve_bytes;
    /* Addresses that others in this process may hold are only ever added to, and by readers. */
    state->reserve_extends = !state->file.writable;
    state->reserve_asked =
        state->file.writable ? MMF_RESERVE_BYTES_DEFAULT : reserve_of_reader(state->file_size);
    return state->reserve_asked < most ? state->reserve_asked : most;
}

/*
 * How long another thread of this process may take to extend a reservation: it makes two system
 * calls, but may not run meanwhile. Never longer, for a fork may have lost it, or a signal handler
 * that reads may have interrupted it.
 */
#define EXTENDING_WAIT_NS MMFI_NS_PER_SECOND

uint64_t mmfi_store_extend(const mmf_store *store, uint64_t rows)
{
    mmfi_state *state = store->state;
    const uint64_t needed = state->layout.header_size + rows * state->layout.record_size;
    if (!state->reserve_extends || !mmfi_link_is_own_descriptor(state))
        return mmfi_layout_rows(&state->layout, mmfi_load64_acquire(&state->map.size));
    mmfi_wait wait = mmfi_wait_of(EXTENDING_WAIT_NS);
    do {
        if (mmfi_load64_acquire(&state->map.size) >= needed)
            break;
        if (!mmfi_swap64_if(&state->extending, 0, 1))
            continue;
        const uint64_t most = mmfi_map_modest();
        const uint64_t asked = reserve_of_reader(needed);
        const uint64_t size =
            mmfi_map_extend(&state->map, state->file.fd, asked < most ? asked : most, needed);
        /* The handler for SIGBUS knows the new part before any thread may touch it. */
        mmfi_guard_resize(store, size);
        if (state->huge_pages)
            mmfi_map_prefer_large(&(mmfi_map){state->map.base, size}, state->map.size);
        mmfi_store64_release(&state->map.size, size);
        mmfi_store64_release(&state->extending, 0);
        break;
    } while (mmfi_wait_next(&wait));
    return mmfi_layout_rows(&state->layout, mmfi_load64_acquire(&state->map.size));
}
