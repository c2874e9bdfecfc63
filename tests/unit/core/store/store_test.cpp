// Opening, creating, closing, and what a caller may do wrong.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/support/limit.h"
#include "tests/support/sanitizer.h"
#include "tests/support/store_fixture.h"

TEST_F(StoreTest, TheGenericPathAgrees)
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

TEST_F(StoreTest, ReopeningKeepsTheRecords)
{
    tick_store *writer = create();
    fill(writer, 1000);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    writer = open(&writing);
    EXPECT_EQ(tick_store_count(writer), 1000u);
    const tick_record tick = t_tick(1000);
    uint64_t row = 0;
    EXPECT_EQ(tick_store_append(writer, &tick, &row), MMF_OK);
    EXPECT_EQ(row, 1000u);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(StoreTest, CreateRefusesWhatIsThere)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    const std::string before = bytes();
    tick_store *store = nullptr;
    EXPECT_EQ(tick_store_create(path.c_str(), nullptr, &store, &error), MMF_ERR_EXISTS);
    EXPECT_EQ(store, nullptr);
    EXPECT_EQ(bytes(), before);
}

TEST_F(StoreTest, CreateRefusesASchemaThatContradictsItsText)
{
    mmf_schema wrong = tick_schema;
    wrong.layout_hash ^= 1;
    mmf_store *store = nullptr;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(store, nullptr);
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST_F(StoreTest, NullArgumentsAreStatuses)
{
    tick_record tick;
    double price;
    tick_store *store = nullptr;
    EXPECT_EQ(tick_store_create(nullptr, nullptr, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_create: path is NULL");
    EXPECT_EQ(tick_store_open(path.c_str(), nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_open: out is NULL");
    EXPECT_EQ(tick_store_open("", nullptr, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_open(nullptr, nullptr, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_open: path is NULL");
    EXPECT_EQ(tick_store_create(path.c_str(), nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_create: out is NULL");
    mmf_store *base = nullptr;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, nullptr, &base, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_create: schema is NULL");
    EXPECT_EQ(mmf_store_open_as(path.c_str(), nullptr, nullptr, &base, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_open_as: schema is NULL");
    EXPECT_EQ(mmf_store_open_as(path.c_str(), nullptr, nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_sync(nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(std::string(error.message).find("mmf_store_sync: store is NULL; look at"), 0u)
        << error.message;
    EXPECT_EQ(mmf_store_verify(nullptr, 0, MMF_TO_END, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(std::string(error.message).find("mmf_store_verify: store is NULL; look at"), 0u)
        << error.message;
    mmf_options wrong = MMF_OPTIONS_INIT;
    wrong.mode = static_cast<mmf_mode>(2);
    EXPECT_EQ(tick_store_create(path.c_str(), &wrong, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_open(path.c_str(), &wrong, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_NE(std::string(error.message).find("options.mode is 2"), std::string::npos);
    EXPECT_NE(access(path.c_str(), F_OK), 0) << "nothing was made";
    EXPECT_EQ(mmf_store_capacity(nullptr), 0u);
    EXPECT_EQ(mmf_store_path(nullptr), nullptr);
    EXPECT_EQ(mmf_store_schema(nullptr), nullptr);
    EXPECT_EQ(tick_store_get(nullptr, 0, &tick), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_get_price(nullptr, 0, &price), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_set_price(nullptr, 0, 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_append(nullptr, &tick, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_count(nullptr), 0u);
    EXPECT_EQ(tick_store_sync(nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_close(nullptr), MMF_OK);
    store = create();
    fill(store, 1);
    EXPECT_EQ(tick_store_get(store, 0, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_get_price(store, 0, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_append(store, nullptr, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_set_symbol(store, 0, nullptr, 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_set_symbol(store, 0, nullptr, 0), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(StoreTest, AReaderIsRefusedWriting)
{
    tick_store *writer = create();
    fill(writer, 1);
    tick_store *reader = open();
    tick_record tick = t_tick(1);
    EXPECT_EQ(tick_store_set_price(reader, 0, 5), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_set(reader, 0, &tick), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_append(reader, &tick, nullptr), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_sync(reader, &error), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(StoreTest, WhatIsNotAStoreIsNamed)
{
    EXPECT_EQ(open_fails(), MMF_ERR_NOT_FOUND);
    ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
    EXPECT_EQ(open_fails(), MMF_ERR_FORMAT);
    ASSERT_EQ(rmdir(path.c_str()), 0);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(open_fails(), MMF_ERR_FORMAT);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_FORMAT);
    ASSERT_EQ(unlink(path.c_str()), 0);
    std::ofstream(path) << "timestamp,price\n";
    EXPECT_EQ(open_fails(), MMF_ERR_FORMAT);
    std::ofstream(path) << std::string(100000, 'x');
    EXPECT_EQ(open_fails(), MMF_ERR_FORMAT);
}

TEST_F(StoreTest, ADamagedSuperblockIsServedByTheOther)
{
    tick_store *store = create();
    fill(store, 7);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string whole = bytes();
    for (const size_t page : {0u, 4096u}) {
        put(page + 40, "\xff");
        store = open();
        EXPECT_EQ(tick_store_count(store), 7u);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        put(page + 40, whole.substr(page + 40, 1));
    }
    put(40, "\xff");
    put(4096 + 40, "\xff");
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_CORRUPT);
    put(4, std::string("\x01\0\0\0", 4));
    EXPECT_EQ(open_fails(), MMF_ERR_VERSION);
}

TEST_F(StoreTest, ATruncatedFileIsNoSignal)
{
    tick_store *store = create();
    fill(store, 5000);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    ASSERT_EQ(truncate(path.c_str(), 65536 + 10 * 104 + 3), 0);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_CORRUPT);
    store = open();
    EXPECT_EQ(tick_store_count(store), 5000u);
    tick_record tick;
    EXPECT_EQ(tick_store_get(store, 9, &tick), MMF_OK);
    EXPECT_EQ(tick_store_get(store, 10, &tick), MMF_ERR_CORRUPT);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    ASSERT_EQ(truncate(path.c_str(), 5000), 0);
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT);
}

TEST_F(StoreTest, AnotherSchemaIsNamedByItsDifference)
{
    mmf_schema *other = nullptr;
    const std::string text =
        "record Tick version 1 {\n  symbol: string[64];\n  price: float32;\n}\n";
    ASSERT_EQ(mmf_schema_parse(text.data(), text.size(), &other, &error), MMF_OK) << error.message;
    mmf_store *store = nullptr;
    ASSERT_EQ(mmf_store_create(path.c_str(), nullptr, other, &store, &error), MMF_OK)
        << error.message;
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    mmf_schema_free(other);
    EXPECT_EQ(open_fails(), MMF_ERR_SCHEMA);
    EXPECT_NE(std::string(error.message).find("price: float32"), std::string::npos)
        << error.message;
}

TEST_F(StoreTest, AFullReserveNamesTheOption)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = 65536 + 4096;
    options.capacity = 10;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    const tick_record tick = t_tick(1);
    mmf_status status = MMF_OK;
    uint64_t count = 0;
    for (; status == MMF_OK && count < 100; count++)
        status = tick_store_append(store, &tick, nullptr);
    EXPECT_EQ(status, MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_count(store), 4096u / TICK_RECORD_SIZE);
    mmf_store_explain(tick_store_base(store), status, 0, nullptr, &error);
    EXPECT_NE(std::string(error.message).find("reserve_bytes"), std::string::npos);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// What the writer appended beyond the address space of a reader is counted, and not read.
TEST_F(StoreTest, AReaderWithASmallReserveSaysWhatItCannotReach)
{
    tick_store *writer = create();
    mmf_options small = MMF_OPTIONS_INIT;
    small.reserve_bytes = 1;
    tick_store *reader = open(&small);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    const uint64_t reach = info.capacity_max;
    fill(writer, reach + 1);
    tick_record tick;
    EXPECT_EQ(tick_store_get(reader, reach - 1, &tick), MMF_OK);
    EXPECT_EQ(tick_store_get(reader, reach, &tick), MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_get(reader, reach + 1, &tick), MMF_ERR_RANGE);
    EXPECT_EQ(tick_store_count(reader), reach + 1);
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_EQ(info.missing_rows, 0u) << "the file has them";
    tick_rows rows;
    EXPECT_EQ(tick_store_rows(reader, reach, 1, &rows), MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_rows(reader, 0, MMF_TO_END, &rows), MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_rows(reader, 0, reach, &rows), MMF_OK);
    EXPECT_EQ(tick_rows_count(rows), reach);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    reader = open();
    EXPECT_EQ(expect_whole(reader), reach + 1);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// The last step of growth ends where the reserve does, below what a step has otherwise.
TEST_F(StoreTest, AReserveIsUsedUpToItsEnd)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = 65536 + 4096 * 3;
    options.capacity = 10;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    fill(store, 4096 * 3 / TICK_RECORD_SIZE);
    const tick_record tick = t_tick(1);
    EXPECT_EQ(tick_store_append(store, &tick, nullptr), MMF_ERR_CAPACITY);
    EXPECT_EQ(bytes().size(), 65536u + 4096u * 3u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(StoreTest, AFullDiskIsAStatusAndNothingIsLost)
{
    EXPECT_EQ(t_in_child([this] {
                  (void)t_limit(RLIMIT_FSIZE, 300000);
                  tick_store *store = nullptr;
                  if (tick_store_create(path.c_str(), nullptr, &store, nullptr) != MMF_OK)
                      return 1;
                  const tick_record tick = t_tick(1);
                  mmf_status status = MMF_OK;
                  while (status == MMF_OK)
                      status = tick_store_append(store, &tick, nullptr);
                  if (status != MMF_ERR_NO_SPACE || tick_store_close(store) != MMF_OK)
                      return 2;
                  return 0;
              }),
              0);
    tick_store *store = open();
    // The last page that the limit has room for is used to its end.
    EXPECT_EQ(tick_store_count(store), (300000u / 4096u * 4096u - 65536u) / TICK_RECORD_SIZE);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(StoreTest, ASmallerReserveIsTakenAndSaid)
{
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer needs more address space";
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    EXPECT_EQ(t_in_child([this] {
                  (void)t_limit(RLIMIT_AS, rlim_t(1) << 30);
                  tick_store *store = nullptr;
                  mmf_error said;
                  if (tick_store_open(path.c_str(), &writing, &store, &said) != MMF_OK)
                      return 1;
                  mmf_info info;
                  mmf_store_info(tick_store_base(store), &info);
                  if (info.reserve_bytes >= info.reserve_asked || said.message[0] == '\0')
                      return 2;
                  return tick_store_close(store) == MMF_OK ? 0 : 3;
              }),
              0);
}

TEST_F(StoreTest, AForkedChildReadsAndIsRefusedWriting)
{
    tick_store *store = create();
    fill(store, 2);
    EXPECT_EQ(t_in_child([store] {
                  tick_record tick = t_tick(9);
                  if (tick_store_get(store, 1, &tick) != MMF_OK || tick.timestamp != 1)
                      return 1;
                  if (tick_store_set_price(store, 0, 7) != MMF_ERR_READ_ONLY)
                      return 2;
                  if (tick_store_append(store, &tick, nullptr) != MMF_ERR_READ_ONLY)
                      return 3;
                  if (tick_store_set(store, 0, &tick) != MMF_ERR_READ_ONLY)
                      return 4;
                  return tick_store_close(store) == MMF_OK ? 0 : 5;
              }),
              0);
    // The child's close gave neither the lock back nor the handle away.
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_EQ(tick_store_set_price(store, 0, 7), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(StoreTest, AHostileCountIsBoundedByTheFile)
{
    tick_store *writer = create();
    fill(writer, 3);
    tick_store *reader = open();
    put(16384, std::string(8, '\x7f'));
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_EQ(tick_store_count(reader), 3u) << "more than the file ever had room for";
    tick_record tick;
    EXPECT_EQ(tick_store_get(reader, 2, &tick), MMF_OK);
    EXPECT_EQ(tick_store_get(reader, 3, &tick), MMF_ERR_CORRUPT);
    EXPECT_EQ(tick_store_get(reader, info.capacity, &tick), MMF_ERR_CORRUPT);
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(StoreTest, WaitSeesAnAppendAndATimeout)
{
    tick_store *writer = create();
    tick_store *reader = open();
    EXPECT_EQ(mmf_store_wait(tick_store_base(reader), 0, 0), MMF_ERR_TIMEOUT);
    EXPECT_EQ(mmf_store_wait(tick_store_base(reader), 0, 10500000), MMF_ERR_TIMEOUT);
    fill(writer, 1);
    EXPECT_EQ(mmf_store_wait(tick_store_base(reader), 0, UINT64_MAX), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}
