// Files with holes get blocks, or a refusal that changes nothing.
#include "tests/support/file_fixture.h"
#include "tests/support/limit.h"
#include "tests/support/refuse.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace {

constexpr uint64_t SIZE = 1 << 20;
constexpr uint64_t DATA_AT = SIZE / 2;

class FileHolesTest : public FileTest {
protected:
    // A file of SIZE bytes with one word in its middle and holes around it.
    mmfi_file Sparse()
    {
        mmfi_file file = Made("store");
        EXPECT_EQ(ftruncate(file.fd, SIZE), 0);
        EXPECT_EQ(mmfi_file_write(&file, DATA_AT, "word", 4, &error), MMF_OK) << error.message;
        EXPECT_LT(Blocks(file), SIZE) << "the tests need a file system with sparse files";
        return file;
    }

    static uint64_t Blocks(const mmfi_file &file)
    {
        struct stat info;
        EXPECT_EQ(fstat(file.fd, &info), 0);
        return static_cast<uint64_t>(info.st_blocks) * 512;
    }

    void ExpectContent(const mmfi_file &file)
    {
        std::string bytes(SIZE, 'x');
        std::string expected(SIZE, '\0');
        expected.replace(DATA_AT, 4, "word");
        EXPECT_EQ(Size(file), SIZE);
        EXPECT_EQ(mmfi_file_read(&file, 0, &bytes[0], SIZE, &error), MMF_OK) << error.message;
        EXPECT_EQ(bytes, expected);
    }

    // The status of filling while the kernel answers every request for blocks with os_error.
    mmf_status Refused(int os_error)
    {
        mmfi_file file = Sparse();
        const int status = InChild([&] {
            return t_refuse(SYS_fallocate, os_error)
                       ? mmfi_file_fill_holes(&file, UINT64_MAX, false, nullptr)
                       : -1;
        });
        ExpectContent(file);
        mmfi_file_close(&file);
        EXPECT_EQ(unlink(In("store").c_str()), 0);
        return static_cast<mmf_status>(status);
    }
};

TEST_F(FileHolesTest, HolesGetBlocks)
{
    mmfi_file file = Sparse();
    EXPECT_EQ(mmfi_file_fill_holes(&file, UINT64_MAX, false, &error), MMF_OK) << error.message;
    EXPECT_GE(Blocks(file), SIZE);
    ExpectContent(file);
    mmfi_file_close(&file);
}

// The kernel would refuse to give blocks, and is not asked.
TEST_F(FileHolesTest, AFileWithoutHolesIsOnlyLookedAt)
{
    mmfi_file file = Made("store");
    ASSERT_EQ(mmfi_file_grow(&file, SIZE, &error), MMF_OK) << error.message;
    EXPECT_EQ(InChild([&] {
                  return t_refuse(SYS_fallocate, EIO)
                             ? mmfi_file_fill_holes(&file, UINT64_MAX, false, nullptr)
                             : -1;
              }),
              MMF_OK);
    mmfi_file_close(&file);
    mmfi_file empty = Made("empty");
    EXPECT_EQ(mmfi_file_fill_holes(&empty, UINT64_MAX, false, &error), MMF_OK) << error.message;
    mmfi_file_close(&empty);
}

TEST_F(FileHolesTest, ARefusalIsAStatusAndChangesNothing)
{
    EXPECT_EQ(Refused(ENOSPC), MMF_ERR_NO_SPACE);
    EXPECT_EQ(Refused(EDQUOT), MMF_ERR_NO_SPACE);
    EXPECT_EQ(Refused(EIO), MMF_ERR_IO);
}

TEST_F(FileHolesTest, AFileSystemThatKnowsNoSuchRequestIsNoFailure)
{
    EXPECT_EQ(Refused(EINVAL), MMF_OK);
    EXPECT_EQ(Refused(EOPNOTSUPP), MMF_OK); // the C library writes zeros, block by block
}

