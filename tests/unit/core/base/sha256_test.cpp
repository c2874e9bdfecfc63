// SHA-256 against the examples that NIST publishes for FIPS 180-4, and others of known digests.
#include "core/base/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace {

// In parts of that many bytes; 0 for all at once.
std::string digest(const std::string &message, size_t part = 0)
{
    mmfi_sha256 hash;
    unsigned char out[MMFI_SHA256_SIZE];
    mmfi_sha256_begin(&hash);
    for (size_t at = 0; part != 0 && at < message.size(); at += part)
        mmfi_sha256_add(&hash, message.data() + at, std::min(part, message.size() - at));
    if (part == 0)
        mmfi_sha256_add(&hash, message.data(), message.size());
    mmfi_sha256_end(&hash, out);
    std::string hex;
    for (const unsigned char byte : out) {
        hex += "0123456789abcdef"[byte / 16];
        hex += "0123456789abcdef"[byte % 16];
    }
    return hex;
}

} // namespace

// "Examples with Intermediate Values", SHA256.pdf: one block and two; and the empty message.
TEST(Sha256, ExamplesOfTheStandard)
{
    EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// The longest of the same series, of the standard's earlier edition (FIPS 180-2, B.3).
TEST(Sha256, AMillionLetters)
{
    const std::string message(1000000, 'a');
    const char *const expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    EXPECT_EQ(digest(message), expected);
    EXPECT_EQ(digest(message, 997), expected);
}

// Of Python's hashlib: where the padding begins to take another block, and where a block is full.
TEST(Sha256, AroundTheEndOfABlock)
{
    EXPECT_EQ(digest(std::string(55, 'd')),
              "8347d07d842bdc2392323e14b0e910857b7116b59492dfad6a21de672db495cf");
    EXPECT_EQ(digest(std::string(56, 'e')),
              "49ee978ce09d959323fe1f4dc290cf278953db1d85a37d4fd36939bebd804ac0");
    EXPECT_EQ(digest(std::string(63, 'l')),
              "05ccf528676160639aabc229c8504941ce51099cebe3174e0d0dd846edca3eef");
    EXPECT_EQ(digest(std::string(64, 'm')),
              "55d24d1e5bb5c78ff659439718f787646160ce78ff2f48952745723fe61d06e6");
    EXPECT_EQ(digest(std::string(119, 'p')),
              "12c065019000c64644d10563ff4aef77465a103d22fa88825143edb2f69cc9d8");
    EXPECT_EQ(digest(std::string(120, 'q')),
              "77a2d49d72a11e41678c51f8f0cb67f5cb570f30370c3aeffe266a0d1ee43209");
}

// Around the lengths where the padding takes another block.
TEST(Sha256, PartsGiveWhatTheWholeGives)
{
    for (size_t size = 0; size < 200; size++) {
        const std::string message(size, static_cast<char>('a' + size % 26));
        const std::string whole = digest(message);
        for (const size_t part : {1, 3, 63, 64, 65})
            ASSERT_EQ(digest(message, part), whole) << size << " bytes in parts of " << part;
    }
}
