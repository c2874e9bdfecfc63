/* Locks of a file: open file description (OFD) locks on single bytes. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "lock.h"
#include "system_call.h"

#include "mmapforge/detail/format.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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

/* 0 or an errno: EAGAIN when another open file has the lock. */
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

mmf_status mmfi_file_lock_out(const mmfi_file *file, mmf_error *error)
{
    if (set_lock(file, F_RDLCK, MMFI_LOCK_OFFSET, MMFI_LOCK_SIZE) != EAGAIN)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_LOCKED, EAGAIN, file->path,
                     "%s: a writer has the file open; close it there first", file->path);
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
