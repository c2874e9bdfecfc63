/*
 * How a record is read, replaced and appended: the inline half of every typed call.
 *
 * Each path checks one private bound and then touches the record; whatever else may be the matter
 * (not there yet, read-only, closed, forked, being replaced) is sorted out by the cold functions
 * declared here, in core/store. record_size is a constant at every call, and folds into the
 * instructions.
 */
#ifndef MMAPFORGE_DETAIL_ACCESS_H
#define MMAPFORGE_DETAIL_ACCESS_H

#include "mmapforge/detail/record.h"
#include "mmapforge/detail/undo.h"
#include "mmapforge/store.h"

MMF_BEGIN_DECLS

/* ---- Cold paths ---- */

/*
 * No address of a caller's result goes to these: a variable whose address got away would live in
 * memory on the hot path, too.
 */

/* MMF_ERR_ARGUMENT when there is no place for a result, else mmfi_refresh. */
MMFI_COLD mmf_status mmfi_get_slow(const mmf_store *store, uint64_t row, bool has_out);

/* ---- Rows ---- */

MMFI_INLINE bool mmfi_row_is_known(const mmf_store *store, uint64_t row)
{
    return store != NULL && row < mmfi_load64_acquire(&store->row_bound);
}

MMFI_INLINE unsigned char *mmfi_row(const mmf_store *store, uint64_t row, size_t record_size)
{
    /* Copies by words then need no check of an address. */
    return (unsigned char *)__builtin_assume_aligned(store->records + (size_t)row * record_size, 8);
}

/* ---- One consistent record ---- */

/* A first attempt at a record. sequence is 0, and record NULL, when it takes more than that. */
typedef struct mmfi_read {
    const unsigned char *record;
    uint64_t sequence;
} mmfi_read;

MMFI_INLINE mmfi_read mmfi_read_begin(const mmf_store *store, uint64_t row, size_t record_size,
                                      bool has_out)
{
    mmfi_read read = {NULL, 0};
    if (MMFI_UNLIKELY(!mmfi_row_is_known(store, row) || !has_out))
        return read;
    const unsigned char *record = mmfi_row(store, row, record_size);
    const uint64_t sequence = mmfi_sequence_load(record);
    if (MMFI_LIKELY(mmfi_sequence_is_whole(sequence))) {
        read.record = record;
        read.sequence = sequence;
    }
    return read;
}

/* True when what was loaded since mmfi_read_begin is one consistent record. */
MMFI_INLINE bool mmfi_read_end(mmfi_read read)
{
    return mmfi_sequence_validate(read.record, read.sequence);
}

/*
 * The other attempts. While mmfi_slow_read_next returns true, load the record at .record; when it
 * returns false, .status says whether the last load is good. Bounded: it ends in MMF_ERR_BUSY or
 * MMF_ERR_CORRUPT at the latest.
 */
typedef struct mmfi_slow_read {
    const unsigned char *record;
    mmf_status status;
    uint32_t attempts;
    uint32_t unmoved; /* of the last attempts: found the same odd sequence, and no before-image */
    uint64_t sequence;
    uint64_t row;
    const mmf_store *store;
} mmfi_slow_read;

MMFI_COLD mmfi_slow_read mmfi_slow_read_begin(const mmf_store *store, uint64_t row, bool has_out);
MMFI_COLD bool mmfi_slow_read_next(mmfi_slow_read *slow);

/*
 * The sequence of a record that may be read. Else 0, and MMF_ERR_BUSY when it is being replaced, or
 * MMF_ERR_CORRUPT when it was never written or has reserved bits.
 */
MMFI_INLINE mmf_status mmfi_sequence_read_begin(const unsigned char *record, uint64_t *sequence)
{
    const uint64_t found = mmfi_sequence_load(record);
    if (MMFI_UNLIKELY(!mmfi_sequence_is_whole(found))) {
        *sequence = 0;
        return mmfi_sequence_is_damaged(found) ? MMF_ERR_CORRUPT : MMF_ERR_BUSY;
    }
    *sequence = found;
    return MMF_OK;
}

/*
 * For views and several fields at once: begin gives the sequence, the caller reads what it likes,
 * and retry says whether it must be thrown away. MMF_ERR_BUSY when the record is being replaced.
 */
MMFI_INLINE mmf_status mmfi_sequence_begin(const mmf_store *store, uint64_t row, size_t record_size,
                                           uint64_t *sequence)
{
    if (MMFI_UNLIKELY(!mmfi_row_is_known(store, row) || sequence == NULL)) {
        const mmf_status status = mmfi_get_slow(store, row, sequence != NULL);
        if (status != MMF_OK) {
            if (sequence != NULL)
                *sequence = 0;
            return status;
        }
    }
    return mmfi_sequence_read_begin(mmfi_row(store, row, record_size), sequence);
}

MMFI_INLINE bool mmfi_sequence_retry(const mmf_store *store, uint64_t row, size_t record_size,
                                     uint64_t sequence)
{
    if (MMFI_UNLIKELY(!mmfi_row_is_known(store, row)))
        return true;
    return MMFI_UNLIKELY(!mmfi_sequence_validate(mmfi_row(store, row, record_size), sequence));
}

/* ---- Replacing a record ---- */

/* record is NULL unless status is MMF_OK. */
typedef struct mmfi_write {
    unsigned char *record;
    uint64_t sequence;
    mmf_status status;
} mmfi_write;

