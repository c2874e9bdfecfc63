// Runs mmfgen on every wrong schema and compares everything that it prints.
//
// To accept new messages, after reading them:
//     MMFGEN_UPDATE=$PWD/tests/conformance/golden/wrong
//     bazel-bin/tests/conformance/golden/wrong_test
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gen/model/model.h"
#include "mmapforge/schema.h"

namespace {

namespace fs = std::filesystem;

// The test runs at the root of its runfiles, where the tool and the schemas are.
const fs::path MMFGEN = fs::absolute("gen/mmfgen");
const fs::path SCHEMAS = fs::absolute("tests/conformance/golden/wrong");

std::string read(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write(const fs::path &path, const std::string &text)
{
    std::ofstream(path, std::ios::binary) << text;
}

// A test with a temporary directory of its own.
class WrongSchema : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = ::testing::TempDir() + "/wrong.XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
    }

    void TearDown() override
    {
        fs::remove_all(directory);
    }

    // Returns what mmfgen prints; it must refuse the schema with that exit status and write
    // nothing.
    std::string refuse(const std::string &name, const std::string &schema, int expected = 1)
    {
        write(directory / name, schema);
        const std::string command = "cd '" + directory.string() + "' && '" + MMFGEN.string() +
                                    "' --schema " + name +
                                    " --name out --header out.h --source out.c 2>stderr";
        const int status = std::system(command.c_str());
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == expected) << "status " << status;
        const std::string said = read(directory / "stderr");
        fs::remove(directory / "stderr");
        fs::remove(directory / name);
        EXPECT_TRUE(fs::is_empty(directory)) << "something was written";
        return said;
    }

    fs::path directory;
};

