/* How waiting processes are woken; wake.h says why none is missed. */
#include "wake.h"
#include "../os/futex.h"
#include "../os/lock.h"
#include "sigbus.h"

#include "mmapforge/detail/access.h"

#include <unistd.h>

/* ---- The writer ---- */

/* The addition releases: a process that sees it sees the 0, and stores its row after that. */
void mmfi_wake(mmfi_live *live)
{
    mmfi_store64(&live->waiters, 0);
    (void)mmfi_add64_ordered(&live->wake, 1);
    mmfi_futex_wake(&live->wake);
}

void mmfi_append_finish_slow(mmf_store *store, const mmfi_writer *writer)
{
    const unsigned last = (unsigned)writer->last;
    if ((last & MMFI_LAST_NO_ROWS) != 0) {
        mmfi_store64_release(&store->row_bound, 0);
        return;
    }
    if ((last & MMFI_LAST_FENCE) != 0) {
        if ((last & MMFI_LAST_UNLOCK) != 0)
            mmfi_store64_release(&writer->live->append_owner, 0);
        mmfi_fence_full();
    }
    if (mmfi_load64(&writer->live->waiters) - 1 < writer->count)
        mmfi_wake(writer->live);
}

/* ---- Those that wait ---- */

bool mmfi_wake_ask(mmfi_live *live, uint64_t row)
{
    for (;;) {
        const uint64_t found = mmfi_load64(&live->waiters);
        if (found - 1 <= row)
            return true;
        if (mmfi_swap64_if(&live->waiters, found, row + 1))
            return false;
    }
}

/* A page that may be written, and in it the shared page; or MMFI_NO_PAGE. */
static uint64_t open_page(mmf_store *store)
{
    const mmfi_state *state = store->state;
    uint64_t first = 0;
    uint64_t size = 0;
    const int fd = mmfi_file_reopen_to_write(&state->file);
    if (fd < 0)
        return MMFI_NO_PAGE;
    unsigned char *page = mmfi_map_page_open(fd, MMFI_LIVE_OFFSET, &first, &size);
    (void)close(fd);
    if (page == NULL)
        return MMFI_NO_PAGE;
    mmfi_guard_add_page(store, page, size, first);
    return (uint64_t)(uintptr_t)page;
}

mmfi_live *mmfi_wake_page(const mmf_store *store)
{
    mmfi_state *state = store->state;
    if (state->file.writable)
        return (mmfi_live *)(void *)(state->map.base + MMFI_LIVE_OFFSET);
    /* Of threads that come here at once, one opens it. */
    if (mmfi_load64(&state->wake_page) == 0 && mmfi_swap64_if(&state->wake_page, 0, MMFI_NO_PAGE))
        mmfi_store64_release(&state->wake_page, open_page((mmf_store *)(uintptr_t)store));
    const uint64_t page = mmfi_load64_acquire(&state->wake_page);
    if (page <= MMFI_NO_PAGE)
        return NULL;
    return (mmfi_live *)(uintptr_t)(page + MMFI_LIVE_OFFSET % (uint64_t)sysconf(_SC_PAGESIZE));
}

/* ---- The state of the writer ---- */

mmf_writer_state mmfi_writer_state_of(const mmfi_state *state)
{
    const unsigned char *live = state->map.base + MMFI_LIVE_OFFSET;
    if (state->writer != NULL || mmfi_file_is_locked(&state->file))
        return MMF_WRITER_AT_WORK;
    return mmfi_load64(live + offsetof(mmfi_live, writer_ended)) == MMFI_ENDED_NOT
               ? MMF_WRITER_KILLED
               : MMF_WRITER_CLOSED;
}
