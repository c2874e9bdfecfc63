/* The SIGBUS handler, and the mappings that it knows. */
#define _GNU_SOURCE

#include "core/guard.h"

#include "core/store_state.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#define PLACES 1024u

/*
 * A place is in use while base is not 0. It is filled before its base is stored, and emptied by it
 * first, so the handler, which may run at any moment in any thread, never meets a half of one.
 */
typedef struct place {
    uint64_t base;
    uint64_t size;
    mmf_store *store;
} place;

static place places[PLACES];
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before;
static bool installed;

void mmfi_guard_add(mmf_store *store, unsigned char *base, uint64_t size)
{
    (void)pthread_mutex_lock(&changing);
    for (uint32_t i = 0; i < PLACES; i++) {
        if (places[i].base != 0)
            continue;
        places[i].size = size;
        places[i].store = store;
        mmfi_store64_release(&places[i].base, (uint64_t)(uintptr_t)base);
        break;
    }
    (void)pthread_mutex_unlock(&changing);
}

void mmfi_guard_forget(const mmf_store *store)
{
    (void)pthread_mutex_lock(&changing);
    for (uint32_t i = 0; i < PLACES; i++)
        if (places[i].base != 0 && places[i].store == store)
            mmfi_store64_release(&places[i].base, 0);
    (void)pthread_mutex_unlock(&changing);
}

/*
 * The whole mapping becomes zeroes, not only the page: a copy of a record that began before the
 * hole then finds another sequence, and does not pass for consistent. Async-signal-safe: system
 * calls and stores.
 */
static bool bury(const place *at)
{
    mmf_store *store = at->store;
    mmfi_state *state = store->state;
    void *base = (void *)(uintptr_t)at->base;
    mmfi_store64(&state->cut_off, 1);
    mmfi_store64_release(&store->row_bound, 0);
    store->writer = &mmfi_writer_none;
    return mmap(base, (size_t)at->size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == base;
}

static const place *find(uint64_t address)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        const uint64_t base = mmfi_load64_acquire(&places[i].base);
        if (base != 0 && address >= base && address - base < places[i].size)
            return &places[i];
    }
    return NULL;
}

static void on_bus_error(int number, siginfo_t *info, void *context)
{
    const int saved = errno;
    const place *hit = find((uint64_t)(uintptr_t)info->si_addr);
    if (hit != NULL && bury(hit)) {
        errno = saved;
        return;
    }
    errno = saved;
    if ((before.sa_flags & SA_SIGINFO) != 0)
        before.sa_sigaction(number, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        before.sa_handler(number);
    else
        (void)signal(number, SIG_DFL); /* the instruction faults again, and ends the process */
}

mmf_status mmf_guard_install(mmf_error *error)
{
    struct sigaction ours;
    memset(&ours, 0, sizeof ours);
    ours.sa_sigaction = on_bus_error;
    ours.sa_flags = SA_SIGINFO;
    (void)sigemptyset(&ours.sa_mask);
    (void)pthread_mutex_lock(&changing);
    const int failed = installed ? 0 : sigaction(SIGBUS, &ours, &before);
    const int why = errno;
    installed = failed == 0;
    (void)pthread_mutex_unlock(&changing);
    if (failed == 0)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_IO, why, NULL, "mmf_guard_install: no handler for SIGBUS: %s",
                     mmfi_os_describe(why).text);
}

void mmf_guard_remove(void)
{
    struct sigaction now;
    (void)pthread_mutex_lock(&changing);
    if (installed && sigaction(SIGBUS, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0 &&
        now.sa_sigaction == on_bus_error) {
        (void)sigaction(SIGBUS, &before, NULL);
        installed = false;
    }
    (void)pthread_mutex_unlock(&changing);
}
