// Records with values that no program stores: what is read is of the field, or an error.
#include "tests/robustness/hostile/use.h"

namespace {

#ifdef MMF_TESTS_ADAPTED
#define FILE_OF(name) OLDER_##name
constexpr size_t kNumberOffset = OLDER_NUMBER_OFFSET;
#else
#define FILE_OF(name) TICK_##name
constexpr size_t kNumberOffset = TICK_TIMESTAMP_OFFSET;
#endif

// The last one.
constexpr uint64_t kRow = 19;

class Record : public testing::Test {
protected:
    Record() : image(good_store())
    {
        EXPECT_EQ(memcmp(at(kNumberOffset), "\x13\0\0", 4), 0) << "this is no record";
    }
    ~Record() override
    {
        EXPECT_EQ(tick_store_close(store), MMF_OK);
    }

    unsigned char *at(size_t offset)
    {
        return image.data() + 65536 + kRow * kRecordSize + offset;
    }

    template <typename T> void put(size_t offset, T value)
    {
        memcpy(at(offset), &value, sizeof value);
    }

    // Of the file as it is now.
    void open(mmf_mode mode = MMF_READ_ONLY)
    {
        mmf_error error = {};
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        file.put(image);
        store = open_image(file, mode, &error);
        ASSERT_NE(store, nullptr) << error.message;
        ASSERT_EQ(tick_store_get(store, kRow, &found), MMF_OK);
    }

    Bytes image;
    MemoryFile file;
    tick_store *store = nullptr;
    tick_record found = {};
};

} // namespace

// Neither a copy nor a view leads out of the field, whatever room the program has for it.
TEST_F(Record, ALengthBeyondItsField)
{
    for (const uint32_t length :
         {static_cast<uint32_t>(FILE_OF(SYMBOL_MAX)) + 1, static_cast<uint32_t>(TICK_SYMBOL_MAX),
          uint32_t{1000}, UINT32_MAX}) {
        if (length <= FILE_OF(SYMBOL_MAX))
            continue;
        SCOPED_TRACE(length);
        put(FILE_OF(SYMBOL_OFFSET), length);
        const std::string text(reinterpret_cast<const char *>(at(FILE_OF(SYMBOL_OFFSET) + 4)),
                               FILE_OF(SYMBOL_MAX));
        open();
        mmf_str view = {nullptr, 0};
        char copy[TICK_SYMBOL_MAX + 1];
        size_t copied = 0;
        ASSERT_EQ(tick_store_view_symbol(store, kRow, &view), MMF_OK);
        EXPECT_EQ(std::string(view.data, view.length), text);
        ASSERT_EQ(tick_store_get_symbol(store, kRow, copy, sizeof copy, &copied), MMF_OK);
        EXPECT_EQ(std::string(copy, copied), text);
        EXPECT_EQ(std::string(found.symbol, found.symbol_length), text);
    }
}

// Text that is not UTF-8 is what it is.
TEST_F(Record, TextOfOtherBytes)
{
    put(FILE_OF(SYMBOL_OFFSET), uint32_t{2});
    put(FILE_OF(SYMBOL_OFFSET) + 4, uint16_t{0x80ff});
    open();
    EXPECT_EQ(std::string(found.symbol, found.symbol_length), "\xff\x80");
}

// A number that is no member is read, and not stored again.
TEST_F(Record, AnEnumsValueThatIsNoMember)
{
    for (const int value : {0, 3, 200, 255}) {
        put(FILE_OF(SIDE_OFFSET), static_cast<unsigned char>(value));
        open(MMF_READ_WRITE);
        side got = SIDE_BUY;
        ASSERT_EQ(tick_store_get_side(store, kRow, &got), MMF_OK);
        EXPECT_EQ(static_cast<int>(got), value);
        EXPECT_EQ(static_cast<int>(found.side), value);
        EXPECT_EQ(tick_store_set(store, kRow, &found), MMF_ERR_ENUM);
        EXPECT_EQ(tick_store_append(store, &found, nullptr), MMF_ERR_ENUM);
        EXPECT_EQ(tick_store_set_side(store, kRow, got), MMF_ERR_ENUM);
    }
}

