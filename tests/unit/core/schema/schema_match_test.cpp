// Comparison of schemas: what differs first, and what to do.
#include "tests/unit/core/schema/schema_fixture.h"

namespace {

void expect_mismatch(const mmf_schema &program, const mmf_schema &file, const char *word)
{
    mmf_error error;
    EXPECT_EQ(mmf_schema_match(&program, &file, "a.mmf", &error), MMF_ERR_SCHEMA);
    EXPECT_STREQ(error.path, "a.mmf");
    EXPECT_NE(std::string(error.message).find(word), std::string::npos) << error.message;
}

const char WAY_OUT[] =
    "; open it with the schema that it was written with, or copy its records to a "
    "new file";

// Versions, the first difference, and what to do; all of it.
void expect_difference(const mmf_schema &program, const mmf_schema &file,
                       const std::string &versions, const std::string &difference)
{
    mmf_error error;
    EXPECT_EQ(mmf_schema_match(&program, &file, "a.mmf", &error), MMF_ERR_SCHEMA);
    EXPECT_EQ(std::string(error.message),
              "a.mmf: the file holds 'Tick' " + versions + "; " + difference + WAY_OUT);
}

TEST(SchemaMatch, NamesVersionsTheFirstDifferenceAndTheWayOut)
{
    const std::string same = "version 1, the program expects the same version";
    Fields a = t_tick();
    Fields b = t_tick();
    const mmf_schema program = t_schema(a);
    mmf_schema file = t_schema(b);
    EXPECT_EQ(mmf_schema_match(&program, &file, "a.mmf", nullptr), MMF_OK);

    file.version = 2;
    expect_difference(program, file, "version 2, the program expects version 1",
                      "the fields are the same, and their meaning has changed");
    b[1].type = MMF_TYPE_FLOAT32;
    expect_difference(program, file, "version 2, the program expects version 1",
                      "field 2 differs first: the file has 'price: float32' at offset 80, the "
                      "program 'price: float64' at offset 80");
    b = t_tick();
    file = t_schema(b, false, "Quote");
    expect_mismatch(program, file, "'Quote'");
    file = t_schema(b, true);
    expect_difference(program, file, same,
                      "records of the file have checksums, the program's have none");
    expect_difference(file, program, same,
                      "records of the file have no checksums, the program's have");
    EXPECT_EQ(mmf_schema_match(&file, &file, "a.mmf", nullptr), MMF_OK);
    b = t_tick();
    b[0].max = 65;
    file = t_schema(b);
    expect_mismatch(program, file, "string[65]");
    b = t_tick();
    file = t_schema(b);
    b[2].offset += 8; // no layout that the library makes
    expect_mismatch(program, file, "at offset 96");
    b = t_tick();
    b.pop_back();
    file = t_schema(b);
    expect_difference(program, file, same,
                      "the file has 3 fields, the program 4, and the first that only the program "
                      "has is 'timestamp: uint64'");
    expect_difference(file, program, same,
                      "the file has 4 fields, the program 3, and the first that only the file has "
                      "is 'timestamp: uint64'");
}

// Names as long as they may be leave room for what to do.
TEST(SchemaMatch, HasRoomForTheLongestNames)
{
    const std::string name(MMF_NAME_LENGTH_MAX, 'n');
    const std::string other(MMF_NAME_LENGTH_MAX, 'o');
    Fields a = {t_field(name.c_str(), MMF_TYPE_STRING, MMF_FIELD_BYTES_MAX)};
    Fields b = {t_field(other.c_str(), MMF_TYPE_STRING, MMF_FIELD_BYTES_MAX)};
    const mmf_schema program = t_schema(a);
    const mmf_schema file = t_schema(b);
    expect_mismatch(program, file, ("'" + name + ": string[65536]' at offset 8").c_str());
    expect_mismatch(program, file, WAY_OUT);
}

// ---- Enums, structs, arrays ----

struct Text {
    std::string fields;
    std::string definitions;
    std::string attributes;
};

void expect_same(const Text &program, const Text &file)
{
    mmf_error error = {};
    const Schema a = t_record(program.fields, program.definitions, program.attributes);
    const Schema b = t_record(file.fields, file.definitions, file.attributes);
    EXPECT_EQ(mmf_schema_match(a.get(), b.get(), "a.mmf", &error), MMF_OK) << error.message;
    EXPECT_EQ(mmf_schema_match(b.get(), a.get(), "a.mmf", &error), MMF_OK) << error.message;
    EXPECT_EQ(a->layout_hash, b->layout_hash);
}

void expect_other(const Text &program, const Text &file, const std::string &difference)
{
    mmf_error error = {};
    const Schema a = t_record(program.fields, program.definitions, program.attributes);
    const Schema b = t_record(file.fields, file.definitions, file.attributes);
    EXPECT_EQ(mmf_schema_match(a.get(), b.get(), "a.mmf", &error), MMF_ERR_SCHEMA);
    EXPECT_EQ(std::string(error.message),
              "a.mmf: the file holds 'T' version 1, the program expects the same version; " +
                  difference + WAY_OUT);
    EXPECT_EQ(mmf_schema_match(b.get(), a.get(), "a.mmf", nullptr), MMF_ERR_SCHEMA);
    EXPECT_NE(a->layout_hash, b->layout_hash);
}

TEST(SchemaMatch, ABookIsABook)
{
    const Schema a = t_read(T_BOOK);
    const Schema b = t_read(T_BOOK);
    EXPECT_EQ(mmf_schema_match(a.get(), b.get(), "a.mmf", nullptr), MMF_OK);
}

TEST(SchemaMatch, NamesOfTypesDocsDefaultsAndHistoryDoNotMatter)
{
    expect_same(
        {"  e: E;\n  s: S[2];\n", "enum E : int8 {\n  X = 1;\n}\nstruct S {\n  a: int32;\n}\n", ""},
        {"  /// doc\n  e: F = X @since(1);\n  s: R[2] @was(r) @deprecated;\n",
         "/// doc\nenum F : int8 {\n  X = 1;\n}\nstruct R {\n  a: int32 = 5;\n}\n", " @align(8)"});
}

TEST(SchemaMatch, TypesDifferInEveryPart)
{
    const std::pair<const char *, const char *> types[] = {
        {"int64", "int64?"},
        {"int64?", "uint64?"},
        {"int64[2]", "int64[3]"},
        {"int64", "int64[1]"},
        {"int64[2]", "int64[2]?"},
        {"int64", "timestamp[ns]"},
        {"timestamp[ns]", "timestamp[us]"},
        {"decimal(18,4)", "decimal(18,3)"},
        {"decimal(18,4)", "decimal(17,4)"},
        {"int32", "date"},
        {"string[8]", "bytes[8]"},
        {"string[8]?", "string[9]?"},
    };
    for (const auto &one : types)
        expect_other({std::string("  z: bool;\n  a: ") + one.first + " @align(8);\n", "", ""},
                     {std::string("  z: bool;\n  a: ") + one.second + " @align(8);\n", "", ""},
                     std::string("field 2 differs first: the file has 'a: ") + one.second +
                         "' at offset 16, the program 'a: " + one.first + "' at offset 16");
    expect_other({"  a: int8;\n", "", ""}, {"  a: E;\n", "enum E : int8 {\n  X = 1;\n}\n", ""},
                 "field 1 differs first: the file has 'a: E' at offset 8, the program 'a: int8' at "
                 "offset 8");
    expect_other({"  a: S;\n", "struct S {\n  x: int8;\n}\n", ""}, {"  a: int8;\n", "", ""},
                 "field 1 differs first: the file has 'a: int8' at offset 8, the program 'a: S' at "
                 "offset 8");
}

TEST(SchemaMatch, MembersOfEnums)
{
    const auto of = [](const std::string &members) {
        return Text{"  a: E;\n", "enum E : int16 {\n" + members + "}\n", ""};
    };
    const Text base = of("  X = 1;\n  Y = -2;\n");
    expect_same(base, of("  /// doc\n  X = 1;\n  Y = -2;\n"));
    expect_other(base, of("  X = 1;\n  Y = 2;\n"),
                 "enum 'E' of field 'a' differs first in its member 2: the file has 'Y = 2', the "
                 "program 'Y = -2'");
    expect_other(base, of("  Z = 1;\n  Y = -2;\n"),
                 "enum 'E' of field 'a' differs first in its member 1: the file has 'Z = 1', the "
                 "program 'X = 1'");
    expect_other(base, of("  X = 1;\n"),
                 "enum 'E' of field 'a' has 1 members in the file, 2 in the program, and the first "
                 "that only the program has is 'Y = -2'");
    expect_other(base, of("  X = 1;\n  Y = -2;\n  Z = 7;\n"),
                 "enum 'E' of field 'a' has 3 members in the file, 2 in the program, and the first "
                 "that only the file has is 'Z = 7'");
}

// The innermost difference, with the way to it.
TEST(SchemaMatch, FieldsOfStructs)
{
    const auto of = [](const std::string &inner, const std::string &definitions = "") {
        return Text{
            "  z: bool;\n  o: O[2];\n",
            definitions + "struct I {\n" + inner + "}\nstruct O {\n  z: bool;\n  i: I;\n}\n", ""};
    };
    const Text base = of("  a: int64;\n  b: int32;\n");
    expect_same(base, of("  a: int64;\n  b: int32 @deprecated;\n"));
    expect_other(base, of("  a: int64;\n  b: uint32;\n"),
                 "field 2 of o.i differs first: the file has 'b: uint32' at offset 8, the program "
                 "'b: int32' at offset 8");
    expect_other(base, of("  a: int64;\n"),
                 "the file has 1 fields in o.i, the program 2, and the first that only the program "
                 "has is 'b: int32'");
    expect_other(base, of("  a: int64;\n  b: int32;\n  c: bool?;\n"),
                 "the file has 3 fields in o.i, the program 2, and the first that only the file "
                 "has is 'c: bool?'");
    expect_other(base, of("  a: int64;\n  b: int32 @align(16);\n"),
                 "field 2 of o.i differs first: the file has 'b: int32' at offset 16, the program "
                 "'b: int32' at offset 8");
    expect_other(of("  a: int64;\n  b: E;\n", "enum E : int8 {\n  X = 1;\n}\n"),
                 of("  a: int64;\n  b: E;\n", "enum E : int8 {\n  X = 3;\n}\n"),
                 "enum 'E' of field 'o.i.b' differs first in its member 1: the file has 'X = 3', "
                 "the program 'X = 1'");
}

// Fields are where they were and elements are not: the size says so.
TEST(SchemaMatch, ElementsThatLieFurtherApart)
{
    const auto of = [](const std::string &align) {
        return Text{"  a: S[2] @align(64);\n  b: bool @align(256);\n",
                    "struct S {\n  x: int64" + align + ";\n}\n", ""};
    };
    expect_same(of(""), of(" @align(8)"));
    // a at 64 and b at 256 in both; an element takes 8 bytes in one, 64 in the other.
    expect_other(of(""), of(" @align(64)"),
                 "field 1 differs first: 'a: S[2]' at offset 64 takes 128 bytes in the file and 16 "
                 "in the program, because of their @align");
}

TEST(SchemaMatch, StructsOfAnotherAlign)
{
    // s at 64 in both, the validity byte after it: at 65 in one, at 96 in the other.
    const auto of = [](const std::string &align) {
        return Text{"  s: S? @align(64);\n", "struct S" + align + " {\n  x: bool;\n}\n", ""};
    };
    expect_same(of(""), of(" @align(1)"));
    expect_other(of(""), of(" @align(32)"),
                 "field 1 differs first: 's: S?' at offset 64 takes 32 bytes in the file and 1 in "
                 "the program, because of their @align");
}

TEST(SchemaMatch, SizesOfRecords)
{
    expect_other({"  a: bool;\n", "", ""}, {"  a: bool;\n", "", " @align(64)"},
                 "a record takes 64 bytes in the file and 16 in the program, because of their "
                 "@align");
    // A difference of fields is said before.
    expect_other({"  a: bool;\n", "", ""}, {"  a: int8;\n", "", " @align(64)"},
                 "field 1 differs first: the file has 'a: int8' at offset 8, the program 'a: bool' "
                 "at offset 8");
}

// As deep and with names as long as may be: the way out is still there.
TEST(SchemaMatch, HasRoomForTheLongestPath)
{
    const std::string name(MMF_NAME_LENGTH_MAX, 'n');
    const auto of = [&](const std::string &type) {
        std::string definitions = "struct S1 {\n  " + name + ": " + type + ";\n}\n";
        for (uint32_t i = 2; i <= MMF_STRUCT_DEPTH_MAX; i++)
            definitions += "struct S" + std::to_string(i) + " {\n  " + name + ": S" +
                           std::to_string(i - 1) + ";\n}\n";
        return t_record("  " + name + ": S16;\n", definitions);
    };
    const Schema program = of("int32");
    const Schema file = of("uint32");
    expect_mismatch(*program, *file, WAY_OUT);
    expect_mismatch(*program, *file, "field 1 of n");
}

TEST(SchemaMatch, NullIsAnArgumentError)
{
    Fields fields = t_tick();
    const mmf_schema schema = t_schema(fields);
    mmf_error error;
    EXPECT_EQ(mmf_schema_match(nullptr, &schema, nullptr, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_schema_match(nullptr, &schema, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_match: program is NULL");
    EXPECT_EQ(mmf_schema_match(&schema, nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_match: file is NULL");
    EXPECT_EQ(mmf_schema_match(&schema, nullptr, nullptr, nullptr), MMF_ERR_ARGUMENT);
}

} // namespace
