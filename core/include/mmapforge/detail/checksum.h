/*
 * The checksum of a record whose schema has @checksums: what it covers, and how it is kept right.
 *
 * It is the CRC-32C of a word that says where the record belongs (the file and the row), and of the
 * whole record, including its sequence word and the bytes between and after fields, with the four
 * bytes of the checksum itself taken as zero. So a sound record in the wrong row, or of another
 * file, is found as well. The checksum lies in the record's last word. The first word, which a
 * writer knows before it stores it, and the last are passed by value; the rest is read in place.
 *
 * Because the sequence counts, whatever changes a record also replaces its checksum: there is no
 * change of one scalar beside the protocol of whole records. Readers do not look at checksums; a
 * writer that replaces a part does first, for the rest would get a new checksum, right or not.
 */
#ifndef MMAPFORGE_DETAIL_CHECKSUM_H
#define MMAPFORGE_DETAIL_CHECKSUM_H

#include "mmapforge/detail/crc32c.h"
#include "mmapforge/detail/seqlock.h"

/*
 * The word that says where a record belongs. key is that of the file: its id, as 64 bits. Two rows
 * of one file that differ by less than 2^32 never have the same checksum for the same bytes.
 */
MMFI_INLINE uint64_t mmfi_checksum_place(uint64_t key, uint64_t row)
{
    return key ^ row;
}

/*
 * The checksum that the record should have in that place and with that sequence. offset is that of
 * the checksum.
 */
MMFI_INLINE uint32_t mmfi_checksum_of(const unsigned char *record, size_t record_size,
                                      size_t offset, uint64_t place, uint64_t sequence)
{
    const uint64_t own = UINT64_C(0xffffffff) << 8 * (offset % 8);
    const uint64_t last = mmfi_load64(record + record_size - 8) & ~own;
    return mmfi_crc32c_between(place, sequence, record + 8, record_size - 16, last);
}

MMFI_INLINE uint32_t mmfi_checksum_load(const unsigned char *record, size_t offset)
{
    return mmfi_load32(record + offset);
}

/* Gives the record the checksum for the sequence that it will have; its payload is in place. */
MMFI_INLINE void mmfi_checksum_save(unsigned char *record, size_t record_size, size_t offset,
                                    uint64_t place, uint64_t sequence)
{
    mmfi_store32(record + offset, mmfi_checksum_of(record, record_size, offset, place, sequence));
}

/* The same for a payload that was just stored; of the last word, the half that is there. */
MMFI_INLINE void mmfi_checksum_save_fresh(unsigned char *record, size_t record_size, size_t offset,
                                          uint64_t place, uint64_t sequence)
{
    const unsigned char *last = record + record_size - 8;
    const uint64_t rest =
        offset % 8 == 0 ? (uint64_t)mmfi_load32(last + 4) << 32 : mmfi_load32(last);
    mmfi_store32(record + offset,
                 mmfi_crc32c_between_fresh(place, sequence, record + 8, record_size - 16, rest));
}

/*
 * The error of a checksum: that of a record or before-image with that sequence, exclusive-or the
 * right one; 0 when they are equal.
 */
MMFI_INLINE uint32_t mmfi_checksum_fault(const unsigned char *record, size_t record_size,
                                         size_t offset, uint64_t place, uint64_t sequence)
{
    return mmfi_checksum_load(record, offset) ^
           mmfi_checksum_of(record, record_size, offset, place, sequence);
}

#endif
