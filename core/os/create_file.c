/* Creating files under a temporary name, and giving them their own. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "create_file.h"
#include "lock.h"
#include "random.h"
#include "sync_file.h"
#include "system_call.h"

#include "mmapforge/detail/format.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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
        return mmfi_file_fail(error, errno, file->path, "examine the new file");
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

/* The part of a temporary name after the start of the file's own name. */
#define TEMPORARY_DIGITS 16u
#define TEMPORARY_END    ".new"

/* A name in the same directory that cannot be mistaken for that of a store. */
static char *temporary_name(const char *path)
{
    static const char PATTERN[] = "%.*s.%016" PRIx64 TEMPORARY_END;
    uint64_t random = 0;
    mmfi_random(&random, sizeof random);
    const size_t directory = directory_length(path);
    const size_t kept = directory + recognisable_length(path + directory);
    const size_t size = kept + sizeof PATTERN + TEMPORARY_DIGITS;
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

/* Another process may take a file that is not locked yet for abandoned, and remove it. */
#define ATTEMPTS_MAX 100

/* Makes the file; false when it has to be tried under another name. */
static bool make_temporary(mmfi_file *file, mode_t permissions, mmf_status *status,
                           mmf_error *error)
{
    file->fd =
        mmfi_open_kept(file->temporary, MMFI_OPEN_FLAGS | O_RDWR | O_CREAT | O_EXCL, permissions);
    if (file->fd < 0) {
        const int why = errno;
        *status = fail_create(file->path, why, error);
        return why != EEXIST;
    }
    struct stat info;
    *status = mmfi_file_lock_join(file, error);
    if (*status == MMF_OK && (fstat(file->fd, &info) != 0 || info.st_nlink != 0))
        return true;
    const bool again = *status == MMF_OK || *status == MMF_ERR_LOCKED;
    if (*status == MMF_OK)
        *status = mmfi_fail(error, MMF_ERR_LOCKED, 0, file->path,
                            "%s: another process keeps removing the file before it has its name; "
                            "try again",
                            file->path);
    (void)unlink(file->temporary);
    (void)close(file->fd);
    file->fd = -1;
    return !again;
}

mmf_status mmfi_file_create(const char *path, unsigned permissions, mmfi_file *out,
                            mmf_error *error)
{
    const mode_t mode = (mode_t)(permissions != 0 ? permissions : PERMISSIONS_DEFAULT);
    *out = MMFI_FILE_NONE;
    mmf_status status = mmfi_file_check_path(path, error);
    if (status == MMF_OK)
        status = check_free(path, error);
    if (status != MMF_OK)
        return status;
    out->path = strdup(path);
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        free(out->temporary);
        out->temporary = out->path != NULL ? temporary_name(path) : NULL;
        if (out->temporary == NULL) {
            status = mmfi_fail(error, MMF_ERR_NO_MEMORY, ENOMEM, path, "%s: no memory for the path",
                               path);
            break;
        }
        if (make_temporary(out, mode, &status, error))
            break;
    }
    if (status != MMF_OK) {
        free(out->path);
        free(out->temporary);
        *out = MMFI_FILE_NONE;
        return status;
    }
    mmfi_error_clear(error); /* an attempt may have left its message */
    out->writable = true;
    out->lock_pid = getpid(); /* a forked child must not remove the file either */
    status = check_readable(out, error);
    if (status != MMF_OK)
        mmfi_file_close(out);
    return status;
}

/* ---- What killed creators left ---- */

static bool is_temporary_name(const char *name)
{
    const size_t end = sizeof TEMPORARY_END - 1;
    const size_t length = strlen(name);
    if (length < 2 + TEMPORARY_DIGITS + end)
        return false;
    const char *digits = name + length - end - TEMPORARY_DIGITS;
    return digits[-1] == '.' && strspn(digits, "0123456789abcdef") == TEMPORARY_DIGITS &&
           strcmp(digits + TEMPORARY_DIGITS, TEMPORARY_END) == 0;
}

/* The name still leads to that open file. */
static bool leads_to(const char *path, int fd)
{
    struct stat named;
    struct stat opened;
    return lstat(path, &named) == 0 && fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

static void remove_if_abandoned(char *path, bool (*is_unused)(const mmfi_file *file))
{
    mmfi_file file = MMFI_FILE_NONE;
    file.fd = open(path, MMFI_OPEN_FLAGS | O_NOFOLLOW | O_RDWR);
    if (file.fd < 0)
        return;
    file.path = path;
    /*
     * With all the locks no creator has it, and none that has yet to take its own goes on with it:
     * make_temporary. They are held until the name is gone.
     */
    if (mmfi_file_lock_all(&file) && is_unused(&file) && leads_to(path, file.fd))
        (void)unlink(path);
    (void)close(file.fd);
}

void mmfi_file_remove_abandoned(const char *path, bool (*is_unused)(const mmfi_file *file))
{
    const size_t length = directory_length(path);
    char *directory = length != 0 ? strndup(path, length) : strdup("./");
    DIR *listing = directory != NULL ? opendir(directory) : NULL;
    const struct dirent *entry = NULL;
    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        if (!is_temporary_name(entry->d_name))
            continue;
        const size_t size = strlen(directory) + strlen(entry->d_name) + 1;
        char *found = malloc(size);
        if (found == NULL)
            break;
        (void)snprintf(found, size, "%s%s", directory, entry->d_name);
        remove_if_abandoned(found, is_unused);
        free(found);
    }
    if (listing != NULL)
        (void)closedir(listing);
    free(directory);
}

/* ---- Naming ---- */

static bool cannot_link(int os_error)
{
    return os_error == EINVAL || os_error == ENOSYS || os_error == EOPNOTSUPP || os_error == EPERM;
}

/*
 * By a second name and the removal of the first. Whether both lead to one inode in the kernel
 * cannot be told: bindfs reports one number for two of them. So it is taken for granted that they
 * do not.
 */
static int link_to_name(mmfi_file *file)
{
    if (link(file->temporary, file->path) != 0)
        return errno;
    (void)unlink(file->temporary);
    file->moved = true;
    return 0;
}

#define NO_REPLACE 1u /* RENAME_NOREPLACE */

static int rename_new(const char *from, const char *to)
{
#if defined(__GLIBC__)
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, NO_REPLACE);
#else
    /* Not every C library has a function for it. */
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, NO_REPLACE);
#endif
}

static mmf_status move_to_name(mmfi_file *file, mmf_error *error)
{
    int why = 0;
    if (rename_new(file->temporary, file->path) != 0)
        why = errno;
    const bool links = why == EINVAL || why == ENOSYS;
    if (links)
        why = link_to_name(file);
    if (why == 0)
        return MMF_OK;
    if (why == EEXIST)
        return fail_exists(file->path, error);
    if (links && cannot_link(why))
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, why, file->path,
                         "%s: the file system cannot name a file without replacing one that may "
                         "be there: it has neither RENAME_NOREPLACE nor hard links (%s); create "
                         "the store on another file system, and copy it here when it is closed",
                         file->path, mmfi_os_describe(why).text);
    return mmfi_file_fail(error, why, file->path, "name the file");
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
    /* Three ways to say that this file system does not sync directories: not a failure. */
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
        mmfi_file_unlock_join(file);
    }
    if (directory >= 0)
        (void)close(directory);
    return status;
}

void mmfi_file_remove(const char *path)
{
    (void)unlink(path);
}
