// The writer lock and the unnamed file: whose they are among open files, processes and children.
#include "tests/support/file_fixture.h"

#include <csignal>

namespace {

class LockTest : public FileTest {};

} // namespace

namespace {

TEST_F(LockTest, LockKeepsOutASecondOpenFile)
{
    mmfi_file first = Made("store"), second = MMFI_FILE_NONE, reader = MMFI_FILE_NONE;
    ASSERT_EQ(Open(In("store"), true, &second), MMF_OK);
    ASSERT_EQ(Open(In("store"), false, &reader), MMF_OK);
    EXPECT_FALSE(mmfi_file_is_locked(&reader));
    ASSERT_EQ(mmfi_file_lock(&first, &error), MMF_OK) << error.message;
    EXPECT_EQ(mmfi_file_lock(&second, &error), MMF_ERR_LOCKED);
    EXPECT_FALSE(second.locked);
    EXPECT_TRUE(mmfi_file_is_locked(&reader));
    EXPECT_TRUE(mmfi_file_is_locked(&second));
    EXPECT_FALSE(mmfi_file_is_shared(&second)) << "one writer is alone";
    EXPECT_FALSE(mmfi_file_is_locked(&first)) << "its own lock is not some other's";
    mmfi_file_close(&second); // closing another open file must not free the lock
    EXPECT_TRUE(mmfi_file_is_locked(&reader));
    mmfi_file_close(&first);
    EXPECT_FALSE(mmfi_file_is_locked(&reader));
    mmfi_file_close(&reader);
}

TEST_F(LockTest, SeveralWritersAreToldFromOne)
{
    mmfi_file first = Made("store"), second = MMFI_FILE_NONE, reader = MMFI_FILE_NONE;
    ASSERT_EQ(Open(In("store"), true, &second), MMF_OK);
    ASSERT_EQ(Open(In("store"), false, &reader), MMF_OK);
    EXPECT_FALSE(mmfi_file_is_shared(&reader));
    ASSERT_EQ(mmfi_file_lock_shared(&first, &error), MMF_OK) << error.message;
    EXPECT_TRUE(mmfi_file_is_shared(&reader));
    EXPECT_TRUE(mmfi_file_is_locked(&reader));
    EXPECT_FALSE(mmfi_file_is_shared(&first)) << "its own lock is not some other's";
    EXPECT_EQ(mmfi_file_lock(&second, &error), MMF_ERR_LOCKED);
    EXPECT_EQ(mmfi_file_lock_shared(&second, &error), MMF_OK) << error.message;
    mmfi_file_close(&first);
    EXPECT_TRUE(mmfi_file_is_shared(&reader));
    mmfi_file_close(&second);
    EXPECT_FALSE(mmfi_file_is_shared(&reader));
    mmfi_file_close(&reader);
}

TEST_F(LockTest, LockOfAnotherProcessIsFreedByItsKill)
{
    mmfi_file mine = Made("store");
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        mmfi_file theirs = MMFI_FILE_NONE;
        const bool held = mmfi_file_open(In("store").c_str(), true, &theirs, nullptr) == MMF_OK &&
                          mmfi_file_lock(&theirs, nullptr) == MMF_OK;
        const char answer = held ? 'y' : 'n';
        if (write(ends[1], &answer, 1) == 1)
            pause();
        _exit(1);
    }
    char answer = 0;
    ASSERT_EQ(read(ends[0], &answer, 1), 1);
    ASSERT_EQ(answer, 'y');
    EXPECT_EQ(mmfi_file_lock(&mine, &error), MMF_ERR_LOCKED);
    kill(child, SIGKILL);
    EXPECT_EQ(waitpid(child, nullptr, 0), child);
    EXPECT_EQ(mmfi_file_lock(&mine, &error), MMF_OK) << error.message;
    close(ends[0]);
    close(ends[1]);
    mmfi_file_close(&mine);
}

// A child has the same open file: its close must not free the lock, nor its life keep it.
TEST_F(LockTest, LockBelongsToTheProcessThatTookIt)
{
    mmfi_file writer = Made("store"), probe = MMFI_FILE_NONE;
    ASSERT_EQ(Open(In("store"), false, &probe), MMF_OK);
    ASSERT_EQ(mmfi_file_lock(&writer, &error), MMF_OK);
    mmfi_file copy = writer;
    EXPECT_EQ(InChild([&] {
                  mmfi_file_close(&copy);
                  return 0;
              }),
              0);
    EXPECT_TRUE(mmfi_file_is_locked(&probe));
    const pid_t idle = fork();
    if (idle == 0) {
        pause();
        _exit(0);
    }
    mmfi_file_close(&writer);
    EXPECT_FALSE(mmfi_file_is_locked(&probe));
    kill(idle, SIGKILL);
    EXPECT_EQ(waitpid(idle, nullptr, 0), idle);
    mmfi_file_close(&probe);
}

TEST_F(LockTest, CloseRemovesWhatNeverGotItsName)
{
    mmfi_file file = MMFI_FILE_NONE;
    ASSERT_EQ(mmfi_file_create(In("store").c_str(), 0, &file, &error), MMF_OK);
    const std::string temporary = file.temporary;
    ASSERT_EQ(access(temporary.c_str(), F_OK), 0);
    mmfi_file copy = file;
    EXPECT_EQ(InChild([&] {
                  mmfi_file_close(&copy);
                  return 0;
              }),
              0);
    EXPECT_EQ(access(temporary.c_str(), F_OK), 0) << "a child removed the file of its parent";
    mmfi_file_close(&file);
    EXPECT_NE(access(temporary.c_str(), F_OK), 0);
    EXPECT_EQ(file.fd, -1);
    mmfi_file_close(&file); // holds nothing now, which is allowed
}

} // namespace
