/*
 * Rewriting a file to another schema, or in another format.
 *
 * A program reads and writes files of other versions of its schema as they are (mmf_store_open_as).
 * A migration makes a file of the new version itself: its records have the new layout, so that row
 * ranges and columns are there again, and checksums if the new schema has them. It also goes where
 * no version of a program could: to narrower fields, when all values fit them. And it is the way
 * from files of format version 2, and from and to those of the Go library (docs/migration.md).
 */
#ifndef MMAPFORGE_MIGRATE_H
#define MMAPFORGE_MIGRATE_H

#include "mmapforge/store.h"

MMF_BEGIN_DECLS

/*
 * Called by mmf_store_migrate in the thread that called it: before the first record, after every 4
 * MiB or so of new records, and after the last one, before they are synced. done and total are
 * records. Return false to stop. It may use any other store.
 */
typedef bool (*mmf_migrate_progress)(void *context, uint64_t done, uint64_t total);

/* What the new file is. */
typedef enum mmf_migrate_format {
    MMF_MIGRATE_TO_STORE = 0, /* a store of this library */
    MMF_MIGRATE_TO_GO = 1     /* a file of the Go library, format version 1 */
} mmf_migrate_format;

/*
 * How to migrate. Start from MMF_MIGRATE_OPTIONS_INIT; what is said of mmf_options there goes for
 * these as well.
 */
typedef struct mmf_migrate_options {
    size_t size; /* of this struct when the caller was compiled; by MMF_MIGRATE_OPTIONS_INIT */
    mmf_migrate_progress progress; /* or NULL */
    void *context;                 /* passed to it */
    uint64_t rows;                 /* how many of the first rows to migrate; default all */
    mmf_migrate_format to;
    uint8_t reserved[4]; /* of later options: 0 */
} mmf_migrate_options;

#define MMF_MIGRATE_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(mmf_migrate_options), NULL, NULL, 0, MMF_MIGRATE_TO_STORE,                          \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/*
 * What a migration found in the old file. Start from MMF_MIGRATE_REPORT_INIT. The library fills the
 * first `size` bytes, as far as it knows them, and leaves the rest. A migration that fails fills
 * what it has found up to there.
 */
typedef struct mmf_migrate_report {
    size_t size;          /* of this struct when the caller was compiled */
    uint64_t rows;        /* that were migrated; 0 when it failed */
    uint64_t left_out;    /* rows of the old file after these; see below */
    uint64_t blank;       /* of the rows read: those that Go appended and never set */
    uint64_t first_blank; /* the first of them */
    uint64_t torn;        /* of the rows read: those that are not whole; see below */
    uint64_t first_torn;  /* the first of them */
    uint32_t format;      /* the version of the old file's format; 1 is the Go library's */
    char record[MMF_NAME_LENGTH_MAX + 1]; /* the name of its records; "" when it has none */
} mmf_migrate_report;

#define MMF_MIGRATE_REPORT_INIT                                                                    \
    {                                                                                              \
        sizeof(mmf_migrate_report), 0, 0, 0, 0, 0, 0, 0, ""                                        \
    }

/*
 * Writes the records of the store at path to a new file at new_path, in the layout of schema.
 *
 * Fields are found by their names, and those that `@was` gives. A number may become wider or
 * narrower within its kind: integers, signed or not; float64 and float32. Text, bytes and decimals
 * may get more or less room, a field may become nullable or cease to be. A value that does not fit
 * its new field ends the migration. A field that the old file lacks needs a default, a '?' or an
 * `@since` of a later version than the file's; it gets the default, null, or zeroes. Fields that
 * the new schema lacks are dropped.
 *
 * The old file is opened for reading, and not changed. Others may write to it meanwhile: each
 * record is of one moment, and there are as many as at the beginning. The new file appears under
 * its name when all of it is on the disk, with a sync, and never before: after a failure, a stop or
 * a kill there is none. It is for as many writers as the old one. path and new_path must differ,
 * and nothing may be at new_path; to replace the old file, close every handle of it and rename the
 * new one.
 *
 * The old file may also be
 *
 * - of format version 2, which this library wrote before its first release. A writer of it is
 *   locked out (MMF_ERR_LOCKED if there is one).
 * - of the Go library, format version 1. It has no schema: the one that is given has to have the
 *   names, types and capacities of the Go struct, in the same order; the file's hash covers all but
 *   the order. A field of the type timestamp, date, decimal or enum is a plain integer to Go.
 *   Nothing may write to the file meanwhile: MMF_ERR_BUSY when that shows.
 *
 * Rows of them are never dropped in silence, and none is invented:
 *
 * - report->blank rows were appended by Go and never set. They are migrated as what they are,
 *   zeroes.
 * - report->torn rows were being replaced when their writer or the machine stopped, with no
 *   before-image; or they fail their checksum. They stay torn: a read of the whole record is
 *   MMF_ERR_CORRUPT until it is replaced as a whole. They have the values that were found, as far
 *   as these are any. In a store of the present format they end the migration, as any damage.
 * - report->left_out rows lie in the file, after those that were migrated: because options.rows
 *   said so, or because the count of the file does not have them (the header is older than the
 *   rows, after a power cut). options.rows may exceed the count by as many, and takes them then.
 * - A count beyond the end of the file is MMF_ERR_CORRUPT; options.rows takes the rows that are
 *   there.
 *
 * With options.to = MMF_MIGRATE_TO_GO the new file is one of the Go library. The schema then has
 * only types that Go has, and timestamps, dates, decimals and enums, which are stored as their
 * integers (MMF_ERR_SCHEMA, with the name of the field, for arrays, structs and what may be null);
 * `@checksums` and `@align` are left out. A torn row is MMF_ERR_CORRUPT then, for Go could not tell
 * it. There is one writer at a time, as Go has it.
 *
 * options and report may be NULL. schema is only read, during the call. Any thread may call it,
 * several at once as well. Memory: some 128 KiB, or two records.
 *
 * Returns MMF_ERR_ARGUMENT; MMF_ERR_SCHEMA (the records have another name, or a field cannot become
 * what schema has: the message names it, with both types); MMF_ERR_TOO_LONG, MMF_ERR_NULL or
 * MMF_ERR_ENUM (a value does not fit, is null, or is no member of the new enum: the message names
 * row and field); MMF_ERR_RANGE (options.rows exceeds the rows of the file); MMF_ERR_TIMEOUT
 * (progress returned false); MMF_ERR_EXISTS; what is said above; and else what mmf_store_open and
 * mmf_store_copy return.
 */
mmf_status mmf_store_migrate(const char *path, const char *new_path, const mmf_schema *schema,
                             const mmf_migrate_options *options, mmf_migrate_report *report,
                             mmf_error *error);

MMF_END_DECLS

#endif
