// Dates and times of ISO 8601. Expected numbers are from `date -u -d TIME +%s`.
#include <ctime>
#include <gtest/gtest.h>
#include <string>

#include "tools/mmf/text/parse_time.h"

namespace {

parse_result time_of(const std::string &text, uint32_t scale, int64_t *units)
{
    return parse_iso_time(text.data(), text.size(), scale, units, nullptr);
}

int64_t good_time(const std::string &text, uint32_t scale)
{
    int64_t units = 0;
    EXPECT_EQ(time_of(text, scale, &units), PARSE_OK) << text;
    return units;
}

parse_result date_of(const std::string &text, int32_t *days)
{
    return parse_iso_date(text.data(), text.size(), days);
}

} // namespace

TEST(ParseTime, Dates)
{
    int32_t days = 0;
    ASSERT_EQ(date_of("1970-01-01", &days), PARSE_OK);
    EXPECT_EQ(days, 0);
    ASSERT_EQ(date_of("1969-12-31", &days), PARSE_OK);
    EXPECT_EQ(days, -1);
    ASSERT_EQ(date_of("2000-02-29", &days), PARSE_OK);
    EXPECT_EQ(days, 11016);
    ASSERT_EQ(date_of("0000-01-01", &days), PARSE_OK);
    EXPECT_EQ(days, -719528);
    ASSERT_EQ(date_of("+10000-01-01", &days), PARSE_OK);
    EXPECT_EQ(days, 2932897);
    for (const char *text : {"", "1970", "1970-1-1", "1970-01-01 ", "1970-13-01", "1970-00-01",
                             "1970-01-00", "1970-01-32", "1999-02-29", "1900-02-29", "2024-04-31",
                             "70-01-01", "1970/01/01", "19700101", "10000-01-01"})
        EXPECT_EQ(date_of(text, &days), PARSE_SYNTAX) << text;
    EXPECT_EQ(date_of("+9999999-01-01", &days), PARSE_RANGE);
}

// Every day of some centuries, beside the C library's calendar.
TEST(ParseTime, EveryDay)
{
    for (int32_t day = -100000; day < 100000; day++) {
        const time_t seconds = (time_t)day * 86400;
        struct tm parts;
        ASSERT_NE(gmtime_r(&seconds, &parts), nullptr);
        char text[32];
        snprintf(text, sizeof text, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                 parts.tm_mday);
        int32_t found = 0;
        ASSERT_EQ(date_of(text, &found), PARSE_OK) << text;
        ASSERT_EQ(found, day) << text;
    }
}

TEST(ParseTime, Times)
{
    EXPECT_EQ(good_time("2021-12-31 23:01:00.000000", 6), 1640991660000000);
    EXPECT_EQ(good_time("2021-12-31T23:01:00Z", 0), 1640991660);
    EXPECT_EQ(good_time("2021-12-31T23:01Z", 3), 1640991660000);
    EXPECT_EQ(good_time("2021-12-31T23:01:00+01:00", 0), 1640988060);
    EXPECT_EQ(good_time("2021-12-31t23:01:00-0130", 0), 1640997060);
    EXPECT_EQ(good_time("2021-12-31T23:01:00+05", 0), 1640973660);
    EXPECT_EQ(good_time("2021-12-31", 0), 1640908800);
    EXPECT_EQ(good_time("2021-12-31T23:01:00.25z", 9), 1640991660250000000);
    EXPECT_EQ(good_time("2021-12-31T23:01:00.2500", 3), 1640991660250);
    EXPECT_EQ(good_time("1969-12-31T23:59:59.9Z", 3), -100);
    EXPECT_EQ(good_time("1969-12-31T23:59:59Z", 9), -1000000000);
}

TEST(ParseTime, TheWholeOfInt64)
{
    EXPECT_EQ(good_time("1677-09-21T00:12:43.145224192Z", 9), INT64_MIN);
    EXPECT_EQ(good_time("2262-04-11T23:47:16.854775807Z", 9), INT64_MAX);
    int64_t units = 0;
    EXPECT_EQ(time_of("1677-09-21T00:12:43.145224191Z", 9, &units), PARSE_RANGE);
    EXPECT_EQ(time_of("2262-04-11T23:47:16.854775808Z", 9, &units), PARSE_RANGE);
    EXPECT_EQ(time_of("9999-12-31T23:59:59Z", 9, &units), PARSE_RANGE);
    EXPECT_EQ(good_time("9999-12-31T23:59:59Z", 6), 253402300799000000);
}

TEST(ParseTime, LosesNoDigits)
{
    int64_t units = 0;
    EXPECT_EQ(time_of("2021-12-31T23:01:00.1234", 3, &units), PARSE_DIGITS);
    EXPECT_EQ(time_of("2021-12-31T23:01:00.5", 0, &units), PARSE_DIGITS);
    EXPECT_EQ(good_time("2021-12-31T23:01:00.000", 0), 1640991660);
}

TEST(ParseTime, Refused)
{
    int64_t units = 0;
    for (const char *text :
         {"", "2021-12-31T", "2021-12-31T23", "2021-12-31T24:00", "2021-12-31T23:60",
          "2021-12-31T23:59:60", "2021-12-31T23:01:00.", "2021-12-31T23:01:00.Z",
          "2021-12-31X23:01", "2021-12-31T23:01:00 Z", "2021-12-31T23:01:00+1",
          "2021-12-31T23:01:00+24:00", "2021-12-31T23:01:00ZZ", "2021-12-31Z", "2021-12-31T1:01:00",
          "12:30:00"})
        EXPECT_EQ(time_of(text, 6, &units), PARSE_SYNTAX) << text;
}

TEST(ParseTime, Forms)
{
    parse_time_form form;
    int64_t units = 0;
    const std::string text = "2021-12-31T23:01:00.2500Z";
    ASSERT_EQ(parse_iso_time(text.data(), text.size(), 9, &units, &form), PARSE_OK);
    EXPECT_TRUE(form.has_time);
    EXPECT_TRUE(form.has_zone);
    EXPECT_EQ(form.fraction, 4u);
    ASSERT_EQ(parse_iso_time(text.data(), 10, 9, &units, &form), PARSE_OK);
    EXPECT_FALSE(form.has_time);
    EXPECT_FALSE(form.has_zone);
}
