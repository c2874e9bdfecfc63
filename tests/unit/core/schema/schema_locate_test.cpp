// Places within a record by their paths, and what is said of paths that are wrong.
#include "tests/unit/core/schema/schema_fixture.h"

namespace {

mmf_place locate(const Schema &schema, const std::string &path)
{
    mmf_place place;
    mmf_error error = {};
    std::memset(&place, 0xff, sizeof place);
    EXPECT_EQ(mmf_schema_locate(schema.get(), path.c_str(), &place, &error), MMF_OK)
        << path << ": " << error.message;
    EXPECT_EQ(place.schema, schema.get()) << path;
    return place;
}

void expect_place(const Schema &schema, const std::string &path, uint32_t offset, uint32_t size,
                  const char *field, bool is_array = false)
{
    const mmf_place place = locate(schema, path);
    ASSERT_NE(place.field, nullptr) << path;
    EXPECT_STREQ(place.field->name, field) << path;
    EXPECT_EQ(place.offset, offset) << path;
    EXPECT_EQ(place.size, size) << path;
    EXPECT_EQ(place.is_array, is_array) << path;
}

// Offsets as SchemaLayout.OfAllAtOnce finds them.
TEST(SchemaLocate, FieldsElementsAndMembers)
{
    const Schema book = t_read(T_BOOK);
    expect_place(book, "symbol", 8, 20, "symbol");
    expect_place(book, "at", 32, 8, "at");
    expect_place(book, "trend", 46, 6, "trend", true);
    expect_place(book, "trend[0]", 46, 2, "trend");
    expect_place(book, "trend[2]", 50, 2, "trend");
    expect_place(book, "bids", 56, 160, "bids", true);
    expect_place(book, "bids[0]", 56, 16, "bids");
    expect_place(book, "bids[9]", 200, 16, "bids");
    expect_place(book, "bids[3].price", 56 + 48, 8, "price");
    expect_place(book, "bids[3].size", 56 + 48 + 8, 4, "size");
    expect_place(book, "home", 216, 72, "home");
    expect_place(book, "home.name", 216, 9, "name");
    expect_place(book, "home.open", 225, 1, "open");
    expect_place(book, "home.best", 232, 32, "best", true);
    expect_place(book, "home.best[1].side", 232 + 16 + 12, 1, "side");
    expect_place(book, "home.note.size", 216 + 48 + 8, 4, "size");
    expect_place(book, "greeks[4]", 288 + 32, 8, "greeks");
    expect_place(book, "flags[3]", 339, 1, "flags");
    expect_place(book, "raw", 360, 7, "raw");
}

void expect_null(const mmf_place &place, uint32_t index, uint32_t offset, uint8_t mask)
{
    ASSERT_LT(index, place.null_count);
    EXPECT_EQ(place.nulls[index].offset, offset);
    EXPECT_EQ(place.nulls[index].mask, mask);
}

// Every nullable field on the way, from the outermost on: the value is there if all are.
TEST(SchemaLocate, NullableFieldsOnThePath)
{
    const Schema book = t_read(T_BOOK);
    EXPECT_EQ(locate(book, "symbol").null_count, 0u);
    EXPECT_EQ(locate(book, "bids[3].price").null_count, 0u);
    const mmf_place day = locate(book, "day");
    EXPECT_EQ(day.null_count, 1u);
    expect_null(day, 0, 367, 1);
    const mmf_place flag = locate(book, "flags[1]");
    EXPECT_EQ(flag.null_count, 1u);
    expect_null(flag, 0, 367, 8);
    const mmf_place side = locate(book, "bids[3].side");
    EXPECT_EQ(side.null_count, 1u);
    expect_null(side, 0, 56 + 48 + 13, 1);
    const mmf_place open = locate(book, "home.open");
    EXPECT_EQ(open.null_count, 1u);
    expect_null(open, 0, 367, 2);
    const mmf_place deep = locate(book, "home.note.side");
    EXPECT_EQ(deep.null_count, 3u);
    expect_null(deep, 0, 367, 2);
    expect_null(deep, 1, 216 + 64, 1);
    expect_null(deep, 2, 216 + 48 + 13, 1);
}

TEST(SchemaLocate, TheNinthNullableFieldHasTheNextByte)
{
    std::string fields;
    for (int i = 0; i < 10; i++)
        fields += "  f" + std::to_string(i) + ": bool?;\n";
    const Schema schema = t_record(fields); // fields at 8..18
    expect_null(locate(schema, "f7"), 0, 18, 0x80);
    expect_null(locate(schema, "f8"), 0, 19, 1);
    expect_null(locate(schema, "f9"), 0, 19, 2);
}

// As many structs as there may be, all of them and the last value nullable.
TEST(SchemaLocate, TheDeepestPathThereIs)
{
    std::string definitions = "struct S1 {\n  f: bool?;\n}\n";
    std::string path = "f";
    for (uint32_t i = 2; i <= MMF_STRUCT_DEPTH_MAX; i++) {
        definitions +=
            "struct S" + std::to_string(i) + " {\n  f: S" + std::to_string(i - 1) + "?;\n}\n";
        path += ".f";
    }
    const Schema schema = t_record("  f: S16?;\n", definitions);
    const mmf_place place = locate(schema, path + ".f");
    EXPECT_EQ(place.null_count, MMF_STRUCT_DEPTH_MAX + 1);
    EXPECT_EQ(place.field->type, MMF_TYPE_BOOL);
    EXPECT_EQ(place.offset, 8u);
    // The bool is a byte, and each struct has one more for its own validity: at 1, 2, ... 16.
    for (uint32_t i = 0; i <= MMF_STRUCT_DEPTH_MAX; i++)
        expect_null(place, i, 8 + 17 - i, 1);
}

TEST(SchemaLocate, WrongPathsSayWhere)
{
    const Schema book = t_read(T_BOOK);
    const std::pair<const char *, const char *> wrong[] = {
        {"", "no name at byte 0; expected the name of a field, as in 'symbol'"},
        {".", "no name at byte 0; expected the name of a field, as in 'symbol'"},
        {"[0]", "no name at byte 0; expected the name of a field, as in 'symbol'"},
        {"Symbol", "no such field at byte 0; expected the name of a field, as in 'symbol'"},
        {"symbo", "no such field at byte 0; expected the name of a field, as in 'symbol'"},
        {"symbols", "no such field at byte 0; expected the name of a field, as in 'symbol'"},
        {" symbol", "no such field at byte 0; expected the name of a field, as in 'symbol'"},
        {"symbol ", "no such field at byte 0; expected the name of a field, as in 'symbol'"},
        {"symbol[0]", "an index of a field that is no array at byte 6; expected '.' or the end"},
        {"home[0]", "an index of a field that is no array at byte 4; expected '.' or the end"},
        {"trend[0][0]", "an index of a field that is no array at byte 8; expected '.' or the end"},
        {"symbol.x", "a member of a field that is no struct at byte 6; expected the end of the "
                     "path"},
        {"greeks[0].x", "a member of a field that is no struct at byte 9; expected the end of the "
                        "path"},
        {"bids.price",
         "a member of a whole array at byte 4; expected the index of an element, as in '[0]'"},
        {"home.best.side",
         "a member of a whole array at byte 9; expected the index of an element, as in '[0]'"},
        {"bids[10]", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[-1]", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[]", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[1", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[1.price", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[x]", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[ 1]", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[4294967296]", "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[4294967297].price",
         "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[99999999999999999999999]",
         "no such index at byte 5; expected an index from 0 to 9, and ']'"},
        {"bids[1]]", "a stray ']' at byte 7; expected '.', '[' or the end"},
        {"symbol]", "a stray ']' at byte 6; expected '.', '[' or the end"},
        {"bids[1].", "no name at byte 8; expected the name of a field, as in 'price'"},
        {"bids[1]..price", "no name at byte 8; expected the name of a field, as in 'price'"},
        {"bids[1].symbol", "no such field at byte 8; expected the name of a field, as in 'price'"},
        {"home.", "no name at byte 5; expected the name of a field, as in 'name'"},
    };
    for (const auto &one : wrong) {
        mmf_place place;
        mmf_error error = {};
        std::memset(&place, 0xff, sizeof place);
        EXPECT_EQ(mmf_schema_locate(book.get(), one.first, &place, &error), MMF_ERR_ARGUMENT)
            << one.first;
        EXPECT_EQ(std::string(error.message),
                  std::string("path '") + one.first + "' of record 'Book': " + one.second);
        mmf_place zero;
        std::memset(&zero, 0, sizeof zero);
        EXPECT_EQ(std::memcmp(&place, &zero, sizeof place), 0) << one.first;
    }
}

// Names right after an index, without the '.'.
TEST(SchemaLocate, AMemberNeedsItsPoint)
{
    const Schema book = t_read(T_BOOK);
    for (const char *path : {"bids[1]price", "bids[1]x", "trend[1]0", "bids[1] "}) {
        mmf_place place;
        mmf_error error = {};
        EXPECT_EQ(mmf_schema_locate(book.get(), path, &place, &error), MMF_ERR_ARGUMENT) << path;
        EXPECT_EQ(place.field, nullptr) << path;
        EXPECT_NE(std::string(error.message).find("a name without its '.' at byte "),
                  std::string::npos)
            << error.message;
    }
}

TEST(SchemaLocate, AWholePathOfAnyLengthIsRefused)
{
    const Schema book = t_read(T_BOOK);
    mmf_error error = {};
    mmf_place place;
    const std::string longest(100000, 'x');
    EXPECT_EQ(mmf_schema_locate(book.get(), longest.c_str(), &place, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(
        mmf_schema_locate(book.get(), ("bids[" + std::string(100000, '1')).c_str(), &place, &error),
        MMF_ERR_ARGUMENT);
}

TEST(SchemaLocate, NullIsAnArgumentError)
{
    const Schema book = t_read(T_BOOK);
    mmf_error error = {};
    mmf_place place;
    EXPECT_EQ(mmf_schema_locate(nullptr, "at", &place, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_locate: schema is NULL");
    EXPECT_EQ(mmf_schema_locate(book.get(), nullptr, &place, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_locate: path is NULL");
    EXPECT_EQ(mmf_schema_locate(book.get(), "at", nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_locate: out is NULL");
    EXPECT_EQ(mmf_schema_locate(nullptr, nullptr, nullptr, nullptr), MMF_ERR_ARGUMENT);
}

} // namespace
