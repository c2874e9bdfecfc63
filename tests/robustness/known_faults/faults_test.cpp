// Ten faults that such stores have had, each as a test that fails on a store that has it. Those of
// growth are in faults_growth_test.cpp.
#include <csignal>

#include "core/store/state.h"
#include "tests/support/store_fixture.h"

namespace {

class KnownFaultsTest : public StoreTest {};

} // namespace

// 4: an append published an empty record before its fields were set.
TEST_F(KnownFaultsTest, AppendPublishesOnlyWholeRecords)
{
    tick_store *writer = create();
    tick_store *reader = open();
    fill(writer, 1);
    const tick_record tick = t_tick(1);
    const mmfi_append append = mmfi_append_begin((mmf_store *)writer, TICK_RECORD_SIZE);
    ASSERT_NE(append.record, nullptr);
    EXPECT_EQ(tick_store_count(reader), 1u);
    tick_record_save(append.record, &tick);
    EXPECT_EQ(tick_store_count(reader), 1u);
    tick_record found;
    EXPECT_EQ(tick_store_get(reader, 1, &found), MMF_ERR_RANGE);
    ASSERT_EQ(mmfi_append_end(append, nullptr), MMF_OK);
    ASSERT_EQ(tick_store_get(reader, 1, &found), MMF_OK);
    EXPECT_TRUE(t_is_whole(found));
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// 5: a row out of range was dereferenced before it was checked.
TEST_F(KnownFaultsTest, RowsOutOfRange)
{
    tick_store *store = create();
    fill(store, 2);
    for (const uint64_t row : {UINT64_C(2), UINT64_C(1) << 32, UINT64_MAX / TICK_RECORD_SIZE,
                               UINT64_MAX - 1, UINT64_MAX}) {
        tick_record tick = t_tick(5);
        double price = 5;
        mmf_str view = {"", 3};
        uint64_t sequence = 5;
        char symbol[TICK_SYMBOL_MAX + 1] = "x";
        size_t length = 1;
        EXPECT_EQ(tick_store_get(store, row, &tick), MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_get_price(store, row, &price), MMF_ERR_RANGE);
        EXPECT_EQ(price, 0);
        EXPECT_EQ(tick_store_set_price(store, row, 1), MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_set(store, row, &tick), MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_get_symbol(store, row, symbol, sizeof symbol, &length), MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_set_symbol(store, row, "a", 1), MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_view_symbol(store, row, &view), MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_read_begin(store, row, &sequence), MMF_ERR_RANGE);
        EXPECT_TRUE(tick_store_read_retry(store, row, sequence));
        tick_rows rows;
        EXPECT_EQ(tick_store_rows(store, row, 1, &rows), MMF_ERR_RANGE);
        mmf_column_float64 column;
        EXPECT_EQ(tick_store_column_price(store, 1, row, &column),
                  row == MMF_TO_END ? MMF_OK : MMF_ERR_RANGE);
    }
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// 7: repair ran before the lock was taken, under a writer at work.
TEST_F(KnownFaultsTest, ARefusedSecondWriterChangesNoByte)
{
    tick_store *store = create();
    fill(store, 3);
    const tick_record tick = t_tick(9);
    const mmfi_write write = mmfi_write_begin((mmf_store *)store, 1, TICK_RECORD_SIZE);
    ASSERT_NE(write.record, nullptr); // in the middle of an update
    const std::string before = bytes();
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_NE(std::string(error.message).find(std::to_string(getpid())), std::string::npos)
        << error.message;
    EXPECT_EQ(t_in_child([this] { return static_cast<int>(open_fails(&writing)); }),
              static_cast<int>(MMF_ERR_LOCKED));
    EXPECT_EQ(bytes(), before);
    tick_record_save(write.record, &tick);
    mmfi_write_end(write);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// 8: a reader span for ever on a record whose writer died. The writer dies after each of its steps.
TEST_F(KnownFaultsTest, AWriterKilledBetweenAnyTwoStepsOfAnUpdate)
{
    tick_store *store = create();
    fill(store, 3);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const int steps = 7;
    for (int last = 0; last <= steps; last++) {
        tick_store *reader = open();
        EXPECT_EQ(t_in_child([this, last] {
                      tick_store *writer = nullptr;
                      if (tick_store_open(path.c_str(), &writing, &writer, nullptr) != MMF_OK)
                          return 1;
                      const tick_record tick = t_tick(1000 + static_cast<uint64_t>(last));
                      int step = 0;
                      auto done = [&] {
                          if (step++ == last)
                              raise(SIGKILL);
                      };
                      unsigned char *record = mmfi_row((mmf_store *)writer, 1, TICK_RECORD_SIZE);
                      const uint64_t sequence = mmfi_sequence_load(record);
                      done();
                      mmfi_undo_save(((mmf_store *)writer)->state->writer->undo, 1, record,
                                     sequence, TICK_RECORD_SIZE);
                      done();
                      const uint64_t odd = mmfi_sequence_write_begin(record, sequence);
                      done();
                      mmfi_save_string(record, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX, tick.symbol,
                                       tick.symbol_length);
                      done();
                      mmfi_save_float64(record, TICK_PRICE_OFFSET, tick.price);
                      done();
                      mmfi_save_float64(record, TICK_VOLUME_OFFSET, tick.volume);
                      done();
                      mmfi_save_uint64(record, TICK_TIMESTAMP_OFFSET, tick.timestamp);
                      done();
                      mmfi_sequence_write_end(record, odd);
                      done();
                      return 2;
                  }),
                  -SIGKILL);
        // Only the last round gets to its end; every one before leaves the record as it was.
        const uint64_t expected = last == steps ? 1000 + static_cast<uint64_t>(last) : 1;
        tick_record tick;
        ASSERT_EQ(tick_store_get(reader, 1, &tick), MMF_OK) << "killed after step " << last;
        EXPECT_TRUE(t_is_whole(tick));
        EXPECT_EQ(tick.timestamp, expected) << "killed after step " << last;
        store = open(&writing); // recovery
        ASSERT_EQ(tick_store_get(reader, 1, &tick), MMF_OK);
        EXPECT_TRUE(t_is_whole(tick));
        EXPECT_EQ(tick.timestamp, expected);
        EXPECT_EQ(tick_store_count(reader), 3u);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
    }
}

// 8 again, at arbitrary moments: a writer that updates and appends is killed, and followed.
TEST_F(KnownFaultsTest, WritersKilledAtRandom)
{
    tick_store *store = create();
    fill(store, 3);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    tick_store *reader = open();
    uint64_t count_before = 3;
    for (int round = 0; round < 100; round++) {
        Turn started;
        const pid_t child = fork();
        if (child == 0) {
            tick_store *writer = nullptr;
            if (tick_store_open(path.c_str(), &writing, &writer, nullptr) != MMF_OK)
                _exit(1);
            started.give();
            for (uint64_t mark = 0;; mark++) {
                const tick_record tick = t_tick(mark);
                if (tick_store_set(writer, mark % 3, &tick) != MMF_OK ||
                    tick_store_append(writer, &tick, nullptr) != MMF_OK)
                    _exit(1);
            }
        }
        started.take();
        usleep(static_cast<useconds_t>(round * 7));
        ASSERT_EQ(kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        const uint64_t count = tick_store_count(reader);
        ASSERT_GE(count, count_before);
        count_before = count;
        for (uint64_t row = 0; row < count; row = row < 3 ? row + 1 : row + 101) {
            tick_record tick;
            ASSERT_EQ(tick_store_get(reader, row, &tick), MMF_OK) << row;
            ASSERT_TRUE(t_is_whole(tick)) << row;
        }
    }
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// 9: the hash of a schema ignored the order of its fields.
TEST_F(KnownFaultsTest, FieldOrderChangesTheHash)
{
    const std::string one = "record Tick version 1 {\n  a: uint64;\n  b: uint64;\n}\n";
    const std::string two = "record Tick version 1 {\n  b: uint64;\n  a: uint64;\n}\n";
    mmf_schema *first = nullptr;
    mmf_schema *second = nullptr;
    ASSERT_EQ(mmf_schema_parse(one.data(), one.size(), &first, &error), MMF_OK);
    ASSERT_EQ(mmf_schema_parse(two.data(), two.size(), &second, &error), MMF_OK);
    EXPECT_NE(first->layout_hash, second->layout_hash);
    mmf_store *store = nullptr;
    ASSERT_EQ(mmf_store_create(path.c_str(), nullptr, first, &store, &error), MMF_OK);
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    const uint64_t values[] = {0, 1, 2};
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = MMF_READ_WRITE;
    ASSERT_EQ(mmf_store_open_as(path.c_str(), &options, first, &store, &error), MMF_OK);
    ASSERT_EQ(mmf_store_append_rows(store, values, 1, sizeof values, nullptr), MMF_OK);
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    // A program that has them in another order finds each by its name.
    ASSERT_EQ(mmf_store_open_as(path.c_str(), nullptr, second, &store, &error), MMF_OK);
    const mmf_schema *schema = mmf_store_schema(store);
    mmf_value value;
    EXPECT_EQ(mmf_store_get_value(store, 0, mmf_schema_find(schema, "a"), nullptr, 0, &value),
              MMF_OK);
    EXPECT_EQ(value.as.natural, 1u);
    EXPECT_EQ(mmf_store_get_value(store, 0, mmf_schema_find(schema, "b"), nullptr, 0, &value),
              MMF_OK);
    EXPECT_EQ(value.as.natural, 2u);
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    mmf_schema_free(first);
    mmf_schema_free(second);
}

// 10: a zero-copy string was returned after the check that validated it, and could tear later.
TEST_F(KnownFaultsTest, StringsCopiedOutAreNeverTorn)
{
    tick_store *store = create();
    fill(store, 1);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const pid_t child = fork();
    if (child == 0) {
        tick_store *writer = nullptr;
        if (tick_store_open(path.c_str(), &writing, &writer, nullptr) != MMF_OK)
            _exit(1);
        for (unsigned i = 0;; i++) {
            const std::string text(TICK_SYMBOL_MAX - i % 3, static_cast<char>('a' + i % 26));
            if (tick_store_set_symbol(writer, 0, text.data(), text.size()) != MMF_OK)
                _exit(1);
        }
    }
    tick_store *reader = open();
    unsigned changes = 0;
    char before = 0;
    for (int i = 0; i < 200000 || changes < 10; i++) {
        char symbol[TICK_SYMBOL_MAX + 1];
        size_t length = 0;
        const mmf_status status = tick_store_get_symbol(reader, 0, symbol, sizeof symbol, &length);
        if (status == MMF_ERR_BUSY)
            continue;
        ASSERT_EQ(status, MMF_OK);
        ASSERT_EQ(strlen(symbol), length);
        const char first = symbol[0];
        if (first != '0') { // the symbol that the record began with
            ASSERT_EQ(std::string(symbol), std::string(length, first));
        }
        changes += first != before ? 1 : 0;
        before = first;
    }
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}
