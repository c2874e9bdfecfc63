// What is made of every error of the kernel that has a status of its own.
#include "core/os/create_file.h"
#include "core/os/lock.h"
#include "core/os/space.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <vector>

#include "tests/support/refuse.h"

namespace {

struct Refusal {
    int os_error;
    mmf_status reading;
    mmf_status writing;
    const char *hint; // in the message, so that it says what to do
};

class FileRefusedTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "file_refused_test.XXXXXX";
        ASSERT_NE(mkdtemp(&pattern[0]), nullptr);
        directory = pattern;
        path = directory + "/a.mmf";
        bool refused = t_while_refused(SYS_syncfs, EIO, [] {});
        if (!refused)
            GTEST_SKIP() << "this kernel takes no filter of system calls";
    }

    // Empty, or a file was left over.
    void TearDown() override
    {
        (void)unlink(path.c_str());
        EXPECT_EQ(rmdir(directory.c_str()), 0) << directory << " is not empty";
    }

    void make(mmfi_file *file)
    {
        ASSERT_EQ(mmfi_file_create(path.c_str(), 0, file, nullptr), MMF_OK);
        ASSERT_EQ(mmfi_file_name(file, nullptr), MMF_OK);
    }

    void expect_said(mmf_status status, int os_error, const char *hint = "")
    {
        EXPECT_EQ(error.status, status) << strerror(os_error);
        EXPECT_EQ(error.os_error, os_error);
        EXPECT_NE(std::string(error.message).find(path), std::string::npos) << error.message;
        EXPECT_NE(std::string(error.message).find(hint), std::string::npos) << error.message;
    }

    std::string directory;
    std::string path;
    mmf_error error = {};
};

} // namespace

TEST_F(FileRefusedTest, OpeningIsRefusedForWhatTheKernelSays)
{
    const std::vector<Refusal> refusals = {
        {ENOENT, MMF_ERR_NOT_FOUND, MMF_ERR_NOT_FOUND, "create the store"},
        {ENOTDIR, MMF_ERR_NOT_FOUND, MMF_ERR_NOT_FOUND, "check the path"},
        {EISDIR, MMF_ERR_FORMAT, MMF_ERR_FORMAT, "directory"},
        {ENXIO, MMF_ERR_FORMAT, MMF_ERR_FORMAT, "not a regular file"},
        {ENODEV, MMF_ERR_FORMAT, MMF_ERR_FORMAT, "not a regular file"},
        {EACCES, MMF_ERR_IO, MMF_ERR_READ_ONLY, "permissions"},
        {EROFS, MMF_ERR_IO, MMF_ERR_READ_ONLY, "permissions"},
        {EPERM, MMF_ERR_IO, MMF_ERR_READ_ONLY, "permissions"},
        {ETXTBSY, MMF_ERR_IO, MMF_ERR_READ_ONLY, "permissions"},
        {EIO, MMF_ERR_IO, MMF_ERR_IO, "check the disk"},
        {EMFILE, MMF_ERR_IO, MMF_ERR_IO, "ulimit -n"},
        {ENFILE, MMF_ERR_IO, MMF_ERR_IO, "ulimit -n"},
        {ENAMETOOLONG, MMF_ERR_IO, MMF_ERR_IO, "shorter"},
        {ENOMEM, MMF_ERR_NO_MEMORY, MMF_ERR_NO_MEMORY, ""},
        {ENOSPC, MMF_ERR_NO_SPACE, MMF_ERR_NO_SPACE, "free space"},
        {EDQUOT, MMF_ERR_NO_SPACE, MMF_ERR_NO_SPACE, "free space"},
    };
    for (const Refusal &refusal : refusals)
        for (const bool writable : {false, true}) {
            const mmf_status expected = writable ? refusal.writing : refusal.reading;
            ASSERT_TRUE(t_while_refused(SYS_openat, refusal.os_error, [&] {
                mmfi_file file;
                EXPECT_EQ(mmfi_file_open(path.c_str(), writable, &file, &error), expected);
                EXPECT_LT(file.fd, 0);
                EXPECT_EQ(file.path, nullptr);
                expect_said(expected, refusal.os_error, refusal.hint);
            }));
        }
}

TEST_F(FileRefusedTest, CreatingIsRefusedForWhatTheKernelSays)
{
    const std::vector<Refusal> refusals = {
        {ENOENT, MMF_OK, MMF_ERR_NOT_FOUND, "no such directory"},
        {ENOTDIR, MMF_OK, MMF_ERR_NOT_FOUND, "no such directory"},
        {EACCES, MMF_OK, MMF_ERR_READ_ONLY, "choose another directory"},
        {EROFS, MMF_OK, MMF_ERR_READ_ONLY, "choose another directory"},
        {EPERM, MMF_OK, MMF_ERR_READ_ONLY, "choose another directory"},
        {EDQUOT, MMF_OK, MMF_ERR_NO_SPACE, "free space"},
        {EIO, MMF_OK, MMF_ERR_IO, "check the disk"},
    };
    for (const Refusal &refusal : refusals)
        ASSERT_TRUE(t_while_refused(SYS_openat, refusal.os_error, [&] {
            mmfi_file file;
            EXPECT_EQ(mmfi_file_create(path.c_str(), 0, &file, &error), refusal.writing);
            EXPECT_LT(file.fd, 0);
            expect_said(refusal.writing, refusal.os_error, refusal.hint);
        }));
}

