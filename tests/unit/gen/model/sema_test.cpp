// The meaning of schemas, and the handling of any text and of exhausted memory.
#include "gen/model/sema.h"

#include <gtest/gtest.h>

#include <string>

#include "mmapforge/schema.h"
#include "tests/unit/gen/model/model_fixture.h"

namespace {

// The example of docs/schema.md.
const char *const ORDER = R"(/// One order of a book.
record Order version 1 {
    /// The price in the currency of the exchange.
    price:  float64;
    volume: uint32;
    buy:    bool;       /// false for an order to sell
    venue:  uint16;
    symbol: string[10]; /// exchange ticker, UTF-8
    serial: int64;
}
)";

// A program that has only the file must be able to read every schema that the compiler accepts.
void expect_readable(const Meaning &checked)
{
    for (uint32_t i = 0; i < checked.model.record_count; i++) {
        const mmf_schema &record = checked.model.records[i];
        mmf_schema *read = nullptr;
        mmf_error error = {};
        ASSERT_EQ(mmf_schema_parse(record.text, record.text_size, &read, &error), MMF_OK)
            << error.message << "\n"
            << record.text;
        EXPECT_EQ(read->layout_hash, record.layout_hash);
        EXPECT_STREQ(read->doc, record.doc);
        mmf_schema_free(read);
    }
}

TEST(SemaCheck, LaysOutTheExampleOfTheManual)
{
    const Meaning checked(ORDER);
    ASSERT_TRUE(checked.accepted());
    ASSERT_EQ(checked.model.record_count, 1u);
    const mmf_schema &order = checked.model.records[0];
    const uint32_t offsets[] = {8, 16, 20, 22, 24, 40};
    const uint32_t sizes[] = {8, 4, 1, 2, 14, 8};
    ASSERT_EQ(order.field_count, 6u);
    for (uint32_t i = 0; i < 6; i++) {
        EXPECT_EQ(order.fields[i].offset, offsets[i]) << order.fields[i].name;
        EXPECT_EQ(order.fields[i].size, sizes[i]) << order.fields[i].name;
    }
    EXPECT_EQ(order.record_size, 48u);
    EXPECT_STREQ(order.doc, "One order of a book.");
    EXPECT_STREQ(order.fields[0].doc, "The price in the currency of the exchange.");
    EXPECT_STREQ(order.fields[1].doc, "");
    EXPECT_STREQ(order.fields[2].doc, "false for an order to sell");
    expect_readable(checked);
}

// The example of docs/schema.md, and its text in docs/file-format.md. The hash was computed by
// hand, as the latter says.
TEST(SemaCheck, LaysOutTheRichExampleOfTheManual)
{
    const Meaning checked(R"(/// Levels on either side.
const DEPTH = 2;

/// Which side the last trade was on.
enum Side : uint8 {
    Buy = 1;
    Sell = 2;
}

struct Level {
    price:  decimal(18,4);
    size:   uint32;
    orders: uint16?;            /// null where the exchange does not say
}

/// The best levels of one book.
record Book version 2 {
    symbol: string[10];
    at:     timestamp[ns];      /// when it changed last
    day:    date;
    side:   Side = Buy @since(2);
    bids:   Level[DEPTH];
    greeks: float64[3];
    fee:    decimal(10,4)? = 0.25;
    memo:   string[20]?;
    key:    uint64 @was(id);    /// called id in version 1
    old:    int32 @deprecated;
}
)");
    ASSERT_TRUE(checked.accepted()) << checked.said();
    const mmf_schema &record = checked.model.records[0];
    const uint32_t offsets[] = {8, 24, 32, 36, 40, 72, 96, 104, 128, 136};
    const uint32_t sizes[] = {14, 8, 4, 1, 32, 24, 8, 24, 8, 4};
    ASSERT_EQ(record.field_count, 10u);
    for (uint32_t i = 0; i < 10; i++) {
        EXPECT_EQ(record.fields[i].offset, offsets[i]) << record.fields[i].name;
        EXPECT_EQ(record.fields[i].size, sizes[i]) << record.fields[i].name;
    }
    EXPECT_EQ(record.validity_offset, 140u);
    EXPECT_EQ(record.record_size, 144u);
    EXPECT_EQ(record.layout_hash, UINT64_C(0xe040d1a9cc61cb7a));
    EXPECT_EQ(std::string(record.text, record.text_size), R"(/// Which side the last trade was on.
enum Side : uint8 {
  Buy = 1;
  Sell = 2;
}
struct Level {
  price: decimal(18,4);
  size: uint32;
  /// null where the exchange does not say
  orders: uint16?;
}
/// The best levels of one book.
record Book version 2 {
  symbol: string[10];
  /// when it changed last
  at: timestamp[ns];
  day: date;
  side: Side = Buy @since(2);
  bids: Level[2];
  greeks: float64[3];
  fee: decimal(10,4)? = 0.25;
  memo: string[20]?;
  /// called id in version 1
  key: uint64 @was(id);
  old: int32 @deprecated;
}
)");
    expect_readable(checked);
}

TEST(SemaCheck, HasNoReservedWords)
{
    const Meaning checked("record record version 1 { version: bool; record: bool; string: bool; }");
    EXPECT_TRUE(checked.accepted());
    expect_readable(checked);
}

// Only the last byte, a line end, can be removed without an error.
TEST(SemaCheck, RefusesEveryPrefixOfASchema)
{
    const std::string text = ORDER;
    for (size_t size = 0; size + 1 < text.size(); size++)
        EXPECT_FALSE(Meaning(text.substr(0, size)).accepted()) << size;
    EXPECT_TRUE(Meaning(text.substr(0, text.size() - 1)).accepted());
}

// Each byte is replaced by each byte that is special in the language.
TEST(SemaCheck, AcceptsOnlyWhatCanBeReadAgain)
{
    const std::string text = ORDER;
    const std::string bytes("{}[]()<>:;,.=?@/*\"\\_-09aZ \t\r\n\0\x7f\xc3\xff", 33);
    uint32_t accepted = 0;
    for (size_t at = 0; at < text.size(); at++)
        for (const char byte : bytes) {
            std::string changed = text;
            changed[at] = byte;
            const Meaning checked(changed);
            ASSERT_TRUE(checked.completed);
            accepted += checked.accepted();
            if (checked.accepted())
                expect_readable(checked);
        }
    EXPECT_GT(accepted, 0u);
}

TEST(SemaCheck, ReportsExhaustedMemory)
{
    size_t size_max = 0;
    while (!Meaning(ORDER, size_max).completed) {
        size_max++;
        ASSERT_LT(size_max, 1u << 20);
    }
    EXPECT_TRUE(Meaning(ORDER, size_max).accepted());
}

} // namespace
