// The schemas in generated code are those that their own text describes.
#include <gtest/gtest.h>

#include <string>

#include "checksums_store.c"
#include "docs_store.c"
#include "python_store.c"
#include "records_store.c"
#include "single_store.c"
#include "tick_store.c"
#include "types_store.c"

namespace {

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
    ASSERT_EQ(read->field_count, schema.field_count);
    for (uint32_t i = 0; i < schema.field_count; i++) {
        EXPECT_STREQ(read->fields[i].name, schema.fields[i].name);
        EXPECT_STREQ(read->fields[i].doc, schema.fields[i].doc);
        EXPECT_EQ(read->fields[i].type, schema.fields[i].type);
        EXPECT_EQ(read->fields[i].max, schema.fields[i].max);
        EXPECT_EQ(read->fields[i].offset, schema.fields[i].offset);
        EXPECT_EQ(read->fields[i].size, schema.fields[i].size);
    }
    mmf_schema_free(read);
}

TEST(GeneratedSchema, IsWhatItsTextDescribes)
{
    for (const mmf_schema *schema :
         {&tick_schema, &all_types_schema, &x_schema, &ohlc_bar_schema, &order_book_level_2_schema,
          &http_connection_statistics_schema, &docs_schema, &python_schema, &quote_schema,
          &mark_schema, &plain_schema}) {
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
