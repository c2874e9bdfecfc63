// Records that a recovery drops or keeps when it does not trust memory, and readers that saw them.
#include <sys/syscall.h>

#include <csignal>

#include "core/format/commit.h"
#include "core/store/state.h"
#include "mmapforge/value.h"
#include "tests/support/checksummed_fixture.h"
#include "tests/support/limit.h"
#include "tests/support/refuse.h"

namespace {

const mmfi_live *live_of(const mmf_store *store)
{
    return reinterpret_cast<const mmfi_live *>(store->state->map.base + MMFI_LIVE_OFFSET);
}

class DroppedRowsTest : public ChecksummedTest {
protected:
    // What a container with a boot id of its own does to the file when it is started anew.
    void another_boot() const
    {
        put(MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id), "another boot....");
    }

    // A writer that synced that many, appended up to count, and was killed.
    void leave(uint64_t synced, uint64_t count, const mmf_options *options = nullptr)
    {
        ASSERT_EQ(t_in_child([&] {
                      tick_store *store = nullptr;
                      if (tick_store_create(path.c_str(), options, &store, nullptr) != MMF_OK ||
                          t_append_up_to(store, synced) != MMF_OK ||
                          tick_store_sync(store, nullptr) != MMF_OK)
                          return 1;
                      return t_append_up_to(store, count) == MMF_OK ? 0 : 2;
                  }),
                  0);
    }

    void leave_checksummed(uint32_t synced, uint32_t count)
    {
        ASSERT_EQ(t_in_child([&] {
                      checksummed_store *store = create_checksummed(synced);
                      if (checksummed_store_sync(store, nullptr) != MMF_OK)
                          return 1;
                      return append_checksummed(store, count) == MMF_OK ? 0 : 2;
                  }),
                  0);
    }

    static mmf_status append_checksummed(checksummed_store *store, uint32_t up_to,
                                         uint32_t more = 0)
    {
        mmf_status status = MMF_OK;
        for (auto row = static_cast<uint32_t>(checksummed_store_count(store));
             row < up_to && status == MMF_OK; row++) {
            const checksummed_record record = t_checksummed(row + more);
            status = checksummed_store_append(store, &record, nullptr);
        }
        return status;
    }

    static uint64_t dropped_of(const mmf_store *store)
    {
        mmf_info info = {};
        EXPECT_EQ(mmf_store_info(store, &info), MMF_OK);
        return info.dropped_rows;
    }

    static const mmf_store *base(const tick_store *store)
    {
        return tick_store_base(store);
    }

    // The mark of a whole tick; UINT64_MAX when there is none.
    static uint64_t mark_at(const tick_store *store, uint64_t row)
    {
        tick_record tick;
        if (tick_store_get(store, row, &tick) != MMF_OK)
            return UINT64_MAX;
        EXPECT_TRUE(t_is_whole(tick)) << row;
        return tick.timestamp;
    }
};

} // namespace

