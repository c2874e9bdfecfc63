// Tokens to records and fields, and recovery after errors. The messages are in
// tests/conformance/golden/wrong.
#include "gen/front/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/front/front_fixture.h"

namespace {

class Parsed : public Front {
public:
    explicit Parsed(const std::string &text, size_t size_max = ARENA_SIZE_MAX)
        : Front(text, size_max)
    {
        completed = parser_parse(&from, &memory, &list, &schema);
    }

    std::string docs(const syntax_docs &docs) const
    {
        std::string all;
        for (const syntax_doc *line = docs.first; line != nullptr; line = line->next)
            all += "|" + text(line->text);
        return all;
    }

    std::string attributes(const syntax_attribute *first) const
    {
        std::string all;
        for (const syntax_attribute *at = first; at != nullptr; at = at->next)
            all += text(at->name) + text(at->arguments);
        return all;
    }

    // "Name:version{field:type(arguments)[max]?=default@attribute ...}" for every record, with docs
    // as |line after the item that they describe; a struct has no version.
    std::string shape(const syntax_record *records, uint32_t expected) const
    {
        std::string all;
        uint32_t count = 0;
        for (const syntax_record *record = records; record != nullptr; record = record->next) {
            all += text(record->name) + docs(record->docs) + ":" + text(record->version) +
                   attributes(record->attributes) + "{";
            uint32_t fields = 0;
            for (const syntax_field *field = record->fields; field != nullptr;
                 field = field->next) {
                all += (fields > 0 ? " " : "") + text(field->name) + docs(field->docs) + ":" +
                       text(field->type) + text(field->arguments);
                for (const source_span bracket : field->brackets)
                    if (bracket.length > 0)
                        all += "[" + text(bracket) + "]";
                all += text(field->nullable);
                if (field->value.length > 0)
                    all += "=" + text(field->value);
                all += attributes(field->attributes);
                fields++;
            }
            EXPECT_EQ(fields, record->field_count);
            all += "}";
            count++;
        }
        EXPECT_EQ(count, expected);
        return all;
    }

    std::string values(const syntax_value *first, uint32_t expected) const
    {
        std::string all;
        uint32_t count = 0;
        for (const syntax_value *at = first; at != nullptr; at = at->next, count++)
            all += (count > 0 ? " " : "") + text(at->name) + docs(at->docs) + "=" + text(at->value);
        EXPECT_EQ(count, expected);
        return all;
    }

    std::string shape() const
    {
        return shape(schema.records, schema.record_count);
    }

    // "constants; Enum:type@attributes{members}; structs; records"
    std::string whole_shape() const
    {
        std::string all = values(schema.constants, schema.constant_count) + "; ";
        uint32_t enums = 0;
        for (const syntax_enum *at = schema.enums; at != nullptr; at = at->next, enums++)
            all += text(at->name) + docs(at->docs) + ":" + text(at->type) +
                   attributes(at->attributes) + "{" + values(at->members, at->member_count) + "}";
        EXPECT_EQ(enums, schema.enum_count);
        return all + "; " + shape(schema.structs, schema.struct_count) + "; " + shape();
    }

