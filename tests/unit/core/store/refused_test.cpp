// A store whose kernel refuses: a status from every call, and the store as it was.
#include <cerrno>

#include "mmapforge/detail/append_rows.h"
#include "mmapforge/detail/columns.h"
#include "mmapforge/value.h"
#include "tests/support/refuse.h"
#include "tests/support/store_fixture.h"

namespace {

class StoreRefusedTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        if (!t_while_refused(SYS_syncfs, EIO, [] {}))
            GTEST_SKIP() << "this kernel takes no filter of system calls";
    }
};

} // namespace

TEST_F(StoreRefusedTest, TheSizeOfTheFileIsNotToBeHad)
{
    tick_store *writer = create();
    fill(writer, 3);
    tick_store *reader = open();
    const mmf_store *base = tick_store_base(reader);
    ASSERT_EQ(tick_store_count(reader), 3u);
    double price = 0;
    const tick_record tick = t_tick(3);
    ASSERT_EQ(tick_store_append(writer, &tick, nullptr), MMF_OK);
    ASSERT_TRUE(t_while_refused(SYS_newfstatat, EIO, [&] {
        EXPECT_EQ(tick_store_get_price(reader, 3, &price), MMF_OK)
            << "a size that was enough is not asked for again";
    }));
    const uint64_t row = mmf_store_capacity(base);
    while (tick_store_count(writer) <= row)
        ASSERT_EQ(tick_store_append(writer, &tick, nullptr), MMF_OK);
    ASSERT_TRUE(t_while_refused(SYS_newfstatat, EIO, [&] {
        mmf_info info;
        EXPECT_EQ(tick_store_get_price(reader, row, &price), MMF_ERR_IO);
        EXPECT_EQ(tick_store_get_price(reader, 2, &price), MMF_OK) << "known before";
        EXPECT_EQ(mmf_store_info(base, &info), MMF_ERR_IO);
        EXPECT_EQ(mmf_store_capacity(base), 0u);
        EXPECT_EQ(mmf_store_wait(base, row, UINT64_MAX), MMF_ERR_IO);
        EXPECT_EQ(tick_store_count(reader), 4u);
        mmf_rows rows = {nullptr, 9};
        EXPECT_EQ(mmfi_rows(base, row, 1, TICK_RECORD_SIZE, &rows), MMF_ERR_IO);
        EXPECT_EQ(rows.count, 0u);
        tick_store *other = nullptr;
        EXPECT_NE(tick_store_open(path.c_str(), nullptr, &other, &error), MMF_OK);
        EXPECT_EQ(other, nullptr);
        const std::string second = path + ".second";
        EXPECT_NE(tick_store_create(second.c_str(), nullptr, &other, &error), MMF_OK);
        EXPECT_NE(access(second.c_str(), F_OK), 0);
    }));
    EXPECT_EQ(tick_store_count(reader), row + 1);
    EXPECT_GE(mmf_store_capacity(tick_store_base(reader)), 4u);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(StoreRefusedTest, AHeaderThatCannotBeWrittenOrSynced)
{
    for (const long call : {SYS_pwrite64, SYS_fdatasync, SYS_fallocate})
        ASSERT_TRUE(t_while_refused(call, EIO, [&] {
            tick_store *store = nullptr;
            EXPECT_EQ(tick_store_create(path.c_str(), nullptr, &store, &error), MMF_ERR_IO);
            EXPECT_EQ(store, nullptr);
            EXPECT_NE(access(path.c_str(), F_OK), 0);
        })) << call;
}

TEST_F(StoreRefusedTest, AHeaderThatCannotBeRead)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    ASSERT_TRUE(t_while_refused(SYS_pread64, EIO, [&] {
        EXPECT_EQ(open_fails(), MMF_ERR_IO);
        EXPECT_EQ(open_fails(&writing), MMF_ERR_IO);
    }));
    EXPECT_EQ(tick_store_close(open(&writing)), MMF_OK);
}

