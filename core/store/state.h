/* The state of a handle and the calls between the files of core/store; private to them. */
#ifndef MMF_STORE_STATE_H
#define MMF_STORE_STATE_H

#include "../format/header.h"
#include "../format/recover.h"
#include "../os/boot_id.h"
#include "../os/create_file.h"
#include "../os/file.h"
#include "../os/lock.h"
#include "../os/map.h"
#include "../os/space.h"
#include "../os/sync_file.h"
#include "mmapforge/detail/columns.h"
#include "mmapforge/detail/fields.h"
#include "mmapforge/sigbus.h"
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

/* What the path led to when the handle was made; link.c. */
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

/*
 * How a handle writes: as the only writer of the file, or as one of several. The common code asks
 * first whether it may write at all (mmfi_state_to_write), and does not tell the two apart.
 */
typedef struct mmfi_strategy {
    /* The lock on the file, which the other strategy does not get meanwhile. Never waits. */
    mmf_status (*lock)(mmfi_file *file, mmf_error *error);
    /* Recovery, an undo slot, and what the inline half of writing needs. */
    mmf_status (*attach)(mmfi_state *state, mmf_store *store, mmf_error *error);
    /*
     * Before a record is replaced, and before one of its scalars is set; the row may not be there.
     * The end of either is mmfi_sequence_write_end.
     */
    mmfi_write_permit (*write_begin)(mmf_store *store, uint64_t row, mmfi_extent extent);
    mmfi_write_permit (*set_begin)(mmf_store *store, uint64_t row, mmfi_extent extent);
    /* mmfi_write_untracked. */
    mmf_status (*write_untracked)(mmfi_state *state);
    /*
     * Room for that many records after the last one, and their sequence. Of several writers, the
     * append lock as well, which ends with the append (mmfi_append_finish).
     */
    mmf_status (*append_begin)(mmfi_state *state, uint64_t rows);
    /* Records to the disk, then their count; clean when the handle is being closed. */
    mmf_status (*commit)(mmfi_state *state, bool clean, mmf_error *error);
} mmfi_strategy;

extern const mmfi_strategy mmfi_one_writer;      /* core/store/one_writer.c */
extern const mmfi_strategy mmfi_several_writers; /* core/store/several_writers.c, join.c */

