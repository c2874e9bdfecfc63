// Layout, hash and comparison of schemas.
#include "mmapforge/schema.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {

using Fields = std::vector<mmf_field>;

mmf_field field(const char *name, mmf_type type, uint32_t max = 0)
{
    return {name, "", type, max, 0, 0};
}

Fields tick()
{
    return {field("symbol", MMF_TYPE_STRING, 64), field("price", MMF_TYPE_FLOAT64),
            field("volume", MMF_TYPE_FLOAT64), field("timestamp", MMF_TYPE_UINT64)};
}

uint32_t layout(Fields &fields)
{
    return mmf_schema_layout(fields.data(), (uint32_t)fields.size());
}

uint64_t hash(const Fields &fields, uint32_t record_size)
{
    return mmf_schema_hash(fields.data(), (uint32_t)fields.size(), record_size);
}

TEST(Schema, FieldsLieAtTheirNaturalAlignment)
{
    Fields fields = {field("a", MMF_TYPE_BOOL), field("b", MMF_TYPE_INT16),
                     field("c", MMF_TYPE_UINT8), field("d", MMF_TYPE_BYTES, 3),
                     field("e", MMF_TYPE_INT64)};
    // Sequence 0..8, a 8, b 10..12, c 12, d 16..23, e 24..32.
    EXPECT_EQ(layout(fields), 32u);
    const uint32_t expected[] = {8, 10, 12, 16, 24};
    for (size_t i = 0; i < fields.size(); i++)
        EXPECT_EQ(fields[i].offset, expected[i]) << i;
    EXPECT_EQ(fields[3].size, 7u);
}

TEST(Schema, TheRecordSizeIsAMultipleOfEight)
{
    Fields fields = {field("a", MMF_TYPE_BOOL)};
    EXPECT_EQ(layout(fields), 16u);
}

// The definition once more, over a string of bytes as FORMAT would list them.
uint64_t fnv1a(const std::string &bytes)
{
    uint64_t value = 14695981039346656037u;
    for (const char byte : bytes)
        value = (value ^ (unsigned char)byte) * 1099511628211u;
    return value;
}

std::string u32(uint32_t value)
{
    std::string out;
    for (int i = 0; i < 4; i++, value /= 256)
        out += (char)(value % 256);
    return out;
}

TEST(Schema, TheHashIsFnv1aOverTheLayout)
{
    Fields fields = {field("id", MMF_TYPE_UINT32), field("name", MMF_TYPE_STRING, 300)};
    ASSERT_EQ(layout(fields), 320u);
    const std::string bytes = std::string("id\0\x07", 4) + u32(0) + u32(8) + u32(4) +
                              std::string("name\0\x0c", 6) + u32(300) + u32(12) + u32(304) +
                              u32(320);
    EXPECT_EQ(hash(fields, 320), fnv1a(bytes));
}

TEST(Schema, TheHashSeesEveryPartOfTheLayout)
{
    Fields base = tick();
    const uint32_t size = layout(base);
    const uint64_t expected = hash(base, size);

    Fields other = base;
    std::swap(other[1], other[2]);
    EXPECT_NE(hash(other, size), expected) << "order";
    other = base;
    other[1].name = "prize";
    EXPECT_NE(hash(other, size), expected) << "name";
    other = base;
    other[3].type = MMF_TYPE_INT64;
    EXPECT_NE(hash(other, size), expected) << "type";
    other = base;
    other[0].max = 63;
    EXPECT_NE(hash(other, size), expected) << "max";
    other = base;
    other[2].offset += 8;
    EXPECT_NE(hash(other, size), expected) << "offset";
    EXPECT_NE(hash(base, size + 8), expected) << "record size";

    other = base;
    other[0].doc = "words change nothing";
    EXPECT_EQ(hash(other, size), expected);
}

mmf_schema schema_of(Fields &fields, const char *name = "Tick")
{
    mmf_schema schema = {};
    schema.name = name;
    schema.doc = "";
    schema.version = 1;
    schema.record_size = layout(fields);
    schema.field_count = (uint32_t)fields.size();
    schema.fields = fields.data();
    schema.layout_hash = hash(fields, schema.record_size);
    return schema;
}

// A schema that has been completed, with a checksum or without.
mmf_schema complete(Fields &fields, bool checksums)
{
    mmf_schema schema = schema_of(fields);
    mmf_schema_complete(&schema, fields.data(), checksums);
    return schema;
}

TEST(Schema, WithoutChecksumsItIsWhatItsFieldsAre)
{
    Fields fields = tick();
    const mmf_schema schema = complete(fields, false);
    EXPECT_EQ(schema.checksum_offset, 0u);
    EXPECT_EQ(schema.record_size, 104u);
    EXPECT_EQ(schema.layout_hash, hash(fields, 104));
}

