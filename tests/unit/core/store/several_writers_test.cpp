// Several writers of one file: who gets in, what they write together, and what the dead leave.
#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "core/format/commit.h"
#include "core/os/lock.h"
#include "core/store/claim.h"
#include "core/store/state.h"
#include "mmapforge/detail/append_rows.h"
#include "tests/support/store_fixture.h"

namespace {

mmf_options shared_options()
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = MMF_READ_WRITE;
    options.shared_writers = true;
    return options;
}

mmf_store *base_of(tick_store *store)
{
    return reinterpret_cast<mmf_store *>(store);
}

unsigned char *undo_of(tick_store *store)
{
    return base_of(store)->state->writer->undo;
}

uint64_t last_generation(tick_store *store)
{
    mmfi_commit commit = {};
    EXPECT_TRUE(mmfi_commit_read(base_of(store)->state->map.base, &commit));
    return commit.generation;
}

mmfi_live *live_of(tick_store *store)
{
    return base_of(store)->state->writer->live;
}

} // namespace

class SharedTest : public StoreTest {
protected:
    // A file made for several writers, and its first one.
    tick_store *create_shared()
    {
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_create(path.c_str(), &sharing, &store, &error), MMF_OK)
            << error.message;
        return store;
    }
    tick_store *join()
    {
        return open(&sharing);
    }
    uint64_t stamp_at(tick_store *store, uint64_t row)
    {
        tick_record tick = {};
        EXPECT_EQ(tick_store_get(store, row, &tick), MMF_OK);
        EXPECT_TRUE(t_is_whole(tick));
        return tick.timestamp;
    }
    // A writer that is killed when it comes to `die` in the middle of its work.
    template <typename Work> void killed(Work work)
    {
        EXPECT_EQ(t_in_child([this, work] {
                      tick_store *writer = nullptr;
                      if (tick_store_open(path.c_str(), &sharing, &writer, nullptr) != MMF_OK)
                          return 1;
                      work(writer);
                      raise(SIGKILL);
                      return 2;
                  }),
                  -SIGKILL);
    }
    mmf_options sharing = shared_options();
};

// Every writer's odd values are its own, above the sequence, and lead to a larger even one.
TEST_F(SharedTest, TwoWritersAppendAndReplace)
{
    tick_store *one = create_shared();
    tick_store *two = join();
    for (uint64_t i = 0; i < 2000; i++) {
        const tick_record tick = t_tick(i);
        uint64_t row = 0;
        ASSERT_EQ(tick_store_append(i % 3 == 0 ? one : two, &tick, &row), MMF_OK);
        ASSERT_EQ(row, i);
    }
    EXPECT_EQ(tick_store_count(one), 2000u);
    const tick_record tick = t_tick(5000);
    ASSERT_EQ(tick_store_set(one, 3, &tick), MMF_OK);
    ASSERT_EQ(tick_store_set(two, 3, &tick), MMF_OK);
    EXPECT_EQ(stamp_at(one, 3), 5000u);
    ASSERT_EQ(tick_store_set_price(two, 4, 1.5), MMF_OK);
    ASSERT_EQ(tick_store_set_symbol(one, 4, "X", 1), MMF_OK);
    tick_record found = {};
    ASSERT_EQ(tick_store_get(two, 4, &found), MMF_OK);
    EXPECT_EQ(found.price, 1.5);
    EXPECT_STREQ(found.symbol, "X");
    EXPECT_EQ(found.timestamp, 4u);
    tick_store *reader = open();
    EXPECT_EQ(tick_store_count(reader), 2000u);
    for (const uint64_t row : {UINT64_C(2000), UINT64_MAX}) {
        EXPECT_EQ(tick_store_set(one, row, &tick), MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_set_price(one, row, 1), MMF_ERR_RANGE);
    }
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(one), MMF_OK);
    EXPECT_EQ(tick_store_close(two), MMF_OK);
    EXPECT_EQ(tick_store_append(one, &tick, nullptr), MMF_ERR_CLOSED);
}

