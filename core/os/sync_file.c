/* Making a file durable. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "sync_file.h"
#include "system_call.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

mmf_status mmfi_file_sync(const mmfi_file *file, mmf_error *error)
{
    int why = 0;
    /* Stores into a mapping leave the times of a file on a tmpfs as they were. A failure is no
     * harm. */
    (void)futimens(file->fd, NULL);
    for (int attempt = 0;; attempt++) {
        why = fdatasync(file->fd) == 0 ? 0 : errno;
        if (!mmfi_file_again(why, attempt))
            break;
    }
    if (why == 0)
        return MMF_OK;
    return mmfi_fail(error, why == ENOSPC || why == EDQUOT ? MMF_ERR_NO_SPACE : MMF_ERR_IO, why,
                     file->path,
                     "%s: the disk did not take the data: %s; copy the records to a new store",
                     file->path, mmfi_os_describe(why).text);
}
