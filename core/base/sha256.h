/*
 * SHA-256 as FIPS 180-4 has it ("Secure Hash Standard", NIST, August 2015, sections 4.1.2, 5 and
 * 6.2). For the few hundred bytes that a foreign header is checked by: plain, and not fast.
 */
#ifndef MMF_BASE_SHA256_H
#define MMF_BASE_SHA256_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

#define MMFI_SHA256_SIZE  32u /* bytes of a digest */
#define MMFI_SHA256_BLOCK 64u

typedef struct mmfi_sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[MMFI_SHA256_BLOCK];
} mmfi_sha256;

/* The digest of a message that is given in any number of parts. */
void mmfi_sha256_begin(mmfi_sha256 *of);
void mmfi_sha256_add(mmfi_sha256 *of, const void *data, size_t size);
void mmfi_sha256_end(mmfi_sha256 *of, unsigned char *digest);

MMF_END_DECLS

#endif
