/* Commit slots, and which of them stands. */
#include "commit.h"

#include "../os/boot_id.h"

#include "mmapforge/detail/checksum.h"
#include "mmapforge/detail/crc32c.h"

#include <string.h>

/* Reads one commit, while its writer may be confirming it and then replacing records. */
#define PROOFS_MAX 4u

static unsigned char *commit_at(unsigned char *base, uint64_t generation)
{
    return base + MMFI_COMMIT_OFFSET + generation % MMFI_COMMIT_COPIES * MMFI_PAGE_SIZE;
}

/* A private copy, if its checksum is right, which is its last word wherever that is. */
static bool read_slot(const unsigned char *slot, mmfi_commit *out)
{
    unsigned char bytes[MMFI_PAGE_SIZE];
    const uint32_t size = (uint32_t)mmfi_load64(slot); /* the first word: size, then flags */
    uint32_t crc = 0;
    if (size < sizeof *out || size > MMFI_COMMIT_SIZE_MAX || size % sizeof(uint64_t) != 0)
        return false;
    mmfi_copy_out(bytes, slot, size);
    memcpy(&crc, bytes + size - sizeof crc, sizeof crc);
    memcpy(out, bytes, sizeof *out);
    return out->size == size && crc == mmfi_crc32c(bytes, size - sizeof crc);
}

bool mmfi_commit_read_slot(const unsigned char *base, uint64_t generation, mmfi_commit *out)
{
    return read_slot(commit_at((unsigned char *)(uintptr_t)base, generation), out) &&
           out->generation % MMFI_COMMIT_COPIES == generation % MMFI_COMMIT_COPIES;
}

bool mmfi_commit_read(const unsigned char *base, mmfi_commit *out)
{
    bool found = false;
    for (uint64_t i = 0; i < MMFI_COMMIT_COPIES; i++) {
        mmfi_commit commit;
        if (!mmfi_commit_read_slot(base, i, &commit))
            continue;
        if (!found || commit.generation > out->generation)
            *out = commit;
        found = true;
    }
    return found;
}

bool mmfi_commit_is_damaged(const unsigned char *base)
{
    mmfi_commit commit;
    for (uint64_t i = 0; i < MMFI_COMMIT_COPIES; i++)
        if (mmfi_load64(commit_at((unsigned char *)(uintptr_t)base, i)) != 0 &&
            !mmfi_commit_read_slot(base, i, &commit))
            return true;
    return false;
}

void mmfi_commit_write(unsigned char *base, uint64_t generation, uint64_t count, uint64_t capacity,
                       bool clean)
{
    mmfi_commit_write_tail(base, generation, count, capacity, clean, 0, 0);
}

void mmfi_commit_write_tail(unsigned char *base, uint64_t generation, uint64_t count,
                            uint64_t capacity, bool clean, uint64_t tail_first, uint32_t tail_crc)
{
    mmfi_commit commit;
    memset(&commit, 0, sizeof commit);
    commit.size = sizeof commit;
    commit.generation = generation;
    commit.count = count;
    commit.capacity = capacity;
    commit.flags = clean ? MMFI_COMMIT_CLEAN : 0;
    commit.epoch = mmfi_epoch_to_commit(base);
    mmfi_boot_id(commit.boot_id);
    commit.tail_first = tail_first;
    commit.tail_crc = tail_crc;
    commit.crc = mmfi_crc32c(&commit, offsetof(mmfi_commit, crc));
    mmfi_copy_in(commit_at(base, generation), &commit, sizeof commit);
}

void mmfi_commit_save(const unsigned char *base, uint64_t generation, unsigned char *out)
{
    mmfi_copy_out(out, commit_at((unsigned char *)(uintptr_t)base, generation),
                  sizeof(mmfi_commit));
}

void mmfi_commit_put_back(unsigned char *base, uint64_t generation, const unsigned char *saved)
{
    mmfi_copy_in(commit_at(base, generation), saved, sizeof(mmfi_commit));
}

/* ---- Epochs ---- */

#define LIVE_EPOCH (MMFI_LIVE_OFFSET + offsetof(mmfi_live, epoch))

/*
 * Higher than any epoch that a record may have: that of both slots, and one more for a slot that
 * cannot be read, which may have been the newer one. No record has one above the highest, so that
 * need not grow.
 */
