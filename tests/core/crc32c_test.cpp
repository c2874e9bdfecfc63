// The checksum against the vectors of RFC 3720, B.4.
#include "core/crc32c.h"

#include <cstring>
#include <gtest/gtest.h>

namespace {

TEST(Crc32c, Rfc3720Vectors)
{
    unsigned char bytes[32];
    std::memset(bytes, 0x00, sizeof bytes);
    EXPECT_EQ(mmfi_crc32c(bytes, sizeof bytes), 0x8a9136aau);
    std::memset(bytes, 0xff, sizeof bytes);
    EXPECT_EQ(mmfi_crc32c(bytes, sizeof bytes), 0x62a8ab43u);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    EXPECT_EQ(mmfi_crc32c(bytes, sizeof bytes), 0x46dd794eu);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(31 - i);
    EXPECT_EQ(mmfi_crc32c(bytes, sizeof bytes), 0x113fdb5cu);
}

TEST(Crc32c, NothingHasTheChecksumZero)
{
    EXPECT_EQ(mmfi_crc32c("", 0), 0u);
}

TEST(Crc32c, EveryFlippedBitShows)
{
    unsigned char bytes[64] = {1, 2, 3};
    const uint32_t whole = mmfi_crc32c(bytes, sizeof bytes);
    for (unsigned bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        EXPECT_NE(mmfi_crc32c(bytes, sizeof bytes), whole) << bit;
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

} // namespace
