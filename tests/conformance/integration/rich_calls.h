// The calls of a rich record with the prefix C, and M for macros, tested in the suite S, where a
// verification of checksums gives VERIFIED. Included for a record with checksums, and for one
// without.
#ifndef C
#error "define C, M and S first"
#endif

#define PASTE2(a, b)    a##b
#define PASTE(a, b)     PASTE2(a, b)
#define OF(name)        PASTE(C, name)
#define MACRO(name)     PASTE(M, name)
#define RECORD          OF(_record)
#define GET(field)      OF(_store_get_##field)
#define SET(field)      OF(_store_set_##field)
#define COLUMN(field)   OF(_store_column_##field)
#define ROWS(field)     OF(_rows_##field)
#define HAS(field)      OF(_store_has_##field)
#define CLEAR(field)    OF(_store_clear_##field)
#define IS_NULL(field)  OF(_rows_##field##_is_null)
#define RICH_TEST(name) TEST_F(S, name)

class S : public testing::Test {
protected:
    void SetUp() override
    {
        const auto *test = testing::UnitTest::GetInstance()->current_test_info();
        path_ = testing::TempDir() + test->test_suite_name() + test->name() + ".mmf";
        std::remove(path_.c_str());
        mmf_error error = {};
        ASSERT_EQ(OF(_store_create)(path_.c_str(), nullptr, &store, &error), MMF_OK)
            << error.message;
        OF(_record_init)(&neighbour_);
        // 0 is no member of Side, and there are no defaults of arrays.
        EXPECT_EQ(OF(_store_append)(store, &neighbour_, nullptr), MMF_ERR_ENUM);
        for (side &each : neighbour_.sides)
            each = SIDE_SELL;
        for (note *each : {&neighbour_.note, &neighbour_.notes[0], &neighbour_.notes[1]})
            for (side &kind : each->kinds)
                kind = SIDE_BUY;
        expected = neighbour_;
        expected.key = 77;
        for (const RECORD *record : {&neighbour_, &expected, &neighbour_}) {
            ASSERT_EQ(OF(_store_append)(store, record, nullptr), MMF_OK);
        }
        ASSERT_EQ(OF(_store_rows)(store, 0, MMF_TO_END, &rows), MMF_OK);
    }

    void TearDown() override
    {
        // What was written stays so, its checksums are right, and its neighbours are as they were.
        expect_stored();
        for (const uint64_t row : {0u, 2u}) {
            RECORD found;
            EXPECT_EQ(OF(_store_get)(store, row, &found), MMF_OK);
            EXPECT_EQ(bytes_of(found), bytes_of(neighbour_)) << row;
        }
        EXPECT_EQ(OF(_store_close)(store), MMF_OK);
        std::remove(path_.c_str());
    }

    static std::string bytes_of(const RECORD &record)
    {
        alignas(64) static unsigned char bytes[MACRO(_RECORD_SIZE)];
        memset(bytes, 0, sizeof bytes);
        OF(_record_save)(bytes, &record);
        return std::string(reinterpret_cast<const char *>(bytes), sizeof bytes);
    }

    // Row 1 is what is expected, byte by byte.
    void expect_stored() const
    {
        RECORD found;
        memset(&found, 0x5a, sizeof found);
        EXPECT_EQ(OF(_store_get)(store, 1, &found), MMF_OK);
        EXPECT_EQ(bytes_of(found), bytes_of(expected));
        for (uint64_t row = 0; row < 3; row++) {
            uint64_t sequence = 0;
            EXPECT_EQ(OF(_store_read_begin)(store, row, &sequence), MMF_OK);
            EXPECT_FALSE(OF(_store_read_retry)(store, row, sequence));
        }
        uint64_t bad = 0;
        mmf_error error = {};
        EXPECT_EQ(mmf_store_verify(OF(_store_base)(store), 0, MMF_TO_END, &bad, &error), VERIFIED)
            << error.message;
    }

    OF(_store) *store = nullptr;
    OF(_rows) rows = {};
    RECORD expected = {}; // in row 1 of 3

private:
    RECORD neighbour_ = {};
    std::string path_;
};

