/*
 * A handle of a store for Python: threads may share it, and no call can outlive the mapping.
 *
 * cffi releases the GIL around every call, so one thread may be in a call while another closes the
 * store. Therefore `mmfpy_enter` and `mmfpy_leave` count the calls in flight; `mmfpy_close` refuses
 * new calls and waits until the count is 0. Live zero-copy views are counted in the same word;
 * while there is one, `mmfpy_close` refuses. A lock serialises writing calls, because a core handle
 * is for one writing thread.
 *
 * No status is returned in errno: a signal handler in Python may run after the call of C, use a
 * store itself, and change the errno that cffi keeps for the thread.
 */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_HANDLE_H
#define MMF_BINDINGS_PYTHON_NATIVE_HANDLE_H

#include "mmapforge/generated.h"

#include <sys/types.h>

MMF_BEGIN_DECLS

typedef struct mmfpy_store {
    mmf_store *store;     /* NULL once closed */
    uint64_t in_flight;   /* calls in flight, live views and flags: MMFPY_CALL and so on */
    uint64_t write_lock;  /* not 0 while a thread writes */
    size_t record_size;   /* bytes */
    size_t checksum;      /* its offset in a record; 0 without checksums */
    uint64_t layout_hash; /* of the file */
    pid_t pid;            /* the process that opened it */
} mmfpy_store;

/* The fields of mmf_info that Python shows. */
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
 * The parts of in_flight: the number of calls in the low half, the number of views above it, and
 * three flags. CLOSING: new calls and views are refused. CLOSE_DEFERRED: the last view that ends
 * closes the store. CLOSED: a thread has closed the store, or is about to.
 */
#define MMFPY_CALL           UINT64_C(1)
#define MMFPY_VIEW           (UINT64_C(1) << 32)
#define MMFPY_VIEWS          ((UINT64_C(1) << 61) - MMFPY_VIEW)
#define MMFPY_CLOSED         (UINT64_C(1) << 61)
#define MMFPY_CLOSE_DEFERRED (UINT64_C(1) << 62)
#define MMFPY_CLOSING        (UINT64_C(1) << 63)

/* The core handle, or NULL if the store is closed. Pair with mmfpy_leave, even after NULL. */
MMFI_INLINE mmf_store *mmfpy_enter(mmfpy_store *handle)
{
    const uint64_t before = mmfi_add64_ordered(&handle->in_flight, MMFPY_CALL);
    return MMFI_LIKELY((before & MMFPY_CLOSING) == 0) ? handle->store : NULL;
}

MMFI_INLINE void mmfpy_leave(mmfpy_store *handle)
{
    (void)mmfi_add64_ordered(&handle->in_flight, 0 - MMFPY_CALL);
}

/* As mmfpy_enter, and takes the write lock. NULL, with *status, if the store cannot be written. */
mmf_store *mmfpy_enter_writing(mmfpy_store *handle, mmf_status *status);
void mmfpy_leave_writing(mmfpy_store *handle);

/*
 * Sets *count to the number of records, missing rows included: reading one of those fails later.
 * Returns MMF_ERR_CAPACITY if the last record lies beyond the address space of this handle; *count
 * is then the first such row.
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
 * Converts a row of Python, which counts from the end if negative. UINT64_MAX if it does not exist.
 * If records lie beyond the address space, so that the end is out of reach, a negative row becomes
 * a row beyond it, too.
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

/* Of mmfpy_close. No status of the library: mmf_store_close returns MMF_ERR_BUSY for a lock. */
#define MMFPY_VIEWS_ALIVE (-1)

/*
 * Opens a store for reading (mode 0) or writing (mode 1), or creates one (mode 2); schema may be
 * NULL to open any. The caller provides the memory of the handle, and keeps it while anything may
 * use the handle, even after mmfpy_drop: a garbage collector runs finalizers in any order, so that
 * one may call a dropped store. Returns a status and fills *error; as with mmf_store_open, there
 * may be a message with MMF_OK. Pair with mmfpy_drop.
 */
int mmfpy_open(mmfpy_store *handle, const char *path, int mode, int shared, uint64_t reserve_bytes,
               uint64_t capacity, unsigned permissions, const mmf_schema *schema, mmf_error *error);

/*
 * Waits for the calls in flight, then syncs, unlocks and unmaps. Returns MMFPY_VIEWS_ALIVE and does
 * nothing while views are alive; MMF_ERR_CLOSED the second time, and while views are alive after
 * mmfpy_defer_close; else as mmf_store_close, of which every status leaves the store closed.
 */
int mmfpy_close(mmfpy_store *handle);

/* Refuses all later calls, but keeps the file mapped for live views; the last to end closes it. */
void mmfpy_defer_close(mmfpy_store *handle);

/* As mmfpy_defer_close, and closes the store if no view is alive. No call may be in flight. */
void mmfpy_drop(mmfpy_store *handle);

/* Fills *error with a message for a status of this row and field (NULL for no field). */
void mmfpy_explain(mmfpy_store *handle, int status, int64_t row, const char *field,
                   mmf_error *error);

/* The schema of the file, valid while the store is open; NULL if it is closed. */
const mmf_schema *mmfpy_schema(mmfpy_store *handle);

int mmfpy_read_info(mmfpy_store *handle, mmfpy_info *out);
int mmfpy_sync(mmfpy_store *handle, mmf_error *error);

/* As mmf_store_copy. *bad_row is the row that cannot be copied, or -1. */
int mmfpy_copy(mmfpy_store *handle, const char *path, int64_t *bad_row, mmf_error *error);

/* As mmfi_write_untracked: Python is about to write through an array. */
int mmfpy_write_untracked(mmfpy_store *handle);

/*
 * The number of records, or a negative status: MMF_ERR_CLOSED, or MMF_ERR_CAPACITY if the address
 * space reserved at open has no room for all of them.
 */
int64_t mmfpy_count(mmfpy_store *handle);

/* As mmf_store_wait when until_closed is not 0, else as mmf_store_wait_through. */
int mmfpy_wait(mmfpy_store *handle, uint64_t count, uint64_t timeout_ns, int until_closed);

/*
 * The address of row first, with count rows from there on, mapped until mmfpy_view_end. NULL, with
 * *status, if the file does not have them.
 */
void *mmfpy_view_begin(mmfpy_store *handle, uint64_t first, uint64_t count, int *status);
void mmfpy_view_end(mmfpy_store *handle);

/*
 * A view in memory whose finalizer exists before the view is opened, so that the view ends even if
 * a signal handler raises right after mmfpy_view_open. All zero before it is opened.
 */
typedef struct mmfpy_view {
    void *base; /* the address of its first row; NULL if it is not open */
} mmfpy_view;

/* Opens *view, which must be zero, and returns a status. Pair with mmfpy_view_drop. */
int mmfpy_view_open(mmfpy_store *handle, uint64_t first, uint64_t count, mmfpy_view *view);

/* Ends the view if it is open. */
void mmfpy_view_drop(mmfpy_store *handle, mmfpy_view *view);

/* Does nothing. As the finalizer of an address, it keeps the view of that address alive. */
void mmfpy_view_hold(mmfpy_view *view, void *address);

MMF_END_DECLS

#endif
