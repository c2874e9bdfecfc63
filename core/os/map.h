/*
 * The mapping under a store: a reservation of address space over a file that is smaller.
 *
 * When any process extends the file, every mapping sees the new part with no remap, so no address
 * ever changes. Nor does one when a reservation is extended, which is done in place. An access
 * after the end of the file is SIGBUS, so callers bound rows by the file's real size.
 */
#ifndef MMF_OS_MAP_H
#define MMF_OS_MAP_H

#include "mmapforge/status.h"

MMF_BEGIN_DECLS

typedef struct mmfi_map {
    unsigned char *base; /* NULL when there is none */
    uint64_t size;       /* bytes of address space */
} mmfi_map;

/*
 * The most to ask for where the caller did not say how much: a quarter of what a limit on address
 * space (ulimit -v) leaves, because the program needs some as well. UINT64_MAX without a limit.
 */
uint64_t mmfi_map_modest(void);

/*
 * Maps asked bytes (rounded up to pages, at least needed) of the file from its start, shared; for
 * writing as well when writable. When so much address space cannot be had, takes no more than a
 * quarter of what can, at least needed, and says so in out->size; MMF_ERR_NO_MEMORY when even
 * needed cannot be had. Left out of core dumps.
 */
mmf_status mmfi_map_open(int fd, bool writable, uint64_t asked, uint64_t needed, const char *path,
                         mmfi_map *out, mmf_error *error);

/*
 * Maps more of the file for reading, right after what is mapped: up to asked bytes in all, at least
 * needed. Returns the size that the mapping has now, for the caller to set: as before when the
 * addresses there are in use, or there is no address space. Threads may read the mapping meanwhile;
 * only one may extend it.
 */
uint64_t mmfi_map_extend(const mmfi_map *map, int fd, uint64_t asked, uint64_t needed);

/*
 * Asks for pages of 2 MiB from that offset on: where the file system has some, what is read from
 * the disk from now on comes by so much at once. Without effect where the system has none.
 */
void mmfi_map_prefer_large(const mmfi_map *map, uint64_t first);

/*
 * Copies what lies between two offsets of the file into pages of 2 MiB, where the file system can
 * (tmpfs): milliseconds for each. Returns where the next call should go on.
 */
uint64_t mmfi_map_collapse(const mmfi_map *map, uint64_t first, uint64_t end);

/*
 * A mapping of the page (of the machine's size) that has that offset of the file, shared and
 * writable. *first is where in the file it begins, *size how large it is. NULL when there is none
 * to be had.
 */
unsigned char *mmfi_map_page_open(int fd, uint64_t offset, uint64_t *first, uint64_t *size);
void mmfi_map_page_close(unsigned char *page);

/* Unmaps; an empty map is allowed. */
void mmfi_map_close(mmfi_map *map);

/*
 * A page of private memory that a forked child finds zeroed, or NULL when the kernel cannot give
 * one. Released with mmfi_map_private_close.
 */
void *mmfi_map_private_open(size_t size);
void mmfi_map_private_close(void *page, size_t size);

MMF_END_DECLS

#endif
