// Opening, creating and locking files, and their bytes: what works, and every refusal without a
// signal.
#include "core/os/create_file.h"
#include "core/os/lock.h"
#include "core/os/space.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/limit.h"

namespace {

class File : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "file_test.XXXXXX";
        ASSERT_NE(mkdtemp(&pattern[0]), nullptr);
        directory_ = pattern;
        path_ = directory_ + "/a.mmf";
    }

    // Empty at the end of every test, or a file was left over.
    void TearDown() override
    {
        (void)unlink(path_.c_str());
        EXPECT_EQ(rmdir(directory_.c_str()), 0) << directory_ << " is not empty";
    }

    void create(mmfi_file *out)
    {
        ASSERT_EQ(mmfi_file_create(path_.c_str(), 0, out, nullptr), MMF_OK);
        ASSERT_EQ(mmfi_file_name(out, nullptr), MMF_OK);
    }

    void expect_open(mmf_status expected, const std::string &path, bool writable)
    {
        mmfi_file file;
        mmf_error error = {};
        EXPECT_EQ(mmfi_file_open(path.c_str(), writable, &file, &error), expected) << error.message;
        EXPECT_EQ(file.fd >= 0, expected == MMF_OK);
        EXPECT_EQ(error.status, expected);
        mmfi_file_close(&file);
    }

    std::string directory_;
    std::string path_;
};

