// How much address space handles take, what they leave, and how a reader's grows.
#include <sys/mman.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "core/store/sigbus.h"
#include "core/store/state.h"
#include "mmapforge/sigbus.h"
#include "tests/support/limit.h"
#include "tests/support/sanitizer.h"
#include "tests/support/store_fixture.h"

namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kLittle = 65536 + 4 * kPage; // the header and 157 ticks

// A reader's reservation as if the file had been so small that this were room enough for it.
void cut_down(tick_store *reader, uint64_t size)
{
    mmfi_map &map = reinterpret_cast<mmf_store *>(reader)->state->map;
    ASSERT_EQ(munmap(map.base + size, map.size - size), 0);
    map.size = size;
    mmfi_guard_resize(tick_store_base(reader), size);
}

uint64_t reach_of(const tick_store *store)
{
    mmf_info info;
    EXPECT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
    return info.capacity_max;
}

} // namespace

class ReserveTest : public StoreTest {
protected:
    // A reader with a little reservation, of a file with one tick, and its writer.
    void SetUp() override
    {
        StoreTest::SetUp();
        writer = create();
        fill(writer, 1);
        reader = open();
        cut_down(reader, kLittle);
        reach = reach_of(reader);
    }

    void TearDown() override
    {
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
        EXPECT_EQ(tick_store_close(writer), MMF_OK);
        StoreTest::TearDown();
    }

    const unsigned char *first() const
    {
        return tick_store_base(reader)->records;
    }

    tick_store *writer = nullptr;
    tick_store *reader = nullptr;
    uint64_t reach = 0;
};

TEST_F(ReserveTest, AReaderTakesWhatItsFileNeedsAndRoomToGrow)
{
    tick_store *other = open();
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(other), &info), MMF_OK);
    EXPECT_EQ(info.reserve_asked, info.file_size + MMF_RESERVE_BYTES_READER);
    EXPECT_EQ(info.reserve_bytes, info.reserve_asked);
    ASSERT_EQ(mmf_store_info(tick_store_base(writer), &info), MMF_OK);
    EXPECT_EQ(info.reserve_asked, MMF_RESERVE_BYTES_DEFAULT);
    EXPECT_EQ(tick_store_close(other), MMF_OK);
}

TEST_F(ReserveTest, AReaderFollowsBeyondItsReservationAtTheSameAddress)
{
    const unsigned char *before = first();
    mmf_column_float64 column;
    ASSERT_EQ(tick_store_column_price(reader, 0, MMF_TO_END, &column), MMF_OK);
    ASSERT_EQ(t_append_up_to(writer, reach * 3), MMF_OK);
    EXPECT_EQ(expect_whole(reader), reach * 3);
    EXPECT_EQ(first(), before);
    EXPECT_EQ(mmf_column_float64_at(column, 0), t_tick(0).price);
    EXPECT_GT(reach_of(reader), reach * 3) << "it was not made to extend at each row";
    ASSERT_EQ(tick_store_column_price(reader, 0, MMF_TO_END, &column), MMF_OK);
    EXPECT_EQ(column.count, reach * 3);
}

// Threads that read and find new rows, while one of them extends.
TEST_F(ReserveTest, ThreadsReadMeanwhile)
{
    std::atomic<uint64_t> bad{0};
    std::atomic<int> refused{MMF_OK};
    std::vector<std::thread> threads;
    const uint64_t rows = reach * 20;
    for (int i = 0; i < 3; i++)
        threads.emplace_back([&] {
            for (uint64_t row = 0; row < rows;) {
                tick_record tick;
                const mmf_status status = tick_store_get(reader, row, &tick);
                if (status == MMF_OK)
                    bad += tick.timestamp != row++ || !t_is_whole(tick) ? 1 : 0;
                else if (status != MMF_ERR_RANGE)
                    refused = status, row = rows;
            }
        });
    EXPECT_EQ(t_append_up_to(writer, rows), MMF_OK);
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(bad, 0u);
    EXPECT_EQ(refused, MMF_OK) << mmf_status_text(static_cast<mmf_status>(refused.load()));
}

