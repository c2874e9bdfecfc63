/*
 * Rows that were never published: the records that an append which died left after the last one.
 * core/store/state.h says why they must not stay.
 */
#include "../format/commit.h"
#include "mmapforge/detail/checksum.h"
#include "state.h"

#include <stdlib.h>

/*
 * *sequence: that of the row after the last one, if it proves itself by the last commit, or if one
 * before this began to disprove it; else 0. By a call, since the row may lie beyond the mapping.
 */
static mmf_status find_unpublished(const mmfi_state *state, uint64_t count, uint64_t *sequence,
                                   mmf_error *error)
{
    const mmfi_geometry *geometry = &state->geometry;
    const size_t size = (size_t)geometry->record_size;
    mmfi_commit last;
    uint64_t file_size = 0;
    *sequence = 0;
    if (geometry->checksum_offset == 0 || !mmfi_commit_read(state->map.base, &last))
        return MMF_OK;
    mmf_status status = mmfi_file_size(&state->file, &file_size, error);
    if (status != MMF_OK || count >= mmfi_geometry_rows(geometry, file_size))
        return status;
    unsigned char *record = malloc(size);
    if (record == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, state->file.path,
                         "%s: no memory for a record of %zu bytes", state->file.path, size);
    status =
        mmfi_file_read(&state->file, geometry->header_size + count * size, record, size, error);
    const uint64_t found = status == MMF_OK ? mmfi_load64(record) : 0;
    const uint64_t bits = mmfi_epoch_bits(last.epoch);
    if (bits != 0 && (found & ~MMFI_SEQUENCE_COUNT) == bits &&
        (mmfi_sequence_is_odd(found) ||
         mmfi_checksum_fault(record, size, geometry->checksum_offset,
                             mmfi_checksum_place(geometry->checksum_key, count), found) == 0))
        *sequence = found;
    free(record);
    return status;
}

/*
 * Odd with its epoch says that the disk may not have it yet: who dies before the sync leaves that
 * to the next one. Odd without says that it has.
 */
static mmf_status disprove(mmfi_state *state, uint64_t count, uint64_t sequence, mmf_error *error)
{
    const mmfi_geometry *geometry = &state->geometry;
    const uint64_t at = geometry->header_size + count * geometry->record_size;
    const uint64_t odd = sequence | 1;
    const uint64_t done = odd & MMFI_SEQUENCE_COUNT;
    mmfi_epoch_begin(state->map.base, 0);
    mmf_status status = mmfi_file_write(&state->file, at, &odd, sizeof odd, error);
    if (status == MMF_OK)
        status = mmfi_file_sync(&state->file, error);
    return status == MMF_OK ? mmfi_file_write(&state->file, at, &done, sizeof done, error) : status;
}

mmf_status mmfi_discard_unpublished(mmfi_state *state, uint64_t count, mmf_error *error)
{
    uint64_t sequence = 0;
    mmf_status status = find_unpublished(state, count, &sequence, error);
    if (status != MMF_OK || sequence == 0)
        return status;
    status = disprove(state, count, sequence, error);
    if (status != MMF_OK)
        mmfi_state_poison(state);
    return status;
}
