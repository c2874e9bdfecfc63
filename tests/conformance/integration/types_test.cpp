// Every generated function of every field type, against the generic path over the same bytes.
#include "tests/conformance/integration/samples.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace {

void expect_same(const sample_record &got, const sample_record &expected)
{
#define COMPARE(field, c_type, name, member) EXPECT_EQ(got.field, expected.field) << #field;
    SCALAR_FIELDS(COMPARE)
#undef COMPARE
    EXPECT_EQ(text_of(got), text_of(expected));
    EXPECT_EQ(got.text[got.text_length], '\0');
    EXPECT_EQ(blob_of(got), blob_of(expected));
}

class TypesTest : public testing::Test {
protected:
    void SetUp() override
    {
        const auto *test = testing::UnitTest::GetInstance()->current_test_info();
        path_ = testing::TempDir() + test->name() + ".mmf";
        std::remove(path_.c_str());
        mmf_error error = {};
        ASSERT_EQ(sample_store_create(path_.c_str(), nullptr, &store_, &error), MMF_OK)
            << error.message;
    }

    void TearDown() override
    {
        EXPECT_EQ(sample_store_close(store_), MMF_OK);
        std::remove(path_.c_str());
    }

    void append(const sample_record &record)
    {
        const uint64_t expected = sample_store_count(store_);
        uint64_t row = UINT64_MAX;
        ASSERT_EQ(sample_store_append(store_, &record, &row), MMF_OK);
        EXPECT_EQ(row, expected);
        EXPECT_EQ(sample_store_count(store_), expected + 1);
    }

