#include "bench/latency/json_line.h"

#include <gtest/gtest.h>

#include <limits>

TEST(JsonLine, WithoutACurve)
{
    EXPECT_EQ(JsonLine("latency", "append", "mmapforge", "ns").value("p50", 41).text(),
              R"({"table": "latency", "case": "append", "library": "mmapforge", "unit": "ns", )"
              R"("values": {"p50": 41}})");
}

TEST(JsonLine, WithACurve)
{
    EXPECT_EQ(JsonLine("t", "c", "l", "ns").x("records", 1000).value("a", 1).value("b", 2).text(),
              R"({"table": "t", "case": "c", "library": "l", "x": 1000, "x_name": "records", )"
              R"("unit": "ns", "values": {"a": 1, "b": 2}})");
}

TEST(JsonLine, Numbers)
{
    const auto text = [](double number) {
        const std::string line = JsonLine("t", "c", "l", "u").value("v", number).text();
        const size_t begin = line.find("\"v\": ") + 5;
        return line.substr(begin, line.size() - begin - 2);
    };
    EXPECT_EQ(text(0), "0");
    EXPECT_EQ(text(4294967296), "4294967296");
    EXPECT_EQ(text(123456789), "123456789");
    EXPECT_EQ(text(0.123456), "0.1235");
    EXPECT_EQ(text(216.449), "216.4");
    EXPECT_EQ(text(123456.7), "123457");
    EXPECT_EQ(text(-2.5), "-2.5");
    EXPECT_EQ(text(1.5e20), "1.5e+20");
    EXPECT_EQ(text(std::numeric_limits<double>::quiet_NaN()), "null");
    EXPECT_EQ(text(std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonLine, QuotesWhatJsonWouldMisread)
{
    const std::string line = JsonLine("a\"b", "c\\d", "e\nf", "g").value("h\"", 1).text();
    EXPECT_NE(line.find(R"("table": "a\"b")"), std::string::npos) << line;
    EXPECT_NE(line.find(R"("case": "c\\d")"), std::string::npos) << line;
    EXPECT_NE(line.find(R"("library": "e\u000af")"), std::string::npos) << line;
    EXPECT_NE(line.find(R"("h\"": 1)"), std::string::npos) << line;
}

// Of 1000 values one is above the 99.9th percentile, which is chance, and ten are above the 99th.
TEST(JsonLine, LeavesPercentilesOfTooFewValuesOut)
{
    Histogram histogram;
    for (uint64_t i = 1; i <= 1000; i++)
        histogram.record(7);
    EXPECT_EQ(JsonLine("t", "c", "l", "ns").percentiles(histogram).text(),
              R"({"table": "t", "case": "c", "library": "l", "unit": "ns", )"
              R"("values": {"p50": 7, "p90": 7, "p99": 7, "max": 7, "samples": 1000}})");
}

TEST(JsonLine, AllPercentiles)
{
    Histogram histogram;
    for (uint64_t i = 1; i <= 100000; i++)
        histogram.record(i / 1000); // 0 to 99, and one 100
    EXPECT_EQ(
        JsonLine("t", "c", "l", "ns").percentiles(histogram).text(),
        R"({"table": "t", "case": "c", "library": "l", "unit": "ns", "values": {"p50": 50, )"
        R"("p90": 90, "p99": 99, "p99.9": 99, "p99.99": 99, "max": 100, "samples": 100000}})");
}
