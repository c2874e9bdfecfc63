/*
 * What a store handle looks like to the inline paths. Only core and generated code through
 * mmapforge/generated.h may touch it; callers hold a pointer and use mmapforge/store.h.
 *
 * The fields here are always readable: a closed handle points at static empty structs, so a hot
 * path checks one bound and leaves every other question to a cold path.
 */
#ifndef MMAPFORGE_DETAIL_HANDLE_H
#define MMAPFORGE_DETAIL_HANDLE_H

#include "mmapforge/detail/format.h"
#include "mmapforge/status.h"

MMF_BEGIN_DECLS

/* What an append does after it has published its record: flags. */
typedef enum mmfi_append_last {
    MMFI_LAST_NOTHING = 0,
    MMFI_LAST_UNLOCK = 1, /* frees the append lock: one of several writers */
    MMFI_LAST_NO_ROWS =
        2, /* zeroes the bound of the handle: the SIGBUS handler met a hole meanwhile */
    MMFI_LAST_FENCE =
        4 /* a fence before it looks for waiting processes, where the system has no membarrier */
} mmfi_append_last;

/*
 * The writing half, in memory that a forked child finds zeroed: there count is 0 and capacity is 0,
 * so each of its writes falls into the cold path, which refuses. One thread at a time.
 */
typedef struct mmfi_writer {
    uint64_t count;    /* records published */
    uint64_t capacity; /* rows below it are appended without a call: the file has room for them, */
                       /* and no reader has seen a record there; else append asks */
    uint64_t sequence; /* that the next record is appended with */
    unsigned char *undo;   /* this writer's undo slot */
    mmfi_live *live;       /* the shared page, writable */
    mmfi_append_last last; /* what an append does last */
    uint64_t
        settable; /* rows below it may be replaced; count, or less until the cold path raised it */
} mmfi_writer;

/* Everything that only cold paths need; core/store/state.h. */
typedef struct mmfi_state mmfi_state;

typedef struct mmf_store {
    unsigned char *records; /* row 0 */
    uint64_t row_bound;     /* rows known to be published, backed by the file and mapped */
    mmfi_writer *writer;    /* never NULL; all zero when the handle may not write */
    const mmfi_live *live;  /* never NULL; private when the shared page is not valid */
    mmfi_state *state;      /* NULL once closed */
    uint64_t checksum_key;  /* of the file; mmfi_checksum_place */
} mmf_store;

/*
 * Called when a row is not below the handle's bound. Loads the shared count and, when it exceeds
 * what the file is known to have room for, asks for the file's size; raises the bound, and returns
 * MMF_OK when row is below it now; else MMF_ERR_RANGE, MMF_ERR_CLOSED, MMF_ERR_ARGUMENT (store is
 * NULL), MMF_ERR_CORRUPT (the row is missing, or the count is damaged), MMF_ERR_CAPACITY (the row
 * lies beyond this handle's reserve) or MMF_ERR_IO.
 */
MMFI_COLD mmf_status mmfi_refresh(const mmf_store *store, uint64_t row);

/* The count after a refresh, of rows that cannot be read as well. 0 for a closed or NULL store. */
MMFI_COLD uint64_t mmfi_count_slow(const mmf_store *store);

/* mmf_store_info, for a caller whose mmf_info has that size: sets what both know, the rest to 0. */
struct mmf_info;
mmf_status mmfi_store_info(const mmf_store *store, struct mmf_info *out, size_t size);

MMF_END_DECLS

#endif
