/*
 * CRC-32C (Castagnoli), the checksum of every block of the header, and of records that have one:
 * reflected polynomial 0x82f63b78, as iSCSI (RFC 3720) defines it.
 *
 * Processors that have an instruction for it do 8 bytes at a time by that, and the others by
 * tables. Words are loaded as mmapforge/detail/atomic.h does, so what changes meanwhile gives a
 * wrong checksum, and no data race.
 */
#ifndef MMAPFORGE_DETAIL_CRC32C_H
#define MMAPFORGE_DETAIL_CRC32C_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

/* The checksum of size bytes. */
uint32_t mmfi_crc32c(const void *data, size_t size);

/*
 * The checksum of the words seed and first, size bytes from middle on, and the word last: of a
 * record whose ends are not what lies in memory. middle is aligned to 8, size a multiple of 8.
 */
uint32_t mmfi_crc32c_between(uint64_t seed, uint64_t first, const unsigned char *middle,
                             size_t size, uint64_t last);

/*
 * The same of what was stored just now, by moves of any width at multiples of 4. A load of 8 bytes
 * that come from two of these waits until both have left for the cache; loads of 4 do not, and
 * twice as many of them cost less than the wait. Of what is in the cache they cost more.
 */
uint32_t mmfi_crc32c_between_fresh(uint64_t seed, uint64_t first, const unsigned char *middle,
                                   size_t size, uint64_t last);

/* ---- One way and the other, for tests ---- */

/* True when the processor has the instruction, and the calls above use it. */
bool mmfi_crc32c_is_hardware(void);

uint32_t mmfi_crc32c_by_table(const void *data, size_t size);
uint32_t mmfi_crc32c_between_by_table(uint64_t seed, uint64_t first, const unsigned char *middle,
                                      size_t size, uint64_t last);

MMF_END_DECLS

#endif
