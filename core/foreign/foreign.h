/*
 * Files of other formats, read row by row for a migration: version 2 of this library's
 * (core/foreign/version2.h), and version 1, which is the Go library's (core/foreign/go.h).
 *
 * They are read by pread, never mapped: a file that is truncated meanwhile is a status. Nothing in
 * one is trusted before it is checked. Not for concurrent use.
 */
#ifndef MMF_FOREIGN_FOREIGN_H
#define MMF_FOREIGN_FOREIGN_H

#include "../os/file.h"
#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

/* What a row is; a byte of mmfi_foreign_read's states. */
typedef enum mmfi_row_state {
    MMFI_ROW_WHOLE = 0,
    MMFI_ROW_BLANK = 1, /* appended and never set: zeroes, which are its value */
    MMFI_ROW_TORN = 2   /* being replaced, with no before-image, or damaged */
} mmfi_row_state;

typedef struct mmfi_foreign mmfi_foreign;

/* What the formats do in ways of their own. */
typedef struct mmfi_foreign_calls {
    /* As mmfi_foreign_read, before the values are checked. */
    mmf_status (*read)(mmfi_foreign *of, uint64_t first, uint64_t count, unsigned char *records,
                       unsigned char *states, mmf_error *error);
    /* As mmfi_foreign_end. */
    mmf_status (*end)(const mmfi_foreign *of, mmf_error *error);
    bool (*is_true)(unsigned char byte); /* of a bool */
    const char *length_hint;             /* what a length beyond its field may come from */
} mmfi_foreign_calls;

/* An undo slot of version 2. */
typedef struct mmfi_foreign_undo {
    uint64_t row;
    uint64_t sequence;
    uint64_t image; /* offset of the before-image */
} mmfi_foreign_undo;

#define MMFI_FOREIGN_UNDO_MAX 64u

struct mmfi_foreign {
    const mmfi_foreign_calls *calls;
    mmfi_file file;
    mmf_schema *schema;   /* of the rows that mmfi_foreign_read gives; owned */
    uint32_t format;      /* 1 or 2 */
    bool has_name;        /* the file says what its records are called, so schema->name is that */
    bool several_writers; /* it is made for several */
    uint64_t header_size; /* offset of row 0 */
    uint64_t count;       /* rows, as the format says; may exceed room */
    uint64_t room;        /* whole rows that lie in the file */
    uint64_t after;       /* rows after count, and within room, that were written */
    uint64_t torn_row;    /* the first that was found torn, and the sequence that it had */
    uint64_t torn_sequence;
    uint32_t undo_count; /* slots that are valid */
    mmfi_foreign_undo undo[MMFI_FOREIGN_UNDO_MAX];
};

/*
 * Opens a file if it is one of these formats, and checks all of its header. *out is NULL with
 * MMF_OK for any other file, also for one that cannot be opened: mmf_store_open says why. given is
 * the schema of the Go library's files, which have none in them. MMF_ERR_CORRUPT; MMF_ERR_SCHEMA
 * (given is not the schema of the file); MMF_ERR_LOCKED (a writer has it); MMF_ERR_UNSUPPORTED;
 * MMF_ERR_IO; MMF_ERR_NO_MEMORY.
 */
mmf_status mmfi_foreign_open(const char *path, const mmf_schema *given, mmfi_foreign **out,
                             mmf_error *error);
void mmfi_foreign_close(mmfi_foreign *of);

/*
 * Reads rows, each schema->record_size bytes, and says what they are in states, one byte a row. All
 * rows must be below room. Bytes between fields and after texts are zero, lengths are within their
 * fields, and bools 0 or 1. MMF_ERR_CORRUPT: a length exceeds its field in a row that is not torn
 * (the message has both), or the file became shorter.
 */
mmf_status mmfi_foreign_read(mmfi_foreign *of, uint64_t first, uint64_t count,
                             unsigned char *records, unsigned char *states, mmf_error *error);

/* After the last row: MMF_ERR_BUSY when something shows that the file was written meanwhile. */
mmf_status mmfi_foreign_end(const mmfi_foreign *of, mmf_error *error);

MMF_END_DECLS

#endif
