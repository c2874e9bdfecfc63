/* Closing the gate, taking turns, and what concerns a store as a whole. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "handle.h"

#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Pauses while another thread is at work: short ones first, then as long as a scheduler's tick. */
static void rest(unsigned attempt)
{
    if (attempt < 64) {
        (void)sched_yield();
        return;
    }
    const struct timespec nap = {0, 100000};
    (void)nanosleep(&nap, NULL);
}

/* ---- The turn to write ---- */

/* A child after fork has no thread that could hand a turn over, and may not write anyway. */
static bool take_turn(mmfpy_store *handle)
{
    for (unsigned attempt = 0; !mmfi_swap64_if(&handle->turn, 0, 1); attempt++) {
        if (handle->pid != getpid())
            return false;
        rest(attempt);
    }
    return true;
}

mmf_store *mmfpy_enter_writing(mmfpy_store *handle, mmf_status *status)
{
    mmf_store *store = mmfpy_enter(handle);
    if (store != NULL && take_turn(handle))
        return store;
    *status = store == NULL ? MMF_ERR_CLOSED : MMF_ERR_READ_ONLY;
    mmfpy_leave(handle);
    return NULL;
}

void mmfpy_leave_writing(mmfpy_store *handle)
{
    mmfi_store64_release(&handle->turn, 0);
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

/* True when nobody is in a call, and none has begun a view or is about to be refused one. */
static bool is_empty(uint64_t gate)
{
    return (gate & ~(MMFPY_GATE_SHUT | MMFPY_GATE_LATE | MMFPY_GATE_DONE)) == 0;
}

static int close_store(mmfpy_store *handle)
{
    mmf_store *store = handle->store;
    handle->store = NULL;
    return (int)mmf_store_close(store);
}

int mmfpy_close(mmfpy_store *handle)
{
    uint64_t gate;
    do {
        gate = mmfi_load64_acquire(&handle->gate);
        const bool is_shut = (gate & MMFPY_GATE_SHUT) != 0;
        if ((gate & MMFPY_GATE_DONE) != 0)
            return MMF_ERR_CLOSED;
        if ((gate & MMFPY_GATE_VIEWS) != 0)
            return is_shut ? MMF_ERR_CLOSED : MMF_ERR_BUSY;
    } while (!mmfi_swap64_if(&handle->gate, gate, gate | MMFPY_GATE_SHUT | MMFPY_GATE_DONE));
    for (unsigned attempt = 0; !is_empty(mmfi_load64_acquire(&handle->gate)); attempt++) {
        if (handle->pid != getpid()) {
            /* A fork copied calls of threads that it did not copy: they never leave. To be dropped.
             */
            (void)mmfi_add64_ordered(&handle->gate, 0 - MMFPY_GATE_DONE);
            return MMF_OK;
        }
        rest(attempt);
    }
    return close_store(handle);
}

void mmfpy_shut(mmfpy_store *handle)
{
    uint64_t gate;
    do {
        gate = mmfi_load64_acquire(&handle->gate);
    } while ((gate & MMFPY_GATE_SHUT) == 0 &&
             !mmfi_swap64_if(&handle->gate, gate, gate | MMFPY_GATE_SHUT | MMFPY_GATE_LATE));
}

void mmfpy_drop(mmfpy_store *handle)
{
    uint64_t gate;
    mmfpy_shut(handle);
    /* Calls are not waited for: those there are were copied by a fork, and never leave. */
    do {
        gate = mmfi_load64_acquire(&handle->gate);
        if ((gate & (MMFPY_GATE_VIEWS | MMFPY_GATE_DONE)) != 0)
            return;
    } while (!mmfi_swap64_if(&handle->gate, gate, gate | MMFPY_GATE_DONE));
    (void)close_store(handle);
}

/* ---- What it says of itself ---- */

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

int mmfpy_write_unseen(mmfpy_store *handle)
{
    mmf_status status = MMF_OK;
    mmf_store *store = mmfpy_enter_writing(handle, &status);
    if (store == NULL)
        return (int)status;
    status = mmfi_write_unseen(store);
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

int mmfpy_wait(mmfpy_store *handle, uint64_t count, uint64_t timeout_ns)
{
    mmf_store *store = mmfpy_enter(handle);
    const mmf_status status =
        store != NULL ? mmf_store_wait(store, count, timeout_ns) : MMF_ERR_CLOSED;
    mmfpy_leave(handle);
    return (int)status;
}

/* ---- Views ---- */

void *mmfpy_view_begin(mmfpy_store *handle, uint64_t first, uint64_t count, int *status)
{
    mmf_rows rows = {NULL, 0};
    const uint64_t before = mmfi_add64_ordered(&handle->gate, MMFPY_GATE_VIEW);
    *status = (int)MMF_ERR_CLOSED;
    if ((before & MMFPY_GATE_SHUT) == 0)
        *status = (int)mmfi_rows(handle->store, first, count, handle->record_size, &rows);
    if (*status != MMF_OK)
        mmfpy_view_end(handle);
    return (void *)(uintptr_t)rows.records;
}

void mmfpy_view_end(mmfpy_store *handle)
{
    const uint64_t late = MMFPY_GATE_SHUT | MMFPY_GATE_LATE;
    const uint64_t before = mmfi_add64_ordered(&handle->gate, 0 - MMFPY_GATE_VIEW);
    if (before == late + MMFPY_GATE_VIEW &&
        mmfi_swap64_if(&handle->gate, late, late | MMFPY_GATE_DONE))
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
