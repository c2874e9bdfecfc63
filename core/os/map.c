/* Mapping the address-space reservation, extending it in place, and memory that a fork wipes. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "map.h"

#include "mmapforge/detail/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* Since Linux 4.17: at that address or not at all. An older kernel takes it as a hint. */
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* No file is larger than an off_t tells, and no address space reaches so far. */
#define SIZE_MOST ((uint64_t)INT64_MAX)

static uint64_t round_up_size(uint64_t size, uint64_t multiple)
{
    return (size + multiple - 1) / multiple * multiple;
}

static bool is_too_much(int os_error)
{
    switch (os_error) {
    case ENOMEM:
    case EAGAIN:    /* more than may be locked, in a process that locks all it maps */
    case EOVERFLOW: /* more than the file system's largest file */
    case EINVAL:    /* valgrind's word for it */
        return true;
    default:
        return false;
    }
}

/* ---- How much ---- */

/* A host program needs address space as well, for every allocation and every thread. */
#define PARTS_OF_WHAT_IS_LEFT 4

/* What the limit on address space (ulimit -v) leaves, or UINT64_MAX: there is none, or no /proc. */
static uint64_t address_space_left(uint64_t page)
{
    char text[32];
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return UINT64_MAX;
    const ssize_t size = read(fd, text, sizeof text - 1);
    (void)close(fd);
    if (size <= 0)
        return UINT64_MAX;
    text[size] = '\0';
    const uint64_t used = strtoull(text, NULL, 10) * page;
    return used < limit.rlim_cur ? limit.rlim_cur - used : 0;
}

uint64_t mmfi_map_modest(void)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    const uint64_t left = address_space_left(page);
    return left != UINT64_MAX ? left / PARTS_OF_WHAT_IS_LEFT / page * page : UINT64_MAX;
}

/* ---- Where ---- */

/*
 * Addresses to wish for, far from where the kernel puts what it is free to place, the program
 * itself and the shadow memory of sanitizers. Each begins a page of any size, so that the kernel
 * can map by 2 MiB at once, and has free space after it, so that a reservation can be extended in
 * place. The multiplier spreads the first ones far apart, and comes to every place before it comes
 * to one again. A kernel with fewer addresses, or where something is there, chooses another.
 */
#define WISH_FIRST      UINT64_C(0x200000000000)
#define WISH_STEP       (UINT64_C(16) << 30)
#define WISHES          UINT64_C(3072)
#define WISH_MULTIPLIER UINT64_C(1901) /* prime to WISHES, about 0.62 of them */
#define WISH_ATTEMPTS   4

static uint64_t wishes_made;

static void *next_wish(void)
{
    /* Where the first one is differs from process to process, as other addresses do. */
    const void *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);
    uint64_t start = 0;
    /* The kernel's 16 random bytes lie at any address. */
    if (random != NULL)
        memcpy(&start, random, sizeof start);
    start >>= 16;
    const uint64_t place = (start + mmfi_add64(&wishes_made, 1)) * WISH_MULTIPLIER % WISHES;
    return (void *)(uintptr_t)(WISH_FIRST + place * WISH_STEP);
}

static void *map_at_wish(int fd, int access, uint64_t size)
{
    for (int attempt = 1;; attempt++) {
        void *wish = next_wish();
        void *base = mmap(wish, (size_t)size, access, MAP_SHARED | MAP_NORESERVE, fd, 0);
        if (base == MAP_FAILED || base == wish || attempt == WISH_ATTEMPTS)
            return base;
        (void)munmap(base, (size_t)size);
    }
}

/* A core dump of 64 GiB is of no use. A kernel that cannot leave it out may not. */
static void leave_out_of_dumps(void *base, uint64_t size)
{
    (void)madvise(base, (size_t)size, MADV_DONTDUMP);
}

/*
 * Takes a mapping that is smaller than was asked, because there was no room for more: it may have
 * all that is left now, and gives back all but a part of that.
 */
static void keep_part(mmfi_map *map, uint64_t least, uint64_t page)
{
    uint64_t kept = round_up_size(map->size / PARTS_OF_WHAT_IS_LEFT, page);
    kept = kept > least ? kept : least;
    if (kept < map->size && munmap(map->base + kept, (size_t)(map->size - kept)) == 0)
        map->size = kept;
}

