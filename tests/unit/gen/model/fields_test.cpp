// The fields of records and structs: types, defaults, and structs that use structs.
#include "tests/unit/gen/model/model_fixture.h"

namespace {

const std::string SIDE = "enum Side : uint8 { Buy = 1; Sell = 2; }\n";

TEST(Fields, TimestampsAndDatesAreIntegers)
{
    const Meaning meaning(record_of("a: timestamp[s]; b: timestamp[ms]; c: timestamp[us]; "
                                    "d: timestamp[ns][3]?; e: date; f: date[2];"));
    const struct {
        const char *name;
        uint32_t scale;
    } CASES[] = {{"a", 0}, {"b", 3}, {"c", 6}, {"d", 9}};
    for (const auto &with : CASES) {
        EXPECT_EQ(meaning.field(with.name).type, MMF_TYPE_INT64);
        EXPECT_EQ(meaning.field(with.name).logical, MMF_LOGICAL_TIMESTAMP);
        EXPECT_EQ(meaning.field(with.name).scale, with.scale) << with.name;
    }
    EXPECT_EQ(meaning.field("d").count, 3u);
    EXPECT_EQ(meaning.field("d").size, 24u);
    EXPECT_EQ(meaning.field("d").null_bit, 1u);
    EXPECT_EQ(meaning.field("e").type, MMF_TYPE_INT32);
    EXPECT_EQ(meaning.field("e").logical, MMF_LOGICAL_DATE);
    EXPECT_EQ(meaning.field("f").size, 8u);
}

TEST(Fields, TimestampsNeedAUnit)
{
    EXPECT_EQ(refusal(record_of("a: timestamp;")), "'timestamp' needs its unit");
    EXPECT_EQ(refusal(record_of("a: timestamp[m];")), "unknown unit 'm'");
    EXPECT_EQ(refusal(record_of("a: timestamp[NS];")), "unknown unit 'NS'");
    EXPECT_EQ(refusal(record_of("a: timestamp(ns);")),
              "'timestamp' takes its unit in square brackets");
    EXPECT_EQ(refusal(record_of("a: date(ns);")), "'date' takes nothing in round brackets");
}

TEST(Fields, DecimalsHaveDigits)
{
    const Meaning meaning(record_of("a: decimal(18,4); b: decimal( 1 , 0 )[2]; c: decimal(3,3)?;"));
    EXPECT_EQ(meaning.field("a").type, MMF_TYPE_INT64);
    EXPECT_EQ(meaning.field("a").logical, MMF_LOGICAL_DECIMAL);
    EXPECT_EQ(meaning.field("a").precision, 18u);
    EXPECT_EQ(meaning.field("a").scale, 4u);
    EXPECT_EQ(meaning.field("b").precision, 1u);
    EXPECT_EQ(meaning.field("b").scale, 0u);
    EXPECT_EQ(meaning.field("b").count, 2u);
    EXPECT_EQ(meaning.field("c").scale, 3u);
    for (const char *wrong : {"", "()", "(1)", "(1,)", "(,1)", "(1,2,3)", "(1 2)", "(1,1,)",
                              "(0,0)", "(19,1)", "(4,5)", "(-1,0)", "(4,-1)", "(a,1)", "(4,1.0)"})
        EXPECT_NE(refusal(record_of(std::string("a: decimal") + wrong + ";")), "") << wrong;
}

TEST(Fields, ArraysHaveElementsUpToALimit)
{
    EXPECT_EQ(Meaning(record_of("a: uint8[1];")).field("a").count, 1u);
    EXPECT_EQ(Meaning(record_of("a: uint8[65536];")).field("a").count, 65536u);
    EXPECT_EQ(Meaning(record_of("a: uint8;")).field("a").count, 0u);
    for (const char *wrong : {"0", "65537", "-1", "1.5", "0x10", "4294967297"})
        EXPECT_EQ(refusal(record_of(std::string("a: uint8[") + wrong + "];")),
                  std::string("the number of elements is '") + wrong +
                      "'; expected a whole number from 1 to 65536");
    EXPECT_EQ(refusal(record_of("a: uint8[N];")), "no constant is named 'N'");
    EXPECT_EQ(refusal("const N = 0;\n" + record_of("a: uint8[N];")),
              "the number of elements is 0, which 'N' is; expected a whole number from 1 to 65536");
    EXPECT_EQ(refusal(record_of("a: uint8[2][2];")), "an array of arrays is not supported");
    EXPECT_EQ(refusal(record_of("a: string[2][2];")), "an array of 'string' is not supported");
}

TEST(Fields, NullableOnesAreCountedInTheirOrder)
{
    const Meaning meaning(record_of("a: uint8?; b: uint8; c: string[2]?; d: uint8[2]?;"));
    EXPECT_EQ(meaning.field("a").null_bit, 1u);
    EXPECT_EQ(meaning.field("b").null_bit, 0u);
    EXPECT_EQ(meaning.field("c").null_bit, 2u);
    EXPECT_EQ(meaning.field("d").null_bit, 3u);
    // 8: a, 9: b, 12: c of 6 bytes, 18: d of 2, 20: the validity byte
    EXPECT_EQ(meaning.model.records[0].validity_offset, 20u);
    EXPECT_EQ(meaning.model.records[0].record_size, 24u);
}

TEST(Fields, DefaultsSuitTheirType)
{
    const char *const RIGHT[] = {
        "a: bool = true;",
        "a: bool? = false;",
        "a: int8 = -128;",
        "a: int64 = -9223372036854775808;",
        "a: uint64 = 18446744073709551615;",
        "a: float32 = -2.5e-3;",
        "a: float64 = 7;",
        "a: string[3] = \"abc\";",
        "a: string[3] = \"\";",
        "a: date = -1;",
        "a: timestamp[ns] = 0;",
        "a: decimal(4,2) = -99.99;",
        "a: decimal(4,2)? = 1;",
        "a: Side = Sell;",
    };
    for (const char *field : RIGHT) {
        const Meaning meaning(SIDE + record_of(field));
        ASSERT_TRUE(meaning.accepted()) << field << "\n" << meaning.said();
        const std::string text = field;
        const size_t at = text.find("= ") + 2;
        EXPECT_EQ(meaning.field("a").default_text, text.substr(at, text.size() - at - 1));
    }
    const char *const WRONG[] = {
        "a: bool = 1;",
        "a: int8 = 128;",
        "a: uint8 = -1;",
        "a: int32 = 1.0;",
        "a: int32 = true;",
        "a: float64 = \"1\";",
        "a: string[3] = \"abcd\";",
        "a: string[3] = abc;",
        "a: decimal(4,2) = 100;",
        "a: decimal(4,2) = 1.234;",
        "a: decimal(4,2) = 1e1;",
        "a: Side = Hold;",
        "a: Side = 1;",
        "a: bytes[3] = \"abc\";",
        "a: int8[2] = 1;",
        "a: uint64 = 18446744073709551616;",
    };
    for (const char *field : WRONG)
        EXPECT_EQ(refusal(SIDE + record_of(field)).find("the default is '"), 0u) << field;
    EXPECT_EQ(Meaning(record_of("a: bool;")).field("a").default_text, nullptr);
}

TEST(Fields, UnknownTypesAreGuessed)
{
    EXPECT_EQ(Meaning(SIDE + record_of("a: side;")).hint(), "did you mean 'Side'?");
    EXPECT_EQ(Meaning(SIDE + record_of("a: Sied;")).hint(), "did you mean 'Side'?");
    EXPECT_EQ(Meaning("struct Level { a: bool; }\n" + record_of("a: Levels;")).hint(),
              "did you mean 'Level'?");
    EXPECT_EQ(Meaning("const DEPTH = 1;\n" + record_of("a: bool[DEPHT];")).hint(),
              "did you mean 'DEPTH'?");
    EXPECT_EQ(Meaning(record_of("a: flaot64;")).hint(), "did you mean 'float64'?");
    EXPECT_EQ(refusal(record_of("a: bool;") + "record B version 1 { a: A; }"),
              "'A' is a record, which cannot lie within another one");
}

TEST(Structs, AreLaidOutAtTheirNaturalAlignment)
{
    const Meaning meaning(
        "struct Level { price: decimal(18,4); size: uint32; orders: uint16?; }\n" +
        record_of("flag: bool; best: Level; bids: Level[3];"));
    const mmf_struct *level = meaning.field("best").structure;
    ASSERT_NE(level, nullptr);
    EXPECT_EQ(level->fields[0].offset, 0u);
    EXPECT_EQ(level->fields[1].offset, 8u);
    EXPECT_EQ(level->fields[2].offset, 12u);
    EXPECT_EQ(level->validity_offset, 14u);
    EXPECT_EQ(level->size, 16u);
    EXPECT_EQ(level->alignment, 8u);
    EXPECT_EQ(meaning.field("best").offset, 16u);
    EXPECT_EQ(meaning.field("bids").offset, 32u);
    EXPECT_EQ(meaning.field("bids").size, 48u);
    EXPECT_EQ(meaning.field("bids").structure, level);
}

// Structs may be declared in any order; the model has each after those that it uses.
TEST(Structs, MayUseStructsThatAreDeclaredLater)
{
    const Meaning meaning(record_of("a: A;") +
                          "struct A { b: B; c: C; }\nstruct B { c: C[2]; }\nstruct C { x: bool; }\n"
                          "struct Unused { x: bool; }\n");
    ASSERT_TRUE(meaning.accepted()) << meaning.said();
    ASSERT_EQ(meaning.model.struct_count, 4u);
    const char *const names[] = {"C", "B", "A", "Unused"};
    for (uint32_t i = 0; i < 4; i++)
        EXPECT_STREQ(meaning.model.structs[i]->name, names[i]);
    EXPECT_EQ(meaning.field("a").structure->depth, 3u);
}

TEST(Structs, DoNotContainThemselves)
{
    EXPECT_EQ(refusal("struct A { a: A; }\n" + record_of("a: A;")), "struct 'A' contains itself");
    EXPECT_EQ(refusal("struct A { b: B?; }\nstruct B { c: C[2]; }\nstruct C { a: A; }\n" +
                      record_of("a: A;")),
              "struct 'A' contains itself");
}

std::string nested(uint32_t depth)
{
    std::string text = "struct S1 { x: bool; }\n";
    for (uint32_t i = 2; i <= depth; i++)
        text += "struct S" + std::to_string(i) + " { s: S" + std::to_string(i - 1) + "; }\n";
    return text + record_of("s: S" + std::to_string(depth) + ";");
}

TEST(Structs, LieWithinEachOtherUpToALimit)
{
    EXPECT_TRUE(Meaning(nested(16)).accepted());
    EXPECT_EQ(refusal(nested(17)), "structs lie within each other 17 deep; at most 16 are allowed");
}

TEST(Structs, HaveFieldsAndASizeUpToALimit)
{
    EXPECT_EQ(refusal("struct S { }\n" + record_of("s: S;")),
              "the struct has 0 fields; expected 1 to 1024");
    EXPECT_EQ(refusal("struct S { a: uint64[65536]; b: uint64[65536]; c: bool; }\n" +
                      record_of("a: bool;")),
              "a struct takes 1048584 bytes; at most 1048576 are allowed");
    EXPECT_EQ(refusal("struct S { a: uint64[65536]; }\n" + record_of("a: S[65536];")),
              "a record takes 4294967295 bytes; at most 1048576 are allowed");
}

// One error of a struct is no error of what uses it.
TEST(Structs, WithErrorsCauseNoFurtherErrors)
{
    for (const char *wrong : {"struct S { a: flaot64; }", "struct S { }", "struct S { a }",
                              "struct S { a: bool; a: bool; }", "struct S @x { a: bool; }",
                              "struct S { a: T; }\nstruct T { a: T2[0]; }\nstruct T2 { a: bool; }"})
        EXPECT_NE(refusal(std::string(wrong) + "\n" + record_of("s: S; t: S[2]?;")), "") << wrong;
}

} // namespace
