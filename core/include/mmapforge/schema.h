/*
 * The schema of one record type at run time: its fields, their layout, and its canonical text.
 *
 * The generator and the runtime share this file, so there is one layout, one hash and one text. The
 * canonical text is a subset of the schema language (docs/schema.md), spelled out in
 * docs/file-format.md: of one schema there is exactly one. It is what a store embeds, so that a
 * file can be read without the program that wrote it.
 */
#ifndef MMAPFORGE_SCHEMA_H
#define MMAPFORGE_SCHEMA_H

#include "mmapforge/status.h"
#include "mmapforge/types.h"

MMF_BEGIN_DECLS

#define MMF_NAME_LENGTH_MAX    63u      /* bytes of a record's or field's name */
#define MMF_FIELDS_MAX         1024u    /* fields of a record or struct, and members of an enum */
#define MMF_FIELD_BYTES_MAX    65536u   /* N of string[N] and bytes[N] */
#define MMF_FIELD_COUNT_MAX    65536u   /* N of T[N] */
#define MMF_RECORD_SIZE_MAX    1048576u /* bytes of a record with its sequence word */
#define MMF_SCHEMA_VERSION_MAX 65535u   /* N of `version N` */
#define MMF_SCHEMA_TEXT_MAX    262144u  /* bytes of the canonical text */
#define MMF_SEQUENCE_SIZE      8u       /* the word that begins every record */
#define MMF_CHECKSUM_SIZE      4u       /* the word that ends the fields of a record with one */
#define MMF_STRUCT_DEPTH_MAX   16u      /* structs within structs */
#define MMF_DEFINITIONS_MAX    256u     /* enums and structs that a record uses */
#define MMF_DECIMAL_DIGITS_MAX 18u      /* p of decimal(p, s): what an int64 holds */
#define MMF_ALIGN_MAX          4096u    /* N of @align(N), a power of two */

/* The attributes of a record, as the schema language writes them after its version. */
#define MMF_ATTRIBUTE_CHECKSUMS "@checksums"

/* One member of an enum. */
typedef struct mmf_enum_member {
    const char *name;
    const char *doc; /* lines separated by '\n', no final one; "" when there is none */
    int32_t value;
} mmf_enum_member;

/* An enum of a schema. */
typedef struct mmf_enum {
    const char *name;
    const char *doc;
    mmf_type type; /* an integer of 8, 16 or 32 bits, which has room for every member */
    uint32_t member_count;
    const mmf_enum_member *members; /* in declared order; each value once */
} mmf_enum;

typedef struct mmf_struct mmf_struct;

typedef struct mmf_field {
    const char *name;
    const char *doc; /* lines separated by '\n', no final one; "" when there is none */
    mmf_type type;   /* as it is stored; of one element, when it is an array */
    uint32_t max;    /* capacity in bytes of string[max] and bytes[max]; else 0 */
    uint32_t offset; /* bytes from the start of the record, or of the struct that it belongs to */
    uint32_t size;   /* bytes there: all elements, and length words */
    uint32_t count;  /* N of T[N]; 0 for a single value */
    mmf_logical logical;
    uint32_t precision;          /* p of decimal(p, s) */
    uint32_t scale;              /* s of decimal(p, s); of a timestamp 0, 3, 6 or 9 for s to ns */
    uint32_t null_bit;           /* counted from 1, in the validity bytes; 0 when never null */
    const mmf_enum *enumeration; /* of MMF_LOGICAL_ENUM */
    const mmf_struct *structure; /* of MMF_TYPE_STRUCT */
    const char *default_text;    /* as the schema has it, after the '='; NULL for none */
    const char *was;             /* @was(name); NULL for none */
    uint32_t since;              /* @since(N); 0 for none */
    uint32_t align;              /* @align(N); 0 for none */
    bool deprecated;             /* @deprecated */
} mmf_field;

/*
 * The fields of a record, or of a struct. A nullable field has a bit in the validity bytes, which
 * follow the last field: bit (null_bit - 1) % 8 of byte (null_bit - 1) / 8 is 1 when it has a value
 * and 0 when it is null.
 */
