/*
 * The room that a file has on the disk: growth, holes, and blocks shared with another file. A store
 * into a mapping that needs a block which the disk does not have is SIGBUS, so a writer asks first.
 */
#ifndef MMF_OS_SPACE_H
#define MMF_OS_SPACE_H

#include "open_file.h"

MMF_BEGIN_DECLS

/*
 * Gives the file real blocks up to size, and that size if it is smaller; never shrinks it. What is
 * new reads as zero. MMF_ERR_NO_SPACE when the disk, a quota or the limit on file sizes is full:
 * then the size is as before, and no signal is raised. Only for the writer, and not shared with
 * other growth of the same file: what a failed attempt gained is truncated again.
 */
mmf_status mmfi_file_grow(const mmfi_file *file, uint64_t size, mmf_error *error);

/*
 * What is in the way of growth that failed with that errno, and what to do, where the text for any
 * full or failing disk would mislead: EFBIG and EINTR. NULL for all others. Static text.
 */
const char *mmfi_file_growth_text(int os_error);

/* A part of a file that has no blocks and reads as zeroes, as far as the file system tells. */
typedef struct mmfi_file_hole {
    uint64_t begin; /* offsets */
    uint64_t end;
} mmfi_file_hole;

/*
 * The first hole that ends after the offset `from`; false when there is none before the end of the
 * file. One fstat when the file has as many blocks as its size needs: to search it takes
 * milliseconds for a GiB on a tmpfs. So a hole no larger than the tables that a file system counts
 * as blocks of the file is not found.
 */
bool mmfi_file_next_hole(const mmfi_file *file, uint64_t from, mmfi_file_hole *out);

/*
 * Gives real blocks to the holes of a file, which a sparse copy has and a store into which is
 * SIGBUS on a full disk. One fstat when the file has as many blocks as its size needs; a file
 * system that keeps files smaller than they are (compression) is asked each time. MMF_ERR_NO_SPACE
 * when the holes do not fit: size and content are as before. MMF_OK where the file system knows no
 * such request. A hole no larger than the tables that a file system counts as blocks of the file is
 * not found. Only those before the offset end are filled, and nothing when all of them would not
 * fit. Only for the writer, before its first store. Where the file system knows no such request,
 * some C libraries write zeros over what reads as zero: not when others may store into the file
 * meanwhile, whose words that would undo.
 */
mmf_status mmfi_file_fill_holes(const mmfi_file *file, uint64_t end, bool others, mmf_error *error);

/*
 * Gives a file blocks of its own where it shares them with a copy or a snapshot, as far as the file
 * system can do that (XFS can, btrfs cannot), so that a store needs no room on the disk. Where it
 * cannot, makes the first header_size bytes, mapped at header for writing, ready to be stored to
 * now. MMF_ERR_NO_SPACE when there is no room for either: the content is as before. Only for a
 * writer, before its first store.
 */
mmf_status mmfi_file_own_blocks(const mmfi_file *file, void *header, size_t header_size,
                                mmf_error *error);

/* True when the file holds no data at all: it is empty, or has only blocks never written to. */
bool mmfi_file_has_no_data(const mmfi_file *file);

MMF_END_DECLS

#endif
