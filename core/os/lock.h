/*
 * The locks of a file: one for the only writer, or shared by several; one for each undo slot; and
 * one for the writer that is joining. All are open file description (OFD) locks, which the kernel
 * frees when the process dies. Errors as in file.h.
 */
#ifndef MMF_OS_LOCK_H
#define MMF_OS_LOCK_H

#include "open_file.h"

MMF_BEGIN_DECLS

/*
 * Takes the writer lock: an OFD lock on one byte far after any record, freed by the kernel when
 * the process dies. MMF_ERR_LOCKED when another open file has it, MMF_ERR_UNSUPPORTED when the file
 * system knows no such locks. Never waits.
 */
mmf_status mmfi_file_lock(mmfi_file *file, mmf_error *error);

/*
 * The same for one of several writers, which have the lock together: only one that wants the file
 * alone is refused, and refuses them.
 */
mmf_status mmfi_file_lock_shared(mmfi_file *file, mmf_error *error);

/*
 * The lock of an undo slot, which its owner has while it lives. False when another open file has
 * it. What a descriptor has already, it gets again.
 */
bool mmfi_file_lock_slot(const mmfi_file *file, uint32_t slot);
void mmfi_file_unlock_slot(const mmfi_file *file, uint32_t slot);

/* True when some other open file has that lock: the owner of the slot lives. Locks nothing. */
bool mmfi_file_slot_is_locked(const mmfi_file *file, uint32_t slot);

/*
 * The lock of one that joins the writers, so that they join one by one. Never waits:
 * MMF_ERR_LOCKED when another has it, MMF_ERR_UNSUPPORTED when there are no such locks.
 */
mmf_status mmfi_file_lock_join(const mmfi_file *file, mmf_error *error);
void mmfi_file_unlock_join(const mmfi_file *file);

/*
 * Keeps all writers out, with a descriptor that need only be allowed to read: until the file is
 * closed, none can take any of these locks. MMF_ERR_LOCKED when a writer has one. MMF_OK where the
 * file system has no locks, and so no writer.
 */
mmf_status mmfi_file_lock_out(const mmfi_file *file, mmf_error *error);

/* Gives all of these back, in the process that took it; elsewhere, and without one, does nothing.
 */
void mmfi_file_unlock(mmfi_file *file);

/* True when some other open file has the writer lock. Works on a read-only descriptor. */
bool mmfi_file_is_locked(const mmfi_file *file);

/* The same of one of several writers. */
bool mmfi_file_is_shared(const mmfi_file *file);

/*
 * True when a writer that shares the file has a place, or is taking one. False with a shared lock
 * on the writer's byte means that the lock is of a program that may only read the file.
 */
bool mmfi_file_has_sharers(const mmfi_file *file);

/* Takes all the locks that there are on a file; false when another open file has one of them. */
bool mmfi_file_lock_all(const mmfi_file *file);

MMF_END_DECLS

#endif
