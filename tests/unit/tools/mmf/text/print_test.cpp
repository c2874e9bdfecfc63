// Values as text.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>

#include "tools/mmf/text/parse_time.h"
#include "tools/mmf/text/print.h"
#include "tools/mmf/text/print_float.h"

namespace {

template <typename... Arguments>
std::string Print(char *(*print)(char *, Arguments...), Arguments... of)
{
    char text[PRINT_NUMBER_SIZE];
    return std::string(text, print(text, of...));
}

std::string Float64(double value)
{
    return Print(print_float64, value);
}

std::string Float32(float value)
{
    return Print(print_float32, value);
}

size_t Digits(const std::string &text)
{
    std::string digits;
    for (const char c : text.substr(0, text.find('e')))
        if (c >= '0' && c <= '9')
            digits += c;
    digits.erase(0, digits.find_first_not_of('0'));
    while (!digits.empty() && digits.back() == '0')
        digits.pop_back();
    return digits.size();
}

// The fewest digits that read back to the same number, by the C library.
template <typename T> size_t Fewest(T value, T (*read)(const char *, char **))
{
    for (int digits = 1; digits < 17; digits++) {
        char text[40];
        (void)snprintf(text, sizeof text, "%.*e", digits - 1, static_cast<double>(value));
        if (read(text, nullptr) == value)
            return Digits(text);
    }
    return 17;
}

} // namespace

TEST(PrintFloat, WritesKnownNumbers)
{
    EXPECT_EQ(Float64(0), "0.0");
    EXPECT_EQ(Float64(-0.0), "-0.0");
    EXPECT_EQ(Float64(1), "1.0");
    EXPECT_EQ(Float64(189.5), "189.5");
    EXPECT_EQ(Float64(-100), "-100.0");
    EXPECT_EQ(Float64(0.1), "0.1");
    EXPECT_EQ(Float64(0.001), "0.001");
    EXPECT_EQ(Float64(0.0001), "0.0001");
    EXPECT_EQ(Float64(0.00001), "1e-5");
    EXPECT_EQ(Float64(1e15), "1000000000000000.0");
    EXPECT_EQ(Float64(1e16), "1e16");
    EXPECT_EQ(Float64(5e-324), "5e-324");
    EXPECT_EQ(Float64(std::numeric_limits<double>::min()), "2.2250738585072014e-308");
    EXPECT_EQ(Float64(std::numeric_limits<double>::max()), "1.7976931348623157e308");
    EXPECT_EQ(Float64(9007199254740993.0), "9007199254740992.0");
    EXPECT_EQ(Float64(NAN), "nan");
    EXPECT_EQ(Float64(-INFINITY), "-inf");
    EXPECT_EQ(Float32(0.1f), "0.1");
    EXPECT_EQ(Float32(16777216.0f), "16777216.0");
    EXPECT_EQ(Float32(std::numeric_limits<float>::max()), "3.4028235e38");
    EXPECT_EQ(Float32(std::numeric_limits<float>::denorm_min()), "1e-45");
}

// Every exponent, with random fractions, and the powers of two, whose neighbours are uneven.
TEST(PrintFloat, IsShortestAndReadsBack)
{
    std::mt19937_64 random(1);
    for (uint64_t exponent = 0; exponent < 2047; exponent++)
        for (int i = 0; i < 12; i++) {
            const uint64_t fraction = i == 0 ? 0 : random() >> (12 + (i % 3) * 13);
            const uint64_t bits = exponent << 52 | fraction;
            double value;
            memcpy(&value, &bits, sizeof value);
            const std::string text = Float64(value);
            ASSERT_EQ(strtod(text.c_str(), nullptr), value) << text;
            ASSERT_LE(Digits(text), Fewest(value, strtod)) << text;
        }
    for (uint32_t exponent = 0; exponent < 255; exponent++)
        for (int i = 0; i < 50; i++) {
            const uint32_t bits =
                exponent << 23 | (i == 0 ? 0 : static_cast<uint32_t>(random() >> 41));
            float value;
            memcpy(&value, &bits, sizeof value);
            const std::string text = Float32(value);
            ASSERT_EQ(strtof(text.c_str(), nullptr), value) << text;
            ASSERT_LE(Digits(text), Fewest(value, strtof)) << text;
        }
}

TEST(Print, WritesIntegersAndDecimals)
{
    EXPECT_EQ(Print<uint64_t>(print_uint64, UINT64_MAX), "18446744073709551615");
    EXPECT_EQ(Print<uint64_t>(print_uint64, 0), "0");
    EXPECT_EQ(Print<int64_t>(print_int64, INT64_MIN), "-9223372036854775808");
    EXPECT_EQ(Print<int64_t>(print_int64, 105), "105");
    EXPECT_EQ((Print<int64_t, uint32_t>(print_decimal, -500, 4)), "-0.0500");
    EXPECT_EQ((Print<int64_t, uint32_t>(print_decimal, 125000, 4)), "12.5000");
    EXPECT_EQ((Print<int64_t, uint32_t>(print_decimal, -7, 0)), "-7");
    EXPECT_EQ((Print<int64_t, uint32_t>(print_decimal, 999999999999999999, 18)),
              "0.999999999999999999");
}

TEST(Print, WritesDatesAndTimes)
{
    EXPECT_EQ(Print<int64_t>(print_date, 0), "1970-01-01");
    EXPECT_EQ(Print<int64_t>(print_date, -1), "1969-12-31");
    EXPECT_EQ(Print<int64_t>(print_date, 11016), "2000-02-29");
    EXPECT_EQ(Print<int64_t>(print_date, -719528), "0000-01-01");
    EXPECT_EQ(Print<int64_t>(print_date, -719529), "-0001-12-31");
    EXPECT_EQ(Print<int64_t>(print_date, 2932897), "+10000-01-01");
    EXPECT_EQ((Print<int64_t, uint32_t>(print_timestamp, -1, 9)), "1969-12-31T23:59:59.999999999Z");
    EXPECT_EQ((Print<int64_t, uint32_t>(print_timestamp, 951868799, 0)), "2000-02-29T23:59:59Z");
    EXPECT_EQ((Print<int64_t, uint32_t>(print_timestamp, INT64_MAX, 9)),
              "2262-04-11T23:47:16.854775807Z");
}

// The other half of the library reads each back, at the ends of the ranges, too.
TEST(Print, WritesTimesThatReadBack)
{
    std::mt19937_64 random(2);
    for (int i = 0; i < 4000; i++) {
        const int64_t value = i == 0   ? INT64_MIN
                              : i == 1 ? INT64_MAX
                                       : static_cast<int64_t>(random()) >> (i % 60);
        for (const uint32_t scale : {0u, 3u, 6u, 9u}) {
            const std::string text = Print<int64_t, uint32_t>(print_timestamp, value, scale);
            int64_t read = 0;
            if (text[0] == '-' || text[0] == '+')
                continue; // the reader takes years of fewer digits
            ASSERT_EQ(parse_iso_time(text.data(), text.size(), scale, &read, nullptr), PARSE_OK)
                << text;
            ASSERT_EQ(read, value) << text;
        }
    }
}
