// The checks of json_fuzz over the seeds, and over texts made from them, the
// same every time.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <random>

#include "tests/robustness/fuzz/json_check.h"

namespace {

std::vector<std::string> seeds()
{
    std::vector<std::string> out;
    for (const auto &entry :
         std::filesystem::directory_iterator("tests/robustness/fuzz/corpus/json")) {
        std::ifstream file(entry.path(), std::ios::binary);
        out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    std::sort(out.begin(), out.end()); // the order of a directory is any
    return out;
}

// In a block of its exact size, so that ASan sees a read beyond its end.
size_t check(const std::string &text)
{
    std::unique_ptr<char[]> exact(new char[text.size() + (text.empty() ? 1 : 0)]);
    memcpy(exact.get(), text.data(), text.size());
    return t_check_json(exact.get(), text.size());
}

std::string mutate(std::string text, std::mt19937_64 &random)
{
    static const char *const WORDS[] = {"\"",
                                        "\\",
                                        ",",
                                        "\n",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        ":",
                                        "null",
                                        "true",
                                        "-",
                                        "1e9",
                                        "\\u00e9",
                                        "\\ud800",
                                        "\"s\":\"\"",
                                        "9223372036854775808",
                                        ""};
    for (uint64_t changes = 1 + random() % 3; changes > 0; changes--) {
        const size_t at = random() % (text.size() + 1);
        const char *word = WORDS[random() % (sizeof WORDS / sizeof *WORDS)];
        if (random() % 2 == 0)
            text.insert(at, word);
        else
            text.replace(at, random() % 5, word);
    }
    return text;
}

} // namespace

TEST(JsonReplay, Seeds)
{
    ASSERT_GE(seeds().size(), 3u);
    for (const std::string &seed : seeds())
        EXPECT_GT(check(seed), 0u) << seed;
}

TEST(JsonReplay, Texts)
{
    const std::vector<std::string> all = seeds();
    std::mt19937_64 random(1);
    size_t good = 0;
    for (int i = 0; i < 5000; i++)
        good += check(mutate(all[random() % all.size()], random));
    EXPECT_GT(good, 100u) << "most are refused, and some are not";
}

TEST(JsonReplay, Nothing)
{
    EXPECT_EQ(check(""), 0u);
    EXPECT_EQ(check("\n\n"), 0u);
}
