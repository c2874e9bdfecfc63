// The mapping of a reserve over a smaller file, and memory that a fork wipes.
#include "core/os/map.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "tests/support/limit.h"
#include "tests/support/refuse.h"

namespace {

class MapTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        fd = memfd_create("map_test", MFD_CLOEXEC);
        ASSERT_GE(fd, 0);
        ASSERT_EQ(ftruncate(fd, static_cast<off_t>(page)), 0);
    }

    void TearDown() override
    {
        mmfi_map_close(&map);
        (void)close(fd);
    }

    // 16 pages, after which 64 are free wherever that is: a sanitizer chooses the addresses.
    void open_with_room_after()
    {
        ASSERT_EQ(mmfi_map_open(fd, false, 80 * page, page, "m", &map, &error), MMF_OK);
        ASSERT_EQ(munmap(map.base + 16 * page, 64 * page), 0);
        map.size = 16 * page;
    }

    const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    int fd = -1;
    mmfi_map map = {nullptr, 0};
    mmf_error error = {MMF_OK, 0, "", ""};
};

} // namespace

TEST_F(MapTest, TheSizeIsWholePages)
{
    ASSERT_EQ(mmfi_map_open(fd, true, page + 1, 1, "m", &map, &error), MMF_OK) << error.message;
    EXPECT_EQ(map.size, 2 * page);
    mmfi_map_close(&map);
    EXPECT_EQ(map.base, nullptr);
    EXPECT_EQ(map.size, 0u);
    mmfi_map_close(&map);
    ASSERT_EQ(mmfi_map_open(fd, true, 1, 3 * page, "m", &map, &error), MMF_OK);
    EXPECT_EQ(map.size, 3 * page);
}

// The letters "dd" among the kernel's flags of a mapping.
TEST_F(MapTest, NoCoreDumpHasIt)
{
    ASSERT_EQ(mmfi_map_open(fd, true, 16 * page, page, "m", &map, &error), MMF_OK);
    char begin[32];
    (void)snprintf(begin, sizeof begin, "%lx-", reinterpret_cast<unsigned long>(map.base));
    std::ifstream maps("/proc/self/smaps");
    std::string line;
    while (std::getline(maps, line) && line.rfind(begin, 0) != 0) {
    }
    while (std::getline(maps, line) && line.rfind("VmFlags:", 0) != 0) {
    }
    EXPECT_NE(line.find(" dd"), std::string::npos) << line;
}

TEST_F(MapTest, AFileThatGrowsIsSeenAtTheSameAddress)
{
    ASSERT_EQ(mmfi_map_open(fd, false, 16 * page, page, "m", &map, &error), MMF_OK);
    ASSERT_EQ(ftruncate(fd, static_cast<off_t>(2 * page)), 0);
    ASSERT_EQ(pwrite(fd, "new", 3, static_cast<off_t>(page)), 3);
    EXPECT_EQ(std::memcmp(map.base + page, "new", 3), 0);
}

TEST_F(MapTest, WhatIsWrittenReachesTheFile)
{
    ASSERT_EQ(mmfi_map_open(fd, true, page, page, "m", &map, &error), MMF_OK);
    map.base[5] = 'x';
    char byte = 0;
    ASSERT_EQ(pread(fd, &byte, 1, 5), 1);
    EXPECT_EQ(byte, 'x');
}

// No machine has 4 EiB of addresses for a process, so the reserve is halved until it fits.
TEST_F(MapTest, AReserveThatCannotBeHadIsHalved)
{
    const uint64_t asked = UINT64_C(1) << 62;
    ASSERT_EQ(mmfi_map_open(fd, false, asked, page, "m", &map, &error), MMF_OK) << error.message;
    EXPECT_LT(map.size, asked);
    EXPECT_GE(map.size, page);
    EXPECT_EQ(map.base[0], 0);
}

TEST_F(MapTest, WhatIsNeededAndCannotBeHadIsNoMemory)
{
    const uint64_t needed = UINT64_C(1) << 62;
    EXPECT_EQ(mmfi_map_open(fd, false, needed, needed, "m", &map, &error), MMF_ERR_NO_MEMORY);
    EXPECT_EQ(map.base, nullptr);
    EXPECT_STREQ(error.path, "m");
}

