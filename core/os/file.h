/*
 * The file under a store: opening and closing it, its size, and its bytes.
 *
 * Knows paths, descriptors and errors, and nothing of what is in the file. Paths and messages of
 * failures go to mmf_error; every call may be given NULL for it. Not for concurrent use of one
 * mmfi_file.
 */
#ifndef MMF_OS_FILE_H
#define MMF_OS_FILE_H

#include "open_file.h"

MMF_BEGIN_DECLS

/*
 * As open(2), with these differences: the descriptor is 3 or above, so that what a program prints
 * never goes into a store where it was started without its standard streams; an interrupted call is
 * made again; and a lease that another process holds on the file (Samba, the NFS server) is waited
 * for, up to MMFI_LEASE_WAIT_MS. -1 with errno, which is EAGAIN when the lease is still held then.
 */
#define MMFI_LEASE_WAIT_MS 10000
int mmfi_open_kept(const char *path, int flags, mode_t permissions);

/*
 * Opens what is there. May wait for a lease (mmfi_open_kept). MMF_ERR_NOT_FOUND: nothing is there.
 * MMF_ERR_FORMAT: a directory, device, pipe or socket (never waits for one). MMF_ERR_READ_ONLY:
 * writing was asked for, and the file or its file system does not allow it. MMF_ERR_IO: any other
 * refusal.
 */
mmf_status mmfi_file_open(const char *path, bool writable, mmfi_file *out, mmf_error *error);

/*
 * A second open file of the same inode, for a mapping: one made through the first would keep its
 * locks alive in every forked child, even in one that has closed all descriptors. -1 when there is
 * none to be had (no permission any more, no descriptors, or no /proc and another file under the
 * name): the first serves as well then, but for that.
 */
int mmfi_file_reopen(const mmfi_file *file);

/* The same to write to a file that is open for reading; -1 when this process may not write it. */
int mmfi_file_reopen_to_write(const mmfi_file *file);

/* What tells the file from every other one that is there now: st_dev and st_ino. */
mmf_status mmfi_file_identity(const mmfi_file *file, uint64_t *device, uint64_t *inode,
                              mmf_error *error);

/* The size in bytes now. */
mmf_status mmfi_file_size(const mmfi_file *file, uint64_t *out, mmf_error *error);

/* Reads exactly size bytes at offset; MMF_ERR_CORRUPT when the file ends before. */
mmf_status mmfi_file_read(const mmfi_file *file, uint64_t offset, void *buffer, size_t size,
                          mmf_error *error);

/* Writes exactly size bytes at offset. */
mmf_status mmfi_file_write(const mmfi_file *file, uint64_t offset, const void *buffer, size_t size,
                           mmf_error *error);

/* Unlocks (in the process that locked), closes, and removes the file if it never got its name. */
void mmfi_file_close(mmfi_file *file);

MMF_END_DECLS

#endif
