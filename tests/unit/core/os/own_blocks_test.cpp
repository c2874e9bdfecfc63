// A full disk under a file system that writes shared blocks to new places: XFS, in an image of its
// own. Needs root, loop devices, and mkfs.xfs.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "tests/support/store_fixture.h"

namespace {

constexpr uint64_t kRows = 20000;

class FileBlocksTest : public StoreTest {
protected:
    void TearDown() override
    {
        if (mounted) {
            EXPECT_EQ(umount2(directory.c_str(), MNT_DETACH), 0) << strerror(errno);
        }
        if (!image.empty())
            (void)unlink(image.c_str());
        StoreTest::TearDown();
    }

    // A file system of that kind at `directory`; false, and why, where none is to be had.
    bool mount_image(const std::string &make)
    {
        image = directory + ".img";
        const std::string all = "exec 2>&1; PATH=$PATH:/usr/sbin:/sbin; truncate -s 400M '" +
                                image + "' && " + make + " '" + image + "' && mount -o loop '" +
                                image + "' '" + directory + "'";
        mounted = system(("(" + all + ") >/dev/null").c_str()) == 0;
        return mounted;
    }

    // Takes all the room that there is.
    void fill_disk() const
    {
        const std::string all = "cd '" + directory +
                                "' && { for size in 1M 4k; do dd if=/dev/zero of=ballast$size "
                                "bs=$size; sync; done; } 2>/dev/null; true";
        ASSERT_EQ(system(all.c_str()), 0);
    }

    // Gives the room of the large file back. XFS does so some time after its name is gone.
    void free_disk() const
    {
        struct statfs disk = {};
        ASSERT_EQ(unlink((directory + "/ballast1M").c_str()), 0);
        for (int attempt = 0; attempt < 1000; attempt++) {
            ASSERT_EQ(statfs(directory.c_str(), &disk), 0);
            if (disk.f_bavail * static_cast<uint64_t>(disk.f_bsize) > kRows * TICK_RECORD_SIZE * 8)
                return;
            (void)usleep(10000);
        }
        FAIL() << "the room of a file that was removed did not come back";
    }

    void make_store()
    {
        tick_store *store = create();
        ASSERT_EQ(t_append_up_to(store, kRows), MMF_OK);
        ASSERT_EQ(tick_store_close(store), MMF_OK);
    }

    // Opens for writing and replaces every record, in a child: its status, or -signal.
    int replace_all() const
    {
        return t_in_child([this]() -> int {
            tick_store *store = nullptr;
            mmf_status status = tick_store_open(path.c_str(), &writing, &store, nullptr);
            for (uint64_t row = 0; status == MMF_OK && row < kRows; row++) {
                const tick_record tick = t_tick(row);
                status = tick_store_set(store, row, &tick);
            }
            return status == MMF_OK ? tick_store_sync(store, nullptr) : status;
        });
    }

    std::string image;
    bool mounted = false;
};

#define T_SKIP_WITHOUT(kind)                                                                       \
    do {                                                                                           \
        fprintf(stderr, "NOT TESTED: no " kind " to be mounted here: root, loop device, mkfs?\n"); \
        GTEST_SKIP() << "no " kind " to be mounted here: root, loop device, mkfs?";                \
    } while (false)

} // namespace

TEST_F(FileBlocksTest, AStoreThatSharesBlocksWithACopyOnXfs)
{
    if (!mount_image("mkfs.xfs -q -m reflink=1"))
        T_SKIP_WITHOUT("XFS");
    make_store();
    const std::string copy = "cp --reflink=always '" + path + "' '" + path + ".copy' && sync";
    ASSERT_EQ(system(copy.c_str()), 0);
    fill_disk();
    EXPECT_EQ(replace_all(), MMF_ERR_NO_SPACE);
    // With room at the open there is none needed later.
    free_disk();
    tick_store *store = open(&writing);
    fill_disk();
    for (uint64_t row = 0; row < kRows; row++) {
        const tick_record tick = t_tick(row);
        ASSERT_EQ(tick_store_set(store, row, &tick), MMF_OK);
    }
    EXPECT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_EQ(expect_whole(store), kRows);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}
