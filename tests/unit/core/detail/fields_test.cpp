// One field of a row: every scalar type by the same rules, text, views, and read sections.
#include "mmapforge/detail/fields.h"

#include "mmapforge/detail/columns.h"
#include "tests/support/store_fixture.h"

namespace {

class FieldsTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        ticks = create();
        fill(ticks, 4);
        store = reinterpret_cast<mmf_store *>(ticks);
    }

    void TearDown() override
    {
        EXPECT_EQ(tick_store_close(ticks), MMF_OK);
        StoreTest::TearDown();
    }

    // A row that the reader has not heard of; its number.
    uint64_t add_row()
    {
        const tick_record tick = t_tick(tick_store_count(ticks));
        uint64_t row = 0;
        EXPECT_EQ(tick_store_append(ticks, &tick, &row), MMF_OK);
        return row;
    }

    // Another file, of four rows and several writers.
    tick_store *make_shared()
    {
        mmf_options options = MMF_OPTIONS_INIT;
        options.shared_writers = true;
        tick_store *shared = nullptr;
        EXPECT_EQ(tick_store_create((path + ".shared").c_str(), &options, &shared, &error), MMF_OK)
            << error.message;
        fill(shared, 4);
        return shared;
    }

    // The bytes of the volume after its first ones.
    static std::string rest_of(const tick_record &tick, size_t first)
    {
        return std::string(reinterpret_cast<const char *>(&tick.volume) + first,
                           sizeof tick.volume - first);
    }

    tick_store *ticks = nullptr;
    mmf_store *store = nullptr;
};

// At an 8-byte field, whatever it is declared as: the calls only load and store.
constexpr size_t AT = TICK_VOLUME_OFFSET;

} // namespace

