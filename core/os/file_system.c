/* What a file asks of the kernel beyond bytes: its lock, real blocks, durability, the boot's id. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "file_private.h"

#include "mmapforge/detail/atomic.h"
#include "mmapforge/detail/format.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

/* ---- Locks ---- */

static struct flock lock_of(short type, uint64_t offset, uint64_t size)
{
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = (off_t)offset;
    lock.l_len = (off_t)size;
    return lock;
}

/* 0, or why not: EAGAIN when another open file has it. */
static int set_lock(const mmfi_file *file, short type, uint64_t offset, uint64_t size)
{
    struct flock lock = lock_of(type, offset, size);
    for (int attempt = 0;; attempt++) {
        if (fcntl(file->fd, F_OFD_SETLK, &lock) == 0)
            return 0;
        if (!mmfi_file_again(errno, attempt))
            return errno == EACCES ? EAGAIN : errno;
    }
}

static mmf_status fail_lock(const mmfi_file *file, int why, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_UNSUPPORTED, why, file->path,
                     "%s: the file system gives no lock (%s); put the store on a local disk",
                     file->path, mmfi_os_describe(why).text);
}

static mmf_status lock_writer(mmfi_file *file, short type, mmf_error *error)
{
    const int why = set_lock(file, type, MMFI_LOCK_OFFSET, 1);
    if (why == 0) {
        file->locked = true;
        file->lock_pid = getpid();
        return MMF_OK;
    }
    if (why == EAGAIN)
        return mmfi_fail(error, MMF_ERR_LOCKED, why, file->path,
                         "%s: another writer has the file open; close it there first, or open it "
                         "read-only",
                         file->path);
    return fail_lock(file, why, error);
}

mmf_status mmfi_file_lock(mmfi_file *file, mmf_error *error)
{
    return lock_writer(file, F_WRLCK, error);
}

mmf_status mmfi_file_lock_shared(mmfi_file *file, mmf_error *error)
{
    return lock_writer(file, F_RDLCK, error);
}

bool mmfi_file_lock_slot(const mmfi_file *file, uint32_t slot)
{
    return set_lock(file, F_WRLCK, MMFI_LOCK_SLOTS + slot, 1) == 0;
}

void mmfi_file_unlock_slot(const mmfi_file *file, uint32_t slot)
{
    (void)set_lock(file, F_UNLCK, MMFI_LOCK_SLOTS + slot, 1);
}

mmf_status mmfi_file_lock_join(const mmfi_file *file, mmf_error *error)
{
    const int why = set_lock(file, F_WRLCK, MMFI_LOCK_JOIN, 1);
    if (why == EAGAIN)
        return mmfi_fail(error, MMF_ERR_LOCKED, why, file->path,
                         "%s: another writer is opening the file; try again", file->path);
    return why == 0 ? MMF_OK : fail_lock(file, why, error);
}

void mmfi_file_unlock_join(const mmfi_file *file)
{
    (void)set_lock(file, F_UNLCK, MMFI_LOCK_JOIN, 1);
}

bool mmfi_file_lock_all(const mmfi_file *file)
{
    return set_lock(file, F_WRLCK, MMFI_LOCK_OFFSET, MMFI_LOCK_SIZE) == 0;
}

/* What lock some other open file has on a byte, so that it cannot be written; F_UNLCK for none. */
static short lock_of_others(const mmfi_file *file, uint64_t offset)
{
    struct flock lock = lock_of(F_WRLCK, offset, 1);
    return fcntl(file->fd, F_OFD_GETLK, &lock) == 0 ? lock.l_type : F_UNLCK;
}

bool mmfi_file_is_locked(const mmfi_file *file)
{
    return lock_of_others(file, MMFI_LOCK_OFFSET) != F_UNLCK;
}

bool mmfi_file_is_shared(const mmfi_file *file)
{
    return lock_of_others(file, MMFI_LOCK_OFFSET) == F_RDLCK;
}

