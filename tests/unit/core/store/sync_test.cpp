// What a sync promises and in which order, and that a failed one is for good.
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include "tests/unit/core/store/sync_fixture.h"

namespace {

class SyncTest : public Syncs {};

// Newer machines have the second call only.
bool is_link(long call)
{
#ifdef SYS_link
    if (call == SYS_link)
        return true;
#endif
    return call == SYS_linkat;
}

} // namespace

TEST_F(SyncTest, AFailureIsForGoodAndForAll)
{
    for (const int os_error : {EIO, ENOSPC, EDQUOT}) {
        const mmf_status expected = os_error == EIO ? MMF_ERR_IO : MMF_ERR_NO_SPACE;
        ASSERT_EQ(t_in_child([&] { return fail_to_sync(os_error, expected); }), 0) << os_error;
        // The count in memory is one that its tail would have to prove after a restart.
        const mmfi_commit last = commit();
        EXPECT_EQ(last.count, 4u);
        EXPECT_EQ(last.tail_first, 3u);
        const std::string content = bytes();
        EXPECT_TRUE(mmfi_commit_needs_proof(reinterpret_cast<const unsigned char *>(content.data()),
                                            &last));
        tick_store *reader = open();
        EXPECT_EQ(tick_store_count(reader), 4u);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
        EXPECT_EQ(open_fails(&writing), MMF_ERR_NEEDS_RECOVERY);
        EXPECT_NE(std::string(error.message).find("copy the records to a new store"),
                  std::string::npos);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

// A name that is there is a whole header, on the disk; and a close says that it was one.
TEST_F(SyncTest, ACreateSyncsTheHeaderAndACloseIsMarked)
{
    TracedChild child([this]() -> int { return tick_store_close(create()); });
    ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
    std::string calls;
    while (child.step()) {
        uint64_t arguments[6] = {};
        const long call = child.call(arguments);
        calls += call == SYS_fdatasync ? "data " : "";
        calls += call == SYS_renameat2 || is_link(call) ? "name " : "";
        calls += call == SYS_fsync ? "directory " : "";
        if (call == SYS_renameat2) {
            EXPECT_EQ(calls, "data name ");
        }
    }
    EXPECT_EQ(child.result(), MMF_OK);
    EXPECT_EQ(calls, "data name directory ") << "nothing was written since";
    EXPECT_EQ(commit().flags, MMFI_COMMIT_CLEAN);
    const uint64_t generation = commit().generation;
    tick_store *store = open(&writing);
    EXPECT_EQ(commit().generation, generation) << "the last commit may not be on the disk";
    fill(store, 1);
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_EQ(commit().generation, generation + 1);
    EXPECT_EQ(commit().flags, 0u);
    EXPECT_EQ(t_append_up_to(store, 2), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(commit().generation, generation + 2);
    EXPECT_EQ(commit().flags, MMFI_COMMIT_CLEAN);
}

// Stores into a mapping leave the times of a file on a tmpfs as they were, by which backups and
// make tell that a file has changed.
TEST_F(SyncTest, ASyncOfChangesIsAChangeOfTheFile)
{
    struct statfs where = {};
    if (statfs("/dev/shm", &where) != 0 || where.f_type != TMPFS_MAGIC ||
        access("/dev/shm", W_OK) != 0)
        GTEST_SKIP() << "there is no tmpfs at /dev/shm to write to";
    const std::string name = "/dev/shm/mmf_sync_test." + std::to_string(getpid());
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(name.c_str(), nullptr, &store, &error), MMF_OK) << error.message;
    fill(store, 1);
    const auto set_old = [&] {
        const timespec old[2] = {{1000, 0}, {1000, 0}};
        return utimensat(AT_FDCWD, name.c_str(), old, 0);
    };
    const auto modified = [&] {
        struct stat file = {};
        return stat(name.c_str(), &file) == 0 ? file.st_mtim.tv_sec : time_t{-1};
    };
    EXPECT_EQ(set_old(), 0);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_GT(modified(), 1000) << "appended";
    EXPECT_EQ(set_old(), 0);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_EQ(modified(), 1000) << "nothing to sync";
    EXPECT_EQ(tick_store_set_price(store, 0, 9), MMF_OK);
    EXPECT_EQ(set_old(), 0);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_GT(modified(), 1000) << "replaced, and closed";
    EXPECT_EQ(unlink(name.c_str()), 0);
}

// Another writer appends and syncs at every system call of a sync, while the append lock is free.
TEST_F(SyncTest, OneOfSeveralNeverPromisesLessThanAnother)
{
    mmf_options options = writing;
    options.shared_writers = true;
    bool ended = false;
    int disturbed = 0;
    for (int calls = 0; !ended; calls++) {
        (void)unlink(path.c_str());
        tick_store *other = nullptr;
        ASSERT_EQ(tick_store_create(path.c_str(), &options, &other, &error), MMF_OK);
        TracedChild child([&] {
            tick_store *store = nullptr;
            const tick_record tick = t_tick(0);
            if (tick_store_open(path.c_str(), &options, &store, nullptr) != MMF_OK ||
                tick_store_append(store, &tick, nullptr) != MMF_OK)
                return 1;
            return tick_store_sync(store, nullptr) == MMF_OK ? 0 : 2;
        });
        ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        ended = false;
        for (int i = 0; i < calls && !ended; i++)
            ended = !child.step();
        if (!ended && live().append_owner == 0) {
            const tick_record tick = t_tick(1);
            ASSERT_EQ(tick_store_append(other, &tick, nullptr), MMF_OK);
            ASSERT_EQ(tick_store_sync(other, &error), MMF_OK) << error.message;
            disturbed++;
            const uint64_t promised = commit().count;
            child.finish();
            EXPECT_EQ(child.result(), 0);
            EXPECT_GE(commit().count, promised) << "after " << calls << " steps";
        }
        child.finish();
        EXPECT_EQ(tick_store_close(other), MMF_OK);
    }
    EXPECT_GT(disturbed, 20);
}
