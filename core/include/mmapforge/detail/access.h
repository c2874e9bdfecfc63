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

/*
 * Of a write through a handle whose file has another version of the schema: the cold half converts
 * the record. No caller of a public call ever sees it.
 */
#define MMFI_OTHER_LAYOUT ((mmf_status)31)

/* ---- Rows ---- */

/* What stands for a store that is NULL: it has no rows, and may not write. */
extern const mmf_store mmfi_no_store;

MMFI_INLINE const mmf_store *mmfi_some(const mmf_store *store)
{
    return store != NULL ? store : &mmfi_no_store;
}

MMFI_INLINE bool mmfi_row_is_known(const mmf_store *store, uint64_t row)
{
    return row < mmfi_load64_acquire(&mmfi_some(store)->row_bound);
}

MMFI_INLINE unsigned char *mmfi_row(const mmf_store *store, uint64_t row, size_t record_size)
{
    /* Copies by words then need no check of an address. */
    return (unsigned char *)__builtin_assume_aligned(store->records + (size_t)row * record_size, 8);
}

/*
 * Where the record of a row is, from row 0, if row may be read after all: for a file of another
 * version of the schema, so that a text of size bytes at that offset can be read there (offset 0
 * and size 8 for the sequence). There it may have fewer bytes. Two words, which come back in
 * registers.
 */
typedef struct mmfi_find_result {
    size_t at;
    mmf_status status;
    uint32_t size;
} mmfi_find_result;

MMFI_COLD mmfi_find_result mmfi_find_slow(const mmf_store *store, uint64_t row, size_t offset,
                                          size_t size, bool has_out);

/* A record at such a place. */
MMFI_INLINE const unsigned char *mmfi_record_at(const mmf_store *store, size_t at)
{
    return (const unsigned char *)((uintptr_t)store->records + at);
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
    const mmf_store *of = mmfi_some(store);
    if (MMFI_UNLIKELY(!mmfi_row_is_known(of, row) || !has_out))
        return read;
    const unsigned char *record = mmfi_row(of, row, record_size);
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
    const unsigned char *record; /* in the layout of the program, if it has an image */
    const unsigned char *source; /* in the layout of the file */
    unsigned char *image;        /* room for a record of the program, or NULL */
    void *owned;                 /* that room, where it is freed at the end; or NULL */
    mmf_status status;
    uint32_t attempts;
    uint32_t unmoved; /* of the last attempts: found the same odd sequence, and no before-image */
    uint64_t sequence;
    uint64_t row;
    const mmf_store *store;
} mmfi_slow_read;

/* Of records in the layout of the file. */
MMFI_COLD mmfi_slow_read mmfi_slow_read_begin(const mmf_store *store, uint64_t row, bool has_out);

/*
 * In that of the program's schema. A file of another version takes memory, which is free again when
 * mmfi_slow_read_next has returned false; also MMF_ERR_NO_MEMORY.
 */
MMFI_COLD mmfi_slow_read mmfi_slow_read_begin_as(const mmf_store *store, uint64_t row,
                                                 bool has_out);
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

MMFI_COLD bool mmfi_sequence_retry_slow(const mmf_store *store, uint64_t row, uint64_t sequence);

/*
 * For views and several fields at once: begin gives the sequence, the caller reads what it likes,
 * and retry says whether it must be thrown away. MMF_ERR_BUSY when the record is being replaced.
 */
MMFI_INLINE mmf_status mmfi_sequence_begin(const mmf_store *store, uint64_t row, size_t record_size,
                                           uint64_t *sequence)
{
    const mmf_store *of = mmfi_some(store);
    if (MMFI_UNLIKELY(!mmfi_row_is_known(of, row) || sequence == NULL)) {
        const mmfi_find_result found =
            mmfi_find_slow(store, row, 0, sizeof *sequence, sequence != NULL);
        if (found.status != MMF_OK) {
            if (sequence != NULL)
                *sequence = 0;
            return found.status;
        }
        return mmfi_sequence_read_begin(mmfi_record_at(store, found.at), sequence);
    }
    return mmfi_sequence_read_begin(mmfi_row(of, row, record_size), sequence);
}