TEST_F(MapTest, WhatIsNoFileIsAnError)
{
    EXPECT_EQ(mmfi_map_open(-1, false, page, page, "m", &map, &error), MMF_ERR_IO);
    EXPECT_EQ(map.base, nullptr);
}

TEST_F(MapTest, AForkedChildFindsThePrivatePageZeroed)
{
    unsigned char *mine = static_cast<unsigned char *>(mmfi_map_private_open(page));
    ASSERT_NE(mine, nullptr) << "the tests need Linux 4.14 or newer, which can wipe on fork";
    mine[0] = 7;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
        _exit(mine[0]);
    int how = 0;
    ASSERT_EQ(waitpid(child, &how, 0), child);
    EXPECT_TRUE(WIFEXITED(how));
    EXPECT_EQ(WEXITSTATUS(how), 0);
    EXPECT_EQ(mine[0], 7);
    mmfi_map_private_close(mine, page);
    mmfi_map_private_close(nullptr, page);
}

// The file goes on at the next address.
TEST_F(MapTest, AMappingIsExtendedInPlace)
{
    open_with_room_after();
    ASSERT_EQ(ftruncate(fd, static_cast<off_t>(20 * page)), 0);
    ASSERT_EQ(pwrite(fd, "new", 3, static_cast<off_t>(17 * page)), 3);
    map.size = mmfi_map_extend(&map, fd, 32 * page - 1, 20 * page);
    EXPECT_EQ(map.size, 32 * page);
    EXPECT_EQ(std::memcmp(map.base + 17 * page, "new", 3), 0);
    EXPECT_EQ(mmfi_map_extend(&map, fd, 8 * page, 8 * page), 32 * page) << "it never shrinks";
}

// What lies in the way stays; up to there is had when that is enough.
TEST_F(MapTest, AnExtensionReplacesNothing)
{
    open_with_room_after();
    unsigned char *end = map.base + map.size;
    void *other = mmap(end + 2 * page, page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    ASSERT_EQ(other, end + 2 * page);
    end[2 * page] = 'x';
    EXPECT_EQ(mmfi_map_extend(&map, fd, 64 * page, 19 * page), 16 * page);
    EXPECT_EQ(mmfi_map_extend(&map, -1, 17 * page, 17 * page), 16 * page) << "no file";
    map.size = mmfi_map_extend(&map, fd, 64 * page, 17 * page);
    EXPECT_EQ(map.size, 18 * page);
    EXPECT_EQ(end[2 * page], 'x');
    EXPECT_EQ(munmap(other, page), 0);
}

// The kernel can map by 2 MiB only what lies so in the file and in memory. The emulated and the
// sanitized choose addresses of their own.
TEST_F(MapTest, AMappingBeginsWhereALargePageMay)
{
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer chooses the addresses";
    for (int i = 0; i < 8; i++) {
        mmfi_map_close(&map);
        ASSERT_EQ(mmfi_map_open(fd, i % 2 == 0, (i + 1) * 16 * page, page, "m", &map, &error),
                  MMF_OK);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(map.base) % (2 << 20), 0u) << i;
    }
}

// What is put into large pages is what it was, and the kernel says that it maps it so.
TEST_F(MapTest, FullExtentsAreCopiedIntoLargePages)
{
    constexpr uint64_t kLarge = UINT64_C(2) << 20;
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer chooses the addresses, which must be multiples of 2 MiB";
    ASSERT_EQ(ftruncate(fd, static_cast<off_t>(3 * kLarge)), 0);
    ASSERT_EQ(mmfi_map_open(fd, true, 8 * kLarge, 3 * kLarge, "m", &map, &error), MMF_OK);
    for (uint64_t at = 0; at < 3 * kLarge; at += page)
        map.base[at] = static_cast<unsigned char>(at / page);
    mmfi_map_prefer_large(&map, 0);
    mmfi_map_prefer_large(&map, map.size);
    const uint64_t done = mmfi_map_collapse(&map, 0, 3 * kLarge - page);
    for (uint64_t at = 0; at < 3 * kLarge; at += page)
        ASSERT_EQ(map.base[at], static_cast<unsigned char>(at / page)) << at;
    if (done == 0) {
        fprintf(stderr, "NOT TESTED: this kernel has no pages of 2 MiB for files in memory\n");
        GTEST_SKIP() << "this kernel has no pages of 2 MiB for files in memory";
    }
    EXPECT_EQ(done, 2 * kLarge) << "the last one is not full";
    EXPECT_EQ(mmfi_map_collapse(&map, done, 3 * kLarge), 3 * kLarge);
    EXPECT_EQ(mmfi_map_collapse(&map, page, 2 * kLarge - 1), kLarge) << "no extent is whole";
}

