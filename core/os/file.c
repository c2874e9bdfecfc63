/* Opening and closing files, and moving bytes. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "file.h"
#include "lock.h"
#include "system_call.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- Descriptors ---- */

/* Those below belong to the standard streams, open or not. */
#define DESCRIPTOR_MIN 3

/* The same open file under a descriptor that no standard stream has; -1 with errno. */
static int keep_descriptor(int fd)
{
    if (fd < 0 || fd >= DESCRIPTOR_MIN)
        return fd;
    const int kept = fcntl(fd, F_DUPFD_CLOEXEC, DESCRIPTOR_MIN);
    /* EINVAL: the limit on descriptors is not above DESCRIPTOR_MIN. */
    const int why = errno == EINVAL ? EMFILE : errno;
    (void)close(fd);
    errno = why;
    return kept;
}

#define BACK_OFF_MS_MAX 50

/* Sleeps longer at each attempt, up to BACK_OFF_MS_MAX; returns the milliseconds that it meant to.
 */
static int back_off(int attempt)
{
    const int ms = attempt < 5 ? 1 << attempt : BACK_OFF_MS_MAX;
    const struct timespec pause = {0, ms * 1000000L};
    (void)nanosleep(&pause, NULL);
    return ms;
}

int mmfi_open_kept(const char *path, int flags, mode_t permissions)
{
    int interrupts = 0;
    int sleeps = 0;
    for (int waited_ms = 0;;) {
        const int fd = open(path, flags, permissions);
        if (fd >= 0)
            return keep_descriptor(fd);
        if (mmfi_file_again(errno, interrupts))
            interrupts++;
        else if (errno == EAGAIN && waited_ms < MMFI_LEASE_WAIT_MS)
            waited_ms += back_off(sleeps++);
        else
            return -1;
    }
}

/* ---- Opening ---- */

static mmf_status fail_open(const char *path, bool writable, int why, mmf_error *error)
{
    if (why == ENOENT || why == ENOTDIR)
        return mmfi_fail(error, MMF_ERR_NOT_FOUND, why, path,
                         "%s: no such file; check the path, or create the store", path);
    if (why == EISDIR)
        return mmfi_fail(error, MMF_ERR_FORMAT, why, path,
                         "%s: is a directory, expected a file; give the path of a store", path);
    if (why == ENXIO || why == ENODEV)
        return mmfi_fail(error, MMF_ERR_FORMAT, why, path,
                         "%s: is not a regular file; give the path of a store", path);
    if (writable && (why == EACCES || why == EROFS || why == EPERM || why == ETXTBSY))
        return mmfi_fail(error, MMF_ERR_READ_ONLY, why, path,
                         "%s: cannot be opened for writing: %s; open it read-only, or change its "
                         "permissions",
                         path, mmfi_os_describe(why).text);
    if (why == EACCES || why == EPERM)
        return mmfi_fail(error, MMF_ERR_IO, why, path,
                         "%s: cannot be opened for reading: %s; change the permissions of the "
                         "file or of the directories above it",
                         path, mmfi_os_describe(why).text);
    if (why == EAGAIN)
        return mmfi_fail(error, MMF_ERR_IO, why, path,
                         "%s: another process holds a lease on the file, as Samba and the NFS "
                         "server do, and did not give it back within %d seconds; close the file "
                         "there (/proc/locks has the process), or try again",
                         path, MMFI_LEASE_WAIT_MS / 1000);
    return mmfi_file_fail(error, why, path, "open the file");
}

/* What can be opened and is not a regular file; a socket cannot be opened. */
static mmf_status fail_kind(const char *path, mode_t mode, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_FORMAT, 0, path,
                     "%s: is a %s, expected a regular file; give the path of a store", path,
                     S_ISDIR(mode)    ? "directory"
                     : S_ISFIFO(mode) ? "pipe"
                                      : "device");
}

