// Names, numbers and docs of what a schema declares.
#include "tests/unit/gen/model/model_fixture.h"

namespace {

// Every kind of part, with a name to be tried.
std::string with_name(const std::string &place, const std::string &name)
{
    const auto at = [&](const char *part) { return place == part ? name : std::string("ok"); };
    return "const " + at("constant") + " = 1;\nenum " + at("enum") + " : int8 { " + at("member") +
           " = 1; }\nstruct " + at("struct") + "_s { " + at("field of a struct") +
           ": bool; }\nrecord " + at("record") + "_r version 1 { " + at("field") + ": bool @was(" +
           at("was") + "_w); }\n";
}

TEST(CheckerName, HasARuleForEveryPart)
{
    for (const char *part :
         {"constant", "enum", "member", "struct", "field of a struct", "record", "field", "was"}) {
        SCOPED_TRACE(part);
        EXPECT_TRUE(Meaning(with_name(part, "Name")).accepted());
        EXPECT_EQ(refusal(with_name(part, "a__b")), "a name cannot contain '__'");
        EXPECT_NE(refusal(with_name(part, std::string(64, 'a'))).find("at most 63 are allowed"),
                  std::string::npos);
        if (std::string(part) != "was") {
            EXPECT_EQ(refusal(with_name(part, "_a")), "a name cannot begin with '_'");
        }
    }
}

TEST(CheckerNumber, VersionsAreWholeNumbers)
{
    const auto with = [](const std::string &version) {
        return "record A version " + version + " { a: bool; }";
    };
    EXPECT_TRUE(Meaning(with("1")).accepted());
    EXPECT_TRUE(Meaning(with("65535")).accepted());
    for (const char *wrong : {"0", "65536", "-1", "1.0", "1e2", "0x1", "18446744073709551617"})
        EXPECT_EQ(refusal(with(wrong)), std::string("the version is '") + wrong +
                                            "'; expected a whole number from 1 to 65535");
}

TEST(CheckerDocs, LinesAreJoinedWithoutEmptyOnesAtTheEnds)
{
    const Meaning meaning("///\n/// one\n///\n///  two\n///\nconst N = 1;\n///\n" +
                          record_of("a: uint8[N];"));
    ASSERT_TRUE(meaning.accepted()) << meaning.said();
    EXPECT_STREQ(meaning.model.constants[0].doc, "one\n\n two");
    EXPECT_STREQ(meaning.model.records[0].doc, "");
}

} // namespace
