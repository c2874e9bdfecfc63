// A store of records with enums, structs, arrays and nullable fields, and raw records for it.
#ifndef MMF_TESTS_UNIT_CORE_STORE_RICH_FIXTURE_H
#define MMF_TESTS_UNIT_CORE_STORE_RICH_FIXTURE_H

#include "mmapforge/value.h"
#include "mmapforge/verify.h"

#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

// Members of no enum but Kind are 0, so a record of zeroes is no record.
inline std::string t_deal_text(bool checksums)
{
    return std::string("enum Side : int8 {\n"
                       "  Buy = 1;\n"
                       "  Sell = -2;\n"
                       "}\n"
                       "enum Kind : uint16 {\n"
                       "  None = 0;\n"
                       "  Far = 65535;\n"
                       "}\n"
                       "enum Wide : int32 {\n"
                       "  Least = -2147483648;\n"
                       "  Most = 2147483647;\n"
                       "}\n"
                       "struct Leg {\n"
                       "  price: decimal(4,2);\n"
                       "  name: string[5];\n"
                       "  side: Side?;\n"
                       "  live: bool;\n"
                       "}\n"
                       "struct Pair {\n"
                       "  kind: Kind;\n"
                       "  legs: Leg[2];\n"
                       "  note: string[6]?;\n"
                       "  best: Leg?;\n"
                       "}\n"
                       "record Deal version 1") +
           (checksums ? " @checksums" : "") +
           " {\n"
           "  symbol: string[8];\n"
           "  side: Side;\n"
           "  kinds: Kind[3];\n"
           "  wide: Wide;\n"
           "  pair: Pair?;\n"
           "  legs: Leg[3];\n"
           "  greeks: float64[5];\n"
           "  fee: decimal(3,1)?;\n"
           "  flags: bool[4];\n"
           "  hints: bool[2]?;\n"
           "  tags: Kind[2]?;\n"
           "  note: string[6]?;\n"
           "  raw: bytes[4]?;\n"
           "  small: int8?;\n"
           "  at: timestamp[ns];\n"
           "  day: date?;\n"
           "  live: bool?;\n"
           "  last: uint64?;\n"
           "}\n";
}

// A record as a program without generated code would lay it out; every value by its path.
class Raw {
public:
    explicit Raw(const mmf_schema *schema) : schema_(schema), bytes_(schema->record_size, 0)
    {
    }

    // A value, and that all on its path are there.
    template <typename T> Raw &set(const std::string &path, T value)
    {
        const mmf_place place = at(path);
        EXPECT_EQ(place.size, sizeof value) << path;
        memcpy(&bytes_[place.offset], &value, sizeof value);
        return exist(place);
    }

    // Text or bytes; length is that which is stored, whatever room there is.
    Raw &text(const std::string &path, const std::string &text)
    {
        const mmf_place place = at(path);
        EXPECT_LE(4 + text.size(), place.size) << path;
        memset(&bytes_[place.offset], 0, place.size);
        memcpy(&bytes_[place.offset + 4], text.data(), text.size());
        return length(path, static_cast<uint32_t>(text.size()));
    }

    Raw &length(const std::string &path, uint32_t length)
    {
        const mmf_place place = at(path);
        memcpy(&bytes_[place.offset], &length, sizeof length);
        return exist(place);
    }

    // An array or struct that is there.
    Raw &exist(const std::string &path)
    {
        return exist(at(path));
    }

    // Null, with the bytes of its value left as they are.
    Raw &clear(const std::string &path)
    {
        const mmf_place place = at(path);
        EXPECT_GT(place.null_count, 0u) << path;
        const auto &last = place.nulls[place.null_count - 1];
        bytes_[last.offset] = static_cast<unsigned char>(bytes_[last.offset] & ~last.mask);
        return *this;
    }

    template <typename T> T get(const std::string &path) const
    {
        const mmf_place place = at(path);
        T value = {};
        EXPECT_EQ(place.size, sizeof value) << path;
        memcpy(&value, &bytes_[place.offset], sizeof value);
        return value;
    }

    // The bytes of a place, with its length word when it is text.
    std::string bytes(const std::string &path) const
    {
        const mmf_place place = at(path);
        return std::string(reinterpret_cast<const char *>(&bytes_[place.offset]), place.size);
    }

    // Whether the last field on the path has a value.
    bool has(const std::string &path) const
    {
        const mmf_place place = at(path);
        EXPECT_GT(place.null_count, 0u) << path;
        const auto &last = place.nulls[place.null_count - 1];
        return (bytes_[last.offset] & last.mask) != 0;
    }

    unsigned char *data()
    {
        return bytes_.data();
    }
    const unsigned char *data() const
    {
        return bytes_.data();
    }
    size_t size() const
    {
        return bytes_.size();
    }

private:
    mmf_place at(const std::string &path) const
    {
        mmf_place place;
        mmf_error error = {};
        EXPECT_EQ(mmf_schema_locate(schema_, path.c_str(), &place, &error), MMF_OK)
            << error.message;
        return place;
    }