TEST_F(MapTest, OfALimitedAddressSpaceAQuarterIsTaken)
{
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer needs more address space";
    const uint64_t asked = UINT64_C(64) << 30;
    EXPECT_EQ(mmfi_map_modest(), UINT64_MAX) << "there is no limit here";
    std::ifstream statm("/proc/self/statm");
    uint64_t pages = 0;
    statm >> pages;
    ASSERT_GT(pages, 0u);
    rlimit before = {};
    ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
    const uint64_t left = UINT64_C(400) << 20;
    ASSERT_TRUE(t_limit(RLIMIT_AS, pages * page + left));
    const uint64_t modest = mmfi_map_modest();
    const mmf_status status = mmfi_map_open(fd, false, asked, page, "m", &map, &error);
    // Also where more was asked for by name than there is.
    const uint64_t had = map.size;
    mmfi_map_close(&map);
    ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
    EXPECT_GT(modest, left / 8);
    EXPECT_LE(modest, left / 4);
    EXPECT_EQ(status, MMF_OK) << error.message;
    EXPECT_LE(had, left / 4);
    EXPECT_GT(had, left / 32);
}

// Each error of the kernel that means too much, and one that does not.
TEST_F(MapTest, WhatTheKernelRefusesIsSaid)
{
    const struct {
        int os_error;
        mmf_status expected;
    } refusals[] = {
        {ENOMEM, MMF_ERR_NO_MEMORY}, {EAGAIN, MMF_ERR_NO_MEMORY}, {EOVERFLOW, MMF_ERR_IO},
        {EINVAL, MMF_ERR_IO},        {EACCES, MMF_ERR_IO},        {ENODEV, MMF_ERR_UNSUPPORTED},
    };
    if (T_ADDRESS_SANITIZER)
        GTEST_SKIP() << "the address sanitizer maps memory of its own";
    for (const auto &refusal : refusals) {
        mmf_status status = MMF_OK;
        void *page_of_its_own = this;
        if (!t_while_refused(SYS_mmap, refusal.os_error, [&] {
                status = mmfi_map_open(fd, false, 16 * page, page, "m", &map, &error);
                page_of_its_own = mmfi_map_private_open(64);
            }))
            GTEST_SKIP() << "this kernel takes no filter of system calls";
        EXPECT_EQ(status, refusal.expected) << refusal.os_error;
        EXPECT_EQ(error.os_error, refusal.os_error);
        EXPECT_EQ(map.base, nullptr);
        EXPECT_EQ(page_of_its_own, nullptr);
    }
}

// A kernel that refuses the advice, and one (that is emulated) which takes any and does nothing.
TEST_F(MapTest, WhereAForkMayWipeNothingThereIsNoPrivatePage)
{
    for (const int os_error : {EINVAL, 0}) {
        void *page_of_its_own = this;
        if (!t_while_refused(SYS_madvise, os_error,
                             [&] { page_of_its_own = mmfi_map_private_open(64); }))
            GTEST_SKIP() << "this kernel takes no filter of system calls";
        EXPECT_EQ(page_of_its_own, nullptr) << os_error;
    }
}

// The address space of the whole machine is not to be had, and less is taken.
TEST_F(MapTest, TheLargestReserveThatCanBeAskedForIsHalved)
{
    ASSERT_EQ(mmfi_map_open(fd, false, UINT64_MAX, page, "m", &map, &error), MMF_OK);
    EXPECT_GE(map.size, page);
    EXPECT_EQ(map.size % page, 0u);
}
