/*
 * Commit slots: the count that the last sync promised, and which slot stands after a restart.
 *
 * A commit may be sent to the disk by one sync together with the records that were appended since
 * the one before, its tail. It has the tail's checksum then, and until it is confirmed it stands
 * only if the tail has that checksum: a power cut during the sync may leave the slot on the disk
 * and not the tail. No writer replaces a record of such a tail before the confirmation is on the
 * disk as well (core/store/one_writer.c), so that a tail which was there stays what was proved.
 *
 * The confirmation is the last word of the slot's page. It says that a sync of the commit has
 * returned, and is stored after that, so the disk may have it later or, after a power cut, not at
 * all: then the tail proves the commit again.
 */
#ifndef MMF_FORMAT_COMMIT_H
#define MMF_FORMAT_COMMIT_H

#include "header.h"

MMF_BEGIN_DECLS

/* ---- Slots ---- */

/* The valid commit slot of the higher generation, from private copies; false when neither is. */
bool mmfi_commit_read(const unsigned char *base, mmfi_commit *out);

/* The same of the slot that the generation lies in, whatever generation it has. */
bool mmfi_commit_read_slot(const unsigned char *base, uint64_t generation, mmfi_commit *out);

/*
 * True when a slot has something else than a commit, and was not emptied by mmfi_commit_forget: the
 * power was cut while it was stored, or it is damaged, and then it may have been the newer one.
 */
bool mmfi_commit_is_damaged(const unsigned char *base);

/*
 * Fills the slot of that generation, which has the commit before the last one. The caller syncs
 * before, for a power cut may destroy what the slot had: the last commit must be on the disk by
 * then, even if another process wrote it. And after.
 */
void mmfi_commit_write(unsigned char *base, uint64_t generation, uint64_t count, uint64_t capacity,
                       bool clean);

/*
 * The same with a tail, records from tail_first on, whose sync this commit does not wait for;
 * see above. Only the sync after is needed, if the last commit is known to be on the disk.
 */
void mmfi_commit_write_tail(unsigned char *base, uint64_t generation, uint64_t count,
                            uint64_t capacity, bool clean, uint64_t tail_first, uint32_t tail_crc);

/*
 * What the slot of that generation has, sizeof(mmfi_commit) bytes, and that it has this again: for
 * a caller whose sync after the change fails, so that the file stays as it was found.
 */
void mmfi_commit_save(const unsigned char *base, uint64_t generation, unsigned char *out);
void mmfi_commit_put_back(unsigned char *base, uint64_t generation, const unsigned char *saved);

/* ---- Epochs ---- */

/*
 * Records with checksums that were appended after the last sync prove themselves: recovery after a
 * restart keeps those that follow the commit without a gap. The disk may also have records of an
 * earlier epoch in those rows, sound ones, that a recovery had dropped. The epoch tells them apart:
 * a record carries it in its sequence word, and is kept only if it is that of the commit.
 *
 * A recovery that does not trust memory sets live.epoch to 0, which no commit has, for a record
 * that is appended then could be followed by one of before. The first commit after it begins a new
 * epoch. A record of an epoch is only appended when a commit of that epoch is on the disk. From
 * MMFI_SEQUENCE_EPOCH_MAX on, records carry 0.
 */

/* The epoch of the next commit, which has it by itself: that of the shared page, or a new one. */
uint64_t mmfi_epoch_to_commit(const unsigned char *base);

/* Records that are appended from now on belong to that epoch, whose commit is on the disk. */
void mmfi_epoch_begin(unsigned char *base, uint64_t epoch);

/* What the sequence word of a record of that epoch has above its count. */
uint64_t mmfi_epoch_bits(uint64_t epoch);

/*
 * The end of the records from commit->count on that prove themselves; of a schema with checksums.
 * That many rows can be read.
 */
uint64_t mmfi_epoch_proven_end(const unsigned char *base, const mmfi_layout *layout,
                               const mmfi_commit *commit, uint64_t rows);

/* ---- Tails ---- */

/* A larger tail would take too long to check when the file is opened; it is synced by itself. */
#define MMFI_TAIL_SIZE_MAX (UINT64_C(64) << 20)

/* True when records first to count - 1 are a tail that a commit may have. */
bool mmfi_tail_fits(const mmfi_layout *layout, uint64_t first, uint64_t count);

/* Their checksum. */
uint32_t mmfi_tail_crc(const unsigned char *base, const mmfi_layout *layout, uint64_t first,
                       uint64_t count);

/* False when a sync of its own put its records on the disk: both words of a tail are zero. */
bool mmfi_commit_has_tail(const mmfi_commit *commit);

/* True when the commit is not confirmed and has a tail. */
bool mmfi_commit_needs_proof(const unsigned char *base, const mmfi_commit *commit);

/* A sync of the commit of that generation has returned. */
bool mmfi_commit_is_confirmed(const unsigned char *base, const mmfi_commit *commit);
void mmfi_commit_confirm(unsigned char *base, uint64_t generation);

/*
 * The last commit that stands, in a file of which that many rows can be read; false when none does.
 * *dropped (may be NULL): a later one does not, because the power was cut during its sync. The one
 * before the last stands by itself: it was known to be on the disk when the last was written.
 */
bool mmfi_commit_find(const unsigned char *base, const mmfi_layout *layout, uint64_t rows,
                      mmfi_commit *out, bool *dropped);

/*
 * Takes away a later commit that does not stand. The caller syncs before it changes anything else:
 * what is appended could give the tail its checksum after all.
 */
void mmfi_commit_forget(unsigned char *base, uint64_t generation);

MMF_END_DECLS

#endif
