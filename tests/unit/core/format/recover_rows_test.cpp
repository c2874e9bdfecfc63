// Records that a recovery drops or keeps when it does not trust memory, and readers that saw them.

#include "core/format/commit.h"
#include "tests/support/dropped_rows_fixture.h"

namespace {

class DroppedRowsTest : public DroppedRows {};

} // namespace

// A recovery that is killed before it has lowered the count is repeated, and knows as much.
TEST_F(DroppedRowsTest, TheEndOfSeenRowsOutlivesRecoveries)
{
    leave(2, 6);
    another_boot();
    for (const uint64_t count : {2u, 3u}) {
        ASSERT_EQ(t_in_child([&] {
                      tick_store *writer = open(&writing);
                      return tick_store_count(writer) == 2 &&
                                     live_of(base(writer))->exposed_end == 6 &&
                                     t_append_up_to(writer, count) == MMF_OK
                                 ? 0
                                 : 1;
                  }),
                  0);
        another_boot();
    }
}

// What the page says after a power cut may be anything: it costs time, as far as there is room.
TEST_F(DroppedRowsTest, AnEndBeyondTheFileIsThatOfTheFile)
{
    leave(2, 4);
    for (const uint64_t end : {UINT64_MAX, UINT64_C(1) << 63, UINT64_C(5)}) {
        another_boot();
        put(MMFI_LIVE_OFFSET + offsetof(mmfi_live, exposed_end),
            std::string(reinterpret_cast<const char *>(&end), sizeof end));
        tick_store *writer = open(&writing);
        EXPECT_EQ(live_of(base(writer))->exposed_end,
                  end == 5 ? 5 : mmf_store_capacity(base(writer)));
        ASSERT_EQ(t_append_up_to(writer, tick_store_count(writer) + 1), MMF_OK);
        expect_whole(writer);
        ASSERT_EQ(tick_store_close(writer), MMF_OK);
    }
}

// ---- Records that prove themselves ----

TEST_F(DroppedRowsTest, ATailWithChecksumsIsKept)
{
    leave_checksummed(2, 6);
    another_boot();
    checksummed_store *writer = open_checksummed(&writing);
    EXPECT_EQ(checksummed_store_count(writer), 6u);
    EXPECT_EQ(dropped_of(checksummed_store_base(writer)), 0u);
    EXPECT_EQ(verify(writer), MMF_OK);
    for (uint32_t row = 0; row < 6; row++) {
        checksummed_record record;
        ASSERT_EQ(checksummed_store_get(writer, row, &record), MMF_OK);
        EXPECT_TRUE(t_is_checksummed(record, row));
    }
    EXPECT_EQ(checksummed_store_close(writer), MMF_OK);
}

// Before the first sync nothing says that rows held nothing else before.
TEST_F(DroppedRowsTest, ATailBeforeTheFirstCommitIsNot)
{
    ASSERT_EQ(t_in_child([&] { return create_checksummed(3) != nullptr ? 0 : 1; }), 0);
    another_boot();
    checksummed_store *writer = open_checksummed(&writing);
    EXPECT_EQ(checksummed_store_count(writer), 0u);
    EXPECT_EQ(dropped_of(checksummed_store_base(writer)), 3u);
    EXPECT_EQ(checksummed_store_close(writer), MMF_OK);
}

// Every bit of a record in the tail counts, and what follows a damaged one is not kept.
TEST_F(DroppedRowsTest, ATailEndsWhereItIsDamaged)
{
    leave_checksummed(2, 6);
    const std::string whole = row_bytes(4);
    for (size_t byte = 0; byte < CHECKSUMMED_RECORD_SIZE; byte += 3) {
        flip(place(4) + byte, byte % 8);
        another_boot();
        EXPECT_EQ(t_in_child([&] {
                      return static_cast<int>(checksummed_store_count(open_checksummed(&writing)));
                  }),
                  4)
            << byte;
        put(place(4), whole);
    }
}

