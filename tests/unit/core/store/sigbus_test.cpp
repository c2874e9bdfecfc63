// Files that are truncated while they are open: a status with the guard, SIGBUS without.
#include "core/store/sigbus.h"
#include "mmapforge/sigbus.h"

#include <sys/mman.h>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <thread>
#include <vector>

#include "tests/support/refuse.h"
#include "tests/support/store_fixture.h"

namespace {

constexpr off_t kPage = 4096;

} // namespace

class GuardTest : public StoreTest {
protected:
    // Every call of a store whose file was truncated is a status; 0, or which was not.
    int use_dead(tick_store *store, bool writer)
    {
        tick_record tick = t_tick(1);
        char symbol[TICK_SYMBOL_MAX + 1];
        size_t length = 0;
        double price = 0;
        mmf_column_float64 column;
        uint64_t row = 0;
        if (tick_store_get(store, 0, &tick) != MMF_ERR_CORRUPT)
            return 10;
        if (tick_store_get_price(store, 0, &price) != MMF_ERR_CORRUPT)
            return 11;
        if (tick_store_get_symbol(store, 0, symbol, sizeof symbol, &length) != MMF_ERR_CORRUPT)
            return 12;
        if (tick_store_column_price(store, 0, MMF_TO_END, &column) != MMF_ERR_CORRUPT)
            return 13;
        const mmf_status refused = writer ? MMF_ERR_CORRUPT : MMF_ERR_READ_ONLY;
        if (tick_store_append(store, &tick, &row) != refused)
            return 14;
        if (tick_store_set(store, 0, &tick) != refused ||
            tick_store_set_price(store, 0, 1) != refused)
            return 15;
        mmf_error why;
        if (tick_store_sync(store, &why) != refused || why.message[0] == '\0')
            return 16;
        (void)mmf_store_explain(tick_store_base(store), MMF_ERR_CORRUPT, 0, nullptr, &why);
        if (strstr(why.message, "was truncated") == nullptr ||
            strstr(why.message, "row") != nullptr)
            return 17;
        mmf_info info;
        if (mmf_store_info(tick_store_base(store), &info) != MMF_OK || info.writable)
            return 19;
        const mmf_status closed = tick_store_close(store);
        return closed == (writer ? MMF_ERR_CORRUPT : MMF_OK) ? 0 : 18;
    }
};

// At every page: the last ones are after the records, the first ones are the header.
TEST_F(GuardTest, ATruncatedFileIsAStatus)
{
    tick_store *store = create();
    fill(store, 300);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string whole = bytes();
    const off_t pages = static_cast<off_t>(whole.size()) / kPage;
    for (off_t page = 0; page < pages; page++) {
        for (const bool writer : {false, true}) {
            put(0, whole);
            EXPECT_EQ(t_in_child([&] {
                          mmf_error why;
                          if (mmf_guard_install(&why) != MMF_OK)
                              return 1;
                          tick_store *hit = open(writer ? &writing : nullptr);
                          tick_store *other = nullptr;
                          const std::string second = path + ".other";
                          if (tick_store_create(second.c_str(), nullptr, &other, &why) != MMF_OK)
                              return 2;
                          if (truncate(path.c_str(), page * kPage) != 0)
                              return 3;
                          bool dead = false;
                          for (uint64_t row = 0; row < 300; row++) {
                              tick_record tick;
                              const mmf_status status = tick_store_get(hit, row, &tick);
                              if (status == MMF_OK && (dead || !t_is_whole(tick)))
                                  return 4;
                              if (status != MMF_OK && status != MMF_ERR_CORRUPT)
                                  return 5;
                              dead |= status != MMF_OK;
                          }
                          // The records all lie before the last pages.
                          if (!dead && page * kPage < 65536 + 300 * TICK_RECORD_SIZE)
                              return 6;
                          const tick_record tick = t_tick(1);
                          if (tick_store_append(other, &tick, nullptr) != MMF_OK ||
                              tick_store_close(other) != MMF_OK)
                              return 7;
                          unlink(second.c_str());
                          return dead ? use_dead(hit, writer) : 0;
                      }),
                      0)
                << "truncated at page " << page << (writer ? ", writer" : ", reader");
        }
    }
}

