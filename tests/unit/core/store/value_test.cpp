// Reading any store by its schema: the wrong uses, and records that are being replaced.
// The values of every type are compared with the generated calls in tests/conformance/integration.
#include "mmapforge/value.h"

#include "mmapforge/generated.h"
#include "tests/support/store_fixture.h"

#include <vector>

namespace {

const size_t RECORD_SIZE = 104; // sequence 8, symbol 4 + 64 at 8, price at 80, volume, timestamp

class ValueTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        ticks = create();
        fill(ticks, 3);
        store = tick_store_base(ticks);
        symbol = field(store, "symbol");
        price = field(store, "price");
    }

    void TearDown() override
    {
        tick_store_close(ticks);
        StoreTest::TearDown();
    }

    const mmf_field *field(const mmf_store *of, const char *name)
    {
        const mmf_field *found = mmf_schema_find(mmf_store_schema(of), name);
        EXPECT_NE(found, nullptr) << name;
        return found;
    }

    // It must fail so and leave a value of no type.
    void expect_refused(mmf_status expected, const mmf_store *from, uint64_t row,
                        const mmf_field *of, void *to, size_t size)
    {
        mmf_value value;
        memset(&value, 0xff, sizeof value);
        EXPECT_EQ(mmf_store_get_value(from, row, of, to, size, &value), expected);
        mmf_value zero;
        memset(&zero, 0, sizeof zero);
        EXPECT_EQ(memcmp(&value, &zero, sizeof value), 0);
    }

    // Leaves row 1 as a writer that was stopped in the middle does: odd, and half another record.
    void stop_in_the_middle()
    {
        mmf_store *writable = reinterpret_cast<mmf_store *>(ticks);
        const mmfi_write write = mmfi_write_begin(writable, 1, RECORD_SIZE);
        ASSERT_NE(write.record, nullptr);
        mmfi_save_float64(write.record, price->offset, 4711.0);
        mmfi_save_data(write.record, symbol->offset, symbol->max, "half", 4);
    }

    tick_store *ticks = nullptr;
    const mmf_store *store = nullptr;
    const mmf_field *symbol = nullptr;
    const mmf_field *price = nullptr;
    char buffer[65] = {}; // symbol->max + 1
};

TEST_F(ValueTest, GetRefusesWhatItCannotRead)
{
    expect_refused(MMF_ERR_ARGUMENT, nullptr, 0, price, nullptr, 0);
    expect_refused(MMF_ERR_ARGUMENT, store, 0, nullptr, nullptr, 0);
    EXPECT_EQ(mmf_store_get_value(store, 0, price, nullptr, 0, nullptr), MMF_ERR_ARGUMENT);
    expect_refused(MMF_ERR_ARGUMENT, store, 0, symbol, nullptr, 0);
    expect_refused(MMF_ERR_RANGE, store, 3, price, nullptr, 0);
    expect_refused(MMF_ERR_RANGE, store, UINT64_MAX, symbol, buffer, sizeof buffer);
}