/*
 * Of an earlier life, sound and in the right row: what a recovery dropped does not come back when
 * the rows before it are appended anew, neither before a sync nor after.
 */
TEST_F(DroppedRowsTest, WhatWasDroppedDoesNotComeBack)
{
    leave_checksummed(2, 6);
    flip(place(3), 4);
    another_boot();
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *writer = open_checksummed(&writing);
                  return checksummed_store_count(writer) == 3 &&
                                 append_checksummed(writer, 4, 50) == MMF_OK
                             ? 0
                             : 1;
              }),
              0);
    another_boot();
    ASSERT_EQ(t_in_child([&] {
                  // Row 2 is of the first life, whose commit is the last; row 3 is of no epoch.
                  checksummed_store *writer = open_checksummed(&writing);
                  if (checksummed_store_count(writer) != 3 ||
                      append_checksummed(writer, 4, 60) != MMF_OK ||
                      checksummed_store_sync(writer, nullptr) != MMF_OK)
                      return 1;
                  return 0;
              }),
              0);
    another_boot();
    // Rows 4 and 5 of the first life are sound, and there: they are of another epoch.
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *writer = open_checksummed(&writing);
                  if (checksummed_store_count(writer) != 4)
                      return 1;
                  // Now of the second epoch only after a commit of it.
                  if (append_checksummed(writer, 5, 70) != MMF_OK ||
                      checksummed_store_sync(writer, nullptr) != MMF_OK)
                      return 2;
                  return append_checksummed(writer, 8, 80) == MMF_OK ? 0 : 3;
              }),
              0);
    another_boot();
    checksummed_store *writer = open_checksummed(&writing);
    ASSERT_EQ(checksummed_store_count(writer), 8u);
    const uint32_t marks[] = {0, 1, 2, 63, 74, 85, 86, 87};
    for (uint32_t row = 0; row < 8; row++) {
        checksummed_record record;
        ASSERT_EQ(checksummed_store_get(writer, row, &record), MMF_OK);
        EXPECT_TRUE(t_is_checksummed(record, marks[row])) << row << ": " << record.mark;
    }
    EXPECT_EQ(verify(writer), MMF_OK);
    EXPECT_EQ(checksummed_store_close(writer), MMF_OK);
}

// What a first writer of several makes of the last commit keeps its epoch, and so the rows after
// it.
TEST_F(DroppedRowsTest, KeptRowsStayKeptWhenSeveralWritersRecover)
{
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *store = create_checksummed(2);
                  if (checksummed_store_sync(store, nullptr) != MMF_OK ||
                      append_checksummed(store, 4) != MMF_OK ||
                      checksummed_store_sync(store, nullptr) != MMF_OK)
                      return 1;
                  return append_checksummed(store, 6) == MMF_OK ? 0 : 2;
              }),
              0);
    mmf_options sharing = writing;
    sharing.shared_writers = true;
    for (int restart = 0; restart < 3; restart++) {
        another_boot();
        EXPECT_EQ(t_in_child([&] {
                      return static_cast<int>(checksummed_store_count(open_checksummed(&sharing)));
                  }),
                  6)
            << restart;
    }
}

/*
 * The newer commit is damaged, and with it the only place that says that its epoch was used. What a
 * first writer of several makes of the older one must not have that epoch again.
 */
