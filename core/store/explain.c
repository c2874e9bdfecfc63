/* The messages for statuses of calls that take no mmf_error, and those of several callers. */
#include "explain.h"
#include "../os/space.h"
#include "adapt.h"
#include "link.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

mmf_status mmfi_say_missing(const mmfi_state *state, const mmfi_bounds *bounds, mmf_status status,
                            mmf_error *error)
{
    return mmfi_fail(error, status, 0, state->file.path,
                     "%s: %" PRIu64 " of %" PRIu64 " records are missing, from row %" PRIu64
                     " on: %s; restore the file from a copy, and read the rows before it meanwhile",
                     state->file.path, mmfi_bounds_missing(bounds), bounds->count, bounds->backed,
                     bounds->backed == state->rows_written
                         ? "they are zeroes, as if they had never been written"
                     : bounds->backed == state->rows_to_hole
                         ? "the file has a hole there, and what comes after it is not read"
                         : "the file ends before them");
}

mmf_status mmfi_say_missing_pages(const mmfi_state *state, mmf_error *error)
{
    const char *path = state->file.path;
    const mmf_status status = mmfi_pages_status(state);
    if (status == MMF_ERR_CORRUPT)
        return mmfi_fail(error, status, 0, path,
                         "%s: the file was truncated while it was open; restore it from a copy",
                         path);
    return mmfi_fail(error, status, 0, path,
                     "%s: a page within the file could not be had: the disk is full, and the file "
                     "system needs room to write there (a sparse file, or copy-on-write), or the "
                     "disk failed; free space or check the disk, and open the store again",
                     path);
}

mmf_status mmfi_obstacle_say(const mmfi_state *state, mmf_error *error)
{
    const mmfi_obstacle *obstacle = &state->obstacle;
    const uint64_t pid = mmfi_load64(&obstacle->pid);
    char who[64] = "another writer";
    char what[64] = "the append lock (it appends, grows or syncs the file)";
    if (pid != 0)
        (void)snprintf(who, sizeof who, "process %" PRIu64 "%s", pid,
                       pid == (uint64_t)state->pid ? " (this one)" : "");
    if (mmfi_load64(&obstacle->held) == MMFI_HELD_RECORD)
        (void)snprintf(what, sizeof what, "row %" PRIu64 " (it replaces the record)",
                       mmfi_load64(&obstacle->row));
    return mmfi_fail(error, MMF_ERR_BUSY, 0, state->file.path,
                     "%s: %s has held %s for ten seconds; try again, and if it is stopped or "
                     "hangs, continue it or end it: what it holds is freed then",
                     state->file.path, who, what);
}

mmf_status mmfi_fail_no_store(const char *call, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, NULL,
                     "%s: store is NULL; look at the status and the message of the open or create "
                     "that should have set it",
                     call);
}

/* True when the status is that of a write which waited for another writer, and for how long. */
static bool has_obstacle(const mmfi_state *state, mmf_status status, uint64_t row)
{
    if (status != MMF_ERR_BUSY || state == NULL)
        return false;
    const uint64_t held = mmfi_load64(&state->obstacle.held);
    return held == MMFI_HELD_APPEND ||
           (held == MMFI_HELD_RECORD && mmfi_load64(&state->obstacle.row) == row);
}

static const char *what_to_do(const mmfi_state *state, mmf_status status)
{
    switch (status) {
    case MMF_ERR_ARGUMENT:
        return "compare each argument with the call's comment in its header";
    case MMF_ERR_READ_ONLY:
        if (state != NULL && mmfi_state_is_inherited(state))
            return "the handle was inherited over a fork; open the file in this process";
        return "open the store with options.mode = MMF_READ_WRITE";
    case MMF_ERR_RANGE:
        return "use a row below the count";
    case MMF_ERR_TOO_LONG:
        return "shorten the value, or give a larger buffer (the field's _MAX, and 1 for a string)";
    case MMF_ERR_CAPACITY:
        return "open the store with a larger options.reserve_bytes";
    case MMF_ERR_NO_SPACE:
        return "free space on the disk and try again; nothing was lost";
    case MMF_ERR_BUSY:
        return "try again: a writer is at work";
    case MMF_ERR_CORRUPT:
        return "restore the file from a copy, or write the whole record again";
    case MMF_ERR_NEEDS_RECOVERY:
        return "copy the records to a new store";
    case MMF_ERR_CLOSED:
        return "open the store again";
    case MMF_ERR_IO:
        return "check the disk, and open the store again";
    case MMF_ERR_TIMEOUT:
        return "wait longer, or see what keeps the writer";
    case MMF_ERR_ENDED:
        return "no more records come; to wait for the next writer, use mmf_store_wait_through";
    case MMF_ERR_WRITER_DIED:
        return "the records that are there are whole; start the writer again, and to wait for it "
               "use mmf_store_wait_through";
    case MMF_ERR_SCHEMA:
        return "the file is of another version of the schema and lacks the field, or says "
               "nothing of null; migrate it to a new file";
    case MMF_ERR_UNSUPPORTED:
        if (state != NULL && state->adapter != NULL)
            return "the file is of another version of the schema, and its records are converted: "
                   "read them by get, or migrate the file";
        return "see the status";
    case MMF_ERR_NULL:
        return "ask whether it has a value (has_FIELD), or set one";
    case MMF_ERR_ENUM:
        return "use a member of the enum in the schema";
    default:
        return "see the status";
    }
}

