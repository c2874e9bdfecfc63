#include "bench/latency/say.h"

#include <gtest/gtest.h>

#include <cstdio>

TEST(DieDeathTest, SaysWhy)
{
    EXPECT_EXIT(die("no %s: %d", "luck", 7), testing::ExitedWithCode(1), "^bench: no luck: 7\n$");
}

TEST(NeedDeathTest, SaysTheMessage)
{
    mmf_error error = {};
    (void)snprintf(error.message, sizeof error.message, "x.mmf: what is wrong");
    need(MMF_OK, error);
    EXPECT_EXIT(need(MMF_ERR_FORMAT, error), testing::ExitedWithCode(1),
                "bench: x.mmf: what is wrong \\(MMF_ERR_FORMAT\\)");
}
