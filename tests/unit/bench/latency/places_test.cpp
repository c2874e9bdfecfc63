#include "bench/latency/places.h"

#include <gtest/gtest.h>

TEST(PlacesDeathTest, SayWhatIsMissing)
{
    EXPECT_EXIT((void)room_in("/no/such/place"), testing::ExitedWithCode(1),
                "bench: /no/such/place: No such file");
    EXPECT_EXIT((void)file_system_of("/no/such/place"), testing::ExitedWithCode(1),
                "bench: /no/such/place: No such file");
}

TEST(Places, AreKnown)
{
    EXPECT_GT(room_in(testing::TempDir()), 0u);
    EXPECT_GT(free_memory(), 0u);
    EXPECT_NE(file_system_of(testing::TempDir()), "");
    EXPECT_EQ(file_system_of("/proc"), "another file system");
}
