// A program of one version of a schema and files of another: read, followed and written by names.
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "new_book_store.h"
#include "newest_book_store.h"
#include "old_book_store.h"
#include "tests/support/file_fixture.h"

namespace {

class EvolutionTest : public FileTest {
protected:
    void SetUp() override
    {
        FileTest::SetUp();
        path = In("book.mmf");
    }

    static mmf_options writing()
    {
        mmf_options options = MMF_OPTIONS_INIT;
        options.mode = MMF_READ_WRITE;
        return options;
    }

    static book_record old_record(uint32_t i)
    {
        book_record record = {};
        record.id = 100 + i;
        EXPECT_EQ(book_record_set_symbol(&record, "SYM"), MMF_OK);
        record.at = -5 - static_cast<int64_t>(i);
        record.side = i % 2 == 0 ? SIDE_BUY : SIDE_SELL;
        for (uint32_t k = 0; k < BOOK_BIDS_COUNT; k++) {
            record.bids[k].price = 1000 * i + k;
            record.bids[k].size = static_cast<uint16_t>(i + k);
        }
        record.mid = 0.5F + static_cast<float>(i);
        EXPECT_EQ(book_record_set_note(&record, i == 3 ? "" : "hello"), MMF_OK);
        record.flags[1] = true;
        record.gone = static_cast<int16_t>(-static_cast<int>(i));
        return record;
    }

    // A file of version 1 with ten records, and its writer.
    book_store *write_old()
    {
        book_store *store = nullptr;
        EXPECT_EQ(book_store_create(path.c_str(), nullptr, &store, &error), MMF_OK)
            << error.message;
        for (uint32_t i = 0; i < 10; i++) {
            const book_record record = old_record(i);
            EXPECT_EQ(book_store_append(store, &record, nullptr), MMF_OK);
        }
        return store;
    }

    new_book_store *open_new(bool to_write)
    {
        const mmf_options options = writing();
        new_book_store *store = nullptr;
        EXPECT_EQ(new_book_store_open(path.c_str(), to_write ? &options : nullptr, &store, &error),
                  MMF_OK)
            << error.message;
        return store;
    }

