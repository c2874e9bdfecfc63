/* Opening and closing, the write lock, and the calls that concern a store as a whole. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "handle.h"

#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Waits a moment for another thread: yields at first, then sleeps 0.1 ms at a time. */
static void back_off(unsigned attempt)
{
    if (attempt < 64) {
        (void)sched_yield();
        return;
    }
    const struct timespec pause = {0, 100000};
    (void)nanosleep(&pause, NULL);
}

/* ---- The write lock ---- */

/* After a fork the child lacks the thread that holds the lock; it must not write anyway. */
static bool lock_for_writing(mmfpy_store *handle)
{
    for (unsigned attempt = 0; !mmfi_swap64_if(&handle->write_lock, 0, 1); attempt++) {
        if (handle->pid != getpid())
            return false;
        back_off(attempt);
    }
    return true;
}

mmf_store *mmfpy_enter_writing(mmfpy_store *handle, mmf_status *status)
{
    mmf_store *store = mmfpy_enter(handle);
    if (store != NULL && lock_for_writing(handle))
        return store;
    *status = store == NULL ? MMF_ERR_CLOSED : MMF_ERR_READ_ONLY;
    mmfpy_leave(handle);
    return NULL;
}

void mmfpy_leave_writing(mmfpy_store *handle)
{
    mmfi_store64_release(&handle->write_lock, 0);
    mmfpy_leave(handle);
}

/* ---- Opening and closing ---- */

int mmfpy_open(mmfpy_store *handle, const char *path, int mode, int shared, uint64_t reserve_bytes,
               uint64_t capacity, unsigned permissions, const mmf_schema *schema, mmf_error *error)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = mode != 0 ? MMF_READ_WRITE : MMF_READ_ONLY;
    options.shared_writers = shared != 0;
    options.reserve_bytes = reserve_bytes;
    options.capacity = capacity;
    options.permissions = permissions;
    memset(handle, 0, sizeof *handle);
    mmf_status status = MMF_OK;
    if (mode == 2)
        status = mmf_store_create(path, &options, schema, &handle->store, error);
    else if (schema != NULL)
        status = mmf_store_open_as(path, &options, schema, &handle->store, error);
    else
        status = mmf_store_open(path, &options, &handle->store, error);
    if (status != MMF_OK)
        return (int)status;
    handle->record_size = mmf_store_schema(handle->store)->record_size;
    handle->checksum = mmf_store_schema(handle->store)->checksum_offset;
    handle->layout_hash = mmf_store_schema(handle->store)->layout_hash;
    handle->pid = getpid();
    return MMF_OK;
}

/* True if no call is in flight and no view is live or being opened. */
static bool is_idle(uint64_t in_flight)
{
    return (in_flight & ~(MMFPY_CLOSING | MMFPY_CLOSE_DEFERRED | MMFPY_CLOSED)) == 0;
}

static int close_store(mmfpy_store *handle)
{
    mmf_store *store = handle->store;
    handle->store = NULL;
    return (int)mmf_store_close(store);
}

int mmfpy_close(mmfpy_store *handle)
{
    uint64_t in_flight;
    do {
        in_flight = mmfi_load64_acquire(&handle->in_flight);
        const bool is_closing = (in_flight & MMFPY_CLOSING) != 0;
        if ((in_flight & MMFPY_CLOSED) != 0)
            return MMF_ERR_CLOSED;
        if ((in_flight & MMFPY_VIEWS) != 0)
            return is_closing ? MMF_ERR_CLOSED : MMFPY_VIEWS_ALIVE;
    } while (
        !mmfi_swap64_if(&handle->in_flight, in_flight, in_flight | MMFPY_CLOSING | MMFPY_CLOSED));
    for (unsigned attempt = 0; !is_idle(mmfi_load64_acquire(&handle->in_flight)); attempt++) {
        if (handle->pid != getpid()) {
            /* A fork copied the count of calls, but not their threads: they never leave. The
             * child only drops the handle. */
            (void)mmfi_add64_ordered(&handle->in_flight, 0 - MMFPY_CLOSED);
            return MMF_OK;
        }
        back_off(attempt);
    }
    return close_store(handle);
}

void mmfpy_defer_close(mmfpy_store *handle)
{
    uint64_t in_flight;
    do {
        in_flight = mmfi_load64_acquire(&handle->in_flight);
    } while ((in_flight & MMFPY_CLOSING) == 0 &&
             !mmfi_swap64_if(&handle->in_flight, in_flight,
                             in_flight | MMFPY_CLOSING | MMFPY_CLOSE_DEFERRED));
}

void mmfpy_drop(mmfpy_store *handle)
{
    uint64_t in_flight;
    mmfpy_defer_close(handle);
    /* Calls in flight were copied by a fork, and never leave, so this does not wait for them. */
    do {
        in_flight = mmfi_load64_acquire(&handle->in_flight);
        if ((in_flight & (MMFPY_VIEWS | MMFPY_CLOSED)) != 0)
            return;
    } while (!mmfi_swap64_if(&handle->in_flight, in_flight, in_flight | MMFPY_CLOSED));
    (void)close_store(handle);
}

/* ---- Information, sync and copy ---- */

