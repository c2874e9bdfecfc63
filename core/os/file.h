/*
 * The file under a store: finding and creating it, its lock, its size, and making it durable.
 *
 * Knows paths, descriptors and errors, and nothing of what is in the file. Paths and messages of
 * failures go to mmf_error; every call may be given NULL for it. Not for concurrent use of one
 * mmfi_file.
 */
#ifndef MMF_OS_FILE_H
#define MMF_OS_FILE_H

#include "mmapforge/status.h"

#include <sys/types.h>

MMF_BEGIN_DECLS

typedef struct mmfi_file {
    int fd;          /* -1 when there is none */
    bool writable;   /* opened for reading and writing */
    bool locked;     /* this process took the writer lock */
    pid_t lock_pid;  /* the process that took it: a forked child must not give it back */
    char *path;      /* as the caller gave it, owned */
    char *temporary; /* the name that a file has until mmfi_file_name gives it its own; else NULL */
    bool moved;      /* its name may lead to another inode than fd: mmfi_file_name */
} mmfi_file;

/* A mmfi_file that holds nothing, which mmfi_file_close accepts. */
#define MMFI_FILE_NONE ((mmfi_file){-1, false, false, 0, NULL, NULL, false})

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
 * Makes an empty file under a temporary name in the directory of path, open for writing, so that
 * no process ever opens a half-made store. That name is the start of the file's own, 16 hexadecimal
 * digits and ".new"; only a process that was killed leaves one, which mmfi_file_remove_abandoned
 * removes. Until the file has its name, its descriptor has the lock of one that joins
 * (mmfi_file_lock_join), which says that its creator lives. MMF_ERR_EXISTS: path names something
 * already, be it a link to nothing. MMF_ERR_NOT_FOUND: no such directory. MMF_ERR_READ_ONLY: the
 * directory or its file system takes no files. MMF_ERR_UNSUPPORTED: the file system has no locks.
 * MMF_ERR_NO_SPACE. MMF_ERR_IO: any other refusal, such as a name that is too long.
 */
mmf_status mmfi_file_create(const char *path, unsigned permissions, mmfi_file *out,
                            mmf_error *error);

/*
 * Removes the files that killed creators left in the directory of path: regular files with such a
 * temporary name, of which no process has any of the locks here, and of which is_unused says that
 * no store ever came of them. What cannot be looked at or removed stays.
 */
void mmfi_file_remove_abandoned(const char *path, bool (*is_unused)(const mmfi_file *file));

/* True when the file holds no data at all: it is empty, or has only blocks never written to. */
bool mmfi_file_has_no_data(const mmfi_file *file);

/*
 * Gives a created file its name, unless something has it (MMF_ERR_EXISTS), and makes the name
 * durable. When the disk refuses that (MMF_ERR_IO, MMF_ERR_NO_SPACE), the name is taken away again.
 * MMF_ERR_UNSUPPORTED: the file system can name no file without replacing what may be there.
 *
 * Where only a hard link can do that, some file systems (bindfs, mergerfs) give the file another
 * inode with the new name. Processes that open the name share neither memory nor locks with the
 * descriptor then: file->moved is true, and the caller has to close the file and open it by its
 * name.
 */
mmf_status mmfi_file_name(mmfi_file *file, mmf_error *error);

/* Takes the name of a file away again, as far as that can be done. */
void mmfi_file_remove(const char *path);

/*
 * Takes the writer lock: an OFD lock on one byte far behind any record, freed by the kernel when
 * the process dies. MMF_ERR_LOCKED when another open file has it, MMF_ERR_UNSUPPORTED when the file
 * system knows no such locks. Never waits.
 */
mmf_status mmfi_file_lock(mmfi_file *file, mmf_error *error);

/*
 * The same for one of several writers, which have the lock together: only one that wants the file
 * alone is refused, and refuses them.
 */
mmf_status mmfi_file_lock_shared(mmfi_file *file, mmf_error *error);

/*
 * The lock of an undo slot, which its owner has while it lives. False when another open file has
 * it. What a descriptor has already, it gets again.
 */
bool mmfi_file_lock_slot(const mmfi_file *file, uint32_t slot);
void mmfi_file_unlock_slot(const mmfi_file *file, uint32_t slot);

/* True when some other open file has that lock: the owner of the slot lives. Locks nothing. */
bool mmfi_file_slot_is_locked(const mmfi_file *file, uint32_t slot);

/*
 * The lock of one that joins the writers, so that they join one by one. Never waits:
 * MMF_ERR_LOCKED when another has it, MMF_ERR_UNSUPPORTED when there are no such locks.
 */
mmf_status mmfi_file_lock_join(const mmfi_file *file, mmf_error *error);
void mmfi_file_unlock_join(const mmfi_file *file);

