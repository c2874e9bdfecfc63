/* Growth of a file, and the holes in it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "space.h"
#include "file.h"
#include "system_call.h"

#include "mmapforge/detail/format.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What st_blocks counts in, whatever the blocks of the disk are. */
#define STAT_BLOCK_SIZE 512u

const char *mmfi_file_growth_text(int os_error)
{
    switch (os_error) {
    case EFBIG:
        return "the limit on the size of a file is reached, that of this process (ulimit -f) or "
               "that "
               "of the file system; raise it (ulimit -f unlimited), or use another file system, "
               "and "
               "try again: nothing was lost";
    case EINTR:
        return "signals interrupted every request for room, down to one of a page: a timer of this "
               "process (of a profiler, maybe) sends them too fast; slow it down or stop it, and "
               "try "
               "again: nothing was lost";
    default:
        return NULL;
    }
}

static mmf_status fail_full(const mmfi_file *file, int why, uint64_t size, mmf_error *error)
{
    const char *text = mmfi_file_growth_text(why);
    if (text != NULL)
        return mmfi_fail(error, MMF_ERR_NO_SPACE, why, file->path,
                         "%s: no room for a file of %" PRIu64 " bytes: %s: %s", file->path, size,
                         mmfi_os_describe(why).text, text);
    return mmfi_fail(error, MMF_ERR_NO_SPACE, why, file->path,
                     "%s: no room for a file of %" PRIu64 " bytes: %s; free space or raise the "
                     "quota, and try again: nothing was lost",
                     file->path, size, mmfi_os_describe(why).text);
}

/* Beyond this limit the kernel does not only refuse: it kills by SIGXFSZ. */
static mmf_status check_limit(const mmfi_file *file, uint64_t size, mmf_error *error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        size <= (uint64_t)limit.rlim_cur)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_NO_SPACE, EFBIG, file->path,
                     "%s: the limit on file sizes is %" PRIu64 " bytes, %" PRIu64
                     " are needed; raise it (ulimit -f)",
                     file->path, (uint64_t)limit.rlim_cur, size);
}

/* 0 or the error of the system. */
typedef int (*ask_for_range)(int fd, off_t begin, off_t size);

static int ask_kernel(int fd, off_t begin, off_t size)
{
    return fallocate(fd, 0, begin, size) == 0 ? 0 : errno;
}

/*
 * tmpfs of kernels up to 6.1 gives back what it had when a signal arrives, so a request that takes
 * longer than the time between two signals never ends well. Each that is interrupted is halved, and
 * doubled again when it is not: only one of a page is repeated as it is.
 */
static int ask_in_steps(ask_for_range ask, int fd, uint64_t begin, uint64_t end)
{
    uint64_t step = end - begin;
    for (int attempt = 0; begin < end;) {
        if (step > end - begin)
            step = end - begin;
        const int why = ask(fd, (off_t)begin, (off_t)step);
        if (why == 0) {
            begin += step;
            step *= 2;
            attempt = 0;
        } else if (why == EINTR && step > MMFI_PAGE_SIZE) {
            step = (step / 2 + MMFI_PAGE_SIZE - 1) / MMFI_PAGE_SIZE * MMFI_PAGE_SIZE;
        } else if (!mmfi_file_again(why, attempt++)) {
            return why;
        }
    }
    return 0;
}

/* Real blocks for the bytes from begin to end: 0 or the error of the system. */
static int allocate(const mmfi_file *file, uint64_t begin, uint64_t end)
{
    return ask_in_steps(posix_fallocate, file->fd, begin, end);
}

/* The same from the file's begin, by the kernel alone: nothing is written. */
static int ask_for_blocks(const mmfi_file *file, uint64_t end)
{
    return ask_in_steps(ask_kernel, file->fd, 0, end);
}

static bool is_full(int os_error)
{
    return os_error == ENOSPC || os_error == EDQUOT || os_error == EFBIG;
}

static bool is_unable(int os_error)
{
    return os_error == EOPNOTSUPP || os_error == EINVAL || os_error == ENOSYS;
}

