/*
 * Reading and writing any store by its schema, without generated code.
 *
 * The typed path costs a load; this one finds a field and copies a value, and is meant for tools
 * and bindings. Both move the same bytes under the same rules.
 *
 * Whole records pass as raw records: record_size bytes laid out as in the file (the offsets of
 * mmf_field); the sequence word of a raw record that is passed in is ignored.
 */
#ifndef MMAPFORGE_VALUE_H
#define MMAPFORGE_VALUE_H

#include "mmapforge/store.h"

MMF_BEGIN_DECLS

/* One field's value. type says which member of the union holds it. */
typedef struct mmf_value {
    mmf_type type;
    union {
        bool boolean;     /* bool */
        int64_t integer;  /* int8 to int64 */
        uint64_t natural; /* uint8 to uint64 */
        double real;      /* float32, float64 */
        mmf_str string;   /* string: in the caller's buffer, followed by a NUL */
        mmf_bytes bytes;  /* bytes: in the caller's buffer */
    } as;
} mmf_value;

/*
 * Reads one field of one row, consistent even while a writer replaces the record. A string or bytes
 * value is copied into buffer, which needs field->max + 1 bytes; scalars need none (NULL, 0). field
 * must come from mmf_store_schema(store), and be neither an array nor a struct. The value of an
 * enum is its number; that of a timestamp, date or decimal the number that is stored.
 *
 * Returns MMF_ERR_ARGUMENT, MMF_ERR_NULL (a nullable field without a value), MMF_ERR_RANGE,
 * MMF_ERR_TOO_LONG (buffer too small), MMF_ERR_CLOSED, MMF_ERR_CORRUPT, MMF_ERR_BUSY or MMF_ERR_IO;
 * *out is zeroed then.
 */
mmf_status mmf_store_get_value(const mmf_store *store, uint64_t row, const mmf_field *field,
                               void *buffer, size_t buffer_size, mmf_value *out);

/*
 * The same at a place within the record, which mmf_schema_locate found in mmf_store_schema(store):
 * "bids[3].price". Also MMF_ERR_NULL, when the value is null, or the array or struct that it is in;
 * and MMF_ERR_ARGUMENT for a whole array or struct.
 */
mmf_status mmf_store_get_place(const mmf_store *store, uint64_t row, const mmf_place *place,
                               void *buffer, size_t buffer_size, mmf_value *out);

/*
 * Copies count whole records from row first on into buffer, each consistent, record_size bytes
 * apart, laid out as in the file (offsets of mmf_field; the sequence word is the even one read, or
 * that of the before-image of a record that is being replaced). size is buffer's and must hold
 * them. Errors as above; *copied (may be NULL) says how many records at the start of buffer are
 * good.
 */
mmf_status mmf_store_copy_rows(const mmf_store *store, uint64_t first, uint64_t count, void *buffer,
                               size_t size, uint64_t *copied);

/*
 * Appends count raw records that lie record_size bytes apart; size is the buffer's and must
 * hold them. All of them are published at once, or none, also when the process is killed; after a
 * power cut the first ones may be there, as of any records since the last sync. Lengths are
 * checked, bytes after a length become zero and bools 0 or 1; bytes between fields, and those of a
 * field that is null, are taken as they are, and should be zero; those of a checksum are ignored.
 * *first (may be NULL) is the row of the first one.
 *
 * Returns MMF_ERR_ARGUMENT (also for a decimal of too many digits), MMF_ERR_TOO_LONG (a length
 * exceeds its field), MMF_ERR_ENUM (a value is no member of its enum), MMF_ERR_READ_ONLY,
 * MMF_ERR_CLOSED, MMF_ERR_CAPACITY, MMF_ERR_NO_SPACE, MMF_ERR_NEEDS_RECOVERY, MMF_ERR_BUSY (another
 * of several writers held the append lock for ten seconds), MMF_ERR_CORRUPT (the file was
 * truncated, or its count exceeds it), MMF_ERR_NOT_FOUND (it has no name any more),
 * MMF_ERR_UNSUPPORTED, MMF_ERR_IO or MMF_ERR_NO_MEMORY (rows that readers saw before a recovery
 * dropped them are replaced, from a copy of the records).
 */
mmf_status mmf_store_append_rows(mmf_store *store, const void *records, uint64_t count, size_t size,
                                 uint64_t *first);

/*
 * Replaces fields of one row by those of a raw record, and whether they are null, all or nothing
 * even under a kill. fields are field_count indexes into mmf_schema.fields; NULL and 0 mean every
 * field. Other fields of the raw record are not looked at. size is the raw record's, at least
 * record_size. Errors as mmf_store_append_rows, and MMF_ERR_RANGE; MMF_ERR_BUSY
 * when another of several writers had the record for ten seconds. With fields that stay,
 * MMF_ERR_CORRUPT when the record is torn or, with checksums, damaged.
 */
mmf_status mmf_store_set_row(mmf_store *store, uint64_t row, const void *record, size_t size,
                             const uint32_t *fields, uint32_t field_count);

MMF_END_DECLS

#endif
