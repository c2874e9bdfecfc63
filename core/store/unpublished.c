/* Rows that were never published: the records that a dead append left after the last one. */
#include "unpublished.h"
#include "../format/commit.h"
#include "../os/sync_file.h"
#include "mmapforge/detail/checksum.h"
#include "sync.h"

#include <inttypes.h>

/* Without checksums nothing proves itself; and once the epoch has ended, a record before those that
 * it has left proves nothing. */
static bool may_be_any(const mmfi_state *state)
{
    return state->layout.checksum_offset != 0 && mmfi_load64(&state->writer->live->epoch) != 0;
}

mmf_status mmfi_unpublished_check(const mmfi_state *state, uint64_t count, mmf_error *error)
{
    if (!may_be_any(state) || count < mmfi_layout_rows(&state->layout, state->map.size))
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_CAPACITY, 0, state->file.path,
                     "%s: row %" PRIu64 ", which a writer that died may have been appending, lies "
                     "beyond the %" PRIu64 " bytes of address space reserved; open the store with "
                     "a larger options.reserve_bytes",
                     state->file.path, count, state->map.size);
}

/*
 * The sequence of the record after the last one, if that proves itself by the last commit, or if a
 * writer before this one began to disprove it; else 0.
 */
static uint64_t find_unpublished(const mmfi_state *state, const unsigned char *record, uint64_t row)
{
    const mmfi_layout *layout = &state->layout;
    mmfi_commit last;
    if (!mmfi_commit_read(state->map.base, &last))
        return 0;
    const uint64_t sequence = mmfi_load64(record);
    const uint64_t bits = mmfi_epoch_bits(last.epoch);
    if (bits == 0 || (sequence & ~MMFI_SEQUENCE_COUNT) != bits)
        return 0;
    const bool proven =
        mmfi_sequence_is_odd(sequence) ||
        mmfi_checksum_fault(record, (size_t)layout->record_size, layout->checksum_offset,
                            mmfi_checksum_place(layout->checksum_key, row), sequence) == 0;
    return proven ? sequence : 0;
}

mmf_status mmfi_discard_unpublished(mmfi_state *state, uint64_t count, mmf_error *error)
{
    const mmfi_layout *layout = &state->layout;
    uint64_t size = 0;
    if (!may_be_any(state))
        return MMF_OK;
    mmf_status status = mmfi_file_size(&state->file, &size, error);
    if (status != MMF_OK || count >= mmfi_layout_rows(layout, size))
        return status;
    status = mmfi_unpublished_check(state, count, error);
    if (status != MMF_OK)
        return status;
    unsigned char *record = state->map.base + layout->header_size + count * layout->record_size;
    const uint64_t sequence = find_unpublished(state, record, count);
    if (sequence == 0)
        return MMF_OK;
    /*
     * Odd with its epoch says that the disk may not have it yet: a kill before the sync leaves that
     * to the next writer.
     */
    mmfi_store64(record, sequence | 1);
    status = mmfi_file_sync(&state->file, error);
    if (status != MMF_OK) {
        mmfi_state_poison(state);
        return status;
    }
    mmfi_epoch_begin(state->map.base, 0);
    mmfi_store64(record, (sequence | 1) & MMFI_SEQUENCE_COUNT);
    return MMF_OK;
}
