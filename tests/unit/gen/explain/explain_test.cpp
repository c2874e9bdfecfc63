// The map of a record: every byte once, and an order of the fields that really is smaller.
#include "gen/explain/explain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "mmapforge/schema.h"
#include "tests/unit/gen/model/model_fixture.h"

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
            fields.push_back(plain(field));
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
        gen_model model = {};
        model.schema_name = "sample.mmfs";
        model.record_count = 1;
        model.records = &schema;
        emit_text text = {nullptr, 0, 0, false};
        explain_layout(&text, &model);
        EXPECT_FALSE(text.failed);
        std::string out(text.data, text.size);
        emit_text_free(&text);
        return out;
    }

    std::vector<mmf_field> fields;
    mmf_schema schema = {};

private:
    static mmf_field plain(const Field &field)
    {
        mmf_field out = {};
        out.name = field.name;
        out.doc = "";
        out.type = field.type;
        out.max = field.max;
        return out;
    }
};

// What is said of the records of a schema.
std::string explained(const std::string &text)
{
    const Meaning meaning(text);
    EXPECT_TRUE(meaning.accepted()) << meaning.said();
    emit_text out = {nullptr, 0, 0, false};
    explain_layout(&out, &meaning.model);
    EXPECT_FALSE(out.failed);
    std::string all(out.data, out.size);
    emit_text_free(&out);
    return all;
}

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

// Level has 8 and 4 bytes and a validity byte, and is padded to 16. Its members are shown once for
// an array, at the offsets of the first element.
TEST(Explain, StructsShowTheirMembers)
{
    EXPECT_EQ(
        explained("struct Level { price: decimal(18,4); size: uint32?; }\n"
                  "struct Pair { a: Level; flag: bool; }\n"
                  "record Book version 1 @checksums { bids: Level[3]; p: Pair?; n: int8[3]; }"),
        "record Book version 1: 88 bytes, 2 cache lines of 64 bytes\n"
        "\n"
        "   offset     size  cache line\n"
        "        0        8           0  (sequence word)\n"
        "        8       48           0  bids: Level[3], 16 bytes each\n"
        "        8        8           0    price: decimal(18,4)\n"
        "       16        4           0    size: uint32?\n"
        "       20        1           0    (validity bytes)\n"
        "       21        3           0    (padding)\n"
        "       56       24      0 to 1  p: Pair?\n"
        "       56       16      0 to 1    a: Level\n"
        "       56        8           0      price: decimal(18,4)\n"
        "       64        4           1      size: uint32?\n"
        "       68        1           1      (validity bytes)\n"
        "       69        3           1      (padding)\n"
        "       72        1           1    flag: bool\n"
        "       73        7           1    (padding)\n"
        "       80        3           1  n: int8[3]\n"
        "       83        1           1  (validity bytes)\n"
        "       84        4           1  (checksum)\n"
        "\n"
        "0 bytes of padding. No order of the fields makes the record smaller.\n"
        "The cache lines are those of row 0; 88 bytes is not a multiple of 64, so other rows "
        "begin elsewhere in theirs.\n");
}

TEST(Explain, AnAlignedFieldKeepsItsAlignmentInABetterOrder)
{
    const std::string text =
        explained("record A version 1 { a: bool; b: uint32 @align(32); c: uint64[2]; d: uint8; }");
    EXPECT_NE(text.find("       32        4           0  b: uint32 @align(32)\n"),
              std::string::npos)
        << text;
    // 8 to 24 is c, 24 and 25 are a and d, 32 to 36 is b: 64 bytes, which is what it takes already.
    EXPECT_EQ(text.find("In this order"), std::string::npos) << text;
    // 8 is a, 32 is b, 40 is c, 64 is d: 96. With c, a and d first: 64.
    EXPECT_NE(explained("record A version 1 { a: bool; b: uint64[3] @align(32); c: uint64[2]; }")
                  .find("In this order a record takes 64 bytes, 32 less:\n  c, a, b\n"),
              std::string::npos);
}

TEST(Explain, AStructGetsABetterOrder)
{
    const std::string text = explained(
        "struct Loose { a: bool; b: int64; c: bool; }\nstruct Tight { b: int64; a: bool; }\n"
        "record A version 1 { l: Loose; t: Tight; }");
    EXPECT_NE(text.find("\nIn this order struct Loose takes 16 bytes, 8 less:\n  b, a, c\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("struct Tight takes"), std::string::npos) << text;
}

TEST(Explain, SeveralValidityBytesAreOneRow)
{
    std::string fields;
    for (int i = 0; i < 9; i++)
        fields += "f" + std::to_string(i) + ": bool?; ";
    EXPECT_NE(
        explained(record_of(fields)).find("       17        2           0  (validity bytes)\n"),
        std::string::npos);
}

// Of random records with structs, arrays, nulls and alignments: the rows of the record itself are
// every byte once, those within a struct every byte of one element, and a promised order is kept.
TEST(Explain, RandomRichRecordsAreExplainedRightly)
{
    std::mt19937 random(11);
    const std::string structs = "struct S { a: uint8; b: uint32?; }\n"
                                "struct T @align(16) { s: S[2]; c: bool; d: S?; }\n";
    const char *const types[] = {"bool", "uint16",  "float64", "string[5]", "S",      "T",
                                 "date", "int8[3]", "S[3]",    "T[2]",      "float32"};
    const std::regex row("^ +(\\d+) +(\\d+) +\\d+(?: to \\d+)?  ( *)(\\S.*)$");
    for (int round = 0; round < 200; round++) {
        std::vector<std::string> fields;
        for (size_t i = 0; i < 1 + random() % 7; i++)
            fields.push_back("f" + std::to_string(i) + ": " + types[random() % 11] +
                             (random() % 3 == 0 ? "?" : "") +
                             (random() % 5 == 0 ? " @align(32)" : "") + "; ");
        const std::string end = random() % 2 == 0 ? "@checksums " : "";
        const auto schema = [&](const std::vector<std::string> &order) {
            std::string text = structs + "record A version 1 " + end + "{ ";
            for (const std::string &field : order)
                text += field;
            return text + "}";
        };
        const std::string text = explained(schema(fields));
        std::map<size_t, uint32_t> next; // by indentation
        std::istringstream lines(text);
        std::string line;
        while (std::getline(lines, line)) {
            std::smatch found;
            if (!std::regex_match(line, found, row))
                continue;
            const size_t depth = found[3].length();
            const uint32_t offset = static_cast<uint32_t>(std::stoul(found[1]));
            const uint32_t size = static_cast<uint32_t>(std::stoul(found[2]));
            EXPECT_EQ(next[depth], offset) << line << "\n" << text;
            next[depth] = offset + size;
            next[depth + 2] = offset; // members begin where their struct does
        }
        const uint32_t size = Meaning(schema(fields)).model.records[0].record_size;
        EXPECT_EQ(next[0], size) << text;
        const size_t promise = text.find("In this order a record takes");
        if (promise == std::string::npos)
            continue;
        std::vector<std::string> order;
        const std::string names = text.substr(text.find("\n  ", promise));
        const std::regex name("f(\\d)");
        for (std::sregex_iterator at(names.begin(), names.end(), name), none; at != none; ++at)
            order.push_back(fields[std::stoul((*at)[1])]);
        ASSERT_EQ(order.size(), fields.size()) << text;
        EXPECT_EQ(Meaning(schema(order)).model.records[0].record_size, said_size(text)) << text;
        EXPECT_LT(said_size(text), size);
    }
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
