#include "bench/latency/marked_tick.h"

#include <gtest/gtest.h>

TEST(MarkedTick, IsMarked)
{
    for (uint64_t mark = 0; mark < 1000; mark++) {
        EXPECT_TRUE(is_marked(marked_tick(mark))) << mark;
        EXPECT_EQ(marked_tick(mark).timestamp, mark);
    }
}

TEST(MarkedTick, EachFieldOfAnotherIsSeen)
{
    const tick_record other = marked_tick(1001);
    for (size_t i = 0; i < TICK_SYMBOL_MAX; i++) {
        tick_record tick = marked_tick(1000);
        tick.symbol[i] = other.symbol[i];
        EXPECT_FALSE(is_marked(tick)) << "byte " << i;
    }
    tick_record tick = marked_tick(1000);
    tick.price = other.price;
    EXPECT_FALSE(is_marked(tick));
    tick = marked_tick(1000);
    tick.volume = other.volume;
    EXPECT_FALSE(is_marked(tick));
    tick = marked_tick(1000);
    tick.timestamp = other.timestamp;
    EXPECT_FALSE(is_marked(tick));
    tick = marked_tick(1000);
    tick.symbol_length--;
    EXPECT_FALSE(is_marked(tick));
}
