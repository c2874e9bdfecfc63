// The table of field types.
#include "mmapforge/types.h"

#include <gtest/gtest.h>

#include <cstring>

namespace {

// The values are in every file's layout hash, so they are written out here again.
const struct {
    int value;
    const char *name;
    uint32_t size;
} SCALARS[] = {{1, "bool", 1},   {2, "int8", 1},     {3, "uint8", 1},   {4, "int16", 2},
               {5, "uint16", 2}, {6, "int32", 4},    {7, "uint32", 4},  {8, "int64", 8},
               {9, "uint64", 8}, {10, "float32", 4}, {11, "float64", 8}};

TEST(Types, AreWrittenAsTheLanguageHasThem)
{
    char text[MMF_TYPE_TEXT_SIZE];
    EXPECT_EQ(mmf_type_write(MMF_TYPE_FLOAT64, 0, text, sizeof text), 7u);
    EXPECT_STREQ(text, "float64");
    EXPECT_EQ(mmf_type_write(MMF_TYPE_STRING, 64, text, sizeof text), 10u);
    EXPECT_STREQ(text, "string[64]");
    EXPECT_EQ(mmf_type_write(MMF_TYPE_STRING, UINT32_MAX, text, sizeof text), 18u);
    EXPECT_STREQ(text, "string[4294967295]") << "the longest there is";
    // What does not fit is shortened to the buffer, and its length is said.
    char small[8];
    EXPECT_EQ(mmf_type_write(MMF_TYPE_BYTES, 1024, small, sizeof small), 11u);
    EXPECT_STREQ(small, "bytes[1");
    EXPECT_EQ(mmf_type_write(MMF_TYPE_BOOL, 0, nullptr, 0), 4u);
    EXPECT_EQ(mmf_type_write(static_cast<mmf_type>(99), 0, text, sizeof text), 1u);
    EXPECT_STREQ(text, "?");
}

} // namespace

TEST(Types, ScalarsAreAlignedToTheirSize)
{
    for (const auto &scalar : SCALARS) {
        const mmf_type type = static_cast<mmf_type>(scalar.value);
        EXPECT_STREQ(mmf_type_name(type), scalar.name);
        EXPECT_EQ(mmf_type_from_name(scalar.name, std::strlen(scalar.name)), type);
        EXPECT_EQ(mmf_type_size(type, 0), scalar.size) << scalar.name;
        EXPECT_EQ(mmf_type_alignment(type), scalar.size) << scalar.name;
        EXPECT_FALSE(mmf_type_is_sized(type)) << scalar.name;
    }
}

TEST(Types, SizedTypesHaveALengthWordBeforeTheirBytes)
{
    for (mmf_type type : {MMF_TYPE_STRING, MMF_TYPE_BYTES}) {
        EXPECT_TRUE(mmf_type_is_sized(type));
        EXPECT_EQ(mmf_type_alignment(type), 4u);
        EXPECT_EQ(mmf_type_size(type, 1), 5u);
        EXPECT_EQ(mmf_type_size(type, 65536), 65540u);
    }
    EXPECT_EQ(static_cast<int>(mmf_type_from_name("string", 6)), 12);
    EXPECT_EQ(static_cast<int>(mmf_type_from_name("bytes", 5)), 13);
}

TEST(Types, OnlyWholeNamesAreNames)
{
    EXPECT_EQ(mmf_type_from_name("int64", 4), MMF_TYPE_NONE);
    EXPECT_EQ(mmf_type_from_name("int8;", 4), MMF_TYPE_INT8);
    EXPECT_EQ(mmf_type_from_name("Bool", 4), MMF_TYPE_NONE);
    EXPECT_EQ(mmf_type_from_name("?", 1), MMF_TYPE_NONE);
    EXPECT_EQ(mmf_type_from_name("", 0), MMF_TYPE_NONE);
}

TEST(Types, WhatIsNoTypeHasNoSize)
{
    EXPECT_STREQ(mmf_type_name(MMF_TYPE_NONE), "?");
    EXPECT_EQ(mmf_type_size(MMF_TYPE_NONE, 7), 0u);
    EXPECT_EQ(mmf_type_alignment(MMF_TYPE_NONE), 0u);
    for (const int wrong : {static_cast<int>(MMF_TYPE_COUNT), 99, -1}) {
        const mmf_type type = static_cast<mmf_type>(wrong);
        EXPECT_STREQ(mmf_type_name(type), "?");
        EXPECT_EQ(mmf_type_size(type, 7), 0u);
        EXPECT_EQ(mmf_type_alignment(type), 0u);
    }
}

// The values are in every file's layout hash.
TEST(Types, LogicalTypesAndStructsHaveTheirNumbers)
{
    EXPECT_EQ(static_cast<int>(MMF_TYPE_STRUCT), 14);
    EXPECT_EQ(MMF_TYPE_COUNT, 15);
    EXPECT_EQ(static_cast<int>(MMF_LOGICAL_NONE), 0);
    EXPECT_EQ(static_cast<int>(MMF_LOGICAL_TIMESTAMP), 1);
    EXPECT_EQ(static_cast<int>(MMF_LOGICAL_DATE), 2);
    EXPECT_EQ(static_cast<int>(MMF_LOGICAL_DECIMAL), 3);
    EXPECT_EQ(static_cast<int>(MMF_LOGICAL_ENUM), 4);
}

// Its size and alignment are those of one struct or another, and so is its name.
TEST(Types, AStructHasNoSizeOfItsOwn)
{
    EXPECT_STREQ(mmf_type_name(MMF_TYPE_STRUCT), "struct");
    EXPECT_EQ(mmf_type_size(MMF_TYPE_STRUCT, 7), 0u);
    EXPECT_EQ(mmf_type_alignment(MMF_TYPE_STRUCT), 0u);
    EXPECT_FALSE(mmf_type_is_sized(MMF_TYPE_STRUCT));
    EXPECT_EQ(mmf_type_from_name("struct", 6), MMF_TYPE_NONE);
}

// What is written with a name of its own, but stored as an integer, is no type of the table.
TEST(Types, LogicalTypesAreNoTypesOfTheTable)
{
    for (const char *name : {"timestamp", "date", "decimal", "enum"})
        EXPECT_EQ(mmf_type_from_name(name, std::strlen(name)), MMF_TYPE_NONE) << name;
}

TEST(Types, ScalarsAreNumbersAndBools)
{
    for (const auto &scalar : SCALARS)
        EXPECT_TRUE(mmf_type_is_scalar(static_cast<mmf_type>(scalar.value))) << scalar.name;
    for (const int other : {0, 12, 13, 14, 15, 99, -1})
        EXPECT_FALSE(mmf_type_is_scalar(static_cast<mmf_type>(other))) << other;
}