// Halfway through the append over a record that a reader has seen, the reader gets the old one.
TEST_F(DroppedRowsTest, AnAppendOverASeenRecordReplacesIt)
{
    leave(2, 6);
    tick_store *reader = open();
    ASSERT_EQ(tick_store_count(reader), 6u);
    EXPECT_EQ(mark_at(reader, 2), 2u);
    another_boot();
    tick_store *writer = open(&writing);
    EXPECT_NE(strstr(error.message, "up to 4 records"), nullptr) << error.message;
    EXPECT_EQ(dropped_of(base(writer)), 4u);
    ASSERT_EQ(tick_store_count(writer), 2u);
    EXPECT_EQ(live_of(base(writer))->exposed_end, 6u);

    mmf_store *into = reinterpret_cast<mmf_store *>(writer);
    const mmfi_append append = mmfi_append_begin(into, TICK_RECORD_SIZE);
    ASSERT_EQ(append.status, MMF_OK);
    ASSERT_EQ(append.row, 2u);
    EXPECT_EQ(mark_at(reader, 2), 2u);
    const tick_record tick = t_tick(102);
    tick_record_save(append.record, &tick);
    EXPECT_EQ(mark_at(reader, 2), 2u) << "its payload is stored, and it is not published";
    const uint64_t odd = mmfi_load64(append.record);
    EXPECT_EQ(mmfi_append_end(append, nullptr), MMF_OK);
    EXPECT_EQ(mmfi_load64(append.record), odd + 1) << "the sequence goes on";
    EXPECT_GT(odd, MMFI_SEQUENCE_FIRST);
    EXPECT_EQ(mark_at(reader, 2), 102u);
    EXPECT_EQ(mark_at(reader, 3), 3u) << "until that is replaced as well";

    // Once past those rows appends are plain again.
    for (uint64_t row = 3; row < 8; row++) {
        const tick_record next = t_tick(100 + row);
        ASSERT_EQ(tick_store_append(writer, &next, nullptr), MMF_OK);
        const uint64_t sequence = mmfi_load64(mmfi_row(into, row, TICK_RECORD_SIZE));
        EXPECT_EQ(sequence == MMFI_SEQUENCE_FIRST, row >= 6) << row;
    }
    EXPECT_EQ(into->writer->capacity, into->state->room);
    for (uint64_t row = 2; row < 8; row++)
        EXPECT_EQ(mark_at(reader, row), 100 + row);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(DroppedRowsTest, SoDoesAnAppendOfManyRows)
{
    leave(2, 6);
    tick_store *reader = open();
    another_boot();
    tick_store *writer = open(&writing);
    mmf_store *into = reinterpret_cast<mmf_store *>(writer);
    std::vector<unsigned char> images(5 * TICK_RECORD_SIZE);
    for (uint64_t i = 0; i < 5; i++) {
        const tick_record tick = t_tick(102 + i);
        tick_record_save(&images[i * TICK_RECORD_SIZE], &tick);
    }
    unsigned char *records = nullptr;
    ASSERT_EQ(mmfi_append_rows_begin(into, 1, &records), MMF_OK);
    EXPECT_NE(records, mmfi_row(into, 2, TICK_RECORD_SIZE)) << "apart, until it is complete";
    EXPECT_EQ(mark_at(reader, 2), 2u);
    uint64_t first = 0;
    ASSERT_EQ(mmf_store_append_rows(into, images.data(), 5, images.size(), &first), MMF_OK);
    EXPECT_EQ(first, 2u);
    EXPECT_EQ(tick_store_count(reader), 7u);
    for (uint64_t row = 2; row < 7; row++)
        EXPECT_EQ(mark_at(reader, row), 100 + row);
    ASSERT_EQ(mmf_store_append_rows(into, images.data(), 5, images.size(), &first), MMF_OK);
    EXPECT_EQ(first, 7u);
    EXPECT_EQ(mmfi_load64(mmfi_row(into, 7, TICK_RECORD_SIZE)), MMFI_SEQUENCE_FIRST);
    EXPECT_EQ(mark_at(reader, 11), 106u);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// A writer that is killed halfway leaves the old record, for readers that saw it.
TEST_F(DroppedRowsTest, AKillHalfwayLeavesTheSeenRecord)
{
    for (const bool shared : {false, true}) {
        mmf_options options = writing;
        options.shared_writers = shared;
        unlink(path.c_str());
        leave(2, 4, &options);
        tick_store *reader = open();
        another_boot();
        ASSERT_EQ(t_in_child([&] {
                      tick_store *writer = nullptr;
                      if (tick_store_open(path.c_str(), &options, &writer, nullptr) != MMF_OK)
                          return 1;
                      const mmfi_append append = mmfi_append_begin(
                          reinterpret_cast<mmf_store *>(writer), TICK_RECORD_SIZE);
                      if (append.status != MMF_OK || append.row != 2)
                          return 2;
                      mmfi_save_uint64(append.record, TICK_TIMESTAMP_OFFSET, 77);
                      return 0;
                  }),
                  0);
        EXPECT_EQ(mark_at(reader, 2), 2u) << "the undo slot has it";
        tick_store *writer = open(&options);
        EXPECT_EQ(tick_store_count(writer), 2u);
        EXPECT_EQ(mark_at(reader, 2), 2u) << "it was put back";
        const tick_record tick = t_tick(9);
        ASSERT_EQ(tick_store_append(writer, &tick, nullptr), MMF_OK);
        EXPECT_EQ(mark_at(reader, 2), 9u);
        EXPECT_EQ(mark_at(reader, 3), 3u);
        EXPECT_EQ(tick_store_close(writer), MMF_OK);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
    }
}

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

// What was staged for an append that was given up is not what a later one publishes.
TEST_F(DroppedRowsTest, AStagedAppendThatWasGivenUpIsForgotten)
{
    leave(2, 4);
    another_boot();
    tick_store *writer = open(&writing);
    mmf_store *into = reinterpret_cast<mmf_store *>(writer);
    unsigned char *records = nullptr;
    ASSERT_EQ(mmfi_append_rows_begin(into, 3, &records), MMF_OK);
    ASSERT_NE(into->state->staged, nullptr);
    ASSERT_EQ(t_append_up_to(writer, 5), MMF_OK); // past the rows that were seen
    std::vector<unsigned char> images(2 * TICK_RECORD_SIZE);
    for (uint64_t i = 0; i < 2; i++) {
        const tick_record tick = t_tick(5 + i);
        tick_record_save(&images[i * TICK_RECORD_SIZE], &tick);
    }
    ASSERT_EQ(mmf_store_append_rows(into, images.data(), 2, images.size(), nullptr), MMF_OK);
    EXPECT_EQ(into->state->staged, nullptr);
    EXPECT_EQ(expect_whole(writer), 7u);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// ---- Rows that were never published ----

namespace {

class UnpublishedRowsTest : public DroppedRowsTest {
protected:
    // Whole records after the last one, as an append of many rows leaves them that is killed.
    static mmf_status append_in_vain(checksummed_store *store, uint32_t rows)
    {
        mmf_store *into = reinterpret_cast<mmf_store *>(store);
        unsigned char *records = nullptr;
        const mmf_status status = mmfi_append_rows_begin(into, rows, &records);
        if (status != MMF_OK)
            return status;
        for (uint32_t i = 0; i < rows; i++) {
            const checksummed_record record = t_checksummed(1000 + i);
            checksummed_record_save(records + i * CHECKSUMMED_RECORD_SIZE, &record);
        }
        mmfi_append_rows_finish(into, records, 0, rows);
        return MMF_OK;
    }

    // Two rows that were synced, two more, and three that were not published.
    void leave_unpublished(const mmf_options *options)
    {
        (void)unlink(path.c_str());
        ASSERT_EQ(t_in_child([&] {
                      checksummed_store *store = create_checksummed(2, options);
                      if (checksummed_store_sync(store, nullptr) != MMF_OK ||
                          append_checksummed(store, 4) != MMF_OK)
                          return 1;
                      return append_in_vain(store, 3) == MMF_OK ? 0 : 2;
                  }),
                  0);
        ASSERT_EQ(sequence_of(row_bytes(4)), sequence_of(row_bytes(3))) << "it proves itself";
    }

    /*
     * A writer that is killed after that many appends, and the next one after a restart: it has
     * what was synced, maybe what was not, and nothing else.
     */
    void expect_counts(const mmf_options *options, uint32_t appended, bool synced)
    {
        EXPECT_EQ(t_in_child([&] {
                      checksummed_store *store = open_checksummed(options);
                      if (checksummed_store_count(store) != 4)
                          return 1;
                      if (append_checksummed(store, 4 + appended, 50) != MMF_OK)
                          return 2;
                      return synced && checksummed_store_sync(store, nullptr) != MMF_OK ? 3 : 0;
                  }),
                  0);
        another_boot();
        const int count = t_in_child([&] {
            checksummed_store *store = open_checksummed(options);
            const uint64_t rows = checksummed_store_count(store);
            for (uint32_t row = 0; row < rows; row++) {
                checksummed_record found = {};
                if (checksummed_store_get(store, row, &found) != MMF_OK ||
                    !t_is_checksummed(found, row < 4 ? row : row + 50))
                    return 100;
            }
            return static_cast<int>(rows);
        });
        const int all = 4 + static_cast<int>(appended);
        EXPECT_LE(count, all);
        EXPECT_GE(count, synced ? all : 4);
    }

    mmf_options sharing()
    {
        mmf_options options = writing;
        options.shared_writers = true;
        return options;
    }
};

} // namespace

// The next writer, alone or as one of several, after either kind.
TEST_F(UnpublishedRowsTest, AreNotKeptAfterARestart)
{
    const mmf_options alone = writing;
    const mmf_options several = sharing();
    for (const mmf_options *left : {&alone, &several}) {
        for (const mmf_options *next : {&alone, &several}) {
            for (const uint32_t appended : {0u, 1u, 2u}) {
                leave_unpublished(left);
                expect_counts(next, appended, false);
                leave_unpublished(left);
                expect_counts(next, appended, true);
            }
        }
    }
}

// The machine restarts at once: the append was at work then, and may be there or not.
TEST_F(UnpublishedRowsTest, WithoutARecoveryTheyAreThoseOfAnAppendAtWork)
{
    leave_unpublished(&writing);
    another_boot();
    EXPECT_EQ(t_in_child([&] {
                  return static_cast<int>(checksummed_store_count(open_checksummed(&writing)));
              }),
              7);
}

// A living writer takes the append lock of the dead one.
TEST_F(UnpublishedRowsTest, AreNotKeptWhenALivingWriterGoesOn)
{
    const mmf_options several = sharing();
    for (const bool appends : {false, true}) {
        (void)unlink(path.c_str());
        ASSERT_EQ(t_in_child([&] {
                      checksummed_store *living = create_checksummed(2, &several);
                      if (checksummed_store_sync(living, nullptr) != MMF_OK ||
                          append_checksummed(living, 4) != MMF_OK)
                          return 1;
                      const int died = t_in_child([&] {
                          return append_in_vain(open_checksummed(&several), 3) == MMF_OK ? 0 : 2;
                      });
                      if (died != 0)
                          return died;
                      if (appends)
                          return append_checksummed(living, 5, 50) == MMF_OK ? 0 : 3;
                      unsigned char *records = nullptr; // the lock, and nothing appended
                      return mmfi_append_rows_begin(reinterpret_cast<mmf_store *>(living), 1,
                                                    &records) == MMF_OK
                                 ? 0
                                 : 4;
                  }),
                  0);
        another_boot();
        EXPECT_EQ(t_in_child([&] {
                      return static_cast<int>(checksummed_store_count(open_checksummed(&writing)));
                  }),
                  4)
            << appends;
    }
}

// The row says whether the disk knows: who is killed before the sync leaves that to the next one.
TEST_F(UnpublishedRowsTest, AKillWhileTheyAreDiscardedIsGoneOnFrom)
{
    leave_unpublished(&writing);
    const uint64_t odd = sequence_of(row_bytes(4)) | 1;
    put(place(4), std::string(reinterpret_cast<const char *>(&odd), sizeof odd));
    EXPECT_EQ(t_in_child([&] {
                  return static_cast<int>(checksummed_store_count(open_checksummed(&writing)));
              }),
              4);
    EXPECT_EQ(sequence_of(row_bytes(4)), odd & MMFI_SEQUENCE_COUNT);
    expect_counts(&writing, 2, true);
}

// Stores to a mapping know no limit on file sizes, and an open that needs no growth has none
// either.
TEST_F(UnpublishedRowsTest, ALimitOnFileSizesIsNone)
{
    const mmf_options alone = writing;
    const mmf_options several = sharing();
    for (const mmf_options *next : {&alone, &several}) {
        leave_unpublished(&alone);
        EXPECT_EQ(t_in_child([&] {
                      (void)signal(SIGXFSZ, SIG_IGN);
                      return t_limit(RLIMIT_FSIZE, place(1))
                                 ? static_cast<int>(checksummed_store_count(open_checksummed(next)))
                                 : 100;
                  }),
                  4);
        expect_counts(next, 2, true);
    }
}

// One sync for all that an append left, though the next opens find more of its rows.
TEST_F(UnpublishedRowsTest, OnlyTheFirstIsDisproved)
{
    leave_unpublished(&writing);
    for (uint32_t count = 4; count < 7; count++) {
        ASSERT_EQ(t_in_child([&] {
                      return append_checksummed(open_checksummed(&writing), count + 1, 50) == MMF_OK
                                 ? 0
                                 : 1;
                  }),
                  0);
        const uint64_t next = sequence_of(row_bytes(count + 1));
        EXPECT_EQ(mmfi_sequence_is_odd(next), false) << "row " << count + 1;
        EXPECT_EQ(sequence_of(row_bytes(count)), MMFI_SEQUENCE_FIRST) << "it has no epoch";
    }
}

// The append of the living writer that takes over says why, and no append after it goes on.
TEST_F(UnpublishedRowsTest, ADiskThatFailsEndsItForALivingWriter)
{
    const mmf_options several = sharing();
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *living = create_checksummed(2, &several);
                  checksummed_store *other = open_checksummed(&several);
                  if (checksummed_store_sync(living, nullptr) != MMF_OK)
                      return 1;
                  const int died = t_in_child([&] {
                      return append_in_vain(open_checksummed(&several), 3) == MMF_OK ? 0 : 2;
                  });
                  if (died != 0)
                      return died;
                  if (!t_refuse(SYS_fdatasync, EIO))
                      return 100;
                  if (append_checksummed(living, 3) != MMF_ERR_IO)
                      return 3;
                  return append_checksummed(other, 3) == MMF_ERR_NEEDS_RECOVERY ? 0 : 4;
              }),
              0);
    checksummed_store *store = nullptr;
    EXPECT_EQ(checksummed_store_open(path.c_str(), &several, &store, &error),
              MMF_ERR_NEEDS_RECOVERY);
}

// What cannot be made sure of is not gone on from, by anyone in this boot.
TEST_F(UnpublishedRowsTest, ADiskThatFailsEndsIt)
{
    const mmf_options alone = writing;
    const mmf_options several = sharing();
    for (const mmf_options *next : {&alone, &several}) {
        leave_unpublished(&alone);
        EXPECT_EQ(t_in_child([&] {
                      checksummed_store *store = nullptr;
                      if (!t_refuse(SYS_fdatasync, EIO))
                          return 100;
                      return static_cast<int>(
                          checksummed_store_open(path.c_str(), next, &store, nullptr));
                  }),
                  MMF_ERR_IO);
        checksummed_store *store = nullptr;
        EXPECT_EQ(checksummed_store_open(path.c_str(), &writing, &store, &error),
                  MMF_ERR_NEEDS_RECOVERY);
        checksummed_store *reader = open_checksummed();
        EXPECT_EQ(checksummed_store_count(reader), 4u);
        EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
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