/* Gives all of these back, in the process that took it; elsewhere, and without one, does nothing.
 */
void mmfi_file_unlock(mmfi_file *file);

/* True when some other open file has the writer lock. Works on a read-only descriptor. */
bool mmfi_file_is_locked(const mmfi_file *file);

/* The same of one of several writers. */
bool mmfi_file_is_shared(const mmfi_file *file);

/*
 * True when a writer that shares the file has a place, or is taking one. False with a shared lock
 * on the writer's byte means that the lock is of a program that may only read the file.
 */
bool mmfi_file_has_sharers(const mmfi_file *file);

/*
 * A second open file of the same inode, for a mapping: one made through the first would keep its
 * locks alive in every forked child, even in one that has closed all descriptors. -1 when there is
 * none to be had (no permission any more, no descriptors, or no /proc and another file under the
 * name): the first serves as well then, but for that.
 */
int mmfi_file_reopen(const mmfi_file *file);

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

/*
 * Gives the file real blocks up to size, and that size if it is smaller; never shrinks it. What is
 * new reads as zero. MMF_ERR_NO_SPACE when the disk, a quota or the limit on file sizes is full:
 * then the size is as before, and no signal is raised. Only for the writer, and not shared with
 * other growth of the same file: what a failed attempt gained is cut off again.
 */
mmf_status mmfi_file_grow(const mmfi_file *file, uint64_t size, mmf_error *error);

/*
 * What is in the way of growth that failed with that errno, and what to do, where the text for any
 * full or failing disk would mislead: EFBIG and EINTR. NULL for all others. Static text.
 */
const char *mmfi_file_growth_text(int os_error);

/* A part of a file that has no blocks and reads as zeroes, as far as the file system tells. */
typedef struct mmfi_file_hole {
    uint64_t begin; /* offsets */
    uint64_t end;
} mmfi_file_hole;

/*
 * The first hole that ends after the offset `from`; false when there is none before the end of the
 * file. One look at the file when it has as many blocks as its size needs: to search it takes
 * milliseconds for a GiB on a tmpfs. So a hole no larger than the tables that a file system counts
 * as blocks of the file is not seen.
 */
bool mmfi_file_next_hole(const mmfi_file *file, uint64_t from, mmfi_file_hole *out);

/*
 * Gives real blocks to the holes of a file, which a sparse copy has and a store into which is
 * SIGBUS on a full disk. One look at the file when it has as many blocks as its size needs; a file
 * system that keeps files smaller than they are (compression) is asked each time. MMF_ERR_NO_SPACE
 * when the holes do not fit: size and content are as before. MMF_OK where the file system knows no
 * such request. A hole no larger than the tables that a file system counts as blocks of the file
 * is not seen. Only those before the offset end are filled, and nothing when all of them would not
 * fit. Only for the writer, before its first store. Where the file system knows no such request,
 * some C libraries write zeros over what reads as zero: not when others may store into the file
 * meanwhile, whose words that would undo.
 */
mmf_status mmfi_file_fill_holes(const mmfi_file *file, uint64_t end, bool others, mmf_error *error);

/*
 * Gives a file blocks of its own where it shares them with a copy or a snapshot, as far as the file
 * system can do that (XFS can, btrfs cannot), so that a store needs no room on the disk. Where it
 * cannot, makes the first header_size bytes, mapped at header for writing, ready to be stored to
 * now. MMF_ERR_NO_SPACE when there is no room for either: the content is as before. Only for a
 * writer, before its first store.
 */
mmf_status mmfi_file_own_blocks(const mmfi_file *file, void *header, size_t header_size,
                                mmf_error *error);

/*
 * Waits until the data and the size are on the disk, and sets the file's time of modification for
 * backups and make. A failure must never be retried.
 */
mmf_status mmfi_file_sync(const mmfi_file *file, mmf_error *error);

/* Unlocks (in the process that locked), closes, and removes the file if it never got its name. */
void mmfi_file_close(mmfi_file *file);

/*
 * Finds the id of this boot, once in a process. MMF_OK, too, when this system lets nobody read one
 * (a jail without /proc), or when it is not the kernel's: in a container the file may be a mount
 * of its own, which says another id at each start of the container. On a tmpfs that is an id of the
 * container's life, and serves together with the file that it is in; elsewhere it is none.
 * MMF_ERR_IO or MMF_ERR_NO_MEMORY when it could not be read now, for want of descriptors, say: to
 * go on without would be to take another boot for this one, and to lose what was not synced. path
 * is for the message.
 */
mmf_status mmfi_boot_id_find(const char *path, mmf_error *error);

/* The id of this boot, two words; zeroes when it cannot be had. */
void mmfi_boot_id(uint64_t out[2]);

/* size random bytes for an identifier. */
void mmfi_random(void *out, size_t size);

MMF_END_DECLS

#endif
