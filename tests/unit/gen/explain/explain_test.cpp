// The map of a record: every byte once, and an order of the fields that really is smaller.
#include "gen/explain/explain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "mmapforge/schema.h"

namespace {

struct Field {
    const char *name;
    mmf_type type;
    uint32_t max;
};

// A record of these fields, laid out.
class Record {
public:
    explicit Record(const std::vector<Field> &declared, bool checksums = false)
    {
        for (const Field &field : declared)
            fields.push_back({field.name, "", field.type, field.max, 0, 0});
        schema.name = "Sample";
        schema.doc = "";
        schema.version = 1;
        schema.fields = fields.data();
        schema.field_count = static_cast<uint32_t>(fields.size());
        mmf_schema_complete(&schema, fields.data(), checksums);
    }
    Record(const Record &) = delete;
    Record &operator=(const Record &) = delete;

    std::string explained() const
    {
        const gen_model model = {"sample.mmfs", 1, &schema, nullptr};
        emit_text text = {nullptr, 0, 0, false};
        explain_layout(&text, &model);
        EXPECT_FALSE(text.failed);
        std::string out(text.data, text.size);
        emit_text_free(&text);
        return out;
    }

    std::vector<mmf_field> fields;
    mmf_schema schema = {};
};

uint32_t size_in_order(const std::vector<Field> &declared, bool checksums)
{
    return Record(declared, checksums).schema.record_size;
}

// What the text says of a smaller record: its size, and 0 when it says that there is none.
uint32_t said_size(const std::string &text)
{
    std::smatch found;
    const bool has =
        std::regex_search(text, found, std::regex("a record takes (\\d+) bytes, (\\d+) less"));
    return has ? static_cast<uint32_t>(std::stoul(found[1])) : 0;
}

TEST(Explain, APaddedRecordGetsABetterOrder)
{
    // 8 to 8, 16 to 23 and 24: 32 bytes; with the large one first 8 to 15, 16 and 17: 24.
    const Record record(
        {{"a", MMF_TYPE_BOOL, 0}, {"b", MMF_TYPE_INT64, 0}, {"c", MMF_TYPE_BOOL, 0}});
    EXPECT_EQ(record.explained(),
              "record Sample version 1: 32 bytes, 1 cache line of 64 bytes\n"
              "\n"
              "   offset     size  cache line\n"
              "        0        8           0  (sequence word)\n"
              "        8        1           0  a: bool\n"
              "        9        7           0  (padding)\n"
              "       16        8           0  b: int64\n"
              "       24        1           0  c: bool\n"
              "       25        7           0  (padding)\n"
              "\n"
              "14 bytes of padding. In this order a record takes 24 bytes, 8 less:\n"
              "  b, a, c\n"
              "The cache lines are those of row 0; 32 bytes is not a multiple of 64, "
              "so other rows begin elsewhere in theirs.\n");
}

TEST(Explain, AFullCacheLineHasNoRemark)
{
    // 8 of the sequence, 4 and 48 of the text, 4 of the checksum.
    const Record record({{"text", MMF_TYPE_STRING, 48}}, true);
    EXPECT_EQ(record.explained(),
              "record Sample version 1: 64 bytes, 1 cache line of 64 bytes\n"
              "\n"
              "   offset     size  cache line\n"
              "        0        8           0  (sequence word)\n"
              "        8       52           0  text: string[48]\n"
              "       60        4           0  (checksum)\n"
              "\n"
              "0 bytes of padding. No order of the fields makes the record smaller.\n");
}

TEST(Explain, ManyFieldsAreBrokenIntoLines)
{
    std::vector<std::string> names;
    std::vector<Field> declared;
    for (int i = 0; i < 40; i++)
        names.push_back("field_number_" + std::to_string(i));
    for (size_t i = 0; i < names.size(); i++)
        declared.push_back({names[i].c_str(), i % 2 == 0 ? MMF_TYPE_UINT8 : MMF_TYPE_FLOAT64, 0});
    const std::string text = Record(declared).explained();
    for (const std::string &name : names)
        EXPECT_EQ(std::regex_search(text, std::regex("\\b" + name + "[,\n]")), true) << name;
    for (size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
        EXPECT_LE(end - at, 120u);
}

// Of random records: the rows of the map are every byte once and in order, what is promised is so,
// and is the best of all orders.
TEST(Explain, RandomRecordsAreExplainedRightly)
{
    std::mt19937 random(7);
    const mmf_type types[] = {MMF_TYPE_BOOL,  MMF_TYPE_INT16,   MMF_TYPE_UINT32, MMF_TYPE_FLOAT64,
                              MMF_TYPE_UINT8, MMF_TYPE_FLOAT32, MMF_TYPE_STRING, MMF_TYPE_BYTES};
    const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    for (int round = 0; round < 400; round++) {
        std::vector<Field> declared;
        const size_t count = 1 + random() % 6;
        for (size_t i = 0; i < count; i++) {
            const mmf_type type = types[random() % 8];
            declared.push_back(
                {names[i], type,
                 mmf_type_is_sized(type) ? static_cast<uint32_t>(1 + random() % 9) : 0});
        }
        const bool checksums = random() % 2 == 0;
        const Record record(declared, checksums);
        const std::string text = record.explained();
        uint32_t next = 0;
        const std::regex row("(?:^|\n) +(\\d+) +(\\d+) +\\d[^\n]*  \\S");
        for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at) {
            EXPECT_EQ(std::stoul((*at)[1]), next) << text;
            next += static_cast<uint32_t>(std::stoul((*at)[2]));
        }
        EXPECT_EQ(next, record.schema.record_size) << text;

        std::vector<size_t> order(count);
        for (size_t i = 0; i < count; i++)
            order[i] = i;
        uint32_t least = record.schema.record_size;
        do {
            std::vector<Field> permuted;
            for (const size_t i : order)
                permuted.push_back(declared[i]);
            least = std::min(least, size_in_order(permuted, checksums));
        } while (std::next_permutation(order.begin(), order.end()));
        EXPECT_EQ(said_size(text), least < record.schema.record_size ? least : 0) << text;
    }
}

} // namespace
