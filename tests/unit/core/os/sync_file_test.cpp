// Making a file durable, and what a disk that refuses it is.
#include "core/os/sync_file.h"
#include "tests/support/file_fixture.h"
#include "tests/support/refuse.h"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>

namespace {

class SyncFileTest : public FileTest {};

} // namespace

// Stores into a mapping of a tmpfs leave the times as they were, and a backup goes by them.
TEST_F(SyncFileTest, SetsTheTimeOfModification)
{
    mmfi_file file = Made("a.mmf");
    const timespec long_ago[2] = {{1, 0}, {1, 0}};
    ASSERT_EQ(futimens(file.fd, long_ago), 0);
    EXPECT_EQ(mmfi_file_sync(&file, &error), MMF_OK) << error.message;
    struct stat found;
    ASSERT_EQ(fstat(file.fd, &found), 0);
    EXPECT_GT(found.st_mtime, 1);
    mmfi_file_close(&file);
}

TEST_F(SyncFileTest, IsAskedForAgainWhenItIsInterrupted)
{
    mmfi_file file = Made("a.mmf");
    for (const int os_error : {EINTR, EIO})
        ASSERT_TRUE(t_while_refused(SYS_fdatasync, os_error, [&] {
            EXPECT_EQ(mmfi_file_sync(&file, &error), MMF_ERR_IO);
            EXPECT_EQ(error.os_error, os_error);
            EXPECT_EQ(In("a.mmf"), error.path);
            EXPECT_NE(strstr(error.message, "copy the records"), nullptr) << error.message;
        }));
    for (const int os_error : {ENOSPC, EDQUOT})
        ASSERT_TRUE(t_while_refused(SYS_fdatasync, os_error, [&] {
            EXPECT_EQ(mmfi_file_sync(&file, &error), MMF_ERR_NO_SPACE);
        }));
    mmfi_file_close(&file);
}
