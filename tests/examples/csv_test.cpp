// Trades out of CSV files, good and bad.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

extern "C" {
#include "examples/ticks/csv.h"
}

namespace {

const uint64_t SECOND = 1000000000;

class CsvTest : public testing::Test {
protected:
    bool open(const std::string &content)
    {
        path = testing::TempDir() + "/trades.csv";
        std::ofstream(path, std::ios::binary) << content;
        testing::internal::CaptureStderr();
        const bool good = csv_open(&reader, path.c_str());
        said = testing::internal::GetCapturedStderr();
        return good;
    }

    // Every trade that is left; what was said of other lines goes to `said`.
    std::vector<csv_trade> rest()
    {
        std::vector<csv_trade> trades;
        csv_trade trade;
        testing::internal::CaptureStderr();
        while (csv_next(&reader, &trade))
            trades.push_back(trade);
        said = testing::internal::GetCapturedStderr();
        csv_close(&reader);
        return trades;
    }

    // The timestamp of a file of one trade; 0 when the line is passed over.
    uint64_t time_of(const std::string &text)
    {
        EXPECT_TRUE(open("timestamp,price,volume\n" + text + ",1,2\n"));
        const std::vector<csv_trade> trades = rest();
        EXPECT_EQ(trades.size() + reader.bad, 1u);
        return trades.empty() ? 0 : trades[0].timestamp;
    }

    std::string path;
    std::string said;
    csv_reader reader = {};
};

} // namespace

TEST_F(CsvTest, TheHeaderNamesTheColumnsInAnyOrder)
{
    for (const char *header :
         {"timestamp,close,volume,open", "Timestamp,PRICE,Volume,x",
          "timestamp,price,volume,close\r", "\xef\xbb\xbftimestamp,price,volume"}) {
        const bool close = std::string(header).find("e,close") != std::string::npos;
        ASSERT_TRUE(open(std::string(header) + "\n1,2,3,4\n")) << header << said;
        const std::vector<csv_trade> trades = rest();
        ASSERT_EQ(trades.size(), 1u) << header;
        EXPECT_EQ(trades[0].timestamp, SECOND);
        EXPECT_EQ(trades[0].price, close ? 4 : 2) << "close comes before price";
        EXPECT_EQ(trades[0].volume, 3);
    }
}

TEST_F(CsvTest, AHeaderThatLacksAColumnIsRefused)
{
    for (const char *content :
         {"", "\n", "timestamp,price\n1,2\n", "1,2,3\n", "timestamp;price;volume\n"}) {
        EXPECT_FALSE(open(content));
        EXPECT_NE(said.find(path + ":1: the header line must name"), std::string::npos) << said;
        EXPECT_EQ(reader.file, nullptr);
    }
    testing::internal::CaptureStderr();
    EXPECT_FALSE(csv_open(&reader, "/no/such.csv"));
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "/no/such.csv: cannot be opened: No such file or directory\n");
}

TEST_F(CsvTest, TimesAreIsoOrWholeNumbersOfAnyUnit)
{
    const uint64_t noon = 1704110400 * SECOND; // date -u -d 2024-01-01T12:00 +%s
    for (const char *same : {"2024-01-01T12:00:00", "2024-01-01 12:00:00", "2024-01-01T12:00:00Z",
                             "2024-01-01T12:00:00+00:00", "2024-01-01T12:00:00.000Z", "1704110400",
                             "1704110400000", "1704110400000000", "1704110400000000000"})
        EXPECT_EQ(time_of(same), noon) << same;
    EXPECT_EQ(time_of("2024-01-01"), noon - 12 * 3600 * SECOND);
    EXPECT_EQ(time_of("2024-01-01T12:00:00.5"), noon + SECOND / 2);
    EXPECT_EQ(time_of("2024-01-01T12:00:00.123456789999"), noon + 123456789);
    EXPECT_EQ(time_of("2024-02-29"), noon + (58 * 24 + 12) * 3600 * SECOND);
}

TEST_F(CsvTest, WhatIsNoTimeIsPassedOver)
{
    for (const char *text :
         {"", "x", "-1", "1.5", "12345678901234567890", "2024-13-01", "2024-02-30", "2023-02-29",
          "2024-04-31", "2024-01-01T25:00:00", "2024-01-01T12:00:00+01:00", "2024-01-01T",
          "1969-12-31", "2024-01-01T12:00:00Zx"}) {
        EXPECT_EQ(time_of(text), 0u) << text;
        EXPECT_EQ(said, path + ":2: line passed over: its timestamp is neither ISO 8601 in UTC nor "
                               "a whole number\n");
    }
}

TEST_F(CsvTest, BadLinesAreNamedCountedAndNotFatal)
{
    ASSERT_TRUE(
        open("timestamp,price,volume\n1,1,1\n2,2\n\n3,x,3\n4,4,nan\n5,inf,5\n6,1e999,6\n7,7,7"));
    const std::vector<csv_trade> trades = rest();
    ASSERT_EQ(trades.size(), 2u);
    EXPECT_EQ(trades[1].price, 7);
    EXPECT_EQ(reader.bad, 6u);
    EXPECT_EQ(said, path + ":3: line passed over: it has too few columns\n" +         //
                        path + ":4: line passed over: it has too few columns\n" +     //
                        path + ":5: line passed over: its price is not a number\n" +  //
                        path + ":6: line passed over: its volume is not a number\n" + //
                        path + ":7: line passed over: its price is not a number\n" +  //
                        path + ":8: line passed over: its price is not a number\n");
}

TEST_F(CsvTest, TenBadLinesAreSaidAndAllAreCounted)
{
    std::string content = "timestamp,price,volume\n";
    for (int i = 0; i < 25; i++)
        content += "bad\n";
    ASSERT_TRUE(open(content));
    EXPECT_TRUE(rest().empty());
    EXPECT_EQ(reader.bad, 25u);
    EXPECT_NE(said.find(":11: "), std::string::npos);
    EXPECT_EQ(said.find(":12: "), std::string::npos) << said;
}

// A line is a line, however long, and whatever is in it.
TEST_F(CsvTest, LongLinesAndNulsKeepToTheirLine)
{
    ASSERT_TRUE(open("timestamp,price,volume\n" + std::string(3 * CSV_LINE_SIZE, 'x') + "\n" +
                     std::string("1,1\0,1\n", 7) + "2,2,2," + std::string(CSV_LINE_SIZE, 'y') +
                     "\n3,3,3\n"));
    const std::vector<csv_trade> trades = rest();
    ASSERT_EQ(trades.size(), 2u) << said;
    EXPECT_EQ(trades[0].price, 2);
    EXPECT_EQ(trades[1].price, 3);
    EXPECT_EQ(reader.line, 5u);
    EXPECT_NE(said.find(":2: line passed over"), std::string::npos);
    EXPECT_NE(said.find(":3: line passed over"), std::string::npos);
}
