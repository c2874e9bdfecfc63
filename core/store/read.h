/* Records that are being replaced, as the slow half of reading gives them. */
#ifndef MMF_STORE_READ_H
#define MMF_STORE_READ_H

#include "mmapforge/detail/access.h"

/*
 * mmfi_slow_read_begin_as with memory of the caller's: image has room for a record of the program's
 * schema, aligned to 8 bytes, and may be NULL where the handle is of the file's own layout.
 */
mmfi_slow_read mmfi_slow_read_begin_into(const mmf_store *store, uint64_t row, bool has_out,
                                         void *image);

/*
 * The sequence of what mmfi_slow_read_next gave, which its checksum covers: a before-image has the
 * one that its record had.
 */
static inline uint64_t mmfi_slow_read_sequence(const mmfi_slow_read *slow)
{
    return mmfi_sequence_is_odd(slow->sequence) ? mmfi_load64(slow->source) : slow->sequence;
}

#endif
