/* Records that are being replaced, as the slow half of reading gives them. */
#ifndef MMF_STORE_READ_H
#define MMF_STORE_READ_H

#include "mmapforge/detail/access.h"

/*
 * The sequence of what mmfi_slow_read_next gave, which its checksum covers: a before-image has the
 * one that its record had.
 */
static inline uint64_t mmfi_slow_read_sequence(const mmfi_slow_read *slow)
{
    return mmfi_sequence_is_odd(slow->sequence) ? mmfi_load64(slow->source) : slow->sequence;
}

#endif
