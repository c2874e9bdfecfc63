// Many writers at once, in threads and in processes, some of them killed.
#include <atomic>
#include <csignal>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/store_fixture.h"

namespace {

constexpr uint64_t kHot = 4; // rows that all writers replace

// A tick that names its writer and the writer's own count.
uint64_t mark_of(uint64_t writer, uint64_t number)
{
    return writer << 32 | number;
}

} // namespace

class SharedStressTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        sharing.mode = MMF_READ_WRITE;
        sharing.shared_writers = true;
        tick_store *store = nullptr;
        ASSERT_EQ(tick_store_create(path.c_str(), &sharing, &store, &error), MMF_OK);
        fill(store, kHot);
        ASSERT_EQ(tick_store_close(store), MMF_OK);
    }

    // Appends and replaces, as fast as it can; false at the first status that is not good.
    bool work(uint64_t writer, uint64_t appends) const
    {
        tick_store *store = nullptr;
        if (tick_store_open(path.c_str(), &sharing, &store, nullptr) != MMF_OK)
            return false;
        bool good = true;
        for (uint64_t i = 0; good && i < appends; i++) {
            const tick_record tick = t_tick(mark_of(writer, i));
            good = tick_store_append(store, &tick, nullptr) == MMF_OK &&
                   tick_store_set(store, i % kHot, &tick) == MMF_OK;
        }
        return tick_store_close(store) == MMF_OK && good;
    }

    // Every record is whole, and of each writer's appends all are there once and in order.
    void check(uint64_t writers, uint64_t appends)
    {
        tick_store *reader = open();
        ASSERT_EQ(tick_store_count(reader), kHot + writers * appends);
        std::vector<uint64_t> next(writers, 0);
        for (uint64_t row = 0; row < tick_store_count(reader); row++) {
            tick_record tick = {};
            ASSERT_EQ(tick_store_get(reader, row, &tick), MMF_OK) << row;
            ASSERT_TRUE(t_is_whole(tick)) << row;
            if (row < kHot)
                continue;
            const uint64_t writer = tick.timestamp >> 32;
            ASSERT_LT(writer, writers) << row;
            ASSERT_EQ(tick.timestamp & UINT32_MAX, next[writer]++) << row;
        }
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
    }

    mmf_options sharing = MMF_OPTIONS_INIT;
};

TEST_F(SharedStressTest, ThreadsLoseAndDoubleNothing)
{
    const uint64_t writers = 4;
    const uint64_t appends = 5000;
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> wrong{0};
    std::thread reader([&] {
        tick_store *store = open();
        while (!stop) {
            tick_record tick = {};
            for (uint64_t row = 0; row < kHot; row++) {
                const mmf_status status = tick_store_get(store, row, &tick);
                if (status != MMF_ERR_BUSY && (status != MMF_OK || !t_is_whole(tick)))
                    wrong++;
            }
        }
        tick_store_close(store);
    });
    std::vector<std::thread> threads;
    std::atomic<uint64_t> failed{0};
    for (uint64_t writer = 0; writer < writers; writer++)
        threads.emplace_back([&, writer] { failed += work(writer, appends) ? 0 : 1; });
    for (std::thread &thread : threads)
        thread.join();
    stop = true;
    reader.join();
    EXPECT_EQ(failed, 0u);
    EXPECT_EQ(wrong, 0u);
    check(writers, appends);
}

TEST_F(SharedStressTest, ProcessesLoseAndDoubleNothing)
{
    const uint64_t writers = 4;
    const uint64_t appends = 10000;
    std::vector<pid_t> children;
    for (uint64_t writer = 0; writer < writers; writer++) {
        const pid_t child = fork();
        if (child == 0)
            _exit(work(writer, appends) ? 0 : 1);
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    check(writers, appends);
}

// Writers are killed at arbitrary moments, and others take their places. Those that live find
// every record whole, and lose nothing of their own.
TEST_F(SharedStressTest, WritersAreKilledAmongOthers)
{
    tick_store *living = open(&sharing);
    uint64_t mine = 0;
    uint64_t count_before = kHot;
    for (int round = 0; round < 100; round++) {
        pid_t children[2];
        for (pid_t &child : children) {
            child = fork();
            if (child == 0)
                _exit(work(1, UINT64_MAX) ? 0 : 1);
        }
        for (int i = 0; i < 20 + round % 7; i++) {
            const tick_record tick = t_tick(mark_of(7, mine));
            ASSERT_EQ(tick_store_append(living, &tick, nullptr), MMF_OK);
            mine++;
            ASSERT_EQ(tick_store_set(living, static_cast<uint64_t>(i) % kHot, &tick), MMF_OK);
            if (i % 8 == 0)
                usleep(static_cast<useconds_t>(round * 3));
        }
        for (const pid_t child : children) {
            ASSERT_EQ(kill(child, SIGKILL), 0);
            int status = 0;
            ASSERT_EQ(waitpid(child, &status, 0), child);
            ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
        }
        const uint64_t count = tick_store_count(living);
        ASSERT_GE(count, count_before);
        count_before = count;
    }
    uint64_t found = 0;
    for (uint64_t row = 0; row < tick_store_count(living); row++) {
        tick_record tick = {};
        ASSERT_EQ(tick_store_get(living, row, &tick), MMF_OK) << row;
        ASSERT_TRUE(t_is_whole(tick)) << row;
        if (row >= kHot && tick.timestamp >> 32 == 7) {
            ASSERT_EQ(tick.timestamp & UINT32_MAX, found);
            found++;
        }
    }
    EXPECT_EQ(found, mine);
    EXPECT_EQ(tick_store_close(living), MMF_OK);
}
