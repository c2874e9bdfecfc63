// The one layout of a schema: what it looks like, and that nothing but blanks changes.
#include "gen/format/format.h"

#include <gtest/gtest.h>

#include <cctype>
#include <random>
#include <string>

#include "tests/unit/gen/model/model_fixture.h"

namespace {

std::string formatted(const std::string &text)
{
    Meaning meaning(text);
    EXPECT_TRUE(meaning.accepted()) << meaning.said();
    emit_text out = {nullptr, 0, 0, false};
    format_schema(&out, &meaning.from, &meaning.memory);
    EXPECT_FALSE(out.failed);
    const std::string result(out.data, out.size);
    emit_text_free(&out);
    return result;
}

// What a schema is without blanks: every other character stays, in its order.
std::string squeezed(const std::string &text)
{
    std::string out;
    for (const char c : text)
        if (std::isspace(static_cast<unsigned char>(c)) == 0)
            out += c;
    return out;
}

std::string canonical(const std::string &text)
{
    Meaning meaning(text);
    std::string out;
    for (uint32_t i = 0; meaning.accepted() && i < meaning.model.record_count; i++)
        out += meaning.model.records[i].text;
    return out;
}

// Laid out as expected, and then left alone.
void expect(const std::string &text, const std::string &expected)
{
    EXPECT_EQ(formatted(text), expected);
    EXPECT_EQ(formatted(expected), expected);
    EXPECT_EQ(canonical(expected), canonical(text));
}

TEST(FormatTest, ItemsHaveALineEachAndTypesAreAligned)
{
    expect("record Tick version 1{price:float64;volume :uint32 ;}", "record Tick version 1 {\n"
                                                                    "    price:  float64;\n"
                                                                    "    volume: uint32;\n"
                                                                    "}\n");
}

TEST(FormatTest, EveryConstructHasItsBlanks)
{
    expect("const N=3;enum Side:uint8@prefix( my_side ){Buy=1;Sell=-0;}"
           "struct Level@align( 8 ){price:decimal( 18 , 4 );}"
           "record Book version 2@checksums@align(64){s:Side=Buy@since( 2 );l:Level[ N ]?;"
           "t:timestamp[ ns ];n:string [ 8 ]=\"a  b\"@was( m )@deprecated;}",
           "const N = 3;\n"
           "enum Side : uint8 @prefix(my_side) {\n"
           "    Buy = 1;\n"
           "    Sell = -0;\n"
           "}\n"
           "struct Level @align(8) {\n"
           "    price: decimal(18,4);\n"
           "}\n"
           "record Book version 2 @checksums @align(64) {\n"
           "    s: Side = Buy @since(2);\n"
           "    l: Level[N]?;\n"
           "    t: timestamp[ns];\n"
           "    n: string[8] = \"a  b\" @was(m) @deprecated;\n"
           "}\n");
}

TEST(FormatTest, CommentsStayWithWhatTheyBelongTo)
{
    expect("// of the file\n\n\n\n/// of the record\nrecord A version 1 { // open\n"
           "  a: bool;   /// of a\n"
           "             /// more of a\n"
           "  long_name: int8;// of long_name\n"
           "  // alone\n"
           "  /* between */ c: int8; /* after */\n"
           "}\n// the end",
           "// of the file\n"
           "\n"
           "/// of the record\n"
           "record A version 1 { // open\n"
           "    a:         bool; /// of a\n"
           "                     /// more of a\n"
           "    long_name: int8; // of long_name\n"
           "    // alone\n"
           "    /* between */\n"
           "    c:         int8;\n"
           "    /* after */\n"
           "}\n"
           "// the end\n");
}

TEST(FormatTest, OneEmptyLineStays)
{
    expect("record A version 1 {\n\n  a: bool;\n\n\n  long: int8;\n\n}\n\n\n\nrecord B version 1 { "
           "c: bool; }",
           "record A version 1 {\n"
           "\n"
           "    a: bool;\n"
           "\n"
           "    long: int8;\n"
           "}\n"
           "\n"
           "record B version 1 {\n"
           "    c: bool;\n"
           "}\n");
}

TEST(FormatTest, LineEndsAndTheByteOrderMarkOfOtherEditorsGo)
{
    expect("\xef\xbb\xbfrecord A version 1 {\r\n\ta: bool; // x \t\r\n}\r\n",
           "record A version 1 {\n    a: bool; // x\n}\n");
}

// Blanks, line ends and comments strewn between the tokens of a schema.
TEST(FormatTest, NothingButBlanksChangesWhereverTheyAre)
{
    const std::string tokens[] = {"record", "A", "version", "1",       "@checksums", "{", "a", ":",
                                  "bool",   ";", "b",       ":",       "string",     "[", "4", "]",
                                  "?",      "=", "\"x y\"", "@",       "since",      "(", "1", ")",
                                  ";",      "c", ":",       "decimal", "(",          "4", ",", "2",
                                  ")",      ";", "}"};
    const char *gaps[] = {" ", "  ", "\n", "\n\n\n", "\t", " /* c */ ", " // c\n", "\n// c\n"};
    std::mt19937 random(7);
    for (int round = 0; round < 500; round++) {
        std::string text;
        for (const std::string &token : tokens) {
            const bool glued = !text.empty() && text.back() == '@'; // an attribute is one word
            text += (glued ? "" : gaps[random() % 8]) + token;
        }
        Meaning meaning(text);
        if (!meaning.accepted())
            continue; // "@" and its word are apart
        const std::string once = formatted(text);
        EXPECT_EQ(squeezed(once), squeezed(text)) << text;
        EXPECT_EQ(formatted(once), once) << text;
        EXPECT_EQ(canonical(once), canonical(text)) << text;
    }
}

TEST(FormatTest, MemoryMayBeShort)
{
    Meaning meaning("record A version 1 { a: bool; }");
    arena none;
    arena_init(&none, 8);
    emit_text out = {nullptr, 0, 0, false};
    format_schema(&out, &meaning.from, &none);
    EXPECT_TRUE(out.failed);
    emit_text_free(&out);
    arena_free(&none);
}

} // namespace