/* The remedy for MMF_ERR_CORRUPT: the row is missing, or the record is damaged. */
static const char *what_is_damaged(const mmfi_state *state, uint64_t row)
{
    mmfi_bounds now = {0, 0, 0, 0};
    if (state != NULL && mmfi_bounds_now(state, &now, NULL) == MMF_OK && row < now.count &&
        row >= now.backed)
        return "the row is missing from the file; restore it from a copy";
    return what_to_do(state, MMF_ERR_CORRUPT);
}

static bool is_about_row(mmf_status status)
{
    return status == MMF_ERR_RANGE || status == MMF_ERR_BUSY || status == MMF_ERR_CORRUPT ||
           status == MMF_ERR_NULL;
}

/* Of the program's schema; a field of the file's may have another capacity. */
static const mmf_field *find_field(const mmf_store *store, const char *name)
{
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    if (store == NULL || store->state == NULL || name == NULL)
        return NULL;
    const mmf_field *found =
        mmf_schema_find(adapter != NULL ? adapter->schema : store->state->schema, name);
    if (adapter != NULL && found != NULL) {
        const mmf_field *theirs = adapter->pairs->list[found - adapter->schema->fields].theirs;
        return theirs != NULL ? theirs : found;
    }
    return found;
}

mmf_status mmf_store_explain(const mmf_store *store, mmf_status status, uint64_t row,
                             const char *field, mmf_error *error)
{
    if (status == MMF_OK) {
        mmfi_error_clear(error);
        return status;
    }
    if (store == NULL && status == MMF_ERR_ARGUMENT)
        return mmfi_fail_no_store("the call", error);
    const mmfi_state *state = store != NULL ? store->state : NULL;
    const char *path = state != NULL ? state->file.path : "a store that is closed or NULL";
    const mmf_field *found = find_field(store, field);
    char where[64] = "";
    char limit[64] = "";
    /* These messages name no row. */
    if (state != NULL && status == mmfi_pages_status(state))
        return mmfi_say_missing_pages(state, error);
    if (state != NULL && status == MMF_ERR_NOT_FOUND)
        return mmfi_link_say(state, status, error);
    if (has_obstacle(state, status, row))
        return mmfi_obstacle_say(state, error);
    if (state != NULL && (status == MMF_ERR_NO_SPACE || status == MMF_ERR_IO)) {
        const int why = (int)mmfi_load64(&state->growth_error);
        const char *text = mmfi_file_growth_text(why);
        if (text != NULL && (status == MMF_ERR_NO_SPACE) == (why == EFBIG))
            return mmfi_fail(error, status, why, path, "%s: the file cannot grow: %s: %s", path,
                             mmfi_os_describe(why).text, text);
    }
    const uint64_t count = mmf_store_count(store);
    /* The row is there, so it is the range of rows from it that ends after the last. */
    const bool is_range = status == MMF_ERR_RANGE && row < count;
    if (is_range)
        (void)snprintf(where, sizeof where, ": rows from %" PRIu64 " on, of %" PRIu64, row, count);
    else if (is_about_row(status))
        (void)snprintf(where, sizeof where, ": row %" PRIu64 " of %" PRIu64, row, count);
    if (found != NULL && status == MMF_ERR_TOO_LONG)
        (void)snprintf(limit, sizeof limit, " (at most %" PRIu32 " bytes)", found->max);
    const char *what = is_range ? "the range ends beyond the last record" : mmf_status_text(status);
    const char *to_do = is_range                    ? "ask for fewer, or for MMF_TO_END"
                        : status == MMF_ERR_CORRUPT ? what_is_damaged(state, row)
                                                    : what_to_do(state, status);
    return mmfi_fail(error, status, 0, state != NULL ? path : NULL, "%s%s%s%s%s: %s; %s", path,
                     where, field != NULL ? ": field " : "", field != NULL ? field : "", limit,
                     what, to_do);
}
