/* The SIGBUS handler, and the mappings that it knows. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "sigbus.h"
#include "mmapforge/sigbus.h"
#include "state.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A program that is linked statically, or without libdl where that is a library, has neither. */
#pragma weak dladdr
#pragma weak dlopen

#define PLACES 1024u

/*
 * A place belongs to the store in it, which took it by a swap; no lock, because a fork may find any
 * lock held, and the child closes its handles, too. base is 0 while there is nothing to find. The
 * handler may run at any moment in any thread, so it takes what it read for one mapping only if
 * changes was the same before and after.
 */
typedef struct guard_place {
    uint64_t store;
    uint64_t changes;
    uint64_t base;
    uint64_t size;
    uint64_t offset; /* of base in the file; not 0 for a page that may be written */
} guard_place;

static guard_place places[PLACES];

static void place_set(guard_place *at, uint64_t base, uint64_t size, uint64_t offset)
{
    /* Odd already in a forked child whose parent had another thread here. */
    const uint64_t changes = mmfi_load64(&at->changes) | 1;
    mmfi_store64(&at->changes, changes);
    mmfi_fence_release();
    mmfi_store64(&at->size, size);
    mmfi_store64(&at->base, base);
    mmfi_store64(&at->offset, offset);
    mmfi_store64_release(&at->changes, changes + 1);
}

void mmfi_guard_add(mmf_store *store, unsigned char *base, uint64_t size)
{
    mmfi_guard_add_page(store, base, size, 0);
}

void mmfi_guard_add_page(mmf_store *store, unsigned char *base, uint64_t size, uint64_t offset)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        if (mmfi_load64(&places[i].store) != 0 ||
            !mmfi_swap64_if(&places[i].store, 0, (uint64_t)(uintptr_t)store))
            continue;
        place_set(&places[i], (uint64_t)(uintptr_t)base, size, offset);
        return;
    }
}

void mmfi_guard_resize(const mmf_store *store, uint64_t size)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        if (mmfi_load64(&places[i].store) == (uint64_t)(uintptr_t)store &&
            mmfi_load64(&places[i].offset) == 0)
            place_set(&places[i], mmfi_load64(&places[i].base), size, 0);
    }
}

void mmfi_guard_forget(const mmf_store *store)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        if (mmfi_load64(&places[i].store) != (uint64_t)(uintptr_t)store)
            continue;
        place_set(&places[i], 0, 0, 0);
        mmfi_store64_release(&places[i].store, 0);
    }
}

/* ---- The handler: async-signal-safe, so system calls and stores ---- */

static bool map_zeroes(uint64_t begin, uint64_t end, int access)
{
    void *base = (void *)(uintptr_t)begin;
    return mmap(base, (size_t)(end - begin), access,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == base;
}

/* Which of the two it is that a page of a mapping has no bytes. A descriptor tells the size. */
static uint64_t reason(const mmfi_state *state, uint64_t offset)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    struct stat file;
    if (fstat(state->file.fd, &file) == 0 && offset / page * page < (uint64_t)file.st_size)
        return MMFI_PAGES_REFUSED;
    return MMFI_PAGES_TRUNCATED;
}

/*
 * The whole mapping becomes zeroes, not only the page: a copy of a record that began before the
 * hole then finds another sequence, and does not pass for consistent. Where so much private memory
 * cannot be had (no overcommitment), what a record with a byte there spans.
 */
static bool replace_with_zeroes(const guard_place *at, uint64_t address)
{
    mmf_store *store = (mmf_store *)(uintptr_t)at->store;
    mmfi_state *state = store->state;
    const bool writable = state->file.writable || at->offset != 0;
    const int access = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    /* Several threads may be here; only the first one changes the writer's state. */
    if (mmfi_swap64_if(&state->missing_pages, 0,
                       reason(state, at->offset + (address - at->base)))) {
        /* An append under way raises the bound when it publishes, and then lowers it again. */
        if (state->writer != NULL)
            state->writer->last = MMFI_LAST_NO_ROWS;
        store->writer = &mmfi_writer_none;
    }
    mmfi_store64_release(&store->row_bound, 0);
    const uint64_t end = at->base + at->size;
    if (map_zeroes(at->base, end, access))
        return true;
    const uint64_t span = state->layout.record_size + MMFI_PAGE_SIZE;
    const uint64_t first = address - at->base > span ? address - span : at->base;
    const uint64_t last = end - address > span ? address + span : end;
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    return map_zeroes(first / page * page, (last + page - 1) / page * page, access);
}

