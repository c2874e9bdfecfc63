// What docs/schema.md says of changes of a schema, row by row of its table, and what the document
// says beside it.
#include "schema_fixture.h"

#include <fstream>
#include <map>

namespace {

std::string version(int number, const std::string &fields, const std::string &definitions = "")
{
    return definitions + "record R version " + std::to_string(number) + " {\n" + fields + "}\n";
}

struct Change {
    std::string older;
    std::string newer;
};

Change fields(const std::string &older, const std::string &newer)
{
    return {version(1, older), version(2, newer)};
}

// A field of a struct of an array is changed like one of the record.
Change within(const std::string &older, const std::string &newer)
{
    const std::string all = "  all: S[3];\n";
    return {version(1, all, "struct S {\n" + older + "}\n"),
            version(2, all, "struct S {\n" + newer + "}\n")};
}

Change of_enum(const std::string &older, const std::string &newer)
{
    const std::string one = "  one: E;\n";
    return {version(1, one, "enum E : uint8 {\n" + older + "}\n"),
            version(2, one, "enum E : uint8 {\n" + newer + "}\n")};
}

// The changes that a row of the table means, by its first cell.
const std::map<std::string, std::vector<Change>> &changes()
{
    static const std::map<std::string, std::vector<Change>> ALL = {
        {"add a field with a default, with `?`, or with `@since`",
         {fields("  a: int8;\n", "  a: int8;\n  b: int8 = 1;\n"),
          fields("  a: int8;\n", "  b: string[4]?;\n  a: int8;\n"),
          fields("  a: int8;\n", "  a: int8;\n  b: int8[3] @since(2);\n"),
          within("  a: int8;\n", "  a: int8;\n  b: int8 = 1;\n")}},
        {"add any other field",
         {fields("  a: int8;\n", "  a: int8;\n  b: int8;\n"),
          fields("  a: int8;\n", "  a: int8;\n  b: int8 @since(1);\n"),
          within("  a: int8;\n", "  a: int8;\n  b: int8;\n")}},
        {"rename a field, with `@was`",
         {fields("  a: int8;\n", "  b: int8 @was(a);\n"),
          within("  a: int8[2];\n", "  b: int8[2] @was(a);\n")}},
        {"make a type wider",
         {fields("  a: int8;\n", "  a: int16;\n"),
          fields("  a: uint8;\n", "  a: int64;\n"),
          fields("  a: float32;\n", "  a: float64;\n"),
          fields("  a: string[4];\n", "  a: string[5];\n"),
          fields("  a: bytes[4];\n", "  a: bytes[5];\n"),
          fields("  a: decimal(4,2);\n", "  a: decimal(5,2);\n"),
          fields("  a: uint32[3]?;\n", "  a: uint64[3]?;\n"),
          within("  a: int8;\n", "  a: int16;\n"),
          {version(1, "  a: E;\n", "enum E : uint8 {\n  A = 1;\n}\n"),
           version(2, "  a: E;\n", "enum E : int16 {\n  A = 1;\n}\n")}}},
        {"let a field be null",
         {fields("  a: int8;\n", "  a: int8?;\n"), fields("  a: int8[2];\n", "  a: int8[2]?;\n"),
          within("  a: string[4];\n", "  a: string[4]?;\n")}},
        {"add a member to an enum",
         {of_enum("  A = 1;\n", "  A = 1;\n  B = 2;\n"),
          of_enum("  A = 1;\n", "  B = 0;\n  A = 1;\n")}},
        {"give a member of an enum another name or value",
         {of_enum("  A = 1;\n", "  B = 1;\n"), of_enum("  A = 1;\n", "  A = 2;\n")}},
        {"remove a field that has a default or `?`",
         {fields("  a: int8;\n  b: int8 = 1;\n", "  a: int8;\n"),
          fields("  a: int8;\n  b: int8?;\n", "  a: int8;\n"),
          within("  a: int8;\n  b: int8?;\n", "  a: int8;\n")}},
        {"remove any other field",
         {fields("  a: int8;\n  b: int8;\n", "  a: int8;\n"),
          within("  a: int8;\n  b: int8;\n", "  a: int8;\n")}},
        {"change the kind of a type, the unit of a timestamp, the digits after the point, or the "
         "number of elements",
         {fields("  a: int8;\n", "  a: uint8;\n"),
          fields("  a: int64;\n", "  a: uint64;\n"),
          fields("  a: int32;\n", "  a: float64;\n"),
          fields("  a: uint8;\n", "  a: bool;\n"),
          fields("  a: int64;\n", "  a: timestamp[s];\n"),
          fields("  a: int32;\n", "  a: date;\n"),
          fields("  a: string[4];\n", "  a: bytes[4];\n"),
          fields("  a: timestamp[s];\n", "  a: timestamp[ms];\n"),
          fields("  a: decimal(9,2);\n", "  a: decimal(12,4);\n"),
          fields("  a: int8[2];\n", "  a: int8[3];\n"),
          fields("  a: int8;\n", "  a: int8[1];\n"),
          within("  a: int8;\n", "  a: uint8;\n"),
          {version(1, "  a: uint8;\n"), version(2, "  a: E;\n", "enum E : uint8 {\n  A = 1;\n}\n")},
          {version(1, "  a: int8;\n"), version(2, "  a: S;\n", "struct S {\n  a: int8;\n}\n")}}},
    };
    return ALL;
}

// "no", "read" or "read and written": what a cell begins with.
std::string answer(const std::string &program, const std::string &file)
{
    const Schema mine = t_read(program);
    const Schema theirs = t_read(file);
    bool writable = true;
    mmf_error error = {};
    const mmf_status status =
        mmf_schema_adapt(mine.get(), theirs.get(), "x.mmf", &writable, &error);
    EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_SCHEMA) << error.message;
    EXPECT_TRUE(status == MMF_OK || !writable);
    return status != MMF_OK ? "no" : writable ? "read and written" : "read";
}