// Each width of a scalar has a store of its own on the cold path.
TEST_F(SharedTest, BatchesArePublishedAtOnce)
{
    tick_store *one = create_shared();
    tick_store *two = join();
    unsigned char *records = nullptr;
    ASSERT_EQ(mmfi_append_rows_begin(base_of(one), 3, &records), MMF_OK);
    for (uint64_t i = 0; i < 3; i++) {
        const tick_record tick = t_tick(i);
        tick_record_save(records + i * TICK_RECORD_SIZE, &tick);
        mmfi_store64(records + i * TICK_RECORD_SIZE, MMFI_SEQUENCE_FIRST);
    }
    EXPECT_EQ(tick_store_count(two), 0u);
    uint64_t first = 9;
    mmfi_append_rows_end(base_of(one), 3, &first);
    EXPECT_EQ(first, 0u);
    EXPECT_EQ(tick_store_count(two), 3u);
    const tick_record tick = t_tick(3);
    ASSERT_EQ(tick_store_append(two, &tick, &first), MMF_OK); // the turn was given back
    EXPECT_EQ(first, 3u);
    EXPECT_EQ(tick_store_close(one), MMF_OK);
    EXPECT_EQ(tick_store_close(two), MMF_OK);
}

TEST_F(SharedTest, OneAloneAndSeveralKeepEachOtherOut)
{
    tick_store *several = create_shared();
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_NE(std::string(error.message).find(std::to_string(getpid())), std::string::npos)
        << error.message;
    EXPECT_NE(std::string(error.message).find("join them by shared_writers"), std::string::npos)
        << error.message;
    tick_store *second = join();
    EXPECT_EQ(tick_store_close(several), MMF_OK);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_EQ(tick_store_close(second), MMF_OK);
    tick_store *alone = open(&writing);
    EXPECT_EQ(open_fails(&sharing), MMF_ERR_LOCKED);
    EXPECT_EQ(std::string(error.message).find("shared_writers"), std::string::npos)
        << "who is alone cannot be joined: " << error.message;
    EXPECT_EQ(tick_store_close(alone), MMF_OK);
    EXPECT_EQ(tick_store_close(join()), MMF_OK);
}