// A thread that extends may be off the processor for a while; one that a fork lost never ends.
TEST_F(ReserveTest, AThreadThatExtendsIsWaitedForButNotForEver)
{
    ASSERT_EQ(t_append_up_to(writer, reach + 5), MMF_OK);
    uint64_t *const extending = &reinterpret_cast<mmf_store *>(reader)->state->extending;
    tick_record tick;
    mmfi_store64_release(extending, 1);
    EXPECT_EQ(tick_store_get(reader, reach, &tick), MMF_ERR_CAPACITY);
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        mmfi_store64_release(extending, 0);
    });
    EXPECT_EQ(tick_store_get(reader, reach, &tick), MMF_OK);
    other.join();
    EXPECT_EQ(expect_whole(reader), reach + 5);
}

// Where the next addresses are in use every call says that there is more than it can reach.
TEST_F(ReserveTest, WithoutRoomEveryCallSaysSo)
{
    unsigned char *end = const_cast<unsigned char *>(first()) - 65536 + kLittle;
    char *const other = static_cast<char *>(
        mmap(end, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    ASSERT_EQ(static_cast<void *>(other), end);
    other[0] = 'x';
    ASSERT_EQ(t_append_up_to(writer, reach + 5), MMF_OK);
    EXPECT_EQ(tick_store_count(reader), reach + 5);
    tick_record tick;
    EXPECT_EQ(tick_store_get(reader, reach - 1, &tick), MMF_OK);
    EXPECT_EQ(tick_store_get(reader, reach, &tick), MMF_ERR_CAPACITY);
    double price = 0;
    EXPECT_EQ(tick_store_get_price(reader, reach + 4, &price), MMF_ERR_CAPACITY);
    mmf_column_float64 column;
    EXPECT_EQ(tick_store_column_price(reader, 0, MMF_TO_END, &column), MMF_ERR_CAPACITY);
    tick_rows rows;
    EXPECT_EQ(tick_store_rows(reader, reach - 1, 2, &rows), MMF_ERR_CAPACITY);
    EXPECT_EQ(mmf_store_wait(tick_store_base(reader), reach, UINT64_MAX), MMF_ERR_CAPACITY);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_EQ(info.count, reach + 5);
    EXPECT_EQ(info.capacity_max, reach);
    (void)mmf_store_explain(tick_store_base(reader), MMF_ERR_CAPACITY, reach, nullptr, &error);
    EXPECT_NE(strstr(error.message, "options.reserve_bytes"), nullptr) << error.message;
    EXPECT_EQ(other[0], 'x');
    // When they are free again it goes on.
    ASSERT_EQ(munmap(other, kPage), 0);
    EXPECT_EQ(tick_store_get(reader, reach + 4, &tick), MMF_OK);
    EXPECT_EQ(expect_whole(reader), reach + 5);
}

TEST_F(ReserveTest, AReservationThatWasChosenIsNotExtended)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = kLittle;
    tick_store *chosen = open(&options);
    const uint64_t most = reach_of(chosen);
    ASSERT_EQ(t_append_up_to(writer, most + 1), MMF_OK);
    tick_record tick;
    EXPECT_EQ(tick_store_get(chosen, most, &tick), MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_get(reader, most, &tick), MMF_OK);
    EXPECT_EQ(tick_store_close(chosen), MMF_OK);
}

// The handler for SIGBUS knows what was added.
TEST_F(ReserveTest, AFileThatIsTruncatedInWhatWasAddedIsAStatus)
{
    ASSERT_EQ(t_append_up_to(writer, reach * 3), MMF_OK);
    EXPECT_EQ(t_in_child([&] {
                  tick_record tick;
                  if (mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  if (tick_store_get(reader, reach * 3 - 1, &tick) != MMF_OK)
                      return 2;
                  if (truncate(path.c_str(), kLittle + kPage) != 0)
                      return 3;
                  return tick_store_get(reader, reach * 3 - 1, &tick) == MMF_ERR_CORRUPT ? 0 : 4;
              }),
              0);
}

// More readers than there are 64 GiB in the addresses of a process leave it memory all the same.
TEST_F(ReserveTest, ThousandsOfReadersLeaveTheProcessMemory)
{
    constexpr rlim_t kReaders = 2500;
    rlimit files = {};
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer has memory of its own";
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < kReaders + 100)
        GTEST_SKIP() << "this process may not open " << kReaders << " files";
    EXPECT_EQ(t_in_child([&] {
                  (void)t_limit(RLIMIT_NOFILE, kReaders + 100);
                  for (rlim_t i = 0; i < kReaders; i++) {
                      tick_store *one = nullptr;
                      if (tick_store_open(path.c_str(), nullptr, &one, nullptr) != MMF_OK ||
                          tick_store_count(one) != 1)
                          return 1;
                  }
                  std::thread([] {}).join();
                  void *memory = malloc(size_t{1} << 30);
                  if (memory == nullptr)
                      return 2;
                  free(memory);
                  return 0;
              }),
              0);
}

// What `ulimit -v` leaves is not taken by stores whose options do not ask for it.
TEST_F(ReserveTest, FiveWritersUnderALimitLeaveTheProgramRoom)
{
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer needs more address space";
    ASSERT_EQ(tick_store_close(writer), MMF_OK);
    EXPECT_EQ(t_in_child([&] {
                  rlimit inherited = {};
                  // Closing what the fixture has would end the test; its 1 GiB is counted as well.
                  if (getrlimit(RLIMIT_AS, &inherited) != 0 || tick_store_close(reader) != MMF_OK)
                      return 1;
                  (void)t_limit(RLIMIT_AS, rlim_t{1000000} * 1024);
                  for (int i = 0; i < 5; i++) {
                      tick_store *one = nullptr;
                      mmf_error said = {};
                      mmf_info info;
                      const std::string own = path + std::to_string(i);
                      if (tick_store_create(own.c_str(), nullptr, &one, &said) != MMF_OK)
                          return 2;
                      if (mmf_store_info(tick_store_base(one), &info) != MMF_OK ||
                          info.reserve_bytes >= info.reserve_asked ||
                          strstr(said.message, "ulimit -v") == nullptr)
                          return 3;
                      const tick_record tick = t_tick(0);
                      if (tick_store_append(one, &tick, nullptr) != MMF_OK)
                          return 4;
                  }
                  void *memory = malloc(size_t{100} << 20);
                  if (memory == nullptr)
                      return 5;
                  free(memory);
                  std::thread([] {}).join();
                  return 0;
              }),
              0);
    writer = open(&writing);
}

// What was asked for is taken as far as it fits.
TEST_F(ReserveTest, UnderALimitAReservationThatFitsIsHadWhole)
{
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer needs more address space";
    EXPECT_EQ(t_in_child([&] {
                  if (tick_store_close(reader) != MMF_OK || tick_store_close(writer) != MMF_OK)
                      return 1;
                  (void)t_limit(RLIMIT_AS, rlim_t{1000000} * 1024);
                  mmf_options options = MMF_OPTIONS_INIT;
                  options.reserve_bytes = uint64_t{500} << 20;
                  tick_store *one = nullptr;
                  mmf_info info;
                  if (tick_store_open(path.c_str(), &options, &one, nullptr) != MMF_OK ||
                      mmf_store_info(tick_store_base(one), &info) != MMF_OK ||
                      info.reserve_bytes != options.reserve_bytes)
                      return 2;
                  // The next one would leave nothing.
                  if (tick_store_open(path.c_str(), &options, &one, nullptr) != MMF_OK ||
                      mmf_store_info(tick_store_base(one), &info) != MMF_OK ||
                      info.reserve_bytes >= options.reserve_bytes / 2)
                      return 3;
                  void *memory = malloc(size_t{100} << 20);
                  return memory != nullptr ? 0 : 4;
              }),
              0);
}

// Faster, and otherwise the same: for a writer that grows the file, and readers with and without.
TEST_F(ReserveTest, WithLargePagesEverythingIsWhereItWas)
{
    ASSERT_EQ(tick_store_close(writer), MMF_OK);
    writing.huge_pages = true;
    writer = open(&writing);
    const uint64_t rows = (uint64_t{9} << 20) / TICK_RECORD_SIZE;
    ASSERT_EQ(t_append_up_to(writer, rows), MMF_OK);
    mmf_options reading = MMF_OPTIONS_INIT;
    reading.huge_pages = true;
    tick_store *other = open(&reading);
    EXPECT_EQ(expect_whole(other), rows);
    EXPECT_EQ(expect_whole(reader), rows);
    ASSERT_EQ(t_append_up_to(writer, rows * 2), MMF_OK);
    EXPECT_EQ(expect_whole(other), rows * 2);
    EXPECT_EQ(expect_whole(writer), rows * 2);
    EXPECT_EQ(tick_store_close(other), MMF_OK);
}

// ---- The reserve of a writer ----

namespace {

class WriterReserveTest : public StoreTest {};

} // namespace

TEST_F(WriterReserveTest, ASmallerReserveIsTakenAndSaid)
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
