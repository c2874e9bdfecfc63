// Trades out of CSV files, good and bad.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

extern "C" {
#include "examples/ticks/csv.h"
}

namespace {

const int64_t SECOND = 1000000000;

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
    int64_t time_of(const std::string &text)
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
          "timestamp,price,volume,close\r", "\xef\xbb\xbftimestamp,price,volume,x"}) {
        const bool close = std::string(header).find("e,close") != std::string::npos;
        ASSERT_TRUE(open(std::string(header) + "\n1704110400,2,3,4\n")) << header << said;
        const std::vector<csv_trade> trades = rest();
        ASSERT_EQ(trades.size(), 1u) << header;
        EXPECT_EQ(trades[0].timestamp, 1704110400 * SECOND);
        EXPECT_EQ(trades[0].price, close ? 4 : 2) << "close comes before price";
        EXPECT_EQ(trades[0].volume, 3);
    }
}

TEST_F(CsvTest, AHeaderThatLacksAColumnIsRefused)
{
    for (const char *content :
         {"", "\n", "timestamp,price\n1,2\n", "1,2,3\n", "timestamp;price;volume\n"}) {
        EXPECT_FALSE(open(content)) << content;
        EXPECT_NE(said.find(path + ":1: the header line must name"), std::string::npos) << said;
        EXPECT_EQ(reader.file, nullptr);
    }
    const std::string long_header(CSV_LINE_SIZE, 'x');
    EXPECT_FALSE(open("timestamp,price,volume," + long_header + "\n"));
    EXPECT_NE(said.find("in at most 4095 bytes"), std::string::npos) << said;
    testing::internal::CaptureStderr();
    EXPECT_FALSE(csv_open(&reader, "/no/such.csv"));
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "/no/such.csv: cannot be opened: No such file or directory\n");
}

TEST_F(CsvTest, TimesAreIsoOrWholeNumbersOfAnyUnit)
{
    const int64_t noon = 1704110400 * SECOND; // date -u -d 2024-01-01T12:00 +%s
    for (const char *same : {"2024-01-01T12:00:00", "2024-01-01 12:00:00", "2024-01-01T12:00:00Z",
                             "2024-01-01T12:00:00+00:00", "2024-01-01T12:00:00.000Z", "1704110400",
                             "1704110400000", "1704110400000000", "1704110400000000000"})
        EXPECT_EQ(time_of(same), noon) << same;
    EXPECT_EQ(time_of("2024-01-01"), noon - 12 * 3600 * SECOND);
    EXPECT_EQ(time_of("2024-01-01T12:00:00.5"), noon + SECOND / 2);
    EXPECT_EQ(time_of("2024-01-01T12:00:00.123456789999"), noon + 123456789);
    EXPECT_EQ(time_of("2024-02-29"), noon + (58 * 24 + 12) * 3600 * SECOND);
}

