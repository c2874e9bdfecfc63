/* What the parts of the file layer share; private to core/file*.c. */
#ifndef MMF_OS_FILE_PRIVATE_H
#define MMF_OS_FILE_PRIVATE_H

#include "file.h"

#include <fcntl.h>

/* No wait for a pipe, no new terminal, no descriptor for the programs that this one starts. */
#define MMFI_OPEN_FLAGS (O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* The failure of a system call: what it was to do, the system's words, and what to do about it. */
mmf_status mmfi_file_fail(mmf_error *error, int os_error, const char *path, const char *what);

/* MMF_ERR_ARGUMENT for NULL and for an empty path. */
mmf_status mmfi_file_check_path(const char *path, mmf_error *error);

/* Takes all the locks that there are on a file; false when another open file has one of them. */
bool mmfi_file_lock_all(const mmfi_file *file);

/* True when a call failed for a signal handler, which is no failure, and not for ever. */
bool mmfi_file_again(int os_error, int attempt);

#endif
