// What a sync promises and in which order, and that a failed one is for good.
#include <cerrno>
#include <vector>

#include "core/format/recover.h"
#include "tests/core/refuse.h"
#include "tests/core/store_fixture.h"
#include "tests/core/traced.h"

namespace {

class SyncTest : public StoreTest {
protected:
    // The commit in the file, by its two slots.
    mmfi_commit commit() const
    {
        mmfi_commit found = {};
        const std::string content = bytes();
        EXPECT_TRUE(
            mmfi_commit_read(reinterpret_cast<const unsigned char *>(content.data()), &found));
        return found;
    }

    // Three records that are synced and one that is not, in a process whose disk fails from then
    // on.
    int fail_to_sync(int os_error, mmf_status expected)
    {
        tick_store *store = create();
        fill(store, 3);
        if (tick_store_sync(store, &error) != MMF_OK)
            return 1;
        const tick_record tick = t_tick(3);
        tick_record found;
        if (tick_store_append(store, &tick, nullptr) != MMF_OK ||
            !t_refuse(SYS_fdatasync, os_error))
            return 2;
        if (tick_store_sync(store, &error) != expected || error.os_error != os_error)
            return 3;
        if (std::string(error.message).find(path + ": the disk did not take the data") != 0)
            return 4;
        // The kernel forgets the failure, and the next attempt would seem to succeed.
        if (tick_store_sync(store, &error) != MMF_ERR_NEEDS_RECOVERY)
            return 5;
        if (tick_store_append(store, &tick, nullptr) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set(store, 0, &tick) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set_price(store, 0, 9) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set_symbol(store, 0, "x", 1) != MMF_ERR_NEEDS_RECOVERY)
            return 6;
        mmf_info info;
        if (mmf_store_info(tick_store_base(store), &info) != MMF_OK || info.writable)
            return 7;
        if (tick_store_get(store, 3, &found) != MMF_OK || !t_is_whole(found))
            return 8;
        return tick_store_close(store) == MMF_ERR_NEEDS_RECOVERY ? 0 : 9;
    }
};

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
        EXPECT_EQ(commit().count, 3u) << "what was not on the disk is not promised";
        tick_store *reader = open();
        EXPECT_EQ(tick_store_count(reader), 4u);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
        EXPECT_EQ(open_fails(&writing), MMF_ERR_NEEDS_RECOVERY);
        EXPECT_NE(std::string(error.message).find("copy the records to a new store"),
                  std::string::npos);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

// When a sync returns, the disk was told of the records before their count, and of the count.
TEST_F(SyncTest, TheRecordsThenTheirCount)
{
    tick_store *store = create();
    fill(store, 3);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    TracedChild child([this]() -> int {
        tick_store *writer = nullptr;
        const tick_record tick = t_tick(3);
        if (tick_store_open(path.c_str(), &writing, &writer, nullptr) != MMF_OK ||
            tick_store_append(writer, &tick, nullptr) != MMF_OK)
            return 1;
        return tick_store_sync(writer, nullptr);
    });
    ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
    std::vector<uint64_t> promised; // when the disk was asked to take what there is
    while (child.step()) {
        uint64_t arguments[6] = {};
        if (child.call(arguments) == SYS_fdatasync)
            promised.push_back(commit().count);
    }
    EXPECT_EQ(child.result(), MMF_OK);
    EXPECT_EQ(promised, (std::vector<uint64_t>{3, 4}));
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
    EXPECT_EQ(calls, "data name directory data data ");
    EXPECT_EQ(commit().flags, MMFI_COMMIT_CLEAN);
    const uint64_t generation = commit().generation;
    tick_store *store = open(&writing);
    EXPECT_EQ(commit().generation, generation) << "the last commit may not be on the disk";
    ASSERT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_EQ(commit().generation, generation + 1);
    EXPECT_EQ(commit().flags, 0u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(commit().flags, MMFI_COMMIT_CLEAN);
}
