// Members of enums, and which texts are defaults of which fields.
#include "tests/unit/core/schema/schema_fixture.h"

#include <utility>

namespace {

const mmf_enum_member MEMBERS[] = {{"Buy", "", 1}, {"Sell", "", -2}, {"Sellers", "", 0}};
const mmf_enum SIDE = {"Side", "", MMF_TYPE_INT8, 3, MEMBERS};

TEST(SchemaDefault, MembersAreFoundByValueAndByName)
{
    EXPECT_EQ(mmf_enum_find(&SIDE, 1), &MEMBERS[0]);
    EXPECT_EQ(mmf_enum_find(&SIDE, -2), &MEMBERS[1]);
    EXPECT_EQ(mmf_enum_find(&SIDE, 0), &MEMBERS[2]);
    EXPECT_EQ(mmf_enum_find(&SIDE, 2), nullptr);
    EXPECT_EQ(mmf_enum_find(&SIDE, INT64_C(0x100000001)), nullptr) << "1 in its lower half";
    EXPECT_EQ(mmf_enum_find(&SIDE, INT64_C(0xfffffffe)), nullptr) << "-2 of 32 bits";
    EXPECT_EQ(mmf_enum_find_name(&SIDE, "Sell;", 4), &MEMBERS[1]);
    EXPECT_EQ(mmf_enum_find_name(&SIDE, "Sellers", 7), &MEMBERS[2]);
    EXPECT_EQ(mmf_enum_find_name(&SIDE, "Sel", 3), nullptr);
    EXPECT_EQ(mmf_enum_find_name(&SIDE, "buy", 3), nullptr);
    EXPECT_EQ(mmf_enum_find_name(&SIDE, "", 0), nullptr);
}

// The text lies in a block of its exact size, so that ASan sees a read beyond its end.
bool suits(const mmf_field &field, const std::string &text, std::string *expected = nullptr)
{
    char said[MMF_EXPECTED_SIZE] = "";
    const std::unique_ptr<char[]> exact(new char[text.size() + (text.empty() ? 1 : 0)]);
    std::memcpy(exact.get(), text.data(), text.size());
    const bool good = mmf_field_default_check(&field, exact.get(), text.size(), said);
    EXPECT_EQ(*said != '\0', !good) << "what would suit is said of what does not: " << text;
    if (expected != nullptr)
        *expected = said;
    return good;
}

void expect_suitable(const mmf_field &field, const std::vector<std::string> &right,
                     const std::vector<std::string> &wrong, const std::string &said)
{
    char type[MMF_FIELD_TYPE_SIZE];
    (void)mmf_field_type_write(&field, type, sizeof type);
    for (const std::string &text : right)
        EXPECT_TRUE(suits(field, text)) << type << " = " << text;
    for (const std::string &text : wrong) {
        std::string expected;
        EXPECT_FALSE(suits(field, text, &expected)) << type << " = " << text;
        EXPECT_EQ(expected, said) << type << " = " << text;
    }
}

TEST(SchemaDefault, IntegersFromTheLeastToTheMost)
{
    const struct {
        mmf_type type;
        std::string least;
        std::string less;
        std::string most;
        std::string more;
    } types[] = {
        {MMF_TYPE_INT8, "-128", "-129", "127", "128"},
        {MMF_TYPE_UINT8, "0", "-1", "255", "256"},
        {MMF_TYPE_INT16, "-32768", "-32769", "32767", "32768"},
        {MMF_TYPE_UINT16, "0", "-1", "65535", "65536"},
        {MMF_TYPE_INT32, "-2147483648", "-2147483649", "2147483647", "2147483648"},
        {MMF_TYPE_UINT32, "0", "-1", "4294967295", "4294967296"},
        {MMF_TYPE_INT64, "-9223372036854775808", "-9223372036854775809", "9223372036854775807",
         "9223372036854775808"},
        {MMF_TYPE_UINT64, "0", "-1", "18446744073709551615", "18446744073709551616"},
    };
    for (const auto &one : types) {
        const mmf_field field = t_field("a", one.type);
        expect_suitable(field, {one.least, one.most, "0", "7"},
                        {one.less, one.more, "", "-", "+1", "1.0", "1e2", " 1", "1 ", "0x10", "a",
                         "1a", "--1", "true", "\"1\"", "36893488147419103233",
                         "1000000000000000000000000000000"},
                        "a whole number from " + one.least + " to " + one.most);
    }
}

// C takes a leading zero for octal, and Python refuses it.
TEST(SchemaDefault, NumbersHaveNoLeadingZeroes)
{
    mmf_field decimal = t_field("a", MMF_TYPE_INT64);
    decimal.logical = MMF_LOGICAL_DECIMAL;
    decimal.precision = 4;
    decimal.scale = 2;
    for (const mmf_field &field : {t_field("a", MMF_TYPE_UINT8), t_field("a", MMF_TYPE_INT64),
                                   t_field("a", MMF_TYPE_FLOAT64), decimal}) {
        EXPECT_TRUE(suits(field, "0"));
        EXPECT_FALSE(suits(field, "00"));
        EXPECT_FALSE(suits(field, "010"));
        EXPECT_FALSE(suits(field, "-01"));
    }
    EXPECT_TRUE(suits(decimal, "0.05"));
    EXPECT_FALSE(suits(decimal, "00.05"));
    EXPECT_TRUE(suits(t_field("a", MMF_TYPE_FLOAT32), "-0.5e-01"));
}

TEST(SchemaDefault, DatesAndTimestampsAreIntegers)
{
    mmf_field date = t_field("a", MMF_TYPE_INT32);
    date.logical = MMF_LOGICAL_DATE;
    expect_suitable(date, {"-2147483648", "19000"}, {"2147483648", "2026-01-01", "\"x\""},
                    "a whole number from -2147483648 to 2147483647");
    mmf_field timestamp = t_field("a", MMF_TYPE_INT64);
    timestamp.logical = MMF_LOGICAL_TIMESTAMP;
    timestamp.scale = 9;
    expect_suitable(timestamp, {"9223372036854775807", "-1"}, {"9223372036854775808", "1.5"},
                    "a whole number from -9223372036854775808 to 9223372036854775807");
}

TEST(SchemaDefault, FloatsAreNumbersWithAPointOrAnExponent)
{
    for (const mmf_type type : {MMF_TYPE_FLOAT32, MMF_TYPE_FLOAT64})
        expect_suitable(t_field("a", type),
                        {"0", "-0", "1", "1.5", "-2e-3", "1E+5", "0.25e3", "1e0"},
                        {"", "-", ".", ".5", "1.", "1.e5", "1e", "1e-", "e5", "1.5.5", "1e5e5",
                         "nan", "inf", "1,5", "0x1p3", "1.5f", "+1"},
                        "a number, as in '1.5' or '-2e-3'");
}

TEST(SchemaDefault, BoolsAreWords)
{
    expect_suitable(t_field("a", MMF_TYPE_BOOL), {"true", "false"},
                    {"", "True", "tru", "truee", "0", "1", "\"true\""}, "'true' or 'false'");
}

TEST(SchemaDefault, TextFitsAndIsInQuotes)
{
    expect_suitable(t_field("a", MMF_TYPE_STRING, 4),
                    {"\"\"", "\"a\"", "\"abcd\"", "\"a; b\"", "\" /\xc3\xa9\""},
                    {"", "\"", "a", "abcd", "\"abcde\"", "\"a", "a\"", "\"a\"b\"", "\"\\n\"",
                     "\"a\tb\"", "\"a\nb\"", std::string("\"\0\"", 3), "'a'"},
                    "text in quotes of at most 4 bytes, without '\"' and '\\'");
}

TEST(SchemaDefault, DecimalsHaveNoMoreDigitsThanTheirField)
{
    mmf_field field = t_field("a", MMF_TYPE_INT64);
    field.logical = MMF_LOGICAL_DECIMAL;
    field.precision = 4;
    field.scale = 2;
    expect_suitable(field, {"0", "12", "-12.3", "99.99", "-99.99", "0.01", "5.00"},
                    {"", "100", "100.00", "1.234", "0.000", "1e1", ".5", "1.", "-", "x"},
                    "a decimal number of at most 4 digits, 2 of them after the point");
    // All of an int64 that 18 digits use.
    field.precision = 18;
    field.scale = 0;
    expect_suitable(field, {"999999999999999999", "-999999999999999999"},
                    {"1000000000000000000", "1.0"},
                    "a decimal number of at most 18 digits, 0 of them after the point");
    field.scale = 18;
    expect_suitable(field, {"0", "-0.999999999999999999"}, {"1", "0.0000000000000000000"},
                    "a decimal number of at most 18 digits, 18 of them after the point");
}

TEST(SchemaDefault, EnumsHaveNamesOfMembers)
{
    mmf_field field = t_field("a", MMF_TYPE_INT8);
    field.logical = MMF_LOGICAL_ENUM;
    field.enumeration = &SIDE;
    expect_suitable(field, {"Buy", "Sell", "Sellers"}, {"", "buy", "Bu", "Buyer", "1", "Side.Buy"},
                    "a member of 'Side', as in 'Buy'");
}

TEST(SchemaDefault, ArraysStructsAndBytesHaveNone)
{
    const std::string none = "none: arrays, structs and bytes have no defaults but zeroes";
    const std::vector<std::string> wrong = {"", "0", "1", "true", "\"\"", "\"a\"", "{}", "Buy"};
    expect_suitable(t_field("a", MMF_TYPE_BYTES, 8), {}, wrong, none);
    mmf_field array = t_field("a", MMF_TYPE_INT32);
    array.count = 1;
    expect_suitable(array, {}, wrong, none);
    array.logical = MMF_LOGICAL_ENUM;
    array.enumeration = &SIDE;
    expect_suitable(array, {}, wrong, none);
    mmf_struct level = {};
    level.name = "Level";
    mmf_field structure = t_field("a", MMF_TYPE_STRUCT);
    structure.structure = &level;
    expect_suitable(structure, {}, wrong, none);
}

// The longest that is expected has room, and is said to its end.
TEST(SchemaDefault, WhatIsExpectedHasRoomForTheLongestNames)
{
    const std::string name(MMF_NAME_LENGTH_MAX, 'n');
    const mmf_enum_member member = {name.c_str(), "", 1};
    const mmf_enum longest = {name.c_str(), "", MMF_TYPE_INT8, 1, &member};
    mmf_field field = t_field("a", MMF_TYPE_INT8);
    field.logical = MMF_LOGICAL_ENUM;
    field.enumeration = &longest;
    std::string expected;
    EXPECT_FALSE(suits(field, "x", &expected));
    EXPECT_EQ(expected, "a member of '" + name + "', as in '" + name + "'");
}

} // namespace
