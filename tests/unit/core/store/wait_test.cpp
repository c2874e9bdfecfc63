// Every wait of one of several writers for another ends, after some ten seconds, with a status.
#include <chrono>
#include <thread>

#include "core/format/commit.h"
#include "core/os/lock.h"
#include "core/store/state.h"
#include "tests/support/store_fixture.h"

namespace {

class SharedWaitTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        sharing.mode = MMF_READ_WRITE;
        sharing.shared_writers = true;
    }

    static mmf_store *base_of(tick_store *store)
    {
        return reinterpret_cast<mmf_store *>(store);
    }

    mmf_options sharing = MMF_OPTIONS_INIT;
};

} // namespace

// One writer lives, and is in the middle of a record, of an append and of opening, for as long as
// the others have patience. They wait at the same time.
TEST_F(SharedWaitTest, ALivingWriterThatStopsIsBusy)
{
    tick_store *stopped = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &sharing, &stopped, &error), MMF_OK) << error.message;
    fill(stopped, 3);
    tick_store *replacing = open(&sharing);
    tick_store *appending = open(&sharing);
    tick_store *syncing = open(&sharing);
    tick_store *closing = open(&sharing);
    const tick_record last = t_tick(3);
    ASSERT_EQ(tick_store_append(closing, &last, nullptr), MMF_OK);

    const mmfi_write write = mmfi_write_begin(base_of(stopped), 1, TICK_RECORD_SIZE);
    ASSERT_EQ(write.status, MMF_OK);
    const mmfi_append append = mmfi_append_begin(base_of(stopped), TICK_RECORD_SIZE);
    ASSERT_EQ(append.status, MMF_OK);
    ASSERT_EQ(mmfi_file_lock_join(&base_of(stopped)->state->file, &error), MMF_OK);
    base_of(stopped)->state->writer->live->joiner = 4321; // as one that stops while it joins
    const std::string who = "process " + std::to_string(getpid()) + " (this one) has held ";
    const auto begin = std::chrono::steady_clock::now();

    const tick_record tick = t_tick(9);
    const auto said_of = [](tick_store *store, uint64_t row) {
        mmf_error said;
        EXPECT_EQ(mmf_store_explain(base_of(store), MMF_ERR_BUSY, row, nullptr, &said),
                  MMF_ERR_BUSY);
        return std::string(said.message);
    };
    std::thread replaces([&] {
        EXPECT_EQ(tick_store_set(replacing, 1, &tick), MMF_ERR_BUSY);
        EXPECT_NE(said_of(replacing, 1).find(who + "row 1 "), std::string::npos)
            << said_of(replacing, 1);
        EXPECT_EQ(said_of(replacing, 2).find(who), std::string::npos) << said_of(replacing, 2);
    });
    std::thread appends([&] {
        EXPECT_EQ(tick_store_append(appending, &tick, nullptr), MMF_ERR_BUSY);
        EXPECT_NE(said_of(appending, 0).find(who + "the append lock"), std::string::npos)
            << said_of(appending, 0);
    });
    std::thread syncs([&] {
        mmf_error why;
        EXPECT_EQ(tick_store_sync(syncing, &why), MMF_ERR_BUSY);
        EXPECT_NE(std::string(why.message).find(who + "the append lock"), std::string::npos)
            << why.message;
        EXPECT_NE(std::string(why.message).find("try again"), std::string::npos) << why.message;
    });
    std::thread closes([&] { EXPECT_EQ(tick_store_close(closing), MMF_ERR_BUSY); });
    std::thread joins([&] {
        tick_store *late = nullptr;
        mmf_error why;
        EXPECT_EQ(tick_store_open(path.c_str(), &sharing, &late, &why), MMF_ERR_LOCKED);
        EXPECT_EQ(late, nullptr);
        EXPECT_NE(std::string(why.message).find("process 4321 has been opening the file"),
                  std::string::npos)
            << why.message;
    });
    replaces.join();
    appends.join();
    syncs.join();
    closes.join();
    joins.join();
    // By the clock, and not by naps that a busy machine makes longer.
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - begin;
    EXPECT_GE(waited.count(), 10);
    EXPECT_LT(waited.count(), 14);

    // It goes on, and so do they.
    mmfi_file_unlock_join(&base_of(stopped)->state->file);
    tick_record_save(append.record, &tick);
    EXPECT_EQ(mmfi_append_end(append, nullptr), MMF_OK);
    EXPECT_EQ(mmfi_write_end(write), MMF_OK);
    EXPECT_EQ(tick_store_append(appending, &tick, nullptr), MMF_OK);
    EXPECT_EQ(tick_store_set(replacing, 1, &tick), MMF_OK);
    EXPECT_EQ(tick_store_sync(syncing, &error), MMF_OK) << error.message;
    EXPECT_EQ(said_of(appending, 0).find(who), std::string::npos) << "of a wait that is over";
    EXPECT_EQ(tick_store_count(stopped), 6u);
    tick_record kept;
    ASSERT_EQ(tick_store_get(stopped, 3, &kept), MMF_OK);
    EXPECT_EQ(kept.timestamp, last.timestamp) << "of the one whose close was busy";
    // That sync has committed it.
    mmfi_commit commit;
    ASSERT_TRUE(mmfi_commit_read(base_of(stopped)->state->map.base, &commit));
    EXPECT_EQ(commit.count, 6u);
    for (tick_store *store : {stopped, replacing, appending, syncing})
        EXPECT_EQ(tick_store_close(store), MMF_OK);
}