mmf_status mmfi_map_open(int fd, bool writable, uint64_t asked, uint64_t needed, const char *path,
                         mmfi_map *out, mmf_error *error)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    const int access = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    const uint64_t least = round_up_size(needed, page);
    int why = 0;
    out->base = NULL;
    out->size = 0;
    for (uint64_t size = round_up_size(asked < SIZE_MOST ? asked : SIZE_MOST, page);;
         size = round_up_size(size / 2, page)) {
        if (size < least)
            size = least;
        void *base = map_at_wish(fd, access, size);
        if (base != MAP_FAILED) {
            out->base = (unsigned char *)base;
            out->size = size;
            if (why == ENOMEM || why == EAGAIN)
                keep_part(out, least, page);
            leave_out_of_dumps(base, out->size);
            return MMF_OK;
        }
        why = errno;
        if (!is_too_much(why) || size == least)
            break;
    }
    if (why == ENOMEM || why == EAGAIN)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, why, path,
                         "%s: no address space for the %" PRIu64 " bytes of the file; raise the "
                         "limit (ulimit -v, and -l after mlockall) or close other stores",
                         path, needed);
    if (why == ENODEV)
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, why, path,
                         "%s: the file system cannot share a mapping of the file between "
                         "processes, as with direct I/O in FUSE; mount it with the cache of pages "
                         "on (mergerfs: cache.files=auto-full), or put the store on another disk",
                         path);
    return mmfi_fail(error, MMF_ERR_IO, why, path, "%s: cannot map the file: %s", path,
                     mmfi_os_describe(why).text);
}

uint64_t mmfi_map_extend(const mmfi_map *map, int fd, uint64_t asked, uint64_t needed)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    const uint64_t least = round_up_size(needed, page);
    unsigned char *end = map->base + map->size;
    uint64_t size = round_up_size(asked < SIZE_MOST ? asked : SIZE_MOST, page);
    for (;; size = round_up_size(map->size + (size - map->size) / 2, page)) {
        if (size < least)
            size = least;
        if (size <= map->size)
            return map->size;
        void *more = mmap(end, (size_t)(size - map->size), PROT_READ,
                          MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd, (off_t)map->size);
        if (more == end) {
            leave_out_of_dumps(more, size - map->size);
            return size;
        }
        if (more != MAP_FAILED)
            (void)munmap(more, (size_t)(size - map->size));
        if (size == least)
            return map->size;
    }
}

/* ---- Large pages ---- */

#ifndef MADV_COLLAPSE /* of Linux 6.1 */
#define MADV_COLLAPSE 25
#endif

/* Of a page table of 4 KiB pages, on every processor that has those. */
#define LARGE_PAGE (UINT64_C(2) << 20)

void mmfi_map_prefer_large(const mmfi_map *map, uint64_t first)
{
    if (first < map->size)
        (void)madvise(map->base + first, (size_t)(map->size - first), MADV_HUGEPAGE);
}

uint64_t mmfi_map_collapse(const mmfi_map *map, uint64_t first, uint64_t end)
{
    uint64_t at = round_up_size(first, LARGE_PAGE);
    for (; at + LARGE_PAGE <= end && at + LARGE_PAGE <= map->size; at += LARGE_PAGE) {
        /* A page that is in use stays small; EINVAL (an unknown advice) would fail for all. */
        if (madvise(map->base + at, LARGE_PAGE, MADV_COLLAPSE) != 0 && errno == EINVAL)
            break;
    }
    return at;
}

unsigned char *mmfi_map_page_open(int fd, uint64_t offset, uint64_t *first, uint64_t *size)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    *first = offset / page * page;
    *size = page;
    void *base = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)*first);
    return base != MAP_FAILED ? (unsigned char *)base : NULL;
}

void mmfi_map_page_close(unsigned char *page)
{
    if (page != NULL)
        (void)munmap(page, (size_t)sysconf(_SC_PAGESIZE));
}

void mmfi_map_close(mmfi_map *map)
{
    if (map->base != NULL)
        (void)munmap(map->base, (size_t)map->size);
    map->base = NULL;
    map->size = 0;
}

/* No advice of any kernel. */
#define ADVICE_NONE (-1)

void *mmfi_map_private_open(size_t size)
{
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    /* An emulated kernel may say yes to every advice, also to one that there is not, and do
     * nothing. */
    if (madvise(page, size, ADVICE_NONE) != 0 && madvise(page, size, MADV_WIPEONFORK) == 0)
        return page;
    (void)munmap(page, size);
    return NULL;
}

void mmfi_map_private_close(void *page, size_t size)
{
    if (page != NULL)
        (void)munmap(page, size);
}