RICH_TEST(InitSetsDefaults)
{
    RECORD record;
    memset(&record, 0x5a, sizeof record);
    OF(_record_init)(&record);
    EXPECT_TRUE(record.flag);
    EXPECT_EQ(record.tiny, -128);
    EXPECT_EQ(record.octet, 255);
    EXPECT_EQ(record.small, -32768);
    EXPECT_EQ(record.port, 65535);
    EXPECT_EQ(record.medium, INT32_MIN);
    EXPECT_EQ(record.colour, UINT32_MAX);
    EXPECT_EQ(record.low, INT64_MIN);
    EXPECT_EQ(record.high, UINT64_MAX);
    EXPECT_EQ(record.mid, 2.5f);
    EXPECT_EQ(record.price, -0.001);
    EXPECT_EQ(record.stamp, -1);
    EXPECT_EQ(record.day, -1);
    EXPECT_EQ(record.cost, -15000);
    EXPECT_EQ(record.side, SIDE_SELL);
    EXPECT_EQ(record.move, MOVE_UP);
    EXPECT_EQ(record.symbol_length, 0u);
    EXPECT_STREQ(record.symbol, "");
    EXPECT_EQ(record.name_length, 10u);
    EXPECT_STREQ(record.name, "100% sure?");
    EXPECT_EQ(record.digest_length, 0u);
    for (const double greek : record.greeks)
        EXPECT_EQ(greek, 0);
    for (const level &bid : record.bids) {
        EXPECT_EQ(bid.size, 7u);
        EXPECT_TRUE(bid.orders_is_null);
    }
    for (const note *each : {&record.note, &record.notes[0], &record.notes[1]}) {
        EXPECT_STREQ(each->text, "50% ?");
        EXPECT_EQ(each->text_length, 5u);
        EXPECT_TRUE(each->raw_is_null);
        EXPECT_TRUE(each->on_is_null);
        EXPECT_EQ(each->by.size, 7u);
        EXPECT_EQ(each->move, MOVE_DOWN);
    }
    EXPECT_FALSE(record.fee_is_null);
    EXPECT_EQ(record.fee, 2500);
    EXPECT_FALSE(record.born_is_null);
    EXPECT_EQ(record.born, 10957);
    EXPECT_FALSE(record.turn_is_null);
    EXPECT_EQ(record.turn, MOVE_DOWN);
    EXPECT_FALSE(record.ratio_is_null);
    EXPECT_EQ(record.ratio, 0.5f);
    EXPECT_FALSE(record.title_is_null);
    EXPECT_STREQ(record.title, "a%d?");
    EXPECT_TRUE(record.maybe_is_null && record.count8_is_null && record.seen_is_null &&
                record.way_is_null && record.total_is_null && record.memo_is_null &&
                record.blob_is_null && record.level_is_null && record.nums_is_null &&
                record.tags_is_null && record.costs_is_null && record.spare_is_null);
    // An enum without a default has 0, which is no member: the arrays must be filled first.
    EXPECT_EQ(record.sides[0], static_cast<side>(0));
}

