/*
 * Creating a file: under a temporary name first, and under its own once it is complete, so that no
 * process ever opens a half-made store.
 */
#ifndef MMF_OS_CREATE_FILE_H
#define MMF_OS_CREATE_FILE_H

#include "file.h"

MMF_BEGIN_DECLS

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
 * no store ever came of them. What cannot be examined or removed stays.
 */
void mmfi_file_remove_abandoned(const char *path, bool (*is_unused)(const mmfi_file *file));

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

MMF_END_DECLS

#endif
