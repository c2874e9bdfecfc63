// Replacing a record that a power cut left torn: odd, and of which no undo slot has an image.
#include <atomic>
#include <csignal>
#include <thread>

#include "core/store/state.h"
#include "mmapforge/value.h"
#include "tests/support/store_fixture.h"

namespace {

mmf_store *base_of(tick_store *store)
{
    return reinterpret_cast<mmf_store *>(store);
}

unsigned char *row_of(tick_store *store, uint64_t row)
{
    return mmfi_row(base_of(store), row, TICK_RECORD_SIZE);
}

mmf_status get(const tick_store *store, uint64_t row)
{
    tick_record found = {};
    const mmf_status status = tick_store_get(store, row, &found);
    EXPECT_TRUE(status != MMF_OK || t_is_whole(found)) << "a mixture";
    return status;
}

// With one writer at a time, and with several.
class TornRecordTest : public StoreTest, public testing::WithParamInterface<bool> {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        options.mode = MMF_READ_WRITE;
        options.shared_writers = GetParam();
    }

    // A file of three records, of which the one of row 1 is torn.
    tick_store *create_torn()
    {
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK)
            << error.message;
        fill(store, 3);
        mmfi_store64(row_of(store, 1), 3);
        mmfi_store64(row_of(store, 1) + TICK_TIMESTAMP_OFFSET, 77);
        return store;
    }

    // What every call that leaves a part of the record as it was says of a torn one.
    static void expect_no_part(tick_store *store)
    {
        const tick_record tick = t_tick(9);
        EXPECT_EQ(tick_store_set_symbol(store, 1, "X", 1), MMF_ERR_CORRUPT);
        unsigned char image[TICK_RECORD_SIZE] = {};
        tick_record_save(image, &tick);
        const uint32_t field = 0;
        EXPECT_EQ(mmf_store_set_row(base_of(store), 1, image, sizeof image, &field, 1),
                  MMF_ERR_CORRUPT);
        (void)tick_store_set_price(store, 1, 9);
        EXPECT_EQ(get(store, 1), MMF_ERR_CORRUPT) << "it must not look whole";
    }

    // A writer that is killed when it has begun to replace row 1, and has stored half of it.
    void kill_in_the_middle()
    {
        EXPECT_EQ(t_in_child([this] {
                      tick_store *writer = nullptr;
                      if (tick_store_open(path.c_str(), &options, &writer, nullptr) != MMF_OK)
                          return 1;
                      const mmfi_write write =
                          mmfi_write_begin(base_of(writer), 1, TICK_RECORD_SIZE);
                      if (write.status != MMF_OK)
                          return 2;
                      mmfi_store64(write.record + TICK_TIMESTAMP_OFFSET, 78);
                      raise(SIGKILL);
                      return 3;
                  }),
                  -SIGKILL);
    }

    // The same after the store was closed, so that a writer alone gets in.
    void kill_after_closing(tick_store *store)
    {
        ASSERT_EQ(tick_store_close(store), MMF_OK);
        kill_in_the_middle();
    }

    mmf_options options = MMF_OPTIONS_INIT;
};

std::string kind_of_writer(const testing::TestParamInfo<bool> &shared)
{
    return shared.param ? "OneOfSeveral" : "Alone";
}

} // namespace

