// Values of files of another version, read and written one by one: each where its field is.
#include "mmapforge/detail/columns.h"
#include "mmapforge/detail/fields.h"
#include "rich_fixture.h"
#include "tests/support/parsed_schema.h"

#include <functional>
#include <unistd.h>

namespace {

class AdaptTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "/adaptXXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        path = pattern + "/old.mmf";
    }

    void TearDown() override
    {
        if (store != nullptr) {
            EXPECT_EQ(mmf_store_close(store), MMF_OK);
        }
        (void)unlink(path.c_str());
        (void)rmdir(path.substr(0, path.rfind('/')).c_str());
    }

    // A file of one record, as a program of another schema opens it for writing.
    void open(const std::string &file, const std::string &program_text,
              const std::function<void(Raw &)> &fill)
    {
        const Schema schema = t_schema(file);
        ASSERT_EQ(mmf_store_create(path.c_str(), nullptr, schema.get(), &store, &error), MMF_OK)
            << error.message;
        Raw raw(schema.get());
        fill(raw);
        ASSERT_EQ(mmf_store_append_rows(store, raw.data(), 1, raw.size(), nullptr), MMF_OK);
        ASSERT_EQ(mmf_store_close(store), MMF_OK);
        program = t_schema(program_text);
        mmf_options options = MMF_OPTIONS_INIT;
        options.mode = MMF_READ_WRITE;
        ASSERT_EQ(mmf_store_open_as(path.c_str(), &options, program.get(), &store, &error), MMF_OK)
            << error.message;
    }

    // Of the program's layout, as its generated code has it.
    mmf_place at(const char *place) const
    {
        mmf_place out = {};
        EXPECT_EQ(mmf_schema_locate(program.get(), place, &out, nullptr), MMF_OK) << place;
        return out;
    }

    std::string text(const char *place) const
    {
        char buffer[64];
        size_t length = 0;
        const mmf_place where = at(place);
        EXPECT_EQ(mmfi_get_string(store, 0, program->record_size, where.offset, where.field->max,
                                  buffer, sizeof buffer, &length),
                  MMF_OK);
        return std::string(buffer, length);
    }

    int32_t int32(const char *place) const
    {
        int32_t out = 0;
        EXPECT_EQ(mmfi_get_int32(store, 0, program->record_size, at(place).offset, &out), MMF_OK);
        return out;
    }

    std::string path;
    Schema program;
    mmf_store *store = nullptr;
    mmf_error error = {};
};

// A struct of one field takes the bytes of that field: what is at its offset is the field's value.
TEST_F(AdaptTest, TheOnlyFieldOfAStructIsRead)
{
    const std::string rest = "  names: Name[3];\n  counter: Counter;\n";
    open("struct Name {\n  text: string[8];\n}\nstruct Counter {\n  n: int32;\n}\n"
         "record R version 1 {\n" +
             rest + "}\n",
         "struct Name {\n  text: string[8];\n}\nstruct Counter {\n  n: int32;\n}\n"
         "record R version 2 {\n  added: uint8 = 1;\n" +
             rest + "}\n",
         [](Raw &raw) {
             raw.text("names[0].text", "zero").text("names[2].text", "two");
             raw.set<int32_t>("counter.n", -9);
         });
    EXPECT_EQ(text("names[0].text"), "zero");
    EXPECT_EQ(text("names[1].text"), "");
    EXPECT_EQ(text("names[2].text"), "two");
    EXPECT_EQ(int32("counter.n"), -9);

    const mmf_place name = at("names[1].text");
    EXPECT_EQ(mmfi_set_string(store, 0, program->record_size, name.offset, 8, "middle", 6), MMF_OK);
    EXPECT_EQ(mmfi_set_int32(store, 0, program->record_size, at("counter.n").offset, 11), MMF_OK);
    EXPECT_EQ(text("names[0].text"), "zero");
    EXPECT_EQ(text("names[1].text"), "middle");
    EXPECT_EQ(text("names[2].text"), "two");
    EXPECT_EQ(int32("counter.n"), 11);
}

// The file's struct has another field of that size, which is not taken for it.
TEST_F(AdaptTest, TheOnlyFieldOfAStructHasItsDefaultWhereTheFileLacksIt)
{
    const std::string record = " {\n  counter: Counter;\n  other: int32;\n}\n";
    const Schema file = t_schema("struct Counter {\n  old: int32;\n}\nrecord R version 1" + record);
    ASSERT_EQ(mmf_store_create(path.c_str(), nullptr, file.get(), &store, &error), MMF_OK);
    Raw raw(file.get());
    raw.set<int32_t>("counter.old", 99).set<int32_t>("other", 5);
    ASSERT_EQ(mmf_store_append_rows(store, raw.data(), 1, raw.size(), nullptr), MMF_OK);
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    program = t_schema("struct Counter {\n  n: int32 = 7;\n}\nrecord R version 2" + record);
    ASSERT_EQ(mmf_store_open_as(path.c_str(), nullptr, program.get(), &store, &error), MMF_OK);
    EXPECT_EQ(int32("counter.n"), 7);
    EXPECT_EQ(int32("other"), 5);
}

// A column has the bytes of the file: of a narrower type there is none.
TEST_F(AdaptTest, TheOnlyFieldOfAStructHasAColumnWhereItsTypeIsTheSame)
{
    open("struct A {\n  n: int32;\n}\nstruct B {\n  n: int16;\n}\n"
         "record R version 1 {\n  a: A;\n  b: B;\n}\n",
         "struct B {\n  n: int32;\n}\nstruct A {\n  n: int32;\n}\n"
         "record R version 2 {\n  b: B;\n  a: A;\n}\n",
         [](Raw &raw) { raw.set<int32_t>("a.n", 3).set<int16_t>("b.n", -4); });
    mmf_column_int32 column;
    ASSERT_EQ(mmfi_column_int32(store, 0, 1, program->record_size, at("a.n").offset, &column),
              MMF_OK);
    EXPECT_EQ(mmf_column_int32_at(column, 0), 3);
    EXPECT_EQ(mmfi_column_int32(store, 0, 1, program->record_size, at("b.n").offset, &column),
              MMF_ERR_UNSUPPORTED);
    EXPECT_EQ(int32("b.n"), -4);
}

// A program whose schema has no checksums keeps those of the file.
TEST_F(AdaptTest, ChecksumsOfTheFileStayRight)
{
    open("record R version 1 @checksums {\n  a: int32;\n  s: string[4];\n}\n",
         "record R version 1 {\n  a: int32;\n  s: string[4];\n}\n",
         [](Raw &raw) { raw.set<int32_t>("a", 1).text("s", "one"); });
    EXPECT_EQ(mmfi_set_int32(store, 0, program->record_size, at("a").offset, 2), MMF_OK);
    EXPECT_EQ(mmfi_set_string(store, 0, program->record_size, at("s").offset, 4, "two", 3), MMF_OK);
    EXPECT_EQ(int32("a"), 2);
    EXPECT_EQ(text("s"), "two");
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    ASSERT_EQ(mmf_store_open(path.c_str(), nullptr, &store, &error), MMF_OK);
    EXPECT_EQ(mmf_store_verify(store, 0, UINT64_MAX, nullptr, &error), MMF_OK) << error.message;
}

} // namespace
