// How many rows there are, and how many of them a handle can read.
#include <fcntl.h>

#include "tests/support/store_fixture.h"

namespace {

class BoundsTest : public StoreTest {};

} // namespace

// What the writer appended beyond the address space of a reader is counted, and not read.
TEST_F(BoundsTest, AReaderWithASmallReserveSaysWhatItCannotReach)
{
    tick_store *writer = create();
    mmf_options small = MMF_OPTIONS_INIT;
    small.reserve_bytes = 1;
    tick_store *reader = open(&small);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    const uint64_t reach = info.capacity_max;
    fill(writer, reach + 1);
    tick_record tick;
    EXPECT_EQ(tick_store_get(reader, reach - 1, &tick), MMF_OK);
    EXPECT_EQ(tick_store_get(reader, reach, &tick), MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_get(reader, reach + 1, &tick), MMF_ERR_RANGE);
    EXPECT_EQ(tick_store_count(reader), reach + 1);
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_EQ(info.missing_rows, 0u) << "the file has them";
    tick_rows rows;
    EXPECT_EQ(tick_store_rows(reader, reach, 1, &rows), MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_rows(reader, 0, MMF_TO_END, &rows), MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_rows(reader, 0, reach, &rows), MMF_OK);
    EXPECT_EQ(tick_rows_count(rows), reach);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    reader = open();
    EXPECT_EQ(expect_whole(reader), reach + 1);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(BoundsTest, AHostileCountIsBoundedByTheFile)
{
    tick_store *writer = create();
    fill(writer, 3);
    tick_store *reader = open();
    put(16384, std::string(8, '\x7f'));
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_EQ(tick_store_count(reader), 3u) << "more than the file ever had room for";
    tick_record tick;
    EXPECT_EQ(tick_store_get(reader, 2, &tick), MMF_OK);
    EXPECT_EQ(tick_store_get(reader, 3, &tick), MMF_ERR_CORRUPT);
    EXPECT_EQ(tick_store_get(reader, info.capacity, &tick), MMF_ERR_CORRUPT);
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}