// Without a page that a fork wipes, writes look at the number of the process instead.
TEST_F(StoreRefusedTest, AKernelThatWipesNoPageOnFork)
{
    tick_store *store = nullptr;
    ASSERT_TRUE(t_while_refused(SYS_madvise, EINVAL, [&] { store = create(); }));
    ASSERT_NE(store, nullptr);
    fill(store, 100);
    ASSERT_EQ(tick_store_set_price(store, 3, 7.5), MMF_OK);
    const tick_record tick = t_tick(4711);
    ASSERT_EQ(tick_store_set(store, 4, &tick), MMF_OK);
    EXPECT_EQ(tick_store_set_price(store, 100, 7.5), MMF_ERR_RANGE);
    EXPECT_EQ(tick_store_set(store, 100, &tick), MMF_ERR_RANGE);
    unsigned char *records = nullptr;
    mmf_store *base = reinterpret_cast<mmf_store *>(store);
    ASSERT_EQ(mmfi_append_rows_begin(base, 0, &records), MMF_OK);
    EXPECT_EQ(t_in_child([&] {
                  double price = 0;
                  if (tick_store_get_price(store, 3, &price) != MMF_OK || price != 7.5)
                      return 1;
                  mmf_info info;
                  if (mmf_store_info(base, &info) != MMF_OK || info.writable)
                      return 2;
                  if (tick_store_append(store, &tick, nullptr) != MMF_ERR_READ_ONLY ||
                      tick_store_set_price(store, 3, 1) != MMF_ERR_READ_ONLY)
                      return 3;
                  mmf_error why;
                  (void)mmf_store_explain(base, MMF_ERR_READ_ONLY, 0, nullptr, &why);
                  if (strstr(why.message, "inherited") == nullptr)
                      return 4;
                  return tick_store_close(store) == MMF_OK ? 0 : 5;
              }),
              0);
    ASSERT_EQ(tick_store_append(store, &tick, nullptr), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    store = open();
    EXPECT_EQ(tick_store_count(store), 101u);
    double price = 0;
    EXPECT_EQ(tick_store_get_price(store, 3, &price), MMF_OK);
    EXPECT_EQ(price, 7.5);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(StoreRefusedTest, NoAddressSpaceForTheFile)
{
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer maps memory of its own";
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    ASSERT_TRUE(t_while_refused(SYS_mmap, ENOMEM, [&] {
        EXPECT_EQ(open_fails(), MMF_ERR_NO_MEMORY);
        EXPECT_EQ(open_fails(&writing), MMF_ERR_NO_MEMORY);
    }));
    EXPECT_EQ(tick_store_close(open(&writing)), MMF_OK);
}

// Of several writers: the turn to append is given back, and a failed sync is for all of them.
TEST_F(StoreRefusedTest, OneOfSeveralWritersFails)
{
    mmf_options sharing = writing;
    sharing.shared_writers = true;
    sharing.capacity = 1;
    tick_store *one = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &sharing, &one, &error), MMF_OK) << error.message;
    tick_store *two = open(&sharing);
    fill(one, mmf_store_capacity(tick_store_base(one)));
    const tick_record tick = t_tick(tick_store_count(one));
    ASSERT_TRUE(t_while_refused(SYS_newfstatat, EIO, [&] {
        EXPECT_EQ(tick_store_append(one, &tick, nullptr), MMF_ERR_IO);
    }));
    ASSERT_EQ(tick_store_append(two, &tick, nullptr), MMF_OK);
    EXPECT_EQ(expect_whole(one), tick.timestamp + 1);
    ASSERT_TRUE(t_while_refused(SYS_fdatasync, EIO,
                                [&] { EXPECT_EQ(tick_store_sync(one, &error), MMF_ERR_IO); }));
    EXPECT_EQ(tick_store_sync(one, &error), MMF_ERR_NEEDS_RECOVERY);
    EXPECT_EQ(tick_store_append(two, &tick, nullptr), MMF_ERR_NEEDS_RECOVERY);
    EXPECT_EQ(open_fails(&sharing), MMF_ERR_NEEDS_RECOVERY);
    (void)tick_store_close(two);
    EXPECT_EQ(tick_store_close(one), MMF_ERR_NEEDS_RECOVERY);
}
