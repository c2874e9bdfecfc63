/* Random bytes for identifiers. */
#ifndef MMF_OS_RANDOM_H
#define MMF_OS_RANDOM_H

#include "mmapforge/status.h"

MMF_BEGIN_DECLS

/* size random bytes for an identifier. */
void mmfi_random(void *out, size_t size);

MMF_END_DECLS

#endif
