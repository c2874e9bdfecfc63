// Files that count more records than they have, and headers that contradict themselves: said at
// open, and by every call that would meet what is not there.
#include <fcntl.h>

#include <cerrno>
#include <cstddef>
#include <vector>

#include "mmapforge/detail/crc32c.h"
#include "mmapforge/value.h"
#include "tests/support/store_fixture.h"

namespace {

constexpr uint64_t kHeader = MMFI_HEADER_SIZE_MIN;
constexpr uint64_t kCount = MMFI_LIVE_OFFSET + offsetof(mmfi_live, count);
constexpr uint64_t kBootId = MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id);

class MissingRowsTest : public StoreTest {
protected:
    void make(uint64_t count)
    {
        tick_store *store = create();
        fill(store, count);
        ASSERT_EQ(tick_store_close(store), MMF_OK);
    }
    uint64_t missing(const tick_store *store)
    {
        mmf_info info;
        EXPECT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
        EXPECT_EQ(info.count, tick_store_count(store));
        return info.missing_rows;
    }
    void put_word(uint64_t offset, uint64_t word)
    {
        put(offset, std::string(reinterpret_cast<const char *>(&word), sizeof word));
    }
    // As the file of another boot, whose commits decide.
    void leave_boot()
    {
        put(kBootId, std::string(8 * MMFI_BOOT_ID_WORDS, 'x'));
    }
    // There are `count` rows by what the file says, and those from `first` on are not in it.
    void expect_missing(uint64_t first, uint64_t count, const char *why)
    {
        tick_store *store = nullptr;
        ASSERT_EQ(tick_store_open(path.c_str(), nullptr, &store, &error), MMF_OK) << error.message;
        const std::string rows = std::to_string(count - first) + " of " + std::to_string(count) +
                                 " records are missing, from row " + std::to_string(first);
        EXPECT_NE(std::string(error.message).find(rows), std::string::npos) << error.message;
        EXPECT_NE(strstr(error.message, why), nullptr) << error.message;
        EXPECT_EQ(error.status, MMF_OK);
        EXPECT_EQ(missing(store), count - first);
        expect_every_call_to_tell(store, first, count);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        EXPECT_EQ(open_fails(&writing), MMF_ERR_CORRUPT);
        EXPECT_NE(strstr(error.message, "open it read-only for what is there"), nullptr)
            << error.message;
        mmf_options shared = writing;
        shared.shared_writers = true;
        EXPECT_EQ(open_fails(&shared), MMF_ERR_CORRUPT);
    }
    void expect_every_call_to_tell(tick_store *store, uint64_t first, uint64_t count)
    {
        tick_record tick;
        char symbol[TICK_SYMBOL_MAX + 1];
        double price = 0;
        mmf_str view;
        uint64_t sequence = 0;
        // A loop over all that are counted meets the first that is not there, and no end before it.
        uint64_t row = 0;
        mmf_status status = MMF_OK;
        for (; row < tick_store_count(store); row++) {
            status = tick_store_get(store, row, &tick);
            if (status != MMF_OK)
                break;
            EXPECT_TRUE(t_is_whole(tick)) << row;
        }
        EXPECT_EQ(row, first);
        EXPECT_EQ(status, MMF_ERR_CORRUPT);
        for (const uint64_t at : {first, count - 1}) {
            EXPECT_EQ(tick_store_get_price(store, at, &price), MMF_ERR_CORRUPT);
            EXPECT_EQ(tick_store_get_symbol(store, at, symbol, sizeof symbol, nullptr),
                      MMF_ERR_CORRUPT);
            EXPECT_EQ(tick_store_view_symbol(store, at, &view), MMF_ERR_CORRUPT);
            EXPECT_EQ(tick_store_read_begin(store, at, &sequence), MMF_ERR_CORRUPT);
        }
        EXPECT_EQ(tick_store_get(store, count, &tick), MMF_ERR_RANGE);
        tick_rows rows;
        mmf_column_float64 column;
        EXPECT_EQ(tick_store_rows(store, 0, MMF_TO_END, &rows), MMF_ERR_CORRUPT);
        EXPECT_EQ(rows.base.count, 0u);
        EXPECT_EQ(tick_store_column_price(store, 0, MMF_TO_END, &column), MMF_ERR_CORRUPT);
        EXPECT_EQ(tick_store_column_price(store, 0, first + 1, &column), MMF_ERR_CORRUPT);
        EXPECT_EQ(tick_store_column_price(store, 0, count + 1, &column), MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_column_price(store, 0, first, &column), MMF_OK);
        EXPECT_EQ(column.count, first);
        EXPECT_EQ(tick_store_rows(store, count, MMF_TO_END, &rows), MMF_OK);
        EXPECT_EQ(rows.base.count, 0u);
        std::vector<uint64_t> images((first + 1) * TICK_RECORD_SIZE / 8);
        uint64_t copied = 0;
        EXPECT_EQ(mmf_store_copy_rows(tick_store_base(store), 0, first + 1, images.data(),
                                      8 * images.size(), &copied),
                  MMF_ERR_CORRUPT);
        EXPECT_EQ(copied, first);
        EXPECT_EQ(mmf_store_wait(tick_store_base(store), first, 0), MMF_ERR_CORRUPT);
        EXPECT_EQ(mmf_store_wait(tick_store_base(store), count, 0), MMF_ERR_ENDED);
        mmf_error why;
        (void)mmf_store_explain(tick_store_base(store), MMF_ERR_CORRUPT, first, nullptr, &why);
        EXPECT_NE(strstr(why.message, "the row is missing from the file"), nullptr) << why.message;
    }
};

} // namespace