// Runs in a child, so that limits, locks and signals stay there; true when it says so and lives.
template <typename Body> bool in_child(Body body)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(body() ? 0 : 1);
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(File, WhatCannotBeAStoreIsRefused)
{
    expect_open(MMF_ERR_ARGUMENT, "", false);
    expect_open(MMF_ERR_NOT_FOUND, path_, false);
    expect_open(MMF_ERR_NOT_FOUND, path_, true);
    expect_open(MMF_ERR_FORMAT, directory_, false);
    expect_open(MMF_ERR_FORMAT, directory_, true);
    expect_open(MMF_ERR_FORMAT, "/dev/null", false);
    expect_open(MMF_ERR_IO, directory_ + "/" + std::string(5000, 'x'), false);
    mmfi_file file;
    EXPECT_EQ(mmfi_file_open(nullptr, false, &file, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmfi_file_create(nullptr, 0, &file, nullptr), MMF_ERR_ARGUMENT);
}

TEST_F(File, APipeIsRefusedWithoutWaiting)
{
    ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
    expect_open(MMF_ERR_FORMAT, path_, false);
    expect_open(MMF_ERR_FORMAT, path_, true);
}

// Programs that this one starts get no descriptor, and with it no lock.
TEST_F(File, DescriptorsEndWithTheProgram)
{
    mmfi_file made;
    mmfi_file opened;
    create(&made);
    ASSERT_EQ(mmfi_file_open(path_.c_str(), false, &opened, nullptr), MMF_OK);
    EXPECT_EQ(fcntl(made.fd, F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(fcntl(opened.fd, F_GETFD), FD_CLOEXEC);
    mmfi_file_close(&made);
    mmfi_file_close(&opened);
}

TEST_F(File, ALinkToNothingIsNotFoundAndNotReplaced)
{
    ASSERT_EQ(symlink("nowhere", path_.c_str()), 0);
    expect_open(MMF_ERR_NOT_FOUND, path_, false);
    mmfi_file file;
    EXPECT_EQ(mmfi_file_create(path_.c_str(), 0, &file, nullptr), MMF_ERR_EXISTS);
}

TEST_F(File, NoMoreDescriptorsIsAnErrorOfTheSystem)
{
    EXPECT_TRUE(in_child([] {
        mmfi_file file;
        mmf_error error = {};
        return t_limit(RLIMIT_NOFILE, 0) &&
               mmfi_file_open("/proc/self/maps", false, &file, &error) == MMF_ERR_IO &&
               error.os_error == EMFILE;
    }));
}

// Root writes what it likes by its capabilities, so a child gives up those it has.
bool drop_capabilities()
{
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    return syscall(SYS_capset, &header, none) == 0;
}

TEST_F(File, AFileWithoutWritePermissionIsReadOnly)
{
    mmfi_file file;
    create(&file);
    mmfi_file_close(&file);
    ASSERT_EQ(chmod(path_.c_str(), 0444), 0);
    ASSERT_EQ(chmod(directory_.c_str(), 0755), 0);
    EXPECT_TRUE(in_child([this] {
        if (!drop_capabilities())
            return false;
        mmfi_file denied;
        return mmfi_file_open(path_.c_str(), true, &denied, nullptr) == MMF_ERR_READ_ONLY;
    }));
    expect_open(MMF_OK, path_, false);
}

TEST_F(File, ANewFileHasNoNameUntilItIsGivenOne)
{
    mmfi_file file;
    ASSERT_EQ(mmfi_file_create(path_.c_str(), 0640, &file, nullptr), MMF_OK);
    expect_open(MMF_ERR_NOT_FOUND, path_, false);
    ASSERT_EQ(mmfi_file_name(&file, nullptr), MMF_OK);
    expect_open(MMF_OK, path_, true);
    struct stat found;
    ASSERT_EQ(stat(path_.c_str(), &found), 0);
    const mode_t mask = umask(0);
    umask(mask);
    EXPECT_EQ(found.st_mode & 0777, 0640u & ~mask);
    mmfi_file_close(&file);
    EXPECT_EQ(access(path_.c_str(), F_OK), 0);
}

TEST_F(File, AFileThatNeverGotItsNameIsGone)
{
    mmfi_file file;
    ASSERT_EQ(mmfi_file_create(path_.c_str(), 0, &file, nullptr), MMF_OK);
    mmfi_file_close(&file);
    expect_open(MMF_ERR_NOT_FOUND, path_, false);
}

TEST_F(File, TwoCreatorsAndOneName)
{
    mmfi_file first;
    mmfi_file second;
    ASSERT_EQ(mmfi_file_create(path_.c_str(), 0, &first, nullptr), MMF_OK);
    ASSERT_EQ(mmfi_file_create(path_.c_str(), 0, &second, nullptr), MMF_OK);
    EXPECT_EQ(mmfi_file_name(&first, nullptr), MMF_OK);
    EXPECT_EQ(mmfi_file_name(&second, nullptr), MMF_ERR_EXISTS);
    mmfi_file_close(&second);
    mmfi_file_close(&first);
    EXPECT_EQ(mmfi_file_create(path_.c_str(), 0, &first, nullptr), MMF_ERR_EXISTS);
}

TEST_F(File, OneWriterAtATime)
{
    mmfi_file writer;
    mmfi_file other;
    mmfi_file reader;
    create(&writer);
    ASSERT_EQ(mmfi_file_open(path_.c_str(), true, &other, nullptr), MMF_OK);
    ASSERT_EQ(mmfi_file_open(path_.c_str(), false, &reader, nullptr), MMF_OK);
    EXPECT_FALSE(mmfi_file_is_locked(&reader));
    ASSERT_EQ(mmfi_file_lock(&writer, nullptr), MMF_OK);
    EXPECT_TRUE(mmfi_file_is_locked(&reader));
    EXPECT_FALSE(mmfi_file_is_locked(&writer)) << "its own lock is not that of another process";
    EXPECT_EQ(mmfi_file_lock(&other, nullptr), MMF_ERR_LOCKED);

    // A child that closes its copy gives nothing back.
    EXPECT_TRUE(in_child([&writer] {
        mmfi_file_close(&writer);
        return true;
    }));
    EXPECT_TRUE(mmfi_file_is_locked(&reader));

    mmfi_file_close(&writer);
    EXPECT_FALSE(mmfi_file_is_locked(&reader));
    EXPECT_EQ(mmfi_file_lock(&other, nullptr), MMF_OK);
    mmfi_file_close(&other);
    mmfi_file_close(&reader);
}

TEST_F(File, AKilledWriterLeavesNoLock)
{
    mmfi_file reader;
    create(&reader);
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        mmfi_file writer;
        const bool locked = mmfi_file_open(path_.c_str(), true, &writer, nullptr) == MMF_OK &&
                            mmfi_file_lock(&writer, nullptr) == MMF_OK;
        (void)!write(ready[1], locked ? "y" : "n", 1);
        for (;;)
            pause();
    }
    char answer = 0;
    EXPECT_EQ(read(ready[0], &answer, 1), 1);
    EXPECT_EQ(answer, 'y');
    EXPECT_TRUE(mmfi_file_is_locked(&reader));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_FALSE(mmfi_file_is_locked(&reader));
    close(ready[0]);
    close(ready[1]);
    mmfi_file_close(&reader);
}

TEST_F(File, BytesComeBackAndTheEndIsNotCrossed)
{
    mmfi_file file;
    create(&file);
    ASSERT_EQ(mmfi_file_write(&file, 5, "hello", 5, nullptr), MMF_OK);
    char bytes[6] = "";
    EXPECT_EQ(mmfi_file_read(&file, 5, bytes, 5, nullptr), MMF_OK);
    EXPECT_STREQ(bytes, "hello");
    mmf_error error;
    EXPECT_EQ(mmfi_file_read(&file, 6, bytes, 5, &error), MMF_ERR_CORRUPT);
    EXPECT_EQ(path_, error.path);
    mmfi_file_close(&file);
}

} // namespace
