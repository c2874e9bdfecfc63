/*
 * Recovery: finds the count of a file after its last writer is gone, and restores its records.
 *
 * In the boot in which the writer lived, memory is the truth: the shared page has the count, and
 * the undo slots have any record that was being replaced. After another boot only what a sync
 * promised counts, the commit slot, and after it the records that prove themselves by a checksum.
 * All of it is O(1) in the number of records, but for the proof, which is O(n) in those since the
 * last sync.
 */
#ifndef MMF_FORMAT_RECOVER_H
#define MMF_FORMAT_RECOVER_H

#include "commit.h"

MMF_BEGIN_DECLS

/*
 * True when the shared page was written in the boot that the machine is in, and of this very file,
 * so that it is valid. A copy or a snapshot that is mounted in the same boot has the id of the
 * boot, and not the memory.
 */
bool mmfi_live_is_trusted(const unsigned char *base, const mmfi_layout *layout);

/* What a new writer goes on from. */
typedef struct mmfi_recovery {
    uint64_t count;
    uint64_t capacity;   /* records that the file has room for */
    uint64_t generation; /* of the last commit that stands */
    uint64_t committed;  /* its count */
    uint64_t tail_first; /* and where its tail begins; committed when it has none */
    bool confirmed;      /* it is known to be on the disk */
    bool replaced;       /* records may have been replaced since the last sync */
    bool dropped; /* a later one does not stand: mmfi_commit_forget, and a sync, come first */
    uint64_t exposed_end;  /* rows below it may hold records that were dropped, now or before */
    bool damaged;          /* memory is not trusted, and mmfi_commit_is_damaged */
    uint64_t dropped_rows; /* records beyond count that the shared page had, when it is not valid */
} mmfi_recovery;

/*
 * Makes the file ready for this process as its writer; the lock must be held. Changes nothing when
 * it fails: MMF_ERR_CORRUPT (the count exceeds the file or is below that of the last sync,
 * nothing says what it is, or the last commit has a generation that none can have) or
 * MMF_ERR_NEEDS_RECOVERY (a sync failed in this boot). Killed anywhere, it can run again.
 */
mmf_status mmfi_recover(unsigned char *base, const mmfi_layout *layout, uint64_t file_size,
                        const char *path, mmfi_recovery *out, mmf_error *error);

/* Says in the shared page that this process is the latest writer. Part of mmfi_recover. */
void mmfi_live_sign(unsigned char *base);

/*
 * The first half of mmfi_recover: what there is to go on from, and why not. For one of several
 * writers whose file others may have open; nothing is changed.
 */
mmf_status mmfi_recover_plan(const unsigned char *base, const mmfi_layout *layout,
                             uint64_t file_size, const char *path, mmfi_recovery *out,
                             mmf_error *error);

/*
 * Restores the record that the owner of an undo slot left half replaced, if it did, and takes back
 * the announcement of a torn record that it was replacing. The owner must be dead, and the caller
 * hold the lock of its slot; count is that of rows which it may have been replacing.
 */
void mmfi_recover_slot(unsigned char *base, const mmfi_layout *layout, uint32_t slot,
                       uint64_t count);

/* The messages of MMF_ERR_CORRUPT, which they return: no commit, or a count that lost records. */
mmf_status mmfi_say_no_count(const char *path, mmf_error *error);
mmf_status mmfi_say_below_synced(const char *path, uint64_t count, uint64_t synced,
                                 mmf_error *error);

MMF_END_DECLS

#endif