#define EACH_SCALAR(name, c_type, bits)                                                            \
    TEST_F(FieldsTest, name##_is_set_and_got_or_refused)                                           \
    {                                                                                              \
        const c_type value = static_cast<c_type>(1);                                               \
        c_type found = static_cast<c_type>(0);                                                     \
        ASSERT_EQ(mmfi_set_##name(store, 1, TICK_RECORD_SIZE, AT, value), MMF_OK);                 \
        ASSERT_EQ(mmfi_get_##name(store, 1, TICK_RECORD_SIZE, AT, &found), MMF_OK);                \
        EXPECT_EQ(found, value);                                                                   \
        /* Nothing to write to. */                                                                 \
        EXPECT_EQ(mmfi_set_##name(nullptr, 1, TICK_RECORD_SIZE, AT, value), MMF_ERR_ARGUMENT);     \
        EXPECT_EQ(mmfi_set_##name(store, 4, TICK_RECORD_SIZE, AT, value), MMF_ERR_RANGE);          \
        EXPECT_EQ(tick_store_count(ticks), 4u);                                                    \
        /* Nothing to read from, or to. */                                                         \
        EXPECT_EQ(mmfi_get_##name(nullptr, 1, TICK_RECORD_SIZE, AT, &found), MMF_ERR_ARGUMENT);    \
        EXPECT_EQ(mmfi_get_##name(store, 1, TICK_RECORD_SIZE, AT, nullptr), MMF_ERR_ARGUMENT);     \
        EXPECT_EQ(mmfi_get_##name(store, 4, TICK_RECORD_SIZE, AT, &found), MMF_ERR_RANGE);         \
        EXPECT_EQ(found, static_cast<c_type>(0)) << "a refused get leaves nothing to mistake";     \
        /* A row that came after the reader. */                                                    \
        tick_store *reader = open();                                                               \
        const uint64_t row = add_row();                                                            \
        ASSERT_EQ(mmfi_set_##name(store, row, TICK_RECORD_SIZE, AT, value), MMF_OK);               \
        found = static_cast<c_type>(0);                                                            \
        const mmf_store *from = tick_store_base(reader);                                           \
        EXPECT_EQ(mmfi_get_##name(from, row, TICK_RECORD_SIZE, AT, &found), MMF_OK);               \
        EXPECT_EQ(found, value);                                                                   \
        EXPECT_EQ(tick_store_close(reader), MMF_OK);                                               \
    }                                                                                              \
                                                                                                   \
    TEST_F(FieldsTest, name##_is_set_by_one_of_several_writers)                                    \
    {                                                                                              \
        tick_store *shared = make_shared();                                                        \
        mmf_store *base = reinterpret_cast<mmf_store *>(shared);                                   \
        const c_type value = static_cast<c_type>(1);                                               \
        c_type found = static_cast<c_type>(0);                                                     \
        tick_record before;                                                                        \
        tick_record after;                                                                         \
        ASSERT_EQ(tick_store_get(shared, 1, &before), MMF_OK);                                     \
        ASSERT_EQ(mmfi_set_##name(base, 1, TICK_RECORD_SIZE, AT, value), MMF_OK);                  \
        ASSERT_EQ(mmfi_get_##name(base, 1, TICK_RECORD_SIZE, AT, &found), MMF_OK);                 \
        EXPECT_EQ(found, value);                                                                   \
        ASSERT_EQ(tick_store_get(shared, 1, &after), MMF_OK);                                      \
        EXPECT_EQ(after.price, before.price);                                                      \
        EXPECT_EQ(after.timestamp, before.timestamp);                                              \
        EXPECT_EQ(rest_of(after, (bits) / 8), rest_of(before, (bits) / 8));                        \
        EXPECT_EQ(mmfi_set_##name(base, 4, TICK_RECORD_SIZE, AT, value), MMF_ERR_RANGE);           \
        EXPECT_EQ(tick_store_close(shared), MMF_OK);                                               \
    }                                                                                              \
                                                                                                   \
    TEST_F(FieldsTest, name##_column_is_a_window_or_empty)                                         \
    {                                                                                              \
        const c_type value = static_cast<c_type>(1);                                               \
        ASSERT_EQ(mmfi_set_##name(store, 2, TICK_RECORD_SIZE, AT, value), MMF_OK);                 \
        mmf_column_##name column;                                                                  \
        ASSERT_EQ(mmfi_column_##name(store, 1, 2, TICK_RECORD_SIZE, AT, &column), MMF_OK);         \
        ASSERT_EQ(column.count, 2u);                                                               \
        EXPECT_EQ(mmf_column_##name##_at(column, 1), value);                                       \
        EXPECT_EQ(mmfi_column_##name(store, 1, 4, TICK_RECORD_SIZE, AT, &column), MMF_ERR_RANGE);  \
        EXPECT_EQ(column.count, 0u);                                                               \
        EXPECT_EQ(column.data, nullptr);                                                           \
        EXPECT_EQ(mmfi_column_##name(store, 1, 2, TICK_RECORD_SIZE, AT, nullptr),                  \
                  MMF_ERR_ARGUMENT);                                                               \
    }

MMFI_SCALARS(EACH_SCALAR)
#undef EACH_SCALAR

// The symbol as bytes: the same words in the file, without a NUL at the end.
TEST_F(FieldsTest, BytesAreCopiedWithTheirLengthIfItIsAsked)
{
    uint8_t buffer[TICK_SYMBOL_MAX] = {};
    size_t length = 99;
    const auto get = [&](uint64_t row, size_t size, size_t *into) {
        return mmfi_get_bytes(store, row, TICK_RECORD_SIZE, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX,
                              buffer, size, into);
    };
    const std::string symbol = t_tick(2).symbol;
    ASSERT_EQ(get(2, sizeof buffer, &length), MMF_OK);
    EXPECT_EQ(std::string(reinterpret_cast<char *>(buffer), length), symbol);
    memset(buffer, 0, sizeof buffer);
    ASSERT_EQ(get(2, sizeof buffer, nullptr), MMF_OK);
    EXPECT_EQ(std::string(reinterpret_cast<char *>(buffer), symbol.size()), symbol);
    // Room for these bytes, if not for the longest.
    ASSERT_EQ(get(2, symbol.size(), &length), MMF_OK);
    EXPECT_EQ(length, symbol.size());
    EXPECT_EQ(get(2, symbol.size() - 1, &length), MMF_ERR_TOO_LONG);
    EXPECT_EQ(length, 0u);
    EXPECT_EQ(get(4, sizeof buffer, &length), MMF_ERR_RANGE);
    EXPECT_EQ(mmfi_get_bytes(store, 2, TICK_RECORD_SIZE, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX,
                             nullptr, sizeof buffer, nullptr),
              MMF_ERR_ARGUMENT);
}

TEST_F(FieldsTest, AStringIsCopiedWithoutItsLength)
{
    char buffer[TICK_SYMBOL_MAX + 1] = "";
    ASSERT_EQ(tick_store_get_symbol(ticks, 2, buffer, sizeof buffer, nullptr), MMF_OK);
    EXPECT_STREQ(buffer, t_tick(2).symbol);
}

TEST_F(FieldsTest, ViewsLieInTheRowOrAreRefused)
{
    tick_store *reader = open();
    const uint64_t row = add_row();
    const mmf_store *from = tick_store_base(reader);
    const std::string symbol = t_tick(row).symbol;
    mmf_str text = {nullptr, 0};
    ASSERT_EQ(
        mmfi_view_string(from, row, TICK_RECORD_SIZE, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX, &text),
        MMF_OK);
    EXPECT_EQ(std::string(text.data, text.length), symbol);
    EXPECT_EQ(mmfi_view_string(from, row + 1, TICK_RECORD_SIZE, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX,
                               &text),
              MMF_ERR_RANGE);
    EXPECT_EQ(
        mmfi_view_string(from, row, TICK_RECORD_SIZE, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX, nullptr),
        MMF_ERR_ARGUMENT);

    const uint64_t next = add_row();
    mmf_bytes data = {nullptr, 0};
    ASSERT_EQ(
        mmfi_view_bytes(from, next, TICK_RECORD_SIZE, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX, &data),
        MMF_OK);
    EXPECT_EQ(data.data, mmfi_row(from, next, TICK_RECORD_SIZE) + TICK_SYMBOL_OFFSET + 4);
    EXPECT_EQ(data.length, std::string(t_tick(next).symbol).size());
    EXPECT_EQ(mmfi_view_bytes(from, next + 1, TICK_RECORD_SIZE, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX,
                              &data),
              MMF_ERR_RANGE);
    EXPECT_EQ(
        mmfi_view_bytes(from, next, TICK_RECORD_SIZE, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX, nullptr),
        MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(FieldsTest, AReadSectionOfARowThatIsNewToTheReader)
{
    tick_store *reader = open();
    const uint64_t row = add_row();
    const mmf_store *from = tick_store_base(reader);
    uint64_t sequence = 0;
    ASSERT_EQ(mmfi_sequence_begin(from, row, TICK_RECORD_SIZE, &sequence), MMF_OK);
    EXPECT_EQ(sequence, MMFI_SEQUENCE_FIRST);
    EXPECT_FALSE(mmfi_sequence_retry(from, row, TICK_RECORD_SIZE, sequence));
    EXPECT_EQ(mmfi_sequence_begin(from, row, TICK_RECORD_SIZE, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmfi_sequence_begin(from, row + 1, TICK_RECORD_SIZE, &sequence), MMF_ERR_RANGE);
    EXPECT_TRUE(mmfi_sequence_retry(from, row + 1, TICK_RECORD_SIZE, sequence));
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(FieldsTest, NoStoreIsNotWritten)
{
    const mmfi_write write = mmfi_write_begin(nullptr, 0, TICK_RECORD_SIZE);
    EXPECT_EQ(write.status, MMF_ERR_ARGUMENT);
    EXPECT_EQ(write.record, nullptr);
}
