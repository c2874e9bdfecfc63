/*
 * A guard against files that are cut off under us.
 *
 * A file that another process truncates leaves our mapping without bytes behind it, and touching
 * them is SIGBUS, which ends the process. A live store never shrinks, so this takes a program that
 * is no store's: an editor, a copy over the file, a clean-up. With the guard installed it is a
 * status instead: the store that was hit is dead, its calls return MMF_ERR_CORRUPT, and everything
 * else goes on.
 *
 * Without the guard the process ends by SIGBUS, and loses nothing that was published.
 *
 * What it costs: nothing until it happens. What it cannot do: the call of a single scalar's get
 * that meets the hole returns 0 with MMF_OK, once, before the store is known to be dead; so may
 * loops over columns and windows, which look at no status. Calls that copy a record or a string
 * return the status at once. The write that meets the hole may return MMF_OK, too, and what it
 * wrote is lost with the file; the next one returns the status.
 *
 * No signal comes, with or without the guard, for the rest of a page in whose middle the file was
 * cut off: it reads as zeroes. The one record that the cut divides may come out whole by its
 * sequence, with zeroes for its end; those behind it are MMF_ERR_CORRUPT.
 *
 * Threads. Any number may read when the hole is met. Where one of them meets it while another
 * writes through the same handle, that write may be lost without a word, as above.
 */
#ifndef MMF_SIGBUS_H
#define MMF_SIGBUS_H

#include "mmapforge/detail/handle.h"

MMF_BEGIN_DECLS

/*
 * Handles SIGBUS for the stores of this process, those that are open and those to come, up to 1024
 * at a time; others are as without it. A fault at any other address goes to the handler that was
 * there before, or ends the process as it would have, and so does a SIGBUS that was sent.
 * Installing it twice is no error. Call it before threads are started, or while none changes signal
 * handlers: MMF_OK or MMF_ERR_IO. Stores may be opened, used and closed in any threads meanwhile.
 *
 * A language runtime with a SIGBUS handler of its own must have installed that before. Of several
 * libraries in one process that each contain this code, each guards its own stores.
 *
 * A page that the disk cannot give is SIGBUS as well, and ends in the same status.
 */
mmf_status mmf_guard_install(mmf_error *error);

/* Puts the handler that was there before back, unless somebody has replaced ours. */
void mmf_guard_remove(void);

/* ---- For core/store/store.c ---- */

/* Remembers the mapping of a handle, and forgets it again before it is unmapped. */
void mmfi_guard_add(mmf_store *store, unsigned char *base, uint64_t size);
void mmfi_guard_forget(const mmf_store *store);

MMF_END_DECLS

#endif
