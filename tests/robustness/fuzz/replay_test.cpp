// The fuzzers' checks over inputs that are the same every time, without libFuzzer.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/robustness/fuzz/image_check.h"
#include "tests/robustness/fuzz/operations_check.h"

namespace {

std::vector<uint8_t> input(uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::vector<uint8_t> bytes(random() % 300);
    for (uint8_t &byte : bytes)
        byte = static_cast<uint8_t>(random());
    return bytes;
}

// What the fuzzers found worth keeping: each file is one input.
template <typename Check> int replay(const char *name, Check check)
{
    int files = 0;
    for (const auto &entry :
         std::filesystem::directory_iterator(std::string("tests/robustness/fuzz/corpus/") + name)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        SCOPED_TRACE(entry.path());
        check(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
        files++;
    }
    return files;
}

} // namespace

TEST(Replay, Seeds)
{
    EXPECT_GT(replay("image", check_image), 0);
    EXPECT_GT(replay("operations", check_operations), 0);
}

TEST(Replay, Images)
{
    // Edits of the header: the offsets of random ones are mostly after it.
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