    std::string path;
};

// ---- Reading an older file ----

TEST_F(EvolutionTest, ANewerProgramReadsWholeRecords)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(new_book_store_count(store), 10u);
    for (uint32_t i = 0; i < 10; i++) {
        new_book_record record;
        ASSERT_EQ(new_book_store_get(store, i, &record), MMF_OK);
        EXPECT_EQ(record.key, 100u + i);                                   // was id, uint32
        EXPECT_EQ(record.at, -5 - static_cast<int64_t>(i));                // the same
        EXPECT_EQ(record.side, i % 2 == 0 ? NEW_SIDE_BUY : NEW_SIDE_SELL); // uint8, now uint16
        EXPECT_STREQ(record.symbol, "SYM"); // string[8], now string[16]
        EXPECT_EQ(record.symbol_length, 3u);
        EXPECT_FALSE(record.note_is_null); // now nullable
        EXPECT_STREQ(record.note, i == 3 ? "" : "hello");
        EXPECT_EQ(record.mid, 0.5 + i);                // float32, now float64
        EXPECT_EQ(record.bids[2].price, 1000 * i + 2); // decimal(10,4), now decimal(18,4)
        EXPECT_EQ(record.bids[1].size, i + 1u);        // uint16, now uint32
        EXPECT_EQ(record.bids[0].orders, 5u);          // a member that is new, by its default
        EXPECT_TRUE(record.bids[0].why_is_null);       // and one that is null
        EXPECT_FALSE(record.fee_is_null);
        EXPECT_EQ(record.fee, 125); // 1.25 of decimal(10,2)
        EXPECT_EQ(record.rate, 2.5e-3);
        EXPECT_STREQ(record.venue, "XNYS");
        EXPECT_EQ(record.tags[3], 0u);                    // @since, without a default
        EXPECT_EQ(record.gone, -static_cast<int64_t>(i)); // the file's, not the default
        EXPECT_TRUE(record.flags[1]);
        EXPECT_FALSE(record.flags[0]);
    }
    new_book_record record;
    std::memset(&record, 1, sizeof record);
    EXPECT_EQ(new_book_store_get(store, 10, &record), MMF_ERR_RANGE);
    EXPECT_EQ(record.key, 0u);
    EXPECT_EQ(new_book_store_get(store, 0, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
}

TEST_F(EvolutionTest, ANewerProgramReadsSingleValues)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    uint64_t key = 0;
    EXPECT_EQ(new_book_store_get_key(store, 4, &key), MMF_OK);
    EXPECT_EQ(key, 104u);
    double mid = 0;
    EXPECT_EQ(new_book_store_get_mid(store, 4, &mid), MMF_OK);
    EXPECT_EQ(mid, 4.5);
    int64_t gone = 0;
    EXPECT_EQ(new_book_store_get_gone(store, 4, &gone), MMF_OK);
    EXPECT_EQ(gone, -4); // a sign that is extended
    int64_t price = 0;
    EXPECT_EQ(new_book_store_get_bids_price_at(store, 4, 2, &price), MMF_OK);
    EXPECT_EQ(price, 4002);
    uint16_t orders = 0;
    EXPECT_EQ(new_book_store_get_bids_orders_at(store, 4, 2, &orders), MMF_OK);
    EXPECT_EQ(orders, 5u);
    enum new_side side = NEW_SIDE_CROSS;
    EXPECT_EQ(new_book_store_get_side(store, 5, &side), MMF_OK);
    EXPECT_EQ(side, NEW_SIDE_SELL);
    bool has = false;
    EXPECT_EQ(new_book_store_has_fee(store, 4, &has), MMF_OK);
    EXPECT_TRUE(has);
    EXPECT_EQ(new_book_store_has_note(store, 4, &has), MMF_OK);
    EXPECT_TRUE(has);
    int64_t fee = 0;
    EXPECT_EQ(new_book_store_get_fee(store, 4, &fee), MMF_OK);
    EXPECT_EQ(fee, 125);
    new_level level;
    EXPECT_EQ(new_book_store_get_bids_at(store, 4, 1, &level), MMF_OK);
    EXPECT_EQ(level.price, 4001);
    EXPECT_EQ(level.orders, 5u);
    bool flags[NEW_BOOK_FLAGS_COUNT];
    EXPECT_EQ(new_book_store_get_flags(store, 4, flags), MMF_OK);
    EXPECT_TRUE(flags[1]);
    double rate = 0;
    EXPECT_EQ(new_book_store_get_rate(store, 10, &rate), MMF_ERR_RANGE);
    EXPECT_EQ(new_book_store_get_rate(nullptr, 0, &rate), MMF_ERR_ARGUMENT);
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
    EXPECT_EQ(new_book_store_get_rate(store, 0, &rate), MMF_ERR_CLOSED);
}

TEST_F(EvolutionTest, ANewerProgramReadsTexts)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    char text[64];
    size_t length = 99;
    EXPECT_EQ(new_book_store_get_symbol(store, 4, text, sizeof text, &length), MMF_OK);
    EXPECT_STREQ(text, "SYM");
    EXPECT_EQ(length, 3u);
    EXPECT_EQ(new_book_store_get_symbol(store, 4, text, 3, &length), MMF_ERR_TOO_LONG);
    EXPECT_EQ(new_book_store_get_venue(store, 4, text, sizeof text, &length), MMF_OK);
    EXPECT_STREQ(text, "XNYS"); // the default of a field that the file lacks
    EXPECT_EQ(new_book_store_get_note(store, 3, text, sizeof text, &length), MMF_OK);
    EXPECT_EQ(length, 0u);
    mmf_str view = {nullptr, 0};
    EXPECT_EQ(new_book_store_view_symbol(store, 4, &view), MMF_OK);
    EXPECT_EQ(std::string(view.data, view.length), "SYM");
    EXPECT_EQ(new_book_store_view_venue(store, 4, &view), MMF_OK);
    EXPECT_EQ(std::string(view.data, view.length), "XNYS");
    EXPECT_EQ(new_book_store_view_venue(store, 10, &view), MMF_ERR_RANGE);
    EXPECT_EQ(view.data, nullptr);
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
}

