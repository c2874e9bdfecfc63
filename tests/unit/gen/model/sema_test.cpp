// The meaning of schemas, and the handling of any text and of exhausted memory.
#include "gen/model/sema.h"

#include <gtest/gtest.h>

#include <string>

#include "gen/front/parser.h"
#include "mmapforge/schema.h"

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

// One schema, checked with at most size_max bytes of memory.
class Checked {
public:
    explicit Checked(const std::string &text, size_t size_max = ARENA_SIZE_MAX)
    {
        arena_init(&memory, size_max);
        syntax_schema parsed = {};
        mmf_error error = {};
        if (source_from_text("a.mmfs", text.data(), text.size(), &memory, &from, &error) != MMF_OK)
            return;
        diag_init(&list, &from);
        completed = parser_parse(&from, &memory, &list, &parsed) &&
                    sema_check(&parsed, &from, &memory, &list, &model);
    }
    ~Checked()
    {
        arena_free(&memory);
    }
    Checked(const Checked &) = delete;
    Checked &operator=(const Checked &) = delete;

    bool accepted() const
    {
        return completed && list.count == 0;
    }

    arena memory = {};
    source from = {};
    diag_list list = {};
    gen_model model = {};
    bool completed = false; // there was enough memory
};

// A program that has only the file must be able to read every schema that the compiler accepts.
void expect_readable(const Checked &checked)
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
    const Checked checked(ORDER);
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

TEST(SemaCheck, HasNoReservedWords)
{
    const Checked checked("record record version 1 { version: bool; record: bool; string: bool; }");
    EXPECT_TRUE(checked.accepted());
    expect_readable(checked);
}

// Only the last byte, a line end, can be removed without an error.
TEST(SemaCheck, RefusesEveryPrefixOfASchema)
{
    const std::string text = ORDER;
    for (size_t size = 0; size + 1 < text.size(); size++)
        EXPECT_FALSE(Checked(text.substr(0, size)).accepted()) << size;
    EXPECT_TRUE(Checked(text.substr(0, text.size() - 1)).accepted());
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
            const Checked checked(changed);
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
    while (!Checked(ORDER, size_max).completed) {
        size_max++;
        ASSERT_LT(size_max, 1u << 20);
    }
    EXPECT_GT(size_max, std::string(ORDER).size());
    EXPECT_TRUE(Checked(ORDER, size_max).accepted());
}

} // namespace