TEST_F(FileRefusedTest, AFileBelowAFileIsNotFound)
{
    mmfi_file file;
    make(&file);
    mmfi_file_close(&file);
    mmfi_file below;
    EXPECT_EQ(mmfi_file_open((path + "/b").c_str(), false, &below, &error), MMF_ERR_NOT_FOUND);
    EXPECT_EQ(mmfi_file_create((path + "/b").c_str(), 0, &below, &error), MMF_ERR_NOT_FOUND);
}

// Bound by way of the directory's descriptor: the path of a socket must be a short one.
TEST_F(FileRefusedTest, ASocketIsNoStore)
{
    const int there = open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    ASSERT_GE(there, 0);
    const std::string place =
        "/proc/self/fd/" + std::to_string(there) + path.substr(path.rfind('/'));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    ASSERT_LT(place.size(), sizeof address.sun_path);
    memcpy(address.sun_path, place.c_str(), place.size());
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    mmfi_file file;
    for (const bool writable : {false, true})
        EXPECT_EQ(mmfi_file_open(path.c_str(), writable, &file, &error), MMF_ERR_FORMAT);
    close(fd);
    close(there);
}

TEST_F(FileRefusedTest, WithoutAKindOrASizeThereIsNoFile)
{
    mmfi_file file;
    make(&file);
    ASSERT_EQ(mmfi_file_grow(&file, 4096, &error), MMF_OK);
    ASSERT_TRUE(t_while_refused(SYS_newfstatat, EIO, [&] {
        mmfi_file other;
        EXPECT_EQ(mmfi_file_open(path.c_str(), false, &other, &error), MMF_ERR_IO);
        expect_said(MMF_ERR_IO, EIO, "the kind of the file");
        EXPECT_LT(other.fd, 0);
        uint64_t size = 7;
        EXPECT_EQ(mmfi_file_size(&file, &size, &error), MMF_ERR_IO);
        expect_said(MMF_ERR_IO, EIO, "the size of the file");
        EXPECT_EQ(size, 0u);
        EXPECT_EQ(mmfi_file_grow(&file, 8192, &error), MMF_ERR_IO);
        EXPECT_EQ(mmfi_file_fill_holes(&file, UINT64_MAX, false, &error), MMF_ERR_IO);
    }));
    uint64_t size = 0;
    EXPECT_EQ(mmfi_file_size(&file, &size, &error), MMF_OK);
    EXPECT_EQ(size, 4096u);
    mmfi_file_close(&file);
}

TEST_F(FileRefusedTest, BytesThatCannotBeMovedAreAnError)
{
    mmfi_file file;
    make(&file);
    ASSERT_EQ(mmfi_file_grow(&file, 4096, &error), MMF_OK);
    char byte = 0;
    ASSERT_TRUE(t_while_refused(SYS_pread64, EIO, [&] {
        EXPECT_EQ(mmfi_file_read(&file, 0, &byte, 1, &error), MMF_ERR_IO);
        expect_said(MMF_ERR_IO, EIO, "read the file");
    }));
    ASSERT_TRUE(t_while_refused(SYS_pwrite64, ENOSPC, [&] {
        EXPECT_EQ(mmfi_file_write(&file, 0, "x", 1, &error), MMF_ERR_NO_SPACE);
        expect_said(MMF_ERR_NO_SPACE, ENOSPC, "write the file");
    }));
    ASSERT_EQ(mmfi_file_read(&file, 0, &byte, 1, &error), MMF_OK);
    EXPECT_EQ(byte, 0);
    mmfi_file_close(&file);
}

TEST_F(FileRefusedTest, GrowthThatIsRefusedLeavesTheSize)
{
    const struct {
        int os_error;
        mmf_status expected;
    } refusals[] = {
        {ENOSPC, MMF_ERR_NO_SPACE},    {EDQUOT, MMF_ERR_NO_SPACE},    {EFBIG, MMF_ERR_NO_SPACE},
        {ENOSYS, MMF_ERR_UNSUPPORTED}, {EINVAL, MMF_ERR_UNSUPPORTED}, {EIO, MMF_ERR_IO},
        {EINTR, MMF_ERR_IO}, // again and again, but not for ever
    };
    mmfi_file file;
    make(&file);
    ASSERT_EQ(mmfi_file_grow(&file, 4096, &error), MMF_OK);
    for (const auto &refusal : refusals) {
        ASSERT_TRUE(t_while_refused(SYS_fallocate, refusal.os_error, [&] {
            EXPECT_EQ(mmfi_file_grow(&file, 8192, &error), refusal.expected);
            expect_said(refusal.expected, refusal.os_error);
            EXPECT_EQ(std::string(error.message).find("ulimit -f") != std::string::npos,
                      refusal.os_error == EFBIG)
                << error.message;
        }));
        uint64_t size = 0;
        EXPECT_EQ(mmfi_file_size(&file, &size, &error), MMF_OK);
        EXPECT_EQ(size, 4096u) << strerror(refusal.os_error);
    }
    // Where the limit cannot be read, the kernel applies it.
    ASSERT_TRUE(t_while_refused(SYS_prlimit64, EPERM,
                                [&] { EXPECT_EQ(mmfi_file_grow(&file, 8192, &error), MMF_OK); }));
    mmfi_file_close(&file);
}

