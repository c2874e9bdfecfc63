/* The texts of the statuses, and the one place that fills an mmf_error. */
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *text;
} STATUSES[MMF_STATUS_COUNT] = {
    [MMF_OK] = {"MMF_OK", "success"},
    [MMF_ERR_ARGUMENT] = {"MMF_ERR_ARGUMENT", "an argument is NULL or outside what is allowed"},
    [MMF_ERR_RANGE] = {"MMF_ERR_RANGE", "the row is at or beyond the count of records"},
    [MMF_ERR_TOO_LONG] = {"MMF_ERR_TOO_LONG", "the value is longer than its field or buffer"},
    [MMF_ERR_READ_ONLY] = {"MMF_ERR_READ_ONLY", "the handle or the file does not allow writing"},
    [MMF_ERR_CLOSED] = {"MMF_ERR_CLOSED", "the store is closed"},
    [MMF_ERR_EXISTS] = {"MMF_ERR_EXISTS", "a file of that name exists already"},
    [MMF_ERR_NOT_FOUND] = {"MMF_ERR_NOT_FOUND", "no file of that name exists"},
    [MMF_ERR_LOCKED] = {"MMF_ERR_LOCKED", "another writer has the file open"},
    [MMF_ERR_IO] = {"MMF_ERR_IO", "the operating system reported an error"},
    [MMF_ERR_NO_SPACE] = {"MMF_ERR_NO_SPACE", "no space is left for the file to grow"},
    [MMF_ERR_NO_MEMORY] = {"MMF_ERR_NO_MEMORY", "memory or address space is exhausted"},
    [MMF_ERR_FORMAT] = {"MMF_ERR_FORMAT", "the file is not a mmapforge store"},
    [MMF_ERR_CORRUPT] = {"MMF_ERR_CORRUPT", "the file contradicts itself"},
    [MMF_ERR_SCHEMA] = {"MMF_ERR_SCHEMA", "the file holds records of another schema"},
    [MMF_ERR_VERSION] = {"MMF_ERR_VERSION", "the format version of the file is not supported"},
    [MMF_ERR_CAPACITY] = {"MMF_ERR_CAPACITY", "the reserved address space is used up"},
    [MMF_ERR_BUSY] = {"MMF_ERR_BUSY", "the record kept changing while it was read"},
    [MMF_ERR_TIMEOUT] = {"MMF_ERR_TIMEOUT", "the time allowed has passed"},
    [MMF_ERR_NEEDS_RECOVERY] = {"MMF_ERR_NEEDS_RECOVERY", "an earlier sync of the file failed"},
    [MMF_ERR_UNSUPPORTED] = {"MMF_ERR_UNSUPPORTED", "this machine or file system cannot do it"},
};

static bool status_is_known(mmf_status status)
{
    return (unsigned)status < MMF_STATUS_COUNT;
}

const char *mmf_status_name(mmf_status status)
{
    return status_is_known(status) ? STATUSES[status].name : "MMF_ERR_?";
}

const char *mmf_status_text(mmf_status status)
{
    return status_is_known(status) ? STATUSES[status].text : "not a status of this library";
}

mmf_status mmfi_fail(mmf_error *error, mmf_status status, int os_error, const char *path,
                     const char *format, ...)
{
    if (error == NULL)
        return status;
    error->status = status;
    error->os_error = os_error;
    (void)snprintf(error->path, sizeof error->path, "%s", path != NULL ? path : "");
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

void mmfi_error_clear(mmf_error *error)
{
    if (error != NULL)
        memset(error, 0, sizeof *error);
}
