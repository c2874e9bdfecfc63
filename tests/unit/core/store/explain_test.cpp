// What a store says of itself, and of the statuses of calls that take no mmf_error.
#include "tests/support/limit.h"
#include "tests/support/store_fixture.h"

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace {

class ExplainTest : public StoreTest {
protected:
    // The message without the path that begins it.
    std::string explain(const tick_store *store, mmf_status status, uint64_t row = 0,
                        const char *field = nullptr)
    {
        EXPECT_EQ(mmf_store_explain(tick_store_base(store), status, row, field, nullptr), status);
        EXPECT_EQ(mmf_store_explain(tick_store_base(store), status, row, field, &error), status);
        EXPECT_EQ(error.status, status);
        EXPECT_EQ(std::string(error.path), path);
        const std::string message = error.message;
        EXPECT_EQ(message.rfind(path + ": ", 0), 0u) << message;
        return message.substr(path.size() + 2);
    }
};

} // namespace

TEST_F(ExplainTest, AStatusAboutARowNamesIt)
{
    tick_store *store = create();
    fill(store, 3);
    EXPECT_EQ(
        explain(store, MMF_ERR_RANGE, 7),
        "row 7 of 3: the row is at or beyond the count of records; use a row below the count");
    EXPECT_EQ(explain(store, MMF_ERR_BUSY, 2, "symbol"),
              "row 2 of 3: field symbol: another writer kept the record or the file in use; try "
              "again: a writer is at work");
    EXPECT_EQ(explain(store, MMF_ERR_CORRUPT, 1),
              "row 1 of 3: the file contradicts itself; restore the file from a copy, or write the "
              "whole record again");
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// "row 0 of 3" would be a row that is there.
TEST_F(ExplainTest, ARangeThatIsTooLongIsNotBlamedOnItsFirstRow)
{
    tick_store *store = create();
    fill(store, 3);
    tick_rows rows;
    ASSERT_EQ(tick_store_rows(store, 1, 3, &rows), MMF_ERR_RANGE);
    EXPECT_EQ(explain(store, MMF_ERR_RANGE, 1),
              "rows from 1 on, of 3: the range ends beyond the last record; ask for fewer, or for "
              "MMF_TO_END");
    ASSERT_EQ(tick_store_rows(store, 4, 1, &rows), MMF_ERR_RANGE);
    EXPECT_EQ(
        explain(store, MMF_ERR_RANGE, 4),
        "row 4 of 3: the row is at or beyond the count of records; use a row below the count");
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// Free space on the disk would not help.
TEST_F(ExplainTest, AnAppendBeyondTheLimitOnFileSizesNamesTheLimit)
{
    tick_store *store = create();
    const uint64_t before = bytes().size();
    rlimit old = {};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
    ASSERT_TRUE(t_limit(RLIMIT_FSIZE, before));
    const tick_record tick = t_tick(1);
    mmf_status status = MMF_OK;
    while (status == MMF_OK)
        status = tick_store_append(store, &tick, nullptr);
    ASSERT_TRUE(t_limit(RLIMIT_FSIZE, old.rlim_cur));
    ASSERT_EQ(status, MMF_ERR_NO_SPACE);
    const std::string said = explain(store, status);
    EXPECT_EQ(error.os_error, EFBIG);
    EXPECT_NE(said.find("ulimit -f"), std::string::npos) << said;
    EXPECT_EQ(said.find("free space"), std::string::npos) << said;
    // Growth that went well leaves nothing to tell of.
    ASSERT_EQ(tick_store_append(store, &tick, nullptr), MMF_OK);
    EXPECT_EQ(explain(store, status).find("ulimit"), std::string::npos);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(ExplainTest, AnotherStatusNamesNoRow)
{
    tick_store *store = create();
    fill(store, 3);
    EXPECT_EQ(explain(store, MMF_ERR_READ_ONLY),
              "the handle or the file does not allow writing; open the store with options.mode = "
              "MMF_READ_WRITE");
    EXPECT_EQ(explain(store, MMF_ERR_TOO_LONG, 0, "symbol"),
              "field symbol (at most 64 bytes): the value is longer than its field or buffer; "
              "shorten the value, or give a larger buffer (the field's _MAX, and 1 for a string)");
    EXPECT_EQ(explain(store, MMF_ERR_TIMEOUT),
              "the time allowed has passed; wait longer, or see what keeps the writer");
    EXPECT_EQ(explain(store, MMF_ERR_ARGUMENT, 0, "price"),
              "field price: an argument is NULL or outside what is allowed; compare each argument "
              "with the call's comment in its header");
    EXPECT_EQ(explain(store, MMF_ERR_LOCKED), "another writer has the file open; see the status");
    for (const mmf_status status : {MMF_ERR_ARGUMENT, MMF_ERR_IO, MMF_ERR_NO_SPACE,
                                    MMF_ERR_CAPACITY, MMF_ERR_NEEDS_RECOVERY, MMF_ERR_CLOSED}) {
        const std::string said = explain(store, status, 1, "no such field");
        EXPECT_EQ(said.find("row 1"), std::string::npos) << said;
        EXPECT_EQ(said.find("see the status"), std::string::npos) << said;
    }
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(ExplainTest, ASyncOfAReaderSaysWhatToDo)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    tick_store *reader = open();
    EXPECT_EQ(tick_store_sync(reader, &error), MMF_ERR_READ_ONLY);
    EXPECT_EQ(std::string(error.message),
              path + ": the handle or the file does not allow writing; open the store with "
                     "options.mode = MMF_READ_WRITE");
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(ExplainTest, SuccessIsNoMessageAndNoStoreHasNoPath)
{
    tick_store *store = create();
    snprintf(error.message, sizeof error.message, "of an earlier call");
    EXPECT_EQ(mmf_store_explain(tick_store_base(store), MMF_OK, 0, nullptr, &error), MMF_OK);
    EXPECT_STREQ(error.message, "");
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    for (const mmf_store *none :
         {static_cast<const mmf_store *>(nullptr), tick_store_base(store)}) {
        EXPECT_EQ(mmf_store_explain(none, MMF_ERR_CLOSED, 0, nullptr, &error), MMF_ERR_CLOSED);
        EXPECT_STREQ(error.message,
                     "a store that is closed or NULL: the store is closed; open the store again");
        EXPECT_STREQ(error.path, "");
    }
    EXPECT_EQ(mmf_store_explain(nullptr, MMF_ERR_ARGUMENT, 0, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(std::string(error.message).find("the call: store is NULL; look at the status"), 0u)
        << error.message;
    EXPECT_EQ(mmf_store_explain(nullptr, MMF_ERR_READ_ONLY, 0, nullptr, &error), MMF_ERR_READ_ONLY);
    EXPECT_NE(std::string(error.message).find("MMF_READ_WRITE"), std::string::npos);
    EXPECT_EQ(mmf_store_explain(nullptr, MMF_ERR_CORRUPT, 3, nullptr, &error), MMF_ERR_CORRUPT);
    EXPECT_NE(std::string(error.message).find("row 3 of 0"), std::string::npos) << error.message;
}

TEST_F(ExplainTest, InfoTellsOfTheFileAndTheHandle)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = 1 << 20;
    options.capacity = 100;
    tick_store *writer = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &writer, &error), MMF_OK);
    fill(writer, 3);
    tick_store *reader = open();
    for (const tick_store *store : {writer, reader}) {
        mmf_info info;
        ASSERT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
        EXPECT_EQ(info.count, 3u);
        EXPECT_EQ(info.header_size, 65536u);
        EXPECT_EQ(info.record_size, TICK_RECORD_SIZE);
        // 100 records, rounded up to pages.
        EXPECT_EQ(info.file_size, 65536u + 12288u);
        EXPECT_EQ(info.capacity, 12288u / TICK_RECORD_SIZE);
        EXPECT_EQ(info.reserve_asked,
                  store == writer ? 1u << 20 : info.file_size + MMF_RESERVE_BYTES_READER);
        EXPECT_EQ(info.capacity_max, (info.reserve_bytes - 65536) / TICK_RECORD_SIZE);
        EXPECT_EQ(info.layout_hash, tick_schema.layout_hash);
        EXPECT_EQ(info.format_version, 3u);
        EXPECT_EQ(info.writer_pid, static_cast<uint64_t>(getpid()));
        EXPECT_EQ(info.writable, store == writer);
        EXPECT_TRUE(info.live);
    }
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_EQ(info.writer_pid, 0u) << "its writer is gone";
    EXPECT_EQ(mmf_store_info(tick_store_base(writer), &info), MMF_ERR_CLOSED);
    EXPECT_EQ(info.count, 0u);
    EXPECT_EQ(mmf_store_info(nullptr, &info), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_info(tick_store_base(reader), nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(ExplainTest, InfoHasTheLayoutOfTheFirstVersion)
{
    // Programs that are compiled have these offsets in them; what lies between is of one type.
    EXPECT_EQ(offsetof(mmf_info, size), 0u);
    EXPECT_EQ(offsetof(mmf_info, count), 8u);
    EXPECT_EQ(offsetof(mmf_info, writer_pid), 88u);
    EXPECT_EQ(offsetof(mmf_info, record_size), 96u);
    EXPECT_EQ(offsetof(mmf_info, format_version), 100u);
    EXPECT_EQ(offsetof(mmf_info, writable), 104u);
    EXPECT_EQ(offsetof(mmf_info, live), 105u);
    EXPECT_EQ(offsetof(mmf_info, replaced), 108u);
    EXPECT_EQ(sizeof(mmf_info), 112u) << "a field after the last begins where nothing was";
}

TEST_F(ExplainTest, InfoIsFilledAsFarAsCallerAndLibraryKnowIt)
{
    tick_store *writer = create();
    fill(writer, 3);
    const mmf_store *store = tick_store_base(writer);
    mmf_info whole;
    ASSERT_EQ(mmf_store_info(store, &whole), MMF_OK);
    EXPECT_EQ(whole.size, sizeof whole);

    struct {
        mmf_info known;
        unsigned char rest[64];
    } given;
    const auto bytes = reinterpret_cast<unsigned char *>(&given);
    const auto expected = reinterpret_cast<const unsigned char *>(&whole);
    // An older caller's: it ends before capacity, and nothing after it is touched.
    const size_t older = offsetof(mmf_info, capacity);
    memset(&given, 0xa5, sizeof given);
    ASSERT_EQ(mmfi_store_info(store, &given.known, older), MMF_OK);
    EXPECT_EQ(given.known.size, older);
    EXPECT_EQ(given.known.count, 3u);
    for (size_t i = sizeof(size_t); i < sizeof given; i++)
        ASSERT_EQ(bytes[i], i < older ? expected[i] : 0xa5) << i;
    // A later caller's: what the library does not know is 0.
    memset(&given, 0xa5, sizeof given);
    ASSERT_EQ(mmfi_store_info(store, &given.known, sizeof given), MMF_OK);
    EXPECT_EQ(given.known.size, sizeof(mmf_info));
    for (size_t i = 0; i < sizeof given; i++)
        ASSERT_EQ(bytes[i], i < sizeof whole ? expected[i] : 0) << i;
    // A failure sets all of the caller's struct to 0, and nothing after it.
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    memset(&given, 0xa5, sizeof given);
    EXPECT_EQ(mmfi_store_info(store, &given.known, older), MMF_ERR_CLOSED);
    for (size_t i = 0; i < sizeof given; i++)
        ASSERT_EQ(bytes[i], i < older ? 0 : 0xa5) << i;
    EXPECT_EQ(mmfi_store_info(nullptr, &given.known, sizeof given), MMF_ERR_ARGUMENT);
    for (const unsigned char byte : given.rest)
        ASSERT_EQ(byte, 0);
    EXPECT_EQ(mmfi_store_info(store, nullptr, sizeof given), MMF_ERR_ARGUMENT);
}