std::vector<fs::path> schemas()
{
    std::vector<fs::path> found;
    for (const auto &entry : fs::directory_iterator(SCHEMAS))
        if (entry.path().extension() == ".mmfs")
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

TEST_F(WrongSchema, IsRefusedWithTheExpectedMessages)
{
    const char *update = std::getenv("MMFGEN_UPDATE");
    ASSERT_GE(schemas().size(), 40u);
    for (const fs::path &path : schemas()) {
        SCOPED_TRACE(path.filename().string());
        const std::string said = refuse(path.filename(), read(path));
        fs::path expected = path;
        expected.replace_extension(".txt");
        if (update != nullptr)
            write(fs::path(update) / expected.filename(), said);
        else
            EXPECT_EQ(said, read(expected));
    }
}

std::string fields(uint32_t count)
{
    std::string text;
    for (uint32_t i = 0; i < count; i++)
        text += "f" + std::to_string(i) + ": bool;\n";
    return text;
}

// The first line printed for a schema that is too large to be kept as a file.
std::string first_line(const std::string &text)
{
    return text.substr(0, text.find('\n'));
}

TEST_F(WrongSchema, HasTooManyFields)
{
    EXPECT_EQ(
        first_line(refuse("a.mmfs", "record A version 1 {\n" + fields(MMF_FIELDS_MAX + 1) + "}\n")),
        "a.mmfs:1:8: error: the record has 1025 fields; expected 1 to 1024");
}

// The file is too large to be a schema, so it is not read: exit status 2, and no source line.
TEST_F(WrongSchema, IsLargerThanASchemaMayBe)
{
    const std::string record = "record A version 1 {\n  a: bool;\n}\n";
    const std::string padding(SOURCE_SIZE_MAX + 1 - record.size() - 3, 'x');
    EXPECT_EQ(refuse("large.mmfs", record + "//" + padding + "\n", 2),
              "mmfgen: large.mmfs: the file is larger than 1048576 bytes, the most a schema may "
              "have; is it the right file?\n");
}

// The largest file is read to its end, where its only error is.
TEST_F(WrongSchema, IsAsLargeAsASchemaMayBe)
{
    const std::string record = "record A version 1 {\n  a: bool;\n}\n";
    const std::string padding(SOURCE_SIZE_MAX - record.size() - 4, 'x');
    const std::string schema = record + "//" + padding + "\n}";
    ASSERT_EQ(schema.size(), 1048576u);
    EXPECT_EQ(refuse("large.mmfs", schema),
              "large.mmfs:5:1: error: found '}'; expected 'record', "
              "'struct', 'enum' or 'const'\n"
              "    5 | }\n"
              "      | ^\n"
              "hint: a record is declared as in 'record Name version 1 "
              "{ ... }'\n");
}

// Refused by its number, before any field is compared with any other.
TEST_F(WrongSchema, HasFarTooManyFields)
{
    std::string same;
    for (uint32_t i = 0; i < 100000; i++)
        same += "a:bool;";
    EXPECT_EQ(first_line(refuse("a.mmfs", "record A version 1 {" + same + "}\n")),
              "a.mmfs:1:8: error: the record has 100000 fields; expected 1 to 1024");
}

TEST_F(WrongSchema, HasTooManyRecords)
{
    std::string text;
    for (uint32_t i = 0; i <= GEN_RECORDS_MAX; i++)
        text += "record A" + std::to_string(i) + " version 1 {\n" + fields(1) + "}\n";
    EXPECT_EQ(first_line(refuse("a.mmfs", text)),
              "a.mmfs:1:8: error: the file has 257 records; at most 256 are allowed");
}

TEST_F(WrongSchema, HasTooManyConstants)
{
    std::string text = "record A version 1 {\n" + fields(1) + "}\n";
    for (uint32_t i = 0; i <= GEN_CONSTANTS_MAX; i++)
        text += "const C" + std::to_string(i) + " = 1;\n";
    EXPECT_EQ(first_line(refuse("a.mmfs", text)),
              "a.mmfs:4:7: error: the file has 1025 constants; at most 1024 are allowed");
}

TEST_F(WrongSchema, HasTooManyEnumsAndStructs)
{
    std::string text = "record A version 1 {\n" + fields(1) + "}\n";
    for (uint32_t i = 0; i < MMF_DEFINITIONS_MAX; i++)
        text += "struct S" + std::to_string(i) + " {\n" + fields(1) + "}\n";
    EXPECT_EQ(first_line(refuse("a.mmfs", text + "enum E : int8 {\n  A = 1;\n}\n")),
              "a.mmfs:772:6: error: the file has 257 enums and structs; at most 256 are allowed");
}

TEST_F(WrongSchema, HasTooManyMembersOfAnEnum)
{
    std::string text = "enum E : int16 {\n";
    for (uint32_t i = 0; i <= MMF_FIELDS_MAX; i++)
        text += "M" + std::to_string(i) + " = " + std::to_string(i) + ";\n";
    EXPECT_EQ(first_line(refuse("a.mmfs", text + "}\nrecord A version 1 {\na: E;\n}\n")),
              "a.mmfs:1:6: error: the enum has 1025 members; expected 1 to 1024");
}

// Nine times 1,000 members, which would all get calls.
TEST_F(WrongSchema, HasTooManyValuesWithinItsStructs)
{
    std::string text = "struct S {\n" + fields(1000) + "}\nrecord A version 1 {\n";
    for (int i = 0; i < 9; i++)
        text += "g" + std::to_string(i) + ": S;\n";
    EXPECT_EQ(first_line(refuse("a.mmfs", text + "}\n")),
              "a.mmfs:1003:8: error: the record has 8192 values or more within its structs and "
              "arrays; at most 8191 are allowed");
}

// Two header lines, then one doc line "/// x...x" that alone has the allowed size.
TEST_F(WrongSchema, HasTooMuchTextForAFile)
{
    const std::string doc = "/// " + std::string(MMF_SCHEMA_TEXT_MAX, 'x') + "\n";
    const std::string record = "record A version 1 {\n  a: bool;\n}\n";
    EXPECT_EQ(first_line(refuse("a.mmfs", doc + record)),
              "a.mmfs:2:8: error: the record takes " + std::to_string(doc.size() + record.size()) +
                  " bytes of text in a file; at most 262144 are allowed");
}

} // namespace
