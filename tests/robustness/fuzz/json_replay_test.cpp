// The checks of json_fuzz over the seeds, and over texts made from them, the same every time.
#include <gtest/gtest.h>

#include "tests/robustness/fuzz/json_check.h"
#include "tests/robustness/fuzz/replay.h"

namespace {

const std::vector<std::string> WORDS = {"\"",
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

size_t check(const std::string &text)
{
    const Exact exact(text);
    return t_check_json(exact.data(), exact.size());
}

} // namespace

TEST(JsonReplay, Seeds)
{
    ASSERT_GE(t_seeds("json").size(), 3u);
    for (const std::string &seed : t_seeds("json"))
        EXPECT_GT(check(seed), 0u) << seed;
}

TEST(JsonReplay, Texts)
{
    const std::vector<std::string> all = t_seeds("json");
    std::mt19937_64 random(1);
    size_t good = 0;
    for (int i = 0; i < 5000; i++)
        good += check(t_mutate(all[random() % all.size()], WORDS, random));
    EXPECT_GT(good, 100u) << "most are refused, and some are not";
}

TEST(JsonReplay, Nothing)
{
    EXPECT_EQ(check(""), 0u);
    EXPECT_EQ(check("\n\n"), 0u);
}
