/* The id of this boot, which tells memory of this boot from that of another. */
#ifndef MMF_OS_BOOT_ID_H
#define MMF_OS_BOOT_ID_H

#include "mmapforge/status.h"

MMF_BEGIN_DECLS

/*
 * Finds the id of this boot, once in a process. MMF_OK, too, when this system lets no process read
 * one (a jail without /proc), or when it is not the kernel's: in a container the file may be a
 * mount of its own, which says another id at each start of the container. On a tmpfs that is an id
 * of the container's life, and serves together with the file that it is in; elsewhere there is no
 * boot id. MMF_ERR_IO or MMF_ERR_NO_MEMORY when it could not be read now, for want of descriptors,
 * say: to go on without would be to take another boot for this one, and to lose what was not
 * synced. path is for the message.
 */
mmf_status mmfi_boot_id_find(const char *path, mmf_error *error);

/* The id of this boot, two words; zeroes when it cannot be had. */
void mmfi_boot_id(uint64_t out[2]);

MMF_END_DECLS

#endif
