/* How calls say what happened: a closed set of statuses, and an error that explains one. */
#ifndef MMAPFORGE_STATUS_H
#define MMAPFORGE_STATUS_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

/* The values are part of the interface and never change; new ones are only added at the end. */
typedef enum mmf_status {
    MMF_OK = 0,
    MMF_ERR_ARGUMENT = 1,        /* NULL, or a value outside what the call allows */
    MMF_ERR_RANGE = 2,           /* a row at or beyond the count */
    MMF_ERR_TOO_LONG = 3,        /* a string or bytes value larger than its field or buffer */
    MMF_ERR_READ_ONLY = 4,       /* a write through a read-only handle, file or forked child */
    MMF_ERR_CLOSED = 5,          /* the handle was closed */
    MMF_ERR_EXISTS = 6,          /* create: something is there already */
    MMF_ERR_NOT_FOUND = 7,       /* open: nothing is there */
    MMF_ERR_LOCKED = 8,          /* another writer holds the file */
    MMF_ERR_IO = 9,              /* the operating system refused; see os_error */
    MMF_ERR_NO_SPACE = 10,       /* the disk, the quota or the file size limit is full */
    MMF_ERR_NO_MEMORY = 11,      /* memory or address space could not be had */
    MMF_ERR_FORMAT = 12,         /* not a mmapforge file */
    MMF_ERR_CORRUPT = 13,        /* a mmapforge file whose content contradicts itself */
    MMF_ERR_SCHEMA = 14,         /* the file holds records of another schema */
    MMF_ERR_VERSION = 15,        /* the file's format version is not one this library reads */
    MMF_ERR_CAPACITY = 16,       /* the address space reserved at open is used up */
    MMF_ERR_BUSY = 17,           /* another writer kept the record, or the append lock, in use */
    MMF_ERR_TIMEOUT = 18,        /* the time given to a wait has passed */
    MMF_ERR_NEEDS_RECOVERY = 19, /* a sync failed earlier: the disk may lack what memory shows */
    MMF_ERR_UNSUPPORTED = 20,    /* this machine, file system or build cannot do it */
    MMF_ERR_NULL = 21,           /* the field has no value */
    MMF_ERR_ENUM = 22,           /* the value is that of no member of the enum */
    MMF_ERR_ENDED = 23,          /* a wait: no writer has the file, the last one closed it */
    MMF_ERR_WRITER_DIED = 24     /* a wait: no writer has the file, the last one was killed */
} mmf_status;

#define MMF_STATUS_COUNT 25

/*
 * Sizes of the texts in mmf_error, in bytes with the final NUL. A longer path is cut at its end, a
 * longer message in its middle: its start says where, its end what to do.
 */
#define MMF_ERROR_PATH_SIZE    512
#define MMF_ERROR_MESSAGE_SIZE 1024

/*
 * Says where a call failed, what was found, what was expected and what to do. Allocated by the
 * caller, filled only on failure (and, by open and create, with status MMF_OK and a message when
 * they had to settle for less than was asked). Holds no pointers; copy it freely.
 */
typedef struct mmf_error {
    mmf_status status;
    int os_error; /* errno, or 0 when the operating system had no part in it */
    char path[MMF_ERROR_PATH_SIZE];
    char message[MMF_ERROR_MESSAGE_SIZE];
} mmf_error;

/* The constant's name ("MMF_ERR_RANGE"); "MMF_ERR_?" for a value outside the enum. Static text. */
const char *mmf_status_name(mmf_status status);

/* One line of English for the status, without a full stop. Static text. */
const char *mmf_status_text(mmf_status status);

/*
 * Fills *error (which may be NULL) and returns status, so that a failing path is one line. path may
 * be NULL. The format and its arguments follow printf.
 */
MMFI_COLD mmf_status mmfi_fail(mmf_error *error, mmf_status status, int os_error, const char *path,
                               const char *format, ...) MMFI_PRINTF(5, 6);

/* The operating system's words for an errno, by value: safe in every thread. */
typedef struct mmfi_os_text {
    char text[128];
} mmfi_os_text;

MMFI_COLD mmfi_os_text mmfi_os_describe(int os_error);

/* Empties *error (which may be NULL): MMF_OK and no texts. */
void mmfi_error_clear(mmf_error *error);

MMF_END_DECLS

#endif
