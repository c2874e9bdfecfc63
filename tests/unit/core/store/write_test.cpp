// Whether a handle may write, and appends over rows whose records readers may have seen.
#include "mmapforge/detail/append_rows.h"
#include "mmapforge/value.h"
#include "tests/support/dropped_rows_fixture.h"

namespace {

class WriteTest : public StoreTest {};
class AppendOverSeenTest : public DroppedRows {};

} // namespace

TEST_F(WriteTest, AReaderIsRefusedWriting)
{
    tick_store *writer = create();
    fill(writer, 1);
    tick_store *reader = open();
    tick_record tick = t_tick(1);
    EXPECT_EQ(tick_store_set_price(reader, 0, 5), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_set(reader, 0, &tick), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_append(reader, &tick, nullptr), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_sync(reader, &error), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(WriteTest, AForkedChildReadsAndIsRefusedWriting)
{
    tick_store *store = create();
    fill(store, 2);
    EXPECT_EQ(t_in_child([store] {
                  tick_record tick = t_tick(9);
                  if (tick_store_get(store, 1, &tick) != MMF_OK || tick.timestamp != 1)
                      return 1;
                  if (tick_store_set_price(store, 0, 7) != MMF_ERR_READ_ONLY)
                      return 2;
                  if (tick_store_append(store, &tick, nullptr) != MMF_ERR_READ_ONLY)
                      return 3;
                  if (tick_store_set(store, 0, &tick) != MMF_ERR_READ_ONLY)
                      return 4;
                  return tick_store_close(store) == MMF_OK ? 0 : 5;
              }),
              0);
    // The child's close gave neither the lock back nor the handle away.
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_EQ(tick_store_set_price(store, 0, 7), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// ---- Rows whose records readers may have seen ----

// Halfway through the append over a record that a reader has seen, the reader gets the old one.
TEST_F(AppendOverSeenTest, AnAppendOverASeenRecordReplacesIt)
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

TEST_F(AppendOverSeenTest, SoDoesAnAppendOfManyRows)
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
TEST_F(AppendOverSeenTest, AKillHalfwayLeavesTheSeenRecord)
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

// What was staged for an append that was given up is not what a later one publishes.
TEST_F(AppendOverSeenTest, AStagedAppendThatWasGivenUpIsForgotten)
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
