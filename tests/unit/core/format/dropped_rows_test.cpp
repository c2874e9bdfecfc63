// Records that a recovery drops or keeps when it does not trust memory, and readers that saw them.
#include "core/format/commit.h"
#include "core/store/store_state.h"
#include "mmapforge/value.h"
#include "tests/support/sealed_fixture.h"

namespace {

const mmfi_live *live_of(const mmf_store *store)
{
    return reinterpret_cast<const mmfi_live *>(store->state->map.base + MMFI_LIVE_OFFSET);
}

class DroppedRowsTest : public SealedTest {
protected:
    // What a container with a boot id of its own does to the file when it is started anew.
    void another_boot() const
    {
        put(MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id), "another boot....");
    }

    // A writer that synced so many, appended up to count, and was killed.
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

    void leave_sealed(uint32_t synced, uint32_t count)
    {
        ASSERT_EQ(t_in_child([&] {
                      sealed_store *store = create_sealed(synced);
                      if (sealed_store_sync(store, nullptr) != MMF_OK)
                          return 1;
                      return append_sealed(store, count) == MMF_OK ? 0 : 2;
                  }),
                  0);
    }

    static mmf_status append_sealed(sealed_store *store, uint32_t up_to, uint32_t more = 0)
    {
        mmf_status status = MMF_OK;
        for (auto row = static_cast<uint32_t>(sealed_store_count(store));
             row < up_to && status == MMF_OK; row++) {
            const sealed_record record = t_sealed(row + more);
            status = sealed_store_append(store, &record, nullptr);
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
    EXPECT_EQ(live_of(base(writer))->seen_end, 6u);

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
                                     live_of(base(writer))->seen_end == 6 &&
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
        put(MMFI_LIVE_OFFSET + offsetof(mmfi_live, seen_end),
            std::string(reinterpret_cast<const char *>(&end), sizeof end));
        tick_store *writer = open(&writing);
        EXPECT_EQ(live_of(base(writer))->seen_end, end == 5 ? 5 : mmf_store_capacity(base(writer)));
        ASSERT_EQ(t_append_up_to(writer, tick_store_count(writer) + 1), MMF_OK);
        expect_whole(writer);
        ASSERT_EQ(tick_store_close(writer), MMF_OK);
    }
}

// ---- Records that prove themselves ----

TEST_F(DroppedRowsTest, ATailWithChecksumsIsKept)
{
    leave_sealed(2, 6);
    another_boot();
    sealed_store *writer = open_sealed(&writing);
    EXPECT_EQ(sealed_store_count(writer), 6u);
    EXPECT_EQ(dropped_of(sealed_store_base(writer)), 0u);
    EXPECT_EQ(verify(writer), MMF_OK);
    for (uint32_t row = 0; row < 6; row++) {
        sealed_record record;
        ASSERT_EQ(sealed_store_get(writer, row, &record), MMF_OK);
        EXPECT_TRUE(t_is_sealed(record, row));
    }
    EXPECT_EQ(sealed_store_close(writer), MMF_OK);
}

// Before the first sync nothing says that rows held nothing else before.
TEST_F(DroppedRowsTest, ATailBeforeTheFirstCommitIsNot)
{
    ASSERT_EQ(t_in_child([&] { return create_sealed(3) != nullptr ? 0 : 1; }), 0);
    another_boot();
    sealed_store *writer = open_sealed(&writing);
    EXPECT_EQ(sealed_store_count(writer), 0u);
    EXPECT_EQ(dropped_of(sealed_store_base(writer)), 3u);
    EXPECT_EQ(sealed_store_close(writer), MMF_OK);
}

// Every bit of a record in the tail counts, and what follows a damaged one is not kept.
TEST_F(DroppedRowsTest, ATailEndsWhereItIsDamaged)
{
    leave_sealed(2, 6);
    const std::string whole = row_bytes(4);
    for (size_t byte = 0; byte < SEALED_RECORD_SIZE; byte += 3) {
        flip(place(4) + byte, byte % 8);
        another_boot();
        EXPECT_EQ(
            t_in_child([&] { return static_cast<int>(sealed_store_count(open_sealed(&writing))); }),
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
    leave_sealed(2, 6);
    flip(place(3), 4);
    another_boot();
    ASSERT_EQ(t_in_child([&] {
                  sealed_store *writer = open_sealed(&writing);
                  return sealed_store_count(writer) == 3 && append_sealed(writer, 4, 50) == MMF_OK
                             ? 0
                             : 1;
              }),
              0);
    another_boot();
    ASSERT_EQ(t_in_child([&] {
                  // Row 2 is of the first life, whose commit is the last; row 3 is of no epoch.
                  sealed_store *writer = open_sealed(&writing);
                  if (sealed_store_count(writer) != 3 || append_sealed(writer, 4, 60) != MMF_OK ||
                      sealed_store_sync(writer, nullptr) != MMF_OK)
                      return 1;
                  return 0;
              }),
              0);
    another_boot();
    // Rows 4 and 5 of the first life are sound, and there: they are of another epoch.
    ASSERT_EQ(t_in_child([&] {
                  sealed_store *writer = open_sealed(&writing);
                  if (sealed_store_count(writer) != 4)
                      return 1;
                  // Now of the second epoch only after a commit of it.
                  if (append_sealed(writer, 5, 70) != MMF_OK ||
                      sealed_store_sync(writer, nullptr) != MMF_OK)
                      return 2;
                  return append_sealed(writer, 8, 80) == MMF_OK ? 0 : 3;
              }),
              0);
    another_boot();
    sealed_store *writer = open_sealed(&writing);
    ASSERT_EQ(sealed_store_count(writer), 8u);
    const uint32_t marks[] = {0, 1, 2, 63, 74, 85, 86, 87};
    for (uint32_t row = 0; row < 8; row++) {
        sealed_record record;
        ASSERT_EQ(sealed_store_get(writer, row, &record), MMF_OK);
        EXPECT_TRUE(t_is_sealed(record, marks[row])) << row << ": " << record.mark;
    }
    EXPECT_EQ(verify(writer), MMF_OK);
    EXPECT_EQ(sealed_store_close(writer), MMF_OK);
}

// ---- Records in the wrong place ----

TEST_F(DroppedRowsTest, ARecordOfAnotherRowOrFileIsFound)
{
    sealed_store *store = create_sealed(3);
    ASSERT_EQ(sealed_store_sync(store, &error), MMF_OK);
    const std::string first = row_bytes(0);
    const std::string own = row_bytes(2);
    put(place(2), first);
    EXPECT_EQ(verify(store), MMF_ERR_CORRUPT);
    EXPECT_EQ(bad, 2u);
    put(place(2), own);
    EXPECT_EQ(verify(store), MMF_OK);
    const std::string kept = path;
    path += ".other";
    sealed_store *other = create_sealed(3);
    EXPECT_EQ(verify(other), MMF_OK);
    path = kept;
    const std::string of_the_first = row_bytes(1);
    path += ".other";
    EXPECT_NE(of_the_first, row_bytes(1)) << "the same fields, in another file";
    put(place(1), of_the_first);
    EXPECT_EQ(verify(other), MMF_ERR_CORRUPT);
    EXPECT_EQ(bad, 1u);
    EXPECT_EQ(sealed_store_close(other), MMF_OK);
    path = kept;
    EXPECT_EQ(sealed_store_close(store), MMF_OK);
}
