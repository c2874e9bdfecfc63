/*
 * Reading any store by field name, without generated code.
 *
 * The typed path costs a load; this one finds a field and copies a value, and is meant for tools
 * and bindings. Both read the same bytes under the same rules.
 */
#ifndef MMF_CORE_VALUE_H
#define MMF_CORE_VALUE_H

#include "core/store.h"

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
 * must come from mmf_store_schema(store).
 *
 * Returns MMF_ERR_ARGUMENT, MMF_ERR_RANGE, MMF_ERR_TOO_LONG (buffer too small), MMF_ERR_CLOSED,
 * MMF_ERR_CORRUPT, MMF_ERR_BUSY or MMF_ERR_IO; *out is zeroed then.
 */
mmf_status mmf_store_get_value(const mmf_store *store, uint64_t row, const mmf_field *field,
                               void *buffer, size_t buffer_size, mmf_value *out);

/*
 * Copies count whole records from row first on into buffer, each consistent, record_size bytes
 * apart, laid out as in the file (offsets of mmf_field; the sequence word is the even one read, or
 * the one before a change under way). size is buffer's and must hold them. Errors as above;
 * *copied (may be NULL) says how many records at the begin of buffer are good.
 */
mmf_status mmf_store_copy_rows(const mmf_store *store, uint64_t first, uint64_t count, void *buffer,
                               size_t size, uint64_t *copied);

MMF_END_DECLS

#endif