TEST_F(Record, ADecimalOfTooManyDigits)
{
    for (const int64_t units : {INT64_MAX, INT64_MIN, INT64_C(1000000000000000000)}) {
        put(FILE_OF(COST_OFFSET), units);
        open(MMF_READ_WRITE);
        int64_t got = 0;
        ASSERT_EQ(tick_store_get_cost(store, kRow, &got), MMF_OK);
        EXPECT_EQ(got, units);
        EXPECT_EQ(found.cost, units);
        EXPECT_EQ(tick_store_set(store, kRow, &found), MMF_ERR_ARGUMENT);
        EXPECT_EQ(tick_store_set_cost(store, kRow, got), MMF_ERR_ARGUMENT);
    }
}

// Bits that no field has count for nothing, and are not handed on.
TEST_F(Record, EveryBitOfTheValidityBytes)
{
    put(FILE_OF(VALIDITY_OFFSET), uint16_t{0xffff});
    open();
    EXPECT_FALSE(found.alive_is_null || found.lots_is_null || found.born_is_null ||
                 found.way_is_null || found.fee_is_null || found.memo_is_null ||
                 found.last_is_null || found.tags_is_null || found.ratio_is_null);
    if (kAdapted) {
        EXPECT_TRUE(found.remark_is_null) << "the file lacks it";
        EXPECT_TRUE(is_same_image(store, kRow, found));
    }
}

// Bytes of what is null are not read as a value.
TEST_F(Record, BytesInWhatIsNull)
{
    put(FILE_OF(VALIDITY_OFFSET), uint16_t{0});
    put(FILE_OF(FEE_OFFSET), INT64_C(77));
    put(FILE_OF(BORN_OFFSET), int32_t{78});
    put(FILE_OF(MEMO_OFFSET), UINT32_MAX);
    open(MMF_READ_WRITE);
    int64_t fee = 1;
    int32_t born = 1;
    char memo[TICK_MEMO_MAX + 1];
    bool has = true;
    EXPECT_EQ(tick_store_get_fee(store, kRow, &fee), MMF_ERR_NULL);
    EXPECT_EQ(fee, 0);
    EXPECT_EQ(tick_store_get_born(store, kRow, &born), MMF_ERR_NULL);
    EXPECT_EQ(born, 0);
    EXPECT_EQ(tick_store_get_memo(store, kRow, memo, sizeof memo, nullptr), MMF_ERR_NULL);
    EXPECT_EQ(tick_store_has_fee(store, kRow, &has), MMF_OK);
    EXPECT_FALSE(has);
    EXPECT_LE(found.memo_length, TICK_MEMO_MAX);
    // What is stored again is whole.
    EXPECT_EQ(tick_store_set(store, kRow, &found), MMF_OK);
    ASSERT_EQ(tick_store_get(store, kRow, &found), MMF_OK);
    EXPECT_TRUE(is_same_image(store, kRow, found));
}

// A part is written beside what is not in order, which stays as it is.
TEST_F(Record, APartBesideWhatIsNotInOrder)
{
    put(FILE_OF(SIDE_OFFSET), uint8_t{200});
    put(FILE_OF(SYMBOL_OFFSET), UINT32_MAX);
    open(MMF_READ_WRITE);
    const tick_record other = marked_tick(3);
    EXPECT_EQ(tick_store_set_fee(store, kRow, 5), MMF_OK);
    EXPECT_EQ(tick_store_set_bids(store, kRow, other.bids), MMF_OK);
    const tick_record before = found;
    ASSERT_EQ(tick_store_get(store, kRow, &found), MMF_OK);
    EXPECT_EQ(found.fee, 5);
    EXPECT_EQ(found.bids[1].price, other.bids[1].price);
    EXPECT_EQ(static_cast<int>(found.side), 200);
    EXPECT_EQ(std::string(found.symbol, found.symbol_length),
              std::string(before.symbol, before.symbol_length));
}

TEST_F(Record, EveryByteOfOne)
{
    uint64_t images = 0;
    // By an adapter all calls take longer.
    for (size_t offset = 0; offset < kRecordSize; offset += kAdapted ? 2 : 1)
        for (const int value : {kAdapted ? *at(offset) ^ 0x81 : 0xff, *at(offset) ^ 1}) {
            SCOPED_TRACE(offset);
            Bytes damaged = image;
            damaged[65536 + kRow * kRecordSize + offset] = static_cast<unsigned char>(value);
            images++;
            // Where its sequence says that it was never written, a writer is refused.
            EXPECT_GE(use_file(MemoryFile(damaged)), offset < 8 ? 0 : 4);
            if (HasFailure())
                return;
        }
    printf("%llu images\n", static_cast<unsigned long long>(images));
    EXPECT_GT(images, 200u);
}
