// The canonical text: out and back, and every way it can be damaged.
#include "tests/support/neighbour.h"
#include "tests/unit/core/schema/schema_fixture.h"

namespace {

const char TEXT[] = "/// A trade.\n"
                    "///\n"
                    "/// As printed.\n"
                    "record Tick version 3 {\n"
                    "  /// ticker\n"
                    "  symbol: string[64];\n"
                    "  price: float64;\n"
                    "  flag_2: bool;\n"
                    "  raw: bytes[5];\n"
                    "}\n";

TEST(SchemaText, RoundTrip)
{
    mmf_status status;
    const Schema schema = t_parse(TEXT, &status);
    ASSERT_EQ(status, MMF_OK);
    EXPECT_STREQ(schema->name, "Tick");
    EXPECT_STREQ(schema->doc, "A trade.\n\nAs printed.");
    EXPECT_EQ(schema->version, 3u);
    ASSERT_EQ(schema->field_count, 4u);
    EXPECT_STREQ(schema->fields[0].doc, "ticker");
    EXPECT_EQ(schema->fields[0].max, 64u);
    EXPECT_STREQ(schema->fields[1].doc, "");
    EXPECT_EQ(schema->fields[2].type, MMF_TYPE_BOOL);
    EXPECT_EQ(schema->fields[3].type, MMF_TYPE_BYTES);
    // 8 + (4 + 64) = 76, so price at 80; flag 88; raw at 92 with 9 bytes ends at 101.
    EXPECT_EQ(schema->fields[1].offset, 80u);
    EXPECT_EQ(schema->fields[3].offset, 92u);
    EXPECT_EQ(schema->record_size, 104u);
    EXPECT_EQ(t_write(schema.get()), TEXT);
    EXPECT_EQ(schema->text_size, std::strlen(TEXT));
}

TEST(SchemaText, RoundTripOfAnAttribute)
{
    const std::string text = "record Tick version 1 @checksums {\n  id: uint32;\n}\n";
    mmf_status status;
    const Schema schema = t_parse(text, &status);
    ASSERT_EQ(status, MMF_OK);
    EXPECT_EQ(schema->checksum_offset, 12u);
    EXPECT_EQ(schema->record_size, 16u);
    EXPECT_EQ(t_write(schema.get()), text);
}

TEST(SchemaText, AttributesHaveOneForm)
{
    for (const char *head :
         {"version 1 @checksums  {", "version 1  @checksums {", "version 1 @checksums{",
          "version 1@checksums {", "version 1 @checksums @checksums {", "version 1 @checksum {",
          "version 1 @checksums() {", "version 1 checksums {", "@checksums version 1 {",
          "version 1 @key {"}) {
        mmf_status status;
        const std::string text = std::string("record Tick ") + head + "\n  id: uint32;\n}\n";
        EXPECT_EQ(t_parse(text, &status), nullptr) << text;
        EXPECT_EQ(status, MMF_ERR_CORRUPT) << text;
    }
}

TEST(SchemaText, EveryTruncationIsRefused)
{
    for (const std::string text : {TEXT, T_BOOK})
        for (size_t size = 0; size < text.size(); size++) {
            mmf_status status;
            EXPECT_EQ(t_parse(text.substr(0, size), &status), nullptr) << size;
            EXPECT_EQ(status, MMF_ERR_CORRUPT) << size;
        }
}

void expect_refused_or_a_schema(const std::string &text)
{
    mmf_status status;
    const Schema schema = t_parse(text, &status);
    ASSERT_EQ(status, schema == nullptr ? MMF_ERR_CORRUPT : MMF_OK) << text;
    if (schema != nullptr) {
        ASSERT_EQ(t_write(schema.get()), text);
    }
}

TEST(SchemaText, EveryMutationIsRefusedOrASchema)
{
    for (size_t at = 0; at < std::strlen(TEXT); at++)
        for (int byte = 0; byte < 256; byte++) {
            std::string text = TEXT;
            text[at] = (char)byte;
            expect_refused_or_a_schema(text);
        }
}

// Of the larger text, what the language is made of, in place of each byte, before it and without
// it.
TEST(SchemaText, EveryMutationOfABookIsRefusedOrASchema)
{
    const std::string book = T_BOOK;
    for (size_t at = 0; at < book.size(); at++) {
        for (const char byte : std::string("\0\n \"()-./0179:;=?@AS[]a_{}\x7f\xff", 29)) {
            expect_refused_or_a_schema(book.substr(0, at) + byte + book.substr(at + 1));
            expect_refused_or_a_schema(book.substr(0, at) + byte + book.substr(at));
        }
        expect_refused_or_a_schema(book.substr(0, at) + book.substr(at + 1));
    }
}

// A line that is not there, is there twice, or changes places with the next one.
TEST(SchemaText, EveryLineOfABookInAnotherPlace)
{
    std::vector<std::string> lines;
    const std::string book = T_BOOK;
    for (size_t at = 0; at < book.size(); at = book.find('\n', at) + 1)
        lines.push_back(book.substr(at, book.find('\n', at) + 1 - at));
    const auto join = [](const std::vector<std::string> &parts) {
        std::string text;
        for (const std::string &part : parts)
            text += part;
        return text;
    };
    for (size_t i = 0; i < lines.size(); i++)
        for (size_t to = 0; to < lines.size(); to++) {
            std::vector<std::string> other = lines;
            other.insert(other.begin() + (long)to, lines[i]);
            expect_refused_or_a_schema(join(other));
            other.erase(other.begin() + (long)(i + (to <= i ? 1 : 0)));
            expect_refused_or_a_schema(join(other));
        }
}

TEST(SchemaText, RoundTripOfAllThereIs)
{
    const Schema book = t_read(T_BOOK);
    EXPECT_EQ(t_write(book.get()), T_BOOK);
    EXPECT_STREQ(book->text, T_BOOK);
    EXPECT_EQ(book->align, 32u);
    EXPECT_EQ(book->version, 3u);
    ASSERT_EQ(book->field_count, 13u);
    const mmf_field *fields = book->fields;

    EXPECT_STREQ(fields[0].default_text, "\"a; b\"");
    EXPECT_EQ(fields[0].since, 2u);
    EXPECT_STREQ(fields[0].was, "ticker");
    EXPECT_FALSE(fields[0].deprecated);
    EXPECT_EQ(fields[0].align, 0u);
    EXPECT_STREQ(fields[1].doc, "when");
    EXPECT_EQ(fields[1].type, MMF_TYPE_INT64);
    EXPECT_EQ(fields[1].logical, MMF_LOGICAL_TIMESTAMP);
    EXPECT_EQ(fields[1].scale, 9u);
    EXPECT_EQ(fields[1].default_text, nullptr);
    EXPECT_EQ(fields[1].was, nullptr);
    EXPECT_EQ(fields[2].type, MMF_TYPE_INT32);
    EXPECT_EQ(fields[2].logical, MMF_LOGICAL_DATE);
    EXPECT_NE(fields[2].null_bit, 0u);
    EXPECT_EQ(fields[3].type, MMF_TYPE_UINT8);
    EXPECT_EQ(fields[3].logical, MMF_LOGICAL_ENUM);
    EXPECT_STREQ(fields[3].default_text, "Buy");
    EXPECT_EQ(fields[4].count, 3u);
    EXPECT_EQ(fields[5].type, MMF_TYPE_STRUCT);
    EXPECT_EQ(fields[5].count, 10u);
    EXPECT_EQ(fields[6].count, 0u);
    EXPECT_EQ(fields[7].align, 32u);
    EXPECT_EQ(fields[7].null_bit, 0u);
    EXPECT_EQ(fields[8].logical, MMF_LOGICAL_DECIMAL);
    EXPECT_EQ(fields[8].precision, 10u);
    EXPECT_EQ(fields[8].scale, 4u);
    EXPECT_STREQ(fields[8].default_text, "-1.5");
    EXPECT_TRUE(fields[10].deprecated);
    EXPECT_EQ(fields[11].scale, 0u);
    EXPECT_EQ(fields[11].align, 16u);
    EXPECT_EQ(fields[11].since, 3u);
    EXPECT_STREQ(fields[11].was, "last_seen");
    EXPECT_TRUE(fields[11].deprecated);

    const mmf_enum *side = fields[3].enumeration;
    const mmf_enum *trend = fields[4].enumeration;
    ASSERT_NE(side, nullptr);
    ASSERT_NE(trend, nullptr);
    EXPECT_STREQ(side->name, "Side");
    EXPECT_STREQ(side->doc, "Which side.");
    EXPECT_EQ(side->type, MMF_TYPE_UINT8);
    ASSERT_EQ(side->member_count, 2u);
    EXPECT_STREQ(side->members[0].doc, "bid");
    EXPECT_STREQ(side->members[1].doc, "");
    EXPECT_STREQ(side->members[1].name, "Sell");
    EXPECT_EQ(side->members[1].value, 2);
    EXPECT_STREQ(trend->doc, "");
    ASSERT_EQ(trend->member_count, 3u);
    EXPECT_EQ(trend->members[0].value, -32768);
    EXPECT_EQ(trend->members[1].value, 0);
    EXPECT_EQ(trend->members[2].value, 32767);
    const mmf_struct *level = fields[5].structure;
    ASSERT_NE(level, nullptr);
    EXPECT_STREQ(level->name, "Level");
    EXPECT_STREQ(level->doc, "One price.\n\nAnd how much.");
    ASSERT_EQ(level->field_count, 3u);
    EXPECT_STREQ(level->fields[0].doc, "in units");
    EXPECT_EQ(level->fields[2].enumeration, side);
    EXPECT_EQ(fields[6].structure->fields[2].structure, level);
}

// What is read is written again byte for byte, or one schema would have two texts.
TEST(SchemaText, ADocHasOneForm)
{
    const std::string record = "record T version 1 {\n  a: bool;\n}\n";
    const std::string right[] = {"/// x\n", "///  x\n", "/// x\n///\n/// y\n", "///\n/// x\n",
                                 "/// / x\n"};
    const std::string wrong[] = {
        "///x\n",   "///\n", "/// \n",    "////\n",        "///\tx\n",      "//// x\n", "// x\n",
        " /// x\n", "/// x", "/// x\n\n", "/// x\n///y\n", "/// x\n/// \n", "/* x */\n"};
    for (const std::string &indent : {std::string(), std::string("  ")}) {
        const size_t at = indent.empty() ? 0 : record.find("  a");
        for (const std::string &doc : right) {
            std::string text = doc;
            for (size_t line = 0; line < text.size(); line = text.find('\n', line) + 1)
                text.insert(line, indent);
            text = record.substr(0, at) + text + record.substr(at);
            mmf_status status;
            const Schema schema = t_parse(text, &status);
            ASSERT_EQ(status, MMF_OK) << text;
            EXPECT_EQ(t_write(schema.get()), text);
        }
        for (const std::string &doc : wrong) {
            mmf_status status;
            const std::string text = record.substr(0, at) + indent + doc + record.substr(at);
            EXPECT_EQ(t_parse(text, &status), nullptr) << text;
            EXPECT_EQ(status, MMF_ERR_CORRUPT) << text;
        }
    }
}

TEST(SchemaText, WrongTextsAreRefused)
{
    const char *const wrong[] = {
        "record T version 1 {\n}\n",
        "record T version 0 {\n  a: bool;\n}\n",
        "record T version 01 {\n  a: bool;\n}\n",
        "record T version 65536 {\n  a: bool;\n}\n",
        "record T version 99999999999999999999 {\n  a: bool;\n}\n",
        "record T version 1 {\n  a: bool;\n  a: int8;\n}\n",
        "record T version 1 {\n  a: float128;\n}\n",
        "record T version 1 {\n  a: string;\n}\n",
        "record T version 1 {\n  a: string[0];\n}\n",
        "record T version 1 {\n  a: string[65537];\n}\n",
        "record T version 1 {\n a: bool;\n}\n",
        "record T version 1 {\n  a : bool;\n}\n",
        "record T version 1 {\n  _a: bool;\n}\n",
        "record T version 1 {\n  a: bool;\n}\n\n",
        "record 1T version 1 {\n  a: bool;\n}\n",
    };
    for (const char *text : wrong) {
        mmf_status status;
        EXPECT_EQ(t_parse(text, &status), nullptr) << text;
        EXPECT_EQ(status, MMF_ERR_CORRUPT) << text;
    }
}

void expect_wrong(const std::string &text)
{
    mmf_status status;
    mmf_error error = {};
    EXPECT_EQ(t_parse(text, &status, &error), nullptr) << text;
    EXPECT_EQ(status, MMF_ERR_CORRUPT) << text;
    EXPECT_EQ(std::string(error.message).find("embedded schema, line "), 0u) << error.message;
}

void expect_right(const std::string &text)
{
    const Schema schema = t_read(text);
    ASSERT_NE(schema, nullptr);
    EXPECT_EQ(t_write(schema.get()), text);
}

const char PAIR[] = "enum E : int8 {\n  X = 1;\n}\nstruct S {\n  e: E;\n}\n";

// "  a: TYPE;" beside what PAIR defines.
std::string text_of(const std::string &type)
{
    return std::string(PAIR) + "record T version 1 {\n  s: S;\n  a: " + type + ";\n}\n";
}

TEST(SchemaText, EveryTypeHasOneForm)
{
    const char *const right[] = {"bool[1]",
                                 "bool[65536]",
                                 "int64?",
                                 "float32[7]?",
                                 "string[1]?",
                                 "bytes[65536]?",
                                 "timestamp[s]",
                                 "timestamp[ms]?",
                                 "timestamp[us][2]",
                                 "timestamp[ns][2]?",
                                 "date",
                                 "date[3]?",
                                 "decimal(1,0)",
                                 "decimal(1,1)",
                                 "decimal(18,18)[2]?",
                                 "E",
                                 "E[4]",
                                 "E?",
                                 "S",
                                 "S[4]?",
                                 "S?"};
    for (const char *type : right)
        expect_right(text_of(type));
    const char *const wrong[] = {"bool[0]",
                                 "bool[65537]",
                                 "bool[01]",
                                 "bool[4294967297]",
                                 "bool[-1]",
                                 "bool[]",
                                 "bool[ 1]",
                                 "bool [1]",
                                 "bool[1",
                                 "bool[1][1]",
                                 "bool[1]?[1]",
                                 "bool?[1]",
                                 "bool??",
                                 "bool ?",
                                 "?",
                                 "",
                                 "string",
                                 "string[0]",
                                 "string[65537]",
                                 "string[4294967297]",
                                 "string[8][2]",
                                 "bytes[8][2]",
                                 "string[8]?[2]",
                                 "string?[8]",
                                 "timestamp",
                                 "timestamp[]",
                                 "timestamp[m]",
                                 "timestamp[ps]",
                                 "timestamp[NS]",
                                 "timestamp[ns",
                                 "timestamp[9]",
                                 "timestamp(ns)",
                                 "dates",
                                 "Date",
                                 "date[ns]",
                                 "decimal",
                                 "decimal(10)",
                                 "decimal(10,)",
                                 "decimal(,2)",
                                 "decimal(0,0)",
                                 "decimal(19,0)",
                                 "decimal(4294967297,0)",
                                 "decimal(3,4)",
                                 "decimal(10,4294967297)",
                                 "decimal(010,4)",
                                 "decimal(10,04)",
                                 "decimal(10,00)",
                                 "decimal(10, 4)",
                                 "decimal(10,-1)",
                                 "decimal[10,4]",
                                 "decimal(10,4",
                                 "struct",
                                 "e",
                                 "F",
                                 "T",
                                 "E[0]",
                                 "E[2][2]",
                                 "E(1)",
                                 "S[65537]",
                                 "S.e",
                                 "E.X"};
    for (const char *type : wrong)
        expect_wrong(text_of(type));
}

TEST(SchemaText, WhatFollowsATypeHasOneOrder)
{
    const char *const right[] = {
        "int32 = 1 @align(8) @since(1) @was(b) @deprecated",
        "int32 @align(1)",
        "int32 @align(4096)",
        "int32 @since(65535)",
        "int32 @was(a)",
        "int32? = -2147483648 @deprecated",
        "string[9] = \"a\" @since(2)",
        "string[9] = \" @since\"",
        "E = X @was(b)",
        "decimal(9,2)? = 1.25 @align(16)",
        "timestamp[ns] = -1 @since(2) @deprecated",
        "float64 = -2e-3",
        "S[2]? @align(64) @since(2) @was(b) @deprecated",
    };
    for (const char *type : right)
        expect_right(text_of(type));
    const char *const wrong[] = {
        "int32 @align(8) = 1",
        "int32 @since(1) @align(8)",
        "int32 @was(b) @since(1)",
        "int32 @was(b) @align(8)",
        "int32 @deprecated @align(8)",
        "int32 @deprecated @since(1)",
        "int32 @deprecated @was(b)",
        "int32 @deprecated = 1",
        "int32 @align(8) @align(8)",
        "int32 @since(1) @since(1)",
        "int32 @was(b) @was(b)",
        "int32 @deprecated @deprecated",
        "int32 = 1 = 1",
        "int32  @deprecated",
        "int32@deprecated",
        "int32 @deprecated ",
        "int32 @deprecated()",
        "int32 @Deprecated",
        "int32 @align",
        "int32 @align()",
        "int32 @align(0)",
        "int32 @align(3)",
        "int32 @align(08)",
        "int32 @align(8192)",
        "int32 @align(4294967304)",
        "int32 @align(-8)",
        "int32 @align (8)",
        "int32 @align( 8)",
        "int32 @since(0)",
        "int32 @since(65536)",
        "int32 @since(4294967297)",
        "int32 @since(01)",
        "int32 @since(-1)",
        "int32 @since(x)",
        "int32 @was()",
        "int32 @was(1b)",
        "int32 @was(_b)",
        "int32 @was(\"b\")",
        "int32 @was(b",
        "int32 @was(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn)",
        "int32 @key",
        "int32 @checksums",
        "int32 =1",
        "int32= 1",
        "int32 =  1",
        "int32 = 1  @deprecated",
        "int32 = ",
        "int32 = 2147483648",
        "int32 = 1.0",
        "int32 = 007",
        "int32 = X",
        "uint8 = -1",
        "uint8 = 256",
        "bool = 1",
        "float64 = nan",
        "string[2] = \"abc\"",
        "string[2] = ab",
        "string[2] = \"a",
        "string[9] = \"a\" \"b\"",
        "bytes[2] = \"ab\"",
        "date = 2147483648",
        "timestamp[ns] = 1.5",
        "decimal(4,2) = 100",
        "decimal(4,2) = 1.234",
        "decimal(4,2) = 1e1",
        "E = Y",
        "E = 1",
        "E[2] = X",
        "int32[2] = 1",
        "S = X",
    };
    for (const char *type : wrong)
        expect_wrong(text_of(type));
}

TEST(SchemaText, EnumsHaveOneForm)
{
    const auto of = [](const std::string &text) {
        return text + "record T version 1 {\n  a: E;\n}\n";
    };
    for (const char *text :
         {"enum E : int8 {\n  X = -128;\n  Y = 127;\n  Z = 0;\n}\n",
          "enum E : uint8 {\n  X = 255;\n}\n", "enum E : int16 {\n  X = -32768;\n  Y = 32767;\n}\n",
          "enum E : uint16 {\n  X = 65535;\n}\n",
          "enum E : int32 {\n  X = -2147483648;\n  Y = 2147483647;\n}\n",
          "enum E : uint32 {\n  X = 2147483647;\n}\n",
          "/// d\nenum E : int8 {\n  /// d\n  E = 1;\n}\n"})
        expect_right(of(text));
    for (const char *text : {"enum E : int8 {\n}\n",
                             "enum E : int8 {\n  X = 1;\n  X = 2;\n}\n",
                             "enum E : int8 {\n  X = 1;\n  Y = 1;\n}\n",
                             "enum E : int8 {\n  X = 0;\n  Y = 1;\n  Z = 0;\n}\n",
                             "enum E : int8 {\n  X = 128;\n}\n",
                             "enum E : int8 {\n  X = -129;\n}\n",
                             "enum E : uint8 {\n  X = 256;\n}\n",
                             "enum E : uint8 {\n  X = -1;\n}\n",
                             "enum E : int16 {\n  X = 32768;\n}\n",
                             "enum E : uint16 {\n  X = 65536;\n}\n",
                             "enum E : int32 {\n  X = 2147483648;\n}\n",
                             "enum E : int32 {\n  X = -2147483649;\n}\n",
                             "enum E : uint32 {\n  X = 4294967295;\n}\n", // a member is an int in C
                             "enum E : int32 {\n  X = 4294967297;\n}\n",  // 1 in its lower half
                             "enum E : int32 {\n  X = -4294967297;\n}\n",
                             "enum E : uint32 {\n  X = 4294967297;\n}\n",
                             "enum E : uint32 {\n  X = 21474836481;\n}\n",
                             "enum E : int8 {\n  X = -0;\n}\n",
                             "enum E : int8 {\n  X = 00;\n}\n",
                             "enum E : int8 {\n  X = 01;\n}\n",
                             "enum E : int8 {\n  X = +1;\n}\n",
                             "enum E : int8 {\n  X = 1\n}\n",
                             "enum E : int8 {\n  X;\n}\n",
                             "enum E : int8 {\n  X = ;\n}\n",
                             "enum E : int8 {\n  X=1;\n}\n",
                             "enum E : int8 {\n X = 1;\n}\n",
                             "enum E : int8 {\n  X = 1; Y = 2;\n}\n",
                             "enum E : int8 {\n  X = 1;\n  /// no member\n}\n",
                             "enum E : int8 {\n  _X = 1;\n}\n",
                             "enum E : int64 {\n  X = 1;\n}\n",
                             "enum E : uint64 {\n  X = 1;\n}\n",
                             "enum E : bool {\n  X = 1;\n}\n",
                             "enum E : float32 {\n  X = 1;\n}\n",
                             "enum E : string[8] {\n  X = 1;\n}\n",
                             "enum E : date {\n  X = 1;\n}\n",
                             "enum E : E {\n  X = 1;\n}\n",
                             "enum E : {\n  X = 1;\n}\n",
                             "enum E {\n  X = 1;\n}\n",
                             "enum E: int8 {\n  X = 1;\n}\n",
                             "enum : int8 {\n  X = 1;\n}\n",
                             "enum E : int8 {\n  X = 1;\n}\n\n",
                             "enum E : int8 {\n  X = 1;\n};\n",
                             "enum E : int8 @deprecated {\n  X = 1;\n}\n"})
        expect_wrong(of(text));
}

TEST(SchemaText, StructsHaveOneForm)
{
    const auto of = [](const std::string &text) {
        return text + "record T version 1 {\n  a: S;\n}\n";
    };
    expect_right(of("/// d\nstruct S {\n  /// d\n  x: bool? @align(2);\n}\n"));
    expect_right(of("struct S @align(1) {\n  x: bool;\n}\n"));
    expect_right(of("/// d\nstruct S @align(4096) {\n  x: bool? @align(2);\n}\n"));
    for (const char *text : {"struct S {\n}\n",
                             "struct S {\n  x: bool;\n  x: int8;\n}\n",
                             "struct S version 1 {\n  x: bool;\n}\n",
                             "struct S @align() {\n  x: bool;\n}\n",
                             "struct S @align(0) {\n  x: bool;\n}\n",
                             "struct S @align(6) {\n  x: bool;\n}\n",
                             "struct S @align(08) {\n  x: bool;\n}\n",
                             "struct S @align(8192) {\n  x: bool;\n}\n",
                             "struct S @align(4294967304) {\n  x: bool;\n}\n",
                             "struct S @align(8) @align(8) {\n  x: bool;\n}\n",
                             "struct S @deprecated {\n  x: bool;\n}\n",
                             "struct S @align(8){\n  x: bool;\n}\n",
                             "struct @align(8) S {\n  x: bool;\n}\n",
                             "struct S @checksums {\n  x: bool;\n}\n",
                             "struct S : int8 {\n  x: bool;\n}\n",
                             "struct {\n  x: bool;\n}\n",
                             "struct S {\n  x: bool;\n};\n",
                             "struct S{\n  x: bool;\n}\n",
                             "struct S {\n  x = 1;\n}\n",
                             "struct S {\n  x: bool;\n  /// no field\n}\n"})
        expect_wrong(of(text));
}

// Each before what uses it, in the order of first use, once, and none that nothing uses.
TEST(SchemaText, DefinitionsHaveOneOrder)
{
    const std::string e = "enum E : int8 {\n  X = 1;\n}\n";
    const std::string f = "enum F : int8 {\n  X = 1;\n}\n";
    const std::string s = "struct S {\n  x: bool;\n}\n";
    const std::string r = "struct R {\n  e: E;\n  s: S;\n}\n";
    const auto of = [](const std::string &definitions, const std::string &fields) {
        return definitions + "record T version 1 {\n" + fields + "}\n";
    };
    expect_right(of(e + f, "  a: E;\n  b: F;\n"));
    expect_right(of(f + e, "  b: F;\n  a: E;\n  c: F;\n"));
    expect_right(of(e + s + r, "  r: R;\n"));
    expect_right(of(e + s + r, "  r: R[3];\n  e: E;\n  s: S?;\n"));
    expect_right(of(s + e + r, "  s: S;\n  r: R;\n"));
    expect_right(of(e + s + r + f, "  r: R;\n  f: F;\n"));

    expect_wrong(of(f + e, "  a: E;\n  b: F;\n"));                    // order
    expect_wrong(of(s + e + r, "  r: R;\n"));                         // R uses E first
    expect_wrong(of(e + s + r, "  s: S;\n  r: R;\n"));                // S is used first
    expect_wrong(of(f + e + s + r, "  r: R;\n  f: F;\n"));            // F last
    expect_wrong(of(e, "  a: bool;\n"));                              // unused
    expect_wrong(of(e + f, "  a: E;\n"));                             // unused
    expect_wrong(of(e + s + r, "  e: E;\n  s: S;\n"));                // unused
    expect_wrong(of(e + e, "  a: E;\n"));                             // twice
    expect_wrong(of(s + s, "  s: S;\n"));                             // twice
    expect_wrong(of(e + "struct E {\n  x: bool;\n}\n", "  a: E;\n")); // one name for two
    expect_wrong(of("struct E {\n  x: bool;\n}\n" + e, "  a: E;\n"));
    expect_wrong(of("", "  a: E;\n"));                         // not defined
    expect_wrong(of(r + e + s, "  r: R;\n"));                  // after its use
    expect_wrong(of("struct S {\n  s: S;\n}\n", "  s: S;\n")); // within itself
    expect_wrong(of("struct S {\n  s: S[2]?;\n}\n", "  s: S;\n"));
    expect_wrong(of("struct A {\n  b: B;\n}\nstruct B {\n  a: A;\n}\n", "  b: B;\n"));
    expect_wrong(of("struct S {\n  t: T;\n}\n", "  s: S;\n"));               // a record is no type
    expect_wrong(of("", "  a: E;\n") + e);                                   // after the record
    expect_wrong(of(e, "  a: E;\n") + "record U version 1 {\n  a: E;\n}\n"); // two records
    expect_wrong(e);                                                         // and none
    expect_wrong("/// doc of nothing\n");
    expect_wrong(of("enum bool : int8 {\n  X = 1;\n}\n", "  a: bool;\n")); // not the enum
    expect_wrong(of("struct date {\n  x: bool;\n}\n", "  a: date;\n"));
}

TEST(SchemaText, AttributesOfARecordHaveOneOrder)
{
    for (const char *head :
         {"version 1 @align(1) {", "version 1 @align(4096) {", "version 1 @checksums @align(64) {"})
        expect_right(std::string("record T ") + head + "\n  a: bool;\n}\n");
    for (const char *head :
         {"version 1 @align(64) @checksums {", "version 1 @align(64) @align(64) {",
          "version 1 @align {", "version 1 @align() {", "version 1 @align(0) {",
          "version 1 @align(6) {", "version 1 @align(064) {", "version 1 @align(8192) {",
          "version 1 @align(4294967360) {", "version 1 @align(64){", "version 1 @since(1) {",
          "version 1 @deprecated {", "@align(64) version 1 {", "version 4294967297 {"})
        expect_wrong(std::string("record T ") + head + "\n  a: bool;\n}\n");
}

TEST(SchemaText, StructsAreAtMostSixteenDeep)
{
    for (const uint32_t depth : {MMF_STRUCT_DEPTH_MAX, MMF_STRUCT_DEPTH_MAX + 1}) {
        std::string text = "struct S1 {\n  x: bool;\n}\n";
        for (uint32_t i = 2; i <= depth; i++)
            text +=
                "struct S" + std::to_string(i) + " {\n  s: S" + std::to_string(i - 1) + ";\n}\n";
        text += "record T version 1 {\n  s: S" + std::to_string(depth) + ";\n}\n";
        if (depth == MMF_STRUCT_DEPTH_MAX)
            expect_right(text);
        else
            expect_wrong(text);
    }
}

TEST(SchemaText, DefinitionsAndMembersAreLimited)
{
    for (const uint32_t count : {MMF_DEFINITIONS_MAX, MMF_DEFINITIONS_MAX + 1}) {
        std::string definitions;
        std::string fields;
        for (uint32_t i = 0; i < count; i++) {
            const std::string name = "D" + std::to_string(i);
            definitions += i % 2 == 0 ? "enum " + name + " : int8 {\n  X = 1;\n}\n"
                                      : "struct " + name + " {\n  x: bool;\n}\n";
            fields += "  f" + std::to_string(i) + ": " + name + ";\n";
        }
        const std::string text = definitions + "record T version 1 {\n" + fields + "}\n";
        if (count == MMF_DEFINITIONS_MAX)
            expect_right(text);
        else
            expect_wrong(text);
    }
    for (const uint32_t count : {MMF_FIELDS_MAX, MMF_FIELDS_MAX + 1}) {
        std::string members;
        std::string fields;
        for (uint32_t i = 0; i < count; i++) {
            members += "  m" + std::to_string(i) + " = " + std::to_string(i) + ";\n";
            fields += "  f" + std::to_string(i) + ": bool?;\n";
        }
        const std::string an_enum =
            "enum E : int16 {\n" + members + "}\nrecord T version 1 {\n  e: E;\n}\n";
        const std::string a_struct =
            "struct S {\n" + fields + "}\nrecord T version 1 {\n  s: S;\n}\n";
        if (count == MMF_FIELDS_MAX) {
            expect_right(an_enum);
            expect_right(a_struct);
        } else {
            expect_wrong(an_enum);
            expect_wrong(a_struct);
        }
    }
}

TEST(SchemaText, ARecordTakesAtMostOneMebibyte)
{
    const auto of = [](const std::string &fields, const std::string &definitions = "",
                       const std::string &attributes = "") {
        return definitions + "record T version 1" + attributes + " {\n" + fields + "}\n";
    };
    // 8 of the sequence, and 131071 times 8.
    const std::string full = "  a: int64[65536];\n  b: int64[65535];\n";
    expect_right(of(full));
    EXPECT_EQ(t_read(of(full))->record_size, MMF_RECORD_SIZE_MAX);
    expect_wrong(of(full + "  c: bool;\n"));
    expect_wrong(of("  a: int64[65536];\n  b: int64[65535]?;\n")); // and its validity byte
    expect_wrong(of(full, "", " @checksums"));
    expect_right(of(full, "", " @align(4096)"));
    expect_right(of("  a: int64[65536];\n  b: int64[65535] @align(8);\n"));
    expect_wrong(of("  a: int64[65536];\n  b: int64[65535] @align(4096);\n"));
    // Structs: one of 16 bytes fits 65535 times, not once more with the sequence.
    const std::string pair = "struct S {\n  a: int64;\n  b: int64;\n}\n";
    expect_right(of("  s: S[65535];\n", pair));
    expect_wrong(of("  s: S[65536];\n", pair));
    // A struct that is too large is one whatever becomes of it, and sizes do not wrap around.
    expect_wrong(of("  s: R;\n", pair + "struct R {\n  s: S[65536];\n  x: bool;\n}\n"));
    expect_wrong(of("  r: R[65536];\n", pair + "struct R {\n  s: S[65536];\n}\n"));
    expect_wrong(
        of("  a: A[65536];\n", "struct Z {\n  a: int64[16];\n}\nstruct A {\n  z: Z[512];\n}\n"));
    expect_wrong(of("  a: A[65536];\n  b: A[65536];\n  c: A[65536];\n",
                    "struct A {\n  z: int64[65536];\n}\n"));
}

TEST(SchemaText, AFaultIsSaidWithItsLine)
{
    const auto message_of = [](const std::string &text) {
        mmf_status status;
        mmf_error error = {};
        EXPECT_EQ(t_parse(text, &status, &error), nullptr);
        return std::string(error.message);
    };
    const std::string damaged = "; the header of the file is damaged";
    EXPECT_EQ(message_of("enum E : int8 {\n  X = 1;\n  Y = 128;\n}\n"),
              "embedded schema, line 3: expected '  Name = value;', with a value of the enum's "
              "type" +
                  damaged);
    EXPECT_EQ(message_of("struct S {\n  a: bool;\n}\nenum S : int8 {\n"),
              "embedded schema, line 4: expected 'enum Name : type {', with a name that no other "
              "has" +
                  damaged);
    EXPECT_EQ(message_of("record T version 1 {\n  a: bool;\n  b: int8 = 128;\n}\n"),
              "embedded schema, line 3: expected a default that suits the type, attributes of "
              "fields in their order, and ';'" +
                  damaged);
}

TEST(SchemaText, AnUnknownTypeIsSaidWithItsLine)
{
    const std::string text = "record T version 1 {\n  a: bool;\n  b: float128;\n}\n";
    mmf_schema *out = nullptr;
    mmf_error error = {};
    ASSERT_EQ(mmf_schema_parse(text.data(), text.size(), &out, &error), MMF_ERR_CORRUPT);
    EXPECT_EQ(out, nullptr);
    EXPECT_STREQ(
        error.message,
        "embedded schema, line 3: expected a type of the schema language, such as "
        "'float64' or 'string[64]', or an enum or struct that stands before; the header of "
        "the file is damaged");
}

TEST(SchemaText, LimitsHold)
{
    const std::string longest(MMF_NAME_LENGTH_MAX, 'n');
    mmf_status status;
    EXPECT_NE(t_parse("record T version 65535 {\n  " + longest + ": string[65536];\n}\n", &status),
              nullptr);
    EXPECT_EQ(t_parse("record T version 1 {\n  " + longest + "n: bool;\n}\n", &status), nullptr);

    for (const uint32_t count : {MMF_FIELDS_MAX, MMF_FIELDS_MAX + 1}) {
        std::string text = "record T version 1 {\n";
        for (uint32_t i = 0; i < count; i++)
            text += "  f" + std::to_string(i) + ": bool;\n";
        EXPECT_EQ(t_parse(text + "}\n", &status) != nullptr, count == MMF_FIELDS_MAX) << count;
    }
    // Sixteen fields of 64 KiB and their lengths are more than 1 MiB, fifteen are less.
    for (const int count : {15, 16}) {
        std::string text = "record T version 1 {\n";
        for (int i = 0; i < count; i++)
            text += "  f" + std::to_string(i) + ": bytes[65536];\n";
        EXPECT_EQ(t_parse(text + "}\n", &status) != nullptr, count == 15) << count;
    }
    EXPECT_EQ(t_parse(std::string(MMF_SCHEMA_TEXT_MAX + 1, 'x'), &status), nullptr);
}

// A text of 40 KiB can declare a record of 2^30 fields. It is refused by its size: to look at each
// field, for the hash, would take as long as a hang.
TEST(SchemaText, ARecordThatIsFarTooLargeIsRefusedAtOnce)
{
    std::string fields[2];
    for (int i = 0; i < 1024; i++) {
        fields[0] += "  f" + std::to_string(i) + ": int8;\n";
        fields[1] += "  f" + std::to_string(i) + ": A;\n";
    }
    std::string text = "struct A {\n" + fields[0] + "}\nstruct B {\n" + fields[1] + "}\n";
    text += "record T version 1 {\n";
    for (int i = 0; i < 1024; i++)
        text += "  f" + std::to_string(i) + ": B;\n";
    mmf_status status;
    EXPECT_EQ(t_parse(text + "}\n", &status), nullptr);
    EXPECT_EQ(status, MMF_ERR_CORRUPT);
}

TEST(SchemaText, NullIsAnArgumentError)
{
    mmf_schema *out = nullptr;
    mmf_error error;
    EXPECT_EQ(mmf_schema_parse(nullptr, 1, &out, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_parse: text is NULL");
    EXPECT_EQ(mmf_schema_parse("x", 1, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_parse: out is NULL");
    EXPECT_EQ(mmf_schema_parse(nullptr, 1, nullptr, nullptr), MMF_ERR_ARGUMENT);
    mmf_schema_free(nullptr);
}

} // namespace

// A program may hand over text that lies in a file which another one writes.
TEST(SchemaTextTest, TextThatChangesMeanwhileIsReadOnce)
{
    const std::string text = TEXT;
    Neighbour neighbour;
    memcpy(neighbour.memory, text.data(), text.size());
    neighbour.alternate<char>(text.find("ice: float64"), 'i', 'u');
    for (int i = 0; i < NEIGHBOUR_ROUNDS; i++) {
        Neighbour::let_run(i);
        mmf_schema *out = nullptr;
        const auto *shared = reinterpret_cast<const char *>(neighbour.memory);
        ASSERT_EQ(mmf_schema_parse(shared, text.size(), &out, nullptr), MMF_OK);
        const Schema schema(out, mmf_schema_free);
        char meant[sizeof TEXT] = "";
        ASSERT_EQ(mmf_schema_write(schema.get(), meant, sizeof meant), text.size());
        ASSERT_STREQ(meant, schema->text);
    }
}

// The field that takes the least text, as often as there can be one: no room is left of the schema.
TEST(SchemaTextTest, ManyShortFieldsFit)
{
    std::string text = "record M version 1 {\n";
    for (int i = 0; i < 26 * 26; i++) {
        const std::string name = i < 26 ? std::string(1, static_cast<char>('a' + i))
                                        : std::string(1, static_cast<char>('A' + i / 26)) +
                                              static_cast<char>('a' + i % 26);
        text += "  " + name + ": bool;\n";
    }
    text += "}\n";
    mmf_status status = MMF_OK;
    const Schema schema = t_parse(text, &status);
    ASSERT_EQ(status, MMF_OK);
    EXPECT_EQ(schema->field_count, 26u * 26u);
    EXPECT_STREQ(schema->fields[25].name, "z");
    EXPECT_EQ(std::string(schema->text), text);
}
