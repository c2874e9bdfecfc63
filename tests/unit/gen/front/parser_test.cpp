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

    // "Name:version{field:type[max] ...}" for every record, with docs as |line after the item
    // that they describe.
    std::string shape() const
    {
        std::string all;
        uint32_t records = 0;
        for (const syntax_record *record = schema.records; record != nullptr;
             record = record->next) {
            all += text(record->name) + docs(record->docs) + ":" + text(record->version) + "{";
            uint32_t fields = 0;
            for (const syntax_field *field = record->fields; field != nullptr;
                 field = field->next) {
                all += (fields > 0 ? " " : "") + text(field->name) + docs(field->docs) + ":" +
                       text(field->type);
                if (field->max.length > 0)
                    all += "[" + text(field->max) + "]";
                fields++;
            }
            EXPECT_EQ(fields, record->field_count);
            all += "}";
            records++;
        }
        EXPECT_EQ(records, schema.record_count);
        return all;
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
        {"record A version 1 { a: bool? ; b: bool = 1; @k c: bool; d: bool; }", 3, "A:1{d:bool}"},
        {"record A version 1 { a: enum { x, y; z }; b: bool; }", 1, "A:1{b:bool}"},
        {"record A version 1 { a: struct { b: struct { c: x; }; }\n d: bool; }", 1, "A:1{d:bool}"},
        {"record A version 1 { a: decimal(10, 2); b: timestamp[ns]; c: bool; }", 2, "A:1{c:bool}"},
        {"record A { a: bool; }\nrecord B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"record A version 1 a: bool; }\nrecord B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"record A version 1 { record B version 1 { b: bool; }\n c: bool; }", 1, "A:1{c:bool}"},
        // It is unknown where the first one ends.
        {"record A version 1 { a: bool;\nrecord B version 1 { b: bool; }", 1, ""},
        {"x y z record B version 1 { b: bool; }", 1, "B:1{b:bool}"},
        {"enum E { x }\nstruct S { }\nrecord B version 1 { b: bool; }", 1, "B:1{b:bool}"},
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
