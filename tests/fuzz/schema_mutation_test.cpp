// Good schemas, damaged in many ways: accepted and right, or refused, and never a crash.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/fuzz/schema_check.h"

namespace {

const char SEED_TEXT[] = "/// A trade print.\n"
                         "record Tick version 1 {\n"
                         "  symbol: string[64]; /// exchange ticker\n"
                         "  /* a comment */ price: float64;\n"
                         "  flag: bool; // another\n"
                         "}\r\n"
                         "record Depth version 65535 { levels: bytes[16]; at: uint64; }\n";

// Pieces that the grammar cares about, so that damage is not only noise.
const char *const PIECES[] = {"record", "version", "{",        "}",      ":",     ";",  "[",
                              "]",      "///",     "/*",       "*/",     "//",    "\n", "\r",
                              "@",      "?",       "=",        "string", "_",     "0",  "9999",
                              "-1",     "class",   "\xc3\xa9", "\xff",   "uint64"};

} // namespace

TEST(SchemaMutation, TheSeedIsAccepted)
{
    EXPECT_TRUE(t_check_schema(SEED_TEXT, sizeof SEED_TEXT - 1));
}

TEST(SchemaMutation, EveryTruncation)
{
    for (size_t size = 0; size < sizeof SEED_TEXT; size++)
        t_check_schema(SEED_TEXT, size);
}

TEST(SchemaMutation, SeededDamage)
{
    std::mt19937 random(20240131);
    unsigned accepted = 0;
    for (int round = 0; round < 20000; round++) {
        std::string text = SEED_TEXT;
        for (unsigned changes = 1 + random() % 4; changes > 0; changes--) {
            const size_t at = random() % text.size();
            switch (random() % 4) {
            case 0:
                text[at] = static_cast<char>(random());
                break;
            case 1:
                text.erase(at, 1 + random() % 8);
                break;
            case 2:
                text.insert(at, PIECES[random() % (sizeof PIECES / sizeof PIECES[0])]);
                break;
            default:
                text.insert(at, text.substr(random() % text.size(), random() % 40));
                break;
            }
            if (text.empty())
                text = " ";
        }
        accepted += t_check_schema(text.data(), text.size()) ? 1 : 0;
    }
    // Damage in comments and names leaves a good schema: both outcomes are tried.
    EXPECT_GT(accepted, 100u);
    EXPECT_LT(accepted, 19900u);
}