TEST_F(EvolutionTest, ColumnsLieInTheFileWhereTheTypeIsTheSame)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    mmf_column_int64 at;
    ASSERT_EQ(new_book_store_column_at(store, 2, MMF_TO_END, &at), MMF_OK);
    ASSERT_EQ(at.count, 8u);
    EXPECT_EQ(mmf_column_int64_at(at, 7), -14);
    mmf_column_float64 mid;
    EXPECT_EQ(new_book_store_column_mid(store, 0, MMF_TO_END, &mid), MMF_ERR_UNSUPPORTED);
    EXPECT_EQ(mid.data, nullptr);
    EXPECT_EQ(mid.count, 0u);
    EXPECT_EQ(new_book_store_column_rate(store, 0, MMF_TO_END, &mid), MMF_ERR_UNSUPPORTED);
    EXPECT_EQ(new_book_store_column_at(store, 3, 8, &at), MMF_ERR_RANGE);
    new_book_rows rows;
    EXPECT_EQ(new_book_store_rows(store, 0, MMF_TO_END, &rows), MMF_ERR_UNSUPPORTED);
    (void)mmf_store_explain(new_book_store_base(store), MMF_ERR_UNSUPPORTED, 0, nullptr, &error);
    EXPECT_NE(std::strstr(error.message, "another version of the schema"), nullptr)
        << error.message;
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
}

TEST_F(EvolutionTest, CallsBySchemaHaveTheProgramsSchema)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    const mmf_store *base = new_book_store_base(store);
    EXPECT_EQ(mmf_store_schema(base)->version, 2u);
    EXPECT_EQ(mmf_store_file_schema(base)->version, 1u);
    mmf_place place;
    ASSERT_EQ(mmf_schema_locate(mmf_store_schema(base), "bids[2].size", &place, &error), MMF_OK);
    mmf_value value;
    EXPECT_EQ(mmf_store_get_place(base, 4, &place, nullptr, 0, &value), MMF_OK);
    EXPECT_EQ(value.as.natural, 6u);
    EXPECT_EQ(value.type, MMF_TYPE_UINT32);
    ASSERT_EQ(mmf_schema_locate(mmf_store_schema(base), "bids[2].why", &place, &error), MMF_OK);
    char text[16];
    EXPECT_EQ(mmf_store_get_place(base, 4, &place, text, sizeof text, &value), MMF_ERR_NULL);
    const size_t size = mmf_store_schema(base)->record_size;
    std::vector<unsigned char> rows(10 * size + 1);
    uint64_t copied = 0;
    // Not aligned: the caller's buffer may be any.
    ASSERT_EQ(mmf_store_copy_rows(base, 0, 10, rows.data() + 1, 10 * size, &copied), MMF_OK);
    EXPECT_EQ(copied, 10u);
    new_book_record record;
    std::vector<uint64_t> aligned(size / 8);
    std::memcpy(aligned.data(), rows.data() + 1 + 7 * size, size);
    new_book_record_load(reinterpret_cast<unsigned char *>(aligned.data()), &record);
    EXPECT_EQ(record.key, 107u);
    EXPECT_EQ(record.rate, 2.5e-3);
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
}

TEST_F(EvolutionTest, AnOlderWriterIsFollowed)
{
    book_store *old = write_old();
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    uint64_t sequence = 0;
    ASSERT_EQ(new_book_store_read_begin(store, 2, &sequence), MMF_OK);
    EXPECT_NE(sequence, 0u);
    EXPECT_FALSE(new_book_store_read_retry(store, 2, sequence));
    ASSERT_EQ(book_store_set_id(old, 2, 4000000000U), MMF_OK);
    EXPECT_TRUE(new_book_store_read_retry(store, 2, sequence));
    uint64_t key = 0;
    EXPECT_EQ(new_book_store_get_key(store, 2, &key), MMF_OK);
    EXPECT_EQ(key, 4000000000U);
    const book_record record = old_record(10);
    ASSERT_EQ(book_store_append(old, &record, nullptr), MMF_OK);
    EXPECT_EQ(new_book_store_count(store), 11u);
    EXPECT_EQ(mmf_store_wait(new_book_store_base(store), 10, 0), MMF_OK);
    EXPECT_EQ(new_book_store_get_key(store, 10, &key), MMF_OK);
    EXPECT_EQ(key, 110u);
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
    EXPECT_EQ(book_store_close(old), MMF_OK);
}

