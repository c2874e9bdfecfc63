// The only writer of a file: in which order it syncs, how often, and what a tail saves.
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

#include "tests/unit/core/store/sync_fixture.h"

namespace {

class OneWriterTest : public Syncs {};

} // namespace

// When a sync returns, the disk was told of the records before their count, and of the count.
TEST_F(OneWriterTest, TheRecordsThenTheirCount)
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
TEST_F(OneWriterTest, WhatHasNotChangedIsNotSynced)
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
TEST_F(OneWriterTest, ReplacingRecordsOfTailsCostsOnce)
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
TEST_F(OneWriterTest, ATailHasALimit)
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
TEST_F(OneWriterTest, TheNextWriterSyncsWhatAKilledOneDid)
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
TEST_F(OneWriterTest, ASetWhoseSyncFails)
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

// Else records of an epoch could be on the disk without it, and a later commit of the same number
// would keep them.
TEST_F(OneWriterTest, AnEpochBeginsWhenItsCommitIsOnTheDisk)
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