    syntax_schema schema = {};
    bool completed = false;
};

std::string parse_clean(const std::string &text)
{
    const Parsed parsed(text);
    EXPECT_TRUE(parsed.completed);
    EXPECT_EQ(parsed.said(), "");
    return parsed.shape();
}

TEST(Parser, RecordsAndFieldsComeInTheirOrder)
{
    EXPECT_EQ(parse_clean("record A version 1 { a: bool; b: string[64]; }\n"
                          "record B version 22 { c: int8; }"),
              "A:1{a:bool b:string[64]}B:22{c:int8}");
}

TEST(Parser, ATypeHasArgumentsBracketsNullDefaultAndAttributes)
{
    EXPECT_EQ(parse_clean("record A version 1 @checksums @align ( 64 ) {\n"
                          "a: decimal( 18, 4 )[10]? = -1.5 @since(2) @was(b) @deprecated;\n"
                          "b: timestamp[ns][DEPTH];\n"
                          "c: string[8] = \"a;b\";\n"
                          "d: Side = Buy;\n"
                          "e: bool?;\n"
                          "}"),
              "A:1@checksums@align( 64 ){a:decimal( 18, 4 )[10]?=-1.5@since(2)@was(b)@deprecated "
              "b:timestamp[ns][DEPTH] c:string[8]=\"a;b\" d:Side=Buy e:bool?}");
}

TEST(Parser, ConstantsEnumsAndStructsStandAnywhere)
{
    const Parsed parsed(
        "/// of D\nconst D = 10; /// levels\n"
        "record A version 1 { s: S; }\n"
        "/// of E\nenum E : int8 @prefix(f) { /// first\n A = -1; /// last\n B = 2; }\n"
        "struct S @align(16) { /// x\n x: E[D]; }\n"
        "enum F : uint32 { }\n"
        "const C = 0;\n"
        "struct T { }\n");
    EXPECT_EQ(parsed.said(), "");
    EXPECT_EQ(parsed.whole_shape(), "D|of D|levels=10 C=0; "
                                    "E|of E|first:int8@prefix(f){A|last=-1 B=2}F:uint32{}; "
                                    "S|x:@align(16){x:E[D]}T:{}; "
                                    "A:1{s:S}");
}

// The words of the language are names wherever a name is expected.
TEST(Parser, KeywordsAreNames)
{
    EXPECT_EQ(
        parse_clean("record enum version 1 { struct: const; const: record; enum: enumeration; }"),
        "enum:1{struct:const const:record enum:enumeration}");
}

// The parser does not check the meaning.
TEST(Parser, UnknownTypesAreAccepted)
{
    EXPECT_EQ(parse_clean("record record version -1x { record: version; a: nothing[0x]; a: b; }"),
              "record:-1x{record:version a:nothing[0x] a:b}");
    EXPECT_EQ(parse_clean("record A version 1 {}"), "A:1{}");
}

TEST(Parser, DocsAreAttachedToTheItemTheyDescribe)
{
    EXPECT_EQ(parse_clean("/// one\n///  two \n///\n///three\n"
                          "record A version 1 { /// of A\n"
                          "  /// of a\n"
                          "  a: bool; /// a, too\n"
                          "           /// and more\n"
                          "  b: bool;\n"
                          "  /// of c\n"
                          "  c: /// c, in the middle\n"
                          "    bool;\n"
                          "}\n"),
              "A|one| two||three|of A:1{a|of a|a, too|and more:bool b:bool c|of c|c, in the "
              "middle:bool}");
}

TEST(Parser, ADocThatDescribesNothingIsAnError)
{
    for (const char *text :
         {"record A version 1 { a: bool; }\n/// x\n", "record A version 1 { a: bool;\n/// x\n}\n",
          "record A version 1 { a: bool; } /// x\n", "/* */ /// x\n"}) {
        const Parsed parsed(text);
        EXPECT_EQ(parsed.error(), "this doc comment describes nothing") << text;
        EXPECT_EQ(parsed.list.count, 1u) << parsed.said();
    }
}

// An error in a field loses only the field, an error in a record only the record; each is one
// error.
TEST(Parser, ItContinuesAfterAnError)
{
    const struct {
        const char *text;
        uint32_t errors;
        const char *shape;
    } CASES[] = {
        {"record A version 1 { a; b: bool; }", 1, "A:1{b:bool}"},
        {"record A version 1 { a: ; b: bool; }", 1, "A:1{b:bool}"},
        {"record A version 1 { a: string[; b: bool; }", 1, "A:1{b:bool}"},
        {"record A version 1 { a: bool\n b: bool; }", 1, "A:1{a:bool b:bool}"},
        {"record A version 1 { a: bool, b: bool; c: bool; }", 1, "A:1{c:bool}"},
        {"record A version 1 { a }", 1, "A:1{}"},
        {"record A version 1 { a: bool?? ; b: bool = ; @k c: bool; d: bool; }", 3, "A:1{d:bool}"},
        {"record A version 1 { a: enum { x, y; z }; b: bool; }", 1, "A:1{b:bool}"},
        {"record A version 1 { a: struct { b: struct { c: x; }; }\n d: bool; }", 1, "A:1{d:bool}"},
        {"record A version 1 { a: decimal(10; b: x[1][2][3]; c: bool; }", 2, "A:1{c:bool}"},
        {"record A version 1 { a: x?[2]; b: x[\"1\"]; c: x @; d: bool; }", 3, "A:1{d:bool}"},
        {"record A version 1 { a: bool = 1 @k = 2; b: bool; }", 1, "A:1{b:bool}"},
        {"record A version 1 { a: string[8] = \"x;\n b: bool; }", 2, "A:1{a:string[8] b:bool}"},
        {"record A { a: bool; }\nrecord B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"record A version 1 a: bool; }\nrecord B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"record A version 1 { record B version 1 { b: bool; }\n c: bool; }", 1, "A:1{c:bool}"},
        // It is unknown where the first one ends.
        {"record A version 1 { a: bool;\nrecord B version 1 { b: bool; }", 1, ""},
        {"x y z record B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"enum E { x }\nstruct S { }\nrecord B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"enum E : x { a; b = ; c = d; e = 1 }\nrecord B version 1 { b: bool; }", 4, "B:1{b:bool}"},
        {"enum E : x { a = 1;\nrecord B version 1 { b: bool; }", 1, ""},
        {"const A;\nconst = 1;\nconst B = x;\nrecord B version 1 { b: bool; }", 3, "B:1{b:bool}"},
        {"const A = 1\nrecord B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"struct S version 1 { a: bool; }\nrecord B version 1 { b: S; }", 1, "B:1{b:S}"},
        {"struct { a: bool; }\nenum : x { }\nrecord B version 1 { b: bool; }", 2, "B:1{b:bool}"},
        {"record A version 1 { struct S { a: bool; }\n enum E : x { A = 1; }\n const C = 1;\n"
         "a: bool; }",
         3, "A:1{a:bool}"},
        {"union U { a: bool; }\nrecord B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"@k record A version 1 { a: bool; }\nrecord B version 1 { b: bool; }", 1,
         "A:1{a:bool}B:1{b:bool}"},
        {"record A version 1 { a: bool; } }\nrecord B version 1 { b: bool; }", 1,
         "A:1{a:bool}B:1{b:bool}"},
    };
    for (const auto &with : CASES) {
        SCOPED_TRACE(with.text);
        const Parsed parsed(with.text);
        EXPECT_TRUE(parsed.completed);
        EXPECT_EQ(parsed.list.count, with.errors) << parsed.said();
        EXPECT_EQ(parsed.shape(), with.shape);
    }
}

TEST(Parser, AFileWithoutRecordsIsAnError)
{
    for (const char *text : {"", "\n", "// nothing\n", "/* nothing */"}) {
        const Parsed parsed(text);
        EXPECT_TRUE(parsed.completed);
        EXPECT_EQ(parsed.error(), "the file ends here; expected 'record Name version 1 { ... }'");
        EXPECT_EQ(parsed.list.count, 1u);
        EXPECT_EQ(parsed.schema.record_count, 0u);
    }
}

TEST(Parser, AFileThatIsNotTextHasNoRecords)
{
    const Parsed parsed("record A version 1 { a: bool; }\xff");
    EXPECT_TRUE(parsed.completed);
    EXPECT_EQ(parsed.list.count, 1u);
    EXPECT_EQ(parsed.schema.record_count, 0u);
}

// Every prefix of a schema is refused with at least one error, and no error is reported twice.
TEST(Parser, EveryPrefixIsAnError)
{
    const std::string text = "/// d\nrecord A version 1 { a: string[3]; /* c */ b: bool; /// e\n }";
    for (size_t size = 0; size < text.size(); size++) {
        const Parsed parsed(text.substr(0, size));
        EXPECT_TRUE(parsed.completed);
        EXPECT_GE(parsed.list.count, 1u) << text.substr(0, size);
        EXPECT_LE(parsed.list.count, 2u) << parsed.said();
    }
    EXPECT_EQ(parse_clean(text), "A|d:1{a:string[3] b|e:bool}");
}

// A prefix that ends between two parts lacks only the record.
TEST(Parser, EveryPrefixOfARichSchemaIsAnError)
{
    const std::string text = "const D = 10; enum E : int8 @prefix(f) { A = -1; }\n"
                             "struct S @align(16) { x: decimal(18,4)[D]? = 1.5 @since(2); }\n"
                             "record A version 1 { s: S; e: E = A; t: string[4] = \"x\"; }";
    for (size_t size = 0; size < text.size(); size++) {
        const Parsed parsed(text.substr(0, size));
        EXPECT_TRUE(parsed.completed);
        EXPECT_GE(parsed.list.count, 1u) << text.substr(0, size);
        EXPECT_LE(parsed.list.count, 3u) << parsed.said();
    }
    EXPECT_EQ(Parsed(text).said(), "");
}

TEST(Parser, ItReportsExhaustedMemory)
{
    const std::string text = "/// d\nrecord A version 1 { a: bool; /// e\n b: bool; }";
    size_t size_max = 0;
    while (!Parsed(text, size_max).completed) {
        size_max++;
        ASSERT_LT(size_max, 10000u);
    }
    EXPECT_EQ(size_max, 2 * sizeof(syntax_doc) + sizeof(syntax_record) + 2 * sizeof(syntax_field));
}

} // namespace
