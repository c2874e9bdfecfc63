// The values within arrays and structs that get calls of their own.
#include "gen/model/leaves.h"

#include <vector>

#include "tests/unit/gen/model/model_fixture.h"

namespace {

// "name/dimensions" of every leaf of every field of the first record.
std::vector<std::string> leaves(const Meaning &meaning)
{
    std::vector<std::string> all;
    EXPECT_TRUE(meaning.accepted()) << meaning.said();
    for (uint32_t i = 0; meaning.accepted() && i < meaning.model.records[0].field_count; i++) {
        const size_t before = all.size();
        const uint32_t count = leaves_of(
            &meaning.model.records[0].fields[i],
            [](void *context, const leaves_leaf *leaf) {
                static_cast<std::vector<std::string> *>(context)->push_back(
                    std::string(leaf->name) + "/" + std::to_string(leaf->dimensions) +
                    (leaf->is_cut ? "..." : ""));
            },
            &all);
        EXPECT_EQ(count, all.size() - before);
    }
    return all;
}

using names = std::vector<std::string>;

TEST(Leaves, PlainFieldsHaveNone)
{
    EXPECT_EQ(leaves(Meaning(record_of("a: bool; b: string[3]; c: date; d: decimal(1,1);"))),
              names());
}

TEST(Leaves, ElementsAndMembersAreLeaves)
{
    const Meaning meaning("struct Level { price: float64; sizes: uint32[2]; }\n"
                          "struct Side { top: Level; all: Level[3]; name: string[4]; }\n" +
                          record_of("greeks: float64[5]; best: Level; sides: Side[2];"));
    EXPECT_EQ(leaves(meaning), (names{"greeks/1", "best_price/0", "best_sizes/1",
                                      "sides_top_price/1", "sides_top_sizes/2", "sides_all_price/2",
                                      "sides_all_sizes/3", "sides_name/1"}));
}

// What is null as a whole is read and set as a whole.
TEST(Leaves, NothingWithinANullableIsALeaf)
{
    const Meaning meaning("struct Level { price: float64?; size: uint32; }\n" +
                          record_of("a: uint8[2]?; b: Level?; c: Level[2];"));
    EXPECT_EQ(leaves(meaning), (names{"c_size/1"}));
}

TEST(Leaves, ALongNameIsCut)
{
    const std::string x(63, 'x');
    const Meaning fits("struct S { " + x + ": bool; }\n" + record_of(x + ": S;"));
    EXPECT_EQ(leaves(fits), (names{x + "_" + x + "/0"}));
    const Meaning cut("struct T { " + x + ": bool; }\nstruct S { t: T; }\n" +
                      record_of(x + ": S;"));
    ASSERT_EQ(leaves(cut).size(), 1u);
    EXPECT_EQ(leaves(cut)[0].substr(0, 66), x + "_t_");
    EXPECT_EQ(leaves(cut)[0].substr(leaves(cut)[0].size() - 3), "...");
}

TEST(Leaves, ThereIsALimit)
{
    std::string fields;
    for (int i = 0; i < 1024; i++)
        fields += "f" + std::to_string(i) + ": bool; ";
    const Meaning meaning("struct S { " + fields +
                          "}\nstruct T { a: S; b: S; c: S; d: S; e: S; f: S; "
                          "g: S; h: S; i: S; }\n" +
                          record_of("t: T;"));
    ASSERT_TRUE(meaning.accepted());
    EXPECT_EQ(leaves_of(&meaning.model.records[0].fields[0], nullptr, nullptr), LEAVES_MAX);
}

} // namespace
