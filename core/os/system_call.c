/* What the calls of core/os do with a system call that failed, and with a path that cannot be one.
 */
#include "system_call.h"

#include <errno.h>

static mmf_status status_of(int os_error)
{
    switch (os_error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return MMF_ERR_NO_SPACE;
    case ENOMEM:
        return MMF_ERR_NO_MEMORY;
    default:
        return MMF_ERR_IO;
    }
}

static const char *hint_for(int os_error)
{
    switch (os_error) {
    case ENOSPC:
    case EDQUOT:
        return "free space on the disk and try again";
    case EFBIG:
        return "raise the limit on file sizes (ulimit -f), or use another file system";
    case ENAMETOOLONG:
        return "give a shorter one";
    case EMFILE:
    case ENFILE:
        return "close other files, or raise the limit (ulimit -n)";
    default:
        return "check the disk and the permissions";
    }
}

mmf_status mmfi_file_fail(mmf_error *error, int os_error, const char *path, const char *what)
{
    return mmfi_fail(error, status_of(os_error), os_error, path, "%s: cannot %s: %s; %s", path,
                     what, mmfi_os_describe(os_error).text, hint_for(os_error));
}

#define INTERRUPTS_MAX 1000

bool mmfi_file_again(int os_error, int attempt)
{
    return os_error == EINTR && attempt < INTERRUPTS_MAX;
}

mmf_status mmfi_file_check_path(const char *path, mmf_error *error)
{
    if (path != NULL && path[0] != '\0')
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "the path is %s; give that of a store",
                     path == NULL ? "NULL" : "empty");
}
