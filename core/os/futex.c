/* The system calls futex and membarrier. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "futex.h"

#include "mmapforge/detail/atomic.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND UINT64_C(1000000000)

/* From linux/membarrier.h, which older headers lack; of Linux 4.16. */
#define FENCE_OTHERS   2 /* MEMBARRIER_CMD_GLOBAL_EXPEDITED */
#define FENCE_REGISTER 4 /* MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED */

/* Machines are little-endian where stores are opened. */
static const uint32_t *low_half(const uint64_t *word)
{
    return (const uint32_t *)(const void *)word;
}

int mmfi_futex_wait(const uint64_t *word, uint32_t expected, uint64_t timeout_ns)
{
    const struct timespec timeout = {(time_t)(timeout_ns / NS_PER_SECOND),
                                     (long)(timeout_ns % NS_PER_SECOND)};
    const long result = syscall(SYS_futex, low_half(word), FUTEX_WAIT, expected, &timeout, NULL, 0);
    return result == 0 ? 0 : errno;
}

void mmfi_futex_wake(const uint64_t *word)
{
    (void)syscall(SYS_futex, low_half(word), FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static bool call_membarrier(int command)
{
#ifdef SYS_membarrier
    return syscall(SYS_membarrier, command, 0, 0) == 0;
#else
    (void)command;
    return false;
#endif
}

bool mmfi_fence_others(void)
{
    mmfi_fence_full();
    return call_membarrier(FENCE_OTHERS);
}

bool mmfi_fence_register(void)
{
    return call_membarrier(FENCE_REGISTER);
}