// The writer meets the hole by writing; a commit of what is not there is not made.
TEST_F(GuardTest, AWriterThatAppendsIntoAHole)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    EXPECT_EQ(t_in_child([&] {
                  if (mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  tick_store *store = open(&writing);
                  fill(store, 10);
                  if (truncate(path.c_str(), 65536) != 0)
                      return 2;
                  const tick_record tick = t_tick(10);
                  (void)tick_store_append(store, &tick, nullptr); // hit in the middle
                  double price = 0;
                  if (tick_store_get_price(store, 0, &price) != MMF_ERR_CORRUPT)
                      return 3;
                  if (tick_store_count(store) != 0)
                      return 4;
                  if (tick_store_append(store, &tick, nullptr) != MMF_ERR_CORRUPT)
                      return 5;
                  return use_dead(store, true);
              }),
              0);
}

TEST_F(GuardTest, WithoutItTheProcessEndsBySigbus)
{
    tick_store *store = create();
    fill(store, 10);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const auto touch = [this](bool remove) {
        signal(SIGBUS, SIG_DFL);
        if (remove) {
            (void)mmf_guard_install(nullptr);
            mmf_guard_remove();
        }
        tick_store *reader = open();
        if (truncate(path.c_str(), 65536) != 0)
            return 1;
        tick_record tick;
        (void)tick_store_get(reader, 0, &tick);
        return 2;
    };
    const std::string whole = bytes();
    EXPECT_EQ(t_in_child([&] { return touch(false); }), -SIGBUS);
    put(0, whole);
    EXPECT_EQ(t_in_child([&] { return touch(true); }), -SIGBUS);
}

// Private memory for the whole reserve is more than such a process may have.
TEST_F(GuardTest, WithLittleMemoryThePagesAroundTheHoleAreMadeGood)
{
    tick_store *store = create();
    fill(store, 300);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const int result = t_in_child([&] {
        (void)mmf_guard_install(nullptr);
        tick_store *writer = open(&writing);
        mmf_info info;
        if (mmf_store_info(tick_store_base(writer), &info) != MMF_OK)
            return 1;
        if (!t_refuse_mappings_of(info.reserve_bytes))
            return 77;
        if (truncate(path.c_str(), 65536 + 4096) != 0)
            return 2;
        const unsigned char *records = tick_store_base(writer)->records;
        tick_record tick;
        uint64_t row = 0;
        while (row < 300 && tick_store_get(writer, row, &tick) == MMF_OK)
            if (!t_is_whole(tick) || tick.timestamp != row++)
                return 3;
        if (row != 4096 / TICK_RECORD_SIZE)
            return 4;
        // The header is not near the hole.
        if (memcmp(records - 65536, bytes().data(), 8) != 0)
            return 5;
        return use_dead(writer, true);
    });
    if (result == 77)
        GTEST_SKIP() << "this kernel takes no filter of system calls";
    EXPECT_EQ(result, 0);
}

