/*
 * Sleeping on a word of shared memory, and the fence that one process makes for others.
 *
 * A word is the low half of a uint64_t, and may be in a mapping that this process can only read.
 */
#ifndef MMF_OS_FUTEX_H
#define MMF_OS_FUTEX_H

#include "mmapforge/detail/port.h"

#include <stddef.h>

MMF_BEGIN_DECLS

/*
 * Sleeps while the word has that value, at most so long. Returns when it has another, when
 * mmfi_futex_wake is called on it, when the time is over, on a signal, and sometimes without a
 * reason. 0 when it was woken, else an errno: ETIMEDOUT when the time was over, EAGAIN when the
 * word was another, EINTR; others when the system cannot sleep on it.
 */
int mmfi_futex_wait(const uint64_t *word, uint32_t expected, uint64_t timeout_ns);

/* Wakes all that sleep on the word, in any process. */
void mmfi_futex_wake(const uint64_t *word);

/*
 * The heavy half of a full fence (membarrier), whose light half is mmfi_fence_light: each thread of
 * a process that called mmfi_fence_register either did what comes before its light half before this
 * returns, or does what comes after it after this was called. False when the system refuses; then
 * it is a full fence of the caller alone.
 */
bool mmfi_fence_others(void);

/*
 * Says that threads of this process use light halves. False when the system refuses, and they need
 * a full fence. Takes about 10 ms for the first call in a process that has several threads, else
 * less than a microsecond.
 */
bool mmfi_fence_register(void);

MMF_END_DECLS

#endif
