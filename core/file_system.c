/* What a file asks of the kernel beyond bytes: its lock, real blocks, durability, the boot's id. */
#define _GNU_SOURCE

#include "core/file.h"

#include "core/format.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- The writer lock ---- */

static struct flock lock_of(short type)
{
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = (off_t)MMFI_LOCK_OFFSET;
    lock.l_len = 1;
    return lock;
}

mmf_status mmfi_file_lock(mmfi_file *file, mmf_error *error)
{
    struct flock lock = lock_of(F_WRLCK);
    if (fcntl(file->fd, F_OFD_SETLK, &lock) == 0) {
        file->locked = true;
        file->lock_pid = getpid();
        return MMF_OK;
    }
    const int why = errno;
    if (why == EAGAIN || why == EACCES)
        return mmfi_fail(error, MMF_ERR_LOCKED, why, file->path,
                         "%s: another writer has the file open; close it there first, or open it "
                         "read-only",
                         file->path);
    return mmfi_fail(error, MMF_ERR_UNSUPPORTED, why, file->path,
                     "%s: the file system gives no lock (%s); put the store on a local disk",
                     file->path, mmfi_os_describe(why).text);
}

bool mmfi_file_is_locked(const mmfi_file *file)
{
    struct flock lock = lock_of(F_WRLCK);
    return fcntl(file->fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void mmfi_file_unlock(mmfi_file *file)
{
    /* A child shares the parent's lock, and must not end it. */
    if (!file->locked || file->lock_pid != getpid())
        return;
    struct flock lock = lock_of(F_UNLCK);
    (void)fcntl(file->fd, F_OFD_SETLK, &lock);
    file->locked = false;
}

/* ---- Growth and durability ---- */

/* A signal handler may interrupt a call, and not for ever. */
#define INTERRUPTS_MAX 1000

static bool again(int os_error, int attempt)
{
    return os_error == EINTR && attempt < INTERRUPTS_MAX;
}

static mmf_status fail_full(const mmfi_file *file, int why, uint64_t size, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_NO_SPACE, why, file->path,
                     "%s: no room to grow to %" PRIu64 " bytes: %s; free space or raise the quota, "
                     "and try again: nothing was lost",
                     file->path, size, mmfi_os_describe(why).text);
}

mmf_status mmfi_file_grow(const mmfi_file *file, uint64_t size, mmf_error *error)
{
    uint64_t now = 0;
    const mmf_status status = mmfi_file_size(file, &now, error);
    if (status != MMF_OK || now >= size)
        return status;
    /* Beyond this limit the kernel does not only refuse: it kills by SIGXFSZ. */
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        size > (uint64_t)limit.rlim_cur)
        return mmfi_fail(error, MMF_ERR_NO_SPACE, EFBIG, file->path,
                         "%s: the limit on file sizes is %" PRIu64 " bytes, %" PRIu64
                         " are needed; raise it (ulimit -f)",
                         file->path, (uint64_t)limit.rlim_cur, size);
    int why = 0;
    for (int attempt = 0;; attempt++) {
        why = posix_fallocate(file->fd, (off_t)now, (off_t)(size - now));
        if (!again(why, attempt))
            break;
    }
    if (why == 0)
        return MMF_OK;
    /* Some file systems keep what they gave before they ran out. The first error is the answer. */
    (void)!ftruncate(file->fd, (off_t)now);
    if (why == ENOSPC || why == EDQUOT || why == EFBIG)
        return fail_full(file, why, size, error);
    return mmfi_fail(error, why == EOPNOTSUPP || why == EINVAL ? MMF_ERR_UNSUPPORTED : MMF_ERR_IO,
                     why, file->path, "%s: cannot give the file %" PRIu64 " bytes: %s", file->path,
                     size, mmfi_os_describe(why).text);
}

mmf_status mmfi_file_sync(const mmfi_file *file, mmf_error *error)
{
    int why = 0;
    for (int attempt = 0;; attempt++) {
        why = fdatasync(file->fd) == 0 ? 0 : errno;
        if (!again(why, attempt))
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

static uint64_t boot_words[2];
static pthread_once_t boot_once = PTHREAD_ONCE_INIT;

static int hex_digit(char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(DIGITS, c) : NULL;
    return found != NULL ? (int)(found - DIGITS) : -1;
}

/* 32 hexadecimal digits with dashes between; anything else leaves the id unknown. */
static void read_boot_id(void)
{
    char text[64] = "";
    const int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    const ssize_t length = read(fd, text, sizeof text - 1);
    (void)close(fd);
    uint64_t words[2] = {0, 0};
    unsigned digits = 0;
    for (ssize_t i = 0; i < length && digits < 32; i++) {
        const int digit = hex_digit(text[i]);
        if (digit < 0)
            continue;
        words[digits / 16] = words[digits / 16] << 4 | (uint64_t)digit;
        digits++;
    }
    if (digits == 32)
        memcpy(boot_words, words, sizeof boot_words);
}

void mmfi_boot_id(uint64_t out[2])
{
    (void)pthread_once(&boot_once, read_boot_id);
    memcpy(out, boot_words, sizeof boot_words);
}

void mmfi_random(void *out, size_t size)
{
    unsigned char *to = (unsigned char *)out;
    for (size_t done = 0; done < size;) {
        const ssize_t got = getrandom(to + done, size - done, 0);
        if (got > 0)
            done += (size_t)got;
        else if (errno != EINTR)
            break;
    }
}
