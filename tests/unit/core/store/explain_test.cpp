// What a store says of the statuses of calls that take no mmf_error.
#include "tests/support/limit.h"
#include "tests/support/store_fixture.h"

#include <cerrno>
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
