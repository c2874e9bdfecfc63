/* The mappings that the SIGBUS handler knows. */
#ifndef MMF_STORE_SIGBUS_H
#define MMF_STORE_SIGBUS_H

#include "mmapforge/detail/handle.h"

MMF_BEGIN_DECLS

/* Remembers the mapping of a handle, its new size, and forgets it before it is unmapped. */
void mmfi_guard_add(mmf_store *store, unsigned char *base, uint64_t size);
/* A second mapping, of one page of the same file from that offset on, which may be written. */
void mmfi_guard_add_page(mmf_store *store, unsigned char *page, uint64_t size, uint64_t offset);
void mmfi_guard_resize(const mmf_store *store, uint64_t size);
void mmfi_guard_forget(const mmf_store *store);

MMF_END_DECLS

#endif
