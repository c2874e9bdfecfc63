// Creating files: names of every length and kind, directories that refuse, and names not durable.
#include "tests/support/file_fixture.h"
#include "tests/support/limit.h"
#include "tests/support/refuse.h"

#include <cerrno>
#include <climits>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <vector>

namespace {

class FileCreateTest : public FileTest {
protected:
    std::vector<std::string> Entries() const
    {
        std::vector<std::string> names;
        DIR *open = opendir(directory.c_str());
        while (const dirent *entry = open != nullptr ? readdir(open) : nullptr)
            if (std::string(entry->d_name).find_first_not_of('.') != std::string::npos)
                names.push_back(entry->d_name);
        if (open != nullptr)
            closedir(open);
        return names;
    }

    // Creates, names and closes: the first status that is not MMF_OK, or MMF_OK.
    mmf_status Create(const std::string &path)
    {
        mmfi_file file;
        mmfi_error_clear(&error);
        mmf_status status = mmfi_file_create(path.c_str(), 0, &file, &error);
        if (status == MMF_OK) {
            temporary = file.temporary;
            status = mmfi_file_name(&file, &error);
        }
        mmfi_file_close(&file);
        return status;
    }

    std::string temporary; // the name that the file had first
};

// Root does what it likes by its capabilities, so a child gives up those it has.
bool DropCapabilities()
{
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    return syscall(SYS_capset, &header, none) == 0;
}

TEST_F(FileCreateTest, NamesOfEveryLengthThatTheFileSystemTakes)
{
    for (const size_t length : {1, 63, 64, 65, 234, 235, NAME_MAX}) {
        const std::string name(length, 'n');
        EXPECT_EQ(Create(In(name.c_str())), MMF_OK) << length << ": " << error.message;
        EXPECT_EQ(Entries(), std::vector<std::string>{name});
        EXPECT_EQ(temporary.rfind(In(name.substr(0, 64).c_str()) + ".", 0), 0u) << temporary;
        EXPECT_EQ(temporary.substr(temporary.size() - 4), ".new");
        EXPECT_EQ(unlink(In(name.c_str()).c_str()), 0);
    }
}

TEST_F(FileCreateTest, ANameThatIsTooLongIsSaid)
{
    const std::string path = In(std::string(NAME_MAX + 1, 'n').c_str());
    EXPECT_EQ(Create(path), MMF_ERR_IO);
    EXPECT_EQ(error.os_error, ENAMETOOLONG);
    EXPECT_EQ(error.message,
              path + ": cannot create the file: File name too long; give a shorter one");
    EXPECT_TRUE(Entries().empty());
}

// A character of two bytes is not cut in half, which some file systems would refuse.
TEST_F(FileCreateTest, ALongNameIsCutBetweenCharacters)
{
    std::string name;
    for (int i = 0; i < 100; i++)
        name += "\xc3\xa9";
    EXPECT_EQ(Create(In(name.c_str())), MMF_OK) << error.message;
    EXPECT_EQ(temporary.rfind(In(name.substr(0, 64).c_str()) + ".", 0), 0u);
    EXPECT_EQ(Create(In(("x" + name).c_str())), MMF_OK) << error.message;
    EXPECT_EQ(temporary.rfind(In(("x" + name.substr(0, 62)).c_str()) + ".", 0), 0u);
}

TEST_F(FileCreateTest, OddCharactersAreLetThrough)
{
    for (const char *name : {"with blanks", "a\nb", "'\"`$(x)", "%s%n", "\xff\xfe", "-rf", "..."}) {
        EXPECT_EQ(Create(In(name)), MMF_OK) << error.message;
        mmfi_file file;
        EXPECT_EQ(Open(In(name), true, &file), MMF_OK) << error.message;
        mmfi_file_close(&file);
        EXPECT_EQ(Create(In(name)), MMF_ERR_EXISTS);
        EXPECT_EQ(std::string(error.message).rfind(In(name), 0), 0u) << error.message;
    }
}

TEST_F(FileCreateTest, WhatIsThereIsNeverReplaced)
{
    ASSERT_EQ(mkdir(In("directory").c_str(), 0700), 0);
    ASSERT_EQ(mkfifo(In("pipe").c_str(), 0600), 0);
    ASSERT_EQ(symlink("nowhere", In("dangling").c_str()), 0);
    ASSERT_EQ(symlink("loop", In("loop").c_str()), 0);
    const std::vector<std::string> before = Entries();
    for (const char *name : {"directory", "pipe", "dangling", "loop"})
        EXPECT_EQ(Create(In(name)), MMF_ERR_EXISTS) << name;
    EXPECT_EQ(Create("/dev/zero"), MMF_ERR_EXISTS);
    EXPECT_EQ(Create("/"), MMF_ERR_EXISTS);
    EXPECT_EQ(Entries(), before);
}

TEST_F(FileCreateTest, ADirectoryThatIsNotThereIsNamed)
{
    ASSERT_EQ(Create(In("file")), MMF_OK);
    for (const char *name : {"none/store", "file/store", "none/"}) {
        EXPECT_EQ(Create(In(name)), MMF_ERR_NOT_FOUND) << name << ": " << error.message;
        EXPECT_NE(std::string(error.message).find("no such directory"), std::string::npos);
    }
    ASSERT_EQ(symlink("loop", In("loop").c_str()), 0);
    EXPECT_EQ(Create(In("loop/store")), MMF_ERR_IO);
    EXPECT_EQ(error.os_error, ELOOP);
}

TEST_F(FileCreateTest, ALinkedDirectoryIsFollowed)
{
    ASSERT_EQ(mkdir(In("real").c_str(), 0700), 0);
    ASSERT_EQ(symlink("real", In("linked").c_str()), 0);
    EXPECT_EQ(Create(In("linked/store")), MMF_OK) << error.message;
    EXPECT_EQ(access(In("real/store").c_str(), F_OK), 0);
}

TEST_F(FileCreateTest, APathWithoutADirectoryIsInTheCurrentOne)
{
    EXPECT_EQ(InChild([this] {
                  return chdir(directory.c_str()) == 0 && Create("store") == MMF_OK ? 0 : 1;
              }),
              0);
    EXPECT_EQ(Entries(), std::vector<std::string>{"store"});
}

TEST_F(FileCreateTest, AFileThatItsOwnerCouldNotOpenAgainIsRefused)
{
    const std::string path = In("store");
    mmfi_file file;
    mmfi_error_clear(&error);
    const mode_t mask = umask(0777);
    const mmf_status status = mmfi_file_create(path.c_str(), 0, &file, &error);
    umask(0400);
    const mmf_status unreadable = mmfi_file_create(path.c_str(), 0666, &file, nullptr);
    umask(mask);
    EXPECT_EQ(status, MMF_ERR_ARGUMENT);
    EXPECT_NE(strstr(error.message, "umask"), nullptr) << error.message;
    EXPECT_EQ(unreadable, MMF_ERR_ARGUMENT);
    EXPECT_EQ(file.fd, -1);
    EXPECT_TRUE(Entries().empty());
    // A file that is written once, to be read only.
    ASSERT_EQ(mmfi_file_create(path.c_str(), 0400, &file, nullptr), MMF_OK);
    mmfi_file_close(&file);
}

TEST_F(FileCreateTest, ADirectoryThatTakesNoFilesIsReadOnly)
{
    ASSERT_EQ(chmod(directory.c_str(), 0555), 0);
    EXPECT_EQ(InChild([this] {
                  if (!DropCapabilities())
                      return 1;
                  return Create(In("store")) == MMF_ERR_READ_ONLY &&
                                 strstr(error.message, "choose another directory") != nullptr
                             ? 0
                             : 2;
              }),
              0);
    ASSERT_EQ(chmod(directory.c_str(), 0700), 0);
    EXPECT_TRUE(Entries().empty());
}

// Its name is made durable with the whole file system.
TEST_F(FileCreateTest, ADirectoryThatMustNotBeReadTakesFiles)
{
    ASSERT_EQ(chmod(directory.c_str(), 0333), 0);
    EXPECT_EQ(
        InChild([this] { return DropCapabilities() && Create(In("store")) == MMF_OK ? 0 : 1; }), 0);
    EXPECT_EQ(InChild([this] {
                  return t_refuse(SYS_syncfs, EIO) && DropCapabilities() &&
                                 Create(In("other")) == MMF_ERR_IO
                             ? 0
                             : 1;
              }),
              0);
    ASSERT_EQ(chmod(directory.c_str(), 0700), 0);
    EXPECT_EQ(Entries(), std::vector<std::string>{"store"});
}

TEST_F(FileCreateTest, ANameThatCannotBeMadeDurableIsTakenAway)
{
    const struct {
        int os_error;
        mmf_status status;
    } refusals[] = {{EIO, MMF_ERR_IO},
                    {EINTR, MMF_ERR_IO},
                    {ENOSPC, MMF_ERR_NO_SPACE},
                    {EDQUOT, MMF_ERR_NO_SPACE}};
    for (const auto &refusal : refusals) {
        EXPECT_EQ(InChild([&] {
                      if (!t_refuse(SYS_fsync, refusal.os_error))
                          return 1;
                      if (Create(In("store")) != refusal.status)
                          return 2;
                      return error.os_error == refusal.os_error &&
                                     strstr(error.message, "durable") != nullptr
                                 ? 0
                                 : 3;
                  }),
                  0);
        EXPECT_TRUE(Entries().empty());
    }
}

TEST_F(FileCreateTest, AFileSystemThatSyncsNoDirectoriesIsNoFailure)
{
    for (const int os_error : {EINVAL, EBADF, EROFS}) {
        EXPECT_EQ(InChild([&] {
                      return t_refuse(SYS_fsync, os_error) && Create(In("store")) == MMF_OK ? 0 : 1;
                  }),
                  0);
        EXPECT_EQ(Entries(), std::vector<std::string>{"store"});
        EXPECT_EQ(unlink(In("store").c_str()), 0);
    }
}

// Such a file system gives the name by a link.
TEST_F(FileCreateTest, AFileSystemThatCannotRenameWithoutReplacing)
{
    EXPECT_EQ(InChild([&] {
                  if (!t_refuse(SYS_renameat2, EINVAL))
                      return 1;
                  if (Create(In("store")) != MMF_OK)
                      return 2;
                  return Create(In("store")) == MMF_ERR_EXISTS ? 0 : 3;
              }),
              0);
    EXPECT_EQ(Entries(), std::vector<std::string>{"store"});
}

// FAT of another system, some network file systems: there is no way to name a file that could not
// replace another one.
TEST_F(FileCreateTest, AFileSystemThatCanOnlyRenameIsSaid)
{
    for (const int os_error : {EPERM, EOPNOTSUPP, ENOSYS}) {
        EXPECT_EQ(InChild([&] {
                      if (!t_refuse(SYS_renameat2, EINVAL) || !t_refuse(SYS_link, os_error) ||
                          !t_refuse(SYS_linkat, os_error))
                          return 1;
                      if (Create(In("store")) != MMF_ERR_UNSUPPORTED)
                          return 2;
                      return error.os_error == os_error &&
                                     strstr(error.message, "nor hard links") != nullptr &&
                                     strstr(error.message, "on another file system") != nullptr
                                 ? 0
                                 : 3;
                  }),
                  0);
        EXPECT_TRUE(Entries().empty());
    }
}

// Creates with that many more descriptors than are open. No member is called once the limit holds:
// UBSan needs a pipe to look at an object.
mmf_status CreateWithDescriptors(const std::string &path, int more, mmf_error *error)
{
    const int next = open("/", O_RDONLY);
    close(next);
    const rlim_t most = static_cast<rlim_t>(next + more);
    mmfi_file file = MMFI_FILE_NONE;
    mmf_status status = MMF_ERR_ARGUMENT;
    if (t_limit(RLIMIT_NOFILE, most))
        status = mmfi_file_create(path.c_str(), 0, &file, error);
    if (status == MMF_OK)
        status = mmfi_file_name(&file, error);
    mmfi_file_close(&file);
    return status;
}

TEST_F(FileCreateTest, NoMoreDescriptorsIsSaid)
{
    const std::string path = In("store");
    EXPECT_EQ(InChild([&path] {
                  mmf_error why;
                  if (CreateWithDescriptors(path, 0, &why) != MMF_ERR_IO)
                      return 1;
                  return why.os_error == EMFILE && strstr(why.message, "ulimit -n") != nullptr ? 0
                                                                                               : 2;
              }),
              0);
    EXPECT_TRUE(Entries().empty());
}

// One descriptor is left, and none for the directory.
TEST_F(FileCreateTest, TheLastDescriptorIsEnough)
{
    const std::string path = In("store");
    EXPECT_EQ(InChild([&path] { return CreateWithDescriptors(path, 1, nullptr); }), MMF_OK);
    EXPECT_EQ(Entries(), std::vector<std::string>{"store"});
}

} // namespace
