/* The state of a handle, which all of core/store works on; private to it. */
#ifndef MMF_STORE_STATE_H
#define MMF_STORE_STATE_H

#include "../format/header.h"
#include "../os/file.h"
#include "../os/map.h"
#include "mmapforge/store.h"

#include <sys/types.h>

/* Why a page of the mapping has no bytes. */
typedef enum mmfi_missing_pages {
    MMFI_PAGES_PRESENT = 0,
    MMFI_PAGES_TRUNCATED = 1, /* the file ends before it */
    MMFI_PAGES_REFUSED = 2    /* it lies within the file; the file system or the disk failed it */
} mmfi_missing_pages;

/* The ids in the two superblocks. */
typedef struct mmfi_file_ids {
    uint8_t copy[MMFI_SUPERBLOCK_COPIES][MMFI_FILE_ID_SIZE];
} mmfi_file_ids;

/* What the path led to when the handle was made; core/store/link.h. */
typedef struct mmfi_link {
    bool known;
    bool had_name;
    uint64_t device;
    uint64_t inode;
    mmfi_file_ids ids;
    char *path; /* absolute; NULL when it cannot be followed later */
} mmfi_link;

/* The obstacle for which one of several writers waited until its deadline. */
typedef enum mmfi_held {
    MMFI_HELD_NOTHING = 0,
    MMFI_HELD_RECORD, /* another writer was replacing the record */
    MMFI_HELD_APPEND  /* another writer had the append lock: it appended, grew or synced the file */
} mmfi_held;

/* For a message, by whichever thread asks: words that are loaded and stored one by one. */
typedef struct mmfi_obstacle {
    uint64_t held; /* mmfi_held */
    uint64_t row;  /* of MMFI_HELD_RECORD */
    uint64_t pid;  /* of the process that held it; 0 when it is not known */
} mmfi_obstacle;

/* core/store/strategy.h */
typedef struct mmfi_strategy mmfi_strategy;

/* core/store/adapt.h */
typedef struct mmfi_adapter mmfi_adapter;

#define MMFI_NO_PAGE UINT64_C(1) /* no address */

struct mmfi_state {
    const mmfi_strategy *strategy;
    mmfi_file file;
    mmfi_link link;
    mmfi_map map;
    mmfi_layout layout;
    mmf_schema *schema;
    mmfi_adapter *adapter; /* of a program of another version of the schema; else NULL */
    uint64_t reserve_asked;
    bool reserve_extends; /* a reader whose options did not say how much: it may become larger */
    bool huge_pages;
    uint64_t collapsed;  /* bytes of the file that were put into large pages, as far as they can */
    uint64_t extending;  /* not 0: a thread is extending the reservation */
    uint64_t generation; /* of the last commit */
    bool commit_damaged; /* a commit slot, when the last commit decided the count */
    uint64_t dropped;    /* records that recovery did not keep */
    uint64_t file_size;  /* as the writer knows it */
    uint64_t room;       /* rows that fit into that, and into the address space */
    unsigned char *staged; /* records to append, apart until they are complete, or NULL */
    /* The writer in use; NULL for a reader. In a page that a fork wipes, where there is one. */
    mmfi_writer *writer;
    mmfi_writer *page;          /* that page, or NULL */
    mmfi_writer writer_unwiped; /* where there is none: kept here, and every write is by a call */
    uint64_t failed; /* not 0: a sync failed, no more writing. Threads that read check it, too */
    uint64_t missing_pages; /* mmfi_missing_pages, by the SIGBUS handler; mmapforge/sigbus.h */
    uint64_t rows_backed;  /* that the file had bytes for when a reader last asked; it only grows */
    uint64_t rows_written; /* before those at the end that an open found to be zeroes; else all */
    uint64_t rows_to_hole; /* of a reader: before the first that begins in a hole; else all */
    /* Of the only writer, one_writer.c; rows from tail_first on are proved by the last commit. */
    uint64_t committed; /* count of the last commit */
    uint64_t tail_first;
    bool confirmed;   /* the last commit is on the disk */
    bool tail_free;   /* and so is its confirmation, or it has no tail: all rows may be replaced */
    bool replaced;    /* records were replaced since the last sync */
    bool two_syncs;   /* records of a tail were replaced: this writer makes no more tails */
    bool untracked;   /* records may be replaced at any time; mmfi_write_untracked */
    uint64_t proven;  /* of a reader: generation of the last commit whose tail was checked */
    uint64_t refuted; /* and 1 + checksum of one whose tail is not there */
    uint32_t slot;    /* the undo slot of this writer */
    pid_t pid;        /* the process that opened the handle */
    mmfi_obstacle obstacle; /* of the last write; for the message of its MMF_ERR_BUSY */
    uint64_t wake_page; /* of a reader that waits: a page that may be written, MMFI_NO_PAGE when */
                        /* there is none to be had (yet), 0 before; core/store/wake.h */
    uint64_t growth_error; /* errno of the last growth of the file, 0 when it went well */
};

/* Targets of the pointers in handles that may not write, and in handles without a shared page. */
extern mmfi_writer mmfi_writer_none;
extern const mmfi_live mmfi_live_closed; /* count 0 */
extern const mmfi_live mmfi_live_frozen; /* a count that no bound equals */

/* A state that holds nothing yet, or NULL; and the end of one, with all that it holds. */
mmfi_state *mmfi_state_new(void);
void mmfi_state_free(mmfi_state *state);

/* True in a forked child of the process that opened the handle. */
bool mmfi_state_is_inherited(const mmfi_state *state);

/*
 * MMF_OK while the SIGBUS handler has met no hole in the mapping, else the status of every later
 * call: MMF_ERR_CORRUPT when the file was truncated, MMF_ERR_IO when a page could not be had.
 */
static inline mmf_status mmfi_pages_status(const mmfi_state *state)
{
    const uint64_t hole = mmfi_load64(&state->missing_pages);
    if (hole == MMFI_PAGES_PRESENT)
        return MMF_OK;
    return hole == MMFI_PAGES_TRUNCATED ? MMF_ERR_CORRUPT : MMF_ERR_IO;
}

/* True after a sync failed, of this handle or of another of several writers. */
static inline bool mmfi_sync_has_failed(const mmfi_state *state)
{
    return mmfi_load64(&state->failed) != 0 || mmfi_load64(&state->writer->live->poisoned) != 0;
}

#endif