MMFI_INLINE bool mmfi_sequence_retry(const mmf_store *store, uint64_t row, size_t record_size,
                                     uint64_t sequence)
{
    const mmf_store *of = mmfi_some(store);
    if (MMFI_UNLIKELY(!mmfi_row_is_known(of, row)))
        return mmfi_sequence_retry_slow(store, row, sequence);
    return MMFI_UNLIKELY(!mmfi_sequence_validate(mmfi_row(of, row, record_size), sequence));
}

/* ---- Files of another version ---- */

/*
 * What a write that was not begun does: a record of the program's schema, all zeroes, for the value
 * to be put into. NULL unless *status is MMFI_OTHER_LAYOUT, and then *status is what the write
 * returns; without memory MMF_ERR_NO_MEMORY.
 */
MMFI_COLD unsigned char *mmfi_image_new(mmf_status *status, size_t record_size);

/*
 * Write it, and free image. The value lies at offset, and other bytes do not matter; those of an
 * append all do. size is the field's, or that of one element of it. *row (may be NULL) is the row
 * of the append.
 */
MMFI_COLD mmf_status mmfi_set_image(mmf_store *store, uint64_t row, unsigned char *image,
                                    size_t offset, size_t size);
MMFI_COLD mmf_status mmfi_append_image(mmf_store *store, unsigned char *image, uint64_t *row);

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
    const mmf_store *of = mmfi_some(store);
    const mmfi_writer *writer = of->writer;
    if (MMFI_LIKELY(row < writer->settable)) {
        unsigned char *record = mmfi_row(of, row, record_size);
        const uint64_t sequence = mmfi_load64(record);
        /* A torn record cannot serve as a before-image. */
        if (MMFI_LIKELY(mmfi_sequence_is_whole(sequence))) {
            mmfi_undo_save(writer->undo, row, record, sequence, record_size);
            write.record = record;
            write.sequence = mmfi_sequence_write_begin(record, sequence);
            return write;
        }
    }
    const mmfi_write_permit permit = mmfi_write_slow(store, row, extent);
    write.status = permit.status;
    if (MMFI_LIKELY(permit.status == MMF_OK)) {
        write.record = mmfi_row(of, row, record_size);
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
    mmf_store *of = (mmf_store *)(uintptr_t)mmfi_some(store); /* written to only if it is store */
    mmfi_append append = {NULL, 0, of, of->writer, MMF_OK};
    if (MMFI_UNLIKELY(append.writer->count >= append.writer->capacity)) {
        const mmfi_append_permit permit = mmfi_append_slow(store);
        if (permit.status != MMF_OK) {
            append.status = permit.status;
            return append;
        }
        append.writer = permit.writer;
    }
    append.row = append.writer->count;
    append.record = mmfi_row(of, append.row, record_size);
    return append;
}

/* mmfi_append_finish, where processes are to be woken, and what is rare. */
MMFI_COLD void mmfi_append_finish_slow(mmf_store *store, const mmfi_writer *writer);

/*
 * Ends an append that has published its record, or gave up. The count is stored and the word of
 * waiting processes is loaded, in this order; they do it the other way round (core/store/wake.h).
 */
MMFI_INLINE void mmfi_append_finish(mmf_store *store, const mmfi_writer *writer)
{
    mmfi_fence_light();
    const uint64_t waiters = mmfi_load64(&writer->live->waiters);
    if (MMFI_LIKELY((waiters | (uint64_t)writer->last) == 0))
        return;
    if (writer->last == MMFI_LAST_UNLOCK)
        mmfi_store64_release(&writer->live->append_owner, 0);
    /* 0, for none, is not below any count then. */
    if (waiters - 1 < writer->count || writer->last > MMFI_LAST_UNLOCK)
        mmfi_append_finish_slow(store, writer);
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
