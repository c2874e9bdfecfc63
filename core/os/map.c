/* Mapping the reserve, and memory that a fork wipes. */
#define _GNU_SOURCE

#include "map.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* No file is larger than an off_t tells, and no address space reaches so far. */
#define SIZE_MOST ((uint64_t)INT64_MAX)

static uint64_t round_up(uint64_t size, uint64_t multiple)
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

mmf_status mmfi_map_open(int fd, bool writable, uint64_t asked, uint64_t needed, const char *path,
                         mmfi_map *out, mmf_error *error)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    const int access = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    const uint64_t least = round_up(needed, page);
    int why = 0;
    out->base = NULL;
    out->size = 0;
    for (uint64_t size = round_up(asked < SIZE_MOST ? asked : SIZE_MOST, page);;
         size = round_up(size / 2, page)) {
        if (size < least)
            size = least;
        void *base = mmap(NULL, (size_t)size, access, MAP_SHARED | MAP_NORESERVE, fd, 0);
        if (base != MAP_FAILED) {
            /* A core dump of 64 GiB helps nobody. A kernel that cannot leave it out may not. */
            (void)madvise(base, (size_t)size, MADV_DONTDUMP);
            out->base = (unsigned char *)base;
            out->size = size;
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
    return mmfi_fail(error, MMF_ERR_IO, why, path, "%s: cannot map the file: %s", path,
                     mmfi_os_describe(why).text);
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
