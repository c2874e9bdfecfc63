// The checksum against the vectors of RFC 3720, B.4, and one way to it against the others.
#include "mmapforge/detail/crc32c.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

namespace {

// Bit by bit, as the polynomial says.
uint32_t slow(const unsigned char *bytes, size_t size)
{
    uint32_t crc = 0xffffffffu;
    for (size_t at = 0; at < size; at++) {
        crc ^= bytes[at];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
    }
    return ~crc;
}

// Bytes that no short pattern describes, from a seed.
std::vector<unsigned char> noise(size_t size, uint64_t seed)
{
    std::vector<unsigned char> bytes(size);
    for (unsigned char &byte : bytes) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        byte = static_cast<unsigned char>(seed >> 56);
    }
    return bytes;
}

using Checksum = uint32_t (*)(const void *, size_t);

class Crc32c : public testing::TestWithParam<Checksum> {};

TEST_P(Crc32c, Rfc3720Vectors)
{
    unsigned char bytes[32];
    std::memset(bytes, 0x00, sizeof bytes);
    EXPECT_EQ(GetParam()(bytes, sizeof bytes), 0x8a9136aau);
    std::memset(bytes, 0xff, sizeof bytes);
    EXPECT_EQ(GetParam()(bytes, sizeof bytes), 0x62a8ab43u);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    EXPECT_EQ(GetParam()(bytes, sizeof bytes), 0x46dd794eu);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(31 - i);
    EXPECT_EQ(GetParam()(bytes, sizeof bytes), 0x113fdb5cu);
}

// An iSCSI read command, the last vector there.
TEST_P(Crc32c, Rfc3720Command)
{
    const unsigned char bytes[48] = {0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0, 0, 0, 0,
                                     0x14, 0,    0, 0, 0, 0, 4, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
                                     0x28, 0,    0, 0, 0, 0, 0, 0, 2, 0, 0, 0,    0, 0, 0, 0};
    EXPECT_EQ(GetParam()(bytes, sizeof bytes), 0xd9963a56u);
}

TEST_P(Crc32c, NothingHasTheChecksumZero)
{
    EXPECT_EQ(GetParam()("", 0), 0u);
}

TEST_P(Crc32c, EveryFlippedBitShows)
{
    unsigned char bytes[64] = {1, 2, 3};
    const uint32_t whole = GetParam()(bytes, sizeof bytes);
    for (unsigned bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        EXPECT_NE(GetParam()(bytes, sizeof bytes), whole) << bit;
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

// Every place in a word to begin at, and every size up to some words.
TEST_P(Crc32c, IsTheOneThatThePolynomialSays)
{
    const std::vector<unsigned char> bytes = noise(8 + 67, 1);
    for (size_t begin = 0; begin < 8; begin++)
        for (size_t size = 0; size <= 67; size++)
            ASSERT_EQ(GetParam()(bytes.data() + begin, size), slow(bytes.data() + begin, size))
                << begin << " " << size;
    const std::vector<unsigned char> large = noise(100003, 2);
    EXPECT_EQ(GetParam()(large.data(), large.size()), slow(large.data(), large.size()));
}

INSTANTIATE_TEST_SUITE_P(Ways, Crc32c, testing::Values(mmfi_crc32c, mmfi_crc32c_by_table),
                         [](const testing::TestParamInfo<Checksum> &way) {
                             return way.index == 0 ? "Chosen" : "ByTable";
                         });

TEST(Crc32cBetween, IsThatOfTheFourPartsInARow)
{
    for (size_t words = 0; words < 40; words++) {
        std::vector<uint64_t> record(words + 2);
        const std::vector<unsigned char> bytes = noise(8 + 8 * record.size(), words);
        uint64_t seed = 0;
        std::memcpy(&seed, bytes.data(), sizeof seed);
        std::memcpy(record.data(), bytes.data() + 8, bytes.size() - 8);
        const uint32_t expected = slow(bytes.data(), bytes.size());
        const auto *middle = reinterpret_cast<const unsigned char *>(record.data() + 1);
        EXPECT_EQ(mmfi_crc32c_between(seed, record.front(), middle, 8 * words, record.back()),
                  expected);
        EXPECT_EQ(mmfi_crc32c_between_fresh(seed, record.front(), middle, 8 * words, record.back()),
                  expected);
        EXPECT_EQ(
            mmfi_crc32c_between_by_table(seed, record.front(), middle, 8 * words, record.back()),
            expected);
    }
}

} // namespace