bool mmfi_file_has_sharers(const mmfi_file *file)
{
    /* What keeps a read lock out is a write lock, which takes a descriptor that may write. */
    struct flock lock = lock_of(F_RDLCK, MMFI_LOCK_SLOTS, MMFI_LOCK_JOIN + 1 - MMFI_LOCK_SLOTS);
    return fcntl(file->fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

bool mmfi_file_slot_is_locked(const mmfi_file *file, uint32_t slot)
{
    return lock_of_others(file, MMFI_LOCK_SLOTS + slot) != F_UNLCK;
}

void mmfi_file_unlock(mmfi_file *file)
{
    /* A child shares the parent's locks, and must not end them. */
    if (!file->locked || file->lock_pid != getpid())
        return;
    (void)set_lock(file, F_UNLCK, MMFI_LOCK_OFFSET, MMFI_LOCK_SIZE);
    file->locked = false;
}

/* ---- Growth and durability ---- */

#define INTERRUPTS_MAX 1000

/* What st_blocks counts in, whatever the blocks of the disk are. */
#define STAT_BLOCK_SIZE 512u

bool mmfi_file_again(int os_error, int attempt)
{
    return os_error == EINTR && attempt < INTERRUPTS_MAX;
}

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
     * they gave then is not taken back: whether what looks like a hole is one is their secret. So
     * what clearly cannot fit is not tried. Neither number says it alone: blocks may be missing
     * because data is compressed, and what is unwritten may have its blocks.
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

mmf_status mmfi_file_sync(const mmfi_file *file, mmf_error *error)
{
    int why = 0;
    /* Stores into a mapping leave the times of a file on a tmpfs as they were. A failure is no
     * harm. */
    (void)futimens(file->fd, NULL);
    for (int attempt = 0;; attempt++) {
        why = fdatasync(file->fd) == 0 ? 0 : errno;
        if (!mmfi_file_again(why, attempt))
            break;
    }
    if (why == 0)
        return MMF_OK;
    return mmfi_fail(error, why == ENOSPC || why == EDQUOT ? MMF_ERR_NO_SPACE : MMF_ERR_IO, why,
                     file->path,
                     "%s: the disk did not take the data: %s; copy the records to a new store",
                     file->path, mmfi_os_describe(why).text);
}

/* ---- Identities ---- */

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_ROOT "/proc/sys"

/* f_type; <linux/magic.h> is not everywhere. */
#define MAGIC_PROC  0x9fa0
#define MAGIC_TMPFS 0x01021994

static uint64_t boot_words[2];
static uint64_t boot_is_final; /* the words will not change any more */

static int hex_digit(char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *found = memchr(DIGITS, c, sizeof DIGITS - 1);
    return found != NULL ? (int)(found - DIGITS) : -1;
}

/* 32 hexadecimal digits with dashes between; anything else leaves the id unknown. */
static void parse_boot_id(const char *text, size_t length, uint64_t words[2])
{
    uint64_t found[2] = {0, 0};
    unsigned digits = 0;
    for (size_t i = 0; i < length && digits < 32; i++) {
        const int digit = hex_digit(text[i]);
        if (digit < 0)
            continue;
        found[digits / 16] = found[digits / 16] << 4 | (uint64_t)digit;
        digits++;
    }
    if (digits == 32)
        memcpy(words, found, sizeof found);
}

/*
 * LXC and systemd-nspawn mount a file of a tmpfs over the id, with another text at each start of a
 * container. Within one start it tells as much as the kernel's, once it is mixed with what tells
 * the file from that of any other start: no tmpfs survives a boot. Of any other file nothing is
 * known.
 */
static void judge_boot_id(int fd, uint64_t words[2])
{
    struct statfs system;
    struct stat file;
    struct stat root;
    const bool known =
        (words[0] | words[1]) != 0 && fstatfs(fd, &system) == 0 && fstat(fd, &file) == 0;
    if (known && system.f_type == MAGIC_PROC && stat(BOOT_ID_ROOT, &root) == 0 &&
        root.st_dev == file.st_dev)
        return;
    if (known && system.f_type == MAGIC_TMPFS) {
        words[0] ^= (uint64_t)file.st_dev << 32 ^ (uint64_t)file.st_ino;
        words[1] ^= (uint64_t)file.st_ctim.tv_sec << 30 ^ (uint64_t)file.st_ctim.tv_nsec;
        return;
    }
    words[0] = words[1] = 0;
}

static int open_boot_id(int *why)
{
    for (int attempt = 0;; attempt++) {
        const int fd = open(BOOT_ID_PATH, O_RDONLY | O_CLOEXEC);
        *why = fd < 0 ? errno : 0;
        if (!mmfi_file_again(*why, attempt))
            return fd;
    }
}

/* All that fits the buffer, in as many pieces as it comes: 0, or the error of the system. */
static int read_text(int fd, char *text, size_t size, size_t *length)
{
    *length = 0;
    for (int attempt = 0; *length < size;) {
        const ssize_t got = read(fd, text + *length, size - *length);
        if (got == 0)
            break;
        if (got > 0)
            *length += (size_t)got;
        else if (!mmfi_file_again(errno, attempt++))
            return errno;
    }
    return 0;
}

/* 0 with the id, or zeroes where there is none for good; or an error that may pass. */
static int read_boot_id(uint64_t words[2])
{
    char text[64];
    size_t length = 0;
    int why = 0;
    const int fd = open_boot_id(&why);
    if (fd < 0)
        return why == ENOENT || why == ENOTDIR || why == EACCES || why == EPERM ? 0 : why;
    why = read_text(fd, text, sizeof text, &length);
    if (why == 0) {
        parse_boot_id(text, length, words);
        judge_boot_id(fd, words);
    }
    (void)close(fd);
    return why;
}

/* 0, or why the id is not known yet. Threads that meet here read the same. */
static int find_boot_id(void)
{
    if (mmfi_load64_acquire(&boot_is_final) != 0)
        return 0;
    uint64_t words[2] = {0, 0};
    const int why = read_boot_id(words);
    if (why != 0)
        return why;
    mmfi_store64(&boot_words[0], words[0]);
    mmfi_store64(&boot_words[1], words[1]);
    mmfi_store64_release(&boot_is_final, 1);
    return 0;
}

mmf_status mmfi_boot_id_find(const char *path, mmf_error *error)
{
    const int why = find_boot_id();
    return why == 0 ? MMF_OK : mmfi_file_fail(error, why, path, "read " BOOT_ID_PATH);
}

void mmfi_boot_id(uint64_t out[2])
{
    (void)find_boot_id();
    out[0] = mmfi_load64(&boot_words[0]);
    out[1] = mmfi_load64(&boot_words[1]);
}

void mmfi_random(void *out, size_t size)
{
    unsigned char *to = (unsigned char *)out;
    int attempt = 0;
    for (size_t done = 0; done < size;) {
        const ssize_t got = getrandom(to + done, size - done, 0);
        if (got > 0)
            done += (size_t)got;
        else if (!mmfi_file_again(errno, attempt++))
            break;
    }
}
