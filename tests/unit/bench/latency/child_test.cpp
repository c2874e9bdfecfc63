#include "bench/latency/child.h"

#include <gtest/gtest.h>

#include <csignal>

namespace {

struct Shared {
    std::atomic<int> number{0};
};

} // namespace

TEST(Child, SharesMemoryAndEnds)
{
    Shared *shared = new_shared<Shared>();
    EXPECT_EQ(shared->number, 0);
    const pid_t child = start_child([shared] { shared->number = 41; });
    wait_ready(shared->number, 41);
    wait_child(child);
    EXPECT_EQ(shared->number, 41);
    free_shared(shared);
}

TEST(ChildDeathTest, FailureEndsTheParent)
{
    EXPECT_EXIT(wait_child(start_child([] { die("no luck with %d", 7); })),
                testing::ExitedWithCode(1), "bench: no luck with 7\nbench: a child failed");
    EXPECT_EXIT(wait_child(start_child([] { (void)raise(SIGKILL); })), testing::ExitedWithCode(1),
                "a child was ended by signal 9");
    EXPECT_EXIT(wait_killed(start_child([] {})), testing::ExitedWithCode(1),
                "a child that was to be killed ended by itself");
}

TEST(Child, MayBeKilledWhereThatIsExpected)
{
    wait_killed(start_child([] { (void)raise(SIGKILL); }));
}
