// The diagnostics for a word that is not a type.
#include "gen/model/unknown_type.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/front/front_fixture.h"

namespace {

const char ALL_TYPES[] = "the types are bool, int8 to int64, uint8 to uint64, float32, float64, "
                         "string[N], bytes[N], timestamp[ns], date, decimal(18,4), and the enums "
                         "and structs of this file";

// The hint, after a check that the word was reported.
std::string hint_for(const std::string &word)
{
    Front front("_: " + word + ";");
    report_unknown_type(&front.list, front.find(word), source_span{0, 0});
    EXPECT_EQ(front.list.count, 1u);
    EXPECT_EQ(front.list.errors[0].at.offset, 3u);
    EXPECT_EQ(front.list.errors[0].at.length, word.size());
    EXPECT_EQ(front.error().find("unknown type '"), 0u) << front.error();
    return front.hint();
}

std::string meant(const std::string &type)
{
    return "did you mean '" + type + "'?";
}

TEST(UnknownType, TypesOfOtherLanguagesAreTranslated)
{
    EXPECT_EQ(hint_for("double"), meant("float64"));
    EXPECT_EQ(hint_for("float"), meant("float32"));
    EXPECT_EQ(hint_for("int"), meant("int32"));
    EXPECT_EQ(hint_for("long"), meant("int64"));
    EXPECT_EQ(hint_for("u16"), meant("uint16"));
    EXPECT_EQ(hint_for("int8_t"), meant("int8"));
    EXPECT_EQ(hint_for("size_t"), meant("uint64"));
    EXPECT_EQ(hint_for("boolean"), meant("bool"));
    EXPECT_EQ(hint_for("str"), meant("string[N]"));
    EXPECT_EQ(hint_for("blob"), meant("bytes[N]"));
}

// One or two edits: a letter left out, added, replaced; two swapped; capitals.
TEST(UnknownType, MisspeltTypesAreRecognized)
{
    EXPECT_EQ(hint_for("flot64"), meant("float64"));
    EXPECT_EQ(hint_for("floaat64"), meant("float64"));
    EXPECT_EQ(hint_for("floxt32"), meant("float32"));
    EXPECT_EQ(hint_for("flaot64"), meant("float64"));
    EXPECT_EQ(hint_for("FLOAT64"), meant("float64"));
    EXPECT_EQ(hint_for("String"), meant("string"));
    EXPECT_EQ(hint_for("byte_s"), meant("bytes"));
    EXPECT_EQ(hint_for("bol"), meant("bool"));
}

// The hint keeps the length of text and bytes.
std::string hint_with_length(const std::string &word)
{
    Front front("_: " + word + "[16];");
    report_unknown_type(&front.list, front.find(word), front.find("16"));
    EXPECT_EQ(front.list.count, 1u);
    return front.hint();
}

TEST(UnknownType, TextAndBytesOfOtherLanguagesKeepTheirLength)
{
    for (const char *word : {"char", "character", "str", "text", "varchar", "wchar_t"})
        EXPECT_EQ(hint_with_length(word),
                  "did you mean 'string[16]', or 'bytes[16]' for what is not text?");
    for (const char *word : {"uint8_t", "byte", "u8", "blob", "binary"})
        EXPECT_EQ(hint_with_length(word), meant("bytes[16]"));
    EXPECT_EQ(hint_with_length("strng"), meant("string"));
    EXPECT_EQ(hint_with_length("int"), meant("int32"));
}

TEST(UnknownType, AWordThatTheLexerReportedIsNotReportedAgain)
{
    Front front("_: flo-at64;");
    report_unknown_type(&front.list, front.find("flo-at64"), source_span{0, 0});
    EXPECT_EQ(front.list.count, 0u);
}

TEST(UnknownType, AnyOtherWordGetsAListOfAllTypes)
{
    EXPECT_EQ(hint_for("currency"), ALL_TYPES);
    EXPECT_EQ(hint_for("x"), ALL_TYPES); // every short word is near to some type
    EXPECT_EQ(hint_for("zz"), ALL_TYPES);
    EXPECT_EQ(hint_for("floxxx64"), ALL_TYPES); // three edits
}

// The longest word that is compared with types, and longer ones.
TEST(UnknownType, WordsOfAnyLengthAreReported)
{
    for (size_t length = 1; length <= 70; length++)
        EXPECT_EQ(hint_for(std::string(length, 'q')), ALL_TYPES) << length;
    EXPECT_EQ(hint_for("float64" + std::string(1000, 'q')), ALL_TYPES);
}

TEST(UnknownType, TypesOfDatabasesAreTranslated)
{
    EXPECT_EQ(hint_for("datetime64"), meant("timestamp[ns]"));
    EXPECT_EQ(hint_for("time"), meant("timestamp[ns]"));
    EXPECT_EQ(hint_for("date32"), meant("date"));
    EXPECT_EQ(hint_for("numeric"), meant("decimal(18,4)"));
    EXPECT_EQ(hint_for("timestmp"), meant("timestamp"));
    EXPECT_EQ(hint_for("decimel"), meant("decimal"));
    EXPECT_EQ(hint_for("Date"), meant("date"));
}

} // namespace
