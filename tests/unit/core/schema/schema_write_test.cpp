// The canonical text as it is written, the texts of types, and what a schema uses.
#include "tests/unit/core/schema/schema_fixture.h"

namespace {

TEST(SchemaWrite, ASmallBufferGetsWhatFitsAndTheWholeLength)
{
    const Schema schema = t_read(T_BOOK);
    char buffer[9];
    EXPECT_EQ(mmf_schema_write(schema.get(), buffer, sizeof buffer), std::strlen(T_BOOK));
    EXPECT_STREQ(buffer, "/// Whic");
}

TEST(SchemaWrite, NoDocIsAnEmptyOne)
{
    const Schema schema = t_record("  a: bool;\n");
    mmf_schema by_hand = *schema;
    mmf_field field = schema->fields[0];
    by_hand.doc = nullptr;
    field.doc = nullptr;
    by_hand.fields = &field;
    EXPECT_EQ(t_write(&by_hand), t_write(schema.get()));
}

// Whatever the size of the buffer: the start of the text, its NUL, and nothing after them.
TEST(SchemaWrite, EveryBufferGetsTheStartOfTheText)
{
    const Schema schema = t_read(T_BOOK);
    const std::string whole = T_BOOK;
    for (size_t size = 1; size <= whole.size() + 1; size++) {
        std::string buffer(size + 1, '#');
        ASSERT_EQ(mmf_schema_write(schema.get(), &buffer[0], size), whole.size()) << size;
        ASSERT_EQ(buffer, whole.substr(0, size - 1) + '\0' + '#') << size;
    }
}

// A schema by hand, as generated code has one: what it says is written, and can be read.
TEST(SchemaWrite, OfASchemaMadeByHand)
{
    const mmf_enum_member members[] = {{"Buy", nullptr, 1}, {"Sell", "ask\n\nor offer", -1}};
    const mmf_enum side = {"Side", nullptr, MMF_TYPE_INT8, 2, members};
    Fields inner = {t_field("side", MMF_TYPE_INT8), t_field("size", MMF_TYPE_UINT32)};
    inner[0].logical = MMF_LOGICAL_ENUM;
    inner[0].enumeration = &side;
    inner[1].null_bit = 1;
    mmf_struct level = {};
    level.name = "Level";
    level.doc = "A level.";
    level.field_count = 2;
    level.fields = inner.data();
    ASSERT_TRUE(mmf_struct_complete(&level, inner.data()));
    Fields fields = {t_field("levels", MMF_TYPE_STRUCT), t_field("at", MMF_TYPE_INT64),
                     t_field("name", MMF_TYPE_STRING, 8)};
    fields[0].structure = &level;
    fields[0].count = 3;
    fields[1].logical = MMF_LOGICAL_TIMESTAMP;
    fields[1].scale = 3;
    fields[1].default_text = "5";
    fields[2].null_bit = 1;
    fields[2].align = 16;
    fields[2].since = 2;
    fields[2].was = "title";
    fields[2].deprecated = true;
    mmf_schema schema = {};
    schema.name = "Book";
    schema.version = 2;
    schema.field_count = 3;
    schema.fields = fields.data();
    schema.align = 64;
    mmf_schema_complete(&schema, fields.data(), true);
    const std::string text = "enum Side : int8 {\n"
                             "  Buy = 1;\n"
                             "  /// ask\n"
                             "  ///\n"
                             "  /// or offer\n"
                             "  Sell = -1;\n"
                             "}\n"
                             "/// A level.\n"
                             "struct Level {\n"
                             "  side: Side;\n"
                             "  size: uint32?;\n"
                             "}\n"
                             "record Book version 2 @checksums @align(64) {\n"
                             "  levels: Level[3];\n"
                             "  at: timestamp[ms] = 5;\n"
                             "  name: string[8]? @align(16) @since(2) @was(title) @deprecated;\n"
                             "}\n";
    EXPECT_EQ(t_write(&schema), text);
    const Schema again = t_read(text);
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(again->layout_hash, schema.layout_hash);
    EXPECT_EQ(again->record_size, schema.record_size);
    EXPECT_EQ(again->validity_offset, schema.validity_offset);
    EXPECT_EQ(again->checksum_offset, schema.checksum_offset);
    EXPECT_EQ(mmf_schema_match(&schema, again.get(), "a.mmf", nullptr), MMF_OK);
}

TEST(SchemaWrite, TypesAsTheLanguageHasThem)
{
    const std::string definitions = "enum E : int8 {\n  X = 1;\n}\nstruct S {\n  x: bool;\n}\n";
    for (const std::string type : {"bool",
                                   "int64?",
                                   "float32[7]",
                                   "float32[65536]?",
                                   "string[64]",
                                   "string[64]?",
                                   "bytes[65536]",
                                   "timestamp[s]",
                                   "timestamp[ms]",
                                   "timestamp[us]",
                                   "timestamp[ns][2]?",
                                   "date",
                                   "date?",
                                   "decimal(18,4)",
                                   "decimal(1,0)?",
                                   "decimal(18,18)[65536]?",
                                   "E",
                                   "E?",
                                   "E[2]",
                                   "S",
                                   "S[3]?"}) {
        const Schema schema = t_record("  e: E;\n  s: S;\n  a: " + type + ";\n", definitions);
        ASSERT_NE(schema, nullptr);
        char text[MMF_FIELD_TYPE_SIZE];
        EXPECT_EQ(mmf_field_type_write(&schema->fields[2], text, sizeof text), type.size());
        EXPECT_EQ(std::string(text), type);
        EXPECT_EQ(mmf_field_type_write(&schema->fields[2], nullptr, 0), type.size());
        char small[3];
        EXPECT_EQ(mmf_field_type_write(&schema->fields[2], small, sizeof small), type.size());
        EXPECT_EQ(std::string(small), type.substr(0, 2));
    }
    // The longest.
    const std::string name(MMF_NAME_LENGTH_MAX, 'N');
    const Schema longest =
        t_record("  a: " + name + "[65536]?;\n", "struct " + name + " {\n  x: bool;\n}\n");
    char text[MMF_FIELD_TYPE_SIZE];
    EXPECT_LT(mmf_field_type_write(&longest->fields[0], text, sizeof text), sizeof text);
    EXPECT_EQ(std::string(text), name + "[65536]?");
}

std::string name_of(const mmf_definition &one)
{
    EXPECT_NE(one.enumeration == nullptr, one.structure == nullptr);
    return one.enumeration != nullptr ? one.enumeration->name : one.structure->name;
}

TEST(SchemaWrite, DefinitionsEachOnceBeforeWhatUsesIt)
{
    const Schema schema = t_read(T_BOOK);
    mmf_definition list[MMF_DEFINITIONS_MAX];
    ASSERT_EQ(mmf_schema_definitions(schema.get(), list, MMF_DEFINITIONS_MAX), 4u);
    EXPECT_EQ(name_of(list[0]), "Side");
    EXPECT_EQ(name_of(list[1]), "Trend");
    EXPECT_EQ(name_of(list[2]), "Level");
    EXPECT_EQ(name_of(list[3]), "Venue");
    EXPECT_EQ(mmf_schema_definitions(schema.get(), list, 4), 4u) << "just enough";
    const Schema plain = t_record("  a: bool;\n");
    EXPECT_EQ(mmf_schema_definitions(plain.get(), list, MMF_DEFINITIONS_MAX), 0u);
    EXPECT_EQ(mmf_schema_definitions(plain.get(), nullptr, 0), 0u);
}

TEST(SchemaWrite, DefinitionsThatDoNotFitAreCut)
{
    const Schema schema = t_read(T_BOOK);
    for (size_t max = 0; max < 4; max++) {
        std::vector<mmf_definition> list(max + 1);
        EXPECT_GT(mmf_schema_definitions(schema.get(), list.data(), max), max);
        EXPECT_EQ(list[max].enumeration, nullptr) << "nothing beyond the list";
        EXPECT_EQ(list[max].structure, nullptr);
    }
}

} // namespace
