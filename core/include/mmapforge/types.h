/* The field types of the schema language, and how values of them are passed about. */
#ifndef MMAPFORGE_TYPES_H
#define MMAPFORGE_TYPES_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

/* Stored in the layout hash, so the values never change. Scalars carry numpy's names. */
typedef enum mmf_type {
    MMF_TYPE_NONE = 0,
    MMF_TYPE_BOOL = 1,
    MMF_TYPE_INT8 = 2,
    MMF_TYPE_UINT8 = 3,
    MMF_TYPE_INT16 = 4,
    MMF_TYPE_UINT16 = 5,
    MMF_TYPE_INT32 = 6,
    MMF_TYPE_UINT32 = 7,
    MMF_TYPE_INT64 = 8,
    MMF_TYPE_UINT64 = 9,
    MMF_TYPE_FLOAT32 = 10,
    MMF_TYPE_FLOAT64 = 11,
    MMF_TYPE_STRING = 12, /* u32 length, then up to max bytes of UTF-8, the rest zero */
    MMF_TYPE_BYTES = 13,  /* u32 length, then up to max bytes, the rest zero */
    MMF_TYPE_STRUCT = 14  /* the fields of a struct of the schema */
} mmf_type;

#define MMF_TYPE_COUNT 15

/*
 * What the number in a field means, above the type that it is stored as: its logical type. Stored
 * in the layout hash, so the values never change.
 */
typedef enum mmf_logical {
    MMF_LOGICAL_NONE = 0,
    MMF_LOGICAL_TIMESTAMP = 1, /* int64, units since the Unix epoch */
    MMF_LOGICAL_DATE = 2,      /* int32, days since 1970-01-01 */
    MMF_LOGICAL_DECIMAL = 3,   /* int64, in units of 10^-scale */
    MMF_LOGICAL_ENUM = 4       /* the value of a member of an enum of the schema */
} mmf_logical;

/* The name in the schema language ("float64", "string"); "?" for a value outside the enum. */
const char *mmf_type_name(mmf_type type);

/*
 * The type of that name, or MMF_TYPE_NONE. name need not end in NUL. There is none for
 * MMF_TYPE_STRUCT: each struct has a name of its own.
 */
mmf_type mmf_type_from_name(const char *name, size_t length);

/*
 * Writes a type as the schema language has it ("float64", "string[64]") into buffer, at most size
 * bytes with a final NUL. Returns the length of the whole text, as snprintf does;
 * MMF_TYPE_TEXT_SIZE bytes hold any. max is the capacity of a string or bytes, else 0.
 */
size_t mmf_type_write(mmf_type type, uint32_t max, char *buffer, size_t size);

#define MMF_TYPE_TEXT_SIZE 24

/* True for string and bytes, whose capacity stands in brackets. */
bool mmf_type_is_sized(mmf_type type);

/* True for a number or bool: neither text nor a struct. */
bool mmf_type_is_scalar(mmf_type type);

/* Alignment in a record, in bytes; 0 for a struct, which has its own, and outside the enum. */
uint32_t mmf_type_alignment(mmf_type type);

/*
 * Bytes that a value takes in a record; 0 for a struct. max is the capacity of a string or bytes
 * field, else 0.
 */
uint32_t mmf_type_size(mmf_type type, uint32_t max);

/* Text inside a record or a buffer: not NUL-terminated, not owned. */
typedef struct mmf_str {
    const char *data;
    size_t length; /* bytes */
} mmf_str;

/* Bytes inside a record or a buffer: not owned. */
typedef struct mmf_bytes {
    const uint8_t *data;
    size_t length; /* bytes */
} mmf_bytes;

MMF_END_DECLS

#endif