// For messages: the latest to open the file, and not the one that opened it first.
TEST_F(SharedTest, EachOneThatJoinsSaysSo)
{
    ASSERT_EQ(t_in_child([this] { return tick_store_close(create_shared()); }), MMF_OK);
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_open(path.c_str(), &sharing, &store, &error), MMF_OK) << error.message;
    EXPECT_EQ(live_of(store)->writer_pid, static_cast<uint64_t>(getpid()));
    EXPECT_EQ(live_of(store)->writer_epoch, 2u);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_NE(std::string(error.message).find("process " + std::to_string(getpid()) + " "),
              std::string::npos)
        << error.message;
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(SharedTest, AFileHasPlacesForALimitedNumberOfWriters)
{
    std::vector<tick_store *> writers = {create_shared()};
    while (writers.size() < MMFI_UNDO_COUNT_MAX)
        writers.push_back(join());
    EXPECT_EQ(open_fails(&sharing), MMF_ERR_LOCKED);
    EXPECT_NE(
        std::string(error.message).find("places for 64, the most that a file can have; close"),
        std::string::npos)
        << error.message;
    EXPECT_EQ(std::string(error.message).find("shared_writers"), std::string::npos)
        << "it was created so: " << error.message;
    EXPECT_EQ(tick_store_close(writers[20]), MMF_OK);
    writers[20] = join();
    for (tick_store *writer : writers) {
        const tick_record tick = t_tick(1);
        EXPECT_EQ(tick_store_append(writer, &tick, nullptr), MMF_OK);
        EXPECT_EQ(tick_store_close(writer), MMF_OK);
    }
    // A file that was made for one writer has fewer places, and works all the same.
    path += ".one";
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    writers.clear();
    for (uint32_t i = 0; i < MMFI_UNDO_COUNT; i++)
        writers.push_back(join());
    EXPECT_EQ(open_fails(&sharing), MMF_ERR_LOCKED);
    EXPECT_NE(std::string(error.message).find("places for 8; "), std::string::npos)
        << error.message;
    EXPECT_NE(std::string(error.message).find("options.shared_writers, which has 64 places"),
              std::string::npos)
        << error.message;
    for (tick_store *writer : writers)
        EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// A writer that settles what a dead one left has the lock of its place meanwhile: the place is
// free.
TEST_F(SharedTest, APlaceThatIsOnlyBeingExaminedIsWaitedFor)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    std::vector<tick_store *> writers;
    for (uint32_t i = 0; i + 1 < MMFI_UNDO_COUNT; i++)
        writers.push_back(join());
    mmfi_file examining = MMFI_FILE_NONE;
    ASSERT_EQ(mmfi_file_open(path.c_str(), true, &examining, &error), MMF_OK);
    ASSERT_TRUE(mmfi_file_lock_slot(&examining, MMFI_UNDO_COUNT - 1));
    std::thread done([&] {
        usleep(100000);
        mmfi_file_unlock_slot(&examining, MMFI_UNDO_COUNT - 1);
    });
    writers.push_back(join());
    done.join();
    mmfi_file_close(&examining);
    for (tick_store *writer : writers)
        EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// The owner of a half-replaced record is dead: who wants the record restores it and goes on.
TEST_F(SharedTest, ADeadWritersRecordIsRestoredByTheNextWriterThatNeedsIt)
{
    tick_store *living = create_shared();
    fill(living, 3);
    for (int step = 0; step < 3; step++) {
        killed([step](tick_store *writer) {
            unsigned char *record = mmfi_row(base_of(writer), 1, TICK_RECORD_SIZE);
            const uint64_t sequence = mmfi_sequence_load(record);
            const tick_record tick = t_tick(100);
            uint64_t odd = 0;
            if (step == 0) {
                mmfi_undo_save(undo_of(writer), 1, record, mmfi_claim_sequence(sequence, 1) - 1,
                               TICK_RECORD_SIZE);
                return;
            }
            EXPECT_TRUE(mmfi_claim(record, undo_of(writer), base_of(writer)->state->slot, 1,
                                   sequence, TICK_RECORD_SIZE, &odd));
            if (step == 2)
                tick_record_save(record, &tick);
        });
        EXPECT_EQ(stamp_at(living, 1), step == 0 ? 1u : 200u + static_cast<uint64_t>(step) - 1);
        const tick_record next = t_tick(200 + static_cast<uint64_t>(step));
        ASSERT_EQ(tick_store_set(living, 1, &next), MMF_OK) << step;
        EXPECT_EQ(stamp_at(living, 1), 200u + static_cast<uint64_t>(step));
    }
    // And one field: the others are those from before the dead writer's attempt.
    killed([](tick_store *writer) {
        const mmfi_write write = mmfi_write_begin(base_of(writer), 2, TICK_RECORD_SIZE);
        const tick_record tick = t_tick(100);
        tick_record_save(write.record, &tick);
    });
    ASSERT_EQ(tick_store_set_price(living, 2, 2), MMF_OK);
    EXPECT_EQ(stamp_at(living, 2), 2u);
    EXPECT_EQ(tick_store_close(living), MMF_OK);
}

// The owner lives, and is slow: no writer takes the record from it, and the one that waits gets it.
TEST_F(SharedTest, ALivingWritersRecordIsWaitedFor)
{
    tick_store *slow = create_shared();
    tick_store *other = join();
    fill(slow, 2);
    const tick_record tick = t_tick(100);
    const tick_record last = t_tick(200);
    const mmfi_write write = mmfi_write_begin(base_of(slow), 1, TICK_RECORD_SIZE);
    ASSERT_EQ(write.status, MMF_OK);
    std::atomic<bool> started{false};
    std::atomic<bool> done{false};
    std::thread waiting([&] {
        started = true;
        EXPECT_EQ(tick_store_set(other, 1, &last), MMF_OK);
        done = true;
    });
    while (!started)
        std::this_thread::yield();
    usleep(50000); // long enough for it to have asked whether the owner lives
    EXPECT_FALSE(done);
    EXPECT_EQ(mmfi_sequence_load(write.record), write.sequence);
    EXPECT_EQ(stamp_at(slow, 1), 1u); // the image, for readers
    tick_record_save(write.record, &tick);
    mmfi_write_end(write);
    waiting.join();
    EXPECT_EQ(stamp_at(slow, 1), 200u);
    EXPECT_EQ(tick_store_close(slow), MMF_OK);
    EXPECT_EQ(tick_store_close(other), MMF_OK);
}

// A writer that joins takes the dead one's place, and settles what it left.
TEST_F(SharedTest, JoiningRestoresWhatTheDeadLeft)
{
    tick_store *first = create_shared();
    fill(first, 3);
    ASSERT_EQ(tick_store_close(first), MMF_OK);
    killed([](tick_store *writer) {
        const mmfi_write write = mmfi_write_begin(base_of(writer), 2, TICK_RECORD_SIZE);
        mmfi_store64(write.record + TICK_TIMESTAMP_OFFSET, 77);
    });
    tick_store *next = join();
    unsigned char *record = mmfi_row(base_of(next), 2, TICK_RECORD_SIZE);
    EXPECT_FALSE(mmfi_sequence_is_odd(mmfi_sequence_load(record)));
    EXPECT_EQ(stamp_at(next, 2), 2u);
    EXPECT_EQ(tick_store_close(next), MMF_OK);
    // So does one that wants the file alone.
    killed([](tick_store *writer) {
        const mmfi_write write = mmfi_write_begin(base_of(writer), 2, TICK_RECORD_SIZE);
        mmfi_store64(write.record + TICK_TIMESTAMP_OFFSET, 77);
    });
    tick_store *alone = open(&writing);
    EXPECT_EQ(stamp_at(alone, 2), 2u);
    EXPECT_EQ(tick_store_close(alone), MMF_OK);
}

// Of a record that a killed writer left half replaced, a sync has the old one: after a power cut
// there is no image of it.
TEST_F(SharedTest, ASyncPutsRightWhatTheDeadLeft)
{
    tick_store *living = create_shared();
    tick_store *slow = join();
    fill(living, 3);
    ASSERT_EQ(tick_store_sync(living, &error), MMF_OK);
    killed([](tick_store *writer) {
        const mmfi_write write = mmfi_write_begin(base_of(writer), 2, TICK_RECORD_SIZE);
        mmfi_store64(write.record + TICK_TIMESTAMP_OFFSET, 77);
    });
    // The record of one that lives is left to it.
    const mmfi_write write = mmfi_write_begin(base_of(slow), 1, TICK_RECORD_SIZE);
    ASSERT_EQ(write.status, MMF_OK);
    ASSERT_EQ(tick_store_sync(living, &error), MMF_OK);
    EXPECT_EQ(mmfi_sequence_load(write.record), write.sequence);
    mmfi_write_end(write);
    live_of(living)->boot_id[0] ^= 1; // as after a restart
    tick_store *reader = open();
    EXPECT_EQ(stamp_at(reader, 2), 2u);
    live_of(living)->boot_id[0] ^= 1;
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(slow), MMF_OK);
    EXPECT_EQ(tick_store_close(living), MMF_OK);
}