/* A row that may be written: two words, which come back in registers. */
typedef struct mmfi_write_permit {
    uint64_t sequence; /* the odd one, when status is MMF_OK */
    mmf_status status;
} mmfi_write_permit;

/*
 * How much of a record a write replaces. A part leaves the rest as it is, so a torn record refuses
 * it (MMF_ERR_CORRUPT): it would look whole afterwards.
 */
typedef enum mmfi_extent {
    MMFI_WHOLE = 0,
    MMFI_PART = 1
} mmfi_extent;

/* mmfi_write_begin, if row may be written after all. */
MMFI_COLD mmfi_write_permit mmfi_write_slow(mmf_store *store, uint64_t row, mmfi_extent extent);

/* Every payload store lies between begin and end. The undo slot first, then the odd sequence. */
MMFI_INLINE mmfi_write mmfi_write_begin_of(mmf_store *store, uint64_t row, size_t record_size,
                                           mmfi_extent extent)
{
    mmfi_write write = {NULL, 0, MMF_OK};
    if (MMFI_LIKELY(store != NULL && row < store->writer->settable)) {
        unsigned char *record = mmfi_row(store, row, record_size);
        const uint64_t sequence = mmfi_load64(record);
        /* A torn record cannot serve as a before-image. */
        if (MMFI_LIKELY(mmfi_sequence_is_whole(sequence))) {
            mmfi_undo_save(store->writer->undo, row, record, sequence, record_size);
            write.record = record;
            write.sequence = mmfi_sequence_write_begin(record, sequence);
            return write;
        }
    }
    const mmfi_write_permit permit = mmfi_write_slow(store, row, extent);
    write.status = permit.status;
    if (MMFI_LIKELY(permit.status == MMF_OK)) {
        write.record = mmfi_row(store, row, record_size);
        write.sequence = permit.sequence;
    }
    return write;
}

/* Of a whole record, whatever it is now. */
MMFI_INLINE mmfi_write mmfi_write_begin(mmf_store *store, uint64_t row, size_t record_size)
{
    return mmfi_write_begin_of(store, row, record_size, MMFI_WHOLE);
}

MMFI_INLINE mmf_status mmfi_write_end(mmfi_write write)
{
    mmfi_sequence_write_end(write.record, write.sequence);
    return MMF_OK;
}

/*
 * Says that memory of records is about to be written by other means than these calls, which no
 * sync could see: from then on each has everything written. MMF_ERR_READ_ONLY and the other
 * refusals of a write, and what a sync returns.
 */
MMFI_COLD mmf_status mmfi_write_untracked(mmf_store *store);

/* mmf_store_copy, with the row that could not be copied; UINT64_MAX when it was for none. */
MMFI_COLD mmf_status mmfi_store_copy(const mmf_store *store, const char *path, uint64_t *bad_row,
                                     mmf_error *error);

/* ---- Appending a record ---- */

/* record is NULL unless status is MMF_OK. */
typedef struct mmfi_append {
    unsigned char *record;
    uint64_t row;
    mmf_store *store;
    mmfi_writer *writer;
    mmf_status status;
} mmfi_append;

/* writer is NULL unless status is MMF_OK. */
typedef struct mmfi_append_permit {
    mmfi_writer *writer;
    mmf_status status;
} mmfi_append_permit;

/*
 * The writer once the file has room for a record, and other writers have ended their appends. Where
 * readers may have seen a record in the row, that one is marked as being replaced.
 */
MMFI_COLD mmfi_append_permit mmfi_append_slow(const mmf_store *store);

/* The end of an append that failed: there is no row. */
MMFI_INLINE mmf_status mmfi_append_failed(mmf_status status, uint64_t *row)
{
    if (row != NULL)
        *row = 0;
    return status;
}

/* The record after the last one. It is not read before mmfi_append_end publishes it. */
MMFI_INLINE mmfi_append mmfi_append_begin(mmf_store *store, size_t record_size)
{
    mmfi_append append = {NULL, 0, store, NULL, MMF_OK};
    if (MMFI_LIKELY(store != NULL && store->writer->count < store->writer->capacity)) {
        append.writer = store->writer;
    } else {
        const mmfi_append_permit permit = mmfi_append_slow(store);
        if (permit.status != MMF_OK) {
            append.status = permit.status;
            return append;
        }
        append.writer = permit.writer;
    }
    append.row = append.writer->count;
    append.record = mmfi_row(store, append.row, record_size);
    return append;
}

/* Ends an append that has published its record, or gave up. */
MMFI_INLINE void mmfi_append_finish(mmf_store *store, const mmfi_writer *writer)
{
    if (MMFI_LIKELY(writer->last == MMFI_LAST_NOTHING))
        return;
    if (writer->last == MMFI_LAST_UNLOCK)
        mmfi_store64_release(&writer->live->append_owner, 0);
    else
        mmfi_store64_release(&store->row_bound, 0);
}

/* The releases pair with the acquires of mmf_store_count, mmfi_refresh and mmfi_row_is_known. */
MMFI_INLINE mmf_status mmfi_append_end(mmfi_append append, uint64_t *row)
{
    const uint64_t count = append.row + 1;
    /* A release for those who saw another record in this row (mmfi_append_slow). */
    mmfi_store64_release(append.record, append.writer->sequence);
    append.writer->count = count;
    mmfi_store64_release(&append.store->row_bound, count);
    mmfi_store64_release(&append.writer->live->count, count);
    mmfi_append_finish(append.store, append.writer);
    if (row != NULL)
        *row = append.row;
    return MMF_OK;
}

MMF_END_DECLS

#endif
