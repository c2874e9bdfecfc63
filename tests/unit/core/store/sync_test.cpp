// What a sync promises and in which order, and that a failed one is for good.
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "core/format/recover.h"
#include "tests/support/refuse.h"
#include "tests/support/store_fixture.h"
#include "tests/support/traced.h"

namespace {

class SyncTest : public StoreTest {
protected:
    // The commit in the file, by its two slots.
    mmfi_commit commit() const
    {
        mmfi_commit found = {};
        const std::string content = bytes();
        EXPECT_TRUE(
            mmfi_commit_read(reinterpret_cast<const unsigned char *>(content.data()), &found));
        return found;
    }

    mmfi_live live() const
    {
        mmfi_live found = {};
        memcpy(&found, bytes().data() + MMFI_LIVE_OFFSET, sizeof found);
        return found;
    }

    bool has_tail() const
    {
        const mmfi_commit last = commit();
        return mmfi_commit_has_tail(&last);
    }

    void put_word(uint64_t offset, uint64_t word)
    {
        put(offset, std::string(reinterpret_cast<const char *>(&word), sizeof word));
    }

    using Counts = std::array<int, 3>;

    // Syncs of data, of a process that opens the file to write, does something, syncs it and closes
    // it: in what it does, in the sync and in the close.
    template <typename Work> Counts syncs_of(Work work)
    {
        Counts counts = {};
        TracedChild child([this, work]() -> int {
            tick_store *writer = nullptr;
            if (tick_store_open(path.c_str(), &writing, &writer, nullptr) != MMF_OK)
                return 1;
            (void)getppid(); // a mark between the phases
            if (work(writer) != MMF_OK)
                return 2;
            (void)getppid();
            if (tick_store_sync(writer, nullptr) != MMF_OK)
                return 3;
            (void)getppid();
            return tick_store_close(writer) == MMF_OK ? 0 : 4;
        });
        EXPECT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        int phase = -1;
        while (child.step()) {
            uint64_t arguments[6] = {};
            const long call = child.call(arguments);
            phase += call == SYS_getppid ? 1 : 0;
            if (call != SYS_fdatasync)
                continue;
            EXPECT_GE(phase, 0) << "a sync in an open";
            counts[static_cast<size_t>(phase < 0 ? 0 : phase)]++;
        }
        EXPECT_EQ(child.result(), 0);
        return counts;
    }

    // Three records that are synced and one that is not, in a process whose disk fails from then
    // on.
    int fail_to_sync(int os_error, mmf_status expected)
    {
        tick_store *store = create();
        fill(store, 3);
        if (tick_store_sync(store, &error) != MMF_OK)
            return 1;
        const tick_record tick = t_tick(3);
        tick_record found;
        if (tick_store_append(store, &tick, nullptr) != MMF_OK ||
            !t_refuse(SYS_fdatasync, os_error))
            return 2;
        if (tick_store_sync(store, &error) != expected || error.os_error != os_error)
            return 3;
        if (std::string(error.message).find(path + ": the disk did not take the data") != 0)
            return 4;
        // The kernel forgets the failure, and the next attempt would seem to succeed.
        if (tick_store_sync(store, &error) != MMF_ERR_NEEDS_RECOVERY)
            return 5;
        if (tick_store_append(store, &tick, nullptr) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set(store, 0, &tick) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set_price(store, 0, 9) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set_symbol(store, 0, "x", 1) != MMF_ERR_NEEDS_RECOVERY)
            return 6;
        mmf_info info;
        if (mmf_store_info(tick_store_base(store), &info) != MMF_OK || info.writable)
            return 7;
        if (tick_store_get(store, 3, &found) != MMF_OK || !t_is_whole(found))
            return 8;
        return tick_store_close(store) == MMF_ERR_NEEDS_RECOVERY ? 0 : 9;
    }
};

// Newer machines have the second call only.
bool is_link(long call)
{
#ifdef SYS_link
    if (call == SYS_link)
        return true;
#endif
    return call == SYS_linkat;
}

} // namespace

