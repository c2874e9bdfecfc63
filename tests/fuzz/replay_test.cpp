// The fuzzers' checks over inputs that are the same every time, without libFuzzer.
#include <random>

#include "tests/fuzz/image_check.h"
#include "tests/fuzz/operations_check.h"

namespace {

std::vector<uint8_t> input(uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::vector<uint8_t> bytes(random() % 300);
    for (uint8_t &byte : bytes)
        byte = static_cast<uint8_t>(random());
    return bytes;
}

} // namespace

TEST(Replay, Images)
{
    // Edits of the header: the offsets of random ones are mostly behind it.
    for (uint64_t seed = 0; seed < 1500; seed++) {
        std::vector<uint8_t> bytes = input(seed);
        for (size_t at = 0; seed % 2 == 0 && at + 11 <= bytes.size(); at += 11) {
            bytes[at + 1] = static_cast<uint8_t>(bytes[at + 1] % 5 * 16);
            bytes[at + 2] = 0;
        }
        check_image(bytes.data(), bytes.size());
        ASSERT_FALSE(HasFailure()) << "seed " << seed;
    }
}

TEST(Replay, Operations)
{
    for (uint64_t seed = 0; seed < 1500; seed++) {
        const std::vector<uint8_t> bytes = input(seed);
        check_operations(bytes.data(), bytes.size());
    }
}

TEST(Replay, Nothing)
{
    check_image(nullptr, 0);
    check_operations(nullptr, 0);
}