    Raw &exist(const mmf_place &place)
    {
        for (uint32_t i = 0; i < place.null_count; i++)
            bytes_[place.nulls[i].offset] |= place.nulls[i].mask;
        return *this;
    }

    const mmf_schema *schema_;
    std::vector<unsigned char> bytes_;
};

// With checksums and without: every write must keep them right.
class RichTest : public testing::TestWithParam<bool> {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "/richXXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        path = directory + "/deals.mmf";
        store = create(path, t_deal_text(GetParam()));
        ASSERT_NE(store, nullptr);
        schema = mmf_store_schema(store);
    }

    void TearDown() override
    {
        if (GetParam() && store != nullptr) {
            EXPECT_EQ(mmf_store_verify(store, 0, UINT64_MAX, nullptr, &error), MMF_OK)
                << error.message;
        }
        EXPECT_EQ(mmf_store_close(store), MMF_OK);
        ASSERT_EQ(system(("rm -rf '" + directory + "'").c_str()), 0);
    }

    mmf_store *create(const std::string &where, const std::string &text)
    {
        mmf_schema *parsed = nullptr;
        mmf_store *out = nullptr;
        EXPECT_EQ(mmf_schema_parse(text.data(), text.size(), &parsed, &error), MMF_OK)
            << error.message;
        EXPECT_EQ(mmf_store_create(where.c_str(), nullptr, parsed, &out, &error), MMF_OK)
            << error.message;
        mmf_schema_free(parsed);
        return out;
    }

    // Where every nullable field is null, but for what mark says in greeks, and legs of their own.
    Raw bare(double mark = 0) const
    {
        Raw raw(schema);
        raw.text("symbol", "ABC").set<int8_t>("side", 1).set<int32_t>("wide", 2147483647);
        for (int i = 0; i < 5; i++)
            raw.set("greeks[" + std::to_string(i) + "]", mark);
        return raw;
    }

    // Where every field has a value.
    Raw full() const
    {
        Raw raw = bare(1.5);
        raw.set<uint16_t>("kinds[2]", 65535);
        raw.set<uint16_t>("pair.kind", 65535);
        raw.set<int64_t>("pair.legs[1].price", -9999).text("pair.legs[1].name", "leg");
        raw.set<int8_t>("pair.legs[1].side", -2).set<bool>("pair.legs[1].live", true);
        raw.text("pair.note", "note").set<int64_t>("pair.best.price", 5);
        raw.set<int8_t>("pair.best.side", 1);
        raw.set<int64_t>("legs[2].price", 9999).text("legs[2].name", "five5");
        raw.set<int8_t>("legs[2].side", 1);
        raw.set<double>("greeks[4]", -0.25);
        raw.set<int64_t>("fee", -999).set<bool>("flags[3]", true).set<bool>("hints[1]", true);
        raw.set<uint16_t>("tags[0]", 65535)
            .text("note", "six666")
            .text("raw", std::string(2, '\0'));
        raw.set<int8_t>("small", -128).set<int64_t>("at", INT64_MIN).set<int32_t>("day", -1);
        return raw.set<bool>("live", true).set<uint64_t>("last", UINT64_MAX);
    }

    mmf_status append(const Raw &raw, uint64_t *row = nullptr)
    {
        return mmf_store_append_rows(store, raw.data(), 1, raw.size(), row);
    }

    // The index of a field, as mmf_store_set_row takes it.
    uint32_t index(const char *name) const
    {
        const mmf_field *found = mmf_schema_find(schema, name);
        EXPECT_NE(found, nullptr) << name;
        return static_cast<uint32_t>(found - schema->fields);
    }

    mmf_status set(const Raw &raw, const std::vector<const char *> &names = {}, uint64_t row = 0)
    {
        std::vector<uint32_t> fields;
        for (const char *name : names)
            fields.push_back(index(name));
        return mmf_store_set_row(store, row, raw.data(), raw.size(),
                                 fields.empty() ? nullptr : fields.data(),
                                 static_cast<uint32_t>(fields.size()));
    }

    Raw row(uint64_t row) const
    {
        Raw raw(schema);
        EXPECT_EQ(mmf_store_copy_rows(store, row, 1, raw.data(), raw.size(), nullptr), MMF_OK);
        return raw;
    }

    mmf_place at(const std::string &where) const
    {
        mmf_place place;
        EXPECT_EQ(mmf_schema_locate(schema, where.c_str(), &place, nullptr), MMF_OK) << where;
        return place;
    }

    std::string directory;
    std::string path;
    mmf_store *store = nullptr;
    const mmf_schema *schema = nullptr;
    mmf_error error = {};
};

#endif