// At the ends of a mapping the pages around the hole are fewer: what lies beside it is another's.
TEST_F(GuardTest, WithLittleMemoryNothingBesideTheMappingIsReplaced)
{
    const int result = t_in_child([&] {
        (void)mmf_guard_install(nullptr);
        tick_store *writer = create();
        mmf_store *base = reinterpret_cast<mmf_store *>(writer);
        // A file without bytes, and a page of others on both sides.
        constexpr size_t size = size_t{64} << 20;
        const int access = PROT_READ | PROT_WRITE;
        const int empty = ::open((directory + "/empty").c_str(), O_RDWR | O_CREAT, 0600);
        void *const area =
            mmap(nullptr, size + 2 * kPage, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (empty < 0 || area == MAP_FAILED)
            return 1;
        char *const mapped = static_cast<char *>(area) + kPage;
        if (mmap(mapped, size, access, MAP_SHARED | MAP_FIXED, empty, 0) != mapped)
            return 2;
        char *const beside[] = {mapped - kPage, mapped + size};
        for (char *page : beside)
            memset(page, 'x', kPage);
        mmfi_guard_forget(base);
        mmfi_guard_add(base, reinterpret_cast<unsigned char *>(mapped), size);
        if (!t_refuse_mappings_of(size))
            return 77;
        // The second one is of a store that is known to be truncated.
        for (const size_t at :
             {size - 1, size_t{0}}) { // the file of the store ends before the first
            const volatile char *byte = mapped + at;
            if (*byte != 0)
                return 4;
        }
        const std::string others(kPage, 'x');
        for (const char *page : beside)
            if (std::string(page, kPage) != others)
                return 5;
        return use_dead(writer, true);
    });
    if (result == 77)
        GTEST_SKIP() << "this kernel takes no filter of system calls";
    EXPECT_EQ(result, 0);
}

TEST_F(GuardTest, AFileThatIsCutOffUnderManyThreads)
{
    tick_store *store = create();
    fill(store, 300);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string whole = bytes();
    const std::string calm = path + ".calm";
    tick_store *made = nullptr;
    ASSERT_EQ(tick_store_create(calm.c_str(), nullptr, &made, nullptr), MMF_OK);
    ASSERT_EQ(tick_store_close(made), MMF_OK);
    mmf_options small = MMF_OPTIONS_INIT;
    small.reserve_bytes = UINT64_C(16) << 20;
    for (int round = 0; round < 10; round++) {
        put(0, whole);
        EXPECT_EQ(t_in_child([&] {
                      (void)mmf_guard_install(nullptr);
                      tick_store *hit = open(&small);
                      std::atomic<int> bad{0};
                      std::atomic<int> dead{0};
                      std::vector<std::thread> threads;
                      for (int i = 0; i < 3; i++)
                          threads.emplace_back([&] {
                              mmf_status status = MMF_OK;
                              for (uint64_t row = 0; status == MMF_OK; row = (row + 1) % 300) {
                                  tick_record tick;
                                  status = tick_store_get(hit, row, &tick);
                                  bad += status == MMF_OK && !t_is_whole(tick) ? 1 : 0;
                              }
                              bad += status != MMF_ERR_CORRUPT ? 1 : 0;
                              dead++;
                          });
                      // Others come and go beside it, and no fault finds them.
                      threads.emplace_back([&] {
                          while (dead < 3) {
                              tick_store *reader = nullptr;
                              if (tick_store_open(calm.c_str(), &small, &reader, nullptr) !=
                                      MMF_OK ||
                                  tick_store_count(reader) != 0)
                                  bad++;
                              bad += tick_store_close(reader) != MMF_OK ? 1 : 0;
                          }
                      });
                      usleep(2000);
                      if (truncate(path.c_str(), 65536 + round % 5 * kPage) != 0)
                          bad++;
                      for (std::thread &thread : threads)
                          thread.join();
                      return bad + (tick_store_close(hit) == MMF_OK ? 0 : 1);
                  }),
                  0)
            << "round " << round;
    }
}

// A child of a process whose threads open and close stores can close what it has.
TEST_F(GuardTest, AChildForkedInTheMiddleOfOpensClosesItsStores)
{
    tick_store *store = create();
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    mmf_options small = MMF_OPTIONS_INIT;
    small.reserve_bytes = UINT64_C(16) << 20;
    tick_store *mine = open(&small);
    std::atomic<bool> over{false};
    std::thread opener([&] {
        while (!over) {
            tick_store *reader = nullptr;
            (void)tick_store_open(path.c_str(), &small, &reader, nullptr);
            (void)tick_store_close(reader);
        }
    });
    for (int i = 0; i < 100; i++)
        EXPECT_EQ(t_in_child([&] {
                      alarm(60);
                      return static_cast<int>(tick_store_close(mine));
                  }),
                  MMF_OK);
    over = true;
    opener.join();
    EXPECT_EQ(tick_store_close(mine), MMF_OK);
}
