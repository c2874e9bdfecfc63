/*
 * Blocks of a file's own. A store into a mapping needs the disk to have room at that moment, and is
 * SIGBUS when it has none, where the file system does not write to the block that is there: to a
 * block that a copy or a snapshot shares (XFS, btrfs), and on btrfs to any block at all.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "file.h"
#include "space.h"
#include "system_call.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/vfs.h>

/* Of Linux 5.14: the faults that stores would cause, with an error in place of a signal. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static bool is_on_btrfs(int fd)
{
    struct statfs disk;
    return fstatfs(fd, &disk) == 0 && disk.f_type == BTRFS_SUPER_MAGIC;
}

/* The attributes that chattr sets; false where there are none. */
static bool get_attributes(int fd, unsigned *attributes)
{
    /* The kernel takes a pointer to an int, whatever the number of the request says. */
    return ioctl(fd, FS_IOC_GETFLAGS, attributes) == 0;
}

static mmf_status fail_no_blocks(const mmfi_file *file, int why, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_NO_SPACE, why, file->path,
                     "%s: the file shares blocks with a copy or a snapshot of it, or is written to "
                     "new blocks each time, and there is no room for them: %s; free space or raise "
                     "the quota, and try again: nothing was lost",
                     file->path, mmfi_os_describe(why).text);
}

/* ---- Blocks that are shared with another file ---- */

#define EXTENTS_PER_CALL 32

static int unshare_blocks(const mmfi_file *file, uint64_t begin, uint64_t end)
{
    for (int attempt = 0;; attempt++) {
        const int failed =
            fallocate(file->fd, FALLOC_FL_UNSHARE_RANGE, (off_t)begin, (off_t)(end - begin));
        const int why = failed != 0 ? errno : 0;
        if (!mmfi_file_again(why, attempt))
            return why;
    }
}

/* 0; EOPNOTSUPP when there are shared blocks, and they must stay so; or another error. */
static int unshare_extents(const mmfi_file *file, uint64_t size)
{
    for (uint64_t at = 0; at < size;) {
        /* Its last member has no size: the extents follow it. */
        uint64_t memory[(sizeof(struct fiemap) + EXTENTS_PER_CALL * sizeof(struct fiemap_extent)) /
                        sizeof(uint64_t)];
        struct fiemap *found = (struct fiemap *)(void *)memory;
        memset(memory, 0, sizeof memory);
        found->fm_start = at;
        found->fm_length = size - at;
        found->fm_extent_count = EXTENTS_PER_CALL;
        /* Where extents cannot be had, none is shared. */
        if (ioctl(file->fd, FS_IOC_FIEMAP, found) != 0 || found->fm_mapped_extents == 0)
            return 0;
        for (uint32_t i = 0; i < found->fm_mapped_extents; i++) {
            const struct fiemap_extent *extent = &found->fm_extents[i];
            const uint64_t end = extent->fe_logical + extent->fe_length;
            const bool shared = (extent->fe_flags & FIEMAP_EXTENT_SHARED) != 0;
            const int why = !shared || extent->fe_logical >= size
                                ? 0
                                : unshare_blocks(file, extent->fe_logical, end < size ? end : size);
            if (why != 0)
                return why;
            if ((extent->fe_flags & FIEMAP_EXTENT_LAST) != 0 || end <= at)
                return 0;
            at = end;
        }
    }
    return 0;
}

mmf_status mmfi_file_own_blocks(const mmfi_file *file, void *header, size_t header_size,
                                mmf_error *error)
{
    uint64_t size = 0;
    unsigned attributes = 0;
    const mmf_status status = mmfi_file_size(file, &size, error);
    if (status != MMF_OK)
        return status;
    const int why = unshare_extents(file, size);
    if (why == ENOSPC || why == EDQUOT)
        return fail_no_blocks(file, why, error);
    const bool in_place =
        why == 0 && (!is_on_btrfs(file->fd) ||
                     (get_attributes(file->fd, &attributes) && (attributes & FS_NOCOW_FL) != 0));
    /*
     * What cannot be had for all of the file is had for what this process is about to write, until
     * it is on the disk: opening does not end in a signal. Older kernels are not to be asked.
     */
    if (!in_place && madvise(header, header_size, MADV_POPULATE_WRITE) != 0 && errno == EFAULT)
        return fail_no_blocks(file, ENOSPC, error);
    return MMF_OK;
}