// One that looks alike, but belongs to another store or lies beside the array.
TEST_F(ValueTest, GetRefusesAFieldOfAnotherSchema)
{
    const mmf_field copy = *price;
    expect_refused(MMF_ERR_ARGUMENT, store, 0, &copy, nullptr, 0);
    static mmf_field below; // where programs have their data: below all that is allocated
    below = *price;
    expect_refused(MMF_ERR_ARGUMENT, store, 0, &below, nullptr, 0);
    const mmf_schema *schema = mmf_store_schema(store);
    expect_refused(MMF_ERR_ARGUMENT, store, 0, schema->fields + schema->field_count, nullptr, 0);
    tick_store *reader = open();
    expect_refused(MMF_ERR_ARGUMENT, tick_store_base(reader), 0, price, nullptr, 0);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(ValueTest, AClosedStoreHasNoValues)
{
    tick_store *reader = open();
    const mmf_store *base = tick_store_base(reader);
    const mmf_field *own = field(base, "price");
    ASSERT_EQ(tick_store_close(reader), MMF_OK);
    expect_refused(MMF_ERR_CLOSED, base, 0, own, nullptr, 0);
    unsigned char rows[RECORD_SIZE];
    uint64_t copied = 99;
    EXPECT_EQ(mmf_store_copy_rows(base, 0, 1, rows, sizeof rows, &copied), MMF_ERR_CLOSED);
    EXPECT_EQ(copied, 0u);
}

// Room for the text and its NUL is enough, one byte less is not, whatever the field could hold.
TEST_F(ValueTest, TextNeedsRoomForItselfAndItsEnd)
{
    ASSERT_EQ(tick_store_set_symbol(ticks, 0, "abc", 3), MMF_OK);
    mmf_value value;
    memset(buffer, '#', sizeof buffer);
    ASSERT_EQ(mmf_store_get_value(store, 0, symbol, buffer, 4, &value), MMF_OK);
    EXPECT_EQ(value.type, MMF_TYPE_STRING);
    EXPECT_EQ(value.as.string.data, buffer);
    EXPECT_EQ(value.as.string.length, 3u);
    EXPECT_STREQ(buffer, "abc");
    EXPECT_EQ(buffer[4], '#');
    expect_refused(MMF_ERR_TOO_LONG, store, 0, symbol, buffer, 3);
    expect_refused(MMF_ERR_TOO_LONG, store, 0, symbol, buffer, 0);
}

TEST_F(ValueTest, AStoppedWriterHidesNothing)
{
    stop_in_the_middle();
    mmf_value value;
    ASSERT_EQ(mmf_store_get_value(store, 1, symbol, buffer, sizeof buffer, &value), MMF_OK);
    EXPECT_EQ(std::string(buffer, value.as.string.length), std::string(63, '0') + "1");

    std::vector<unsigned char> rows(3 * RECORD_SIZE);
    uint64_t copied = 0;
    ASSERT_EQ(mmf_store_copy_rows(store, 0, 3, rows.data(), rows.size(), &copied), MMF_OK);
    EXPECT_EQ(copied, 3u);
    for (uint64_t row = 0; row < 3; row++) {
        const unsigned char *record = rows.data() + row * RECORD_SIZE;
        uint64_t sequence = 0;
        double found = 0;
        memcpy(&sequence, record, sizeof sequence);
        memcpy(&found, record + price->offset, sizeof found);
        EXPECT_EQ(sequence, 2u) << row; // of the record as it was
        EXPECT_EQ(found, static_cast<double>(row));
    }
}

TEST_F(ValueTest, ARecordWithoutItsImageIsCorrupt)
{
    stop_in_the_middle();
    mmf_store *writable = reinterpret_cast<mmf_store *>(ticks);
    mmfi_sequence_write_begin(mmfi_row(writable, 1, RECORD_SIZE), 8); // 9: no slot has that
    expect_refused(MMF_ERR_CORRUPT, store, 1, symbol, buffer, sizeof buffer);
    EXPECT_STREQ(buffer, "");
    std::vector<unsigned char> rows(3 * RECORD_SIZE);
    uint64_t copied = 0;
    EXPECT_EQ(mmf_store_copy_rows(store, 0, 3, rows.data(), rows.size(), &copied), MMF_ERR_CORRUPT);
    EXPECT_EQ(copied, 1u);
    // A scalar is one load, and was never half there.
    mmf_value value;
    EXPECT_EQ(mmf_store_get_value(store, 1, price, nullptr, 0, &value), MMF_OK);
}

TEST_F(ValueTest, CopyRefusesWhatIsNotThere)
{
    std::vector<unsigned char> rows(4 * RECORD_SIZE, 0xcc);
    uint64_t copied = 99;
    const auto copy = [&](uint64_t first, uint64_t count, size_t size) {
        copied = 99;
        return mmf_store_copy_rows(store, first, count, rows.data(), size, &copied);
    };
    EXPECT_EQ(mmf_store_copy_rows(nullptr, 0, 1, rows.data(), rows.size(), &copied),
              MMF_ERR_ARGUMENT);
    EXPECT_EQ(copied, 0u);
    EXPECT_EQ(mmf_store_copy_rows(store, 0, 1, nullptr, RECORD_SIZE, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(copy(0, 1, RECORD_SIZE - 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(copy(0, UINT64_MAX, rows.size()), MMF_ERR_ARGUMENT);
    EXPECT_EQ(copy(0, UINT64_MAX / RECORD_SIZE + 2, rows.size()), MMF_ERR_ARGUMENT); // would wrap
    EXPECT_EQ(rows[0], 0xcc);
    EXPECT_EQ(copy(3, 1, rows.size()), MMF_ERR_RANGE);
    EXPECT_EQ(copied, 0u);
    EXPECT_EQ(copy(UINT64_MAX, 2, rows.size()), MMF_ERR_RANGE);
    EXPECT_EQ(copied, 0u);
    EXPECT_EQ(copy(1, 4, rows.size()), MMF_ERR_RANGE); // two are there
    EXPECT_EQ(copied, 2u);
}

TEST_F(ValueTest, CopyGivesTheRecordsAsTheyLieInTheFile)
{
    std::vector<unsigned char> rows(2 * RECORD_SIZE + 8, 0xcc);
    ASSERT_EQ(mmf_store_copy_rows(store, 1, 2, rows.data(), 2 * RECORD_SIZE, nullptr), MMF_OK);
    const std::string file = bytes();
    EXPECT_EQ(std::string(rows.begin(), rows.begin() + 2 * RECORD_SIZE),
              file.substr(MMFI_HEADER_SIZE_MIN + RECORD_SIZE, 2 * RECORD_SIZE));
    EXPECT_EQ(rows[2 * RECORD_SIZE], 0xcc);
    uint64_t copied = 99;
    EXPECT_EQ(mmf_store_copy_rows(store, 3, 0, nullptr, 0, &copied), MMF_OK);
    EXPECT_EQ(copied, 0u);
}

class GenericPathTest : public StoreTest {};

TEST_F(GenericPathTest, TheGenericPathAgrees)
{
    tick_store *writer = create();
    fill(writer, 5);
    mmf_store *store = nullptr;
    ASSERT_EQ(mmf_store_open(path.c_str(), nullptr, &store, &error), MMF_OK) << error.message;
    const mmf_schema *schema = mmf_store_schema(store);
    ASSERT_EQ(schema->field_count, 4u);
    EXPECT_STREQ(schema->name, "Tick");
    char buffer[TICK_SYMBOL_MAX + 1];
    mmf_value value;
    ASSERT_EQ(mmf_store_get_value(store, 4, mmf_schema_find(schema, "symbol"), buffer,
                                  sizeof buffer, &value),
              MMF_OK);
    EXPECT_EQ(std::string(value.as.string.data, value.as.string.length), t_tick(4).symbol);
    ASSERT_EQ(mmf_store_get_value(store, 4, mmf_schema_find(schema, "volume"), nullptr, 0, &value),
              MMF_OK);
    EXPECT_EQ(value.as.real, 8.0);
    EXPECT_EQ(mmf_store_get_value(store, 4, &tick_schema.fields[0], buffer, sizeof buffer, &value),
              MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_get_value(store, 5, mmf_schema_find(schema, "volume"), nullptr, 0, &value),
              MMF_ERR_RANGE);
    unsigned char raw[2 * TICK_RECORD_SIZE];
    uint64_t copied = 0;
    EXPECT_EQ(mmf_store_copy_rows(store, 4, 2, raw, sizeof raw, &copied), MMF_ERR_RANGE);
    EXPECT_EQ(copied, 1u);
    tick_record tick;
    tick_record_load(raw, &tick);
    EXPECT_TRUE(t_is_whole(tick));
    EXPECT_EQ(mmf_store_close(store), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

} // namespace
