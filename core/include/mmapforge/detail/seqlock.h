/*
 * The sequence word that begins every record, and what a writer and its readers owe each other.
 *
 * Even: the record is whole. Odd: it is being replaced, and the undo slot has the record as it was.
 * Zero: never written. One writer at a time; any number of readers, in any process, which never
 * write.
 *
 *     reader                                      writer (mmfi_undo_save first)
 *     s = mmfi_sequence_load(record);             s = mmfi_sequence_write_begin(record, s);
 *     if (mmfi_sequence_is_whole(s)) {            ... stores of the payload ...
 *         ... copies of the payload ...           mmfi_sequence_write_end(record, s);
 *         if (mmfi_sequence_validate(record, s))
 *             the copy is consistent
 *     }
 *
 * tests/robustness/model searches every execution under RC11: these orders are right, and each
 * weaker one is torn. Boehm, "Can seqlocks get along with programming language memory models?"
 * (MSPC 2012) has the reader's form and the fence in the writer. On x86 none of them is an
 * instruction.
 */
#ifndef MMAPFORGE_DETAIL_SEQLOCK_H
#define MMAPFORGE_DETAIL_SEQLOCK_H

#include "mmapforge/detail/atomic.h"

#define MMFI_SEQUENCE_FIRST UINT64_C(2) /* of a record that was appended and never replaced */

/*
 * The parts of the word. The low bits count changes; no record is changed so often that they run
 * over. Where records have checksums, the ten bits above say in which epoch the record was appended
 * (core/format/commit.h); else they are zero. The nine bits above those are reserved: a record that
 * has one of them set is damaged, or of a later version, and is not whole.
 */
#define MMFI_SEQUENCE_COUNT_BITS 45u
#define MMFI_SEQUENCE_COUNT      ((UINT64_C(1) << MMFI_SEQUENCE_COUNT_BITS) - 1)
#define MMFI_SEQUENCE_EPOCH_MAX  UINT64_C(1023)
#define MMFI_SEQUENCE_RESERVED   UINT64_C(0xff80000000000000)
/* What a whole sequence less two never has: the lowest bit, and those that are reserved. */
#define MMFI_SEQUENCE_NOT_WHOLE (MMFI_SEQUENCE_RESERVED | 1)

/* The acquire pairs with the release in mmfi_sequence_write_end: a whole record is seen whole. */
MMFI_INLINE uint64_t mmfi_sequence_load(const unsigned char *record)
{
    return mmfi_load64_acquire(record);
}

MMFI_INLINE bool mmfi_sequence_is_odd(uint64_t sequence)
{
    return (sequence & 1) != 0;
}

/* Even, not zero, and no reserved bit is set. */
MMFI_INLINE bool mmfi_sequence_is_whole(uint64_t sequence)
{
    return ((sequence - 2) & MMFI_SEQUENCE_NOT_WHOLE) == 0;
}

/* Neither whole nor that of a record that is being replaced. */
MMFI_INLINE bool mmfi_sequence_is_damaged(uint64_t sequence)
{
    return sequence == 0 || (sequence & MMFI_SEQUENCE_RESERVED) != 0;
}

/*
 * True when the record still has the sequence that mmfi_sequence_load gave. The fence keeps the
 * payload loads before the second load of the sequence; it pairs with the fence in
 * mmfi_sequence_write_begin: a reader that saw a new payload word also sees the odd sequence.
 */
MMFI_INLINE bool mmfi_sequence_validate(const unsigned char *record, uint64_t sequence)
{
    mmfi_fence_acquire();
    return MMFI_LIKELY(mmfi_load64(record) == sequence);
}

/*
 * Marks a whole record as being replaced; returns the odd sequence, for mmfi_sequence_write_end.
 * The release keeps the undo slot's stores before the mark. The fence keeps the mark before the
 * payload: a release store alone would not.
 */
MMFI_INLINE uint64_t mmfi_sequence_write_begin(unsigned char *record, uint64_t sequence)
{
    const uint64_t odd = sequence + 1;
    mmfi_store64_release(record, odd);
    mmfi_fence_release();
    return odd;
}

/* Marks the record as whole again; pairs with mmfi_sequence_load. */
MMFI_INLINE void mmfi_sequence_write_end(unsigned char *record, uint64_t odd)
{
    mmfi_store64_release(record, odd + 1);
}

/*
 * Counts the change of one scalar, after its store (release): the record never looks unfinished,
 * for one word cannot be half there. The release pairs with mmfi_sequence_load: a reader that sees
 * the count sees the scalar. That of the scalar's own store pairs with the fence in
 * mmfi_sequence_validate: a reader that saw the scalar also sees the counts of those before it.
 */
MMFI_INLINE void mmfi_sequence_advance(unsigned char *record)
{
    mmfi_store64_release(record, mmfi_load64(record) + 2);
}

#endif
