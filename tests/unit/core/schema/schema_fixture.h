// What tests of schemas share: fields made by hand, schemas read from text, and one with
// everything.
#ifndef MMF_TESTS_UNIT_CORE_SCHEMA_SCHEMA_FIXTURE_H
#define MMF_TESTS_UNIT_CORE_SCHEMA_SCHEMA_FIXTURE_H

#include "mmapforge/schema.h"

#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

using Fields = std::vector<mmf_field>;
using Schema = std::unique_ptr<mmf_schema, void (*)(mmf_schema *)>;

inline mmf_field t_field(const char *name, mmf_type type, uint32_t max = 0)
{
    mmf_field out = {};
    out.name = name;
    out.doc = "";
    out.type = type;
    out.max = max;
    return out;
}

inline Fields t_tick()
{
    return {t_field("symbol", MMF_TYPE_STRING, 64), t_field("price", MMF_TYPE_FLOAT64),
            t_field("volume", MMF_TYPE_FLOAT64), t_field("timestamp", MMF_TYPE_UINT64)};
}

// A schema of those fields that has been laid out.
inline mmf_schema t_schema(Fields &fields, bool checksums = false, const char *name = "Tick")
{
    mmf_schema schema = {};
    schema.name = name;
    schema.doc = "";
    schema.version = 1;
    schema.fields = fields.data();
    schema.field_count = (uint32_t)fields.size();
    mmf_schema_complete(&schema, fields.data(), checksums);
    return schema;
}

// The text goes through a block of its exact size, so that ASan sees a read beyond its end.
inline Schema t_parse(const std::string &text, mmf_status *status, mmf_error *error = nullptr)
{
    std::unique_ptr<char[]> exact(new char[text.size() + (text.empty() ? 1 : 0)]);
    std::memcpy(exact.get(), text.data(), text.size());
    mmf_schema *out = nullptr;
    *status = mmf_schema_parse(exact.get(), text.size(), &out, error);
    return Schema(out, mmf_schema_free);
}

// The schema of a text that must be right.
inline Schema t_read(const std::string &text)
{
    mmf_error error = {};
    mmf_status status = MMF_OK;
    Schema schema = t_parse(text, &status, &error);
    EXPECT_EQ(status, MMF_OK) << error.message << '\n' << text;
    return schema;
}

// One of a record with those fields, "  a: bool;\n", after those enums and structs.
inline Schema t_record(const std::string &fields, const std::string &definitions = "",
                       const std::string &attributes = "")
{
    return t_read(definitions + "record T version 1" + attributes + " {\n" + fields + "}\n");
}

inline std::string t_write(const mmf_schema *schema)
{
    std::string text(mmf_schema_write(schema, nullptr, 0) + 1, '?');
    EXPECT_EQ(mmf_schema_write(schema, &text[0], text.size()), text.size() - 1);
    text.pop_back();
    return text;
}

// All that the canonical text can have.
const char T_BOOK[] = "/// Which side.\n"
                      "enum Side : uint8 {\n"
                      "  /// bid\n"
                      "  Buy = 1;\n"
                      "  Sell = 2;\n"
                      "}\n"
                      "enum Trend : int16 {\n"
                      "  Down = -32768;\n"
                      "  Flat = 0;\n"
                      "  Up = 32767;\n"
                      "}\n"
                      "/// One price.\n"
                      "///\n"
                      "/// And how much.\n"
                      "struct Level {\n"
                      "  /// in units\n"
                      "  price: decimal(18,4);\n"
                      "  size: uint32;\n"
                      "  side: Side?;\n"
                      "}\n"
                      "struct Venue @align(8) {\n"
                      "  name: string[5];\n"
                      "  open: bool;\n"
                      "  best: Level[2];\n"
                      "  note: Level?;\n"
                      "}\n"
                      "/// A book.\n"
                      "record Book version 3 @checksums @align(32) {\n"
                      "  symbol: string[16] = \"a; b\" @since(2) @was(ticker);\n"
                      "  /// when\n"
                      "  at: timestamp[ns];\n"
                      "  day: date?;\n"
                      "  side: Side = Buy;\n"
                      "  trend: Trend[3];\n"
                      "  bids: Level[10];\n"
                      "  home: Venue?;\n"
                      "  greeks: float64[5] @align(32);\n"
                      "  fee: decimal(10,4)? = -1.5;\n"
                      "  flags: bool[4]?;\n"
                      "  old: int32 = -7 @deprecated;\n"
                      "  seen: timestamp[s] @align(16) @since(3) @was(last_seen) @deprecated;\n"
                      "  raw: bytes[3];\n"
                      "}\n";

#endif