// After the last field at a multiple of 4, and always in the record's last 8 bytes.
TEST(Schema, TheChecksumLiesAfterTheLastField)
{
    Fields fields = tick(); // ends at 104
    const mmf_schema wide = complete(fields, true);
    EXPECT_EQ(wide.checksum_offset, 104u);
    EXPECT_EQ(wide.record_size, 112u);
    Fields small = {field("a", MMF_TYPE_BOOL)}; // ends at 9
    const mmf_schema narrow = complete(small, true);
    EXPECT_EQ(narrow.checksum_offset, 12u);
    EXPECT_EQ(narrow.record_size, 16u);
    Fields none; // ends after the sequence
    const mmf_schema bare = complete(none, true);
    EXPECT_EQ(bare.checksum_offset, 8u);
    EXPECT_EQ(bare.record_size, 16u);
    for (uint32_t max = 1; max < 40; max++) {
        Fields bytes = {field("a", MMF_TYPE_BYTES, max)};
        const mmf_schema schema = complete(bytes, true);
        const uint32_t end = bytes[0].offset + bytes[0].size;
        EXPECT_EQ(schema.checksum_offset % 4, 0u) << max;
        EXPECT_GE(schema.checksum_offset, end) << max;
        EXPECT_LT(schema.checksum_offset, end + 4) << max;
        EXPECT_EQ(schema.record_size % 8, 0u) << max;
        EXPECT_EQ(schema.checksum_offset / 8, schema.record_size / 8 - 1) << max;
    }
}

TEST(Schema, AChecksumAddsItsNameAndOffsetToTheHash)
{
    Fields fields = {field("id", MMF_TYPE_UINT32)};
    const mmf_schema schema = complete(fields, true);
    ASSERT_EQ(schema.checksum_offset, 12u);
    const std::string bytes = std::string("id\0\x07", 4) + u32(0) + u32(8) + u32(4) + u32(16) +
                              std::string("@checksums\0", 11) + u32(12);
    EXPECT_EQ(schema.layout_hash, fnv1a(bytes));
    // The size is the same with and without, and the hash is not.
    EXPECT_EQ(complete(fields, false).record_size, schema.record_size);
    EXPECT_NE(complete(fields, false).layout_hash, schema.layout_hash);
}

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

TEST(Schema, MatchNamesVersionsTheFirstDifferenceAndTheWayOut)
{
    const std::string same = "version 1, the program expects the same version";
    Fields a = tick();
    Fields b = tick();
    const mmf_schema program = schema_of(a);
    mmf_schema file = schema_of(b);
    EXPECT_EQ(mmf_schema_match(&program, &file, "a.mmf", nullptr), MMF_OK);

    file.version = 2;
    expect_difference(program, file, "version 2, the program expects version 1",
                      "the fields are the same, and their meaning has changed");
    b[1].type = MMF_TYPE_FLOAT32;
    expect_difference(program, file, "version 2, the program expects version 1",
                      "field 2 differs first: the file has 'price: float32' at offset 80, the "
                      "program 'price: float64' at offset 80");
    b = tick();
    file = schema_of(b, "Quote");
    expect_mismatch(program, file, "'Quote'");
    file = complete(b, true);
    expect_difference(program, file, same,
                      "records of the file have checksums, the program's have none");
    expect_difference(file, program, same,
                      "records of the file have no checksums, the program's have");
    EXPECT_EQ(mmf_schema_match(&file, &file, "a.mmf", nullptr), MMF_OK);
    b = tick();
    b[0].max = 65;
    file = schema_of(b);
    expect_mismatch(program, file, "string[65]");
    b = tick();
    file = schema_of(b);
    b[2].offset += 8; // no layout that the library makes
    expect_mismatch(program, file, "at offset 96");
    b = tick();
    b.pop_back();
    file = schema_of(b);
    expect_difference(program, file, same,
                      "the file has 3 fields, the program 4, and the first that only the program "
                      "has is 'timestamp: uint64'");
    expect_difference(file, program, same,
                      "the file has 4 fields, the program 3, and the first that only the file has "
                      "is 'timestamp: uint64'");
}

// Names as long as they may be leave room for what to do.
TEST(Schema, MatchHasRoomForTheLongestNames)
{
    const std::string name(MMF_NAME_LENGTH_MAX, 'n');
    const std::string other(MMF_NAME_LENGTH_MAX, 'o');
    Fields a = {field(name.c_str(), MMF_TYPE_STRING, MMF_FIELD_BYTES_MAX)};
    Fields b = {field(other.c_str(), MMF_TYPE_STRING, MMF_FIELD_BYTES_MAX)};
    const mmf_schema program = schema_of(a);
    const mmf_schema file = schema_of(b);
    expect_mismatch(program, file, ("'" + name + ": string[65536]' at offset 8").c_str());
    expect_mismatch(program, file, WAY_OUT);
}

TEST(Schema, FindAndNull)
{
    Fields fields = tick();
    const mmf_schema schema = schema_of(fields);
    EXPECT_EQ(mmf_schema_find(&schema, "volume"), &fields[2]);
    EXPECT_EQ(mmf_schema_find(&schema, "Volume"), nullptr);
    EXPECT_EQ(mmf_schema_find(nullptr, "volume"), nullptr);
    EXPECT_EQ(mmf_schema_find(&schema, nullptr), nullptr);
    mmf_error error;
    EXPECT_EQ(mmf_schema_match(nullptr, &schema, nullptr, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_schema_match(nullptr, &schema, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_match: program is NULL");
    EXPECT_EQ(mmf_schema_match(&schema, nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_schema_match: file is NULL");
    EXPECT_EQ(mmf_schema_match(&schema, nullptr, nullptr, nullptr), MMF_ERR_ARGUMENT);
}

} // namespace
