/*
 * A store as Python holds it: one that threads may share, and that no call can outlive.
 *
 * cffi releases the GIL around every call, so any thread may be inside one while another closes the
 * store. Every call therefore passes a gate: `mmfpy_enter` counts it in, `mmfpy_leave` out, and
 * `mmfpy_close` shuts the gate and waits until it is empty. Zero-copy views are counted at the same
 * gate, and keep it open. Writers also take turns, because a core handle is for one writing thread.
 *
 * No status travels in errno: a signal's handler in Python may run behind a call of C, use a store
 * itself, and change what cffi keeps for the thread.
 */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_HANDLE_H
#define MMF_BINDINGS_PYTHON_NATIVE_HANDLE_H

#include "mmapforge/generated.h"

#include <sys/types.h>

MMF_BEGIN_DECLS

typedef struct mmfpy_store {
    mmf_store *store;     /* NULL once closed */
    uint64_t gate;        /* calls under way, live views, and whether it is shut; handle.c */
    uint64_t turn;        /* not 0 while a thread writes */
    size_t record_size;   /* bytes */
    size_t checksum;      /* its offset in a record; 0 when records have none */
    uint64_t layout_hash; /* of the file */
    pid_t pid;            /* the process that opened it */
} mmfpy_store;

/* mmf_info, of what Python shows. */
typedef struct mmfpy_info {
    uint64_t count;
    uint64_t missing_rows;
    uint64_t dropped_rows;
    uint64_t capacity;
    uint64_t capacity_max;
    uint64_t file_size;
    uint64_t header_size;
    uint64_t reserve_bytes;
    uint64_t writer_pid;
    uint32_t record_size;
    uint32_t format_version;
    int writable;
    int live;
    int replaced; /* mmf_replaced */
} mmfpy_info;

/* ---- For the calls of this directory ---- */

/*
 * The gate: calls in the low half, views above. SHUT refuses both from then on. LATE says that the
 * last view to end closes the store, and DONE that someone has it to close, or has closed it.
 */
#define MMFPY_GATE_CALL  UINT64_C(1)
#define MMFPY_GATE_VIEW  (UINT64_C(1) << 32)
#define MMFPY_GATE_VIEWS ((UINT64_C(1) << 61) - MMFPY_GATE_VIEW)
#define MMFPY_GATE_DONE  (UINT64_C(1) << 61)
#define MMFPY_GATE_LATE  (UINT64_C(1) << 62)
#define MMFPY_GATE_SHUT  (UINT64_C(1) << 63)

/* The core handle, or NULL when the store is closed. Pair with mmfpy_leave, also after NULL. */
MMFI_INLINE mmf_store *mmfpy_enter(mmfpy_store *handle)
{
    const uint64_t before = mmfi_add64_ordered(&handle->gate, MMFPY_GATE_CALL);
    return MMFI_LIKELY((before & MMFPY_GATE_SHUT) == 0) ? handle->store : NULL;
}

MMFI_INLINE void mmfpy_leave(mmfpy_store *handle)
{
    (void)mmfi_add64_ordered(&handle->gate, 0 - MMFPY_GATE_CALL);
}

/* As enter, and waits for the turn to write. NULL with *status when there is no writing. */
mmf_store *mmfpy_enter_writing(mmfpy_store *handle, mmf_status *status);
void mmfpy_leave_writing(mmfpy_store *handle);

/*
 * *count is that of all records. MMF_ERR_CAPACITY when the last of them lies beyond the address
 * space of this handle, with the first row that does so in *count; else MMF_OK, also where a
 * damaged file lacks some, which those that read them are told.
 */
MMFI_INLINE mmf_status mmfpy_count_all(const mmf_store *store, uint64_t *count)
{
    *count = mmf_store_count(store);
    if (MMFI_LIKELY(*count <= mmfi_load64(&store->row_bound)))
        return MMF_OK;
    if (mmfi_refresh(store, *count - 1) != MMF_ERR_CAPACITY)
        return MMF_OK;
    *count = mmfi_load64(&store->row_bound);
    return MMF_ERR_CAPACITY;
}