std::string strip(const std::string &cell)
{
    const size_t begin = cell.find_first_not_of(' ');
    return begin == std::string::npos ? ""
                                      : cell.substr(begin, cell.find_last_not_of(' ') + 1 - begin);
}

// The rows of the table that begins with "| change |", without its head.
std::vector<std::vector<std::string>> rows()
{
    std::ifstream from("docs/schema.md");
    std::vector<std::vector<std::string>> out;
    bool inside = false;
    for (std::string line; std::getline(from, line);) {
        inside = line.compare(0, 10, "| change |") == 0 || (inside && line.compare(0, 1, "|") == 0);
        if (!inside)
            continue;
        std::vector<std::string> cells;
        for (size_t at = 1, end; (end = line.find('|', at)) != std::string::npos; at = end + 1)
            cells.push_back(strip(line.substr(at, end - at)));
        out.push_back(cells);
    }
    EXPECT_GT(out.size(), 2u) << "docs/schema.md has no table of changes";
    out.erase(out.begin(), out.begin() + 2);
    return out;
}

TEST(SchemaAdapt, TheTableOfTheDocumentIsTrue)
{
    size_t found = 0;
    for (const std::vector<std::string> &row : rows()) {
        ASSERT_EQ(row.size(), 3u) << row[0];
        const auto change = changes().find(row[0]);
        ASSERT_NE(change, changes().end()) << "no test has the change: " << row[0];
        found++;
        for (const Change &one : change->second) {
            EXPECT_EQ(row[1].substr(0, row[1].find_first_of(":,;")), answer(one.newer, one.older))
                << row[0] << '\n'
                << one.older << one.newer;
            EXPECT_EQ(row[2].substr(0, row[2].find_first_of(":,;")), answer(one.older, one.newer))
                << row[0] << '\n'
                << one.older << one.newer;
        }
    }
    EXPECT_EQ(found, changes().size()) << "the table lacks a change";
}

// Checksums are of the file: what programs write keeps them, whatever their schemas say.
TEST(SchemaAdapt, ChecksumsMakeNoDifference)
{
    const std::string plain = "record R version 1 {\n  a: int8;\n}\n";
    const std::string with = "record R version 1 @checksums {\n  a: int8;\n}\n";
    EXPECT_EQ(answer(plain, with), "read and written");
    EXPECT_EQ(answer(with, plain), "read and written");
}

TEST(SchemaAdapt, SaysTheFieldBothTypesAndWhatToDo)
{
    const Schema program = t_read(version(2, "  a: S[2];\n", "struct S {\n  b: int8?;\n}\n"));
    const Schema file = t_read(version(1, "  a: S[2];\n", "struct S {\n  b: int16?;\n}\n"));
    mmf_error error = {};
    EXPECT_EQ(mmf_schema_adapt(program.get(), file.get(), "x.mmf", nullptr, &error),
              MMF_ERR_SCHEMA);
    EXPECT_STREQ(error.message,
                 "x.mmf: the file holds 'R' version 1, the program expects version 2; field 'a.b': "
                 "the file has 'b: int16?', the program 'int8?': the file's is wider; open it with "
                 "the schema that it was written with, or migrate it to a new file");
}

} // namespace
