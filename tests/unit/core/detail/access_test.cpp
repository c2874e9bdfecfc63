// Records that are appended, replaced and read by typed calls: what comes back, and what changes
// nothing.
#include "mmapforge/detail/access.h"

#include "tests/support/store_fixture.h"

namespace {

class AccessTest : public StoreTest {};

} // namespace

TEST_F(AccessTest, WhatIsAppendedIsReadThroughEveryPath)
{
    tick_store *writer = create();
    tick_store *reader = open();
    fill(writer, 3);
    EXPECT_EQ(tick_store_count(reader), 3u);
    tick_record tick;
    ASSERT_EQ(tick_store_get(reader, 2, &tick), MMF_OK);
    EXPECT_TRUE(t_is_whole(tick));
    EXPECT_EQ(tick.timestamp, 2u);
    double price = 0;
    ASSERT_EQ(tick_store_get_price(reader, 2, &price), MMF_OK);
    EXPECT_EQ(price, 2.0);
    char symbol[TICK_SYMBOL_MAX + 1];
    size_t length = 0;
    ASSERT_EQ(tick_store_get_symbol(reader, 2, symbol, sizeof symbol, &length), MMF_OK);
    EXPECT_STREQ(symbol, t_tick(2).symbol);
    EXPECT_EQ(length, 64u);
    mmf_column_float64 column;
    ASSERT_EQ(tick_store_column_price(reader, 1, MMF_TO_END, &column), MMF_OK);
    ASSERT_EQ(column.count, 2u);
    EXPECT_EQ(mmf_column_float64_at(column, 1), 2.0);
    tick_rows rows;
    ASSERT_EQ(tick_store_rows(reader, 0, 3, &rows), MMF_OK);
    EXPECT_EQ(tick_rows_timestamp(rows, 1), 1u);
    EXPECT_EQ(tick_rows_symbol(rows, 1).length, 64u);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(AccessTest, TooLongIsRefusedAndChangesNothing)
{
    tick_store *store = create();
    fill(store, 1);
    const std::string long_text(TICK_SYMBOL_MAX + 1, 'x');
    tick_record tick = t_tick(0);
    tick.symbol_length = TICK_SYMBOL_MAX + 1;
    EXPECT_EQ(tick_store_set_symbol(store, 0, long_text.data(), long_text.size()),
              MMF_ERR_TOO_LONG);
    EXPECT_EQ(tick_store_set(store, 0, &tick), MMF_ERR_TOO_LONG);
    EXPECT_EQ(tick_store_append(store, &tick, nullptr), MMF_ERR_TOO_LONG);
    EXPECT_EQ(tick_store_count(store), 1u);
    char small[64];
    size_t length = 9;
    EXPECT_EQ(tick_store_get_symbol(store, 0, small, sizeof small, &length), MMF_ERR_TOO_LONG);
    EXPECT_EQ(length, 0u);
    ASSERT_EQ(tick_store_get(store, 0, &tick), MMF_OK);
    EXPECT_TRUE(t_is_whole(tick));
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}
