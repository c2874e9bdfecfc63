// Stores on file systems that are full, read-only, or out of files: mounted for the test alone.
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <fstream>
#include <vector>

#include "tests/support/name_spaces.h"
#include "tests/support/store_fixture.h"

namespace {

class DiskTest : public StoreTest {
protected:
    static void SetUpTestSuite()
    {
        refusal() = t_enter_name_spaces();
    }

    void SetUp() override
    {
        StoreTest::SetUp();
        T_SKIP_WITHOUT_NAME_SPACES(refusal());
    }

    void TearDown() override
    {
        if (mounted) {
            ASSERT_EQ(umount2(directory.c_str(), MNT_DETACH), 0) << strerror(errno);
        }
        StoreTest::TearDown();
    }

    // A disk of that many bytes at `directory`.
    void mount_disk(uint64_t size, const std::string &more = "")
    {
        const std::string data = "mode=0755,size=" + std::to_string(size) + more;
        ASSERT_EQ(mount("tmpfs", directory.c_str(), "tmpfs", 0, data.c_str()), 0)
            << strerror(errno);
        mounted = true;
    }

    uint64_t free_pages() const
    {
        struct statvfs disk;
        EXPECT_EQ(statvfs(directory.c_str(), &disk), 0);
        EXPECT_EQ(disk.f_frsize, 4096u);
        return disk.f_bfree;
    }

