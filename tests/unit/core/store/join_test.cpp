// A writer that joins others which are at work.

#include "core/os/lock.h"
#include "core/store/state.h"
#include "tests/support/store_fixture.h"
#include "tests/support/traced.h"

namespace {

class JoinTest : public StoreTest {};

} // namespace

// The others append, and make the file larger, while it looks how large the file is and how many
// records are there.
TEST_F(JoinTest, OthersGrowTheFileAtEverySystemCallOfAJoin)
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
            EXPECT_EQ(child.result(), MMF_OK) << "after " << calls << " steps";
        }
        EXPECT_EQ(tick_store_close(living), MMF_OK);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
    EXPECT_GT(calls, 20);
}

// One of the others dies in the middle of replacing a record that is newer than what the joining
// one has looked at, and lies beyond the address space that it had the file mapped to.
TEST_F(JoinTest, AnotherDiesOverANewRecordAtEverySystemCallOfAJoin)
{
    mmf_options sharing = MMF_OPTIONS_INIT;
    sharing.mode = MMF_READ_WRITE;
    sharing.shared_writers = true;
    mmf_options narrow = sharing;
    narrow.reserve_bytes = 1;
    bool ended = false;
    for (int calls = 0; !ended; calls++) {
        for (const bool grows : {false, true}) {
            tick_store *living = nullptr;
            ASSERT_EQ(tick_store_create(path.c_str(), &sharing, &living, &error), MMF_OK);
            tick_store *dying = open(&sharing);
            const uint64_t last = grows ? tick_store_capacity(living) : 1;
            ASSERT_EQ(t_append_up_to(living, last), MMF_OK);
            TracedChild child([&] {
                tick_store *joined = nullptr;
                const mmf_status status = tick_store_open(path.c_str(), &narrow, &joined, nullptr);
                const tick_record tick = t_tick(7);
                return status == MMF_OK ? tick_store_set(joined, 0, &tick) : status;
            });
            ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
            ended = false;
            for (int i = 0; i < calls && !ended; i++)
                ended = !child.step();
            if (!ended) {
                ASSERT_EQ(t_append_up_to(living, last + 1), MMF_OK);
                mmf_store *dead = reinterpret_cast<mmf_store *>(dying);
                const mmfi_write write = mmfi_write_begin(dead, last, TICK_RECORD_SIZE);
                ASSERT_EQ(write.status, MMF_OK);
                mmfi_store64(write.record + TICK_TIMESTAMP_OFFSET, 77);
                mmfi_file_unlock(&dead->state->file); // as the kernel does
                child.finish();
                EXPECT_EQ(child.result(), MMF_OK) << "after " << calls << " steps";
                tick_record found = {};
                EXPECT_EQ(tick_store_get(living, last, &found), MMF_OK) << calls << " steps";
                EXPECT_EQ(found.timestamp, last);
            }
            EXPECT_EQ(tick_store_close(dying), MMF_OK);
            EXPECT_EQ(tick_store_close(living), MMF_OK);
            ASSERT_EQ(unlink(path.c_str()), 0);
        }
    }
}
