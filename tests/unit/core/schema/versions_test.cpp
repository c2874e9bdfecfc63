// Which field of one version is which of another, and where names that were given again leave that
// open: what is not certain is refused, and never read from the wrong field.
#include "core/schema/versions.h"
#include "schema_fixture.h"

namespace {

Schema version(uint32_t number, const std::string &fields)
{
    return t_read("record R version " + std::to_string(number) + " {\n" + fields + "}\n");
}

// "a<-b c<-" for a that is their b, and c that they do not have.
std::string pairs(const Schema &mine, const Schema &theirs)
{
    const mmfi_versions of = mmfi_versions_of(mine.get(), theirs.get());
    std::string out;
    for (uint32_t i = 0; i < of.mine_count; i++) {
        const mmf_field *found = mmfi_counterpart(&of, &of.mine[i]);
        out += std::string(i > 0 ? " " : "") + of.mine[i].name + "<-";
        out += found != nullptr ? found->name : "";
    }
    return out;
}

// The reason why programs of mine do not read files of theirs, or "" where they do.
std::string reason(const Schema &mine, const Schema &theirs)
{
    char out[MMF_REASON_SIZE];
    bool writable = false;
    const bool reads = mmf_schema_reads(mine.get(), theirs.get(), &writable, out);
    EXPECT_TRUE(reads || !writable);
    return reads ? "" : out;
}

TEST(Versions, AFieldIsTheOneOfItsName)
{
    const Schema older = version(1, "  a: int8;\n  b: int8;\n");
    const Schema newer = version(2, "  b: int8;\n  a: int8;\n  c: int8?;\n");
    EXPECT_EQ(pairs(newer, older), "b<-b a<-a c<-");
    EXPECT_EQ(pairs(older, newer), "a<-a b<-b");
}

TEST(Versions, ARenamedFieldIsFoundFromBothSides)
{
    const Schema older = version(1, "  a: int8;\n");
    const Schema newer = version(2, "  b: int8 @was(a);\n");
    EXPECT_EQ(pairs(newer, older), "b<-a");
    EXPECT_EQ(pairs(older, newer), "a<-b");
    EXPECT_EQ(reason(newer, older), "");
    EXPECT_EQ(reason(older, newer), "");
}

// x became old_x, then y; a new x came. In files between, old_x is y, and there is no x.
TEST(Versions, OneFieldIsNotTwo)
{
    const Schema between = version(2, "  old_x: int8 @was(x);\n");
    const Schema newest = version(3, "  y: int8 @was(old_x);\n  x: int8 = 7;\n");
    EXPECT_EQ(pairs(newest, between), "y<-old_x x<-");
    EXPECT_EQ(reason(newest, between), "");
    // From the other side, x looks like what old_x was.
    EXPECT_NE(reason(between, newest).find("only the older version says"), std::string::npos);
}

// y was removed, and x renamed to y: y of the new version is not y of the old one.
TEST(Versions, ANameThatWasGivenAgainIsRefused)
{
    const Schema older = version(1, "  x: int8;\n  y: int8;\n");
    const Schema newer = version(2, "  y: int8 @was(x);\n");
    const std::string expected =
        "field 'y' may be 'y' of the file or not: the older version has this name and the one that "
        "'@was' gives; give the field of the newer version a name that no older one has";
    EXPECT_EQ(reason(newer, older), expected);
    EXPECT_NE(reason(older, newer), "");
    EXPECT_EQ(reason(version(1, "  x: int8 = 1;\n  y: int8;\n"), newer), expected);
    // After the next one, where x is something new, y is y.
    EXPECT_EQ(reason(newer, version(3, "  y: int8;\n  x: int8;\n")), "");
}

// What a field was called is a name that a newer version may use for something else.
TEST(Versions, AnOldNameInANewerVersionIsRefused)
{
    const Schema older = version(1, "  y: int8 = 1 @was(x);\n");
    const Schema newer = version(2, "  x: int8 = 1;\n");
    EXPECT_EQ(
        reason(older, newer),
        "field 'y' may be 'x' of the file or not: only the older version says by '@was' that "
        "they are the same; give the field of the newer version a name that no older one has");
    EXPECT_NE(reason(newer, older), "");
}

TEST(Versions, StructsAreComparedLikeRecords)
{
    const auto with = [](uint32_t number, const std::string &members) {
        return t_read("struct S {\n" + members + "}\nrecord R version " + std::to_string(number) +
                      " {\n  s: S;\n}\n");
    };
    const Schema older = with(1, "  x: int8;\n  y: int8;\n");
    EXPECT_NE(reason(with(2, "  y: int8 @was(x);\n"), older).find("field 's.y' may be 'y'"),
              std::string::npos);
    EXPECT_EQ(reason(with(2, "  y: int8;\n  z: int8 @was(x);\n"), older), "");
}

// What prevents writing is said with its path.
TEST(Versions, AFieldThatOnlyTheFileHasIsNamed)
{
    const Schema file = t_read("struct S {\n  a: int8;\n  gone: int8;\n}\n"
                               "record R version 1 {\n  s: S;\n}\n");
    const Schema program = t_read("struct S {\n  a: int8;\n}\nrecord R version 2 {\n  s: S;\n}\n");
    char out[MMF_REASON_SIZE];
    bool writable = true;
    EXPECT_TRUE(mmf_schema_reads(program.get(), file.get(), &writable, out));
    EXPECT_FALSE(writable);
    EXPECT_STREQ(out, "the program does not know field 's.gone' of the file");
}

} // namespace
