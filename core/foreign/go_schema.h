/*
 * What the schema of a record is to the Go library (github.com/CreditWorthy/mmapforge), whose files
 * have format version 1.
 *
 * Go has bools, integers, floats, strings and bytes, each in a field of its own. A timestamp, date,
 * decimal or enum is the integer that it is stored as: nothing of the value is lost, and Go's
 * program has to know what it means. There is no array, struct or field that may be null.
 */
#ifndef MMF_FOREIGN_GO_SCHEMA_H
#define MMF_FOREIGN_GO_SCHEMA_H

#include "../base/sha256.h"
#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

/*
 * The same record in types and in the layout that Go has: plain ones, without checksums and
 * alignments. Names, `@was`, `@since` and defaults stay. To be released with mmf_schema_free.
 * MMF_ERR_SCHEMA: a field has a type that Go lacks; the message names it. MMF_ERR_NO_MEMORY.
 */
mmf_status mmfi_go_schema_of(const mmf_schema *given, const char *path, mmf_schema **out,
                             mmf_error *error);

/*
 * The hash in the header of Go's files, of a schema that mmfi_go_schema_of gave: SHA-256 of
 * "name:type:size" of every field, sorted by name and joined by ','. False without memory.
 */
bool mmfi_go_hash(const mmf_schema *schema, unsigned char *digest);

/* A hash in hexadecimal. */
typedef struct mmfi_go_hash_text {
    char text[2 * MMFI_SHA256_SIZE + 1];
} mmfi_go_hash_text;

mmfi_go_hash_text mmfi_go_hash_write(const unsigned char *digest);

MMF_END_DECLS

#endif
