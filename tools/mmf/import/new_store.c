#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* renameat2 and getrandom */
#endif

#include "new_store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Signals ---- */

static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};

#define SIGNAL_COUNT (sizeof SIGNALS / sizeof SIGNALS[0])

/* Read by the handler. */
static char *volatile to_remove;

static void remove_and_end(int number)
{
    const char *path = to_remove;
    if (path != NULL)
        (void)unlink(path);
    (void)signal(number, SIG_DFL);
    (void)raise(number); /* it is pending until this returns */
}

static void block_signals(sigset_t *before)
{
    sigset_t ours;
    (void)sigemptyset(&ours);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        (void)sigaddset(&ours, SIGNALS[i]);
    (void)sigprocmask(SIG_BLOCK, &ours, before);
}

/* The file that a signal removes; NULL for none. The signals are blocked. */
static void set_to_remove(char *path)
{
    to_remove = path;
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        struct sigaction now;
        /* What a caller such as nohup ignores stays ignored. */
        if (sigaction(SIGNALS[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN) {
            memset(&now, 0, sizeof now);
            now.sa_handler = path != NULL ? remove_and_end : SIG_DFL;
            (void)sigaction(SIGNALS[i], &now, NULL);
        }
    }
}

static void release(new_store *to)
{
    sigset_t before;
    block_signals(&before);
    set_to_remove(NULL);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    free(to->temporary);
    to->temporary = NULL;
}

/* ---- Names ---- */

#define KEPT_MAX 64 /* bytes of the name in the temporary one, which may be as long as any */

static char *temporary_name(const char *path)
{
    uint64_t random = (uint64_t)getpid();
    (void)!getrandom(&random, sizeof random, GRND_NONBLOCK);
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const size_t size = strlen(path) + 32;
    char *out = (char *)malloc(size);
    int kept = (int)strlen(name);
    if (kept > KEPT_MAX) {
        kept = KEPT_MAX;
        while (kept > 0 && ((unsigned char)name[kept] & 0xc0) == 0x80) /* no part of a character */
            kept--;
    }
    if (out != NULL)
        (void)snprintf(out, size, "%.*s%.*s.%016" PRIx64 ".new", (int)(name - path), path, kept,
                       name, random);
    return out;
}

static mmf_status fail_exists(const char *path, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_EXISTS, EEXIST, path,
                     "%s: exists already; remove it, choose another path, or give --replace", path);
}

/* True when something other than a regular file is there, which a rename would replace. */
static mmf_status check_place(const char *path, bool replace, mmf_error *error)
{
    struct stat about;
    if (lstat(path, &about) != 0)
        return MMF_OK;
    if (!replace)
        return fail_exists(path, error);
    if (S_ISREG(about.st_mode))
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_EXISTS, EEXIST, path,
                     "%s: exists and is not a regular file; choose another path", path);
}

/* 0 or an errno. */
static int name_without_replacing(const char *from, const char *to)
{
    /* By number, for C libraries without a function for it; 1 is RENAME_NOREPLACE. */
    if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1u) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (link(from, to) != 0)
        return errno;
    (void)unlink(from);
    return 0;
}

/* A name is as durable as its directory; where that cannot be synced, it is not said to be. */
static void sync_directory(const char *path)
{
    char *directory = strdup(path);
    if (directory == NULL)
        return;
    char *slash = strrchr(directory, '/');
    if (slash != NULL)
        slash[1] = '\0';
    const int fd = open(slash != NULL ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    free(directory);
}

/* ---- Calls ---- */

mmf_status new_store_begin(new_store *to, const char *path, const mmf_options *options,
                           const mmf_schema *schema, bool replace, mmf_error *error)
{
    memset(to, 0, sizeof *to);
    to->path = path;
    mmf_status status = check_place(path, replace, error);
    if (status != MMF_OK)
        return status;
    to->temporary = temporary_name(path);
    if (to->temporary == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, ENOMEM, path, "%s: no memory for the path",
                         path);
    /* While it is created it has yet another name. */
    sigset_t before;
    block_signals(&before);
    set_to_remove(to->temporary);
    status = mmf_store_create(to->temporary, options, schema, &to->store, error);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    if (status != MMF_OK)
        release(to);
    return status;
}

void new_store_abandon(new_store *to)
{
    if (to->temporary == NULL)
        return;
    (void)unlink(to->temporary); /* before the close, which need not sync it then */
    (void)mmf_store_close(to->store);
    to->store = NULL;
    release(to);
}

mmf_status new_store_finish(new_store *to, bool replace, mmf_error *error)
{
    mmf_status status = mmf_store_sync(to->store, error);
    if (status == MMF_OK) {
        status = mmf_store_close(to->store);
        to->store = NULL;
        if (status != MMF_OK)
            (void)mmfi_fail(error, status, 0, to->path, "%s: cannot be closed: %s", to->path,
                            mmf_status_text(status));
    }
    if (status == MMF_OK) {
        const int why = !replace ? name_without_replacing(to->temporary, to->path)
                        : rename(to->temporary, to->path) != 0 ? errno
                                                               : 0;
        if (why == EEXIST)
            status = fail_exists(to->path, error);
        else if (why != 0)
            status = mmfi_fail(error, MMF_ERR_IO, why, to->path, "%s: cannot be named: %s",
                               to->path, mmfi_os_describe(why).text);
    }
    if (status != MMF_OK) {
        new_store_abandon(to);
        return status;
    }
    release(to);
    sync_directory(to->path);
    return MMF_OK;
}
