// Values of every type as text, and what is said of those that are refused.
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "tools/mmf/text/parse.h"

namespace {

const mmf_enum_member MEMBERS[] = {{"Buy", "", 1}, {"Sell", "", -2}};
const mmf_enum SIDE = {"Side", "", MMF_TYPE_INT16, 2, MEMBERS};

mmf_field field_of(mmf_type type, uint32_t max = 0)
{
    mmf_field out = {};
    out.name = "f";
    out.type = type;
    out.max = max;
    out.size = mmf_type_size(type, max);
    return out;
}

mmf_field logical_of(mmf_logical logical, mmf_type type)
{
    mmf_field out = field_of(type);
    out.logical = logical;
    return out;
}

parse_result parse(const mmf_field &field, const std::string &text, unsigned char *raw)
{
    std::unique_ptr<char[]> exact(new char[text.size()]);
    memcpy(exact.get(), text.data(), text.size());
    return parse_value(&field, parse_function_of(&field), exact.get(), text.size(), raw);
}

template <typename T> void expect(const mmf_field &field, const std::string &text, T value)
{
    std::unique_ptr<unsigned char[]> raw(new unsigned char[field.size]());
    ASSERT_EQ(parse(field, text, raw.get()), PARSE_OK) << text;
    EXPECT_EQ(memcmp(raw.get(), &value, sizeof value), 0) << text;
}

void expect_bytes(const mmf_field &field, const std::string &text, const std::string &bytes)
{
    std::string raw(field.size, '\0');
    ASSERT_EQ(parse(field, text, reinterpret_cast<unsigned char *>(raw.data())), PARSE_OK) << text;
    EXPECT_EQ(raw, bytes) << text;
}

void refuse(const mmf_field &field, const std::string &text, parse_result why)
{
    std::unique_ptr<unsigned char[]> raw(new unsigned char[field.size]());
    EXPECT_EQ(parse(field, text, raw.get()), why) << text;
}

std::string expected(const mmf_field &field, parse_result why)
{
    char text[PARSE_EXPECTED_SIZE];
    parse_expected(&field, why, text, sizeof text);
    return text;
}

} // namespace

TEST(Parse, Integers)
{
    expect<int8_t>(field_of(MMF_TYPE_INT8), "-128", INT8_MIN);
    expect<uint8_t>(field_of(MMF_TYPE_UINT8), "255", UINT8_MAX);
    expect<int16_t>(field_of(MMF_TYPE_INT16), "32767", INT16_MAX);
    expect<uint16_t>(field_of(MMF_TYPE_UINT16), "0065535", UINT16_MAX);
    expect<int32_t>(field_of(MMF_TYPE_INT32), "-2147483648", INT32_MIN);
    expect<uint32_t>(field_of(MMF_TYPE_UINT32), "4294967295", UINT32_MAX);
    expect<int64_t>(field_of(MMF_TYPE_INT64), "-9223372036854775808", INT64_MIN);
    expect<int64_t>(field_of(MMF_TYPE_INT64), " 9223372036854775807\t", INT64_MAX);
    expect<uint64_t>(field_of(MMF_TYPE_UINT64), "18446744073709551615", UINT64_MAX);
    expect<uint64_t>(field_of(MMF_TYPE_UINT64), "0000000000000000000000007", 7);
}

TEST(Parse, IntegersBeyondTheirType)
{
    refuse(field_of(MMF_TYPE_INT8), "128", PARSE_RANGE);
    refuse(field_of(MMF_TYPE_UINT8), "-1", PARSE_RANGE);
    refuse(field_of(MMF_TYPE_UINT32), "4294967296", PARSE_RANGE);
    refuse(field_of(MMF_TYPE_INT64), "9223372036854775808", PARSE_RANGE);
    refuse(field_of(MMF_TYPE_INT64), "-9223372036854775809", PARSE_RANGE);
    refuse(field_of(MMF_TYPE_UINT64), "18446744073709551616", PARSE_RANGE);
    refuse(field_of(MMF_TYPE_UINT64), "99999999999999999999999", PARSE_RANGE);
    refuse(field_of(MMF_TYPE_UINT64), "-1", PARSE_RANGE);
    for (const char *text : {"", "-", "+1", "1.0", "1e3", "0x1", "1 2", "--1", "1-", " ", "\v1"}) {
        refuse(field_of(MMF_TYPE_INT32), text, PARSE_SYNTAX);
        refuse(field_of(MMF_TYPE_UINT64), text, PARSE_SYNTAX);
    }
    EXPECT_EQ(expected(field_of(MMF_TYPE_INT8), PARSE_RANGE), "a whole number from -128 to 127");
    EXPECT_EQ(expected(field_of(MMF_TYPE_UINT16), PARSE_RANGE), "a whole number from 0 to 65535");
    EXPECT_EQ(expected(field_of(MMF_TYPE_INT64), PARSE_SYNTAX),
              "a whole number from -9223372036854775808 to 9223372036854775807");
}

