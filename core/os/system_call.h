/*
 * The failures of system calls, in the words of a message; and what every call of core/os has to
 * mind: interruptions, flags, paths. Private to core/os.
 */
#ifndef MMF_OS_SYSTEM_CALL_H
#define MMF_OS_SYSTEM_CALL_H

#include "mmapforge/status.h"

#include <fcntl.h>

/* No wait for a pipe, no new terminal, no descriptor for the programs that this one starts. */
#define MMFI_OPEN_FLAGS (O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* The failure of a system call: what it was to do, the system's words, and what to do about it. */
mmf_status mmfi_file_fail(mmf_error *error, int os_error, const char *path, const char *what);

/* True when a call was interrupted by a signal handler and is to be repeated; false after too many
 * attempts. */
bool mmfi_file_again(int os_error, int attempt);

/* MMF_ERR_ARGUMENT for NULL and for an empty path. */
mmf_status mmfi_file_check_path(const char *path, mmf_error *error);

#endif