TEST_F(DroppedRowsTest, AnEpochIsNotUsedAgainAfterADamagedCommit)
{
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *store = create_checksummed(1);
                  if (checksummed_store_sync(store, nullptr) != MMF_OK ||
                      append_checksummed(store, 3) != MMF_OK ||
                      checksummed_store_sync(store, nullptr) != MMF_OK)
                      return 1;
                  return 0;
              }),
              0);
    another_boot();
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *store = open_checksummed(&writing);
                  if (append_checksummed(store, 5) != MMF_OK ||
                      checksummed_store_sync(store, nullptr) != MMF_OK)
                      return 1;
                  return append_checksummed(store, 8) == MMF_OK ? 0 : 2;
              }),
              0);
    mmfi_commit last = {};
    const std::string content = bytes();
    ASSERT_TRUE(mmfi_commit_read(reinterpret_cast<const unsigned char *>(content.data()), &last));
    ASSERT_EQ(last.count, 5u);
    flip(MMFI_COMMIT_OFFSET + last.generation % MMFI_COMMIT_COPIES * MMFI_PAGE_SIZE +
             offsetof(mmfi_commit, count),
         3);
    another_boot();
    mmf_options sharing = writing;
    sharing.shared_writers = true;
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *store = open_checksummed(&sharing);
                  if (checksummed_store_count(store) != 3 ||
                      append_checksummed(store, 5, 100) != MMF_OK)
                      return 1;
                  return checksummed_store_sync(store, nullptr) == MMF_OK ? 0 : 2;
              }),
              0);
    another_boot();
    EXPECT_EQ(t_in_child([&] {
                  return static_cast<int>(checksummed_store_count(open_checksummed(&writing)));
              }),
              5)
        << "rows 5 to 7 are of the epoch whose commit is damaged";
}

/*
 * A dropped record was being replaced by an append that a kill ended, and was put back: under the
 * epoch of that append it must not prove itself, for then a restart would keep it.
 */
TEST_F(DroppedRowsTest, ADroppedRecordThatIsPutBackStaysDropped)
{
    leave_checksummed(2, 6);
    flip(place(2), 4);
    another_boot();
    for (const bool shared : {false, true}) {
        mmf_options options = writing;
        options.shared_writers = shared;
        ASSERT_EQ(t_in_child([&] {
                      checksummed_store *writer = open_checksummed(&options);
                      if (append_checksummed(writer, shared ? 4 : 3, 50) != MMF_OK ||
                          checksummed_store_sync(writer, nullptr) != MMF_OK)
                          return 1;
                      const mmfi_append append = mmfi_append_begin(
                          reinterpret_cast<mmf_store *>(writer), CHECKSUMMED_RECORD_SIZE);
                      mmfi_save_uint32(append.record, CHECKSUMMED_MARK_OFFSET, 77);
                      return append.status == MMF_OK ? 0 : 2;
                  }),
                  0);
        const int count = shared ? 4 : 3;
        EXPECT_EQ(t_in_child([&] {
                      return static_cast<int>(checksummed_store_count(open_checksummed(&options)));
                  }),
                  count);
        another_boot();
        EXPECT_EQ(t_in_child([&] {
                      return static_cast<int>(checksummed_store_count(open_checksummed(&options)));
                  }),
                  count)
            << "row " << count << " was dropped, and came back";
    }
}

// ---- Records in the wrong place ----

TEST_F(DroppedRowsTest, ARecordOfAnotherRowOrFileIsFound)
{
    checksummed_store *store = create_checksummed(3);
    ASSERT_EQ(checksummed_store_sync(store, &error), MMF_OK);
    const std::string first = row_bytes(0);
    const std::string own = row_bytes(2);
    put(place(2), first);
    EXPECT_EQ(verify(store), MMF_ERR_CORRUPT);
    EXPECT_EQ(bad, 2u);
    put(place(2), own);
    EXPECT_EQ(verify(store), MMF_OK);
    const std::string kept = path;
    path += ".other";
    checksummed_store *other = create_checksummed(3);
    EXPECT_EQ(verify(other), MMF_OK);
    path = kept;
    const std::string of_the_first = row_bytes(1);
    path += ".other";
    EXPECT_NE(of_the_first, row_bytes(1)) << "the same fields, in another file";
    put(place(1), of_the_first);
    EXPECT_EQ(verify(other), MMF_ERR_CORRUPT);
    EXPECT_EQ(bad, 1u);
    EXPECT_EQ(checksummed_store_close(other), MMF_OK);
    path = kept;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}
