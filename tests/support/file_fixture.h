// A directory of its own for every test of files, and what runs in a child.
#ifndef MMF_TESTS_SUPPORT_FILE_FIXTURE_H
#define MMF_TESTS_SUPPORT_FILE_FIXTURE_H

#include "core/os/create_file.h"
#include "core/os/lock.h"
#include "core/os/space.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

class FileTest : public testing::Test {
protected:
    void SetUp() override
    {
        const char *root = getenv("TEST_TMPDIR");
        std::string name = std::string(root != nullptr ? root : "/tmp") + "/file_test.XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory = name;
    }

    void TearDown() override
    {
        EXPECT_EQ(system(("rm -rf '" + directory + "'").c_str()), 0);
    }

    std::string In(const char *name) const
    {
        return directory + "/" + name;
    }

    // A store file that has its name.
    mmfi_file Made(const char *name)
    {
        mmfi_file file = MMFI_FILE_NONE;
        EXPECT_EQ(mmfi_file_create(In(name).c_str(), 0, &file, &error), MMF_OK) << error.message;
        EXPECT_EQ(mmfi_file_name(&file, &error), MMF_OK) << error.message;
        return file;
    }

    mmf_status Open(const std::string &path, bool writable, mmfi_file *file)
    {
        mmfi_error_clear(&error);
        return mmfi_file_open(path.c_str(), writable, file, &error);
    }

    uint64_t Size(const mmfi_file &file)
    {
        uint64_t size = 0;
        EXPECT_EQ(mmfi_file_size(&file, &size, &error), MMF_OK) << error.message;
        return size;
    }

    std::string directory;
    mmf_error error = {};
    mmfi_file none = MMFI_FILE_NONE;
};

// The exit status of what runs in a child, or -1 when a signal ended it.
template <typename Body> int InChild(Body body)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(body());
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