    // What the functions for one field say of a row.
    void expect_fields(uint64_t row, const sample_record &expected) const
    {
        sample_rows rows = {};
        ASSERT_EQ(sample_store_rows(store_, row, 1, &rows), MMF_OK);
        ASSERT_EQ(sample_rows_count(rows), 1u);
#define COMPARE(field, c_type, name, member)                                                       \
    {                                                                                              \
        c_type value = {};                                                                         \
        EXPECT_EQ(sample_store_get_##field(store_, row, &value), MMF_OK) << #field;                \
        EXPECT_EQ(value, expected.field) << #field;                                                \
        mmf_column_##name column = {};                                                             \
        ASSERT_EQ(sample_store_column_##field(store_, row, 1, &column), MMF_OK) << #field;         \
        ASSERT_EQ(column.count, 1u) << #field;                                                     \
        EXPECT_EQ(mmf_column_##name##_at(column, 0), expected.field) << #field;                    \
        EXPECT_EQ(sample_rows_##field(rows, 0), expected.field) << #field;                         \
    }
        SCALAR_FIELDS(COMPARE)
#undef COMPARE
        expect_text(row, rows, expected);
        expect_blob(row, rows, expected);
    }

    void expect_text(uint64_t row, sample_rows rows, const sample_record &expected) const
    {
        char buffer[SAMPLE_TEXT_MAX + 1];
        size_t length = 0;
        ASSERT_EQ(sample_store_get_text(store_, row, buffer, sizeof buffer, &length), MMF_OK);
        EXPECT_EQ(std::string(buffer, length), text_of(expected));
        EXPECT_EQ(buffer[length], '\0');
        mmf_str view = {};
        ASSERT_EQ(sample_store_view_text(store_, row, &view), MMF_OK);
        EXPECT_EQ(std::string(view.data, view.length), text_of(expected));
        view = sample_rows_text(rows, 0);
        EXPECT_EQ(std::string(view.data, view.length), text_of(expected));
    }

    void expect_blob(uint64_t row, sample_rows rows, const sample_record &expected) const
    {
        uint8_t buffer[SAMPLE_BLOB_MAX];
        size_t length = 0;
        ASSERT_EQ(sample_store_get_blob(store_, row, buffer, sizeof buffer, &length), MMF_OK);
        EXPECT_EQ(bytes_of(buffer, length), blob_of(expected));
        mmf_bytes view = {};
        ASSERT_EQ(sample_store_view_blob(store_, row, &view), MMF_OK);
        EXPECT_EQ(bytes_of(view.data, view.length), blob_of(expected));
        view = sample_rows_blob(rows, 0);
        EXPECT_EQ(bytes_of(view.data, view.length), blob_of(expected));
    }

    // One field by its name, through the schema that the file carries.
    mmf_value value_of(uint64_t row, const char *name, char *buffer, size_t size) const
    {
        const mmf_store *base = sample_store_base(store_);
        const mmf_field *field = mmf_schema_find(mmf_store_schema(base), name);
        EXPECT_NE(field, nullptr) << name;
        mmf_value value = {};
        if (field != nullptr) {
            EXPECT_EQ(mmf_store_get_value(base, row, field, buffer, size, &value), MMF_OK) << name;
            EXPECT_EQ(value.type, field->type) << name;
        }
        return value;
    }

    void expect_values(uint64_t row, const sample_record &expected) const
    {
#define COMPARE(field, c_type, name, member)                                                       \
    {                                                                                              \
        const mmf_value value = value_of(row, #field, nullptr, 0);                                 \
        EXPECT_STREQ(mmf_type_name(value.type), #name);                                            \
        EXPECT_EQ(value.as.member, expected.field) << #field;                                      \
    }
        SCALAR_FIELDS(COMPARE)
#undef COMPARE
        char buffer[64];
        mmf_value value = value_of(row, "text", buffer, sizeof buffer);
        ASSERT_EQ(value.type, MMF_TYPE_STRING);
        EXPECT_EQ(std::string(value.as.string.data, value.as.string.length), text_of(expected));
        value = value_of(row, "blob", buffer, sizeof buffer);
        ASSERT_EQ(value.type, MMF_TYPE_BYTES);
        EXPECT_EQ(bytes_of(value.as.bytes.data, value.as.bytes.length), blob_of(expected));
    }

    void expect_row(uint64_t row, const sample_record &expected) const
    {
        SCOPED_TRACE("row " + std::to_string(row));
        sample_record got = {};
        ASSERT_EQ(sample_store_get(store_, row, &got), MMF_OK);
        expect_same(got, expected);
        expect_fields(row, expected);
        expect_values(row, expected);
    }

    std::string path_;
    sample_store *store_ = nullptr;
};

TEST_F(TypesTest, AppendedRecordsComeBackByEveryPath)
{
    append(least());
    append(most());
    append(middle());
    expect_row(0, least());
    expect_row(1, most());
    expect_row(2, middle());
}

TEST_F(TypesTest, ReplacedRecordLeavesItsNeighboursAlone)
{
    for (int i = 0; i < 3; i++)
        append(most());
    const sample_record record = least();
    ASSERT_EQ(sample_store_set(store_, 1, &record), MMF_OK);
    expect_row(0, most());
    expect_row(1, least());
    expect_row(2, most());
}

// After every single write the whole row is compared, so a setter that spills over is named.
TEST_F(TypesTest, EverySetterWritesItsFieldAndNoOther)
{
    append(most());
    append(most());
    append(most());
    const sample_record wanted = middle();
    sample_record expected = most();
#define SET(field, c_type, name, member)                                                           \
    {                                                                                              \
        SCOPED_TRACE(#field);                                                                      \
        ASSERT_EQ(sample_store_set_##field(store_, 1, wanted.field), MMF_OK);                      \
        expected.field = wanted.field;                                                             \
        expect_row(1, expected);                                                                   \
    }
    SCALAR_FIELDS(SET)
#undef SET
    ASSERT_EQ(sample_store_set_text(store_, 1, wanted.text, wanted.text_length), MMF_OK);
    std::memcpy(expected.text, wanted.text, sizeof expected.text);
    expected.text_length = wanted.text_length;
    expect_row(1, expected);
    ASSERT_EQ(sample_store_set_blob(store_, 1, wanted.blob, wanted.blob_length), MMF_OK);
    expect_row(1, wanted);
    expect_row(0, most());
    expect_row(2, most());
}

TEST_F(TypesTest, TooLongValuesAreRefusedWhole)
{
    append(middle());
    sample_record record = most();
    record.text_length = SAMPLE_TEXT_MAX + 1;
    EXPECT_EQ(sample_store_append(store_, &record, nullptr), MMF_ERR_TOO_LONG);
    record = most();
    record.blob_length = SAMPLE_BLOB_MAX + 1;
    EXPECT_EQ(sample_store_set(store_, 0, &record), MMF_ERR_TOO_LONG);
    const std::string text(SAMPLE_TEXT_MAX + 1, 'x');
    EXPECT_EQ(sample_store_set_text(store_, 0, text.data(), text.size()), MMF_ERR_TOO_LONG);
    EXPECT_EQ(sample_store_count(store_), 1u);
    expect_row(0, middle());
}

// A string that fills its field, with its NUL, and nothing after it.
TEST(RecordSet, SetsAStringAndItsLength)
{
    const std::string longest(SAMPLE_TEXT_MAX, 'x');
    sample_record record = {};
    EXPECT_EQ(sample_record_set_text(&record, longest.c_str()), MMF_OK);
    EXPECT_EQ(record.text_length, SAMPLE_TEXT_MAX);
    EXPECT_STREQ(record.text, longest.c_str());
    EXPECT_EQ(sample_record_set_text(&record, "ab"), MMF_OK);
    EXPECT_EQ(text_of(record), "ab");
    EXPECT_STREQ(record.text, "ab");
    EXPECT_EQ(sample_record_set_text(&record, ""), MMF_OK);
    EXPECT_EQ(text_of(record), "");
    EXPECT_STREQ(record.text, "");
}

TEST(RecordSet, TakesAStringThatWasCopiedIntoTheRecord)
{
    sample_record record = {};
    std::strcpy(record.text, "in place");
    EXPECT_EQ(sample_record_set_text(&record, record.text), MMF_OK);
    EXPECT_EQ(text_of(record), "in place");
    EXPECT_EQ(sample_record_set_text(&record, record.text + 3), MMF_OK); // the two overlap
    EXPECT_EQ(text_of(record), "place");
}

TEST(RecordSet, SetsBytesAndTheirLength)
{
    uint8_t data[SAMPLE_BLOB_MAX];
    std::memset(data, 0x5a, sizeof data);
    data[3] = 0; // no end, as it would be in a string
    sample_record record = {};
    EXPECT_EQ(sample_record_set_blob(&record, data, sizeof data), MMF_OK);
    EXPECT_EQ(record.blob_length, SAMPLE_BLOB_MAX);
    EXPECT_EQ(std::memcmp(record.blob, data, sizeof data), 0);
    EXPECT_EQ(sample_record_set_blob(&record, nullptr, 0), MMF_OK);
    EXPECT_EQ(record.blob_length, 0u);
}

TEST(RecordSet, LeavesARecordUnchangedOnFailure)
{
    sample_record record = most();
    const std::string too_long(SAMPLE_TEXT_MAX + 1, 'x');
    const uint8_t data[SAMPLE_BLOB_MAX + 1] = {};
    EXPECT_EQ(sample_record_set_text(&record, too_long.c_str()), MMF_ERR_TOO_LONG);
    EXPECT_EQ(sample_record_set_text(&record, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(sample_record_set_blob(&record, data, sizeof data), MMF_ERR_TOO_LONG);
    EXPECT_EQ(sample_record_set_blob(&record, nullptr, 1), MMF_ERR_ARGUMENT);
    expect_same(record, most());
    EXPECT_EQ(sample_record_set_text(nullptr, "a"), MMF_ERR_ARGUMENT);
    EXPECT_EQ(sample_record_set_blob(nullptr, data, 1), MMF_ERR_ARGUMENT);
}

TEST_F(TypesTest, ReopenedFileHoldsTheSame)
{
    append(least());
    append(middle());
    ASSERT_EQ(sample_store_sync(store_, nullptr), MMF_OK);
    ASSERT_EQ(sample_store_close(store_), MMF_OK);
    store_ = nullptr;
    ASSERT_EQ(sample_store_open(path_.c_str(), nullptr, &store_, nullptr), MMF_OK);
    EXPECT_EQ(sample_store_count(store_), 2u);
    EXPECT_GE(sample_store_capacity(store_), 2u);
    expect_row(0, least());
    expect_row(1, middle());
}

TEST_F(TypesTest, ReadSectionSeesAWriteInBetween)
{
    append(least());
    uint64_t sequence = 0;
    ASSERT_EQ(sample_store_read_begin(store_, 0, &sequence), MMF_OK);
    EXPECT_FALSE(sample_store_read_retry(store_, 0, sequence));
    ASSERT_EQ(sample_store_set_u32(store_, 0, 5), MMF_OK);
    EXPECT_TRUE(sample_store_read_retry(store_, 0, sequence));
}

} // namespace
