// Decimal numbers to floats: the same bits as strtod and strtof, which round correctly.
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>

#include "tools/mmf/text/parse_float.h"

namespace {

// In a block of its exact size, so that ASan sees a read beyond its end.
parse_result parse(const std::string &text, double *out)
{
    std::unique_ptr<char[]> exact(new char[text.size()]);
    memcpy(exact.get(), text.data(), text.size());
    return parse_float64(exact.get(), text.size(), out);
}

parse_result parse(const std::string &text, float *out)
{
    std::unique_ptr<char[]> exact(new char[text.size()]);
    memcpy(exact.get(), text.data(), text.size());
    return parse_float32(exact.get(), text.size(), out);
}

void expect_as_strtod(const std::string &text)
{
    double value = 0;
    const double expected = strtod(text.c_str(), nullptr);
    if (std::isinf(expected)) {
        EXPECT_EQ(parse(text, &value), PARSE_RANGE) << text;
    } else {
        ASSERT_EQ(parse(text, &value), PARSE_OK) << text;
        EXPECT_EQ(memcmp(&value, &expected, sizeof value), 0) << text << " is not " << value;
    }
    float narrow = 0;
    const float expected_narrow = strtof(text.c_str(), nullptr);
    if (std::isinf(expected_narrow)) {
        EXPECT_EQ(parse(text, &narrow), PARSE_RANGE) << text;
    } else {
        ASSERT_EQ(parse(text, &narrow), PARSE_OK) << text;
        EXPECT_EQ(memcmp(&narrow, &expected_narrow, sizeof narrow), 0) << text << " float32";
    }
}

} // namespace

TEST(ParseFloat, AsStrtod)
{
    for (const char *text : {"0",
                             "-0",
                             "0.0",
                             "000",
                             "1",
                             "-1.5",
                             "+2",
                             "12345678",
                             "123456789012345678",
                             "1e22",
                             "1e23",
                             "8.5e22",
                             "9007199254740993",
                             "9007199254740992.5",
                             "9007199254740993e0",
                             "1.7976931348623157e308",
                             "1.7976931348623159e308",
                             "4.9e-324",
                             "2.4e-324",
                             "1e-400",
                             "1e400",
                             "16777217",
                             "16777217.0000000001",
                             "0.1",
                             "0.30000000000000004",
                             ".5",
                             "5.",
                             "5.e3",
                             "1E+5",
                             "2.2250738585072011e-308",
                             "10000000000000000000000",
                             "0.00000000000001",
                             "9999999999999999999",
                             "99999999999999999999",
                             "0000000000000000000000001.5",
                             "1.00000000000000011102230246251565404236316680908203125",
                             "1.00000000000000011102230246251565404236316680908203126",
                             "1e999999999999",
                             "0e999999999999",
                             "46319.0",
                             "2300413.7295"})
        expect_as_strtod(text);
}

// Halfway cases of both types come up among numbers of few digits, and of 17 to 19.
TEST(ParseFloat, RandomAsStrtod)
{
    std::mt19937_64 random(1);
    char text[64];
    for (int i = 0; i < 100000; i++) {
        const uint64_t bits = random();
        double value;
        memcpy(&value, &bits, sizeof value);
        switch (i % 5) {
        case 0:
            snprintf(text, sizeof text, "%.17g", value);
            break;
        case 1:
            snprintf(text, sizeof text, "%llu.%llu",
                     (unsigned long long)(random() >> random() % 64),
                     (unsigned long long)(random() % 1000));
            break;
        case 2:
            snprintf(text, sizeof text, "%llue%d", (unsigned long long)(random() >> random() % 64),
                     (int)(random() % 60) - 30);
            break;
        case 3: // halfway between two floats of 24 or 53 bits
            snprintf(text, sizeof text, "%.1f",
                     std::ldexp((double)((random() >> (random() % 2 == 0 ? 11 : 40)) * 2 + 1),
                                (int)(random() % 8) - 1));
            break;
        default:
            snprintf(text, sizeof text, "%.*f", (int)(random() % 12),
                     (double)(random() % 100000000) / 1000);
        }
        if (strstr(text, "nan") == nullptr && strstr(text, "inf") == nullptr)
            expect_as_strtod(text);
    }
}

TEST(ParseFloat, Words)
{
    double value = 0;
    ASSERT_EQ(parse("nan", &value), PARSE_OK);
    EXPECT_TRUE(std::isnan(value));
    ASSERT_EQ(parse("-NaN", &value), PARSE_OK);
    EXPECT_TRUE(std::isnan(value) && std::signbit(value));
    ASSERT_EQ(parse("-inf", &value), PARSE_OK);
    EXPECT_EQ(value, -INFINITY);
    ASSERT_EQ(parse("+Infinity", &value), PARSE_OK);
    EXPECT_EQ(value, INFINITY);
    float narrow = 0;
    ASSERT_EQ(parse("INF", &narrow), PARSE_OK);
    EXPECT_EQ(narrow, INFINITY);
}

TEST(ParseFloat, Refused)
{
    double value = 1;
    float narrow = 1;
    for (const char *text :
         {"",      "-",       "+",     ".",     "-.",  "e5", "1e",        "1e+",
          "1.2.3", "1,5",     "0x10",  "--1",   "+-1", "1 ", " 1",        "nano",
          "in",    "infinit", "1_000", "1e5.5", "abc", "1f", "12345678x", "1234567:"}) {
        EXPECT_EQ(parse(text, &value), PARSE_SYNTAX) << text;
        EXPECT_EQ(parse(text, &narrow), PARSE_SYNTAX) << text;
    }
    EXPECT_EQ(parse(std::string(PARSE_FLOAT_LENGTH_MAX, '1'), &value), PARSE_RANGE);
    EXPECT_EQ(parse(std::string(PARSE_FLOAT_LENGTH_MAX, '0'), &value), PARSE_OK);
    EXPECT_EQ(parse(std::string(PARSE_FLOAT_LENGTH_MAX + 1, '1'), &value), PARSE_SYNTAX);
}
