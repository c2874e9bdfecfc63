// What mmfgen --check says of two versions of a schema.
#include "gen/check/check.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/model/model_fixture.h"

namespace {

// The paragraphs for the change from one text to another; "" for none.
std::string said(const std::string &older, const std::string &newer, check_mode mode = CHECK_FULL)
{
    const Meaning before(older);
    const Meaning after(newer);
    EXPECT_EQ(before.list.count + after.list.count, 0u);
    emit_text text = {nullptr, 0, 0, false};
    const uint32_t problems = check_versions(&text, &before.model, &after.model, mode);
    const std::string out = text.size > 0 ? std::string(text.data, text.size) : "";
    EXPECT_EQ(problems == 0, out.empty());
    emit_text_free(&text);
    return out;
}

std::string tick(const std::string &version, const std::string &fields)
{
    return "record Tick version " + version + " { " + fields + " }";
}

const char TICK[] = "price: float64; size: uint32;";

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

TEST(CheckTest, WhatDoesNotChangeTheBytesIsNoChange)
{
    EXPECT_EQ(said(tick("1", TICK), tick("1", TICK)), "");
    EXPECT_EQ(said(tick("1", TICK), tick("2", TICK)), "");
    EXPECT_EQ(said(tick("2", TICK), tick("1", TICK)), "");
    EXPECT_EQ(
        said(tick("1", TICK), tick("1", "/// What was paid.\n price: float64; size: uint32;")), "");
}

TEST(CheckTest, AFieldWithADefaultMayBeAdded)
{
    for (const char *added :
         {"venue: uint16 = 7;", "venue: uint16?;", "venue: uint16[4] @since(2);"})
        EXPECT_EQ(said(tick("1", TICK), tick("2", std::string(TICK) + added)), "") << added;
}

TEST(CheckTest, AFieldWithNothingToReadInsteadMayNot)
{
    const std::string text = said(tick("1", TICK), tick("2", std::string(TICK) + "venue: uint16;"));
    EXPECT_TRUE(has(text, "record 'Tick': programs of version 2 could not read files of version 1: "
                          "field 'venue' is not in the file"))
        << text;
    EXPECT_TRUE(has(text, "hint: a field that is added needs a default")) << text;
    // Programs of version 1 do not miss it.
    EXPECT_EQ(said(tick("1", TICK), tick("2", std::string(TICK) + "venue: uint16;"), CHECK_FORWARD),
              "");
}

TEST(CheckTest, AFieldThatGoesBreaksOlderPrograms)
{
    const std::string newer = tick("2", "price: float64;");
    EXPECT_TRUE(has(said(tick("1", TICK), newer),
                    "programs of version 1 could not read files of version 2: field 'size' is not "
                    "in the file"));
    EXPECT_EQ(said(tick("1", TICK), newer, CHECK_BACKWARD), "");
}

TEST(CheckTest, AWiderTypeBreaksOlderProgramsAndANarrowerOneNewerOnes)
{
    const std::string wide = tick("2", "price: float64; size: uint64;");
    EXPECT_EQ(said(tick("1", TICK), wide, CHECK_BACKWARD), "");
    EXPECT_TRUE(has(said(tick("1", TICK), wide, CHECK_FORWARD),
                    "the file has 'size: uint64', the program 'uint32': the file's is wider"));
    EXPECT_TRUE(
        has(said(tick("1", TICK), tick("2", "price: float64; size: uint16;"), CHECK_BACKWARD),
            "the file has 'size: uint32', the program 'uint16': the file's is wider"));
}

TEST(CheckTest, ARenamedFieldSaysWhatItWas)
{
    EXPECT_EQ(said(tick("1", TICK), tick("2", "price: float64; amount: uint32 @was(size);")), "");
    const std::string text = said(tick("1", TICK), tick("2", "price: float64; amount: uint32;"));
    EXPECT_TRUE(has(text, "field 'amount' is not in the file")) << text;
}

TEST(CheckTest, AChangeRaisesTheVersion)
{
    const std::string more = std::string(TICK) + "venue: uint16 = 7;";
    EXPECT_EQ(said(tick("3", TICK), tick("3", more)),
              "a.mmfs: record 'Tick': it has changed, and is still version 3\n"
              "hint: write 'version 4'\n");
    EXPECT_EQ(said(tick("3", TICK), tick("2", more)),
              "a.mmfs: record 'Tick': its version went back from 3 to 2\n"
              "hint: write 'version 3', or a larger number\n");
}

TEST(CheckTest, ARecordStays)
{
    const std::string other = "record Quote version 1 { bid: float64; }";
    EXPECT_TRUE(has(said(tick("1", TICK), other),
                    "record 'Tick': it is gone, and files of it could not be opened any more"));
    EXPECT_EQ(said(tick("1", TICK), tick("1", TICK) + other), "");
}

TEST(CheckTest, EnumsAndStructsAreComparedByTheirNames)
{
    const std::string record = "record R version ";
    const std::string fields = " { a: E; s: S[2]; }";
    const std::string older =
        "enum E : uint8 { A = 1; B = 2; } struct S { x: int32; y: E; }" + record + "1" + fields;
    const auto newer = [&](const char *members, const char *rest) {
        return "enum E : uint8 { " + std::string(members) + " } struct S { " + rest + " }" +
               record + "2" + fields;
    };
    EXPECT_EQ(said(older, newer("A = 1; B = 2; C = 3;", "x: int32; y: E;")), "");
    EXPECT_EQ(said(older, newer("A = 1; B = 2;", "y: E; x: int32; z: int8 = 4;")), "");
    EXPECT_TRUE(has(said(older, newer("A = 1; B = 3;", "x: int32; y: E;")),
                    "field 'a': the file has 'a: E', the program 'E': a member of the enum has "
                    "another value"));
    EXPECT_TRUE(has(said(older, newer("A = 1; D = 2;", "x: int32; y: E;")),
                    "a member of the enum has another name"));
    EXPECT_TRUE(has(said(older, newer("A = 1; B = 2;", "x: uint32; y: E;")),
                    "field 's.x': the file has 'x: int32', the program 'uint32': the types are of "
                    "different kinds"));
}

} // namespace
