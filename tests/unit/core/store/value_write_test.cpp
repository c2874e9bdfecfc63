// Appending and replacing records by their schema, beside the typed calls.
#include "mmapforge/detail/append_rows.h"
#include "mmapforge/value.h"

#include <vector>

#include "tests/support/neighbour.h"
#include "tests/support/store_fixture.h"

namespace {

// An image of a tick as a program without generated code would lay it out.
std::vector<unsigned char> image_of(const tick_record &tick)
{
    std::vector<unsigned char> image(TICK_RECORD_SIZE);
    const auto length = static_cast<uint32_t>(tick.symbol_length);
    memcpy(&image[TICK_SYMBOL_OFFSET], &length, sizeof length);
    memcpy(&image[TICK_SYMBOL_OFFSET + 4], tick.symbol, tick.symbol_length);
    memcpy(&image[TICK_PRICE_OFFSET], &tick.price, sizeof tick.price);
    memcpy(&image[TICK_VOLUME_OFFSET], &tick.volume, sizeof tick.volume);
    memcpy(&image[TICK_TIMESTAMP_OFFSET], &tick.timestamp, sizeof tick.timestamp);
    return image;
}

std::vector<unsigned char> images_of(uint64_t first, uint64_t count)
{
    std::vector<unsigned char> images;
    for (uint64_t i = first; i < first + count; i++) {
        const std::vector<unsigned char> one = image_of(t_tick(i));
        images.insert(images.end(), one.begin(), one.end());
    }
    return images;
}

} // namespace

class ValueWriteTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        store = create();
        base = reinterpret_cast<mmf_store *>(store);
    }
    void TearDown() override
    {
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        StoreTest::TearDown();
    }
    tick_record at(uint64_t row)
    {
        tick_record tick = {};
        EXPECT_EQ(tick_store_get(store, row, &tick), MMF_OK);
        return tick;
    }
    tick_store *store = nullptr;
    mmf_store *base = nullptr;
};

TEST_F(ValueWriteTest, AppendedImagesAreTheRecordsOfTheTypedCalls)
{
    fill(store, 2);
    const std::vector<unsigned char> images = images_of(2, 3);
    uint64_t first = 99;
    ASSERT_EQ(mmf_store_append_rows(base, images.data(), 3, images.size(), &first), MMF_OK);
    EXPECT_EQ(first, 2u);
    ASSERT_EQ(tick_store_count(store), 5u);
    for (uint64_t row = 0; row < 5; row++) {
        EXPECT_EQ(at(row).timestamp, row);
        EXPECT_TRUE(t_is_whole(at(row)));
    }
}

TEST_F(ValueWriteTest, AppendGrowsByAsMuchAsItNeeds)
{
    const uint64_t count = tick_store_capacity(store) * 3 + 1;
    tick_store *reader = open();
    const std::vector<unsigned char> images = images_of(0, count);
    ASSERT_EQ(mmf_store_append_rows(base, images.data(), count, images.size(), nullptr), MMF_OK);
    ASSERT_EQ(tick_store_count(reader), count);
    tick_record tick = {};
    ASSERT_EQ(tick_store_get(reader, count - 1, &tick), MMF_OK);
    EXPECT_EQ(tick.timestamp, count - 1);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// The reserve of one row more than the first capacity is used up to its last row, and no further.
TEST_F(ValueWriteTest, AppendBeyondTheReserveAddsNothing)
{
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    mmf_options options = writing;
    options.reserve_bytes = UINT64_C(1) << 20;
    store = open(&options);
    base = reinterpret_cast<mmf_store *>(store);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(base, &info), MMF_OK);
    const std::vector<unsigned char> images = images_of(0, info.capacity_max + 1);
    EXPECT_EQ(
        mmf_store_append_rows(base, images.data(), info.capacity_max + 1, images.size(), nullptr),
        MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_count(store), 0u);
    ASSERT_EQ(mmf_store_append_rows(base, images.data(), info.capacity_max, images.size(), nullptr),
              MMF_OK);
    EXPECT_EQ(tick_store_count(store), info.capacity_max);
    EXPECT_EQ(mmf_store_append_rows(base, images.data(), 1, images.size(), nullptr),
              MMF_ERR_CAPACITY);
    unsigned char *records = nullptr;
    EXPECT_EQ(mmfi_append_rows_begin(base, UINT64_MAX, &records), MMF_ERR_CAPACITY);
    EXPECT_EQ(records, nullptr);
}

// Bytes after the length of the raw record do not reach the file.
TEST_F(ValueWriteTest, BytesAfterALengthBecomeZero)
{
    std::vector<unsigned char> image = image_of(t_tick(1));
    const uint32_t length = 3;
    memcpy(&image[TICK_SYMBOL_OFFSET], &length, sizeof length);
    ASSERT_EQ(mmf_store_append_rows(base, image.data(), 1, image.size(), nullptr), MMF_OK);
    mmf_str view = {};
    ASSERT_EQ(tick_store_view_symbol(store, 0, &view), MMF_OK);
    ASSERT_EQ(view.length, 3u);
    for (uint32_t i = 3; i < TICK_SYMBOL_MAX; i++)
        EXPECT_EQ(view.data[i], '\0') << i;
}

