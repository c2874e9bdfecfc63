/* Creating files under a temporary name, and giving them their own. */
#define _GNU_SOURCE

#include "file_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PERMISSIONS_DEFAULT 0666u

static mmf_status fail_exists(const char *path, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_EXISTS, EEXIST, path,
                     "%s: exists already; open it, remove it, or choose another path", path);
}

static mmf_status fail_create(const char *path, int why, mmf_error *error)
{
    if (why == ENOENT || why == ENOTDIR)
        return mmfi_fail(error, MMF_ERR_NOT_FOUND, why, path,
                         "%s: cannot be created: there is no such directory; check the path, or "
                         "make the directory",
                         path);
    if (why == EACCES || why == EROFS || why == EPERM)
        return mmfi_fail(error, MMF_ERR_READ_ONLY, why, path,
                         "%s: cannot be created: %s; choose another directory, or change its "
                         "permissions",
                         path, mmfi_os_describe(why).text);
    return mmfi_file_fail(error, why, path, "create the file");
}

/* A umask may leave a file that its owner could not open again, and that would have to be found
 * out. */
static mmf_status check_readable(mmfi_file *file, mmf_error *error)
{
    struct stat info;
    if (fstat(file->fd, &info) != 0)
        return mmfi_file_fail(error, errno, file->path, "look at the new file");
    if ((info.st_mode & S_IRUSR) != 0)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, file->path,
                     "%s: would be made with permissions %03o, so that its owner could not open it "
                     "again; change the umask or options.permissions to have at least 0400",
                     file->path, (unsigned)info.st_mode & 0777u);
}

/* The bytes of path that name its directory, the last '/' included; 0 for the current one. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* So much of a name is kept in its temporary one, which fits wherever the name itself does. */
#define RECOGNISABLE_MAX 64u

static size_t recognisable_length(const char *name)
{
    size_t length = strlen(name);
    if (length <= RECOGNISABLE_MAX)
        return length;
    length = RECOGNISABLE_MAX;
    /* Some file systems refuse half a character of UTF-8. */
    while (length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80)
        length--;
    return length;
}

/* A name in the same directory, which nobody takes for a store. */
static char *temporary_name(const char *path)
{
    static const char PATTERN[] = "%.*s.%016" PRIx64 ".new";
    uint64_t random = 0;
    mmfi_random(&random, sizeof random);
    const size_t directory = directory_length(path);
    const size_t kept = directory + recognisable_length(path + directory);
    const size_t size = kept + sizeof PATTERN + 16;
    char *name = malloc(size);
    if (name != NULL)
        (void)snprintf(name, size, PATTERN, (int)kept, path, random);
    return name;
}

static mmf_status check_free(const char *path, mmf_error *error)
{
    struct stat info;
    if (lstat(path, &info) == 0)
        return fail_exists(path, error);
    return errno == ENOENT ? MMF_OK : fail_create(path, errno, error);
}

mmf_status mmfi_file_create(const char *path, unsigned permissions, mmfi_file *out,
                            mmf_error *error)
{
    *out = MMFI_FILE_NONE;
    mmf_status status = mmfi_file_check_path(path, error);
    if (status == MMF_OK)
        status = check_free(path, error);
    if (status != MMF_OK)
        return status;
    out->path = strdup(path);
    out->temporary = temporary_name(path);
    if (out->path == NULL || out->temporary == NULL) {
        free(out->path);
        free(out->temporary);
        *out = MMFI_FILE_NONE;
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, ENOMEM, path, "%s: no memory for the path",
                         path);
    }
    out->fd = mmfi_open_kept(out->temporary, MMFI_OPEN_FLAGS | O_RDWR | O_CREAT | O_EXCL,
                             (mode_t)(permissions != 0 ? permissions : PERMISSIONS_DEFAULT));
    if (out->fd < 0) {
        const int why = errno;
        free(out->path);
        free(out->temporary);
        *out = MMFI_FILE_NONE;
        return fail_create(path, why, error);
    }
    out->writable = true;
    out->lock_pid = getpid(); /* a forked child must not remove the file either */
    status = check_readable(out, error);
    if (status != MMF_OK)
        mmfi_file_close(out);
    return status;
}

/* ---- Naming ---- */

static mmf_status move_to_name(mmfi_file *file, mmf_error *error)
{
    int failed = renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_NOREPLACE);
    if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
        failed = link(file->temporary, file->path);
        if (failed == 0)
            (void)unlink(file->temporary);
    }
    if (failed == 0)
        return MMF_OK;
    return errno == EEXIST ? fail_exists(file->path, error)
                           : mmfi_file_fail(error, errno, file->path, "name the file");
}

/* The directory's descriptor, or -1: one may write to a directory that one must not read. */
static int open_directory(const char *path)
{
    const size_t length = directory_length(path);
    char *directory = length != 0 ? strndup(path, length) : strdup(".");
    const int fd = directory != NULL ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(directory);
    return fd;
}

/* A name is as durable as its directory. Where that cannot be synced alone, all is. */
static mmf_status sync_name(const mmfi_file *file, int directory, mmf_error *error)
{
    int why = 0;
    for (int attempt = 0;; attempt++) {
        const int failed = directory >= 0 ? fsync(directory) : syncfs(file->fd);
        why = failed != 0 ? errno : 0;
        if (!mmfi_file_again(why, attempt))
            break;
    }
    /* Three ways to say that this file system syncs no directories, which is no failure. */
    if (why == 0 || why == EINVAL || why == EBADF || why == EROFS)
        return MMF_OK;
    return mmfi_file_fail(error, why, file->path, "make the new name durable");
}

mmf_status mmfi_file_name(mmfi_file *file, mmf_error *error)
{
    const int directory = open_directory(file->path);
    mmf_status status = move_to_name(file, error);
    if (status == MMF_OK) {
        free(file->temporary);
        file->temporary = NULL;
        status = sync_name(file, directory, error);
        if (status != MMF_OK)
            (void)unlink(file->path);
    }
    if (directory >= 0)
        (void)close(directory);
    return status;
}
