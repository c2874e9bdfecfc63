/* Opening, creating, naming and closing files, and moving bytes. */
#define _GNU_SOURCE

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PERMISSIONS_DEFAULT 0666u
#define OPEN_FLAGS          (O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static mmf_status fail_io(mmf_error *error, int os_error, const char *path, const char *what)
{
    const bool full = os_error == ENOSPC || os_error == EDQUOT;
    const bool memory = os_error == ENOMEM;
    return mmfi_fail(
        error,
        full     ? MMF_ERR_NO_SPACE
        : memory ? MMF_ERR_NO_MEMORY
                 : MMF_ERR_IO,
        os_error, path, "%s: cannot %s: %s; %s", path, what, mmfi_os_describe(os_error).text,
        full ? "free space on the disk and try again" : "check the disk and the permissions");
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
    return fail_io(error, why, path, "open the file");
}

static mmf_status fail_kind(const char *path, mode_t mode, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_FORMAT, 0, path,
                     "%s: is a %s, expected a regular file; give the path of a store", path,
                     S_ISDIR(mode)    ? "directory"
                     : S_ISFIFO(mode) ? "pipe"
                     : S_ISSOCK(mode) ? "socket"
                                      : "device");
}

static mmf_status check_path(const char *path, mmf_error *error)
{
    if (path != NULL && path[0] != '\0')
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "the path is %s; give that of a store",
                     path == NULL ? "NULL" : "empty");
}

mmf_status mmfi_file_open(const char *path, bool writable, mmfi_file *out, mmf_error *error)
{
    *out = MMFI_FILE_NONE;
    const mmf_status status = check_path(path, error);
    if (status != MMF_OK)
        return status;
    const int fd = open(path, OPEN_FLAGS | (writable ? O_RDWR : O_RDONLY));
    if (fd < 0)
        return fail_open(path, writable, errno, error);
    struct stat info;
    if (fstat(fd, &info) != 0) {
        const int why = errno;
        (void)close(fd);
        return fail_io(error, why, path, "find the kind of the file");
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

/* ---- Creating ---- */

static mmf_status fail_exists(const char *path, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_EXISTS, EEXIST, path,
                     "%s: exists already; open it, remove it, or choose another path", path);
}

/* A name in the same directory, which nobody takes for a store. */
static char *temporary_name(const char *path)
{
    static const char PATTERN[] = "%s.%016" PRIx64 ".new";
    uint64_t random = 0;
    mmfi_random(&random, sizeof random);
    const size_t size = strlen(path) + sizeof PATTERN + 16;
    char *name = malloc(size);
    if (name != NULL)
        (void)snprintf(name, size, PATTERN, path, random);
    return name;
}

mmf_status mmfi_file_create(const char *path, unsigned permissions, mmfi_file *out,
                            mmf_error *error)
{
    *out = MMFI_FILE_NONE;
    const mmf_status status = check_path(path, error);
    if (status != MMF_OK)
        return status;
    struct stat info;
    if (lstat(path, &info) == 0)
        return fail_exists(path, error);
    out->path = strdup(path);
    out->temporary = temporary_name(path);
    if (out->path == NULL || out->temporary == NULL) {
        free(out->path);
        free(out->temporary);
        *out = MMFI_FILE_NONE;
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, ENOMEM, path, "%s: no memory for the path",
                         path);
    }
    out->fd = open(out->temporary, OPEN_FLAGS | O_RDWR | O_CREAT | O_EXCL,
                   (mode_t)(permissions != 0 ? permissions : PERMISSIONS_DEFAULT));
    if (out->fd < 0) {
        const int why = errno;
        free(out->path);
        free(out->temporary);
        *out = MMFI_FILE_NONE;
        return fail_open(path, true, why, error);
    }
    out->writable = true;
    out->lock_pid = getpid(); /* a forked child must not remove the file either */
    return MMF_OK;
}

/* The name is as durable as the directory that holds it. */
static void sync_directory(const char *path)
{
    char *directory = strdup(path);
    if (directory == NULL)
        return;
    char *slash = strrchr(directory, '/');
    if (slash != NULL)
        slash[slash == directory ? 1 : 0] = '\0';
    const int fd = open(slash != NULL ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        /* Some file systems cannot; the file itself is synced all the same. */
        (void)fsync(fd);
        (void)close(fd);
    }
    free(directory);
}

mmf_status mmfi_file_name(mmfi_file *file, mmf_error *error)
{
    int failed = renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_NOREPLACE);
    if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
        failed = link(file->temporary, file->path);
        if (failed == 0)
            (void)unlink(file->temporary);
    }
    if (failed != 0)
        return errno == EEXIST ? fail_exists(file->path, error)
                               : fail_io(error, errno, file->path, "name the file");
    free(file->temporary);
    file->temporary = NULL;
    sync_directory(file->path);
    return MMF_OK;
}

/* ---- Bytes ---- */

mmf_status mmfi_file_size(const mmfi_file *file, uint64_t *out, mmf_error *error)
{
    struct stat info;
    *out = 0;
    if (fstat(file->fd, &info) != 0)
        return fail_io(error, errno, file->path, "find the size of the file");
    *out = (uint64_t)info.st_size;
    return MMF_OK;
}

mmf_status mmfi_file_read(const mmfi_file *file, uint64_t offset, void *buffer, size_t size,
                          mmf_error *error)
{
    for (size_t done = 0; done < size;) {
        const ssize_t got =
            pread(file->fd, (char *)buffer + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_io(error, errno, file->path, "read the file");
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
    for (size_t done = 0; done < size;) {
        const ssize_t put =
            pwrite(file->fd, (const char *)buffer + done, size - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return fail_io(error, put < 0 ? errno : EIO, file->path, "write the file");
        done += (size_t)put;
    }
    return MMF_OK;
}

void mmfi_file_close(mmfi_file *file)
{
    mmfi_file_unlock(file);
    if (file->temporary != NULL && file->fd >= 0 && file->lock_pid == getpid())
        (void)unlink(file->temporary);
    if (file->fd >= 0)
        (void)close(file->fd);
    free(file->temporary);
    free(file->path);
    *file = MMFI_FILE_NONE;
}
