/* The state of a handle: its memory, and all that it holds. */
#include "state.h"

#include "mmapforge/detail/access.h"

#include <stdlib.h>
#include <unistd.h>

mmfi_writer mmfi_writer_none = {0, 0, 0, NULL, NULL, MMFI_LAST_NOTHING, 0};
const mmfi_live mmfi_live_closed = {.count = 0};
const mmf_store mmfi_no_store = {.writer = &mmfi_writer_none, .live = &mmfi_live_closed};
const mmfi_live mmfi_live_frozen = {.count = UINT64_MAX};

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
    if (state->wake_page > MMFI_NO_PAGE)
        mmfi_map_page_close((unsigned char *)(uintptr_t)state->wake_page);
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
