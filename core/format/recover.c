/* Recovery of a file after its writer is gone. */
#include "recover.h"

#include "../os/boot_id.h"
#include "mmapforge/detail/checksum.h"
#include "mmapforge/detail/crc32c.h"
#include "mmapforge/detail/undo.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define LIVE(base, member) ((base) + MMFI_LIVE_OFFSET + offsetof(mmfi_live, member))

bool mmfi_live_is_trusted(const unsigned char *base, const mmfi_layout *layout)
{
    uint64_t boot[MMFI_BOOT_ID_WORDS];
    mmfi_boot_id(boot);
    if ((boot[0] | boot[1]) == 0)
        return false;
    /* The acquire pairs with the release that ends mmfi_recover: a new count comes with the id. */
    return mmfi_load64_acquire(LIVE(base, boot_id) + 8) == boot[1] &&
           mmfi_load64(LIVE(base, boot_id)) == boot[0] &&
           mmfi_load64(LIVE(base, device)) == layout->device &&
           mmfi_load64(LIVE(base, inode)) == layout->inode;
}

/* ---- Undo slots ---- */

/*
 * Copies a before-image back into its record, just before the odd sequence ends. The checksum
 * covers the sequence, so it is computed anew for the next one. If the before-image's checksum was
 * wrong, the same XOR error is carried over, so that the record stays detectably corrupt.
 */
static void restore_payload(const mmfi_layout *layout, uint64_t row, unsigned char *record,
                            const unsigned char *image, uint64_t odd)
{
    const size_t size = (size_t)layout->record_size;
    const size_t at = layout->checksum_offset;
    mmfi_copy_words(record + MMF_SEQUENCE_SIZE, image + MMF_SEQUENCE_SIZE,
                    size - MMF_SEQUENCE_SIZE);
    if (at == 0)
        return;
    const uint64_t place = mmfi_checksum_place(layout->checksum_key, row);
    const uint32_t fault = mmfi_checksum_fault(image, size, at, place, mmfi_load64(image));
    mmfi_store32(record + at, mmfi_checksum_of(record, size, at, place, odd + 1) ^ fault);
}

/* Restores a record that its writer left half replaced. */
static void restore_record(unsigned char *base, const mmfi_layout *layout,
                           const unsigned char *slot, uint64_t count)
{
    const uint64_t row = mmfi_load64(slot + offsetof(mmfi_undo, row));
    if (row >= count)
        return;
    unsigned char *record = base + layout->header_size + row * layout->record_size;
    const uint64_t sequence = mmfi_sequence_load(record);
    if (!mmfi_sequence_is_odd(sequence) || !mmfi_undo_holds(slot, row, sequence))
        return;
    /* As in mmfi_sequence_write_begin: a thread that sees a word put back also sees the odd
     * sequence. */
    mmfi_fence_release();
    restore_payload(layout, row, record, mmfi_undo_image(slot), sequence);
    mmfi_sequence_write_end(record, sequence);
}

/* After another boot a slot may hold anything, so nothing in it may serve as a before-image. */
static void forget_slot(unsigned char *slot)
{
    /* A row that no store has: a reader that copies the old before-image and then loads a word of
     * the next one must not find the old row with the same odd sequence (mmfi_undo_save's fence).
     */
    mmfi_store64(slot + offsetof(mmfi_undo, row), UINT64_MAX);
    mmfi_store64(slot + offsetof(mmfi_undo, sequence), 0);
    mmfi_store64(slot + offsetof(mmfi_undo, announced), 0);
}

/* Restores the record that the slot's owner was replacing; an announced torn one is torn again. */
static void roll_back_slot(unsigned char *base, const mmfi_layout *layout, unsigned char *slot,
                           uint64_t count)
{
    restore_record(base, layout, slot, count);
    if (mmfi_load64(slot + offsetof(mmfi_undo, announced)) != 0)
        mmfi_undo_withdraw(slot);
}

static void roll_back_slots(unsigned char *base, const mmfi_layout *layout, uint64_t count,
                            bool trusted)
{
    for (uint32_t i = 0; i < layout->undo_count; i++) {
        unsigned char *slot = base + layout->undo_offset + i * layout->undo_stride;
        if (trusted)
            roll_back_slot(base, layout, slot, count);
        else
            forget_slot(slot);
    }
}

/* ---- Recovery ---- */

/* The count of a page that is not valid may be anything, so it is limited to the file's room. */
static uint64_t count_dropped(const unsigned char *base, const mmfi_recovery *found)
{
    const uint64_t count = mmfi_load64(LIVE(base, count));
    const uint64_t seen = count < found->capacity ? count : found->capacity;
    return seen > found->count ? seen - found->count : 0;
}

/* Garbage after a power cut only makes appends slower, at most up to the file's capacity. */
static uint64_t find_exposed_end(const unsigned char *base, const mmfi_recovery *found,
                                 bool trusted)
{
    const uint64_t count = mmfi_load64(LIVE(base, count));
    uint64_t end = mmfi_load64(LIVE(base, exposed_end));
    if (!trusted && count > end)
        end = count;
    return end < found->capacity ? end : found->capacity;
}

mmf_status mmfi_say_no_count(const char *path, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, path,
                     "%s: both commit slots fail their checksum, so nothing says how many records "
                     "there are; restore the file from a copy",
                     path);
}