TEST_F(MissingRowsTest, ATruncatedFileTellsWhatItLacks)
{
    make(10000);
    ASSERT_EQ(truncate(path.c_str(), 600000), 0);
    const uint64_t there = (600000 - kHeader) / TICK_RECORD_SIZE;
    ASSERT_LT(there, 10000u);
    expect_missing(there, 10000, "the file ends before them");
    leave_boot();
    expect_missing(there, 10000, "the file ends before them");
}

TEST_F(MissingRowsTest, AFileOfTheHeaderAlone)
{
    make(5);
    ASSERT_EQ(truncate(path.c_str(), kHeader), 0);
    expect_missing(0, 5, "the file ends before them");
}

// A copy that was broken off, of a tool that had given the file its size before.
TEST_F(MissingRowsTest, ATailOfZeroes)
{
    make(1000);
    const off_t size = static_cast<off_t>(bytes().size());
    for (const uint64_t there : {999, 640, 1, 0}) {
        ASSERT_EQ(truncate(path.c_str(), static_cast<off_t>(kHeader + there * TICK_RECORD_SIZE)),
                  0);
        ASSERT_EQ(truncate(path.c_str(), size), 0);
        expect_missing(there, 1000, "they are zeroes");
    }
    leave_boot();
    expect_missing(0, 1000, "they are zeroes");
}

// A part that the disk lost, in the middle: what reads as zeroes there is no price of 0.
TEST_F(MissingRowsTest, AHoleInTheMiddle)
{
    make(1000);
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    // Larger than the tables of an extent more, which count as blocks of the file.
    const off_t begin = kHeader + 8 * 4096;
    const int punched = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, begin, 8 * 4096);
    ::close(fd);
    if (punched != 0)
        GTEST_SKIP() << "this file system punches no holes: " << strerror(errno);
    const uint64_t first = 8 * 4096 / TICK_RECORD_SIZE; // it begins before the hole
    expect_missing(first, 1000, "the file has a hole there");
    leave_boot();
    expect_missing(first, 1000, "the file has a hole there");
}

