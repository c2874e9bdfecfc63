// Windows of rows and columns: what they cover, and what they refuse.
#include "mmapforge/detail/columns.h"

#include "tests/support/store_fixture.h"

namespace {

class ColumnsTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        ticks = create();
        fill(ticks, 4);
        store = tick_store_base(ticks);
    }

    void TearDown() override
    {
        tick_store_close(ticks);
        StoreTest::TearDown();
    }

    // It must fail so and give an empty window.
    void expect_refused(mmf_status expected, const mmf_store *from, uint64_t first, uint64_t count)
    {
        const unsigned char byte = 0;
        mmf_rows rows = {&byte, 99};
        EXPECT_EQ(mmfi_rows(from, first, count, TICK_RECORD_SIZE, &rows), expected)
            << first << ' ' << count;
        EXPECT_EQ(rows.records, nullptr);
        EXPECT_EQ(rows.count, 0u);
    }

    tick_store *ticks = nullptr;
    const mmf_store *store = nullptr;
};

TEST_F(ColumnsTest, AWindowCoversTheRowsAskedFor)
{
    for (uint64_t first = 0; first <= 4; first++)
        for (uint64_t count = 0; first + count <= 4; count++) {
            tick_rows rows;
            ASSERT_EQ(tick_store_rows(ticks, first, count, &rows), MMF_OK);
            ASSERT_EQ(tick_rows_count(rows), count);
            mmf_column_float64 prices;
            ASSERT_EQ(tick_store_column_price(ticks, first, count, &prices), MMF_OK);
            ASSERT_EQ(prices.count, count);
            for (uint64_t i = 0; i < count; i++) {
                EXPECT_EQ(tick_rows_timestamp(rows, i), first + i);
                EXPECT_EQ(mmf_column_float64_at(prices, i), static_cast<double>(first + i));
                const mmf_str symbol = tick_rows_symbol(rows, i);
                EXPECT_EQ(std::string(symbol.data, symbol.length), t_tick(first + i).symbol);
            }
        }
}

TEST_F(ColumnsTest, ToTheEndMeansTheRecordsThereAre)
{
    for (uint64_t first = 0; first <= 4; first++) {
        mmf_rows rows;
        ASSERT_EQ(mmfi_rows(store, first, MMF_TO_END, TICK_RECORD_SIZE, &rows), MMF_OK);
        EXPECT_EQ(rows.count, 4 - first);
    }
    expect_refused(MMF_ERR_RANGE, store, 5, MMF_TO_END);
    expect_refused(MMF_ERR_RANGE, store, UINT64_MAX, MMF_TO_END);
}

TEST_F(ColumnsTest, AWindowBeyondTheEndIsRefused)
{
    expect_refused(MMF_ERR_RANGE, store, 0, 5);
    expect_refused(MMF_ERR_RANGE, store, 4, 1);
    expect_refused(MMF_ERR_RANGE, store, 5, 0);
    expect_refused(MMF_ERR_RANGE, store, UINT64_MAX, 0);
    expect_refused(MMF_ERR_RANGE, store, UINT64_MAX, 2); // their sum is 1
    expect_refused(MMF_ERR_RANGE, store, 1, UINT64_MAX - 1);
    expect_refused(MMF_ERR_RANGE, store, 2, UINT64_MAX - 1); // their sum is 0
}