/*
 * A row as Python counts, from the end when negative. UINT64_MAX when there is no such row; where
 * the end is not known, since records lie beyond the address space, a row that lies there as well.
 */
MMFI_INLINE uint64_t mmfpy_row(const mmf_store *store, int64_t row)
{
    if (MMFI_LIKELY(row >= 0))
        return (uint64_t)row;
    const uint64_t back = 0 - (uint64_t)row;
    uint64_t count = 0;
    if (mmfpy_count_all(store, &count) != MMF_OK)
        return count;
    return back <= count ? count - back : UINT64_MAX;
}

/* ---- For Python ---- */

/*
 * Opens (mode 0 reads, 1 writes) or creates (mode 2) a store; schema may be NULL to open any. The
 * caller gives the memory of the handle, and keeps it as long as anything may use the handle, also
 * after mmfpy_drop: a garbage collector runs finalizers in any order, so a store that was dropped
 * is still asked. Returns a status, with *error filled; a message with MMF_OK as of mmf_store_open.
 * Pair with mmfpy_drop.
 */
int mmfpy_open(mmfpy_store *handle, const char *path, int mode, int shared, uint64_t reserve_bytes,
               uint64_t capacity, unsigned permissions, const mmf_schema *schema, mmf_error *error);

/*
 * Syncs, unlocks and unmaps, when the calls under way have ended. MMF_ERR_BUSY while views are
 * alive: nothing has happened then. MMF_ERR_CLOSED the second time, and while views are alive after
 * mmfpy_shut.
 */
int mmfpy_close(mmfpy_store *handle);

/*
 * Closes it for every later call, and leaves the file mapped for views that are alive: the last one
 * to end closes it.
 */
void mmfpy_shut(mmfpy_store *handle);

/* As mmfpy_shut, and closes it when no view is alive. No call may be under way. */
void mmfpy_drop(mmfpy_store *handle);

/* Fills *error with a message for a status of that row and field (NULL for none). */
void mmfpy_explain(mmfpy_store *handle, int status, int64_t row, const char *field,
                   mmf_error *error);

/* The schema of the file; NULL when closed. Lives as long as the store is open. */
const mmf_schema *mmfpy_schema(mmfpy_store *handle);

int mmfpy_read_info(mmfpy_store *handle, mmfpy_info *out);
int mmfpy_sync(mmfpy_store *handle, mmf_error *error);

/* As mmf_store_copy. *bad_row is the row that cannot be copied; -1 when it was for none. */
int mmfpy_copy(mmfpy_store *handle, const char *path, int64_t *bad_row, mmf_error *error);

/* As mmfi_write_unseen: Python is about to write through an array. */
int mmfpy_write_unseen(mmfpy_store *handle);

/*
 * Records there are now, or the status as a negative number: MMF_ERR_CLOSED, or MMF_ERR_CAPACITY
 * when there are more than the address space that was reserved at open has room for.
 */
int64_t mmfpy_count(mmfpy_store *handle);

/* As mmf_store_wait. */
int mmfpy_wait(mmfpy_store *handle, uint64_t count, uint64_t timeout_ns);

/*
 * The address of a row that the file has, or the one after the last: *status says why there is
 * none (NULL). It stays mapped until mmfpy_view_end.
 */
void *mmfpy_view_begin(mmfpy_store *handle, uint64_t first, uint64_t count, int *status);
void mmfpy_view_end(mmfpy_store *handle);

/*
 * A view in memory that its finaliser owns before there is a view: an exception that a signal's
 * handler raises right after mmfpy_view_open still ends it. All zero is no view.
 */
typedef struct mmfpy_view {
    void *base; /* the address of its first row; NULL when there is no view */
} mmfpy_view;

/* mmfpy_view_begin into *view, which must be zero; returns the status. Pair with mmfpy_view_drop.
 */
int mmfpy_view_open(mmfpy_store *handle, uint64_t first, uint64_t count, mmfpy_view *view);

/* mmfpy_view_end, if *view is one. */
void mmfpy_view_drop(mmfpy_store *handle, mmfpy_view *view);

/* Does nothing. As the finaliser of an address it holds the view that the address lies in. */
void mmfpy_view_hold(mmfpy_view *view, void *address);

MMF_END_DECLS

#endif