struct mmf_struct {
    const char *name;
    const char *doc;
    uint32_t field_count;
    const mmf_field *fields;  /* in declared order */
    uint32_t size;            /* bytes from one element of an array to the next */
    uint32_t alignment;       /* bytes */
    uint32_t validity_offset; /* of the validity bytes; 0 when no field is nullable */
    uint32_t depth;           /* 1, or 1 more than that of the deepest struct in it */
    uint32_t align;           /* @align(N) of the struct; 0 for none */
};

typedef struct mmf_schema {
    const char *name; /* of the record */
    const char *doc;
    uint32_t version;
    uint32_t field_count;
    const mmf_field *fields; /* in declared order */
    uint32_t record_size;    /* bytes from one record to the next, a multiple of 8 */
    uint32_t text_size;      /* bytes of text */
    uint64_t layout_hash;
    const char *text; /* canonical, ends in '\n' and then a NUL that text_size does not count */
    uint32_t checksum_offset; /* of the u32 that `@checksums` gives a record; 0 when it has none */
    uint32_t validity_offset; /* of the validity bytes; 0 when no field is nullable */
    uint32_t align;           /* @align(N) of the record; 0 for none */
} mmf_schema;

/*
 * Lays out a struct whose fields, field_count and align are set: the offset, size and null_bit of
 * every field, which structure->fields must be, then size, alignment, validity_offset and depth.
 * Fields of other structs must be laid out already. A nullable field has null_bit 1, any number,
 * before. Returns false when it exceeds MMF_RECORD_SIZE_MAX; the offsets are of no use then.
 */
bool mmf_struct_complete(mmf_struct *structure, mmf_field *fields);

/*
 * The identity of a layout: FNV-1a (Fowler, Noll and Vo), 64 bits, over name, type, max, offset and
 * size of every field in order, and for other fields than plain ones what docs/file-format.md
 * says, then the record size. Doc comments, defaults and the names of enums and structs do not
 * count.
 */
uint64_t mmf_schema_hash(const mmf_field *fields, uint32_t count, uint32_t record_size);

/*
 * Lays out a schema whose name, fields, field_count and align are set, as mmf_struct_complete does:
 * after the sequence word, each field at its natural alignment, in declared order. Then
 * record_size, validity_offset, checksum_offset and layout_hash. A checksum lies after the last
 * field and the validity bytes, at the next multiple of 4 if that is in the last 8 bytes of the
 * record, and in its last 4 bytes otherwise (with @align); it adds to the hash, and a schema
 * without has the hash of its fields alone. record_size may exceed MMF_RECORD_SIZE_MAX: the caller
 * checks, and layout_hash is 0 then.
 */
void mmf_schema_complete(mmf_schema *schema, mmf_field *fields, bool checksums);

/*
 * Writes the type of a field as the schema language has it ("string[64]", "Level[10]",
 * "decimal(10,4)?") into buffer, at most size bytes with a final NUL. Returns the length of the
 * whole text, as snprintf does; MMF_FIELD_TYPE_SIZE bytes hold any.
 */
size_t mmf_field_type_write(const mmf_field *field, char *buffer, size_t size);

#define MMF_FIELD_TYPE_SIZE 96

/* Bytes from one element of an array to the next; the size of a single value. */
uint32_t mmf_field_stride(const mmf_field *field);

/* The member with that value, or NULL. */
const mmf_enum_member *mmf_enum_find(const mmf_enum *enumeration, int64_t value);

/* The member of that name, or NULL. name need not end in NUL. */
const mmf_enum_member *mmf_enum_find_name(const mmf_enum *enumeration, const char *name,
                                          size_t length);

/*
 * True when the text of a default suits the type of its field: a number, true or false, the name of
 * a member, "text". Else expected (MMF_EXPECTED_SIZE bytes) says what would.
 */
bool mmf_field_default_check(const mmf_field *field, const char *text, size_t length,
                             char *expected);

#define MMF_EXPECTED_SIZE 192