// Sets one value, and reads it in every way.
#define ONE(field, c_type, column_type, new_value)                                                 \
    {                                                                                              \
        SCOPED_TRACE(#field);                                                                      \
        const c_type value = new_value;                                                            \
        EXPECT_EQ(SET(field)(store, 1, value), MMF_OK);                                            \
        expected.field = value;                                                                    \
        c_type found = c_type();                                                                   \
        EXPECT_EQ(GET(field)(store, 1, &found), MMF_OK);                                           \
        EXPECT_EQ(found, value);                                                                   \
        EXPECT_EQ(ROWS(field)(rows, 1), value);                                                    \
        mmf_column_##column_type column = {};                                                      \
        EXPECT_EQ(COLUMN(field)(store, 1, MMF_TO_END, &column), MMF_OK);                           \
        EXPECT_EQ(column.count, 2u);                                                               \
        EXPECT_EQ(static_cast<c_type>(mmf_column_##column_type##_at(column, 0)), value);           \
        EXPECT_EQ(SET(field)(store, 3, value), MMF_ERR_RANGE);                                     \
        EXPECT_EQ(SET(field)(nullptr, 1, value), MMF_ERR_ARGUMENT);                                \
        EXPECT_EQ(GET(field)(store, 3, &found), MMF_ERR_RANGE);                                    \
        EXPECT_EQ(found, c_type());                                                                \
        EXPECT_EQ(GET(field)(store, 1, nullptr), MMF_ERR_ARGUMENT);                                \
        EXPECT_EQ(GET(field)(nullptr, 1, &found), MMF_ERR_ARGUMENT);                               \
        EXPECT_EQ(COLUMN(field)(store, 4, 1, &column), MMF_ERR_RANGE);                             \
        EXPECT_EQ(column.count, 0u);                                                               \
        EXPECT_EQ(COLUMN(field)(store, 0, 1, nullptr), MMF_ERR_ARGUMENT);                          \
        expect_stored();                                                                           \
    }

RICH_TEST(SingleValues)
{
    ONE(flag, bool, bool, false);
    ONE(tiny, int8_t, int8, 127);
    ONE(octet, uint8_t, uint8, 1);
    ONE(small, int16_t, int16, 32767);
    ONE(port, uint16_t, uint16, 443);
    ONE(medium, int32_t, int32, INT32_MAX);
    ONE(colour, uint32_t, uint32, 0xff8000);
    ONE(low, int64_t, int64, INT64_MAX);
    ONE(high, uint64_t, uint64, 1);
    ONE(mid, float, float32, -0.25f);
    ONE(price, double, float64, 1e300);
    ONE(stamp, int64_t, int64, 1700000000123456789);
    ONE(day, int32_t, int32, 19000);
    ONE(cost, int64_t, int64, 9999999999);
    ONE(cost, int64_t, int64, -9999999999);
    ONE(side, side, uint8, SIDE_BUY);
    ONE(move, move, int16, MOVE_DOWN);
    ONE(key, uint64_t, uint64, 5);
}

// One too many digits, and values of no member.
RICH_TEST(SingleValuesThatCannotBeStored)
{
    for (const int64_t wrong : {INT64_C(10000000000), INT64_C(-10000000000), INT64_MIN}) {
        EXPECT_EQ(SET(cost)(store, 1, wrong), MMF_ERR_ARGUMENT);
        EXPECT_EQ(SET(fee)(store, 1, wrong), MMF_ERR_ARGUMENT);
    }
    for (const int wrong : {0, 3, 255}) {
        EXPECT_EQ(SET(side)(store, 1, static_cast<side>(wrong)), MMF_ERR_ENUM);
        EXPECT_EQ(SET(way)(store, 1, static_cast<side>(wrong)), MMF_ERR_ENUM);
    }
    for (const int wrong : {-301, 1, 256 * 256 - 300})
        EXPECT_EQ(SET(move)(store, 1, static_cast<move>(wrong)), MMF_ERR_ENUM);
}

RICH_TEST(WholeRecordsThatCannotBeStored)
{
    const auto refused = [this](const RECORD &record) {
        const mmf_status status = OF(_record_check)(&record);
        EXPECT_EQ(OF(_store_append)(store, &record, nullptr), status);
        EXPECT_EQ(OF(_store_set)(store, 1, &record), status);
        EXPECT_EQ(OF(_store_count)(store), 3u);
        return status;
    };
    RECORD full = expected;
    EXPECT_EQ(OF(_record_check)(nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(OF(_store_set)(store, 1, nullptr), MMF_ERR_ARGUMENT);
#define WRONG(change, status)                                                                      \
    {                                                                                              \
        RECORD record = full;                                                                      \
        change;                                                                                    \
        EXPECT_EQ(refused(record), status) << #change;                                             \
    }
    WRONG(record.cost = 10000000000, MMF_ERR_ARGUMENT);
    WRONG(record.fee = -10000000000, MMF_ERR_ARGUMENT);
    WRONG(record.fees[1] = 10000, MMF_ERR_ARGUMENT);
    WRONG(record.bids[2].price = 1000000000000000000, MMF_ERR_ARGUMENT);
    WRONG(record.notes[1].by.price = INT64_MIN, MMF_ERR_ARGUMENT);
    WRONG(record.side = static_cast<side>(3), MMF_ERR_ENUM);
    WRONG(record.moves[1] = static_cast<move>(3), MMF_ERR_ENUM);
    WRONG(record.note.kinds[2] = static_cast<side>(0), MMF_ERR_ENUM);
    WRONG(record.note.move = static_cast<move>(7), MMF_ERR_ENUM);
    WRONG(record.symbol_length = 17, MMF_ERR_TOO_LONG);
    WRONG(record.title_length = 9, MMF_ERR_TOO_LONG);
    WRONG(record.notes[0].text_length = 13, MMF_ERR_TOO_LONG);
    WRONG(record.notes[0].blob_length = 5, MMF_ERR_TOO_LONG);
    // Each that may be null, with a value.
    WRONG((record.way_is_null = false, record.way = static_cast<side>(3)), MMF_ERR_ENUM);
    WRONG((record.tags_is_null = false, record.tags[0] = static_cast<side>(3)), MMF_ERR_ENUM);
    WRONG((record.costs_is_null = false, record.costs[0] = 10000), MMF_ERR_ARGUMENT);
    WRONG((record.memo_is_null = false, record.memo_length = 9), MMF_ERR_TOO_LONG);
    WRONG((record.level_is_null = false, record.level.price = INT64_MAX), MMF_ERR_ARGUMENT);
    full.spare[0] = full.spare[1] = full.note;
    WRONG((record.spare_is_null = false, record.spare[1].text_length = 99), MMF_ERR_TOO_LONG);
#undef WRONG
    // What is null may have any value, and is zero in the file.
    full.way = static_cast<side>(99);
    full.way_is_null = true;
    full.fee_is_null = true;
    full.fee = INT64_MAX;
    full.memo_length = 1000;
    full.memo_is_null = true;
    full.note.raw_length = 1000;
    full.note.raw_is_null = true;
    memset(full.spare, 0xff, sizeof full.spare);
    full.spare_is_null = true;
    EXPECT_EQ(OF(_store_set)(store, 1, &full), MMF_OK);
    expected.fee_is_null = true;
    RECORD found;
    EXPECT_EQ(OF(_store_get)(store, 1, &found), MMF_OK);
    EXPECT_EQ(found.fee, 0);
    EXPECT_EQ(found.way, static_cast<side>(0));
    EXPECT_EQ(found.memo_length, 0u);
    EXPECT_EQ(found.spare[1].by.price, 0);
}

RICH_TEST(Texts)
{
    EXPECT_EQ(OF(_record_set_symbol)(&expected, "0123456789abcdef"), MMF_OK);
    EXPECT_EQ(OF(_record_set_symbol)(&expected, "0123456789abcdefg"), MMF_ERR_TOO_LONG);
    EXPECT_EQ(OF(_record_set_symbol)(nullptr, "a"), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(symbol)(store, 1, "0123456789abcdef", 16), MMF_OK);
    EXPECT_EQ(SET(symbol)(store, 1, "0123456789abcdefg", 17), MMF_ERR_TOO_LONG);
    EXPECT_EQ(SET(symbol)(store, 1, nullptr, 1), MMF_ERR_ARGUMENT);
    const uint8_t data[] = {0, 1, 2};
    EXPECT_EQ(OF(_record_set_digest)(&expected, data, 3), MMF_OK);
    EXPECT_EQ(SET(digest)(store, 1, data, 3), MMF_OK);
    char buffer[32];
    size_t length = 99;
    EXPECT_EQ(GET(symbol)(store, 1, buffer, 17, &length), MMF_OK);
    EXPECT_STREQ(buffer, "0123456789abcdef");
    EXPECT_EQ(length, 16u);
    EXPECT_EQ(GET(symbol)(store, 1, buffer, 16, &length), MMF_ERR_TOO_LONG);
    EXPECT_EQ(GET(symbol)(store, 1, nullptr, 16, &length), MMF_ERR_ARGUMENT);
    mmf_str view = {};
    EXPECT_EQ(OF(_store_view_symbol)(store, 1, &view), MMF_OK);
    EXPECT_EQ(std::string(view.data, view.length), "0123456789abcdef");
    EXPECT_EQ(ROWS(name)(rows, 1).length, 10u);
    EXPECT_EQ(ROWS(digest)(rows, 1).length, 3u);
    expect_stored();
}

// An element of an array: set, read in every way, and with an index that there is not.
#define ELEMENT(field, index, end, c_type, column_type, new_value)                                 \
    {                                                                                              \
        SCOPED_TRACE(#field);                                                                      \
        const c_type value = new_value;                                                            \
        c_type one = c_type();                                                                     \
        mmf_column_##column_type column = {};                                                      \
        EXPECT_EQ(SET(field##_at)(store, 1, index, value), MMF_OK);                                \
        EXPECT_EQ(GET(field##_at)(store, 1, index, &one), MMF_OK);                                 \
        EXPECT_EQ(one, value);                                                                     \
        EXPECT_EQ(ROWS(field##_at)(rows, 1, index), value);                                        \
        EXPECT_EQ(COLUMN(field##_at)(store, index, 1, 2, &column), MMF_OK);                        \
        EXPECT_EQ(column.count, 2u);                                                               \
        EXPECT_EQ(static_cast<c_type>(mmf_column_##column_type##_at(column, 0)), value);           \
        EXPECT_EQ(SET(field##_at)(store, 1, end, value), MMF_ERR_ARGUMENT);                        \
        EXPECT_EQ(SET(field##_at)(store, 1, SIZE_MAX, value), MMF_ERR_ARGUMENT);                   \
        EXPECT_EQ(SET(field##_at)(store, 3, index, value), MMF_ERR_RANGE);                         \
        EXPECT_EQ(GET(field##_at)(store, 1, end, &one), MMF_ERR_ARGUMENT);                         \
        EXPECT_EQ(one, c_type());                                                                  \
        EXPECT_EQ(GET(field##_at)(store, 1, end, nullptr), MMF_ERR_ARGUMENT);                      \
        EXPECT_EQ(GET(field##_at)(store, 1, index, nullptr), MMF_ERR_ARGUMENT);                    \
        EXPECT_EQ(GET(field##_at)(store, 3, index, &one), MMF_ERR_RANGE);                          \
        EXPECT_EQ(COLUMN(field##_at)(store, end, 1, 2, &column), MMF_ERR_ARGUMENT);                \
        EXPECT_EQ(column.count, 0u);                                                               \
        EXPECT_EQ(COLUMN(field##_at)(store, end, 1, 2, nullptr), MMF_ERR_ARGUMENT);                \
        EXPECT_EQ(COLUMN(field##_at)(store, index, 1, 2, nullptr), MMF_ERR_ARGUMENT);              \
    }

// A whole array, and then its last element.
#define ARRAY(field, count, c_type, column_type, new_value, ...)                                   \
    {                                                                                              \
        SCOPED_TRACE(#field);                                                                      \
        const c_type all[count] = {__VA_ARGS__};                                                   \
        c_type found[count] = {};                                                                  \
        EXPECT_EQ(SET(field)(store, 1, all), MMF_OK);                                              \
        EXPECT_EQ(GET(field)(store, 1, found), MMF_OK);                                            \
        for (size_t i = 0; i < count; i++) {                                                       \
            EXPECT_EQ(found[i], all[i]);                                                           \
            expected.field[i] = all[i];                                                            \
        }                                                                                          \
        EXPECT_EQ(SET(field)(store, 1, nullptr), MMF_ERR_ARGUMENT);                                \
        EXPECT_EQ(GET(field)(store, 1, nullptr), MMF_ERR_ARGUMENT);                                \
        EXPECT_EQ(SET(field)(store, 3, all), MMF_ERR_RANGE);                                       \
        EXPECT_EQ(GET(field)(store, 3, found), MMF_ERR_RANGE);                                     \
        EXPECT_EQ(found[0], c_type());                                                             \
        expect_stored();                                                                           \
        ELEMENT(field, count - 1, count, c_type, column_type, new_value)                           \
        expected.field[count - 1] = new_value;                                                     \
        expect_stored();                                                                           \
    }

RICH_TEST(Arrays)
{
    ARRAY(flags, 3, bool, bool, false, true, false, true);
    ARRAY(greeks, 5, double, float64, -9.5, 1, 2, 3, 4, 5);
    ARRAY(times, 2, int64_t, int64, 12, -1, 1700000000000);
    ARRAY(days, 2, int32_t, int32, 13, -1, 19000);
    ARRAY(fees, 2, int64_t, int64, -9999, 9999, 1);
    ARRAY(sides, 2, side, uint8, SIDE_BUY, SIDE_BUY, SIDE_SELL);
    ARRAY(moves, 2, move, int16, MOVE_DOWN, MOVE_UP, MOVE_FLAT);
}

RICH_TEST(ArraysThatCannotBeStored)
{
    const side sides[2] = {SIDE_BUY, static_cast<side>(3)};
    EXPECT_EQ(SET(sides)(store, 1, sides), MMF_ERR_ENUM);
    EXPECT_EQ(SET(tags)(store, 1, sides), MMF_ERR_ENUM);
    EXPECT_EQ(SET(sides_at)(store, 1, 0, static_cast<side>(0)), MMF_ERR_ENUM);
    const int64_t fees[2] = {1, 10000};
    EXPECT_EQ(SET(fees)(store, 1, fees), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(costs)(store, 1, fees), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(fees_at)(store, 1, 0, -10000), MMF_ERR_ARGUMENT);
    level bids[3] = {};
    bids[2].price = INT64_MAX;
    EXPECT_EQ(SET(bids)(store, 1, bids), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(bids_at)(store, 1, 0, &bids[2]), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(bids_price_at)(store, 1, 0, INT64_MAX), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(best)(store, 1, &bids[2]), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(level)(store, 1, &bids[2]), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(best_price)(store, 1, INT64_MIN), MMF_ERR_ARGUMENT);
    note notes[2];
    note_init(&notes[0]); // its kinds are 0, which is no member
    note_init(&notes[1]);
    EXPECT_EQ(SET(notes)(store, 1, notes), MMF_ERR_ENUM);
    EXPECT_EQ(SET(note)(store, 1, notes), MMF_ERR_ENUM);
    EXPECT_EQ(SET(spare)(store, 1, notes), MMF_ERR_ENUM);
    notes[0].text_length = 13;
    EXPECT_EQ(SET(note)(store, 1, notes), MMF_ERR_TOO_LONG);
    EXPECT_EQ(SET(notes_kinds_at)(store, 1, 0, 0, static_cast<side>(3)), MMF_ERR_ENUM);
    EXPECT_EQ(SET(note_move)(store, 1, static_cast<move>(3)), MMF_ERR_ENUM);
    EXPECT_EQ(SET(note_text)(store, 1, "0123456789abc", 13), MMF_ERR_TOO_LONG);
    EXPECT_EQ(SET(notes_blob_at)(store, 1, 1, notes[0].raw, 5), MMF_ERR_TOO_LONG);
}

inline note OF(_a_note)(const char *text)
{
    note out;
    note_init(&out);
    EXPECT_EQ(note_set_text(&out, text), MMF_OK);
    const uint8_t raw[] = {9, 8, 7};
    EXPECT_EQ(note_set_raw(&out, raw, 3), MMF_OK);
    out.raw_is_null = false;
    EXPECT_EQ(note_set_blob(&out, raw, 2), MMF_OK);
    out.by.price = 123;
    out.by.orders = 4;
    out.by.orders_is_null = false;
    out.kinds[0] = out.kinds[2] = SIDE_SELL;
    out.kinds[1] = SIDE_BUY;
    out.on = 5;
    out.on_is_null = false;
    return out;
}

RICH_TEST(ArraysOfStructs)
{
    level bids[3] = {};
    for (uint32_t i = 0; i < 3; i++) {
        bids[i].price = 100 + i;
        bids[i].size = i;
        bids[i].orders_is_null = i != 1;
        bids[i].orders = i == 1 ? 65535 : 0;
        expected.bids[i] = bids[i];
    }
    EXPECT_EQ(SET(bids)(store, 1, bids), MMF_OK);
    level found[3];
    EXPECT_EQ(GET(bids)(store, 1, found), MMF_OK);
    EXPECT_EQ(found[1].orders, 65535);
    EXPECT_TRUE(found[2].orders_is_null);
    EXPECT_EQ(found[2].price, 102);
    EXPECT_EQ(SET(bids)(store, 1, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(GET(bids)(store, 3, found), MMF_ERR_RANGE);
    EXPECT_EQ(found[0].price, 0);
    expect_stored();
    level changed = {};
    changed.price = -1;
    changed.size = 9;
    changed.orders_is_null = true;
    EXPECT_EQ(SET(bids_at)(store, 1, 2, &changed), MMF_OK);
    expected.bids[2] = changed;
    EXPECT_EQ(GET(bids_at)(store, 1, 2, &changed), MMF_OK);
    EXPECT_EQ(changed.price, -1);
    EXPECT_EQ(SET(bids_at)(store, 1, 3, &changed), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(bids_at)(store, 1, 0, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(GET(bids_at)(store, 1, 0, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(GET(bids_at)(store, 1, 3, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(GET(bids_at)(store, 1, 3, &changed), MMF_ERR_ARGUMENT);
    EXPECT_EQ(changed.price, 0);
    EXPECT_EQ(GET(bids_at)(store, 3, 0, &changed), MMF_ERR_RANGE);
    expect_stored();
    ELEMENT(bids_price, 1, 3, int64_t, int64, 999999999999999999);
    expected.bids[1].price = 999999999999999999;
    ELEMENT(bids_size, 0, 3, uint32_t, uint32, UINT32_MAX);
    expected.bids[0].size = UINT32_MAX;
    expect_stored();
}

RICH_TEST(StructsWithinStructs)
{
    const note notes[2] = {OF(_a_note)("one"), OF(_a_note)("twelve bytes")};
    EXPECT_EQ(SET(notes)(store, 1, notes), MMF_OK);
    EXPECT_EQ(SET(note)(store, 1, &notes[1]), MMF_OK);
    for (int i = 0; i < 2; i++)
        expected.notes[i] = notes[i];
    expected.note = notes[1];
    expect_stored();
    note found;
    EXPECT_EQ(GET(note)(store, 1, &found), MMF_OK);
    EXPECT_STREQ(found.text, "twelve bytes");
    EXPECT_EQ(found.kinds[1], SIDE_BUY);
    EXPECT_EQ(found.by.orders, 4);
    EXPECT_EQ(GET(note)(store, 1, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(note)(store, 1, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(GET(note)(store, 3, &found), MMF_ERR_RANGE);
    EXPECT_EQ(found.text_length, 0u);
    ELEMENT(notes_by_price, 1, 2, int64_t, int64, -7);
    expected.notes[1].by.price = -7;
    ELEMENT(notes_move, 0, 2, move, int16, MOVE_UP);
    expected.notes[0].move = MOVE_UP;
    ELEMENT(note_kinds, 2, 3, side, uint8, SIDE_BUY);
    expected.note.kinds[2] = SIDE_BUY;
    expect_stored();
    // Two arrays on the way: either index may be wrong.
    side kind = SIDE_BUY;
    EXPECT_EQ(SET(notes_kinds_at)(store, 1, 1, 2, SIDE_BUY), MMF_OK);
    expected.notes[1].kinds[2] = SIDE_BUY;
    EXPECT_EQ(GET(notes_kinds_at)(store, 1, 1, 0, &kind), MMF_OK);
    EXPECT_EQ(kind, SIDE_SELL);
    EXPECT_EQ(ROWS(notes_kinds_at)(rows, 1, 1, 2), SIDE_BUY);
    mmf_column_uint8 kinds = {};
    EXPECT_EQ(COLUMN(notes_kinds_at)(store, 0, 2, 0, MMF_TO_END, &kinds), MMF_OK);
    EXPECT_EQ(mmf_column_uint8_at(kinds, 1), SIDE_SELL);
    for (const size_t wrong : {size_t(3), SIZE_MAX}) {
        EXPECT_EQ(GET(notes_kinds_at)(store, 1, wrong, 0, &kind), MMF_ERR_ARGUMENT);
        EXPECT_EQ(kind, static_cast<side>(0));
        EXPECT_EQ(GET(notes_kinds_at)(store, 1, 0, wrong, &kind), MMF_ERR_ARGUMENT);
        EXPECT_EQ(SET(notes_kinds_at)(store, 1, wrong, 0, SIDE_BUY), MMF_ERR_ARGUMENT);
        EXPECT_EQ(SET(notes_kinds_at)(store, 1, 0, wrong, SIDE_BUY), MMF_ERR_ARGUMENT);
        EXPECT_EQ(COLUMN(notes_kinds_at)(store, wrong, 0, 0, 1, &kinds), MMF_ERR_ARGUMENT);
        EXPECT_EQ(COLUMN(notes_kinds_at)(store, 0, wrong, 0, 1, &kinds), MMF_ERR_ARGUMENT);
    }
    // Texts within structs.
    char buffer[16];
    size_t length = 9;
    EXPECT_EQ(SET(notes_text_at)(store, 1, 0, "changed", 7), MMF_OK);
    EXPECT_EQ(note_set_text(&expected.notes[0], "changed"), MMF_OK);
    EXPECT_EQ(SET(note_text)(store, 1, nullptr, 0), MMF_OK);
    EXPECT_EQ(note_set_text(&expected.note, ""), MMF_OK);
    EXPECT_EQ(GET(notes_text_at)(store, 1, 0, buffer, sizeof buffer, &length), MMF_OK);
    EXPECT_STREQ(buffer, "changed");
    EXPECT_EQ(length, 7u);
    EXPECT_EQ(GET(notes_text_at)(store, 1, 2, buffer, sizeof buffer, &length), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(notes_text_at)(store, 1, 2, "x", 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(GET(note_text)(store, 1, buffer, sizeof buffer, nullptr), MMF_OK);
    EXPECT_STREQ(buffer, "");
    EXPECT_EQ(ROWS(notes_text_at)(rows, 1, 0).length, 7u);
    EXPECT_EQ(ROWS(note_text)(rows, 1).length, 0u);
    const uint8_t data[] = {1, 2, 3, 4};
    uint8_t bytes[4] = {};
    EXPECT_EQ(SET(note_blob)(store, 1, data, 4), MMF_OK);
    EXPECT_EQ(note_set_blob(&expected.note, data, 4), MMF_OK);
    EXPECT_EQ(GET(note_blob)(store, 1, bytes, 4, &length), MMF_OK);
    EXPECT_EQ(bytes[3], 4);
    EXPECT_EQ(ROWS(notes_blob_at)(rows, 1, 1).length, 2u);
    expect_stored();
}

RICH_TEST(MembersOfAStruct)
{
    level best = {};
    best.price = 5;
    best.size = 6;
    best.orders = 7;
    EXPECT_EQ(SET(best)(store, 1, &best), MMF_OK);
    expected.best = best;
    expect_stored();
    int64_t price = 0;
    uint32_t size = 0;
    EXPECT_EQ(SET(best_price)(store, 1, -8), MMF_OK);
    EXPECT_EQ(SET(best_size)(store, 1, 9), MMF_OK);
    expected.best.price = -8;
    expected.best.size = 9;
    EXPECT_EQ(GET(best_price)(store, 1, &price), MMF_OK);
    EXPECT_EQ(price, -8);
    EXPECT_EQ(GET(best_size)(store, 1, &size), MMF_OK);
    EXPECT_EQ(size, 9u);
    EXPECT_EQ(ROWS(best_price)(rows, 1), -8);
    mmf_column_uint32 sizes = {};
    EXPECT_EQ(COLUMN(best_size)(store, 0, 3, &sizes), MMF_OK);
    EXPECT_EQ(mmf_column_uint32_at(sizes, 0), 7u);
    EXPECT_EQ(mmf_column_uint32_at(sizes, 1), 9u);
    EXPECT_EQ(GET(best_price)(store, 1, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(GET(best_price)(store, 3, &price), MMF_ERR_RANGE);
    EXPECT_EQ(GET(best)(store, 3, &best), MMF_ERR_RANGE);
    EXPECT_EQ(best.price, 0);
}

// Whether a field of row 1 is null, in every way that says so.
#define EXPECT_NULL(field, is_null)                                                                \
    {                                                                                              \
        bool has = is_null;                                                                        \
        EXPECT_EQ(HAS(field)(store, 1, &has), MMF_OK) << #field;                                   \
        EXPECT_EQ(has, !is_null) << #field;                                                        \
        EXPECT_EQ(IS_NULL(field)(rows, 1), is_null) << #field;                                     \
        EXPECT_EQ(HAS(field)(store, 1, nullptr), MMF_ERR_ARGUMENT);                                \
        EXPECT_EQ(HAS(field)(store, 3, &has), MMF_ERR_RANGE);                                      \
        EXPECT_FALSE(has);                                                                         \
    }

#define NULLABLE(field, c_type, column_type, new_value)                                            \
    {                                                                                              \
        SCOPED_TRACE(#field);                                                                      \
        const c_type value = new_value;                                                            \
        c_type found = value;                                                                      \
        mmf_column_##column_type column = {};                                                      \
        mmf_column_valid valid = {};                                                               \
        EXPECT_EQ(CLEAR(field)(store, 1), MMF_OK);                                                 \
        expected.field##_is_null = true;                                                           \
        EXPECT_NULL(field, true)                                                                   \
        EXPECT_EQ(GET(field)(store, 1, &found), MMF_ERR_NULL);                                     \
        EXPECT_EQ(found, c_type());                                                                \
        EXPECT_EQ(ROWS(field)(rows, 1), c_type());                                                 \
        expect_stored();                                                                           \
        EXPECT_EQ(SET(field)(store, 1, value), MMF_OK);                                            \
        expected.field = value;                                                                    \
        expected.field##_is_null = false;                                                          \
        EXPECT_NULL(field, false)                                                                  \
        EXPECT_EQ(GET(field)(store, 1, &found), MMF_OK);                                           \
        EXPECT_EQ(found, value);                                                                   \
        EXPECT_EQ(ROWS(field)(rows, 1), value);                                                    \
        EXPECT_EQ(COLUMN(field)(store, 1, MMF_TO_END, &column, &valid), MMF_OK);                   \
        EXPECT_EQ(column.count, 2u);                                                               \
        EXPECT_EQ(static_cast<c_type>(mmf_column_##column_type##_at(column, 0)), value);           \
        EXPECT_TRUE(mmf_column_valid_at(valid, 0));                                                \
        EXPECT_EQ(mmf_column_valid_at(valid, 1), !IS_NULL(field)(rows, 2));                        \
        EXPECT_EQ(COLUMN(field)(store, 1, 2, nullptr, &valid), MMF_ERR_ARGUMENT);                  \
        EXPECT_EQ(COLUMN(field)(store, 1, 2, &column, nullptr), MMF_ERR_ARGUMENT);                 \
        EXPECT_EQ(COLUMN(field)(store, 4, 1, &column, &valid), MMF_ERR_RANGE);                     \
        EXPECT_EQ(GET(field)(store, 1, nullptr), MMF_ERR_ARGUMENT);                                \
        EXPECT_EQ(GET(field)(store, 3, &found), MMF_ERR_RANGE);                                    \
        EXPECT_EQ(SET(field)(store, 3, value), MMF_ERR_RANGE);                                     \
        EXPECT_EQ(CLEAR(field)(store, 3), MMF_ERR_RANGE);                                          \
        EXPECT_EQ(CLEAR(field)(nullptr, 1), MMF_ERR_ARGUMENT);                                     \
        expect_stored();                                                                           \
    }

RICH_TEST(ValuesThatMayBeNull)
{
    NULLABLE(maybe, bool, bool, true);
    NULLABLE(count8, int8_t, int8, -1);
    NULLABLE(fee, int64_t, int64, -9999999999);
    NULLABLE(seen, int64_t, int64, 1700000000);
    NULLABLE(born, int32_t, int32, -1);
    NULLABLE(way, side, uint8, SIDE_SELL);
    NULLABLE(turn, move, int16, MOVE_DOWN);
    NULLABLE(ratio, float, float32, 0.125f);
    NULLABLE(total, uint64_t, uint64, UINT64_MAX);
}

RICH_TEST(TextsThatMayBeNull)
{
    char buffer[9] = "";
    size_t length = 0;
    EXPECT_NULL(memo, true);
    EXPECT_EQ(GET(memo)(store, 1, buffer, sizeof buffer, &length), MMF_ERR_NULL);
    EXPECT_EQ(ROWS(memo)(rows, 1).length, 0u);
    EXPECT_EQ(GET(title)(store, 1, buffer, sizeof buffer, &length), MMF_OK);
    EXPECT_STREQ(buffer, "a%d?");
    EXPECT_EQ(GET(title)(store, 1, buffer, 4, &length), MMF_ERR_TOO_LONG);
    EXPECT_EQ(SET(memo)(store, 1, "12345678", 8), MMF_OK);
    EXPECT_EQ(OF(_record_set_memo)(&expected, "12345678"), MMF_OK);
    expected.memo_is_null = false;
    EXPECT_NULL(memo, false);
    EXPECT_EQ(SET(memo)(store, 1, "123456789", 9), MMF_ERR_TOO_LONG);
    EXPECT_EQ(SET(memo)(store, 1, nullptr, 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(ROWS(memo)(rows, 1).length, 8u);
    EXPECT_EQ(CLEAR(title)(store, 1), MMF_OK);
    expected.title_is_null = true;
    EXPECT_NULL(title, true);
    // An empty text is not null.
    EXPECT_EQ(SET(title)(store, 1, nullptr, 0), MMF_OK);
    expected.title_is_null = false;
    EXPECT_EQ(OF(_record_set_title)(&expected, ""), MMF_OK);
    EXPECT_NULL(title, false);
    expect_stored();
    const uint8_t data[] = {1, 0, 2};
    uint8_t bytes[8] = {};
    EXPECT_EQ(GET(blob)(store, 1, bytes, sizeof bytes, &length), MMF_ERR_NULL);
    EXPECT_EQ(SET(blob)(store, 1, data, 3), MMF_OK);
    EXPECT_EQ(OF(_record_set_blob)(&expected, data, 3), MMF_OK);
    expected.blob_is_null = false;
    EXPECT_EQ(GET(blob)(store, 1, bytes, sizeof bytes, &length), MMF_OK);
    EXPECT_EQ(length, 3u);
    EXPECT_EQ(ROWS(blob)(rows, 1).data[2], 2);
    EXPECT_NULL(blob, false);
}

RICH_TEST(StructsAndArraysThatMayBeNull)
{
    level found = {};
    found.price = 1;
    EXPECT_NULL(level, true);
    EXPECT_EQ(GET(level)(store, 1, &found), MMF_ERR_NULL);
    EXPECT_EQ(found.price, 0);
    found.price = 3;
    found.orders = 4;
    EXPECT_EQ(SET(level)(store, 1, &found), MMF_OK);
    expected.level = found;
    expected.level_is_null = false;
    EXPECT_NULL(level, false);
    expect_stored();
    int8_t nums[3] = {1, 2, 3};
    EXPECT_EQ(GET(nums)(store, 1, nums), MMF_ERR_NULL);
    EXPECT_EQ(nums[2], 0);
    for (int8_t i = 0; i < 3; i++)
        expected.nums[i] = nums[i] = static_cast<int8_t>(i - 1);
    EXPECT_EQ(SET(nums)(store, 1, nums), MMF_OK);
    expected.nums_is_null = false;
    EXPECT_NULL(nums, false);
    const side tags[2] = {SIDE_SELL, SIDE_BUY};
    EXPECT_EQ(SET(tags)(store, 1, tags), MMF_OK);
    expected.tags[0] = SIDE_SELL;
    expected.tags[1] = SIDE_BUY;
    expected.tags_is_null = false;
    EXPECT_NULL(tags, false);
    const int64_t costs[2] = {-9999, 9999};
    EXPECT_EQ(SET(costs)(store, 1, costs), MMF_OK);
    expected.costs[0] = -9999;
    expected.costs[1] = 9999;
    expected.costs_is_null = false;
    const note notes[2] = {OF(_a_note)("a"), OF(_a_note)("b")};
    note spare[2];
    EXPECT_EQ(GET(spare)(store, 1, spare), MMF_ERR_NULL);
    EXPECT_EQ(SET(spare)(store, 1, notes), MMF_OK);
    EXPECT_EQ(GET(spare)(store, 1, spare), MMF_OK);
    EXPECT_STREQ(spare[1].text, "b");
    expected.spare[0] = notes[0];
    expected.spare[1] = notes[1];
    expected.spare_is_null = false;
    expect_stored();
    EXPECT_EQ(CLEAR(spare)(store, 1), MMF_OK);
    EXPECT_EQ(CLEAR(nums)(store, 1), MMF_OK);
    EXPECT_EQ(CLEAR(tags)(store, 1), MMF_OK);
    EXPECT_EQ(CLEAR(level)(store, 1), MMF_OK);
    EXPECT_EQ(CLEAR(costs)(store, 1), MMF_OK);
    expected.spare_is_null = expected.nums_is_null = expected.tags_is_null = true;
    expected.level_is_null = expected.costs_is_null = true;
    EXPECT_NULL(spare, true);
    EXPECT_EQ(SET(spare)(store, 1, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(SET(level)(store, 1, nullptr), MMF_ERR_ARGUMENT);
}

#undef PASTE2
#undef PASTE
#undef OF
#undef MACRO
#undef RECORD
#undef GET
#undef SET
#undef COLUMN
#undef ROWS
#undef HAS
#undef CLEAR
#undef IS_NULL
#undef RICH_TEST
#undef ONE
#undef ELEMENT
#undef ARRAY
#undef EXPECT_NULL
#undef NULLABLE
#undef C
#undef M
#undef S
#undef VERIFIED