TEST_F(SharedTest, ADeadWritersAppendLockIsRecovered)
{
    tick_store *living = create_shared();
    fill(living, 1);
    killed([](tick_store *writer) {
        const mmfi_append append = mmfi_append_begin(base_of(writer), TICK_RECORD_SIZE);
        EXPECT_EQ(append.row, 1u);
        memset(append.record, 0xff, TICK_RECORD_SIZE);
    });
    EXPECT_EQ(live_of(living)->append_owner, 2u);
    const tick_record tick = t_tick(1);
    uint64_t row = 0;
    ASSERT_EQ(tick_store_append(living, &tick, &row), MMF_OK);
    EXPECT_EQ(row, 1u);
    EXPECT_EQ(stamp_at(living, 1), 1u);
    EXPECT_EQ(live_of(living)->append_owner, 0u);
    // A word that no writer can have left there makes no writer wait.
    live_of(living)->append_owner = 1000;
    ASSERT_EQ(tick_store_append(living, &tick, &row), MMF_OK);
    EXPECT_EQ(row, 2u);
    // Its own, from a life before this one, is gone when a writer joins.
    live_of(living)->append_owner = 2;
    tick_store *second = join();
    EXPECT_EQ(live_of(living)->append_owner, 0u);
    EXPECT_EQ(tick_store_close(second), MMF_OK);
    EXPECT_EQ(tick_store_close(living), MMF_OK);
}

