/* SHA-256, FIPS 180-4. */
#include "sha256.h"

#include <string.h>

/* Section 4.2.2: of the cube roots of the first 64 primes, the first 32 bits after the point. */
static const uint32_t ROUND_CONSTANTS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* Section 5.3.3: of the square roots of the first eight primes. */
static const uint32_t FIRST_STATE[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotate_right(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

/* Sections 6.2.2, 1: the message schedule. Words of a message are big-endian. */
static void make_schedule(uint32_t *schedule, const unsigned char *block)
{
    for (unsigned i = 0; i < 16; i++) {
        const unsigned char *bytes = block + (size_t)4 * i;
        schedule[i] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                      (uint32_t)bytes[2] << 8 | bytes[3];
    }
    for (unsigned i = 16; i < 64; i++) {
        const uint32_t a = schedule[i - 15];
        const uint32_t b = schedule[i - 2];
        schedule[i] = (rotate_right(b, 17) ^ rotate_right(b, 19) ^ b >> 10) + schedule[i - 7] +
                      (rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3) + schedule[i - 16];
    }
}

/* Section 6.2.2, 2 to 4; v has the working variables a to h. */
static void add_block(uint32_t *state, const unsigned char *block)
{
    uint32_t schedule[64];
    uint32_t v[8];
    make_schedule(schedule, block);
    memcpy(v, state, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        const uint32_t a = v[0];
        const uint32_t e = v[4];
        const uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        const uint32_t choice = (e & v[5]) ^ (~e & v[6]);
        const uint32_t t1 = v[7] + sum1 + choice + ROUND_CONSTANTS[i] + schedule[i];
        const uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        const uint32_t majority = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + sum0 + majority;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += v[i];
}

void mmfi_sha256_begin(mmfi_sha256 *of)
{
    memset(of, 0, sizeof *of);
    memcpy(of->state, FIRST_STATE, sizeof of->state);
}

void mmfi_sha256_add(mmfi_sha256 *of, const void *data, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)data;
    while (size > 0) {
        const size_t filled = (size_t)(of->length % MMFI_SHA256_BLOCK);
        const size_t room = MMFI_SHA256_BLOCK - filled;
        const size_t taken = size < room ? size : room;
        memcpy(of->block + filled, bytes, taken);
        of->length += taken;
        bytes += taken;
        size -= taken;
        if (taken == room)
            add_block(of->state, of->block);
    }
}

/* Section 5.1.1: a bit 1, zeroes, and the length in bits as the last eight bytes of a block. */
void mmfi_sha256_end(mmfi_sha256 *of, unsigned char *digest)
{
    static const unsigned char PADDING[MMFI_SHA256_BLOCK] = {0x80};
    const uint64_t bits = 8 * of->length;
    const size_t filled = (size_t)(of->length % MMFI_SHA256_BLOCK);
    mmfi_sha256_add(of, PADDING, (filled < 56 ? 56 : 120) - filled);
    unsigned char length[8];
    for (unsigned i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    mmfi_sha256_add(of, length, sizeof length);
    for (unsigned i = 0; i < MMFI_SHA256_SIZE; i++)
        digest[i] = (unsigned char)(of->state[i / 4] >> (24 - 8 * (i % 4)));
}