uint64_t mmfi_epoch_to_commit(const unsigned char *base)
{
    const uint64_t now = mmfi_load64(base + LIVE_EPOCH);
    uint64_t next = 1;
    uint64_t unknown = 0;
    if (now != 0)
        return now;
    for (uint64_t i = 0; i < MMFI_COMMIT_COPIES; i++) {
        mmfi_commit commit;
        if (!mmfi_commit_read_slot(base, i, &commit))
            unknown++;
        else if (commit.epoch >= next)
            next = commit.epoch < MMFI_SEQUENCE_EPOCH_MAX ? commit.epoch + 1
                                                          : MMFI_SEQUENCE_EPOCH_MAX + 1;
    }
    return next + unknown;
}

void mmfi_epoch_begin(unsigned char *base, uint64_t epoch)
{
    if (mmfi_load64(base + LIVE_EPOCH) != epoch)
        mmfi_store64(base + LIVE_EPOCH, epoch);
}

uint64_t mmfi_epoch_bits(uint64_t epoch)
{
    return epoch <= MMFI_SEQUENCE_EPOCH_MAX ? epoch << MMFI_SEQUENCE_COUNT_BITS : 0;
}

uint64_t mmfi_epoch_proven_end(const unsigned char *base, const mmfi_layout *layout,
                               const mmfi_commit *commit, uint64_t rows)
{
    const uint64_t bits = mmfi_epoch_bits(commit->epoch);
    const size_t size = (size_t)layout->record_size;
    uint64_t row = commit->count;
    for (; bits != 0 && row < rows; row++) {
        const unsigned char *record = base + layout->header_size + row * size;
        const uint64_t sequence = mmfi_load64(record);
        if (!mmfi_sequence_is_whole(sequence) || (sequence & ~MMFI_SEQUENCE_COUNT) != bits ||
            mmfi_checksum_fault(record, size, layout->checksum_offset,
                                mmfi_checksum_place(layout->checksum_key, row), sequence) != 0)
            break;
    }
    return row;
}

/* ---- Tails ---- */

bool mmfi_tail_fits(const mmfi_layout *layout, uint64_t first, uint64_t count)
{
    return first <= count && count - first <= MMFI_TAIL_SIZE_MAX / layout->record_size;
}

uint32_t mmfi_tail_crc(const unsigned char *base, const mmfi_layout *layout, uint64_t first,
                       uint64_t count)
{
    return mmfi_crc32c(base + layout->header_size + first * layout->record_size,
                       (size_t)((count - first) * layout->record_size));
}

bool mmfi_commit_has_tail(const mmfi_commit *commit)
{
    return (commit->tail_first | commit->tail_crc) != 0;
}

bool mmfi_commit_is_confirmed(const unsigned char *base, const mmfi_commit *commit)
{
    return mmfi_load64(commit_at((unsigned char *)(uintptr_t)base, commit->generation) +
                       MMFI_COMMIT_CONFIRMATION) == mmfi_confirmation_of(commit->crc);
}

bool mmfi_commit_needs_proof(const unsigned char *base, const mmfi_commit *commit)
{
    return mmfi_commit_has_tail(commit) && !mmfi_commit_is_confirmed(base, commit);
}

void mmfi_commit_confirm(unsigned char *base, uint64_t generation)
{
    mmfi_commit commit;
    if (mmfi_commit_read_slot(base, generation, &commit) && commit.generation == generation)
        mmfi_store64(commit_at(base, generation) + MMFI_COMMIT_CONFIRMATION,
                     mmfi_confirmation_of(commit.crc));
}

/* Records of a tail are replaced only after its confirmation, so a replaced tail is confirmed. */
static bool stands(const unsigned char *base, const mmfi_layout *layout, uint64_t rows,
                   const mmfi_commit *commit)
{
    if (!mmfi_commit_needs_proof(base, commit))
        return true;
    if (commit->count > rows || !mmfi_tail_fits(layout, commit->tail_first, commit->count))
        return false;
    if (mmfi_tail_crc(base, layout, commit->tail_first, commit->count) == commit->tail_crc)
        return true;
    mmfi_fence_acquire();
    return mmfi_commit_is_confirmed(base, commit);
}

bool mmfi_commit_find(const unsigned char *base, const mmfi_layout *layout, uint64_t rows,
                      mmfi_commit *out, bool *dropped)
{
    if (dropped != NULL)
        *dropped = false;
    if (!mmfi_commit_read(base, out))
        return false;
    for (uint32_t i = 0; i < PROOFS_MAX; i++) {
        if (stands(base, layout, rows, out))
            return true;
        mmfi_commit last;
        if (!mmfi_commit_read(base, &last))
            return false;
        if (last.crc == out->crc)
            break;
        *out = last;
    }
    if (dropped != NULL)
        *dropped = true;
    return mmfi_commit_read_slot(base, out->generation + 1, out);
}

void mmfi_commit_forget(unsigned char *base, uint64_t generation)
{
    mmfi_store64(commit_at(base, generation), 0);
}
