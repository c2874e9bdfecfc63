/*
 * Whole records, one or many: images in and out, and columns in and out.
 *
 * An image is record_size bytes laid out as in the file. Rows are never negative here. Every call
 * returns a status; the counts through the last pointers say how far it came.
 */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_ROWS_H
#define MMF_BINDINGS_PYTHON_NATIVE_ROWS_H

#include "handle.h"

MMF_BEGIN_DECLS

/* Where one field goes to when records are taken apart: count values of size bytes, end to end. */
typedef struct mmfpy_sink {
    void *to;
    uint32_t offset; /* in the record */
    uint32_t size;   /* of the field; the length word of string and bytes counts */
} mmfpy_sink;

/*
 * Where one field's values come from when records are put together. Scalars: values of the field's
 * size, stride bytes apart. string and bytes: with lengths, values end to end; without, values of
 * width bytes that end before their first trailing NUL, stride bytes apart. The values may lie in
 * memory that others are changing; lengths, which say how far data goes, must not.
 */
typedef struct mmfpy_source {
    const void *data;
    const uint32_t *lengths; /* bytes of each value, or NULL */
    int64_t stride;          /* bytes */
    uint32_t width;          /* bytes of a value without lengths */
    uint32_t offset;         /* in the record */
    uint32_t size;           /* of the field */
    uint32_t max;            /* capacity of string and bytes; 0 for scalars */
} mmfpy_source;

/*
 * Copies the record of a row, which counts from the end when it is negative, and returns the row
 * from the begin, or the status as a negative number. size is that of memory.
 */
int64_t mmfpy_read_row(mmfpy_store *handle, int64_t row, void *memory, size_t size);

/* As mmf_store_copy_rows. */
int mmfpy_copy_rows(mmfpy_store *handle, uint64_t first, uint64_t count, void *to, size_t size,
                    uint64_t *copied);

/*
 * Copies records through scratch (size bytes, of which as many records are used as fit), each
 * consistent, and takes them apart into the sinks. *copied says how many.
 */
int mmfpy_gather(mmfpy_store *handle, uint64_t first, uint64_t count, const mmfpy_sink *sinks,
                 uint32_t sink_count, void *scratch, size_t size, uint64_t *copied);

/* As mmf_store_verify; of a closed store MMF_ERR_CLOSED, and *error is not filled. */
int mmfpy_verify(mmfpy_store *handle, uint64_t first, uint64_t count, uint64_t *bad_row,
                 mmf_error *error);

/* As mmf_store_append_rows, mmf_store_set_row; size in bytes. */
int mmfpy_append_rows(mmfpy_store *handle, const void *records, uint64_t count, size_t size,
                      uint64_t *first);

/* Appends one record; its row, or the status as a negative number. */
int64_t mmfpy_append_row(mmfpy_store *handle, const void *record, size_t size);

int mmfpy_set_row(mmfpy_store *handle, int64_t row, const void *record, size_t size,
                  const uint32_t *fields, uint32_t field_count);

/*
 * Appends count records put together from one source per field, in the order of the fields, all or
 * none. MMF_ERR_TOO_LONG when a value does not fit: *bad is its row in the sources and *bad_source
 * its field.
 */
int mmfpy_append_columns(mmfpy_store *handle, uint64_t count, const mmfpy_source *sources,
                         uint32_t source_count, uint64_t *first, uint64_t *bad,
                         uint32_t *bad_source);

/* One string or bytes field, copied into buffer; its length, or the status as a negative number. */
int64_t mmfpy_get_bytes(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t max,
                        void *buffer);
int mmfpy_set_bytes(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t max,
                    const void *data, size_t length);

MMF_END_DECLS

#endif