struct mmfi_state {
    const mmfi_strategy *strategy;
    mmfi_file file;
    mmfi_link link;
    mmfi_map map;
    mmfi_layout layout;
    mmf_schema *schema;
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
    uint64_t growth_error;  /* errno of the last growth of the file, 0 when it went well */
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

/* Makes every later use of the handle MMF_ERR_CLOSED; its memory goes when others have followed. */
void mmfi_handle_retire(mmf_store *store);

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

/* MMF_ERR_ARGUMENT and the message for a call that got no store. */
mmf_status mmfi_fail_no_store(const char *call, mmf_error *error);

/* The message about a hole that was met; returns its status. */
mmf_status mmfi_say_missing_pages(const mmfi_state *state, mmf_error *error);

/* The bytes of address space to reserve; at most `most`, where the caller leaves the choice. */
uint64_t mmfi_choose_reserve(mmfi_state *state, const mmf_options *options, uint64_t most);

/*
 * Extends the address space of a reader's handle in place, so that rows fit. Returns how many do
 * now: fewer when the reservation was chosen by the caller, or there is no room after it.
 */
uint64_t mmfi_store_extend(const mmf_store *store, uint64_t rows);

/* The state of a handle that may write from this process; else NULL and *status. */
mmfi_state *mmfi_state_to_write(const mmf_store *store, mmf_status *status);

/* The shared or committed count, and the rows that can be read of them. */
typedef struct mmfi_bounds {
    uint64_t count;  /* what the file claims */
    uint64_t room;   /* rows that the file had bytes for when it was last grown, as it says */
    uint64_t backed; /* rows that the file has bytes for, and not after rows_written or a hole */
    uint64_t mapped; /* rows in the address space of this handle */
} mmfi_bounds;

/*
 * MMF_ERR_CORRUPT when nothing says what the count is, or when it exceeds what the file has and
 * what it ever had room for; MMF_ERR_IO.
 */
mmf_status mmfi_bounds_now(const mmfi_state *state, mmfi_bounds *out, mmf_error *error);

/* Rows that the count claims and the file has no record of. */
static inline uint64_t mmfi_bounds_missing(const mmfi_bounds *bounds)
{
    return bounds->count > bounds->backed ? bounds->count - bounds->backed : 0;
}

/* The message about missing rows, with that status, which is returned. There are some. */
mmf_status mmfi_say_missing(const mmfi_state *state, const mmfi_bounds *bounds, mmf_status status,
                            mmf_error *error);

/*
 * The first of count rows that are zeroes to the end, because they were never written or are gone:
 * then the count or the file is damaged. UINT64_MAX when the last one was written. O(log count).
 */
uint64_t mmfi_rows_written(const mmfi_state *state, uint64_t count);

/*
 * The first of count rows that a hole of the file takes something of, if a row begins in that hole:
 * then they were never written, or the disk lost them. UINT64_MAX when there is none. Their scalars
 * would be read as 0.
 */
uint64_t mmfi_rows_to_hole(const mmfi_state *state, uint64_t count);

/*
 * MMF_ERR_CORRUPT when the shared count is below that of the last sync, which only damage makes it.
 */
mmf_status mmfi_check_synced(const mmfi_state *state, mmf_error *error);

/*
 * For a writer, before it fills the holes of the file, which hides them: MMF_ERR_CORRUPT when there
 * is one in the records, and what recovery says when it would refuse a file that has any. With
 * others at work on the file, others is true. Holes of the header, which hide nothing, it fills.
 */
mmf_status mmfi_check_holes(const mmfi_state *state, bool others, mmf_error *error);

/* MMF_ERR_CORRUPT with a message when a writer would go on after rows that are not there. */
mmf_status mmfi_check_last(const mmfi_state *state, uint64_t count, mmf_error *error);

/*
 * Before a writer's first store into the mapping: mmfi_check_holes, then makes sure that no store
 * has to allocate a block, neither for a hole nor for one shared with another file.
 */
mmf_status mmfi_secure_blocks(mmfi_state *state, bool others, mmf_error *error);

/*
 * Recovers the file for its only writer, or the first of several: nothing is stored into it before
 * all that may refuse it has been checked. *found says what was recovered.
 */
mmf_status mmfi_recover_file(mmfi_state *state, mmfi_recovery *found, mmf_error *error);

/*
 * ---- Rows whose records readers may have seen ----
 *
 * A recovery that does not trust memory may drop records that attached readers have seen. A plain
 * append over such a record would give a reader that is copying it a mixture. So it is replaced as
 * any record is: its undo slot first, then the odd sequence, and the sequence goes on. The writer's
 * bound, capacity, is zero as long as there are such rows, so that every append asks.
 */

/* Stores a scalar of that many bytes (release). */
static inline void mmfi_store_word(unsigned char *to, size_t size, uint64_t word)
{
    switch (size) {
    case 1:
        mmfi_store8_release(to, (uint8_t)word);
        break;
    case 2:
        mmfi_store16_release(to, (uint16_t)word);
        break;
    case 4:
        mmfi_store32_release(to, (uint32_t)word);
        break;
    default:
        mmfi_store64_release(to, word);
        break;
    }
}

/* Of the only writer: what the next append finds, its sequence and its bound. */
void mmfi_one_writer_prepare(mmfi_state *state);

/* True when the next append goes into such a row. Of several writers, with the append lock. */
static inline bool mmfi_append_is_over_exposed(const mmfi_state *state)
{
    return state->writer->count < mmfi_load64(&state->writer->live->exposed_end);
}

/* The sequence of a record that is appended into any other row. */
static inline uint64_t mmfi_append_sequence(const mmfi_state *state)
{
    if (MMFI_LIKELY(state->layout.checksum_offset == 0))
        return MMFI_SEQUENCE_FIRST;
    return mmfi_epoch_bits(mmfi_load64(&state->writer->live->epoch)) | MMFI_SEQUENCE_FIRST;
}

/*
 * Marks the record of such a row as being replaced. Returns the even sequence that it is appended
 * with; until that is stored (release), its payload may be.
 */
uint64_t mmfi_append_replace(const mmf_store *store, uint64_t row);

/* Gives the file room for at least `rows` more records than there are. */
mmf_status mmfi_store_grow(mmfi_state *state, uint64_t rows, mmf_error *error);

/* Fills a new file before it has its name, so that no process sees it incomplete. */
typedef struct mmfi_filling {
    mmf_status (*fill)(mmf_store *to, const void *what, mmf_error *error);
    const void *what;
} mmfi_filling;

/* mmf_store_create, with what there is to fill in; filling may be NULL. */
mmf_status mmfi_store_create_filled(const char *path, const mmf_options *options,
                                    const mmf_schema *schema, const mmfi_filling *filling,
                                    mmf_store **out, mmf_error *error);

/*
 * Records to the disk, then their count. A failure is for good: the handle writes no more, and
 * readers and later writers of this boot are told by the poisoned flag.
 */
mmf_status mmfi_store_commit(mmfi_state *state, bool clean, mmf_error *error);

/* Stores the results of recovery in the state. Removes a commit that does not stand: one sync. */
mmf_status mmfi_commit_adopt(mmfi_state *state, const mmfi_recovery *found, mmf_error *error);

/*
 * ---- Rows that were never published ----
 *
 * An append that died may have left whole records after the last one. Where records prove
 * themselves by a checksum, those would be kept after a restart, though a recovery in this boot has
 * gone on without them, and others may have been appended since. So the writer that goes on after a
 * dead append makes sure that the first row of it proves nothing: the epoch ends, as after a
 * recovery that does not trust memory, and that row gets a sequence which no proof takes, on the
 * disk before anything is appended.
 *
 * The caller is the only writer or has the append lock. MMF_ERR_IO or MMF_ERR_NO_SPACE when the
 * sync fails, after which the file is poisoned, or that of mmfi_unpublished_check, and nothing
 * done.
 */
mmf_status mmfi_discard_unpublished(mmfi_state *state, uint64_t count, mmf_error *error);

/*
 * MMF_ERR_CAPACITY when the row after the last one has to be examined and lies beyond the address
 * space of this handle: then another writer has to recover.
 */
mmf_status mmfi_unpublished_check(const mmfi_state *state, uint64_t count, mmf_error *error);

/* The last commit that stands, for a handle that does not trust memory. */
bool mmfi_commit_now(const mmfi_state *state, mmfi_commit *out);

/* True after a sync failed, of this handle or of another of several writers. */
static inline bool mmfi_sync_has_failed(const mmfi_state *state)
{
    return mmfi_load64(&state->failed) != 0 || mmfi_load64(&state->writer->live->poisoned) != 0;
}

/* No more writing through this handle, and readers and other writers of this boot are told. */
void mmfi_state_poison(mmfi_state *state);

/* The message of a call that came after that; returns MMF_ERR_NEEDS_RECOVERY. */
mmf_status mmfi_poison_say(const mmfi_state *state, mmf_error *error);

/* ---- Files that lost their name, or were written over; link.c ---- */

/* Remembers the file that the path leads to now. */
void mmfi_link_note(mmfi_state *state);

/* Whether the path still leads to the file, as far as that can be found out. */
mmf_replaced mmfi_link_find(const mmfi_state *state);

/* False when the program closed the descriptor of the file, and another file has it now. */
bool mmfi_link_is_own_descriptor(const mmfi_state *state);

/*
 * For a writer: MMF_ERR_NOT_FOUND when the file has no name any more; its records can still be read
 * and written. MMF_ERR_CORRUPT when another store was written over it, and MMF_ERR_IO when the
 * descriptor is that of another file: then the handle writes no more.
 */
mmf_status mmfi_link_check(mmfi_state *state, mmf_error *error);

/* The message about that; returns the status. */
mmf_status mmfi_link_say(const mmfi_state *state, mmf_status status, mmf_error *error);

/* mmfi_store_commit, with such a check: what is written over or elsewhere is not committed. */
mmf_status mmfi_link_commit(mmfi_state *state, bool clean, mmf_error *error);

/* ---- Records with checksums; verify_record.c ---- */

/*
 * The sequence of what mmfi_slow_read_next gave, which its checksum covers: a before-image has the
 * one that its record had.
 */
static inline uint64_t mmfi_slow_read_sequence(const mmfi_slow_read *slow)
{
    return mmfi_sequence_is_odd(slow->sequence) ? mmfi_load64(slow->record) : slow->sequence;
}

/* One record as it was found; MMF_OK when it was consistent, whatever its checksum. */
typedef struct mmfi_verify_result {
    mmf_status status;
    uint64_t sequence;
    uint32_t found; /* checksums */
    uint32_t expected;
} mmfi_verify_result;

/* Repeats, within the bounds of mmfi_slow_read_next. Its schema has checksums. */
mmfi_verify_result mmfi_verify_record(const mmf_store *store, uint64_t row);

/* The message of a MMF_ERR_BUSY that has an obstacle; returns that status. */
mmf_status mmfi_obstacle_say(const mmfi_state *state, mmf_error *error);

#endif