// A sparse copy has holes as well: where there is room, and where fields are all zero.
TEST_F(MissingRowsTest, HolesThatHideNoRecord)
{
    make(3);
    ASSERT_EQ(system(("cp --sparse=always '" + path + "' '" + path + ".copy'").c_str()), 0);
    path += ".copy";
    tick_store *store = open();
    EXPECT_STREQ(error.message, "");
    EXPECT_EQ(missing(store), 0u);
    EXPECT_EQ(expect_whole(store), 3u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    store = open(&writing);
    EXPECT_EQ(expect_whole(store), 3u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// The last record reaches into the hole, and has zeroes there: all of it is there.
TEST_F(MissingRowsTest, ARecordThatEndsInAHoleIsWhole)
{
    constexpr uint64_t kPage = 4096;
    const uint64_t count = kPage / TICK_RECORD_SIZE + 1;
    tick_store *store = create();
    tick_record tick = {};
    for (uint64_t row = 0; row < count; row++)
        ASSERT_EQ(tick_store_append(store, &tick, nullptr), MMF_OK);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    ASSERT_NE(kPage % TICK_RECORD_SIZE, 0u) << "no record crosses the boundary";
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    const int punched = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, kHeader + kPage,
                                  static_cast<off_t>(bytes().size() - kHeader - kPage));
    ::close(fd);
    if (punched != 0)
        GTEST_SKIP() << "this file system punches no holes: " << strerror(errno);
    for (const bool shared : {false, true}) {
        mmf_options options = writing;
        options.shared_writers = shared;
        store = open(&options);
        EXPECT_EQ(tick_store_count(store), count);
        EXPECT_EQ(tick_store_get(store, count - 1, &tick), MMF_OK);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
    }
}

// An open that is refused for another reason does not fill the hole either: the next one would take
// its zeroes for what was written.
TEST_F(MissingRowsTest, ARefusedOpenLeavesAHole)
{
    make(1000);
    leave_boot();
    const std::string whole = bytes();
    for (uint64_t slot = 0; slot < MMFI_COMMIT_COPIES; slot++) {
        const uint64_t at =
            MMFI_COMMIT_OFFSET + slot * MMFI_PAGE_SIZE + offsetof(mmfi_commit, count);
        put(at, std::string(1, static_cast<char>(whole[at] ^ 1)));
    }
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    const off_t begin = kHeader + 8 * 4096;
    const int punched = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, begin, 8 * 4096);
    if (punched != 0) {
        ::close(fd);
        GTEST_SKIP() << "this file system punches no holes: " << strerror(errno);
    }
    for (const bool shared : {false, true}) {
        mmf_options options = writing;
        options.shared_writers = shared;
        EXPECT_EQ(open_fails(&options), MMF_ERR_CORRUPT);
        EXPECT_NE(strstr(error.message, "both commit slots"), nullptr) << error.message;
        EXPECT_EQ(lseek(fd, begin, SEEK_HOLE), begin) << "it was filled";
    }
    ::close(fd);
}

// A commit whose tail did not reach the disk does not stand, also where that left a hole.
TEST_F(MissingRowsTest, ATailThatIsAHoleIsNotCounted)
{
    tick_store *store = create();
    fill(store, 10);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK);
    ASSERT_EQ(t_append_up_to(store, 1000), MMF_OK);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    leave_boot();
    for (uint64_t slot = 0; slot < MMFI_COMMIT_COPIES; slot++)
        put_word(MMFI_COMMIT_OFFSET + slot * MMFI_PAGE_SIZE + MMFI_COMMIT_CONFIRMATION, 0);
    constexpr uint64_t kTail = kHeader + 4096; // within row 39
    put(kHeader + 10 * TICK_RECORD_SIZE, std::string(4096 - 10 * TICK_RECORD_SIZE, '\0'));
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    const int punched = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, kTail,
                                  static_cast<off_t>(bytes().size() - kTail));
    ::close(fd);
    if (punched != 0)
        GTEST_SKIP() << "this file system punches no holes: " << strerror(errno);
    store = open();
    EXPECT_EQ(expect_whole(store), 10u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    store = open(&writing);
    EXPECT_EQ(expect_whole(store), 10u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// The newest commit is damaged where it decides: the one before counts, and that is said.
TEST_F(MissingRowsTest, ACommitSlotThatFailsItsChecksum)
{
    tick_store *store = create();
    fill(store, 5);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK);
    ASSERT_EQ(t_append_up_to(store, 9), MMF_OK);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string whole = bytes();
    for (uint64_t slot = 0; slot < MMFI_COMMIT_COPIES; slot++) {
        const uint64_t at =
            MMFI_COMMIT_OFFSET + slot * MMFI_PAGE_SIZE + offsetof(mmfi_commit, count);
        leave_boot();
        put(at, std::string(1, static_cast<char>(whole[at] ^ 1)));
        for (const mmf_options *options : {static_cast<const mmf_options *>(nullptr),
                                           static_cast<const mmf_options *>(&writing)}) {
            store = open(options);
            EXPECT_NE(strstr(error.message, "one of the two commit slots"), nullptr)
                << error.message;
            EXPECT_EQ(error.status, MMF_OK);
            const uint64_t count = tick_store_count(store);
            EXPECT_TRUE(count == 5 || count == 9) << count;
            EXPECT_NE(strstr(error.message, std::to_string(count).c_str()), nullptr);
            EXPECT_EQ(tick_store_close(store), MMF_OK);
        }
        put(0, whole);
    }
    leave_boot();
    store = open();
    EXPECT_STREQ(error.message, "");
    EXPECT_EQ(tick_store_count(store), 9u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// A count that is too large is seen at its last record, or by the room that the file ever had.
TEST_F(MissingRowsTest, ACountThatGainedABit)
{
    make(5);
    put_word(kCount, 5 + 512);
    expect_missing(5, 5 + 512, "they are zeroes");
    for (const uint64_t count : {UINT64_C(5) + (1 << 20), UINT64_MAX, UINT64_MAX >> 2}) {
        put_word(kCount, count);
        for (const mmf_options *options : {static_cast<const mmf_options *>(nullptr),
                                           static_cast<const mmf_options *>(&writing)}) {
            EXPECT_EQ(open_fails(options), MMF_ERR_CORRUPT);
            EXPECT_NE(strstr(error.message, std::to_string(count).c_str()), nullptr)
                << error.message;
            EXPECT_NE(strstr(error.message, "restore"), nullptr) << error.message;
        }
    }
    put_word(kCount + offsetof(mmfi_live, capacity), UINT64_MAX);
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT) << "no file has room for that";
}

TEST_F(MissingRowsTest, ACountThatLostABit)
{
    make(5);
    put_word(kCount, 1);
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT);
    EXPECT_NE(strstr(error.message, "count (1) is below that of the last sync (5)"), nullptr)
        << error.message;
    EXPECT_EQ(open_fails(&writing), MMF_ERR_CORRUPT);
}

// A commit whose checksum is right, as one who means harm would make it.
TEST_F(MissingRowsTest, ACommitOfMoreRecordsThanItHadRoomFor)
{
    make(5);
    leave_boot();
    for (uint64_t slot = 0; slot < MMFI_COMMIT_COPIES; slot++) {
        const size_t at = MMFI_COMMIT_OFFSET + slot * MMFI_PAGE_SIZE;
        mmfi_commit commit;
        memcpy(&commit, bytes().data() + at, sizeof commit);
        commit.count = commit.capacity + 1;
        commit.crc = mmfi_crc32c(&commit, offsetof(mmfi_commit, crc));
        put(at, std::string(reinterpret_cast<const char *>(&commit), sizeof commit));
    }
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT);
    EXPECT_NE(strstr(error.message, "the header is damaged"), nullptr) << error.message;
    EXPECT_EQ(open_fails(&writing), MMF_ERR_CORRUPT);
}

// The reader that was there before keeps what it knows, and learns that there is no more.
TEST_F(MissingRowsTest, ACountDamagedUnderAReader)
{
    make(5);
    tick_store *reader = open();
    put_word(kCount, UINT64_MAX);
    EXPECT_EQ(tick_store_count(reader), 5u);
    tick_record tick;
    EXPECT_EQ(tick_store_get(reader, 4, &tick), MMF_OK);
    EXPECT_EQ(tick_store_get(reader, 5, &tick), MMF_ERR_CORRUPT);
    tick_rows rows;
    EXPECT_EQ(tick_store_rows(reader, 0, MMF_TO_END, &rows), MMF_ERR_CORRUPT);
    EXPECT_EQ(mmf_store_wait(tick_store_base(reader), 5, 0), MMF_ERR_CORRUPT);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}
