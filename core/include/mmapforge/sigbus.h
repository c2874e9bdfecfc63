/*
 * The SIGBUS handler: when a page of a store is gone, calls return a status and the process lives.
 *
 * Touching a page of a mapping that has no bytes is SIGBUS, which ends the process. It happens when
 * - another program truncates the file: an editor, a copy over it, a clean-up. A live store never
 *   shrinks. The store is then MMF_ERR_CORRUPT;
 * - the file system or the disk cannot give a page that lies within the file: a sparse file or a
 *   copy-on-write file system (btrfs) on a full disk, a disk that fails. The store is then
 *   MMF_ERR_IO, its message says so, and the file keeps all that was published before: free space,
 *   and open it again.
 * With the handler installed every later call of the store that was hit returns that status, and
 * everything else goes on. Without it the process ends by SIGBUS, and loses nothing that was
 * published.
 *
 * It costs nothing until a page is missing. Limits: the one get of a scalar that first touches the
 * missing page returns 0 with MMF_OK; so may loops over columns and row ranges, which check no
 * status. Calls that copy a record or a string
 * return the status at once. The write that meets the hole may return MMF_OK, too, and what it
 * wrote is lost; the next one returns the status.
 *
 * No signal comes, with or without the handler, for the rest of a page in whose middle the file was
 * truncated: it reads as zeroes. The one record that the cut divides may come out whole by its
 * sequence, with zeroes for its end; those after it are MMF_ERR_CORRUPT.
 *
 * Threads. Any number may read when the hole is met. Where one of them meets it while another
 * writes through the same handle, that write may be lost silently, as above.
 */
#ifndef MMAPFORGE_SIGBUS_H
#define MMAPFORGE_SIGBUS_H

#include "mmapforge/status.h"

MMF_BEGIN_DECLS

/*
 * Handles SIGBUS for the stores of this process, those that are open and those to come, up to 1024
 * at a time; others are as without it. Installing it twice is allowed. Call it before threads are
 * started, or while none changes signal handlers: MMF_OK or MMF_ERR_IO. Stores may be opened, used
 * and closed in any threads meanwhile.
 *
 * Other handlers. A fault at any other address, and a SIGBUS that was sent, go to the handler that
 * was there before, with the signal mask and flags that it asked for, or end the process as they
 * would have. That handler runs on the alternate stack of a thread that has one (sigaltstack), as
 * this one does: runtimes such as Go's need that of every handler. A language runtime with a SIGBUS
 * handler of its own must have installed that before. Of several libraries in one process that
 * each contain this code, each handles its own stores.
 *
 * Plugins. A shared library with this code in it stays mapped from here on, also when it is
 * unloaded (dlclose), because the system and other handlers may call the handler until the process
 * ends. Close its stores before; loaded again, it is the same library.
 */
mmf_status mmf_guard_install(mmf_error *error);

/* Puts the handler that was there before back, unless another has replaced ours since. */
void mmf_guard_remove(void);

MMF_END_DECLS

#endif
