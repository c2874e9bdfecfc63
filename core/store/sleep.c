/* Waiting for a row: looking, and sleeping until the append that makes it (wake.h). */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "../os/futex.h"
#include "adapt.h"
#include "wait.h"
#include "wake.h"

#include <errno.h>
#include <time.h>

/* Of a process that may not say that it sleeps: after this part of what it has waited. */
#define STEP_PART   8u
#define STEP_NS_MIN UINT64_C(50000)
#define STEP_NS_MAX UINT64_C(2000000)

/* Without a fence a store is visible to others after so long. */
#define SETTLED_NS UINT64_C(1000000)

/* One store that a thread waits for, with what it found last. */
typedef struct sleeper {
    const mmf_store *store;
    uint64_t row;
    const uint64_t *wake; /* the word to sleep on, */
    uint32_t expected;    /* and what it was before the last look */
    bool ends;            /* with the last writer */
    bool asked;           /* the word in the file is not lower than this row since the last sleep */
} sleeper;

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The row is there, or cannot be read; MMF_ERR_RANGE while it is not there. */
static mmf_status look(const sleeper *of)
{
    return mmfi_refresh(of->store, of->row);
}

/* S1 to S3. Returns how long the thread may sleep before it looks again. */
static uint64_t prepare_sleep(sleeper *of, uint64_t passed)
{
    mmfi_live *live = mmfi_wake_page(of->store);
    of->expected = (uint32_t)mmfi_load64_acquire(of->wake);
    if (live == NULL) {
        const uint64_t length = passed / STEP_PART;
        return length < STEP_NS_MIN ? STEP_NS_MIN : least(length, STEP_NS_MAX);
    }
    const bool settled = mmfi_wake_ask(live, of->row) && of->asked;
    of->asked = true;
    return mmfi_fence_others() || settled ? MMFI_LOOK_NS : SETTLED_NS;
}

/* S4, and the same for the writer: MMF_ERR_RANGE while there is something to wait for. */
static mmf_status look_again(const sleeper *of)
{
    mmf_status status = look(of);
    if (status != MMF_ERR_RANGE || !of->ends)
        return status;
    const mmf_writer_state writer = mmfi_writer_state_of(of->store->state);
    if (writer == MMF_WRITER_AT_WORK)
        return status;
    /* A writer that was found gone has published all that it ever will. */
    status = look(of);
    if (status != MMF_ERR_RANGE)
        return status;
    return writer == MMF_WRITER_KILLED ? MMF_ERR_WRITER_DIED : MMF_ERR_ENDED;
}

static void sleep_once(sleeper *of, uint64_t longest)
{
    const int why = mmfi_futex_wait(of->wake, of->expected, longest);
    if (why == ETIMEDOUT || why == 0 || why == EAGAIN || why == EINTR) {
        of->asked = of->asked && why == ETIMEDOUT;
        return;
    }
    /* The system cannot sleep on this file. */
    const struct timespec pause = {0, (long)least(longest, STEP_NS_MAX)};
    (void)nanosleep(&pause, NULL);
}

static mmf_status wait_for(const mmf_store *store, uint64_t row, uint64_t timeout_ns, bool ends)
{
    sleeper of = {mmfi_real(store), row, NULL, 0, ends, false};
    mmf_status status = look(&of);
    if (status != MMF_ERR_RANGE)
        return status;
    const uint64_t begun = mmfi_now_ns();
    of.wake =
        &((const mmfi_live *)(const void *)(of.store->state->map.base + MMFI_LIVE_OFFSET))->wake;
    for (;;) {
        const uint64_t passed = mmfi_now_ns() - begun;
        const uint64_t left = passed < timeout_ns ? timeout_ns - passed : 0;
        const uint64_t longest = left > 0 ? least(prepare_sleep(&of, passed), left) : 0;
        status = look_again(&of);
        if (status != MMF_ERR_RANGE)
            return status;
        if (left == 0)
            return MMF_ERR_TIMEOUT;
        sleep_once(&of, longest);
        status = look(&of);
        if (status != MMF_ERR_RANGE)
            return status;
    }
}

mmf_status mmf_store_wait(const mmf_store *store, uint64_t row, uint64_t timeout_ns)
{
    return wait_for(store, row, timeout_ns, true);
}

mmf_status mmf_store_wait_through(const mmf_store *store, uint64_t row, uint64_t timeout_ns)
{
    return wait_for(store, row, timeout_ns, false);
}
