// The schemas in generated code are those that their own text describes.
#include <gtest/gtest.h>

#include <string>

#include "checksums_store.c"
#include "docs_store.c"
#include "python_store.c"
#include "records_store.c"
#include "rich_store.c"
#include "single_store.c"
#include "tick_store.c"
#include "types_store.c"

namespace {

void expect_same_enum(const mmf_enum &read, const mmf_enum &expected)
{
    EXPECT_STREQ(read.name, expected.name);
    EXPECT_STREQ(read.doc, expected.doc);
    EXPECT_EQ(read.type, expected.type);
    ASSERT_EQ(read.member_count, expected.member_count);
    for (uint32_t i = 0; i < read.member_count; i++) {
        EXPECT_STREQ(read.members[i].name, expected.members[i].name);
        EXPECT_STREQ(read.members[i].doc, expected.members[i].doc);
        EXPECT_EQ(read.members[i].value, expected.members[i].value);
    }
}

void expect_same_fields(const mmf_field *read, uint32_t count, const mmf_field *expected,
                        uint32_t expected_count)
{
    ASSERT_EQ(count, expected_count);
    for (uint32_t i = 0; i < count; i++) {
        SCOPED_TRACE(expected[i].name);
        EXPECT_STREQ(read[i].name, expected[i].name);
        EXPECT_STREQ(read[i].doc, expected[i].doc);
        EXPECT_EQ(read[i].type, expected[i].type);
        EXPECT_EQ(read[i].max, expected[i].max);
        EXPECT_EQ(read[i].offset, expected[i].offset);
        EXPECT_EQ(read[i].size, expected[i].size);
        EXPECT_EQ(read[i].count, expected[i].count);
        EXPECT_EQ(read[i].logical, expected[i].logical);
        EXPECT_EQ(read[i].precision, expected[i].precision);
        EXPECT_EQ(read[i].scale, expected[i].scale);
        EXPECT_EQ(read[i].null_bit, expected[i].null_bit);
        EXPECT_STREQ(read[i].default_text, expected[i].default_text);
        EXPECT_STREQ(read[i].was, expected[i].was);
        EXPECT_EQ(read[i].since, expected[i].since);
        EXPECT_EQ(read[i].align, expected[i].align);
        EXPECT_EQ(read[i].deprecated, expected[i].deprecated);
        ASSERT_EQ(read[i].enumeration != nullptr, expected[i].enumeration != nullptr);
        ASSERT_EQ(read[i].structure != nullptr, expected[i].structure != nullptr);
        if (expected[i].enumeration != nullptr)
            expect_same_enum(*read[i].enumeration, *expected[i].enumeration);
        if (expected[i].structure == nullptr)
            continue;
        const mmf_struct &a = *read[i].structure;
        const mmf_struct &b = *expected[i].structure;
        EXPECT_STREQ(a.name, b.name);
        EXPECT_STREQ(a.doc, b.doc);
        EXPECT_EQ(a.size, b.size);
        EXPECT_EQ(a.alignment, b.alignment);
        EXPECT_EQ(a.validity_offset, b.validity_offset);
        EXPECT_EQ(a.depth, b.depth);
        EXPECT_EQ(a.align, b.align);
        expect_same_fields(a.fields, a.field_count, b.fields, b.field_count);
    }
}

// Reads the embedded text as a program without generated code would, and compares all of it.
void expect_text_describes(const mmf_schema &schema)
{
    ASSERT_EQ(std::string(schema.text).size(), schema.text_size);
    mmf_schema *read = nullptr;
    mmf_error error = {};
    ASSERT_EQ(mmf_schema_parse(schema.text, schema.text_size, &read, &error), MMF_OK)
        << error.message;
    EXPECT_STREQ(read->name, schema.name);
    EXPECT_STREQ(read->doc, schema.doc);
    EXPECT_EQ(read->version, schema.version);
    EXPECT_EQ(read->record_size, schema.record_size);
    EXPECT_EQ(read->layout_hash, schema.layout_hash);
    EXPECT_EQ(read->checksum_offset, schema.checksum_offset);
    EXPECT_EQ(read->validity_offset, schema.validity_offset);
    EXPECT_EQ(read->align, schema.align);
    expect_same_fields(read->fields, read->field_count, schema.fields, schema.field_count);
    mmf_schema_free(read);
}

TEST(GeneratedSchema, IsWhatItsTextDescribes)
{
    for (const mmf_schema *schema :
         {&tick_schema, &all_types_schema, &x_schema, &ohlc_bar_schema, &order_book_level_2_schema,
          &http_connection_statistics_schema, &docs_schema, &python_schema, &quote_schema,
          &mark_schema, &plain_schema, &rich_schema, &bare_schema}) {
        SCOPED_TRACE(schema->name);
        expect_text_describes(*schema);
    }
}

// One field after another, each at a multiple of its size: 8 + 68, padded to 80, then three words.
TEST(GeneratedSchema, HasTheLayoutOfTheFormat)
{
    EXPECT_EQ(TICK_SYMBOL_OFFSET, 8u);
    EXPECT_EQ(TICK_PRICE_OFFSET, 80u);
    EXPECT_EQ(TICK_RECORD_SIZE, 104u);
    EXPECT_EQ(X_RECORD_SIZE, 16u);
    EXPECT_EQ(sizeof(tick_record::symbol), 65u);
    EXPECT_EQ(sizeof(all_types_record::digest), 32u);
}

// A doc comment that tries to end the comment around it reaches the schema unchanged.
TEST(GeneratedSchema, KeepsMalformedDocs)
{
    const mmf_field *hostile = mmf_schema_find(&docs_schema, "hostile");
    ASSERT_NE(hostile, nullptr);
    EXPECT_EQ(std::string(hostile->doc), "*/ int broken; /* ?"
                                         "?/");
    const mmf_field *lines = mmf_schema_find(&docs_schema, "lines");
    ASSERT_NE(lines, nullptr);
    EXPECT_STREQ(lines->doc, "two\nlines");
    EXPECT_GT(docs_schema.text_size, 4095u);
}

// The generated save and load return the same record.
TEST(GeneratedRecord, SurvivesSaveAndLoad)
{
    alignas(8) static unsigned char bytes[ALL_TYPES_RECORD_SIZE];
    static all_types_record in = {};
    static all_types_record out = {};
    in.flag = true;
    in.tiny = -128;
    in.port = 65535;
    in.large = INT64_MIN;
    in.ratio = 0.5f;
    in.price = -1e300;
    in.name_length = 3;
    memcpy(in.name, "a\0b", 3);
    in.digest_length = ALL_TYPES_DIGEST_MAX;
    in.digest[31] = 0xff;
    ASSERT_EQ(all_types_record_check(&in), MMF_OK);
    all_types_record_save(bytes, &in);
    all_types_record_load(bytes, &out);
    EXPECT_EQ(memcmp(&in, &out, sizeof in), 0);
    in.blob_length = ALL_TYPES_BLOB_MAX + 1;
    EXPECT_EQ(all_types_record_check(&in), MMF_ERR_TOO_LONG);
    EXPECT_EQ(all_types_record_check(nullptr), MMF_ERR_ARGUMENT);
}

} // namespace
