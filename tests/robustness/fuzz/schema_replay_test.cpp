// The checks of schema_fuzz over the seeds, and over texts made from them, the same every time.
#include <gtest/gtest.h>

#include "tests/robustness/fuzz/replay.h"
#include "tests/robustness/fuzz/schema_check.h"

namespace {

bool check(const std::string &text)
{
    const Exact exact(text);
    t_check_schema(exact.data(), exact.size());
    return t_check_canonical(exact.data(), exact.size());
}

// A piece of another text, of this one, or a number, in some place of this one.
std::string mutate(std::string text, const std::vector<std::string> &all, std::mt19937_64 &random)
{
    static const char *const WORDS[] = {"0",          "1",    "4294967297", "65536",
                                        "65537",      "-",    "@align(16)", "[2]",
                                        "?",          " = 1", "4096",       "18446744073709551617",
                                        "@checksums", "\n",   "}\n",        "decimal(18,4)"};
    for (uint64_t changes = 1 + random() % 3; changes > 0; changes--) {
        const size_t at = random() % (text.size() + 1);
        const std::string &from = random() % 2 == 0 ? text : all[random() % all.size()];
        const size_t begin = random() % (from.size() + 1);
        const std::string piece = from.substr(begin, random() % 40);
        switch (random() % 4) {
        case 0:
            text.insert(at, piece);
            break;
        case 1:
            text.erase(at, random() % 20);
            break;
        case 2:
            text.insert(at, WORDS[random() % (sizeof WORDS / sizeof *WORDS)]);
            break;
        default:
            text.replace(at, random() % 12, WORDS[random() % (sizeof WORDS / sizeof *WORDS)]);
        }
    }
    return text;
}

// Whole lines: what is left out, comes twice, or changes places.
std::string shuffle(const std::string &text, std::mt19937_64 &random)
{
    std::vector<std::string> lines;
    for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
        lines.push_back(text.substr(at, text.find('\n', at) + 1 - at));
    for (uint64_t changes = 1 + random() % 3; changes > 0; changes--) {
        const std::string line = lines[random() % lines.size()];
        if (random() % 2 == 0 && lines.size() > 1)
            lines.erase(lines.begin() + static_cast<long>(random() % lines.size()));
        lines.insert(lines.begin() + static_cast<long>(random() % (lines.size() + 1)), line);
    }
    std::string out;
    for (const std::string &line : lines)
        out += line;
    return out;
}

} // namespace

TEST(SchemaReplay, SeedsAreCanonical)
{
    ASSERT_GE(t_seeds("schema").size(), 5u);
    for (const std::string &seed : t_seeds("schema"))
        EXPECT_TRUE(check(seed)) << seed;
}

TEST(SchemaReplay, Texts)
{
    const std::vector<std::string> all = t_seeds("schema");
    std::mt19937_64 random(1);
    int read = 0;
    for (int i = 0; i < 20000; i++) {
        const std::string &seed = all[random() % all.size()];
        read += check(i % 4 == 0 ? shuffle(seed, random) : mutate(seed, all, random));
    }
    EXPECT_GT(read, 100) << "most are refused, and some are not";
    EXPECT_LT(read, 15000);
}

TEST(SchemaReplay, Nothing)
{
    EXPECT_FALSE(t_check_canonical(nullptr, 0));
    EXPECT_FALSE(check(""));
}