/*
 * Writes the canonical text of name, doc, version, attributes and fields (text and text_size are
 * ignored), with the enums and structs that they use, into buffer, at most size bytes with a final
 * NUL. Returns the length that the whole text has, as snprintf does; buffer may be NULL when size
 * is 0.
 */
size_t mmf_schema_write(const mmf_schema *schema, char *buffer, size_t size);

/*
 * Lists the enums and structs of a schema in the order of the canonical text: each once, before
 * what uses it. Returns their number, which may exceed max: the list is cut then.
 */
typedef struct mmf_definition {
    const mmf_enum *enumeration; /* or NULL */
    const mmf_struct *structure; /* or NULL */
} mmf_definition;

size_t mmf_schema_definitions(const mmf_schema *schema, mmf_definition *list, size_t max);

/*
 * Reads canonical text of size bytes and lays the record out. On success *out is a schema in one
 * allocation, independent of text, to be released with mmf_schema_free. Anything that is not
 * canonical text within the limits above, byte for byte as mmf_schema_write would give it, is
 * MMF_ERR_CORRUPT with the line in the message.
 */
mmf_status mmf_schema_parse(const char *text, size_t size, mmf_schema **out, mmf_error *error);

/* Releases what mmf_schema_parse gave; NULL is allowed. */
void mmf_schema_free(mmf_schema *schema);

/*
 * MMF_OK when records of the two schemas may be read as each other: same record name, version and
 * layout. Otherwise MMF_ERR_SCHEMA, and the message names the first difference and both sides of
 * it.
 */
mmf_status mmf_schema_match(const mmf_schema *program, const mmf_schema *file, const char *path,
                            mmf_error *error);

/*
 * MMF_OK when a program with one schema can read files of the other, which may be an older or a
 * newer version: every field of the program is in the file, under its name or one that `@was`
 * gives, with the same type or a narrower one of the same kind, or the program's schema says what
 * to read where it is missing (a default, null, or @since). *writable (may be NULL) says whether
 * the program may write such files, too: it knows every field of the file. Otherwise
 * MMF_ERR_SCHEMA, and the message names the first field in the way, both types, and the way out.
 */
mmf_status mmf_schema_adapt(const mmf_schema *program, const mmf_schema *file, const char *path,
                            bool *writable, mmf_error *error);

/*
 * The same question alone: true when programs with one schema can read files of the other. Else
 * reason (MMF_REASON_SIZE bytes) has the first thing in the way, and where they can read files and
 * not write them, the first thing in the way of that. The names of the records are not compared.
 */
bool mmf_schema_reads(const mmf_schema *program, const mmf_schema *file, bool *writable,
                      char *reason);

#define MMF_REASON_SIZE 512

/* The field of that name, or NULL. The pointer lives as long as the schema. */
const mmf_field *mmf_schema_find(const mmf_schema *schema, const char *name);

/* ---- Places within a record ---- */

/* One value within a record: a field, an element of an array, a member of a struct. */
typedef struct mmf_place {
    const mmf_schema *schema;
    const mmf_field *field; /* the last one of the path */
    uint32_t offset;        /* bytes from the start of the record */
    uint32_t size;          /* bytes, of the element when the path ends in one */
    bool is_array;          /* a whole array: the path ends without an index */
    uint32_t null_count;    /* nullable fields on the path, the last one with them */
    struct {
        uint32_t offset; /* of the validity byte */
        uint8_t mask;    /* its bit */
    } nulls[MMF_STRUCT_DEPTH_MAX + 1];
} mmf_place;

/*
 * Finds a place by its path: the names of fields, each after a '.', and the index of an element in
 * brackets: "price", "bids[3].price", "greeks[0]". MMF_ERR_ARGUMENT, with a message that says which
 * part of the path is wrong, otherwise; *out is zeroed then. *out lives as long as the schema.
 */
mmf_status mmf_schema_locate(const mmf_schema *schema, const char *path, mmf_place *out,
                             mmf_error *error);

MMF_END_DECLS

#endif
