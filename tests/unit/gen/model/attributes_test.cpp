// The attributes of records, structs, enums and fields.
#include "tests/unit/gen/model/model_fixture.h"

namespace {

TEST(Attributes, OfAFieldAreKept)
{
    const Meaning meaning("record A version 3 { a: bool; b: uint8 @align(16) @since(3) @was(old) "
                          "@deprecated; c: uint8 @was( other ) @since( 1 ); }");
    const mmf_field &plain = meaning.field("a");
    EXPECT_EQ(plain.align, 0u);
    EXPECT_EQ(plain.since, 0u);
    EXPECT_EQ(plain.was, nullptr);
    EXPECT_FALSE(plain.deprecated);
    const mmf_field &full = meaning.field("b");
    EXPECT_EQ(full.align, 16u);
    EXPECT_EQ(full.offset, 16u);
    EXPECT_EQ(full.since, 3u);
    EXPECT_STREQ(full.was, "old");
    EXPECT_TRUE(full.deprecated);
    EXPECT_STREQ(meaning.field("c").was, "other");
    EXPECT_EQ(meaning.field("c").since, 1u);
}

TEST(Attributes, OfARecordAreKept)
{
    const Meaning meaning("record A version 1 @align(64) @checksums @prefix(my_a) { a: bool; }\n"
                          "record B version 1 { b: bool; }\n");
    ASSERT_TRUE(meaning.accepted()) << meaning.said();
    EXPECT_EQ(meaning.model.records[0].align, 64u);
    EXPECT_EQ(meaning.model.records[0].record_size, 64u);
    EXPECT_EQ(meaning.model.records[0].checksum_offset, 60u); // in the last word
    EXPECT_STREQ(meaning.model.record_c_names[0], "my_a");
    EXPECT_STREQ(meaning.model.records[0].name, "A");
    EXPECT_EQ(meaning.model.records[1].align, 0u);
    EXPECT_EQ(meaning.model.records[1].checksum_offset, 0u);
    EXPECT_STREQ(meaning.model.record_c_names[1], "B");
}

TEST(Attributes, OfStructsAndEnumsAreKept)
{
    const Meaning meaning("struct S @align(32) @prefix(my_s) { a: bool; }\n"
                          "enum E : int8 @prefix(my_e) { A = 1; }\n" +
                          record_of("s: S[2]; e: E;"));
    EXPECT_EQ(meaning.field("s").structure->align, 32u);
    EXPECT_EQ(meaning.field("s").structure->size, 32u);
    EXPECT_EQ(meaning.field("s").offset, 32u);
    EXPECT_EQ(meaning.field("s").size, 64u);
    EXPECT_STREQ(meaning.model.struct_c_names[0], "my_s");
    EXPECT_STREQ(meaning.model.enum_c_names[0], "my_e");
}

std::string with_attribute(const std::string &attribute)
{
    return "record A version 2 { a: uint8 " + attribute + "; b: bool; }";
}

TEST(Attributes, AreGivenOnceAndInTheirPlace)
{
    EXPECT_EQ(refusal(with_attribute("@deprecated @deprecated")),
              "attribute '@deprecated' is given twice");
    EXPECT_EQ(refusal(with_attribute("@checksums")),
              "'@checksums' belongs to a record: expected it after the record's version");
    EXPECT_EQ(refusal("record A version 1 @was(b) { a: bool; }"),
              "'@was' belongs to a field: expected it after the field's type");
    EXPECT_EQ(refusal("struct S @since(1) { a: bool; }\n" + record_of("s: S;")),
              "'@since' belongs to a field: expected it after the field's type");
    EXPECT_EQ(refusal("enum E : int8 @deprecated { A = 1; }\n" + record_of("e: E;")),
              "'@deprecated' belongs to a field: expected it after the field's type");
}

TEST(Attributes, ThatAreUnknownAreGuessed)
{
    const struct {
        const char *written;
        const char *hint;
    } CASES[] = {
        {"@sinse(2)", "did you mean '@since(2)'?"},
        {"@deprecate", "did you mean '@deprecated'?"},
        {"@renamed(x)", "did you mean '@was(old_name)'?"},
        {"@aligned(8)", "did you mean '@align(64)'?"},
        {"@k", "the attributes of a field are: @align(64), @since(2), @was(old_name), @deprecated"},
    };
    for (const auto &with : CASES) {
        const Meaning meaning(with_attribute(with.written));
        EXPECT_EQ(meaning.list.count, 1u);
        EXPECT_EQ(meaning.error().find("unknown attribute '@"), 0u) << meaning.error();
        EXPECT_EQ(meaning.hint(), with.hint);
    }
}

TEST(Attributes, TakeTheirArgumentsAndNoOthers)
{
    EXPECT_EQ(refusal(with_attribute("@deprecated(1)")), "'@deprecated' takes no arguments");
    EXPECT_EQ(refusal(with_attribute("@since")), "'@since' needs a number in brackets");
    EXPECT_EQ(refusal(with_attribute("@was")), "'@was' needs a name in brackets");
    for (const char *wrong : {"()", "(1)", "(a b)", "(a,b)", "(_a)", "(\"a\")"})
        EXPECT_EQ(refusal(with_attribute(std::string("@was") + wrong)),
                  std::string("found '") + wrong + "'; '@was' takes one name");
    for (const char *wrong : {"two", "0", "-1", "65536", "1.5", "1 2", ""})
        EXPECT_NE(refusal(with_attribute(std::string("@since(") + wrong + ")")), "") << wrong;
}

TEST(Attributes, AlignmentIsAPowerOfTwoThatHasAnEffect)
{
    for (const char *right : {"2", "4", "64", "4096"})
        EXPECT_TRUE(Meaning(with_attribute(std::string("@align(") + right + ")")).accepted())
            << right;
    for (const char *wrong : {"0", "3", "48", "8192", "-8", "a", "1.0"})
        EXPECT_EQ(refusal(with_attribute(std::string("@align(") + wrong + ")")),
                  std::string("the alignment is '") + wrong +
                      "'; expected a power of two up to 4096");
    EXPECT_EQ(refusal(with_attribute("@align(1)")),
              "the field lies at a multiple of 1 bytes already");
    EXPECT_EQ(refusal(record_of("a: float64 @align(8);")),
              "the field lies at a multiple of 8 bytes already");
}

TEST(Attributes, SinceIsAVersionThatTheRecordHasReached)
{
    EXPECT_TRUE(Meaning(with_attribute("@since(2)")).accepted());
    EXPECT_EQ(refusal(with_attribute("@since(3)")),
              "the field is there since version 3 of a record that is at version 2");
}

TEST(Attributes, AnOldNameBelongsToOneField)
{
    EXPECT_EQ(refusal(record_of("a: bool @was(a);")), "the field was called what it is called");
    EXPECT_EQ(refusal(record_of("a: bool @was(b); b: bool;")),
              "'@was(b)' names what field 'b' is now");
    EXPECT_EQ(refusal(record_of("a: bool @was(c); b: bool @was(c);")),
              "'@was(c)' names what field 'a' was, too");
    // Two structs may both have had a field of that name.
    EXPECT_TRUE(Meaning("struct S { a: bool @was(c); }\n" + record_of("s: S; a: bool @was(c);"))
                    .accepted());
}

} // namespace