static bool find(uint64_t address, guard_place *out)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        const uint64_t changes = mmfi_load64_acquire(&places[i].changes);
        out->store = mmfi_load64(&places[i].store);
        out->base = mmfi_load64(&places[i].base);
        out->size = mmfi_load64(&places[i].size);
        out->offset = mmfi_load64(&places[i].offset);
        mmfi_fence_acquire();
        if (out->base != 0 && address >= out->base && address - out->base < out->size &&
            changes % 2 == 0 && mmfi_load64(&places[i].changes) == changes)
            return true;
    }
    return false;
}

static struct sigaction previous;
/* Not 0: it was for one signal only (SA_RESETHAND), which has come. */
static uint64_t previous_spent;

static bool before_is_default(void)
{
    if ((previous.sa_flags & (int)SA_RESETHAND) != 0 && !mmfi_swap64_if(&previous_spent, 0, 1))
        return true;
    return (previous.sa_flags & SA_SIGINFO) == 0 && previous.sa_handler == SIG_DFL;
}

/* Does what the previous handler would have done. Its signal mask is set; see ours_for. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    const bool sent = info->si_code <= 0; /* by kill and its like, and not by an access */
    const bool defaults = before_is_default();
    if (!defaults && (previous.sa_flags & SA_SIGINFO) != 0) {
        previous.sa_sigaction(number, info, context);
    } else if (!defaults && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    } else if (defaults || !sent) {
        /* The raised signal stays pending until this handler returns, then ends the process. */
        (void)signal(number, SIG_DFL);
        (void)raise(number);
    }
}

static void on_bus_error(int number, siginfo_t *info, void *context)
{
    const int saved = errno;
    const bool missing = info->si_code == BUS_ADRERR || info->si_code == BUS_OBJERR;
    const uint64_t address = (uint64_t)(uintptr_t)info->si_addr;
    guard_place hit;
    if (!missing || !find(address, &hit) || !replace_with_zeroes(&hit, address))
        pass_on(number, info, context);
    errno = saved;
}

/* ---- Installing it ---- */

static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;
static bool installed;

/*
 * Ours runs on the alternate stack of a thread that has one: a runtime such as Go's has little
 * other stack, and ends a process whose handlers do not. In all else it is as the handler that it
 * passes signals on to: the same signals wait while that one runs, and system calls go on or end
 * with EINTR as they did.
 */
static struct sigaction ours_for(const struct sigaction *other)
{
    struct sigaction ours = *other;
    ours.sa_sigaction = on_bus_error;
    ours.sa_flags = (other->sa_flags & ~(int)SA_RESETHAND) | SA_SIGINFO | SA_ONSTACK;
    return ours;
}

/*
 * A plugin with this code in it stays mapped when it is unloaded: the system, and a handler that
 * was installed after ours and passes signals on, may call ours at any time until the process ends.
 */
static void stay_loaded(void)
{
    Dl_info found;
    if (dladdr != NULL && dlopen != NULL && dladdr((const void *)places, &found) != 0 &&
        found.dli_fname != NULL)
        (void)dlopen(found.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

mmf_status mmf_guard_install(mmf_error *error)
{
    (void)pthread_mutex_lock(&changing);
    int failed = 0;
    int why = 0;
    if (!installed) {
        /* Where faults are passed on to is known before the first one can come. */
        failed = sigaction(SIGBUS, NULL, &previous);
        if (failed == 0) {
            const struct sigaction ours = ours_for(&previous);
            mmfi_store64(&previous_spent, 0);
            stay_loaded();
            failed = sigaction(SIGBUS, &ours, NULL);
        }
        why = errno;
        installed = failed == 0;
    }
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
        struct sigaction back = previous;
        if (mmfi_load64(&previous_spent) != 0) {
            memset(&back, 0, sizeof back);
            back.sa_handler = SIG_DFL;
        }
        (void)sigaction(SIGBUS, &back, NULL);
        installed = false;
    }
    (void)pthread_mutex_unlock(&changing);
}
