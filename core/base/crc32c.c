/* The checksum by tables, for every processor. */
#include "crc32c_steps.h"

#define POLYNOMIAL_REFLECTED 0x82f63b78u

/*
 * TABLES[k][b] is what the byte b does to a checksum k bytes later, so that eight bytes are eight
 * look-ups that do not wait for each other (Kounavis and Berry, "A systematic approach to building
 * high performance software-based CRC generators", 2005).
 */
static uint32_t tables[8][256];
static uint64_t tables_are_made;

/* Threads that make them at once store the same words. */
static void make_tables(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (POLYNOMIAL_REFLECTED & (0u - (crc & 1u)));
        mmfi_store32(&tables[0][byte], crc);
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = mmfi_load32(&tables[0][byte]);
        for (int later = 1; later < 8; later++) {
            crc = (crc >> 8) ^ mmfi_load32(&tables[0][crc & 0xff]);
            mmfi_store32(&tables[later][byte], crc);
        }
    }
    mmfi_store64_release(&tables_are_made, 1);
}

static void need_tables(void)
{
    if (mmfi_load64_acquire(&tables_are_made) == 0)
        make_tables();
}

static uint32_t look_up(int later, uint64_t byte)
{
    return mmfi_load32(&tables[later][byte & 0xff]);
}

static uint32_t table_step_byte(uint32_t crc, uint8_t byte)
{
    return (crc >> 8) ^ look_up(0, crc ^ byte);
}

static uint32_t table_step_word(uint32_t crc, uint64_t word)
{
#if !MMFI_LITTLE_ENDIAN
    word = __builtin_bswap64(word); /* its first byte in memory is the first one here, too */
#endif
    word ^= crc;
    crc = 0;
    for (int at = 0; at < 8; at++)
        crc ^= look_up(7 - at, word >> (8 * at));
    return crc;
}

uint32_t mmfi_crc32c_by_table(const void *data, size_t size)
{
    uint32_t crc = MMFI_CRC32C_BEGIN;
    need_tables();
    MMFI_CRC32C_BYTES(crc, table_step_byte, table_step_word, data, size);
    return ~crc;
}

uint32_t mmfi_crc32c_between_by_table(uint64_t seed, uint64_t first, const unsigned char *middle,
                                      size_t size, uint64_t last)
{
    need_tables();
    uint32_t crc = table_step_word(table_step_word(MMFI_CRC32C_BEGIN, seed), first);
    MMFI_CRC32C_WORDS(crc, table_step_word, mmfi_load64, middle, size);
    return ~table_step_word(crc, last);
}
