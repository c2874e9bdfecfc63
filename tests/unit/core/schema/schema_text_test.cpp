// The canonical text: out and back, and every way it can be damaged.
#include "mmapforge/schema.h"

#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "tests/support/neighbour.h"

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

using Schema = std::unique_ptr<mmf_schema, void (*)(mmf_schema *)>;

// The text goes through a block of its exact size, so that ASan sees a read beyond its end.
Schema parse(const std::string &text, mmf_status *status)
{
    std::unique_ptr<char[]> exact(new char[text.size() + (text.empty() ? 1 : 0)]);
    std::memcpy(exact.get(), text.data(), text.size());
    mmf_schema *out = nullptr;
    *status = mmf_schema_parse(exact.get(), text.size(), &out, nullptr);
    return Schema(out, mmf_schema_free);
}

std::string write(const mmf_schema *schema)
{
    std::string text(mmf_schema_write(schema, nullptr, 0) + 1, '?');
    EXPECT_EQ(mmf_schema_write(schema, &text[0], text.size()), text.size() - 1);
    text.pop_back();
    return text;
}

TEST(SchemaText, RoundTrip)
{
    mmf_status status;
    const Schema schema = parse(TEXT, &status);
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
    EXPECT_EQ(write(schema.get()), TEXT);
    EXPECT_EQ(schema->text_size, std::strlen(TEXT));
}

TEST(SchemaText, RoundTripOfAnAttribute)
{
    const std::string text = "record Tick version 1 @checksums {\n  id: uint32;\n}\n";
    mmf_status status;
    const Schema schema = parse(text, &status);
    ASSERT_EQ(status, MMF_OK);
    EXPECT_EQ(schema->checksum_offset, 12u);
    EXPECT_EQ(schema->record_size, 16u);
    EXPECT_EQ(write(schema.get()), text);
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
        EXPECT_EQ(parse(text, &status), nullptr) << text;
        EXPECT_EQ(status, MMF_ERR_CORRUPT) << text;
    }
}

TEST(SchemaText, ASmallBufferGetsWhatFitsAndTheWholeLength)
{
    mmf_status status;
    const Schema schema = parse(TEXT, &status);
    ASSERT_EQ(status, MMF_OK);
    char buffer[9];
    EXPECT_EQ(mmf_schema_write(schema.get(), buffer, sizeof buffer), std::strlen(TEXT));
    EXPECT_STREQ(buffer, "/// A tr");
}

TEST(SchemaText, EveryTruncationIsRefused)
{
    for (size_t size = 0; size < std::strlen(TEXT); size++) {
        mmf_status status;
        EXPECT_EQ(parse(std::string(TEXT, size), &status), nullptr) << size;
        EXPECT_EQ(status, MMF_ERR_CORRUPT) << size;
    }
}

TEST(SchemaText, EveryMutationIsRefusedOrASchema)
{
    for (size_t at = 0; at < std::strlen(TEXT); at++)
        for (int byte = 0; byte < 256; byte++) {
            std::string text = TEXT;
            text[at] = (char)byte;
            mmf_status status;
            const Schema schema = parse(text, &status);
            EXPECT_EQ(status, schema == nullptr ? MMF_ERR_CORRUPT : MMF_OK) << at << ' ' << byte;
            if (schema != nullptr) {
                EXPECT_EQ(write(schema.get()), text) << at << ' ' << byte;
            }
        }
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
            const Schema schema = parse(text, &status);
            ASSERT_EQ(status, MMF_OK) << text;
            EXPECT_EQ(write(schema.get()), text);
        }
        for (const std::string &doc : wrong) {
            mmf_status status;
            const std::string text = record.substr(0, at) + indent + doc + record.substr(at);
            EXPECT_EQ(parse(text, &status), nullptr) << text;
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
        "record T version 1 {\n  a: bool[1];\n}\n",
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
        EXPECT_EQ(parse(text, &status), nullptr) << text;
        EXPECT_EQ(status, MMF_ERR_CORRUPT) << text;
    }
}

TEST(SchemaText, AnUnknownTypeIsSaidWithItsLine)
{
    const std::string text = "record T version 1 {\n  a: bool;\n  b: float128;\n}\n";
    mmf_schema *out = nullptr;
    mmf_error error = {};
    ASSERT_EQ(mmf_schema_parse(text.data(), text.size(), &out, &error), MMF_ERR_CORRUPT);
    EXPECT_EQ(out, nullptr);
    EXPECT_STREQ(error.message,
                 "embedded schema, line 3: expected a type of the schema language, such as "
                 "'float64' or 'string[64]', and ';'; the header of the file is damaged");
}

TEST(SchemaText, LimitsHold)
{
    const std::string longest(MMF_NAME_LENGTH_MAX, 'n');
    mmf_status status;
    EXPECT_NE(parse("record T version 65535 {\n  " + longest + ": string[65536];\n}\n", &status),
              nullptr);
    EXPECT_EQ(parse("record T version 1 {\n  " + longest + "n: bool;\n}\n", &status), nullptr);

    for (const uint32_t count : {MMF_FIELDS_MAX, MMF_FIELDS_MAX + 1}) {
        std::string text = "record T version 1 {\n";
        for (uint32_t i = 0; i < count; i++)
            text += "  f" + std::to_string(i) + ": bool;\n";
        EXPECT_EQ(parse(text + "}\n", &status) != nullptr, count == MMF_FIELDS_MAX) << count;
    }
    // Sixteen fields of 64 KiB and their lengths are more than 1 MiB, fifteen are less.
    for (const int count : {15, 16}) {
        std::string text = "record T version 1 {\n";
        for (int i = 0; i < count; i++)
            text += "  f" + std::to_string(i) + ": bytes[65536];\n";
        EXPECT_EQ(parse(text + "}\n", &status) != nullptr, count == 15) << count;
    }
    EXPECT_EQ(parse(std::string(MMF_SCHEMA_TEXT_MAX + 1, 'x'), &status), nullptr);
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

TEST(SchemaText, NoDocIsAnEmptyOne)
{
    mmf_status status;
    const Schema schema = parse("record T version 1 {\n  a: bool;\n}\n", &status);
    ASSERT_EQ(status, MMF_OK);
    mmf_schema by_hand = *schema;
    mmf_field field = schema->fields[0];
    by_hand.doc = nullptr;
    field.doc = nullptr;
    by_hand.fields = &field;
    EXPECT_EQ(write(&by_hand), write(schema.get()));
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
    const Schema schema = parse(text, &status);
    ASSERT_EQ(status, MMF_OK);
    EXPECT_EQ(schema->field_count, 26u * 26u);
    EXPECT_STREQ(schema->fields[25].name, "z");
    EXPECT_EQ(std::string(schema->text), text);
}