TEST_F(CsvTest, TheLastTimeIsInTheYear2262)
{
    // 2^63 - 1 nanoseconds are 9223372036.854775807 seconds.
    EXPECT_EQ(time_of("2262-04-11T23:47:15.999999999"), 9223372035999999999);
    EXPECT_EQ(time_of("2262-04-11T23:47:16"), 0);
    EXPECT_EQ(time_of("9999-12-31"), 0);
    EXPECT_EQ(time_of("9223372036"), 9223372036 * SECOND);
    EXPECT_EQ(time_of("9223372037"), 0);
    EXPECT_EQ(time_of("9223372036854"), 9223372036854000000);
    EXPECT_EQ(time_of("9223372036855"), 0);
    EXPECT_EQ(time_of("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(time_of("9223372036854775808"), 0);
    EXPECT_EQ(time_of("9999999999999999999"), 0);
}

TEST_F(CsvTest, WhatIsNoTimeIsPassedOver)
{
    for (const char *text :
         {"", "x", "-1", "1.5", "12345678901234567890", "2024-13-01", "2024-02-30", "2023-02-29",
          "2024-04-31", "2024-01-01T25:00:00", "2024-01-01T12:00:00+01:00", "2024-01-01T",
          "1969-12-31", "2024-01-01T12:00:00Zx", "2263-01-01"}) {
        EXPECT_EQ(time_of(text), 0) << text;
        EXPECT_EQ(said,
                  path +
                      ":2:1: line passed over: the timestamp is neither ISO 8601 in UTC from "
                      "1970 to 2262, nor a whole number of 10 digits (seconds), 13, 16 or 19; "
                      "found '" +
                      text + "'\n");
    }
}

// A day, a minute and a second of a calendar without dashes, and the number of a row.
TEST_F(CsvTest, WhatOnlyLooksLikeANumberOfSecondsIsPassedOver)
{
    for (const char *text : {"20210101", "202101011200", "20210101120000", "20210101120000123", "7",
                             "44197", "0000000001", "999999999"})
        EXPECT_EQ(time_of(text), 0) << text;
}

TEST_F(CsvTest, BadLinesAreNamedCountedAndNotFatal)
{
    const std::string at = "1704110400,"; // 11 bytes
    ASSERT_TRUE(open("timestamp,price,volume\n" + at + "1,1\n" + at + "2\n\n" + at + "x,3\n" + at +
                     "44,nan\n" + at + "inf,5\n" + at + "1e999,6\n" + at + "0x10,7\n" + at +
                     " 8,8\n" + at + "1,234,9\n" + at + "10,\x1b[2J\n" + at + "7,7"));
    const std::vector<csv_trade> trades = rest();
    ASSERT_EQ(trades.size(), 2u);
    EXPECT_EQ(trades[1].price, 7);
    EXPECT_EQ(reader.bad, 10u);
    const std::string over = ": line passed over: ";
    const std::string few = "there are fewer columns than in the header line; found ";
    const std::string price = "the price is not a decimal number; found ";
    const std::string volume = "the volume is not a decimal number; found ";
    EXPECT_EQ(said, path + ":3:1" + over + few + "'1704110400'\n" +   //
                        path + ":4:1" + over + few + "''\n" +         //
                        path + ":5:12" + over + price + "'x'\n" +     //
                        path + ":6:15" + over + volume + "'nan'\n" +  //
                        path + ":7:12" + over + price + "'inf'\n" +   //
                        path + ":8:12" + over + price + "'1e999'\n" + //
                        path + ":9:12" + over + price + "'0x10'\n" +  //
                        path + ":10:12" + over + price + "' 8'\n" +   //
                        path + ":11:1" + over +
                        "there are more columns than in the header line; found '1704110400'\n" + //
                        path + ":12:15" + over + volume + "'?[2J'\n");
}

// A comma inside quotes would move every column after it.
TEST_F(CsvTest, LinesWithQuotesArePassedOver)
{
    ASSERT_TRUE(open("name,timestamp,price,volume\n\"a\",1704110400,2,3\n\"a, b\",1704110400,2\n"));
    EXPECT_TRUE(rest().empty());
    EXPECT_NE(said.find(":2:1: line passed over: there is a quote"), std::string::npos) << said;
    EXPECT_EQ(reader.bad, 2u);
}

// Of 65 columns the last is as good as the first; only what the header names must be among 64.
TEST_F(CsvTest, LinesMayHaveManyColumns)
{
    std::string header = "timestamp,price,volume";
    std::string line = "1704110400,2,3";
    for (int i = 3; i < CSV_COLUMNS_MAX + 1; i++) {
        header += ",x";
        line += ",0";
    }
    ASSERT_TRUE(open(header + "\n" + line + "\n" + line + ",0\n"));
    EXPECT_EQ(rest().size(), 1u);
    EXPECT_EQ(reader.bad, 1u);
    EXPECT_FALSE(open(header.substr(23) + ",timestamp,price,volume\n"));
}

TEST_F(CsvTest, TenBadLinesAreSaidAndAllAreCounted)
{
    std::string content = "timestamp,price,volume\n";
    for (int i = 0; i < 25; i++)
        content += "bad\n";
    ASSERT_TRUE(open(content));
    EXPECT_TRUE(rest().empty());
    EXPECT_EQ(reader.bad, 25u);
    EXPECT_NE(said.find(":11:1: "), std::string::npos);
    EXPECT_EQ(said.find(":12:1: "), std::string::npos) << said;
}

// A line is a line, however long, and whatever is in it; and a part of a number is none of it.
TEST_F(CsvTest, LinesThatAreTooLongArePassedOver)
{
    const std::string at = "1704110400,";
    const std::string longest = at + std::string(CSV_LINE_SIZE - 1 - at.size() - 3, '0') + "1,2";
    ASSERT_EQ(longest.size(), CSV_LINE_SIZE - 1u);
    ASSERT_TRUE(open("timestamp,price,volume\n" + longest + "\n" + longest + "3\n" +
                     std::string(3 * CSV_LINE_SIZE, 'x') + "\n" + at + std::string("1\0,1\n", 5) +
                     at + "3,3\r\n"));
    const std::vector<csv_trade> trades = rest();
    ASSERT_EQ(trades.size(), 2u) << said;
    EXPECT_EQ(trades[0].price, 1);
    EXPECT_EQ(trades[0].volume, 2);
    EXPECT_EQ(trades[1].volume, 3);
    EXPECT_EQ(reader.line, 6u);
    EXPECT_NE(said.find(":3:4096: line passed over: the line has more than 4,095 bytes"),
              std::string::npos)
        << said;
    EXPECT_NE(said.find(":4:4096: line passed over"), std::string::npos) << said;
    EXPECT_NE(said.find(":5:12: line passed over: the price is not a decimal number; found '1?'"),
              std::string::npos)
        << said;
}
