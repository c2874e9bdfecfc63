/*
 * The mapping under a store: the whole reserve at once, over a file that is smaller.
 *
 * When any process extends the file, every mapping sees the new part with no remap, so no address
 * ever changes. An access behind the end of the file is SIGBUS, so callers bound rows by the file's
 * real size.
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
 * Maps asked bytes (rounded up to pages, at least needed) of the file from its begin, shared; for
 * writing as well when writable. When so much address space cannot be had, halves it down to needed
 * and says so in out->size; MMF_ERR_NO_MEMORY when even needed cannot be had. Left out of core
 * dumps.
 */
mmf_status mmfi_map_open(int fd, bool writable, uint64_t asked, uint64_t needed, const char *path,
                         mmfi_map *out, mmf_error *error);

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
