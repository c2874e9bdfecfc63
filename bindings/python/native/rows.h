/*
 * Whole records, one or many: raw records in and out, and columns in and out.
 *
 * A raw record is record_size bytes laid out as in the file. Rows must not be negative, except
 * where it is said. Every call returns a status; counts are set through the last pointers.
 */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_ROWS_H
#define MMF_BINDINGS_PYTHON_NATIVE_ROWS_H

#include "handle.h"

MMF_BEGIN_DECLS

/* The destination of one field when records are split: count values of size bytes, end to end. */
typedef struct mmfpy_sink {
    void *to;
    uint32_t offset; /* in the record */
    uint32_t size;   /* of the field, including the length word of string and bytes */
} mmfpy_sink;

/*
 * The values of one field when records are assembled. Scalars: values of the field's size, stride
 * bytes apart. string and bytes with lengths: values end to end. Without lengths: values of width
 * bytes, stride bytes apart, that end before their trailing NULs. Arrays, structs and validity
 * bytes have max 0 and the width of the field, and are copied as they are. Other threads may change
 * the values during the call, but not the lengths, which bound the reads from data.
 */
typedef struct mmfpy_source {
    const void *data;
    const uint32_t *lengths; /* bytes of each value, or NULL */
    int64_t stride;          /* bytes */
    uint32_t width;          /* bytes of a value without lengths; 0 for scalars */
    uint32_t offset;         /* in the record */
    uint32_t size;           /* of the field */
    uint32_t max;            /* capacity of string and bytes; 0 for other fields */
} mmfpy_source;

/* A source for each field, and one for the validity bytes. */
#define MMFPY_SOURCES_MAX (MMF_FIELDS_MAX + 1)

/* Records that are being appended in parts: in memory and not appended yet, and appended. */
typedef struct mmfpy_batch {
    uint64_t packed;
    uint64_t appended;
} mmfpy_batch;

/*
 * Copies the record of a row, which counts from the end if it is negative, to size bytes of memory.
 * Returns the row counted from the start, or a negative status.
 */
int64_t mmfpy_read_row(mmfpy_store *handle, int64_t row, void *memory, size_t size);

/* As mmf_store_copy_rows. */
int mmfpy_copy_rows(mmfpy_store *handle, uint64_t first, uint64_t count, void *to, size_t size,
                    uint64_t *copied);

/*
 * Copies records consistently through scratch (size bytes, at least one record), and splits them
 * into the sinks. *copied is the number of records copied, also after a failure.
 */
int mmfpy_gather(mmfpy_store *handle, uint64_t first, uint64_t count, const mmfpy_sink *sinks,
                 uint32_t sink_count, void *scratch, size_t size, uint64_t *copied);

/* As mmf_store_verify. MMF_ERR_CLOSED for a closed store, without filling *error. */
int mmfpy_verify(mmfpy_store *handle, uint64_t first, uint64_t count, uint64_t *bad_row,
                 mmf_error *error);

/*
 * Appends the first batch->packed of the records, completely or not at all, and moves their number
 * from packed to appended. Both happen in one call of C, so that a signal handler of Python that
 * raises finds either nothing done or everything.
 */
int mmfpy_append_batch(mmfpy_store *handle, const void *records, size_t size, mmfpy_batch *batch);

/* Appends one record; returns its row, or a negative status. */
int64_t mmfpy_append_row(mmfpy_store *handle, const void *record, size_t size);

/* As mmf_store_set_row; size in bytes. */
int mmfpy_set_row(mmfpy_store *handle, int64_t row, const void *record, size_t size,
                  const uint32_t *fields, uint32_t field_count);

/*
 * Appends count records, assembled from one source per field in the order of the fields, and one
 * for the validity bytes where a field is nullable, completely or not at all. MMF_ERR_TOO_LONG if a
 * value does not fit; *bad is then its row in the sources, and *bad_source its field.
 */
int mmfpy_append_columns(mmfpy_store *handle, uint64_t count, const mmfpy_source *sources,
                         uint32_t source_count, uint64_t *first, uint64_t *bad,
                         uint32_t *bad_source);

/* Copies one string or bytes field into buffer; returns its length, or a negative status. */
int64_t mmfpy_get_bytes(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t max,
                        void *buffer);
int mmfpy_set_bytes(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t max,
                    const void *data, size_t length);

MMF_END_DECLS

#endif