TEST(Parse, Bools)
{
    const mmf_field field = field_of(MMF_TYPE_BOOL);
    for (const char *text : {"true", "True", "TRUE", "1"})
        expect<uint8_t>(field, text, 1);
    for (const char *text : {"false", "False", "0"})
        expect<uint8_t>(field, text, 0);
    for (const char *text : {"", "yes", "t", "2", "01", "truer", "\x14rue"})
        refuse(field, text, PARSE_SYNTAX);
}

TEST(Parse, Decimals)
{
    mmf_field field = logical_of(MMF_LOGICAL_DECIMAL, MMF_TYPE_INT64);
    field.precision = 6;
    field.scale = 2;
    expect<int64_t>(field, "-12.5", -1250);
    expect<int64_t>(field, "1234.560", 123456);
    refuse(field, "12.345", PARSE_DIGITS);
    refuse(field, "12345", PARSE_RANGE);
    refuse(field, "1e2", PARSE_SYNTAX);
    EXPECT_EQ(expected(field, PARSE_DIGITS),
              "a number of at most 6 digits, 2 of them after the point");
}

TEST(Parse, Times)
{
    mmf_field field = logical_of(MMF_LOGICAL_TIMESTAMP, MMF_TYPE_INT64);
    field.scale = 3;
    expect<int64_t>(field, "1970-01-01T00:00:01Z", 1000);
    expect<int64_t>(field, "-1500", -1500);
    refuse(field, "1970-01-01T00:00:01.0001Z", PARSE_DIGITS);
    refuse(field, "9223372036854775808", PARSE_RANGE);
    refuse(field, "1970", PARSE_OK); // a number
    refuse(field, "tomorrow", PARSE_SYNTAX);
    EXPECT_EQ(expected(field, PARSE_DIGITS), "a time in whole milliseconds");
    const mmf_field day = logical_of(MMF_LOGICAL_DATE, MMF_TYPE_INT32);
    expect<int32_t>(day, "1970-01-11", 10);
    expect<int32_t>(day, "-5", -5);
    refuse(day, "2024-02-30", PARSE_SYNTAX);
}

TEST(Parse, Enums)
{
    mmf_field field = logical_of(MMF_LOGICAL_ENUM, MMF_TYPE_INT16);
    field.enumeration = &SIDE;
    expect<int16_t>(field, "Sell", -2);
    expect<int16_t>(field, "1", 1);
    expect<int16_t>(field, "-2", -2);
    for (const char *text : {"", "sell", "3", "Sel", "Selling"})
        refuse(field, text, PARSE_MEMBER);
    EXPECT_EQ(expected(field, PARSE_MEMBER), "a member of Side: Buy, Sell");
}

TEST(Parse, Text)
{
    const mmf_field field = field_of(MMF_TYPE_STRING, 5);
    expect_bytes(field, " a\xc3\xa9", std::string("\4\0\0\0 a\xc3\xa9\0", 9));
    refuse(field, "abcdef", PARSE_LENGTH);
    for (const char *text :
         {"\xc3", "\xff", "\xc0\x80", "\xed\xa0\x80", "a\x80", "\xf4\x90\x80\x80"})
        refuse(field, text, PARSE_UTF8);
    EXPECT_EQ(expected(field, PARSE_LENGTH), "at most 5 bytes");
    EXPECT_TRUE(parse_is_utf8("12345678\xe2\x82\xac"
                              "1234567",
                              18));
    EXPECT_FALSE(parse_is_utf8("12345678\xe2\x82", 10));
}

TEST(Parse, Bytes)
{
    const mmf_field field = field_of(MMF_TYPE_BYTES, 3);
    expect_bytes(field, "0fA0", std::string("\2\0\0\0\x0f\xa0\0", 7));
    refuse(field, "0f0", PARSE_SYNTAX);
    refuse(field, "0g", PARSE_SYNTAX);
    refuse(field, "00000000", PARSE_LENGTH);
}
