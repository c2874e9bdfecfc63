// Records that are replaced while other threads read them: arrays are whole, and null is null.
#include "tests/unit/core/store/rich_fixture.h"

#include <atomic>
#include <thread>

namespace {

constexpr int ROUNDS = 40000;

// Every part of a record says which it is. In an even one the nullable fields are null, and hold
// what a reader must not be given.
class ValueWriteThreadsTest : public RichTest {
protected:
    static int64_t fee_of(int mark)
    {
        return mark % 2 == 0 ? 0 : mark;
    }

    Raw marked(int mark) const
    {
        Raw raw = bare(mark);
        // The letter says the length.
        const int length = 1 + mark / 2 % 5;
        const std::string name(static_cast<size_t>(length), static_cast<char>('a' + length));
        raw.set<int64_t>("at", mark).text("note", name).set<int64_t>("fee", fee_of(mark));
        raw.set<int64_t>("pair.best.price", mark).text("pair.note", name);
        for (int i = 0; i < 3; i++)
            raw.text("legs[" + std::to_string(i) + "].name", name);
        if (mark % 2 == 0)
            raw.clear("fee").clear("note").clear("pair.best").clear("pair");
        return raw;
    }

    // Made before: making them takes longer than storing them.
    void SetUp() override
    {
        RichTest::SetUp();
        for (int mark = 0; mark < MARKS; mark++)
            records.push_back(marked(mark));
        ASSERT_EQ(append(records[1]), MMF_OK);
        payload = (schema->checksum_offset != 0 ? schema->checksum_offset : schema->record_size) -
                  MMF_SEQUENCE_SIZE;
    }

    // A whole record is one of those that were written.
    void expect_whole(const Raw &found, const mmf_place &place) const
    {
        int64_t mark = 0;
        memcpy(&mark, found.data() + place.offset, sizeof mark);
        ASSERT_LT(static_cast<uint64_t>(mark), static_cast<uint64_t>(MARKS));
        const Raw &expected = records[static_cast<size_t>(mark)];
        ASSERT_EQ(std::memcmp(found.data() + MMF_SEQUENCE_SIZE, expected.data() + MMF_SEQUENCE_SIZE,
                              payload),
                  0)
            << mark;
    }

    static constexpr int MARKS = 64;
    std::vector<Raw> records;
    size_t payload = 0;
};

TEST_P(ValueWriteThreadsTest, ReadersSeeWholeRecords)
{
    mmf_store *reader = nullptr;
    ASSERT_EQ(mmf_store_open(path.c_str(), nullptr, &reader, &error), MMF_OK) << error.message;
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (int i = 0; i < ROUNDS; i++)
            ASSERT_EQ(set(records[static_cast<size_t>(i % MARKS)]), MMF_OK);
        done.store(true);
    });
    const mmf_place mark = at("at");
    Raw found(schema);
    while (!done.load() && !HasFailure()) {
        EXPECT_EQ(mmf_store_copy_rows(reader, 0, 1, found.data(), found.size(), nullptr), MMF_OK);
        expect_whole(found, mark);
    }
    writer.join();
    EXPECT_EQ(mmf_store_close(reader), MMF_OK);
}

// Single values: none of a field that is null, and no text of two records.
TEST_P(ValueWriteThreadsTest, ReadersSeeValuesOrNull)
{
    mmf_store *reader = nullptr;
    ASSERT_EQ(mmf_store_open(path.c_str(), nullptr, &reader, &error), MMF_OK) << error.message;
    const mmf_schema *of = mmf_store_schema(reader);
    std::atomic<bool> saw{false};
    std::atomic<bool> done{false};
    std::thread writer([&] {
        // Until the reader has seen both kinds, so that the test shows something on any machine.
        for (int i = 0; i < ROUNDS || !saw.load(); i++)
            ASSERT_EQ(set(records[static_cast<size_t>(i % MARKS)]), MMF_OK);
        done.store(true);
    });
    bool saw_null = false;
    bool saw_value = false;
    char buffer[16];
    mmf_value value;
    mmf_place deep;
    EXPECT_EQ(mmf_schema_locate(of, "pair.note", &deep, nullptr), MMF_OK);
    const mmf_field *fee = mmf_schema_find(of, "fee");
    while (!done.load()) {
        mmf_status status = mmf_store_get_value(reader, 0, fee, nullptr, 0, &value);
        EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_NULL) << mmf_status_name(status);
        EXPECT_EQ(value.as.integer != 0, status == MMF_OK) << "that of a null one";
        saw_null |= status == MMF_ERR_NULL;
        saw_value |= status == MMF_OK;
        status = mmf_store_get_place(reader, 0, &deep, buffer, sizeof buffer, &value);
        EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_NULL) << mmf_status_name(status);
        for (size_t i = 0; i < value.as.string.length; i++)
            EXPECT_EQ(buffer[i], 'a' + static_cast<char>(value.as.string.length)) << "a mixture";
        if (saw_null && saw_value)
            saw.store(true);
        if (HasFailure())
            break;
    }
    saw.store(true);
    writer.join();
    EXPECT_TRUE(saw_null && saw_value);
    EXPECT_EQ(mmf_store_close(reader), MMF_OK);
}

TEST_P(ValueWriteThreadsTest, APartIsReplacedWithItsBit)
{
    const Raw &with = records[1];
    const Raw &without = records[2];
    std::atomic<bool> saw{false};
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (int i = 0; i < ROUNDS || !saw.load(); i++)
            ASSERT_EQ(set(i % 2 == 0 ? without : with, {"fee"}), MMF_OK);
        done.store(true);
    });
    bool saw_null = false;
    bool saw_value = false;
    char buffer[16];
    mmf_value value;
    const mmf_field *fee = mmf_schema_find(schema, "fee");
    const mmf_field *note = mmf_schema_find(schema, "note");
    while (!done.load()) {
        const mmf_status status = mmf_store_get_value(store, 0, fee, nullptr, 0, &value);
        EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_NULL) << mmf_status_name(status);
        EXPECT_EQ(value.as.integer, status == MMF_OK ? fee_of(1) : 0);
        EXPECT_EQ(mmf_store_get_value(store, 0, note, buffer, sizeof buffer, &value), MMF_OK);
        saw_null |= status == MMF_ERR_NULL;
        saw_value |= status == MMF_OK;
        if (saw_null && saw_value)
            saw.store(true);
        if (HasFailure())
            break;
    }
    saw.store(true);
    writer.join();
    EXPECT_TRUE(saw_null && saw_value);
}

INSTANTIATE_TEST_SUITE_P(Checksums, ValueWriteThreadsTest, testing::Bool());

} // namespace