mmf_status mmfi_say_below_synced(const char *path, uint64_t count, uint64_t synced,
                                 mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, path,
                     "%s: the shared record count (%" PRIu64
                     ") is below that of the last sync (%" PRIu64
                     "): the header is damaged; restore the file from a copy",
                     path, count, synced);
}

static mmf_status find_count(const unsigned char *base, const mmfi_layout *layout,
                             uint64_t file_size, bool trusted, const char *path, mmfi_recovery *out,
                             mmf_error *error)
{
    mmfi_commit commit;
    /* If the page is trusted, memory has the tail; else the commit's checksum must prove it. */
    out->dropped = false;
    const uint64_t rows = mmfi_layout_rows(layout, file_size);
    const bool committed = trusted ? mmfi_commit_read(base, &commit)
                                   : mmfi_commit_find(base, layout, rows, &commit, &out->dropped);
    if (trusted && mmfi_load64(LIVE(base, poisoned)) != 0)
        return mmfi_fail(error, MMF_ERR_NEEDS_RECOVERY, 0, path,
                         "%s: a sync of this file failed since the machine started, so the disk "
                         "may lack what readers see; copy the records to a new store",
                         path);
    if (!trusted && !committed)
        return mmfi_say_no_count(path, error);
    /* From a larger generation the next ones would wrap around and count as older. */
    if (committed && commit.generation > MMFI_GENERATION_MAX)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, path,
                         "%s: the last commit has generation %" PRIu64 ", expected at most %" PRIu64
                         "; restore the file from a copy, or open it read-only for what is there",
                         path, commit.generation, MMFI_GENERATION_MAX);
    out->generation = committed ? commit.generation : 1;
    out->committed = committed ? commit.count : 0;
    out->tail_first =
        committed && mmfi_commit_has_tail(&commit) ? commit.tail_first : out->committed;
    out->confirmed = committed && mmfi_commit_is_confirmed(base, &commit);
    out->replaced = trusted ? mmfi_load64(LIVE(base, replaced)) != 0 : out->committed > 0;
    out->capacity = rows;
    /* The file lock already orders this after the last writer; the acquire shows the pairing. */
    out->count = trusted ? mmfi_load64_acquire(LIVE(base, count)) : commit.count;
    if (!trusted && layout->checksum_offset != 0)
        out->count = mmfi_epoch_proven_end(base, layout, &commit, rows);
    /* The next append would overwrite a synced record. */
    if (committed && out->count < commit.count)
        return mmfi_say_below_synced(path, out->count, commit.count, error);
    if (out->count > out->capacity)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, path,
                         "%s: the file claims %" PRIu64 " records and has room for %" PRIu64
                         "; it was truncated: restore it from a copy, or open it read-only for "
                         "what is there",
                         path, out->count, out->capacity);
    out->dropped_rows = trusted ? 0 : count_dropped(base, out);
    out->exposed_end = find_exposed_end(base, out, trusted);
    out->damaged = !trusted && mmfi_commit_is_damaged(base);
    return MMF_OK;
}

void mmfi_recover_slot(unsigned char *base, const mmfi_layout *layout, uint32_t slot,
                       uint64_t count)
{
    roll_back_slot(base, layout, base + layout->undo_offset + slot * layout->undo_stride, count);
}

mmf_status mmfi_recover_plan(const unsigned char *base, const mmfi_layout *layout,
                             uint64_t file_size, const char *path, mmfi_recovery *out,
                             mmf_error *error)
{
    return find_count(base, layout, file_size, mmfi_live_is_trusted(base, layout), path, out,
                      error);
}

void mmfi_live_sign(unsigned char *base)
{
    mmfi_store64(LIVE(base, writer_pid), (uint64_t)getpid());
    mmfi_store64(LIVE(base, writer_epoch), mmfi_load64(LIVE(base, writer_epoch)) + 1);
}

mmf_status mmfi_recover(unsigned char *base, const mmfi_layout *layout, uint64_t file_size,
                        const char *path, mmfi_recovery *out, mmf_error *error)
{
    const bool trusted = mmfi_live_is_trusted(base, layout);
    const mmf_status status = find_count(base, layout, file_size, trusted, path, out, error);
    if (status != MMF_OK)
        return status;
    roll_back_slots(base, layout, out->exposed_end > out->count ? out->exposed_end : out->count,
                    trusted);
    mmfi_store64(LIVE(base, poisoned), 0);
    mmfi_store64(LIVE(base, append_owner), 0);
    if (!trusted) {
        /* Before the count is lowered, or the next recovery would not know that there were more. */
        mmfi_store64(LIVE(base, exposed_end), out->exposed_end);
        mmfi_store64(LIVE(base, epoch), 0);
    }
    /* Both are stored anew, so they release anew: the file's size, and the records. */
    mmfi_store64_release(LIVE(base, capacity), out->capacity);
    mmfi_store64_release(LIVE(base, count), out->count);
    mmfi_live_sign(base);
    if (!trusted) {
        /* A writer without a valid shared page may have replaced records all the same. */
        mmfi_store64(LIVE(base, replaced), out->replaced ? 1 : 0);
        /* The boot id last: it makes the shared page valid. */
        uint64_t boot[MMFI_BOOT_ID_WORDS];
        mmfi_boot_id(boot);
        mmfi_store64(LIVE(base, device), layout->device);
        mmfi_store64(LIVE(base, inode), layout->inode);
        mmfi_store64(LIVE(base, boot_id), boot[0]);
        mmfi_store64_release(LIVE(base, boot_id) + 8, boot[1]);
    }
    return MMF_OK;
}