// Each record of the writer has the same number in all fields: a mixture would show.
TEST_F(EvolutionTest, ARecordThatIsReplacedMeanwhileIsOfOneMoment)
{
    book_store *old = write_old();
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    std::thread writer([old] {
        for (uint32_t i = 0; i < 20000; i++) {
            book_record record = {};
            record.id = i;
            record.at = i;
            record.side = SIDE_BUY;
            for (level &bid : record.bids)
                bid.price = i;
            record.mid = static_cast<float>(i);
            ASSERT_EQ(book_store_set(old, 0, &record), MMF_OK);
        }
    });
    uint64_t seen = 0;
    while (seen < 19999) {
        new_book_record record;
        const mmf_status status = new_book_store_get(store, 0, &record);
        if (status == MMF_ERR_BUSY)
            continue;
        ASSERT_EQ(status, MMF_OK);
        if (record.key == 100 && record.at == -5)
            continue; // as it was written first
        const auto number = static_cast<int64_t>(record.key);
        ASSERT_EQ(record.at, number);
        ASSERT_EQ(record.bids[0].price, number);
        ASSERT_EQ(record.bids[2].price, number);
        ASSERT_EQ(record.mid, static_cast<double>(number));
        ASSERT_GE(record.key, seen);
        seen = record.key;
    }
    writer.join();
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
    EXPECT_EQ(book_store_close(old), MMF_OK);
}

// ---- Writing an older file ----

TEST_F(EvolutionTest, ANewerProgramWritesAFileOfWhichItKnowsAllFields)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(true);
    ASSERT_NE(store, nullptr);
    new_book_record record;
    new_book_record_init(&record);
    record.key = 77;
    record.gone = -3;
    record.mid = 0.25;
    record.bids[1].size = 65535;
    record.note_is_null = false;
    ASSERT_EQ(new_book_record_set_symbol(&record, "NEW"), MMF_OK);
    uint64_t row = 99;
    ASSERT_EQ(new_book_store_append(store, &record, &row), MMF_OK);
    EXPECT_EQ(row, 10u);
    ASSERT_EQ(new_book_store_set(store, 0, &record), MMF_OK);
    EXPECT_EQ(new_book_store_set_key(store, 1, 5), MMF_OK);
    EXPECT_EQ(new_book_store_set_symbol(store, 1, "ABCDEFGH", 8), MMF_OK);
    EXPECT_EQ(new_book_store_set_bids_price_at(store, 1, 2, 123), MMF_OK);
    new_level bid;
    new_level_init(&bid);
    bid.size = 9;
    bid.price = 10;
    EXPECT_EQ(new_book_store_set_bids_at(store, 1, 0, &bid), MMF_OK);
    const bool flags[] = {true, true, false};
    EXPECT_EQ(new_book_store_set_flags(store, 1, flags), MMF_OK);
    EXPECT_EQ(new_book_store_set_note(store, 1, "x", 1), MMF_OK);
    EXPECT_EQ(new_book_store_sync(store, &error), MMF_OK);
    EXPECT_EQ(new_book_store_close(store), MMF_OK);

    book_store *old = nullptr;
    ASSERT_EQ(book_store_open(path.c_str(), nullptr, &old, &error), MMF_OK) << error.message;
    book_record read;
    EXPECT_EQ(book_store_count(old), 11u);
    for (const uint64_t written : {UINT64_C(0), UINT64_C(10)}) {
        ASSERT_EQ(book_store_get(old, written, &read), MMF_OK);
        EXPECT_EQ(read.id, 77u);
        EXPECT_EQ(read.gone, -3);
        EXPECT_EQ(read.mid, 0.25F);
        EXPECT_EQ(read.bids[1].size, 65535u);
        EXPECT_EQ(read.side, SIDE_BUY);
        EXPECT_STREQ(read.symbol, "NEW");
    }
    ASSERT_EQ(book_store_get(old, 1, &read), MMF_OK);
    EXPECT_EQ(read.id, 5u);
    EXPECT_STREQ(read.symbol, "ABCDEFGH");
    EXPECT_EQ(read.bids[2].price, 123);
    EXPECT_EQ(read.bids[2].size, 3u); // beside it, as it was
    EXPECT_EQ(read.bids[0].size, 9u);
    EXPECT_EQ(read.bids[0].price, 10);
    EXPECT_TRUE(read.flags[0]);
    EXPECT_TRUE(read.flags[1]);
    EXPECT_STREQ(read.note, "x");
    EXPECT_EQ(read.at, -6); // was not set
    EXPECT_EQ(book_store_close(old), MMF_OK);
}