// A zero that the C library has read may be another writer's word by the time it is written back.
TEST_F(FileHolesTest, NothingIsWrittenWhereOthersMayStore)
{
    for (const bool others : {false, true}) {
        mmfi_file file = Sparse();
        const uint64_t before = Blocks(file);
        EXPECT_EQ(InChild([&] {
                      return t_refuse(SYS_fallocate, EOPNOTSUPP)
                                 ? mmfi_file_fill_holes(&file, UINT64_MAX, others, nullptr)
                                 : -1;
                  }),
                  MMF_OK);
        EXPECT_EQ(Blocks(file) == before, others);
        ExpectContent(file);
        if (others) {
            EXPECT_EQ(mmfi_file_fill_holes(&file, UINT64_MAX, true, &error), MMF_OK)
                << error.message;
            EXPECT_GE(Blocks(file), SIZE) << "the kernel gives them where it can";
            ExpectContent(file);
        }
        mmfi_file_close(&file);
        EXPECT_EQ(unlink(In("store").c_str()), 0);
    }
}

TEST_F(FileHolesTest, ARequestThatIsInterruptedEachTimeEnds)
{
    for (const bool others : {false, true}) {
        mmfi_file file = Sparse();
        EXPECT_EQ(InChild([&] {
                      return t_refuse(SYS_fallocate, EINTR)
                                 ? mmfi_file_fill_holes(&file, UINT64_MAX, others, nullptr)
                                 : -1;
                  }),
                  MMF_ERR_IO);
        ExpectContent(file);
        mmfi_file_close(&file);
        EXPECT_EQ(unlink(In("store").c_str()), 0);
    }
}

TEST_F(FileHolesTest, HolesThatCannotFitAreNotTried)
{
    mmfi_file file = Sparse();
    struct statvfs disk;
    ASSERT_EQ(fstatvfs(file.fd, &disk), 0);
    const uint64_t size = disk.f_bfree * disk.f_frsize * 2 + (UINT64_C(1) << 30);
    ASSERT_EQ(ftruncate(file.fd, static_cast<off_t>(size)), 0);
    const uint64_t before = Blocks(file);
    EXPECT_EQ(mmfi_file_fill_holes(&file, UINT64_MAX, false, &error), MMF_ERR_NO_SPACE);
    EXPECT_EQ(error.os_error, ENOSPC);
    EXPECT_EQ(std::string(error.message).rfind(In("store"), 0), 0u) << error.message;
    EXPECT_EQ(Blocks(file), before);
    EXPECT_EQ(Size(file), size);
    mmfi_file_close(&file);
}

// Where the C library writes the zeros, a signal would be raised beyond the limit.
TEST_F(FileHolesTest, TheLimitOnFileSizesIsNoSpaceAndNoSignal)
{
    mmfi_file file = Sparse();
    EXPECT_EQ(InChild([&] {
                  return t_limit(RLIMIT_FSIZE, SIZE / 2) && t_refuse(SYS_fallocate, EOPNOTSUPP)
                             ? mmfi_file_fill_holes(&file, UINT64_MAX, false, nullptr)
                             : -1;
              }),
              MMF_ERR_NO_SPACE);
    ExpectContent(file);
    mmfi_file_close(&file);
}

// With data at its end, and where the file system does not tell where its holes are.
TEST_F(FileHolesTest, HolesAreCountedAsFarAsTheyAreTold)
{
    mmfi_file file = Sparse();
    struct statvfs disk;
    ASSERT_EQ(fstatvfs(file.fd, &disk), 0);
    const uint64_t size = disk.f_bfree * disk.f_frsize * 2 + (UINT64_C(1) << 30);
    ASSERT_EQ(ftruncate(file.fd, static_cast<off_t>(size)), 0);
    ASSERT_EQ(pwrite(file.fd, "x", 1, static_cast<off_t>(size) - 1), 1);
    const uint64_t before = Blocks(file);
    EXPECT_EQ(mmfi_file_fill_holes(&file, UINT64_MAX, false, &error), MMF_ERR_NO_SPACE);
    EXPECT_EQ(Blocks(file), before);
    // Then what is tried is up to the file system; it is refused here, so that no disk is filled.
    mmf_status status = MMF_OK;
    bool asked = false;
    std::thread([&] {
        asked = t_refuse(SYS_lseek, EINVAL) && t_refuse(SYS_fallocate, ENOSPC);
        if (asked)
            status = mmfi_file_fill_holes(&file, UINT64_MAX, false, &error);
    }).join();
    EXPECT_EQ(status, asked ? MMF_ERR_NO_SPACE : MMF_OK);
    EXPECT_EQ(Blocks(file), before);
    mmfi_file_close(&file);
}

} // namespace
