/* Bit by bit: it runs over a few kilobytes when a file is opened, and nowhere else. */
#include "core/crc32c.h"

#define POLYNOMIAL_REFLECTED 0x82f63b78u

uint32_t mmfi_crc32c(const void *data, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)data;
    uint32_t crc = 0xffffffffu;
    for (size_t at = 0; at < size; at++) {
        crc ^= bytes[at];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (POLYNOMIAL_REFLECTED & (0u - (crc & 1u)));
    }
    return ~crc;
}
