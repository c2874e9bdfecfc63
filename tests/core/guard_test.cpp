// Files that are cut off while they are open: a status with the guard, SIGBUS without.
#include "core/guard.h"

#include <sys/mman.h>

#include <csignal>

#include "tests/core/store_fixture.h"

namespace {

constexpr off_t kPage = 4096;
volatile sig_atomic_t other_faults = 0;
void *other_page = nullptr;

// A handler that was there before: it makes the page good and counts.
void other_handler(int)
{
    other_faults = other_faults + 1;
    mmap(other_page, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

// A mapping that is not a store's, of a file without bytes.
char *empty_mapping(const std::string &directory)
{
    FILE *file = fopen((directory + "/empty").c_str(), "w+");
    other_page = mmap(nullptr, kPage, PROT_READ, MAP_SHARED, fileno(file), 0);
    fclose(file);
    return static_cast<char *>(other_page);
}

} // namespace

class GuardTest : public StoreTest {
protected:
    // Every call of a store whose file was cut off is a status; 0, or which was not.
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
        if (strstr(why.message, "cut off") == nullptr)
            return 17;
        const mmf_status closed = tick_store_close(store);
        return closed == (writer ? MMF_ERR_CORRUPT : MMF_OK) ? 0 : 18;
    }
};

// At every page: the last ones are behind the records, the first ones are the header.
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
                << "cut off at page " << page << (writer ? ", writer" : ", reader");
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
                  if (tick_store_append(store, &tick, nullptr) != MMF_ERR_CORRUPT)
                      return 3;
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

TEST_F(GuardTest, FaultsOfOthersGoToWhoWasThereBefore)
{
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, other_handler);
                  if (mmf_guard_install(nullptr) != MMF_OK || mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  volatile char *memory = empty_mapping(directory);
                  const char found = memory[0];
                  if (found != 0 || other_faults != 1)
                      return 2;
                  mmf_guard_remove();
                  mmf_guard_remove();
                  volatile char *again = empty_mapping(directory);
                  return again[0] == 0 && other_faults == 2 ? 0 : 3;
              }),
              0);
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, SIG_DFL);
                  (void)mmf_guard_install(nullptr);
                  volatile char *memory = empty_mapping(directory);
                  return static_cast<int>(memory[0]) + 1;
              }),
              -SIGBUS);
}

// A store that was closed is nobody's any more: a fault at its old place is not answered.
TEST_F(GuardTest, ClosedStoresAreForgotten)
{
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, other_handler);
                  (void)mmf_guard_install(nullptr);
                  for (int i = 0; i < 3000; i++) { // more than there are places
                      tick_store *store = i == 0 ? create() : open();
                      if (store == nullptr || tick_store_close(store) != MMF_OK)
                          return 1;
                  }
                  tick_store *reader = open();
                  if (truncate(path.c_str(), 4096) != 0)
                      return 2;
                  double price = 0;
                  (void)tick_store_get_price(reader, 0, &price);
                  return tick_store_close(reader) == MMF_OK && other_faults == 0 ? 0 : 3;
              }),
              0);
}