mmf_status mmfi_file_open(const char *path, bool writable, mmfi_file *out, mmf_error *error)
{
    *out = MMFI_FILE_NONE;
    const mmf_status status = mmfi_file_check_path(path, error);
    if (status != MMF_OK)
        return status;
    const int fd = mmfi_open_kept(path, MMFI_OPEN_FLAGS | (writable ? O_RDWR : O_RDONLY), 0);
    if (fd < 0)
        return fail_open(path, writable, errno, error);
    struct stat info;
    if (fstat(fd, &info) != 0) {
        const int why = errno;
        (void)close(fd);
        return mmfi_file_fail(error, why, path, "find the kind of the file");
    }
    if (!S_ISREG(info.st_mode)) {
        (void)close(fd);
        return fail_kind(path, info.st_mode, error);
    }
    out->path = strdup(path);
    if (out->path == NULL) {
        (void)close(fd);
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, ENOMEM, path, "%s: no memory for the path",
                         path);
    }
    out->fd = fd;
    out->writable = writable;
    return MMF_OK;
}

/* The descriptor of that path if it is the same file as the other one; else -1. */
static int open_same(const char *path, const mmfi_file *file, bool writable)
{
    struct stat first;
    struct stat second;
    const int fd = open(path, MMFI_OPEN_FLAGS | (writable ? O_RDWR : O_RDONLY));
    if (fd >= 0 && fstat(fd, &second) == 0 && fstat(file->fd, &first) == 0 &&
        first.st_dev == second.st_dev && first.st_ino == second.st_ino)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int reopen(const mmfi_file *file, bool writable)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file->fd);
    const int fd = open_same(path, file, writable);
    if (fd >= 0)
        return fd;
    return open_same(file->temporary != NULL ? file->temporary : file->path, file, writable);
}

int mmfi_file_reopen(const mmfi_file *file)
{
    return reopen(file, file->writable);
}

int mmfi_file_reopen_to_write(const mmfi_file *file)
{
    return reopen(file, true);
}

/* ---- Bytes ---- */

mmf_status mmfi_file_identity(const mmfi_file *file, uint64_t *device, uint64_t *inode,
                              mmf_error *error)
{
    struct stat info;
    if (fstat(file->fd, &info) != 0)
        return mmfi_file_fail(error, errno, file->path, "find the identity of the file");
    *device = (uint64_t)info.st_dev;
    *inode = (uint64_t)info.st_ino;
    return MMF_OK;
}

mmf_status mmfi_file_size(const mmfi_file *file, uint64_t *out, mmf_error *error)
{
    struct stat info;
    *out = 0;
    if (fstat(file->fd, &info) != 0)
        return mmfi_file_fail(error, errno, file->path, "find the size of the file");
    *out = (uint64_t)info.st_size;
    return MMF_OK;
}

mmf_status mmfi_file_read(const mmfi_file *file, uint64_t offset, void *buffer, size_t size,
                          mmf_error *error)
{
    int attempt = 0;
    for (size_t done = 0; done < size;) {
        const ssize_t got =
            pread(file->fd, (char *)buffer + done, size - done, (off_t)(offset + done));
        if (got < 0 && mmfi_file_again(errno, attempt++))
            continue;
        if (got < 0)
            return mmfi_file_fail(error, errno, file->path, "read the file");
        if (got == 0)
            return mmfi_fail(error, MMF_ERR_CORRUPT, 0, file->path,
                             "%s: the file ends at byte %" PRIu64
                             ", expected %zu bytes from %" PRIu64 " on; restore it from a copy",
                             file->path, offset + done, size, offset);
        done += (size_t)got;
    }
    return MMF_OK;
}

mmf_status mmfi_file_write(const mmfi_file *file, uint64_t offset, const void *buffer, size_t size,
                           mmf_error *error)
{
    int attempt = 0;
    for (size_t done = 0; done < size;) {
        const ssize_t put =
            pwrite(file->fd, (const char *)buffer + done, size - done, (off_t)(offset + done));
        if (put < 0 && mmfi_file_again(errno, attempt++))
            continue;
        if (put <= 0)
            return mmfi_file_fail(error, put < 0 ? errno : EIO, file->path, "write the file");
        done += (size_t)put;
    }
    return MMF_OK;
}

void mmfi_file_close(mmfi_file *file)
{
    mmfi_file_unlock(file);
    if (file->temporary != NULL && file->lock_pid == getpid())
        (void)unlink(file->temporary);
    if (file->fd >= 0)
        (void)close(file->fd);
    free(file->temporary);
    free(file->path);
    *file = MMFI_FILE_NONE;
}