TEST_F(EvolutionTest, WhatTheOlderFileHasNoRoomForIsRefused)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(true);
    ASSERT_NE(store, nullptr);
    new_book_record good;
    new_book_record_init(&good);
    good.note_is_null = false;
    const auto append = [&](const auto &change) {
        new_book_record record = good;
        change(&record);
        uint64_t row = 99;
        const mmf_status status = new_book_store_append(store, &record, &row);
        EXPECT_EQ(row, status == MMF_OK ? 10u : 0u);
        return status;
    };
    EXPECT_EQ(append([](new_book_record *r) { r->key = UINT64_C(1) << 32; }), MMF_ERR_TOO_LONG);
    EXPECT_EQ(append([](new_book_record *r) { r->gone = 32768; }), MMF_ERR_TOO_LONG);
    EXPECT_EQ(append([](new_book_record *r) { r->gone = -32769; }), MMF_ERR_TOO_LONG);
    EXPECT_EQ(append([](new_book_record *r) { r->mid = 0.1; }), MMF_ERR_TOO_LONG);
    EXPECT_EQ(append([](new_book_record *r) { r->side = NEW_SIDE_CROSS; }), MMF_ERR_TOO_LONG);
    EXPECT_EQ(append([](new_book_record *r) { r->bids[2].price = 10000000000; }), MMF_ERR_ARGUMENT);
    EXPECT_EQ(append([](new_book_record *r) { (void)new_book_record_set_symbol(r, "ABCDEFGHI"); }),
              MMF_ERR_TOO_LONG);
    // What the file has no field for.
    EXPECT_EQ(append([](new_book_record *r) { r->note_is_null = true; }), MMF_ERR_SCHEMA);
    EXPECT_EQ(append([](new_book_record *r) { r->rate = 1; }), MMF_ERR_SCHEMA);
    EXPECT_EQ(append([](new_book_record *r) { r->bids[1].orders = 6; }), MMF_ERR_SCHEMA);
    EXPECT_EQ(append([](new_book_record *r) { r->bids[1].why_is_null = false; }), MMF_ERR_SCHEMA);
    EXPECT_EQ(append([](new_book_record *r) { r->fee_is_null = true; }), MMF_ERR_SCHEMA);
    EXPECT_EQ(new_book_store_count(store), 10u);

    EXPECT_EQ(new_book_store_set_key(store, 1, UINT64_C(1) << 40), MMF_ERR_TOO_LONG);
    EXPECT_EQ(new_book_store_set_symbol(store, 1, "ABCDEFGHI", 9), MMF_ERR_TOO_LONG);
    EXPECT_EQ(new_book_store_set_bids_price_at(store, 1, 2, 10000000000), MMF_ERR_ARGUMENT);
    EXPECT_EQ(new_book_store_set_bids_orders_at(store, 1, 2, 5), MMF_OK); // what is read there
    EXPECT_EQ(new_book_store_set_bids_orders_at(store, 1, 2, 6), MMF_ERR_SCHEMA);
    EXPECT_EQ(new_book_store_set_fee(store, 1, 125), MMF_OK);
    EXPECT_EQ(new_book_store_set_fee(store, 1, 126), MMF_ERR_SCHEMA);
    EXPECT_EQ(new_book_store_clear_fee(store, 1), MMF_ERR_SCHEMA);
    EXPECT_EQ(new_book_store_clear_note(store, 1), MMF_ERR_SCHEMA);
    EXPECT_EQ(new_book_store_set_key(store, 10, 1), MMF_ERR_RANGE);
    EXPECT_EQ(new_book_store_set_fee(store, 10, 125), MMF_ERR_RANGE);
    EXPECT_EQ(new_book_store_set_bids_orders_at(store, 10, 0, 5), MMF_ERR_RANGE);
    new_book_record read;
    ASSERT_EQ(new_book_store_get(store, 1, &read), MMF_OK);
    EXPECT_EQ(read.key, 101u); // nothing of all that
    EXPECT_STREQ(read.symbol, "SYM");
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
}

