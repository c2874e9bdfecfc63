/*
 * The undo slot: where a writer keeps a record as it was while it replaces it.
 *
 * A kill at any instruction therefore leaves the old record (in the slot) or the new one. A reader
 * that meets an odd sequence reads the before-image and never waits for the writer; the next writer
 * copies it back (core/format/recover.h). The layout of a slot is in mmapforge/detail/format.h.
 */
#ifndef MMAPFORGE_DETAIL_UNDO_H
#define MMAPFORGE_DETAIL_UNDO_H

#include "mmapforge/detail/format.h"
#include "mmapforge/detail/seqlock.h"

/*
 * Saves the record, whose sequence is even, before mmfi_sequence_write_begin. The fence keeps the
 * end of the slot's previous use (mmfi_sequence_write_end of another record) before its new
 * content.
 */
MMFI_INLINE void mmfi_undo_save(unsigned char *slot, uint64_t row, const unsigned char *record,
                                uint64_t sequence, size_t record_size)
{
    mmfi_fence_release();
    mmfi_store64(slot + offsetof(mmfi_undo, row), row);
    mmfi_store64(slot + offsetof(mmfi_undo, sequence), sequence + 1);
    mmfi_copy_image(slot + sizeof(mmfi_undo), record, record_size);
}

/* True when the slot holds the before-image of the row for that odd sequence. */
MMFI_INLINE bool mmfi_undo_holds(const unsigned char *slot, uint64_t row, uint64_t odd)
{
    return mmfi_load64(slot + offsetof(mmfi_undo, row)) == row &&
           mmfi_load64(slot + offsetof(mmfi_undo, sequence)) == odd;
}

/*
 * Announces that a torn record, which has no before-image, is about to be replaced as a whole
 * under that odd sequence. A slot has words of its own for this, so that neither use of it has to
 * be undone before the other. The fence keeps the end of the announced replacement before, as in
 * mmfi_undo_save.
 */
MMFI_INLINE void mmfi_undo_announce(unsigned char *slot, uint64_t row, uint64_t odd)
{
    mmfi_fence_release();
    mmfi_store64(slot + offsetof(mmfi_undo, announced_row), row);
    mmfi_store64(slot + offsetof(mmfi_undo, announced), odd);
}

/* True when the owner of the slot replaces the row, which was torn, under that odd sequence. */
MMFI_INLINE bool mmfi_undo_announces(const unsigned char *slot, uint64_t row, uint64_t odd)
{
    return mmfi_load64(slot + offsetof(mmfi_undo, announced_row)) == row &&
           mmfi_load64(slot + offsetof(mmfi_undo, announced)) == odd;
}

/* Takes the announcement back; its record, if it still has that sequence, is torn again. */
MMFI_INLINE void mmfi_undo_withdraw(unsigned char *slot)
{
    mmfi_store64(slot + offsetof(mmfi_undo, announced), 0);
}

/* The before-image, laid out as a record, with the sequence word that it had. */
MMFI_INLINE const unsigned char *mmfi_undo_image(const unsigned char *slot)
{
    return slot + sizeof(mmfi_undo);
}

#endif
