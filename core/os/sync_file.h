/* Making a file durable. */
#ifndef MMF_OS_SYNC_FILE_H
#define MMF_OS_SYNC_FILE_H

#include "open_file.h"

MMF_BEGIN_DECLS

/*
 * Waits until the data and the size are on the disk, and sets the file's time of modification for
 * backups and make. A failure must never be retried.
 */
mmf_status mmfi_file_sync(const mmfi_file *file, mmf_error *error);

MMF_END_DECLS

#endif
