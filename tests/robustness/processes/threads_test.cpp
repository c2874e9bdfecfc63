// One thread writes through a handle while others read through it and through one of their own.
#include <atomic>
#include <thread>
#include <vector>

#include "core/store/state.h"
#include "tests/support/store_fixture.h"

namespace {

class ThreadsTest : public StoreTest {};

} // namespace

namespace {

// Reads rows until told to stop; the number of reads that were wrong.
uint64_t read_until(const tick_store *store, const std::atomic<bool> &stop)
{
    uint64_t wrong = 0;
    uint64_t count_before = 0;
    for (uint64_t i = 0; !stop; i++) {
        const uint64_t count = tick_store_count(store);
        wrong += count < count_before ? 1 : 0;
        count_before = count;
        if (count == 0)
            continue;
        const uint64_t row = i % 2 == 0 ? i % 4 % count : count - 1;
        tick_record tick;
        const mmf_status status = tick_store_get(store, row, &tick);
        if (status != MMF_ERR_BUSY && (status != MMF_OK || !t_is_whole(tick)))
            wrong++;
        char symbol[TICK_SYMBOL_MAX + 1];
        size_t length = 0;
        if (tick_store_get_symbol(store, row, symbol, sizeof symbol, &length) == MMF_OK)
            wrong += length == TICK_SYMBOL_MAX && strlen(symbol) == length ? 0 : 1;
        tick_rows window;
        uint64_t sequence = 0;
        wrong += tick_store_rows(store, row, 1, &window) == MMF_OK ? 0 : 1;
        if (tick_rows_read_begin(window, 0, &sequence) == MMF_OK) {
            const uint64_t timestamp = tick_rows_timestamp(window, 0);
            const double volume = tick_rows_volume(window, 0);
            if (!tick_rows_read_retry(window, 0, sequence))
                wrong += volume == 2 * static_cast<double>(timestamp) ? 0 : 1;
        }
        double price = 0;
        wrong += tick_store_get_price(store, row, &price) == MMF_OK ? 0 : 1;
    }
    return wrong;
}

} // namespace

TEST_F(ThreadsTest, ThreadsReadWhileOneWrites)
{
    tick_store *writer = create();
    tick_store *reader = open();
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> wrong{0};
    std::vector<std::thread> readers;
    for (const tick_store *store : {writer, writer, reader, reader})
        readers.emplace_back([&, store] { wrong += read_until(store, stop); });
    const uint64_t count = 20000;
    for (uint64_t i = 0; i < count; i++) {
        const tick_record tick = t_tick(i);
        EXPECT_EQ(tick_store_append(writer, &tick, nullptr), MMF_OK);
        EXPECT_EQ(tick_store_set(writer, i % 4 % (i + 1), &tick), MMF_OK);
    }
    stop = true;
    for (std::thread &thread : readers)
        thread.join();
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(tick_store_count(reader), count);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// A thread may ask what a store is while the one that writes learns that its disk has failed.
TEST_F(ThreadsTest, InfoWhileASyncFails)
{
    tick_store *store = create();
    fill(store, 1);
    // A pipe in the file's place takes no sync.
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const int fd = reinterpret_cast<mmf_store *>(store)->state->file.fd;
    ASSERT_EQ(dup2(ends[0], fd), fd);
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> looks{0};
    std::thread other([&] {
        mmf_info info;
        for (; !stop; looks++)
            EXPECT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
        EXPECT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
        EXPECT_FALSE(info.writable);
    });
    const auto wait_for_looks = [&] {
        for (const uint64_t before = looks; looks < before + 2;)
            std::this_thread::yield();
    };
    wait_for_looks();
    EXPECT_EQ(tick_store_sync(store, nullptr), MMF_ERR_IO);
    wait_for_looks();
    stop = true;
    other.join();
    // The descriptor is still another file's.
    EXPECT_EQ(tick_store_close(store), MMF_ERR_IO);
    close(ends[0]);
    close(ends[1]);
}

// The bound that a handle keeps is raised by whichever thread needs it, and lowered by none: a
// count that a thread has seen holds for it from then on.
TEST_F(ThreadsTest, CountsNeverShrinkForThreadsOnOneHandle)
{
    tick_store *writer = create();
    tick_store *reader = open();
    const uint64_t count = 200000;
    std::atomic<uint64_t> wrong{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; i++)
        readers.emplace_back([&] {
            for (uint64_t seen = 0; seen < count;) {
                const uint64_t now = tick_store_count(reader);
                uint64_t timestamp = 0;
                wrong += now < seen ? 1 : 0;
                seen = now > seen ? now : seen;
                if (seen > 0 && tick_store_get_timestamp(reader, seen - 1, &timestamp) != MMF_OK)
                    wrong++;
            }
        });
    fill(writer, count);
    for (std::thread &thread : readers)
        thread.join();
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}