TEST_F(ValueWriteTest, AppendRefusesWhatIsWrong)
{
    std::vector<unsigned char> images = images_of(0, 2);
    EXPECT_EQ(mmf_store_append_rows(nullptr, images.data(), 1, images.size(), nullptr),
              MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_append_rows(base, nullptr, 1, images.size(), nullptr), MMF_ERR_ARGUMENT);
    unsigned char *place = nullptr;
    EXPECT_EQ(mmfi_append_rows_begin(nullptr, 1, &place), MMF_ERR_ARGUMENT);
    EXPECT_EQ(place, nullptr);
    uint64_t row = 9;
    EXPECT_EQ(mmf_store_append_rows(base, nullptr, 0, 0, &row), MMF_OK) << "nothing from nowhere";
    EXPECT_EQ(mmf_store_append_rows(base, images.data(), 3, images.size(), nullptr),
              MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_append_rows(base, images.data(), UINT64_MAX, images.size(), nullptr),
              MMF_ERR_ARGUMENT);
    // The second of two: neither is appended.
    const uint32_t length = TICK_SYMBOL_MAX + 1;
    memcpy(&images[TICK_RECORD_SIZE + TICK_SYMBOL_OFFSET], &length, sizeof length);
    uint64_t first = 7;
    EXPECT_EQ(mmf_store_append_rows(base, images.data(), 2, images.size(), &first),
              MMF_ERR_TOO_LONG);
    EXPECT_EQ(first, 0u);
    EXPECT_EQ(tick_store_count(store), 0u);
    tick_store *reader = open();
    EXPECT_EQ(mmf_store_append_rows(reinterpret_cast<mmf_store *>(reader), images.data(), 1,
                                    images.size(), nullptr),
              MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(ValueWriteTest, SetReplacesAllFieldsOrTheChosenOnes)
{
    fill(store, 2);
    const std::vector<unsigned char> image = image_of(t_tick(9));
    ASSERT_EQ(mmf_store_set_row(base, 0, image.data(), image.size(), nullptr, 0), MMF_OK);
    EXPECT_EQ(at(0).timestamp, 9u);
    EXPECT_TRUE(t_is_whole(at(0)));
    const uint32_t chosen[] = {1, 0}; // price and symbol
    ASSERT_EQ(mmf_store_set_row(base, 1, image.data(), image.size(), chosen, 2), MMF_OK);
    const tick_record mixed = at(1);
    EXPECT_EQ(mixed.price, 9);
    EXPECT_EQ(std::string(mixed.symbol), std::string(t_tick(9).symbol));
    EXPECT_EQ(mixed.volume, 2);
    EXPECT_EQ(mixed.timestamp, 1u);
}

TEST_F(ValueWriteTest, SetRefusesWhatIsWrong)
{
    fill(store, 1);
    std::vector<unsigned char> image = image_of(t_tick(9));
    const uint32_t beyond = 4;
    const uint32_t none = 0;
    EXPECT_EQ(mmf_store_set_row(nullptr, 0, image.data(), image.size(), nullptr, 0),
              MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_set_row(base, 0, nullptr, image.size(), nullptr, 0), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_set_row(base, 0, image.data(), image.size() - 1, nullptr, 0),
              MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_set_row(base, 0, image.data(), image.size(), &beyond, 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_set_row(base, 0, image.data(), image.size(), &none, 0), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_set_row(base, 1, image.data(), image.size(), nullptr, 0), MMF_ERR_RANGE);
    EXPECT_EQ(mmf_store_set_row(base, UINT64_MAX, image.data(), image.size(), nullptr, 0),
              MMF_ERR_RANGE);
    const uint32_t length = UINT32_MAX;
    memcpy(&image[TICK_SYMBOL_OFFSET], &length, sizeof length);
    EXPECT_EQ(mmf_store_set_row(base, 0, image.data(), image.size(), nullptr, 0), MMF_ERR_TOO_LONG);
    EXPECT_EQ(at(0).timestamp, 0u);
    EXPECT_TRUE(t_is_whole(at(0)));
}

TEST_F(ValueWriteTest, ClosedHandlesAreRefused)
{
    const std::vector<unsigned char> image = image_of(t_tick(0));
    fill(store, 1);
    tick_store *closed = store;
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    store = open(&writing);
    mmf_store *gone = reinterpret_cast<mmf_store *>(closed);
    EXPECT_EQ(mmf_store_append_rows(gone, image.data(), 1, image.size(), nullptr), MMF_ERR_CLOSED);
    EXPECT_EQ(mmf_store_set_row(gone, 0, image.data(), image.size(), nullptr, 0), MMF_ERR_CLOSED);
}

// The one scalar whose image in memory may be another byte than that in the file.
TEST_F(ValueWriteTest, ABoolIsStoredAsNoughtOrOne)
{
    const char text[] = "record B version 1 {\n  a: bool;\n  b: uint8;\n}\n";
    mmf_schema *schema = nullptr;
    mmf_store *bools = nullptr;
    ASSERT_EQ(mmf_schema_parse(text, sizeof text - 1, &schema, &error), MMF_OK);
    ASSERT_EQ(mmf_store_create((path + ".bools").c_str(), nullptr, schema, &bools, &error), MMF_OK)
        << error.message;
    mmf_schema_free(schema);
    const unsigned char images[32] = {0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 0, 0, 0, 0, 0, 0,
                                      0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0};
    ASSERT_EQ(mmf_store_append_rows(bools, images, 2, sizeof images, nullptr), MMF_OK);
    unsigned char found[32] = {};
    ASSERT_EQ(mmf_store_copy_rows(bools, 0, 2, found, sizeof found, nullptr), MMF_OK);
    EXPECT_EQ(found[8], 1);
    EXPECT_EQ(found[9], 7);
    EXPECT_EQ(found[16 + 8], 0);
    EXPECT_EQ(found[16 + 9], 9);
    ASSERT_EQ(mmf_store_set_row(bools, 1, images, 16, nullptr, 0), MMF_OK);
    ASSERT_EQ(mmf_store_copy_rows(bools, 1, 1, found, sizeof found, nullptr), MMF_OK);
    EXPECT_EQ(found[8], 1);
    EXPECT_EQ(found[9], 7);
    EXPECT_EQ(mmf_store_close(bools), MMF_OK);
}

// ---- Memory that a neighbour is changing: what was checked is what is stored ----

namespace {

uint32_t stored_length(const tick_store *store, uint64_t row)
{
    const unsigned char *record = mmfi_row(tick_store_base(store), row, TICK_RECORD_SIZE);
    return mmfi_load32(record + TICK_SYMBOL_OFFSET);
}

} // namespace

TEST_F(ValueWriteTest, ALengthThatGrowsAfterItWasCheckedStaysInItsField)
{
    fill(store, 2);
    const std::vector<unsigned char> image = image_of(t_tick(7));
    Neighbour neighbour;
    memcpy(neighbour.memory, image.data(), image.size());
    neighbour.alternate<uint32_t>(TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX, 0x7fffffff);
    int stored = 0;
    for (int i = 0; i < NEIGHBOUR_ROUNDS; i++) {
        Neighbour::let_run(i);
        const mmf_status set =
            mmf_store_set_row(base, 0, neighbour.memory, TICK_RECORD_SIZE, nullptr, 0);
        ASSERT_TRUE(set == MMF_OK || set == MMF_ERR_TOO_LONG) << mmf_status_name(set);
        stored += set == MMF_OK;
        ASSERT_LE(stored_length(store, 0), TICK_SYMBOL_MAX);
        ASSERT_EQ(at(0).price, set == MMF_OK || stored > 0 ? 7 : 0);
        ASSERT_TRUE(t_is_whole(at(1)));
        uint64_t row = 0;
        const mmf_status appended =
            mmf_store_append_rows(base, neighbour.memory, 1, TICK_RECORD_SIZE, &row);
        ASSERT_TRUE(appended == MMF_OK || appended == MMF_ERR_TOO_LONG);
        if (appended != MMF_OK)
            continue;
        ASSERT_LE(stored_length(store, row), TICK_SYMBOL_MAX);
        ASSERT_EQ(at(row).price, 7);
    }
}

TEST_F(ValueWriteTest, ALengthThatGrowsUnderATypedCallStaysInItsField)
{
    fill(store, 2);
    Neighbour neighbour;
    auto *tick = reinterpret_cast<tick_record *>(neighbour.memory);
    *tick = t_tick(7);
    neighbour.alternate<size_t>(offsetof(tick_record, symbol_length), TICK_SYMBOL_MAX, 0x7fffffff);
    for (int i = 0; i < NEIGHBOUR_ROUNDS; i++) {
        Neighbour::let_run(i);
        const mmf_status set = tick_store_set(store, 0, tick);
        ASSERT_TRUE(set == MMF_OK || set == MMF_ERR_TOO_LONG) << mmf_status_name(set);
        ASSERT_LE(stored_length(store, 0), TICK_SYMBOL_MAX);
        uint64_t row = 0;
        if (tick_store_append(store, tick, &row) == MMF_OK) {
            ASSERT_LE(stored_length(store, row), TICK_SYMBOL_MAX);
        }
    }
    EXPECT_TRUE(t_is_whole(at(1)));
}

TEST_F(ValueWriteTest, AFieldIndexThatGrowsAfterItWasCheckedNamesNoField)
{
    fill(store, 1);
    const std::vector<unsigned char> image = image_of(t_tick(7));
    Neighbour neighbour;
    neighbour.alternate<uint32_t>(0, 1, 0x00ffffff);
    const auto *fields = reinterpret_cast<const uint32_t *>(neighbour.memory);
    for (int i = 0; i < NEIGHBOUR_ROUNDS; i++) {
        Neighbour::let_run(i);
        const mmf_status set = mmf_store_set_row(base, 0, image.data(), image.size(), fields, 1);
        ASSERT_TRUE(set == MMF_OK || set == MMF_ERR_ARGUMENT) << mmf_status_name(set);
    }
    EXPECT_EQ(at(0).timestamp, 0u);
}
