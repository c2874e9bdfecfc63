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
#define MMF_FIELDS_MAX         1024u    /* fields of a record */
#define MMF_FIELD_BYTES_MAX    65536u   /* N of string[N] and bytes[N] */
#define MMF_RECORD_SIZE_MAX    1048576u /* bytes of a record with its sequence word */
#define MMF_SCHEMA_VERSION_MAX 65535u   /* N of `version N` */
#define MMF_SCHEMA_TEXT_MAX    262144u  /* bytes of the canonical text */
#define MMF_SEQUENCE_SIZE      8u       /* the word that begins every record */
#define MMF_CHECKSUM_SIZE      4u       /* the word that ends the fields of a record with one */

/* The attributes of a record, as the schema language writes them after its version. */
#define MMF_ATTRIBUTE_CHECKSUMS "@checksums"

typedef struct mmf_field {
    const char *name;
    const char *doc; /* lines separated by '\n', no final one; "" when there is none */
    mmf_type type;
    uint32_t max;    /* capacity in bytes of string[max] and bytes[max]; 0 for scalars */
    uint32_t offset; /* bytes from the start of the record */
    uint32_t size;   /* bytes in the record; a length word counts */
} mmf_field;

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
} mmf_schema;

/*
 * Sets offset and size of every field from type and max: each at its natural alignment, in declared
 * order, after the sequence word. Returns the record size, a multiple of 8, which may exceed
 * MMF_RECORD_SIZE_MAX: the caller checks. count must not exceed MMF_FIELDS_MAX, nor a max
 * MMF_FIELD_BYTES_MAX.
 */
uint32_t mmf_schema_layout(mmf_field *fields, uint32_t count);

/*
 * The identity of a layout: FNV-1a (Fowler, Noll and Vo), 64 bits, over name, type, max, offset and
 * size of every field in order, then the record size. Doc comments do not count.
 */
uint64_t mmf_schema_hash(const mmf_field *fields, uint32_t count, uint32_t record_size);

/*
 * Lays out a schema whose name, fields and field_count are set: the offset and size of every field,
 * which schema->fields must be, then record_size, checksum_offset and layout_hash. A checksum lies
 * after the last field, at a multiple of 4, so that it is in the last 8 bytes of the record; it
 * adds to the hash, and a schema without has the hash of its fields alone. The limits are those of
 * mmf_schema_layout.
 */
void mmf_schema_complete(mmf_schema *schema, mmf_field *fields, bool checksums);

/*
 * Writes the canonical text of name, doc, version, attributes and fields (text and text_size are
 * ignored) into buffer, at most size bytes with a final NUL. Returns the length that the whole text
 * has, as snprintf does; buffer may be NULL when size is 0.
 */
size_t mmf_schema_write(const mmf_schema *schema, char *buffer, size_t size);

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

/* The field of that name, or NULL. The pointer lives as long as the schema. */
const mmf_field *mmf_schema_find(const mmf_schema *schema, const char *name);

MMF_END_DECLS

#endif
