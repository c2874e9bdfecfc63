#include "bench/latency/cost.h"

#include <gtest/gtest.h>

TEST(Spread, MedianAndRange)
{
    Spread spread;
    EXPECT_EQ(spread.count(), 0u);
    EXPECT_EQ(spread.median(), 0);
    EXPECT_EQ(spread.min(), 0);
    EXPECT_EQ(spread.max(), 0);
    spread.add(9);
    EXPECT_EQ(spread.median(), 9);
    spread.add(1);
    EXPECT_EQ(spread.median(), 5);
    spread.add(2);
    EXPECT_EQ(spread.median(), 2);
    EXPECT_EQ(spread.min(), 1);
    EXPECT_EQ(spread.max(), 9);
    EXPECT_EQ(spread.count(), 3u);
}

TEST(Cost, RunsTheLoopOnceMoreThanItMeasures)
{
    int runs = 0;
    const Spread cost = cpu_per_turn(4, 10, [&] { runs++; });
    EXPECT_EQ(runs, 5);
    EXPECT_EQ(cost.count(), 4u);
    EXPECT_GE(cost.min(), 0);
}

TEST(Clock, NeverGoesBack)
{
    uint64_t before = now_ns();
    uint64_t cpu_before = cpu_ns();
    for (int i = 0; i < 1000; i++) {
        const uint64_t now = now_ns();
        const uint64_t cpu = cpu_ns();
        EXPECT_GE(now, before);
        EXPECT_GE(cpu, cpu_before);
        before = now;
        cpu_before = cpu;
    }
}

// Later turns may be any amount late on a busy machine, but none comes early, and none twice.
TEST(Pace, NoTurnComesEarly)
{
    const uint64_t begin = now_ns();
    Pace pace(10000); // one in 100 us
    for (uint64_t turn = 1; turn <= 20; turn++) {
        while (!pace.is_due()) {
        }
        EXPECT_GE(now_ns() - begin, turn * 100000);
    }
}