void mmfpy_explain(mmfpy_store *handle, int status, int64_t row, const char *field,
                   mmf_error *error)
{
    mmf_store *store = mmfpy_enter(handle);
    (void)mmf_store_explain(store, (mmf_status)status, (uint64_t)row, field, error);
    mmfpy_leave(handle);
}

const mmf_schema *mmfpy_schema(mmfpy_store *handle)
{
    mmf_store *store = mmfpy_enter(handle);
    const mmf_schema *schema = mmf_store_schema(store);
    mmfpy_leave(handle);
    return schema;
}

int mmfpy_read_info(mmfpy_store *handle, mmfpy_info *out)
{
    mmf_info info;
    mmf_store *store = mmfpy_enter(handle);
    const mmf_status status = store != NULL ? mmf_store_info(store, &info) : MMF_ERR_CLOSED;
    mmfpy_leave(handle);
    memset(out, 0, sizeof *out);
    if (status != MMF_OK)
        return (int)status;
    out->count = info.count;
    out->missing_rows = info.missing_rows;
    out->dropped_rows = info.dropped_rows;
    out->capacity = info.capacity;
    out->capacity_max = info.capacity_max;
    out->file_size = info.file_size;
    out->header_size = info.header_size;
    out->reserve_bytes = info.reserve_bytes;
    out->writer_pid = info.writer_pid;
    out->record_size = info.record_size;
    out->format_version = info.format_version;
    out->writable = info.writable;
    out->live = info.live;
    out->replaced = (int)info.replaced;
    return MMF_OK;
}

int mmfpy_sync(mmfpy_store *handle, mmf_error *error)
{
    mmf_status status = MMF_OK;
    mmf_store *store = mmfpy_enter_writing(handle, &status);
    if (store == NULL) {
        mmfpy_explain(handle, (int)status, 0, NULL, error);
        return (int)status;
    }
    status = mmf_store_sync(store, error);
    mmfpy_leave_writing(handle);
    return (int)status;
}

int mmfpy_copy(mmfpy_store *handle, const char *path, int64_t *bad_row, mmf_error *error)
{
    uint64_t row = UINT64_MAX;
    const mmf_store *store = mmfpy_enter(handle);
    mmf_status status = MMF_ERR_CLOSED;
    if (store != NULL)
        status = mmfi_store_copy(store, path, &row, error);
    mmfpy_leave(handle);
    *bad_row = row == UINT64_MAX ? -1 : (int64_t)row;
    return (int)status;
}

int mmfpy_write_untracked(mmfpy_store *handle)
{
    mmf_status status = MMF_OK;
    mmf_store *store = mmfpy_enter_writing(handle, &status);
    if (store == NULL)
        return (int)status;
    status = mmfi_write_untracked(store);
    mmfpy_leave_writing(handle);
    return (int)status;
}

int64_t mmfpy_count(mmfpy_store *handle)
{
    uint64_t count = 0;
    mmf_store *store = mmfpy_enter(handle);
    const mmf_status status = store != NULL ? mmfpy_count_all(store, &count) : MMF_ERR_CLOSED;
    mmfpy_leave(handle);
    return status == MMF_OK ? (int64_t)count : -(int64_t)status;
}

int mmfpy_wait(mmfpy_store *handle, uint64_t count, uint64_t timeout_ns, int until_closed)
{
    mmf_store *store = mmfpy_enter(handle);
    mmf_status status = MMF_ERR_CLOSED;
    if (store != NULL && until_closed != 0)
        status = mmf_store_wait(store, count, timeout_ns);
    else if (store != NULL)
        status = mmf_store_wait_through(store, count, timeout_ns);
    mmfpy_leave(handle);
    return (int)status;
}

/* ---- Views ---- */

void *mmfpy_view_begin(mmfpy_store *handle, uint64_t first, uint64_t count, int *status)
{
    mmf_rows rows = {NULL, 0};
    const uint64_t before = mmfi_add64_ordered(&handle->in_flight, MMFPY_VIEW);
    *status = (int)MMF_ERR_CLOSED;
    if ((before & MMFPY_CLOSING) == 0)
        *status = (int)mmfi_rows(handle->store, first, count, handle->record_size, &rows);
    if (*status != MMF_OK)
        mmfpy_view_end(handle);
    return (void *)(uintptr_t)rows.records;
}

void mmfpy_view_end(mmfpy_store *handle)
{
    const uint64_t deferred = MMFPY_CLOSING | MMFPY_CLOSE_DEFERRED;
    const uint64_t before = mmfi_add64_ordered(&handle->in_flight, 0 - MMFPY_VIEW);
    if (before == deferred + MMFPY_VIEW &&
        mmfi_swap64_if(&handle->in_flight, deferred, deferred | MMFPY_CLOSED))
        (void)close_store(handle);
}

int mmfpy_view_open(mmfpy_store *handle, uint64_t first, uint64_t count, mmfpy_view *view)
{
    int status = MMF_OK;
    view->base = mmfpy_view_begin(handle, first, count, &status);
    return status;
}

void mmfpy_view_drop(mmfpy_store *handle, mmfpy_view *view)
{
    if (view->base == NULL)
        return;
    view->base = NULL;
    mmfpy_view_end(handle);
}

void mmfpy_view_hold(mmfpy_view *view, void *address)
{
    (void)view;
    (void)address;
}