// A power cut left the record odd, and no image: it reads as corrupt until it is written again.
TEST_F(SharedTest, ATornRecordCanBeWrittenAgain)
{
    tick_store *store = create_shared();
    fill(store, 2);
    unsigned char *record = mmfi_row(base_of(store), 1, TICK_RECORD_SIZE);
    mmfi_store64(record, 5);
    tick_record tick = t_tick(8);
    tick_record found = {};
    EXPECT_NE(tick_store_get(store, 1, &found), MMF_OK);
    ASSERT_EQ(tick_store_set(store, 1, &tick), MMF_OK);
    EXPECT_EQ(stamp_at(store, 1), 8u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(SharedTest, AChildIsRefusedAndAFailedSyncIsForAll)
{
    tick_store *one = create_shared();
    tick_store *two = join();
    fill(one, 2);
    EXPECT_EQ(t_in_child([one] {
                  const tick_record tick = t_tick(1);
                  const bool refused =
                      tick_store_append(one, &tick, nullptr) == MMF_ERR_READ_ONLY &&
                      tick_store_set(one, 0, &tick) == MMF_ERR_READ_ONLY &&
                      tick_store_set_price(one, 0, 1) == MMF_ERR_READ_ONLY;
                  return refused && tick_store_close(one) == MMF_OK ? 0 : 1;
              }),
              0);
    const tick_record tick = t_tick(1);
    EXPECT_EQ(tick_store_append(one, &tick, nullptr), MMF_OK);
    live_of(one)->poisoned = 1;
    EXPECT_EQ(tick_store_append(two, &tick, nullptr), MMF_ERR_NEEDS_RECOVERY);
    EXPECT_EQ(tick_store_set(two, 0, &tick), MMF_ERR_NEEDS_RECOVERY);
    EXPECT_EQ(open_fails(&sharing), MMF_ERR_NEEDS_RECOVERY);
    // Nor does a close promise what the disk may lack.
    const uint64_t generation = last_generation(two);
    EXPECT_EQ(tick_store_close(one), MMF_ERR_NEEDS_RECOVERY);
    EXPECT_EQ(last_generation(two), generation);
    live_of(two)->poisoned = 0;
    EXPECT_EQ(tick_store_close(two), MMF_OK);
}

// What any of them synced stays durable, whichever of them syncs or closes later.
TEST_F(SharedTest, CommitsNeverPromiseLess)
{
    tick_store *one = create_shared();
    tick_store *two = join();
    fill(one, 5);
    ASSERT_EQ(tick_store_sync(two, &error), MMF_OK) << error.message;
    mmfi_commit commit = {};
    ASSERT_TRUE(mmfi_commit_read(base_of(one)->state->map.base, &commit));
    EXPECT_EQ(commit.count, 5u);
    const uint64_t generation = commit.generation;
    ASSERT_EQ(tick_store_close(two), MMF_OK);
    ASSERT_TRUE(mmfi_commit_read(base_of(one)->state->map.base, &commit));
    EXPECT_EQ(commit.count, 5u);
    EXPECT_EQ(commit.generation, generation + 1);
    EXPECT_EQ(tick_store_close(one), MMF_OK);
}

// In a new boot the commit decides, and the first writer to join settles that once.
TEST_F(SharedTest, TheFirstOfANewBootRecovers)
{
    tick_store *store = create_shared();
    fill(store, 4);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK);
    const tick_record tick = t_tick(4);
    ASSERT_EQ(tick_store_append(store, &tick, nullptr), MMF_OK);
    killed([](tick_store *) {});
    live_of(store)->boot_id[0] ^= 1;
    live_of(store)->append_owner = 1;              // of a process that this boot never had
    base_of(store)->state->writer->live = nullptr; // closes as a forked child: no commit
    base_of(store)->state->pid = 0;                // which is told by this where no page is wiped
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    // The lock of what was closed so is still held by this process's descriptor, which is gone now.
    tick_store *one = join();
    EXPECT_EQ(tick_store_count(one), 4u);
    tick_store *two = join();
    uint64_t row = 0;
    ASSERT_EQ(tick_store_append(two, &tick, &row), MMF_OK);
    EXPECT_EQ(row, 4u);
    EXPECT_EQ(tick_store_count(one), 5u);
    EXPECT_EQ(tick_store_close(one), MMF_OK);
    EXPECT_EQ(tick_store_close(two), MMF_OK);
}

// What others appended beyond the address space of one writer, and beyond the file itself.
TEST_F(SharedTest, AppendsKeepToWhatIsMappedAndWhatIsThere)
{
    tick_store *large = create_shared();
    mmf_options little = sharing;
    little.reserve_bytes = 1;
    tick_store *small = open(&little);
    const uint64_t reach = mmf_store_capacity(tick_store_base(small));
    fill(large, reach + 1);
    const tick_record tick = t_tick(reach + 1);
    EXPECT_EQ(tick_store_append(small, &tick, nullptr), MMF_ERR_CAPACITY);
    ASSERT_EQ(tick_store_append(large, &tick, nullptr), MMF_OK) << "the turn was given back";
    EXPECT_EQ(tick_store_close(small), MMF_OK);

    // Truncated after the first page of records; the records themselves are not touched.
    ASSERT_EQ(truncate(path.c_str(), 65536 + 4096), 0);
    tick_store *other = nullptr;
    EXPECT_EQ(tick_store_open(path.c_str(), &sharing, &other, &error), MMF_ERR_CORRUPT);
    base_of(large)->state->room = 0; // as another handle's, which looks at the file
    EXPECT_EQ(tick_store_append(large, &tick, nullptr), MMF_ERR_CORRUPT);
    EXPECT_EQ(live_of(large)->append_owner, 0u);
    EXPECT_EQ(tick_store_close(large), MMF_OK);
}