TEST_P(TornRecordTest, OnlyAWholeRecordEndsIt)
{
    tick_store *writer = create_torn();
    expect_no_part(writer);
    const tick_record tick = t_tick(9);
    ASSERT_EQ(tick_store_set(writer, 1, &tick), MMF_OK);
    EXPECT_EQ(get(writer, 1), MMF_OK);
    // From then on it is a record like any other.
    EXPECT_EQ(tick_store_set_symbol(writer, 1, tick.symbol, tick.symbol_length), MMF_OK);
    EXPECT_EQ(tick_store_set_price(writer, 1, tick.price), MMF_OK);
    EXPECT_EQ(get(writer, 1), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// A record that was published and is all zero is as bad, be it that no part of it makes it good.
TEST_P(TornRecordTest, ARecordThatWasNeverWrittenIsNoBetter)
{
    tick_store *writer = create_torn();
    mmfi_store64(row_of(writer, 1), 0);
    EXPECT_EQ(tick_store_set_symbol(writer, 1, "X", 1), MMF_ERR_CORRUPT);
    EXPECT_EQ(get(writer, 1), MMF_ERR_CORRUPT);
    kill_after_closing(writer);
    tick_store *reader = open();
    EXPECT_EQ(get(reader, 1), MMF_ERR_CORRUPT) << "there was nothing to go back to";
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// Readers are told that it is being replaced, and no longer once its writer is dead.
TEST_P(TornRecordTest, ReadersAreToldThatItIsBusyWhileItsWriterLives)
{
    tick_store *writer = create_torn();
    tick_store *reader = open();
    EXPECT_EQ(get(reader, 1), MMF_ERR_CORRUPT);
    const mmfi_write write = mmfi_write_begin(base_of(writer), 1, TICK_RECORD_SIZE);
    ASSERT_EQ(write.status, MMF_OK);
    const tick_record tick = t_tick(9);
    EXPECT_EQ(get(reader, 1), MMF_ERR_BUSY);
    EXPECT_EQ(get(writer, 1), MMF_ERR_BUSY) << "by the writer's own handle, in another thread";
    tick_record_save(write.record, &tick);
    EXPECT_EQ(get(reader, 1), MMF_ERR_BUSY);
    mmfi_write_end(write);
    EXPECT_EQ(get(reader, 1), MMF_OK);

    mmfi_store64(row_of(writer, 1), 1003);
    kill_after_closing(writer);
    EXPECT_EQ(get(reader, 1), MMF_ERR_CORRUPT);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// The next writer, alone or one of several, finds a torn record and can replace it.
TEST_P(TornRecordTest, ItIsTornAgainWhenItsWriterDies)
{
    for (const bool shared : {false, true}) {
        ASSERT_EQ(tick_store_close(create_torn()), MMF_OK);
        kill_in_the_middle();
        mmf_options next = options;
        next.shared_writers = shared;
        tick_store *writer = open(&next);
        expect_no_part(writer);
        const mmfi_undo *slot =
            reinterpret_cast<const mmfi_undo *>(base_of(writer)->state->writer->undo);
        EXPECT_EQ(slot->announced, 0u) << "the announcement of the dead is taken back";
        const tick_record tick = t_tick(9);
        ASSERT_EQ(tick_store_set(writer, 1, &tick), MMF_OK);
        EXPECT_EQ(get(writer, 1), MMF_OK);
        EXPECT_EQ(tick_store_close(writer), MMF_OK);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Writers, TornRecordTest, testing::Values(false, true), kind_of_writer);

class SharedTornRecordTest : public TornRecordTest {};

// The writer that has begun is not disturbed by another one, which waits.
TEST_P(SharedTornRecordTest, TheOtherWaitsForTheOneThatHasBegun)
{
    tick_store *first = create_torn();
    tick_store *second = open(&options);
    tick_store *reader = open();
    const tick_record one = t_tick(100);
    const tick_record two = t_tick(200);
    const mmfi_write write = mmfi_write_begin(base_of(first), 1, TICK_RECORD_SIZE);
    ASSERT_EQ(write.status, MMF_OK);
    mmfi_save_string(write.record, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX, one.symbol,
                     one.symbol_length);
    std::atomic<bool> started{false};
    std::atomic<bool> done{false};
    std::thread other([&] {
        started = true;
        EXPECT_EQ(tick_store_set(second, 1, &two), MMF_OK);
        done = true;
    });
    while (!started)
        std::this_thread::yield();
    usleep(50000); // thousands of times what it took to be taken for torn before
    EXPECT_FALSE(done);
    EXPECT_EQ(mmfi_sequence_load(write.record), write.sequence);
    EXPECT_EQ(get(reader, 1), MMF_ERR_BUSY);
    tick_record_save(write.record, &one);
    mmfi_write_end(write);
    other.join();
    tick_record found = {};
    ASSERT_EQ(tick_store_get(reader, 1, &found), MMF_OK);
    EXPECT_EQ(found.timestamp, 200u);
    EXPECT_TRUE(t_is_whole(found));
    for (tick_store *store : {first, second, reader})
        EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// A living writer that meets the record of a dead one clears it up, and need not join anew.
TEST_P(SharedTornRecordTest, ALivingOneReplacesWhatADeadOneBegan)
{
    tick_store *living = create_torn();
    kill_in_the_middle();
    tick_store *reader = open();
    EXPECT_EQ(get(reader, 1), MMF_ERR_CORRUPT) << "its writer is dead";
    expect_no_part(living);
    const tick_record tick = t_tick(9);
    ASSERT_EQ(tick_store_set(living, 1, &tick), MMF_OK);
    EXPECT_EQ(get(reader, 1), MMF_OK);
    EXPECT_EQ(tick_store_close(living), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// Two that replace the same torn rows at once, by the calls that users have, and a reader.
TEST_P(SharedTornRecordTest, TwoThatReplaceTheSameRowsNeverMixThem)
{
    constexpr uint64_t kRows = 2000;
    tick_store *first = create_torn();
    ASSERT_EQ(t_append_up_to(first, kRows), MMF_OK);
    for (uint64_t row = 0; row < kRows; row++)
        mmfi_store64(row_of(first, row), 3);
    tick_store *second = open(&options);
    tick_store *reader = open();
    std::atomic<uint64_t> row{0};
    std::atomic<int> waiting{0};
    const auto replace = [&](tick_store *store, uint64_t mark) {
        for (uint64_t i = 0; i < kRows; i++) {
            // Both begin each row together.
            if (++waiting == 2) {
                waiting = 0;
                row = i + 1;
            }
            while (row <= i)
                std::this_thread::yield();
            const tick_record tick = t_tick(mark);
            ASSERT_EQ(tick_store_set(store, i, &tick), MMF_OK);
        }
    };
    std::thread one([&] { replace(first, 100); });
    std::thread two([&] { replace(second, 200); });
    while (row < kRows)
        (void)get(reader, row);
    one.join();
    two.join();
    for (uint64_t i = 0; i < kRows; i++)
        EXPECT_EQ(get(reader, i), MMF_OK) << i;
    for (tick_store *store : {first, second, reader})
        EXPECT_EQ(tick_store_close(store), MMF_OK);
}

INSTANTIATE_TEST_SUITE_P(Writers, SharedTornRecordTest, testing::Values(true), kind_of_writer);
