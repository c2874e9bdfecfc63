// A writer that joins others which are at work.
#include <sys/syscall.h>

#include "tests/core/store_fixture.h"
#include "tests/core/traced.h"

// The others append, and make the file larger, while it looks how large the file is and how many
// records are there.
TEST_F(StoreTest, OthersGrowTheFileAtEverySystemCallOfAJoin)
{
    mmf_options sharing = MMF_OPTIONS_INIT;
    sharing.mode = MMF_READ_WRITE;
    sharing.shared_writers = true;
    bool ended = false;
    int calls = 0;
    for (; !ended; calls++) {
        tick_store *living = nullptr;
        ASSERT_EQ(tick_store_create(path.c_str(), &sharing, &living, &error), MMF_OK);
        const uint64_t capacity = tick_store_capacity(living);
        ASSERT_EQ(t_append_up_to(living, capacity), MMF_OK);
        // It ends with the store open: what it writes would be held up by the stops.
        TracedChild child([&] {
            tick_store *joined = nullptr;
            return tick_store_open(path.c_str(), &sharing, &joined, nullptr);
        });
        ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        for (int i = 0; i < calls && !ended; i++)
            ended = !child.step();
        if (!ended) {
            ASSERT_EQ(t_append_up_to(living, capacity + 1), MMF_OK);
            child.finish();
            EXPECT_EQ(child.result(), MMF_OK) << "behind " << calls << " steps";
        }
        EXPECT_EQ(tick_store_close(living), MMF_OK);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
    EXPECT_GT(calls, 20);
}
