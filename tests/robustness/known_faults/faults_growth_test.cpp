// The faults of faults_test.cpp that have to do with growth.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "tests/support/store_fixture.h"

namespace {

class KnownGrowthFaultsTest : public StoreTest {};

} // namespace

namespace {

// What a writer that published that many rows would have left in the shared page.
std::string count_word(uint64_t rows)
{
    std::string word(sizeof rows, '\0');
    memcpy(&word[0], &rows, sizeof rows);
    return word;
}

} // namespace

// 1: a reader attached before the file grew died of SIGSEGV.
TEST_F(KnownGrowthFaultsTest, GrowthUnderAnAttachedReaderInAnotherProcess)
{
    tick_store *writer = create();
    fill(writer, 1);
    const uint64_t capacity_before = tick_store_capacity(writer);
    const uint64_t count = capacity_before * 20;
    Turn attached;
    Turn grown;
    const pid_t child = fork();
    if (child == 0) {
        tick_store *reader = nullptr;
        if (tick_store_open(path.c_str(), nullptr, &reader, nullptr) != MMF_OK ||
            tick_store_count(reader) != 1)
            _exit(1);
        attached.give();
        grown.take();
        if (tick_store_count(reader) != count)
            _exit(2);
        for (uint64_t row = 0; row < count; row++) {
            tick_record tick;
            if (tick_store_get(reader, row, &tick) != MMF_OK || tick.timestamp != row ||
                !t_is_whole(tick))
                _exit(3);
        }
        _exit(0);
    }
    attached.take();
    for (uint64_t i = 1; i < count; i++) {
        const tick_record tick = t_tick(i);
        ASSERT_EQ(tick_store_append(writer, &tick, nullptr), MMF_OK);
    }
    ASSERT_GT(tick_store_capacity(writer), capacity_before);
    grown.give();
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// 2: growth by ftruncate turned a full disk into SIGBUS. Every page that is counted has blocks.
TEST_F(KnownGrowthFaultsTest, CapacityIsBackedByBlocks)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = 100000;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    struct stat info;
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_GE(info.st_size, 100000 * 104 + 65536);
    EXPECT_GE(info.st_blocks * 512, info.st_size);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// 3: a file could not pass 1 GiB. A writer grows a file across it, and a reader follows.
TEST_F(KnownGrowthFaultsTest, GrowthAcrossOneGiB)
{
    const uint64_t gib = UINT64_C(1) << 30;
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = (gib - 65536 - 4096) / TICK_RECORD_SIZE;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    fill(store, 1);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
    ASSERT_LE(info.file_size, gib);
    const uint64_t first = info.capacity - 1; // the last row with room
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    // The last of the records that the count claims was written.
    put(65536 + (first - 1) * TICK_RECORD_SIZE, count_word(MMFI_SEQUENCE_FIRST));
    put(16384, count_word(first));
    tick_store *reader = open();
    store = open(&writing);
    ASSERT_EQ(tick_store_count(store), first);
    const uint64_t after = gib / TICK_RECORD_SIZE + 10; // rows that begin after the border
    for (uint64_t row = first; row < after; row++) {
        const tick_record tick = t_tick(row);
        uint64_t appended = 0;
        ASSERT_EQ(tick_store_append(store, &tick, &appended), MMF_OK);
        ASSERT_EQ(appended, row);
    }
    EXPECT_GT(tick_store_capacity(store), after);
    tick_record found;
    for (uint64_t row = first; row < after; row++) {
        ASSERT_EQ(tick_store_get(reader, row, &found), MMF_OK);
        EXPECT_EQ(found.timestamp, row);
        EXPECT_TRUE(t_is_whole(found));
    }
    ASSERT_EQ(tick_store_get(reader, 0, &found), MMF_OK);
    EXPECT_EQ(found.timestamp, 0u);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// 3 again: rows after 4 GiB are read, in a file that has its blocks, most of them never written.
TEST_F(KnownGrowthFaultsTest, RowsBeyondFourGiB)
{
    const uint64_t row = (UINT64_C(4) << 30) / TICK_RECORD_SIZE + 1000;
    tick_store *store = create();
    fill(store, 1);
    const tick_record tick = t_tick(77);
    uint64_t last = 0;
    ASSERT_EQ(tick_store_append(store, &tick, &last), MMF_OK);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string record = bytes().substr(65536 + last * TICK_RECORD_SIZE, TICK_RECORD_SIZE);
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    const int given =
        posix_fallocate(fd, 0, static_cast<off_t>(65536 + (row + 1) * TICK_RECORD_SIZE));
    ::close(fd);
    if (given == ENOSPC)
        GTEST_SKIP() << "the disk has no room for 4 GiB";
    ASSERT_EQ(given, 0) << strerror(given);
    put(65536 + row * TICK_RECORD_SIZE, record);
    put(16384, count_word(row + 1));
    store = open();
    ASSERT_EQ(tick_store_count(store), row + 1);
    tick_record found;
    ASSERT_EQ(tick_store_get(store, row, &found), MMF_OK);
    EXPECT_EQ(found.timestamp, 77u);
    EXPECT_TRUE(t_is_whole(found));
    ASSERT_EQ(tick_store_get(store, 0, &found), MMF_OK);
    EXPECT_EQ(found.timestamp, 0u);
    EXPECT_EQ(tick_store_get(store, row - 1, &found), MMF_ERR_CORRUPT); // never written
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// 6: a sync after growth wrote a stale capacity back.
TEST_F(KnownGrowthFaultsTest, SyncAfterGrowthKeepsCapacity)
{
    tick_store *store = create();
    fill(store, tick_store_capacity(store) + 1);
    const uint64_t capacity = tick_store_capacity(store);
    const uint64_t count = tick_store_count(store);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_EQ(tick_store_capacity(store), capacity);
    mmfi_live live;
    memcpy(&live, bytes().data() + MMFI_LIVE_OFFSET, sizeof live);
    EXPECT_EQ(live.capacity, capacity);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    store = open(&writing);
    EXPECT_EQ(tick_store_capacity(store), capacity);
    EXPECT_EQ(tick_store_count(store), count);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}
