// The checks of csv_fuzz over the seeds, and over texts made from them, the same every time.
#include <gtest/gtest.h>

#include "tests/robustness/fuzz/csv_check.h"
#include "tests/robustness/fuzz/replay.h"

namespace {

const std::vector<std::string> WORDS = {
    "\"",  "\"\"", ",", "\n",      "\r\n", "\r", "-",    "1e9",
    "0.5", "nan",  "",  "2024-01", "\xff", ",,", "true", "9223372036854775808"};

size_t check(const std::string &text)
{
    const Exact exact(text);
    return t_check_csv(exact.data(), exact.size());
}

} // namespace

TEST(CsvReplay, Seeds)
{
    ASSERT_GE(t_seeds("csv").size(), 4u);
    for (const std::string &seed : t_seeds("csv"))
        EXPECT_GT(check(seed), 0u) << seed;
}

TEST(CsvReplay, Texts)
{
    const std::vector<std::string> all = t_seeds("csv");
    std::mt19937_64 random(1);
    size_t good = 0;
    for (int i = 0; i < 5000; i++)
        good += check(t_mutate(all[random() % all.size()], WORDS, random));
    EXPECT_GT(good, 100u) << "most are refused, and some are not";
}

TEST(CsvReplay, Nothing)
{
    EXPECT_EQ(check(""), 0u);
    EXPECT_EQ(check("\xef\xbb"), 0u);
    EXPECT_EQ(check("\xef\xbb\xbf"), 0u);
}