    // Leaves room for that many pages, by a file that takes the rest.
    void leave(uint64_t pages) const
    {
        const std::string ballast = directory + "/ballast";
        (void)unlink(ballast.c_str());
        const uint64_t room = free_pages();
        ASSERT_GE(room, pages);
        const int fd = ::open(ballast.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        ASSERT_GE(fd, 0) << strerror(errno);
        if (room != pages) {
            ASSERT_EQ(posix_fallocate(fd, 0, static_cast<off_t>((room - pages) * 4096)), 0);
        }
        close(fd);
        ASSERT_EQ(free_pages(), pages);
    }

    // What is in the directory beside the ballast.
    std::vector<std::string> entries() const
    {
        std::vector<std::string> names;
        DIR *listing = opendir(directory.c_str());
        while (const dirent *entry = listing != nullptr ? readdir(listing) : nullptr) {
            const std::string name = entry->d_name;
            if (name != "." && name != ".." && name != "ballast")
                names.push_back(name);
        }
        if (listing != nullptr)
            closedir(listing);
        return names;
    }

    struct stat status_of_file() const
    {
        struct stat info;
        EXPECT_EQ(stat(path.c_str(), &info), 0);
        return info;
    }

    // Rewrites the file without the pages that are zero.
    void make_sparse() const
    {
        const std::string content = bytes();
        const std::string copy = path + ".copy";
        const int fd = ::open(copy.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        ASSERT_GE(fd, 0);
        for (size_t at = 0; at < content.size(); at += 4096) {
            const std::string page = content.substr(at, 4096);
            if (page.find_first_not_of('\0') == std::string::npos)
                continue;
            ASSERT_EQ(pwrite(fd, page.data(), page.size(), (off_t)at), (ssize_t)page.size());
        }
        ASSERT_EQ(ftruncate(fd, static_cast<off_t>(content.size())), 0);
        close(fd);
        ASSERT_EQ(rename(copy.c_str(), path.c_str()), 0);
    }

    // Appends until it fails: the status of that.
    mmf_status append_all(tick_store *store)
    {
        mmf_status status = MMF_OK;
        while (status == MMF_OK) {
            const tick_record tick = t_tick(tick_store_count(store));
            status = tick_store_append(store, &tick, nullptr);
        }
        return status;
    }

    void append_one(tick_store *store)
    {
        const uint64_t count = tick_store_count(store);
        const tick_record tick = t_tick(count);
        ASSERT_EQ(tick_store_append(store, &tick, nullptr), MMF_OK);
        ASSERT_EQ(tick_store_count(store), count + 1);
    }

    void expect_ticks(const tick_store *store, uint64_t count)
    {
        ASSERT_EQ(tick_store_count(store), count);
        for (uint64_t row = 0; row < count; row++) {
            tick_record tick;
            ASSERT_EQ(tick_store_get(store, row, &tick), MMF_OK) << row;
            ASSERT_EQ(tick.timestamp, row);
            ASSERT_TRUE(t_is_whole(tick)) << row;
        }
    }

    bool mounted = false;

private:
    static std::string &refusal()
    {
        static std::string text;
        return text;
    }
};

} // namespace

TEST_F(DiskTest, CreatingNeedsRoomOrLeavesNoFile)
{
    mount_disk(1 << 20);
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    const uint64_t pages = static_cast<uint64_t>(status_of_file().st_blocks) * 512 / 4096;
    ASSERT_EQ(unlink(path.c_str()), 0);
    for (uint64_t room = 0; room <= pages + 1; room++) {
        leave(room);
        tick_store *store = nullptr;
        const mmf_status status = tick_store_create(path.c_str(), nullptr, &store, &error);
        if (room >= pages) {
            ASSERT_EQ(status, MMF_OK) << error.message;
            EXPECT_EQ(tick_store_close(store), MMF_OK);
            EXPECT_EQ(unlink(path.c_str()), 0);
            continue;
        }
        EXPECT_EQ(status, MMF_ERR_NO_SPACE) << room;
        EXPECT_EQ(store, nullptr);
        EXPECT_EQ(error.os_error, ENOSPC);
        EXPECT_NE(std::string(error.message).find("free space"), std::string::npos);
        EXPECT_TRUE(entries().empty());
        EXPECT_EQ(free_pages(), room);
    }
}

TEST_F(DiskTest, CreatingWithoutARoomForOneMoreFile)
{
    mount_disk(1 << 20, ",nr_inodes=2");
    leave(200); // the ballast is the last file that there is room for
    tick_store *store = nullptr;
    EXPECT_EQ(tick_store_create(path.c_str(), nullptr, &store, &error), MMF_ERR_NO_SPACE);
    EXPECT_EQ(store, nullptr);
    EXPECT_EQ(error.os_error, ENOSPC);
    EXPECT_TRUE(entries().empty());
}

// The file is 33 pages and doubles, so these are five steps of growth, each first refused.
TEST_F(DiskTest, GrowingOnAFullDiskAtEveryStep)
{
    mount_disk(16 << 20);
    tick_store *writer = create();
    tick_store *reader = open();
    int steps = 0;
    while (status_of_file().st_size < 4 << 20) {
        leave(0);
        EXPECT_EQ(append_all(writer), MMF_ERR_NO_SPACE);
        const uint64_t count = tick_store_count(writer);
        const off_t size = status_of_file().st_size;
        EXPECT_EQ(count, tick_store_capacity(writer));
        expect_ticks(reader, count);
        EXPECT_EQ(append_all(writer), MMF_ERR_NO_SPACE) << "tried again";
        EXPECT_EQ(tick_store_sync(writer, &error), MMF_OK) << error.message;
        EXPECT_EQ(tick_store_set_price(writer, count - 1, static_cast<double>(count - 1)), MMF_OK);

        // A writer that comes now has all that there is, and the same limits.
        EXPECT_EQ(tick_store_close(writer), MMF_OK);
        writer = open(&writing);
        EXPECT_EQ(tick_store_count(writer), count);
        EXPECT_EQ(append_all(writer), MMF_ERR_NO_SPACE);
        EXPECT_EQ(status_of_file().st_size, size);

        // Room for less than a step is used.
        leave(1);
        append_one(writer);
        EXPECT_EQ(status_of_file().st_size, size + 4096);
        EXPECT_EQ(append_all(writer), MMF_ERR_NO_SPACE);

        ASSERT_EQ(unlink((directory + "/ballast").c_str()), 0);
        append_one(writer);
        EXPECT_EQ(status_of_file().st_size, 2 * (size + 4096));
        EXPECT_EQ(static_cast<off_t>(status_of_file().st_blocks) * 512, status_of_file().st_size);
        steps++;
    }
    EXPECT_EQ(steps, 5);
    expect_ticks(reader, tick_store_count(writer));
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(DiskTest, ASparseCopyNeedsRoomForItsHoles)
{
    mount_disk(8 << 20);
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = 10000;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    fill(store, 100);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    make_sparse();
    const struct stat before = status_of_file();
    const std::string content = bytes();
    const uint64_t missing = static_cast<uint64_t>(before.st_size - before.st_blocks * 512) / 4096;
    ASSERT_GT(missing, 200u);

    for (const uint64_t room : {UINT64_C(0), UINT64_C(1), missing / 2, missing - 1}) {
        leave(room);
        EXPECT_EQ(open_fails(&writing), MMF_ERR_NO_SPACE);
        EXPECT_EQ(error.os_error, ENOSPC);
        EXPECT_EQ(status_of_file().st_size, before.st_size);
        EXPECT_EQ(status_of_file().st_blocks, before.st_blocks);
        EXPECT_EQ(bytes(), content);
        EXPECT_EQ(free_pages(), room);
        store = open();
        expect_ticks(store, 100);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
    }

    leave(missing);
    store = open(&writing);
    EXPECT_EQ(free_pages(), 0u);
    EXPECT_EQ(append_all(store), MMF_ERR_NO_SPACE);
    EXPECT_GE(tick_store_count(store), 10000u);
    expect_ticks(store, tick_store_capacity(store));
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(DiskTest, AReadOnlyFileSystemIsReadAndNotWritten)
{
    mount_disk(4 << 20);
    tick_store *writer = create();
    fill(writer, 10);
    const std::string view = directory + "/view";
    const std::string there = view + "/ticks.mmf";
    ASSERT_EQ(mkdir(view.c_str(), 0700), 0);
    ASSERT_EQ(mount(directory.c_str(), view.c_str(), nullptr, MS_BIND, nullptr), 0);
    ASSERT_EQ(mount(nullptr, view.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr), 0)
        << strerror(errno);

    tick_store *reader = nullptr;
    ASSERT_EQ(tick_store_open(there.c_str(), nullptr, &reader, &error), MMF_OK) << error.message;
    expect_ticks(reader, 10);
    append_one(writer); // where it may be written, and seen where it may not
    expect_ticks(reader, 11);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_EQ(info.writer_pid, static_cast<uint64_t>(getpid()));
    EXPECT_FALSE(info.writable);

    tick_store *refused = nullptr;
    EXPECT_EQ(tick_store_open(there.c_str(), &writing, &refused, &error), MMF_ERR_READ_ONLY);
    EXPECT_EQ(refused, nullptr);
    EXPECT_EQ(error.os_error, EROFS);
    EXPECT_NE(std::string(error.message).find("open it read-only"), std::string::npos)
        << error.message;
    EXPECT_EQ(tick_store_create((there + ".more").c_str(), nullptr, &refused, &error),
              MMF_ERR_READ_ONLY);
    EXPECT_EQ(refused, nullptr);
    EXPECT_NE(std::string(error.message).find("choose another directory"), std::string::npos)
        << error.message;

    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    EXPECT_EQ(umount2(view.c_str(), MNT_DETACH), 0);
}
