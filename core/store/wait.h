/*
 * Waiting for another process: attempts close together at first, then sleeps, until a deadline by
 * the clock. A sleep may take many times as long as it was asked for, so sleeps are never counted.
 */
#ifndef MMF_STORE_WAIT_H
#define MMF_STORE_WAIT_H

#include "mmapforge/detail/port.h"

/* What a writer that works needs at most, one that grows or syncs a large file included. */
#define MMFI_WAIT_NS       (UINT64_C(10) * MMFI_NS_PER_SECOND)
#define MMFI_NS_PER_SECOND UINT64_C(1000000000)

typedef struct mmfi_wait {
    uint64_t limit_ns;    /* from the first sleep on */
    uint64_t deadline_ns; /* of CLOCK_MONOTONIC; 0 before the first sleep */
    uint32_t attempts;
} mmfi_wait;

/* A wait of at most that many nanoseconds. */
MMFI_INLINE mmfi_wait mmfi_wait_of(uint64_t limit_ns)
{
    const mmfi_wait wait = {limit_ns, 0, 0};
    return wait;
}

/*
 * Lets others run, after an attempt that failed. False when the time is over: it is asked after an
 * attempt, so a process that was itself stopped for longer still makes one.
 */
bool mmfi_wait_next(mmfi_wait *wait);

/* True at some of the attempts: then it is worth a system call to ask whether the other lives. */
bool mmfi_wait_asks(const mmfi_wait *wait);

/* CLOCK_MONOTONIC. */
uint64_t mmfi_now_ns(void);

#endif