TEST_F(FileRefusedTest, HolesAreFilledWithoutKnowingTheRoom)
{
    mmfi_file file;
    make(&file);
    ASSERT_EQ(ftruncate(file.fd, 65536), 0);
    ASSERT_TRUE(t_while_refused(SYS_fstatfs, EIO, [&] {
        EXPECT_EQ(mmfi_file_fill_holes(&file, UINT64_MAX, false, &error), MMF_OK) << error.message;
    }));
    struct stat info;
    ASSERT_EQ(fstat(file.fd, &info), 0);
    EXPECT_GE(info.st_blocks * 512, 65536);
    mmfi_file_close(&file);
}

TEST_F(FileRefusedTest, AFileSystemWithoutLocks)
{
    mmfi_file file;
    make(&file);
    for (const int os_error : {ENOLCK, EINVAL})
        ASSERT_TRUE(t_while_refused(SYS_fcntl, os_error, [&] {
            EXPECT_EQ(mmfi_file_lock(&file, &error), MMF_ERR_UNSUPPORTED);
            expect_said(MMF_ERR_UNSUPPORTED, os_error, "local disk");
            EXPECT_EQ(mmfi_file_lock_shared(&file, &error), MMF_ERR_UNSUPPORTED);
            EXPECT_FALSE(mmfi_file_lock_slot(&file, 0));
            EXPECT_EQ(mmfi_file_lock_join(&file, &error), MMF_ERR_UNSUPPORTED);
            EXPECT_FALSE(mmfi_file_is_locked(&file)) << "where none can be had, no process has one";
        }));
    // The other word for a lock that somebody has.
    ASSERT_TRUE(t_while_refused(SYS_fcntl, EACCES, [&] {
        EXPECT_EQ(mmfi_file_lock(&file, &error), MMF_ERR_LOCKED);
        EXPECT_EQ(mmfi_file_lock_join(&file, &error), MMF_ERR_LOCKED);
    }));
    EXPECT_FALSE(file.locked);
    mmfi_file_close(&file);
}

TEST_F(FileRefusedTest, ANameThatCannotBeGivenIsAnErrorAndLeavesNoFile)
{
    for (const int os_error : {EIO, EROFS}) {
        mmfi_file file;
        ASSERT_EQ(mmfi_file_create(path.c_str(), 0, &file, &error), MMF_OK);
        ASSERT_TRUE(t_while_refused(SYS_renameat2, os_error, [&] {
            EXPECT_EQ(mmfi_file_name(&file, &error), MMF_ERR_IO);
            expect_said(MMF_ERR_IO, os_error, "name the file");
        }));
        mmfi_file_close(&file);
        EXPECT_NE(access(path.c_str(), F_OK), 0);
    }
}

// Both ways of a kernel or file system that cannot rename without replacing.
TEST_F(FileRefusedTest, ANameIsGivenByALinkWhereItMustBe)
{
    for (const int os_error : {EINVAL, ENOSYS}) {
        mmfi_file first;
        mmfi_file second;
        ASSERT_EQ(mmfi_file_create(path.c_str(), 0, &first, &error), MMF_OK);
        ASSERT_EQ(mmfi_file_create(path.c_str(), 0, &second, &error), MMF_OK);
        ASSERT_TRUE(t_while_refused(SYS_renameat2, os_error, [&] {
            EXPECT_EQ(mmfi_file_name(&first, &error), MMF_OK) << error.message;
            EXPECT_EQ(mmfi_file_name(&second, &error), MMF_ERR_EXISTS);
        }));
        mmfi_file_close(&first);
        mmfi_file_close(&second);
        EXPECT_EQ(unlink(path.c_str()), 0);
    }
}

// A name of nothing but second halves of characters has no place to be cut.
TEST_F(FileRefusedTest, ANameWithoutACharacterToCutAt)
{
    const std::string name = directory + "/" + std::string(100, '\x80');
    mmfi_file file;
    ASSERT_EQ(mmfi_file_create(name.c_str(), 0, &file, &error), MMF_OK) << error.message;
    EXPECT_EQ(mmfi_file_name(&file, &error), MMF_OK) << error.message;
    mmfi_file_close(&file);
    EXPECT_EQ(unlink(name.c_str()), 0);
}
