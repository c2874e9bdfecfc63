/*
 * The Go library's files, format version 1: a header of 64 bytes, then the records.
 *
 * The header has, little-endian, the magic and the version, the hash of the schema, the version of
 * the schema (at 40), the size of a record (at 44), and two u64: the count of records (at 48) and
 * the capacity (at 56). A record begins with a u64 sequence: 0 never set, odd being set, and 2 more
 * with each value that is set. Its fields lie as in a record of this library.
 *
 * The Go library raises the count before it writes a record, so the last rows may be blank or torn,
 * and has no before-image of a record that is being set. Its capacity is not to be relied upon.
 */
#ifndef MMF_FOREIGN_GO_H
#define MMF_FOREIGN_GO_H

#include "foreign.h"

MMF_BEGIN_DECLS

#define MMFI_GO_VERSION          1u
#define MMFI_GO_HEADER_SIZE      64u
#define MMFI_GO_HASH_OFFSET      8u
#define MMFI_GO_VERSION_OFFSET   40u /* of the schema */
#define MMFI_GO_RECORD_OFFSET    44u
#define MMFI_GO_COUNT_OFFSET     48u
#define MMFI_GO_CAPACITY_OFFSET  56u
#define MMFI_GO_CAPACITY_FIRST   64u /* of a new file; each growth doubles it */
#define MMFI_GO_SEQUENCE_WRITTEN 2u  /* of a record that was set once */

/* By its magic and version. */
bool mmfi_is_go(const mmfi_file *file);

/*
 * Reads and checks the header of a file, which is to have records of the given schema. of->file is
 * open, and all else zero. Records are in the layout of of->schema, mmfi_go_schema_of(given).
 */
mmf_status mmfi_go_open(mmfi_foreign *of, const mmf_schema *given, mmf_error *error);

/* ---- Writing ---- */

/* A file that is being written: it has no name yet. */
typedef struct mmfi_go_file {
    mmfi_file file;
    const mmf_schema *schema;
    uint64_t count;
} mmfi_go_file;

/*
 * Makes a file for count records of a schema that mmfi_go_schema_of gave, and that has to live as
 * long. Errors as mmf_store_create; MMF_ERR_CAPACITY when no file could be so large.
 */
mmf_status mmfi_go_create(const char *path, const mmf_schema *schema, uint64_t count,
                          mmfi_go_file *out, mmf_error *error);

/*
 * Writes rows from first on, and gives them their sequences. states are as mmfi_foreign_read gives
 * them; NULL when all are whole. MMF_ERR_CORRUPT for one that is torn: Go has no way to say so.
 */
mmf_status mmfi_go_write(const mmfi_go_file *to, uint64_t first, uint64_t count,
                         unsigned char *records, const unsigned char *states, mmf_error *error);

/* Writes the header, syncs, and gives the file its name. */
mmf_status mmfi_go_finish(mmfi_go_file *to, mmf_error *error);

/* Closes the file, and removes it if it has no name. */
void mmfi_go_close(mmfi_go_file *to);

MMF_END_DECLS

#endif
