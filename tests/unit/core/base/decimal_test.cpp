// Decimals as text, and back: exactly, or not at all.
#include "mmapforge/decimal.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

namespace {

std::string write(int64_t units, uint32_t scale)
{
    char buffer[MMF_DECIMAL_TEXT_SIZE];
    const size_t length = mmf_decimal_write(units, scale, buffer, sizeof buffer);
    EXPECT_EQ(length, strlen(buffer));
    return buffer;
}

struct Read {
    mmf_status status;
    int64_t units;
};

// The text is in a block of its exact size, so that ASan sees a read beyond its end.
Read read(const std::string &text, uint32_t precision, uint32_t scale)
{
    const std::unique_ptr<char[]> exact(new char[text.size() + (text.empty() ? 1 : 0)]);
    memcpy(exact.get(), text.data(), text.size());
    Read out = {MMF_OK, 77};
    out.status = mmf_decimal_read(exact.get(), text.size(), precision, scale, &out.units);
    return out;
}

void expect_units(const std::string &text, uint32_t precision, uint32_t scale, int64_t units)
{
    const Read got = read(text, precision, scale);
    EXPECT_EQ(got.status, MMF_OK) << text;
    EXPECT_EQ(got.units, units) << text;
}

void expect_refused(const std::string &text, uint32_t precision, uint32_t scale, mmf_status status)
{
    const Read got = read(text, precision, scale);
    EXPECT_EQ(got.status, status) << text;
    EXPECT_EQ(got.units, 0) << text;
}

TEST(DecimalWrite, HasAllDigitsAfterThePoint)
{
    EXPECT_EQ(write(0, 0), "0");
    EXPECT_EQ(write(0, 4), "0.0000");
    EXPECT_EQ(write(125000, 4), "12.5000");
    EXPECT_EQ(write(-500, 4), "-0.0500");
    EXPECT_EQ(write(-1, 18), "-0.000000000000000001");
    EXPECT_EQ(write(7, 0), "7");
}

// A file may have numbers that no decimal has: they are written as they are.
TEST(DecimalWrite, HasRoomForEveryInt64)
{
    EXPECT_EQ(write(INT64_MIN, 0), "-9223372036854775808");
    EXPECT_EQ(write(INT64_MIN, 18), "-9.223372036854775808");
    EXPECT_EQ(write(INT64_MAX, 1), "922337203685477580.7");
}

TEST(DecimalWrite, IsCutAndCountsLikeSnprintf)
{
    char buffer[] = "??????";
    EXPECT_EQ(mmf_decimal_write(12345, 2, buffer, 4), 6u);
    EXPECT_STREQ(buffer, "123");
    EXPECT_EQ(buffer[4], '?');
    EXPECT_EQ(mmf_decimal_write(12345, 2, nullptr, 0), 6u);
}

TEST(DecimalWrite, HasNoScaleAbove18)
{
    char buffer[] = "??";
    EXPECT_EQ(mmf_decimal_write(1, 19, buffer, sizeof buffer), 0u);
    EXPECT_STREQ(buffer, "");
    EXPECT_EQ(mmf_decimal_write(1, 19, nullptr, 0), 0u);
}

TEST(DecimalRead, FillsUpToTheScale)
{
    expect_units("12.5", 10, 4, 125000);
    expect_units("-3", 10, 4, -30000);
    expect_units("0", 1, 0, 0);
    expect_units("0.07", 2, 2, 7);
    expect_units("00012", 18, 4, 120000);
}

TEST(DecimalRead, HasOneZero)
{
    expect_units("-0", 18, 4, 0);
    expect_units("-0.0", 18, 4, 0);
}

// Nothing is rounded: zeroes alone may be beyond the scale.
TEST(DecimalRead, DropsOnlyZeroes)
{
    expect_units("1.50000000000000000000000000000", 18, 1, 15);
    expect_refused("1.51", 18, 1, MMF_ERR_RANGE);
    expect_refused("0.00000000000000000000000000001", 18, 18, MMF_ERR_RANGE);
}

TEST(DecimalRead, EndsAtThePrecision)
{
    expect_units("999999999999999999", 18, 0, INT64_C(999999999999999999));
    expect_units("-999999999999999999", 18, 0, INT64_C(-999999999999999999));
    expect_refused("1000000000000000000", 18, 0, MMF_ERR_RANGE);
    expect_units("99.9", 3, 1, 999);
    expect_refused("100", 3, 1, MMF_ERR_RANGE);
    expect_units("0.999999999999999999", 18, 18, INT64_C(999999999999999999));
    expect_refused("1", 18, 18, MMF_ERR_RANGE);
    // More digits than 64 bits have: no wrapping around to something small.
    expect_refused("18446744073709551617", 18, 0, MMF_ERR_RANGE);
    expect_refused(std::string(4096, '9'), 18, 0, MMF_ERR_RANGE);
}

TEST(DecimalRead, RefusesWhatIsNoNumber)
{
    for (const char *text : {"", "-", "+1", ".5", "5.", "1e3", " 1", "1 ", "1_0", "0x1", "--1",
                             "1.2.3", "1-", "nan", "inf", "1,5"})
        expect_refused(text, 18, 4, MMF_ERR_ARGUMENT);
    expect_refused(std::string("1\0", 2), 18, 4, MMF_ERR_ARGUMENT);
    // Also where it has too many digits as well.
    expect_refused("99999999999999999999x", 18, 4, MMF_ERR_ARGUMENT);
}

TEST(DecimalRead, RefusesTypesThatThereAreNot)
{
    expect_refused("1", 0, 0, MMF_ERR_ARGUMENT);
    expect_refused("1", 19, 0, MMF_ERR_ARGUMENT);
    expect_refused("1", 3, 4, MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_decimal_read("1", 1, 3, 0, nullptr), MMF_ERR_ARGUMENT);
    int64_t units = 77;
    EXPECT_EQ(mmf_decimal_read(nullptr, 1, 3, 0, &units), MMF_ERR_ARGUMENT);
    EXPECT_EQ(units, 0);
}

TEST(Decimal, IsReadAsItWasWritten)
{
    int64_t units = 1;
    for (uint32_t precision = 1; precision <= 18; precision++, units = units * 10 + 9)
        for (uint32_t scale = 0; scale <= precision; scale++)
            for (const int64_t value : {units, -units, units / 3, -units / 7}) {
                expect_units(write(value, scale), precision, scale, value);
            }
}

} // namespace
