/* The clock, and how long a waiting process sleeps between attempts. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "wait.h"

#include "mmapforge/detail/atomic.h"

#include <sched.h>
#include <time.h>

/* A running writer finishes within ATTEMPTS_BUSY attempts; after them a waiter yields to it. */
#define ATTEMPTS_BUSY  1024u
#define ATTEMPTS_YIELD 16u
#define ATTEMPTS_ASK   64u
#define SLEEP_NS       100000

uint64_t mmfi_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MMFI_NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

bool mmfi_wait_asks(const mmfi_wait *wait)
{
    return wait->attempts % ATTEMPTS_ASK == ATTEMPTS_ASK - 1;
}

bool mmfi_wait_next(mmfi_wait *wait)
{
    const struct timespec pause = {0, SLEEP_NS};
    const uint32_t attempt = wait->attempts++;
    if (attempt < ATTEMPTS_BUSY) {
        if (attempt % ATTEMPTS_YIELD == ATTEMPTS_YIELD - 1)
            (void)sched_yield();
        else
            mmfi_pause();
        return true;
    }
    const uint64_t now = mmfi_now_ns();
    if (wait->deadline_ns == 0)
        wait->deadline_ns = now + wait->limit_ns;
    if (now >= wait->deadline_ns)
        return false;
    (void)nanosleep(&pause, NULL);
    return true;
}