mmf_status mmfi_file_grow(const mmfi_file *file, uint64_t size, mmf_error *error)
{
    uint64_t now = 0;
    mmf_status status = mmfi_file_size(file, &now, error);
    if (status != MMF_OK || now >= size)
        return status;
    status = check_limit(file, size, error);
    if (status != MMF_OK)
        return status;
    const int why = allocate(file, now, size);
    if (why == 0)
        return MMF_OK;
    /* Some file systems keep what they gave before they ran out. The first error is the answer. */
    (void)!ftruncate(file->fd, (off_t)now);
    if (is_full(why))
        return fail_full(file, why, size, error);
    const char *text = mmfi_file_growth_text(why);
    if (text != NULL)
        return mmfi_fail(error, MMF_ERR_IO, why, file->path,
                         "%s: cannot give the file %" PRIu64 " bytes: %s: %s", file->path, size,
                         mmfi_os_describe(why).text, text);
    return mmfi_fail(error, is_unable(why) ? MMF_ERR_UNSUPPORTED : MMF_ERR_IO, why, file->path,
                     "%s: cannot give the file %" PRIu64 " bytes: %s", file->path, size,
                     mmfi_os_describe(why).text);
}

static bool next_hole(const mmfi_file *file, uint64_t from, uint64_t size, mmfi_file_hole *out)
{
    const off_t begin = lseek(file->fd, (off_t)from, SEEK_HOLE);
    if (begin < 0 || (uint64_t)begin >= size)
        return false;
    const off_t end = lseek(file->fd, begin, SEEK_DATA);
    out->begin = (uint64_t)begin;
    out->end = end < 0 || (uint64_t)end > size ? size : (uint64_t)end; /* no data follows */
    return out->end > from;
}

bool mmfi_file_next_hole(const mmfi_file *file, uint64_t from, mmfi_file_hole *out)
{
    struct stat info;
    return fstat(file->fd, &info) == 0 &&
           (uint64_t)info.st_blocks * STAT_BLOCK_SIZE < (uint64_t)info.st_size &&
           next_hole(file, from, (uint64_t)info.st_size, out);
}

bool mmfi_file_has_no_data(const mmfi_file *file)
{
    return lseek(file->fd, 0, SEEK_DATA) < 0 && errno == ENXIO;
}

/* The bytes that read as zero without having been written, as far as the file system tells. */
static uint64_t unwritten(const mmfi_file *file, uint64_t size)
{
    uint64_t sum = 0;
    mmfi_file_hole hole = {0, 0};
    while (next_hole(file, hole.end, size, &hole))
        sum += hole.end - hole.begin;
    return sum;
}

mmf_status mmfi_file_fill_holes(const mmfi_file *file, uint64_t end, bool others, mmf_error *error)
{
    struct stat info;
    if (fstat(file->fd, &info) != 0)
        return mmfi_file_fail(error, errno, file->path, "find the size of the file");
    const uint64_t had = (uint64_t)info.st_blocks * STAT_BLOCK_SIZE;
    const uint64_t all = (uint64_t)info.st_size;
    if (had >= all)
        return MMF_OK;
    const uint64_t size = end < all ? end : all;
    const mmf_status status = check_limit(file, size, error);
    if (status != MMF_OK)
        return status;
    /*
     * Some file systems fill up to the last block before they say that it is not enough, and what
     * they gave then is not taken back: we cannot tell whether an apparent hole is really
     * unallocated. So what clearly cannot fit is not tried. Neither number says it alone: blocks
     * may be missing because data is compressed, and what is unwritten may have its blocks.
     */
    struct statvfs disk;
    if (fstatvfs(file->fd, &disk) == 0) {
        const uint64_t room = (uint64_t)disk.f_bfree * disk.f_frsize;
        if (all - had > room && unwritten(file, all) > room)
            return fail_full(file, ENOSPC, all, error);
    }
    const int why = others ? ask_for_blocks(file, size) : allocate(file, 0, size);
    if (why == 0 || is_unable(why))
        return MMF_OK;
    if (is_full(why))
        return fail_full(file, why, size, error);
    const char *text = mmfi_file_growth_text(why);
    if (text != NULL)
        return mmfi_fail(error, MMF_ERR_IO, why, file->path,
                         "%s: cannot fill the holes of the file: %s: %s", file->path,
                         mmfi_os_describe(why).text, text);
    return mmfi_file_fail(error, why, file->path, "fill the holes of the file");
}