TEST_F(EvolutionTest, AReaderMayNotWrite)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    new_book_record record;
    new_book_record_init(&record);
    EXPECT_EQ(new_book_store_append(store, &record, nullptr), MMF_ERR_READ_ONLY);
    EXPECT_EQ(new_book_store_set(store, 0, &record), MMF_ERR_READ_ONLY);
    EXPECT_EQ(new_book_store_set_key(store, 0, 1), MMF_ERR_READ_ONLY);
    EXPECT_EQ(new_book_store_set_symbol(store, 0, "A", 1), MMF_ERR_READ_ONLY);
    EXPECT_EQ(new_book_store_clear_fee(store, 0), MMF_ERR_READ_ONLY);
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
}

// ---- Newer files ----

TEST_F(EvolutionTest, AnOlderProgramReadsANewerFileOfWhichItsFieldsAreAsTheyWere)
{
    newest_book_store *newest = nullptr;
    ASSERT_EQ(newest_book_store_create(path.c_str(), nullptr, &newest, &error), MMF_OK)
        << error.message;
    newest_book_record written;
    newest_book_record_init(&written);
    written.key = UINT64_C(1) << 40;
    written.side = NEWEST_SIDE_AUCTION;
    written.bids[2].size = 7;
    written.bids[2].hidden = true;
    written.venue_time_is_null = false;
    written.venue_time = 5;
    ASSERT_EQ(newest_book_store_append(newest, &written, nullptr), MMF_OK);
    ASSERT_EQ(newest_book_store_close(newest), MMF_OK);

    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    new_book_record record;
    ASSERT_EQ(new_book_store_get(store, 0, &record), MMF_OK);
    EXPECT_EQ(record.key, UINT64_C(1) << 40);
    EXPECT_EQ(record.bids[2].size, 7u);
    EXPECT_TRUE(record.note_is_null);
    EXPECT_EQ(static_cast<int>(record.side), 301); // a member that this program has not
    EXPECT_FALSE(new_side_is_member(record.side));
    EXPECT_EQ(new_book_store_verify(store, 0, MMF_TO_END, nullptr, &error), MMF_OK)
        << error.message;
    EXPECT_EQ(new_book_store_close(store), MMF_OK);

    // To write it, it would have to know what it does not.
    const mmf_options options = writing();
    EXPECT_EQ(new_book_store_open(path.c_str(), &options, &store, &error), MMF_ERR_SCHEMA);
    EXPECT_EQ(store, nullptr);
    EXPECT_NE(std::strstr(error.message, "does not know field 'venue_time'"), nullptr)
        << error.message;
}

TEST_F(EvolutionTest, AnOlderProgramDoesNotReadWhatWasWidened)
{
    new_book_store *newer = nullptr;
    ASSERT_EQ(new_book_store_create(path.c_str(), nullptr, &newer, &error), MMF_OK);
    ASSERT_EQ(new_book_store_close(newer), MMF_OK);
    book_store *store = nullptr;
    EXPECT_EQ(book_store_open(path.c_str(), nullptr, &store, &error), MMF_ERR_SCHEMA);
    EXPECT_EQ(store, nullptr);
    EXPECT_NE(std::strstr(error.message,
                          "the file holds 'Book' version 2, the program expects version 1; field "
                          "'id': the file has 'key: uint64', the program 'uint32': the file's is "
                          "wider"),
              nullptr)
        << error.message;
}

TEST_F(EvolutionTest, ACopyIsOfTheFilesVersion)
{
    ASSERT_EQ(book_store_close(write_old()), MMF_OK);
    new_book_store *store = open_new(false);
    ASSERT_NE(store, nullptr);
    const std::string copy = path + ".copy";
    ASSERT_EQ(new_book_store_copy(store, copy.c_str(), &error), MMF_OK) << error.message;
    EXPECT_EQ(new_book_store_close(store), MMF_OK);
    book_store *old = nullptr;
    ASSERT_EQ(book_store_open(copy.c_str(), nullptr, &old, &error), MMF_OK) << error.message;
    EXPECT_EQ(mmf_store_schema(book_store_base(old))->version, 1u);
    EXPECT_EQ(book_store_count(old), 10u);
    EXPECT_EQ(book_store_close(old), MMF_OK);
}

} // namespace