TEST_F(SyncTest, AFailureIsForGoodAndForAll)
{
    for (const int os_error : {EIO, ENOSPC, EDQUOT}) {
        const mmf_status expected = os_error == EIO ? MMF_ERR_IO : MMF_ERR_NO_SPACE;
        ASSERT_EQ(t_in_child([&] { return fail_to_sync(os_error, expected); }), 0) << os_error;
        // The count in memory is one that its tail would have to prove after a restart.
        const mmfi_commit last = commit();
        EXPECT_EQ(last.count, 4u);
        EXPECT_EQ(last.tail_first, 3u);
        const std::string content = bytes();
        EXPECT_TRUE(mmfi_commit_needs_proof(reinterpret_cast<const unsigned char *>(content.data()),
                                            &last));
        tick_store *reader = open();
        EXPECT_EQ(tick_store_count(reader), 4u);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
        EXPECT_EQ(open_fails(&writing), MMF_ERR_NEEDS_RECOVERY);
        EXPECT_NE(std::string(error.message).find("copy the records to a new store"),
                  std::string::npos);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

// When a sync returns, the disk was told of the records before their count, and of the count.
TEST_F(SyncTest, TheRecordsThenTheirCount)
{
    tick_store *store = create();
    fill(store, 3);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    TracedChild child([this]() -> int {
        tick_store *writer = nullptr;
        const tick_record tick = t_tick(3);
        if (tick_store_open(path.c_str(), &writing, &writer, nullptr) != MMF_OK ||
            tick_store_append(writer, &tick, nullptr) != MMF_OK)
            return 1;
        return tick_store_sync(writer, nullptr);
    });
    ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
    std::vector<uint64_t> promised; // when the disk was asked to take what there is
    while (child.step()) {
        uint64_t arguments[6] = {};
        if (child.call(arguments) == SYS_fdatasync)
            promised.push_back(commit().count);
    }
    EXPECT_EQ(child.result(), MMF_OK);
    EXPECT_EQ(promised, std::vector<uint64_t>{4}) << "one sync has the count and its proof";
}

// How many syncs of data each of the calls takes: -1 for a call that failed.
TEST_F(SyncTest, WhatHasNotChangedIsNotSynced)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    EXPECT_EQ(syncs_of([](tick_store *) { return MMF_OK; }), Counts({0, 0, 0}));
    // Records only appended: one, and none after it.
    EXPECT_EQ(syncs_of([](tick_store *store) { return t_append_up_to(store, 3); }),
              Counts({0, 1, 0}));
    EXPECT_EQ(syncs_of([](tick_store *) { return MMF_OK; }), Counts({0, 0, 0}));
    EXPECT_EQ(syncs_of([](tick_store *store) { return t_append_up_to(store, 5); }),
              Counts({0, 1, 0}));
    // A record of no tail: no new commit, and one sync.
    const uint64_t generation = commit().generation;
    EXPECT_EQ(syncs_of([](tick_store *store) { return tick_store_set_price(store, 2, 1); }),
              Counts({0, 1, 0}));
    EXPECT_EQ(commit().generation, generation);
    // One of the tail waits for the confirmation to be there.
    EXPECT_EQ(syncs_of([](tick_store *store) { return tick_store_set_price(store, 3, 1); }),
              Counts({1, 1, 0}));
    EXPECT_EQ(commit().generation, generation);
    // Both: records, then their count.
    EXPECT_EQ(syncs_of([](tick_store *store) {
                  const mmf_status status = tick_store_set_price(store, 2, 2);
                  return status == MMF_OK ? t_append_up_to(store, 6) : status;
              }),
              Counts({0, 2, 0}));
    EXPECT_FALSE(has_tail());
    // Of several writers each sync is of what all have done.
    writing.shared_writers = true;
    EXPECT_EQ(syncs_of([](tick_store *store) { return t_append_up_to(store, 7); }),
              Counts({0, 2, 2}));
}

// A writer that replaces records of its tails pays once, and then makes none.
TEST_F(SyncTest, ReplacingRecordsOfTailsCostsOnce)
{
    tick_store *store = create();
    EXPECT_EQ(t_append_up_to(store, 4), MMF_OK);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK);
    EXPECT_TRUE(has_tail());
    EXPECT_EQ(commit().count, 4u);
    EXPECT_EQ(tick_store_set_price(store, 3, 9), MMF_OK);
    EXPECT_EQ(t_append_up_to(store, 5), MMF_OK);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK);
    EXPECT_EQ(t_append_up_to(store, 6), MMF_OK);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK);
    EXPECT_FALSE(has_tail());
    EXPECT_EQ(commit().count, 6u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// A tail is checked when the file is opened after a restart, so it has a limit.
TEST_F(SyncTest, ATailHasALimit)
{
    const uint64_t most = (UINT64_C(64) << 20) / TICK_RECORD_SIZE;
    for (const uint64_t count : {most, most + 1}) {
        mmf_options options = MMF_OPTIONS_INIT;
        options.capacity = count;
        tick_store *store = nullptr;
        ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK);
        ASSERT_EQ(tick_store_close(store), MMF_OK);
        // As a killed writer would leave them, of whom the last one is all that is looked at.
        put_word(MMFI_HEADER_SIZE_MIN + (count - 1) * TICK_RECORD_SIZE, MMFI_SEQUENCE_FIRST);
        put_word(MMFI_LIVE_OFFSET + offsetof(mmfi_live, count), count);
        const int syncs = count == most ? 1 : 2;
        EXPECT_EQ(syncs_of([](tick_store *) { return MMF_OK; }), Counts({0, syncs, 0}));
        EXPECT_EQ(commit().count, count);
        EXPECT_EQ(has_tail(), count == most);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

// What a killed writer did is not on the disk yet, and a sync of the next one is of that as well.
TEST_F(SyncTest, TheNextWriterSyncsWhatAKilledOneDid)
{
    tick_store *store = create();
    fill(store, 3);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(t_in_child([this] {
                  tick_store *writer = open(&writing);
                  return t_append_up_to(writer, 4) == MMF_OK ? 0 : 1; // and no close
              }),
              0);
    EXPECT_EQ(syncs_of([](tick_store *) { return MMF_OK; }), Counts({0, 1, 0}));
    EXPECT_EQ(commit().count, 4u);
    EXPECT_EQ(t_in_child([this] {
                  tick_store *writer = open(&writing);
                  return tick_store_set_price(writer, 0, 7) == MMF_OK ? 0 : 1;
              }),
              0);
    EXPECT_EQ(syncs_of([](tick_store *) { return MMF_OK; }), Counts({0, 1, 0}));
    EXPECT_EQ(syncs_of([](tick_store *) { return MMF_OK; }), Counts({0, 0, 0}));
}

// A set that waits for a sync and gets none has changed nothing, and is a failed sync.
TEST_F(SyncTest, ASetWhoseSyncFails)
{
    EXPECT_EQ(t_in_child([this] {
                  tick_store *store = create();
                  fill(store, 3);
                  if (tick_store_sync(store, &error) != MMF_OK || !t_refuse(SYS_fdatasync, EIO))
                      return 1;
                  if (tick_store_set_price(store, 1, 9) != MMF_ERR_IO ||
                      tick_store_set_price(store, 1, 9) != MMF_ERR_NEEDS_RECOVERY)
                      return 2;
                  double price = 0;
                  if (tick_store_get_price(store, 1, &price) != MMF_OK || price != 1)
                      return 3;
                  return tick_store_close(store) == MMF_ERR_NEEDS_RECOVERY ? 0 : 4;
              }),
              0);
}

// A name that is there is a whole header, on the disk; and a close says that it was one.
TEST_F(SyncTest, ACreateSyncsTheHeaderAndACloseIsMarked)
{
    TracedChild child([this]() -> int { return tick_store_close(create()); });
    ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
    std::string calls;
    while (child.step()) {
        uint64_t arguments[6] = {};
        const long call = child.call(arguments);
        calls += call == SYS_fdatasync ? "data " : "";
        calls += call == SYS_renameat2 || is_link(call) ? "name " : "";
        calls += call == SYS_fsync ? "directory " : "";
        if (call == SYS_renameat2) {
            EXPECT_EQ(calls, "data name ");
        }
    }
    EXPECT_EQ(child.result(), MMF_OK);
    EXPECT_EQ(calls, "data name directory ") << "nothing was written since";
    EXPECT_EQ(commit().flags, MMFI_COMMIT_CLEAN);
    const uint64_t generation = commit().generation;
    tick_store *store = open(&writing);
    EXPECT_EQ(commit().generation, generation) << "the last commit may not be on the disk";
    fill(store, 1);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_EQ(commit().generation, generation + 1);
    EXPECT_EQ(commit().flags, 0u);
    EXPECT_EQ(t_append_up_to(store, 2), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(commit().generation, generation + 2);
    EXPECT_EQ(commit().flags, MMFI_COMMIT_CLEAN);
}

// Stores into a mapping leave the times of a file on a tmpfs as they were, by which backups and
// make tell that a file has changed.
TEST_F(SyncTest, ASyncOfChangesIsAChangeOfTheFile)
{
    struct statfs where = {};
    if (statfs("/dev/shm", &where) != 0 || where.f_type != TMPFS_MAGIC ||
        access("/dev/shm", W_OK) != 0)
        GTEST_SKIP() << "there is no tmpfs at /dev/shm to write to";
    const std::string name = "/dev/shm/mmf_sync_test." + std::to_string(getpid());
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(name.c_str(), nullptr, &store, &error), MMF_OK) << error.message;
    fill(store, 1);
    const auto set_old = [&] {
        const timespec old[2] = {{1000, 0}, {1000, 0}};
        return utimensat(AT_FDCWD, name.c_str(), old, 0);
    };
    const auto modified = [&] {
        struct stat file = {};
        return stat(name.c_str(), &file) == 0 ? file.st_mtim.tv_sec : time_t{-1};
    };
    EXPECT_EQ(set_old(), 0);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_GT(modified(), 1000) << "appended";
    EXPECT_EQ(set_old(), 0);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_EQ(modified(), 1000) << "nothing to sync";
    EXPECT_EQ(tick_store_set_price(store, 0, 9), MMF_OK);
    EXPECT_EQ(set_old(), 0);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_GT(modified(), 1000) << "replaced, and closed";
    EXPECT_EQ(unlink(name.c_str()), 0);
}

// Else records of an epoch could be on the disk without it, and a later commit of the same number
// would keep them.
TEST_F(SyncTest, AnEpochBeginsWhenItsCommitIsOnTheDisk)
{
    for (const bool shared : {false, true}) {
        mmf_options options = writing;
        options.shared_writers = shared;
        (void)unlink(path.c_str());
        ASSERT_EQ(tick_store_close(create()), MMF_OK);
        TracedChild child([&] {
            tick_store *store = nullptr;
            if (tick_store_open(path.c_str(), &options, &store, nullptr) != MMF_OK ||
                t_append_up_to(store, 2) != MMF_OK)
                return 1;
            return tick_store_sync(store, nullptr) == MMF_OK ? 0 : 2;
        });
        ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        // At a system call after the commit was written, and before the epoch is that of records.
        bool waited = false;
        while (child.step())
            waited = waited || (commit().epoch != 0 && live().epoch == 0);
        EXPECT_EQ(child.result(), 0);
        EXPECT_TRUE(waited) << (shared ? "several writers" : "one writer");
        EXPECT_EQ(live().epoch, commit().epoch);
        EXPECT_NE(commit().epoch, 0u);
    }
}

// Another writer appends and syncs at every system call of a sync, while the append lock is free.
TEST_F(SyncTest, OneOfSeveralNeverPromisesLessThanAnother)
{
    mmf_options options = writing;
    options.shared_writers = true;
    bool ended = false;
    int disturbed = 0;
    for (int calls = 0; !ended; calls++) {
        (void)unlink(path.c_str());
        tick_store *other = nullptr;
        ASSERT_EQ(tick_store_create(path.c_str(), &options, &other, &error), MMF_OK);
        TracedChild child([&] {
            tick_store *store = nullptr;
            const tick_record tick = t_tick(0);
            if (tick_store_open(path.c_str(), &options, &store, nullptr) != MMF_OK ||
                tick_store_append(store, &tick, nullptr) != MMF_OK)
                return 1;
            return tick_store_sync(store, nullptr) == MMF_OK ? 0 : 2;
        });
        ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        ended = false;
        for (int i = 0; i < calls && !ended; i++)
            ended = !child.step();
        if (!ended && live().append_owner == 0) {
            const tick_record tick = t_tick(1);
            ASSERT_EQ(tick_store_append(other, &tick, nullptr), MMF_OK);
            ASSERT_EQ(tick_store_sync(other, &error), MMF_OK) << error.message;
            disturbed++;
            const uint64_t promised = commit().count;
            child.finish();
            EXPECT_EQ(child.result(), 0);
            EXPECT_GE(commit().count, promised) << "after " << calls << " steps";
        }
        child.finish();
        EXPECT_EQ(tick_store_close(other), MMF_OK);
    }
    EXPECT_GT(disturbed, 20);
}
