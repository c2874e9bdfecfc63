/*
 * Syncs of the only writer of a file: none when nothing has changed, one when records were only
 * appended, and two else. core/format/commit.h says what a commit with a tail is.
 *
 * What makes one sync enough, and what keeps it so:
 * 1. The commit before is on the disk when a new one is written, for its slot is what a power cut
 *    leaves: the new slot goes over the one before that.
 * 2. No record that the commit before counts has changed, so nothing but the tail and the slot has
 *    to reach the disk together.
 * 3. No record of a tail is replaced before the commit's confirmation is on the disk. The bound of
 *    the writer, settable, sends the first replacement after each sync here. It costs one sync
 *    where the row is of the last tail; a writer that does so makes no more tails.
 */
#include "../format/commit.h"
#include "mmapforge/detail/checksum.h"
#include "state.h"

#include <stdlib.h>

mmf_status mmfi_commit_adopt(mmfi_state *state, const mmfi_recovery *found, mmf_error *error)
{
    state->generation = found->generation;
    state->committed = found->committed;
    state->tail_first = found->tail_first;
    state->confirmed = found->confirmed;
    state->tail_free = found->tail_first == found->committed;
    state->replaced = found->replaced;
    if (!found->dropped)
        return MMF_OK;
    unsigned char before[sizeof(mmfi_commit)];
    mmfi_commit_save(state->map.base, found->generation + 1, before);
    mmfi_commit_forget(state->map.base, found->generation + 1);
    const mmf_status status = mmfi_file_sync(&state->file, error);
    /* The next writer finds it again, and syncs before it appends. */
    if (status != MMF_OK)
        mmfi_commit_put_back(state->map.base, found->generation + 1, before);
    return status;
}

/* Everything that was written is on the disk, the last commit as well. */
static mmf_status sync_all(mmfi_state *state, mmf_error *error)
{
    const bool confirmed = state->confirmed;
    const mmf_status status = mmfi_file_sync(&state->file, error);
    if (status != MMF_OK) {
        mmfi_state_poison(state);
        return status;
    }
    if (confirmed)
        state->tail_free = true;
    else
        mmfi_commit_confirm(state->map.base, state->generation);
    state->confirmed = true;
    return MMF_OK;
}

/* Of no tail when tail_first is count. */
static void write_commit(mmfi_state *state, uint64_t count, bool clean, uint64_t tail_first,
                         uint32_t tail_crc)
{
    const bool tail = tail_first < count;
    state->generation++;
    mmfi_commit_write_tail(state->map.base, state->generation, count, state->room, clean,
                           tail ? tail_first : 0, tail ? tail_crc : 0);
    state->committed = count;
    state->tail_first = tail_first;
    state->tail_free = !tail;
    state->confirmed = false;
}

/* A file that was truncated has no bytes to make a checksum of; to read them would be SIGBUS. */
static bool tail_is_there(const mmfi_state *state, uint64_t count)
{
    uint64_t size = 0;
    return mmfi_file_size(&state->file, &size, NULL) == MMF_OK &&
           count <= mmfi_geometry_rows(&state->geometry, size);
}

mmf_status mmfi_commit_alone(mmfi_state *state, bool clean, mmf_error *error)
{
    const uint64_t count = state->writer->count;
    const bool grown = count != state->committed;
    const bool replaced = state->replaced || state->unseen;
    if (!grown && !replaced && state->confirmed)
        return MMF_OK;
    bool one = grown && !replaced && state->confirmed && !state->two_syncs &&
               mmfi_tail_fits(&state->geometry, state->committed, count) &&
               tail_is_there(state, count);
    uint32_t crc = 0;
    if (one)
        crc = mmfi_tail_crc(state->map.base, &state->geometry, state->committed, count);
    /* A tail from row 0 on whose checksum is 0 would look like none. */
    one = one && (state->committed | crc) != 0;
    mmf_status status = one ? MMF_OK : sync_all(state, error);
    if (status == MMF_OK && grown) {
        const uint64_t epoch = mmfi_epoch_to_commit(state->map.base);
        write_commit(state, count, clean, one ? state->committed : count, crc);
        status = sync_all(state, error);
        if (status == MMF_OK)
            mmfi_epoch_begin(state->map.base, epoch);
    }
    if (status != MMF_OK)
        return status;
    mmfi_append_prepare(state);
    state->replaced = false;
    mmfi_store64(&state->writer->live->replaced, 0);
    state->writer->settable = 0;
    return MMF_OK;
}

/* All rows may be replaced, when this returns MMF_OK. */
static mmf_status free_tail(mmfi_state *state)
{
    mmf_status status = MMF_OK;
    state->two_syncs = true;
    /* The first one may have the confirmation to come. */
    for (int i = 0; i < 2 && status == MMF_OK && !state->tail_free; i++)
        status = sync_all(state, NULL);
    return status;
}

mmf_status mmfi_commit_let_set(mmfi_state *state, uint64_t row)
{
    /* Of no commit yet: the next one has it as it will be then. */
    if (row >= state->committed && !state->tail_free)
        return MMF_OK;
    if (row >= state->tail_first && !state->tail_free) {
        const mmf_status status = free_tail(state);
        if (status != MMF_OK)
            return status;
    }
    /* For the next writer, if this one is killed before it syncs. */
    if (!state->replaced)
        mmfi_store64(&state->writer->live->replaced, 1);
    state->replaced = true;
    state->writer->settable = state->tail_free ? state->writer->count : state->tail_first;
    return MMF_OK;
}

mmf_status mmfi_write_unseen(mmf_store *store)
{
    mmf_status status = MMF_OK;
    mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state == NULL || state->shared)
        return status;
    status = free_tail(state);
    if (status != MMF_OK)
        return status;
    state->unseen = true;
    mmfi_store64(&state->writer->live->replaced, 1);
    return MMF_OK;
}

/* Commits the same count without a tail; when the disk does not take that, nothing has changed. */
static mmf_status untie_from(mmfi_state *state, const mmfi_commit *last, mmf_error *error)
{
    unsigned char before[sizeof(mmfi_commit)];
    mmf_status status = mmfi_file_sync(&state->file, error);
    if (status != MMF_OK)
        return status;
    mmfi_commit_save(state->map.base, last->generation + 1, before);
    mmfi_commit_write_untied(state->map.base, last);
    status = mmfi_file_sync(&state->file, error);
    if (status != MMF_OK)
        mmfi_commit_put_back(state->map.base, last->generation + 1, before);
    return status;
}

/*
 * The first that joins finds a tail, the others do not; they all wait for each other meanwhile. The
 * next writer that is alone cannot know what they have replaced.
 */
mmf_status mmfi_commit_untie(mmfi_state *state, mmf_error *error)
{
    mmfi_commit last;
    if (mmfi_commit_read(state->map.base, &last) && mmfi_commit_has_tail(&last)) {
        const mmf_status status = untie_from(state, &last, error);
        if (status != MMF_OK) {
            mmfi_state_poison(state);
            return status;
        }
    }
    if (mmfi_load64(&state->writer->live->replaced) == 0)
        mmfi_store64(&state->writer->live->replaced, 1);
    return MMF_OK;
}
