/*
 * How one of several writers takes a record: the undo slot first, then the sequence by a
 * compare-and-swap, so that of two writers one wins.
 *
 * The odd sequence says whose it is. Writers a and b that both saw s would otherwise announce the
 * same odd value in their slots, and a reader, or the writer that recovers the loser, could take
 * the loser's incomplete slot for a before-image. So the odd value is the first multiple of 128
 * above s, plus twice the number of the writer's slot, plus 1: only the owner of that slot ever
 * makes it, and sequences still only grow. The form (compare-and-swap, acquire and release, then a
 * release fence) is one that an exhaustive search under RC11 found right.
 */
#ifndef MMF_STORE_CLAIM_H
#define MMF_STORE_CLAIM_H

#include "mmapforge/detail/undo.h"

/* The odd sequence by which the owner of a slot takes a record whose sequence is known. */
MMFI_INLINE uint64_t mmfi_claim_sequence(uint64_t sequence, uint32_t slot)
{
    const uint64_t last = 2u * MMFI_UNDO_COUNT_MAX - 1;
    return (sequence | last) + 2 + 2 * (uint64_t)slot;
}

/*
 * Takes a record with that even sequence. True when it is ours: store the payload, then
 * mmfi_sequence_write_end with *odd. False when the sequence was another by then: load it again.
 */
MMFI_INLINE bool mmfi_claim(unsigned char *record, unsigned char *undo, uint32_t slot, uint64_t row,
                            uint64_t sequence, size_t record_size, uint64_t *odd)
{
    *odd = mmfi_claim_sequence(sequence, slot);
    mmfi_undo_save(undo, row, record, *odd - 1, record_size);
    /* The release keeps the slot before the odd sequence; the fence keeps the odd sequence before
     * the payload. What the swap acquires, the load of that sequence has acquired. */
    if (!mmfi_swap64_if(record, sequence, *odd))
        return false;
    mmfi_fence_release();
    return true;
}

/*
 * Takes a torn record, which has no before-image. Its owner announces itself in its slot instead:
 * readers then know that it is being replaced, and other writers leave it alone. If the owner dies,
 * the writer that finds its slot free withdraws the announcement, and the record, still odd, is
 * torn again. No reader may have begun to read it, so no fence keeps the odd sequence before the
 * payload.
 */
MMFI_INLINE bool mmfi_claim_torn(unsigned char *record, unsigned char *undo, uint32_t slot,
                                 uint64_t row, uint64_t torn, uint64_t *odd)
{
    /* Bits that make a record damaged do not outlive it. */
    *odd = mmfi_claim_sequence(torn & ~MMFI_SEQUENCE_RESERVED, slot);
    mmfi_undo_announce(undo, row, *odd);
    /* The release keeps the announcement before the mark. */
    if (mmfi_swap64_if(record, torn, *odd))
        return true;
    mmfi_undo_withdraw(undo);
    return false;
}

#endif
