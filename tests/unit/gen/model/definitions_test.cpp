// Constants and enums: what is accepted, and what it means.
#include "tests/unit/gen/model/model_fixture.h"

namespace {

TEST(Constants, KeepNameDocAndValue)
{
    const Meaning meaning("/// levels\nconst DEPTH = 10;\nconst NONE = 0;\n"
                          "const MOST = 2147483647;\n" +
                          record_of("a: uint8[DEPTH];"));
    ASSERT_TRUE(meaning.accepted()) << meaning.said();
    ASSERT_EQ(meaning.model.constant_count, 3u);
    EXPECT_STREQ(meaning.model.constants[0].name, "DEPTH");
    EXPECT_STREQ(meaning.model.constants[0].doc, "levels");
    EXPECT_EQ(meaning.model.constants[0].value, 10u);
    EXPECT_EQ(meaning.model.constants[1].value, 0u);
    EXPECT_EQ(meaning.model.constants[2].value, 2147483647u);
    EXPECT_EQ(meaning.field("a").count, 10u);
}

TEST(Constants, MayFollowWhatUsesThem)
{
    const Meaning meaning(record_of("a: string[N]; b: date[N];") + "const N = 4;\n");
    EXPECT_EQ(meaning.field("a").max, 4u);
    EXPECT_EQ(meaning.field("b").count, 4u);
}

TEST(Constants, AreWholeNumbers)
{
    for (const char *value : {"-1", "1.5", "1e3", "0x10", "2147483648", "99999999999999999999"})
        EXPECT_EQ(refusal(std::string("const N = ") + value + ";\n" + record_of("a: bool;")),
                  std::string("the constant is '") + value +
                      "'; expected a whole number from 0 to 2147483647");
}

TEST(Constants, AreDeclaredOnce)
{
    EXPECT_EQ(refusal("const N = 1;\nconst N = 1;\n" + record_of("a: bool;")),
              "constant 'N' is declared twice");
}

TEST(Enums, KeepStorageDocsAndMembersInTheirOrder)
{
    const Meaning meaning(
        "/// a side\nenum Side : int16 {\n  /// to buy\n  Buy = 2;\n  Sell = -2;\n}\n" +
        record_of("side: Side;"));
    ASSERT_TRUE(meaning.accepted()) << meaning.said();
    ASSERT_EQ(meaning.model.enum_count, 1u);
    const mmf_enum &side = meaning.model.enums[0];
    EXPECT_STREQ(side.name, "Side");
    EXPECT_STREQ(side.doc, "a side");
    EXPECT_EQ(side.type, MMF_TYPE_INT16);
    ASSERT_EQ(side.member_count, 2u);
    EXPECT_STREQ(side.members[0].name, "Buy");
    EXPECT_STREQ(side.members[0].doc, "to buy");
    EXPECT_EQ(side.members[0].value, 2);
    EXPECT_STREQ(side.members[1].name, "Sell");
    EXPECT_EQ(side.members[1].value, -2);
    const mmf_field &field = meaning.field("side");
    EXPECT_EQ(field.enumeration, &side);
    EXPECT_EQ(field.logical, MMF_LOGICAL_ENUM);
    EXPECT_EQ(field.type, MMF_TYPE_INT16);
    EXPECT_EQ(field.size, 2u);
}

// The least and the greatest value of each type; of uint32, what an int of C holds.
TEST(Enums, HaveTheLimitsOfTheirStorage)
{
    const struct {
        const char *type;
        int64_t low;
        int64_t high;
    } CASES[] = {
        {"int8", -128, 127},
        {"uint8", 0, 255},
        {"int16", -32768, 32767},
        {"uint16", 0, 65535},
        {"int32", INT32_MIN, INT32_MAX},
        {"uint32", 0, INT32_MAX},
    };
    for (const auto &with : CASES) {
        SCOPED_TRACE(with.type);
        const auto schema = [&](int64_t value) {
            return std::string("enum E : ") + with.type + " { M = " + std::to_string(value) +
                   "; }\n" + record_of("e: E;");
        };
        const Meaning low(schema(with.low));
        EXPECT_EQ(low.field("e").enumeration->members[0].value, with.low);
        const Meaning high(schema(with.high));
        EXPECT_EQ(high.field("e").enumeration->members[0].value, with.high);
        const std::string expected = "'; expected a whole number from " + std::to_string(with.low) +
                                     " to " + std::to_string(with.high);
        EXPECT_EQ(refusal(schema(with.low - 1)),
                  "the value is '" + std::to_string(with.low - 1) + expected);
        EXPECT_EQ(refusal(schema(with.high + 1)),
                  "the value is '" + std::to_string(with.high + 1) + expected);
    }
}

TEST(Enums, AreStoredAsSmallIntegers)
{
    for (const char *type : {"int64", "uint64", "bool", "float32", "float64", "string", "bytes",
                             "date", "E", "nothing"})
        EXPECT_EQ(
            refusal(std::string("enum E : ") + type + " { M = 1; }\n" + record_of("e: bool;")),
            std::string("an enum cannot be stored as '") + type + "'");
}

TEST(Enums, HaveEachNameAndValueOnce)
{
    const std::string record = record_of("e: bool;");
    EXPECT_EQ(refusal("enum E : int8 { A = 1; A = 2; }\n" + record),
              "member 'A' is declared twice");
    EXPECT_EQ(refusal("enum E : int8 { A = 1; B = 1; }\n" + record), "value 1 is given twice");
    EXPECT_EQ(refusal("enum E : int8 { A = 0; B = -0; }\n" + record), "value 0 is given twice");
    // A value that does not fit is no value that another one could repeat.
    EXPECT_EQ(refusal("enum E : int8 { A = 0; B = 500; }\n" + record),
              "the value is '500'; expected a whole number from -128 to 127");
}

TEST(Enums, HaveMembersUpToALimit)
{
    std::string members;
    for (int i = 0; i < 1024; i++)
        members += "M" + std::to_string(i) + " = " + std::to_string(i) + "; ";
    EXPECT_TRUE(Meaning("enum E : int16 { " + members + "}\n" + record_of("e: E;")).accepted());
    EXPECT_EQ(refusal("enum E : int16 { " + members + "M = -1; }\n" + record_of("e: E;")),
              "the enum has 1025 members; expected 1 to 1024");
    EXPECT_EQ(refusal("enum E : int16 { }\n" + record_of("e: E;")),
              "the enum has 0 members; expected 1 to 1024");
}

TEST(TypeNames, AreDeclaredOnceAndAreNoWordsOfTheLanguage)
{
    const std::string record = record_of("a: bool;");
    EXPECT_EQ(refusal("enum E : int8 { A = 1; }\nenum E : int8 { A = 1; }\n" + record),
              "type 'E' is declared twice");
    EXPECT_EQ(refusal("enum E : int8 { A = 1; }\nstruct E { a: bool; }\n" + record),
              "type 'E' is declared twice");
    EXPECT_EQ(refusal("struct E { a: bool; }\nenum E : int8 { A = 1; }\n" + record),
              "type 'E' is declared twice");
    for (const char *word : {"bool", "string", "timestamp", "date", "decimal", "record", "struct"})
        EXPECT_EQ(refusal(std::string("enum ") + word + " : int8 { A = 1; }\n" + record),
                  std::string("'") + word +
                      "' cannot name an enum: it is a word of the schema language");
}

// One error of an enum is no error of what uses it.
TEST(Enums, WithErrorsCauseNoFurtherErrors)
{
    for (const char *wrong : {"enum E : int8 { A = 1000; }", "enum E : float64 { A = 1; }",
                              "enum E : int8 { }", "enum E : int8 { A; }", "enum E { A = 1; }"})
        EXPECT_NE(refusal(std::string(wrong) + "\n" + record_of("e: E = A; f: E[3]?;")), "")
            << wrong;
}

} // namespace
