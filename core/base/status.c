/* The texts of the statuses, and the one place that fills an mmf_error. */
/* The strerror_r that returns an int, with glibc as with musl, whatever a build defines. */
#undef _GNU_SOURCE
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "mmapforge/status.h"

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
    [MMF_ERR_BUSY] = {"MMF_ERR_BUSY", "another writer kept the record or the file in use"},
    [MMF_ERR_TIMEOUT] = {"MMF_ERR_TIMEOUT", "the time allowed has passed"},
    [MMF_ERR_NEEDS_RECOVERY] = {"MMF_ERR_NEEDS_RECOVERY", "an earlier sync of the file failed"},
    [MMF_ERR_UNSUPPORTED] = {"MMF_ERR_UNSUPPORTED", "this machine or file system cannot do it"},
    [MMF_ERR_NULL] = {"MMF_ERR_NULL", "the field is null"},
    [MMF_ERR_ENUM] = {"MMF_ERR_ENUM", "the value is no member of the enum"},
    [MMF_ERR_ENDED] = {"MMF_ERR_ENDED", "the last writer has closed the file"},
    [MMF_ERR_WRITER_DIED] = {"MMF_ERR_WRITER_DIED", "the last writer was killed"},
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

mmfi_os_text mmfi_os_describe(int os_error)
{
    mmfi_os_text out = {""};
    const int failed = strerror_r(os_error, out.text, sizeof out.text);
    if (failed != 0 || out.text[0] == '\0')
        (void)snprintf(out.text, sizeof out.text, "system error %d", os_error);
    return out;
}

/* More than a path of PATH_MAX bytes and a sentence. What is longer still loses its end. */
#define WHOLE_MESSAGE_SIZE 6144u

/* Where a message that does not fit is cut: after this many bytes, up to what lets the end fit. */
#define CUT_AT   256u
#define CUT_MARK " ... "

static void set_message(char *to, const char *whole, size_t length)
{
    if (length < MMF_ERROR_MESSAGE_SIZE) {
        memcpy(to, whole, length + 1);
        return;
    }
    const size_t mark = strlen(CUT_MARK);
    const size_t rest = MMF_ERROR_MESSAGE_SIZE - 1 - CUT_AT - mark;
    memcpy(to, whole, CUT_AT);
    memcpy(to + CUT_AT, CUT_MARK, mark);
    memcpy(to + CUT_AT + mark, whole + length - rest, rest + 1);
}

mmf_status mmfi_fail(mmf_error *error, mmf_status status, int os_error, const char *path,
                     const char *format, ...)
{
    if (error == NULL)
        return status;
    char whole[WHOLE_MESSAGE_SIZE] = "";
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(whole, sizeof whole, format, arguments);
    va_end(arguments);
    /* The arguments may point into *error, so nothing in it changes before they are used. */
    error->status = status;
    error->os_error = os_error;
    if (path != error->path)
        (void)snprintf(error->path, sizeof error->path, "%s", path != NULL ? path : "");
    set_message(error->message, whole, strlen(whole));
    return status;
}

void mmfi_error_clear(mmf_error *error)
{
    if (error != NULL)
        memset(error, 0, sizeof *error);
}