TEST_F(ColumnsTest, WithoutAStoreOrAPlaceThereIsNoWindow)
{
    expect_refused(MMF_ERR_ARGUMENT, nullptr, 0, 1);
    EXPECT_EQ(mmfi_rows(store, 0, 1, TICK_RECORD_SIZE, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_rows(ticks, 0, 1, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_column_price(ticks, 0, 1, nullptr), MMF_ERR_ARGUMENT);
    tick_store *reader = open();
    const mmf_store *base = tick_store_base(reader);
    ASSERT_EQ(tick_store_close(reader), MMF_OK);
    expect_refused(MMF_ERR_CLOSED, base, 0, MMF_TO_END);
}

TEST_F(ColumnsTest, AFailedColumnIsEmpty)
{
    mmf_column_float64 prices = {nullptr, 99, 0};
    EXPECT_EQ(tick_store_column_price(ticks, 0, 5, &prices), MMF_ERR_RANGE);
    EXPECT_EQ(prices.data, nullptr);
    EXPECT_EQ(prices.count, 0u);
}

// A window is a place and not a copy; its end stays where it was.
TEST_F(ColumnsTest, AWindowShowsLaterValuesAndNoLaterRows)
{
    mmf_column_float64 prices;
    ASSERT_EQ(tick_store_column_price(ticks, 0, MMF_TO_END, &prices), MMF_OK);
    ASSERT_EQ(tick_store_set_price(ticks, 2, 4711.0), MMF_OK);
    EXPECT_EQ(mmf_column_float64_at(prices, 2), 4711.0);
    const tick_record tick = t_tick(4);
    ASSERT_EQ(tick_store_append(ticks, &tick, nullptr), MMF_OK);
    EXPECT_EQ(prices.count, 4u);
    ASSERT_EQ(tick_store_column_price(ticks, 0, MMF_TO_END, &prices), MMF_OK);
    EXPECT_EQ(prices.count, 5u);
}

// A reader asks for rows that it has not heard of.
TEST_F(ColumnsTest, AReaderSeesWhatWasPublishedSinceItOpened)
{
    tick_store *reader = open();
    const tick_record tick = t_tick(4);
    ASSERT_EQ(tick_store_append(ticks, &tick, nullptr), MMF_OK);
    mmf_column_float64 prices;
    ASSERT_EQ(tick_store_column_price(reader, 4, 1, &prices), MMF_OK);
    EXPECT_EQ(mmf_column_float64_at(prices, 0), 4.0);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(ColumnsTest, AnEmptyStoreHasAnEmptyWindow)
{
    path += ".empty";
    tick_store *empty = create();
    mmf_rows rows = {nullptr, 99};
    EXPECT_EQ(mmfi_rows(tick_store_base(empty), 0, MMF_TO_END, TICK_RECORD_SIZE, &rows), MMF_OK);
    EXPECT_EQ(rows.count, 0u);
    EXPECT_EQ(mmfi_rows(tick_store_base(empty), 0, 0, TICK_RECORD_SIZE, &rows), MMF_OK);
    EXPECT_EQ(tick_store_close(empty), MMF_OK);
}

// Before its first window a reader knows no row; the next ones find theirs known.
TEST_F(ColumnsTest, AWindowIsTheSameTheFirstTimeAndTheNext)
{
    tick_store *reader = open();
    for (int time = 0; time < 2; time++) {
        tick_rows rows;
        ASSERT_EQ(tick_store_rows(reader, 1, 2, &rows), MMF_OK);
        EXPECT_EQ(rows.base.records, mmfi_row(tick_store_base(reader), 1, TICK_RECORD_SIZE));
        EXPECT_EQ(tick_rows_count(rows), 2u);
        expect_refused(MMF_ERR_RANGE, tick_store_base(reader), 1, 4);
    }
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(ColumnsTest, AReadSectionSeesWhatHappensToItsRow)
{
    tick_store *reader = open();
    tick_rows rows;
    ASSERT_EQ(tick_store_rows(reader, 1, 2, &rows), MMF_OK);
    uint64_t sequence = 0;
    ASSERT_EQ(tick_rows_read_begin(rows, 1, &sequence), MMF_OK);
    EXPECT_EQ(sequence, mmfi_sequence_load(mmfi_row(store, 2, TICK_RECORD_SIZE)));
    EXPECT_FALSE(tick_rows_read_retry(rows, 1, sequence));
    // Another row is none of its business.
    const tick_record tick = t_tick(9);
    ASSERT_EQ(tick_store_set(ticks, 1, &tick), MMF_OK);
    EXPECT_FALSE(tick_rows_read_retry(rows, 1, sequence));
    ASSERT_EQ(tick_store_set_price(ticks, 2, 1.5), MMF_OK);
    EXPECT_TRUE(tick_rows_read_retry(rows, 1, sequence));
    ASSERT_EQ(tick_rows_read_begin(rows, 1, &sequence), MMF_OK);
    ASSERT_EQ(tick_store_set(ticks, 2, &tick), MMF_OK);
    EXPECT_TRUE(tick_rows_read_retry(rows, 1, sequence));
    EXPECT_EQ(tick_rows_read_begin(rows, 1, nullptr), MMF_ERR_ARGUMENT);

    // Half replaced, and then as no writer leaves a record.
    ASSERT_EQ(tick_rows_read_begin(rows, 1, &sequence), MMF_OK);
    uint64_t none = 5;
    const mmfi_write write = mmfi_write_begin((mmf_store *)ticks, 2, TICK_RECORD_SIZE);
    ASSERT_EQ(write.status, MMF_OK);
    EXPECT_TRUE(tick_rows_read_retry(rows, 1, sequence));
    EXPECT_EQ(tick_rows_read_begin(rows, 1, &none), MMF_ERR_BUSY);
    EXPECT_EQ(none, 0u);
    none = 5;
    EXPECT_EQ(mmfi_write_end(write), MMF_OK);
    mmfi_store64(write.record, 0);
    EXPECT_EQ(tick_rows_read_begin(rows, 1, &none), MMF_ERR_CORRUPT);
    EXPECT_EQ(none, 0u);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

} // namespace
