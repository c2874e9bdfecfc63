// Files that are removed, renamed, replaced or written over while they are open.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <climits>

#include "core/store/state.h"
#include "tests/support/name_spaces.h"
#include "tests/support/store_fixture.h"

class ReplacedTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        store = create();
        fill(store, 3);
        reader = open();
        beside = path + ".beside";
    }

    void TearDown() override
    {
        (void)tick_store_close(store);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
        StoreTest::TearDown();
    }

    static mmf_replaced replaced(const tick_store *which)
    {
        mmf_info info;
        EXPECT_EQ(mmf_store_info(tick_store_base(which), &info), MMF_OK);
        return info.replaced;
    }

    // Both handles say so, and the records are still there.
    void expect(mmf_replaced what)
    {
        EXPECT_EQ(replaced(store), what);
        EXPECT_EQ(replaced(reader), what);
        EXPECT_EQ(expect_whole(store), 3u);
        EXPECT_EQ(expect_whole(reader), 3u);
    }

    // A sync and growth say that the file has no name; what needs no more room goes on.
    void expect_no_name()
    {
        EXPECT_EQ(tick_store_sync(store, &error), MMF_ERR_NOT_FOUND);
        EXPECT_NE(strstr(error.message, "has no name any more"), nullptr) << error.message;
        const uint64_t room = tick_store_capacity(store);
        EXPECT_EQ(t_append_up_to(store, room), MMF_OK);
        EXPECT_EQ(t_append_up_to(store, room + 1), MMF_ERR_NOT_FOUND);
        (void)mmf_store_explain(tick_store_base(store), MMF_ERR_NOT_FOUND, 0, nullptr, &error);
        EXPECT_NE(strstr(error.message, "has no name any more"), nullptr) << error.message;
        EXPECT_EQ(tick_store_set_price(store, 0, 0), MMF_OK);
        EXPECT_EQ(expect_whole(reader), room);
        EXPECT_EQ(tick_store_close(store), MMF_ERR_NOT_FOUND);
        store = nullptr;
        EXPECT_EQ(expect_whole(reader), room);
    }

    // Another store, of that many ticks.
    void make_beside(uint64_t count)
    {
        tick_store *other = nullptr;
        ASSERT_EQ(tick_store_create(beside.c_str(), nullptr, &other, &error), MMF_OK);
        ASSERT_EQ(t_append_up_to(other, count), MMF_OK);
        ASSERT_EQ(tick_store_close(other), MMF_OK);
    }

    tick_store *store = nullptr;
    tick_store *reader = nullptr;
    std::string beside;
};

TEST_F(ReplacedTest, AFileThatStaysIsNot)
{
    expect(MMF_REPLACED_NO);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_OK);
    // Nor by another name beside its own, nor through a link.
    ASSERT_EQ(link(path.c_str(), beside.c_str()), 0);
    const std::string symbolic = path + ".link";
    ASSERT_EQ(symlink(path.c_str(), symbolic.c_str()), 0);
    tick_store *linked = nullptr;
    ASSERT_EQ(tick_store_open(symbolic.c_str(), nullptr, &linked, &error), MMF_OK);
    EXPECT_EQ(replaced(linked), MMF_REPLACED_NO);
    EXPECT_EQ(tick_store_close(linked), MMF_OK);
    expect(MMF_REPLACED_NO);
}

TEST_F(ReplacedTest, AFileThatIsRemovedIsSaid)
{
    ASSERT_EQ(unlink(path.c_str()), 0);
    expect(MMF_REPLACED_UNLINKED);
    expect_no_name();
    EXPECT_EQ(replaced(reader), MMF_REPLACED_UNLINKED);
}

TEST_F(ReplacedTest, AFileThatIsReplacedByRenameIsSaid)
{
    make_beside(5);
    ASSERT_EQ(rename(beside.c_str(), path.c_str()), 0);
    expect(MMF_REPLACED_BY_FILE);
    expect_no_name();
    tick_store *fresh = open();
    EXPECT_EQ(expect_whole(fresh), 5u);
    EXPECT_EQ(tick_store_close(fresh), MMF_OK);
}

// It is not lost, so the writer's sync succeeds.
TEST_F(ReplacedTest, AFileThatIsRenamedIsSaid)
{
    ASSERT_EQ(rename(path.c_str(), beside.c_str()), 0);
    expect(MMF_REPLACED_MOVED);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    store = nullptr;
}

// With another store's bytes a writer's commit would be a lie in that one.
TEST_F(ReplacedTest, AFileThatIsWrittenOverIsSaid)
{
    make_beside(5);
    std::ifstream in(beside, std::ios::binary);
    put(0, {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    EXPECT_EQ(replaced(store), MMF_REPLACED_BY_STORE);
    EXPECT_EQ(replaced(reader), MMF_REPLACED_BY_STORE);
    const std::string whole = bytes();
    EXPECT_EQ(tick_store_sync(store, &error), MMF_ERR_CORRUPT);
    EXPECT_NE(strstr(error.message, "another store was written over"), nullptr) << error.message;
    EXPECT_EQ(bytes(), whole);
    const tick_record tick = t_tick(0);
    EXPECT_EQ(tick_store_append(store, &tick, nullptr), MMF_ERR_NEEDS_RECOVERY);
    EXPECT_EQ(tick_store_close(store), MMF_ERR_CORRUPT);
    store = nullptr;
    EXPECT_EQ(bytes(), whole);
    tick_store *fresh = open();
    EXPECT_EQ(expect_whole(fresh), 5u);
    EXPECT_EQ(tick_store_close(fresh), MMF_OK);
}

TEST_F(ReplacedTest, GrowthIsNotOfAFileThatIsWrittenOver)
{
    make_beside(5);
    const uint64_t room = tick_store_capacity(store);
    ASSERT_EQ(t_append_up_to(store, room), MMF_OK);
    std::ifstream in(beside, std::ios::binary);
    put(0, {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    EXPECT_EQ(t_append_up_to(store, room + 1), MMF_ERR_CORRUPT);
}

// A path that was relative when the store was opened is that of the directory of then.
TEST_F(ReplacedTest, AnotherDirectoryOfTheProcessChangesNothing)
{
    char before[PATH_MAX];
    ASSERT_NE(getcwd(before, sizeof before), nullptr);
    ASSERT_EQ(chdir(directory.c_str()), 0);
    tick_store *relative = nullptr;
    EXPECT_EQ(tick_store_open("ticks.mmf", nullptr, &relative, &error), MMF_OK) << error.message;
    ASSERT_EQ(chdir(before), 0);
    EXPECT_EQ(replaced(relative), MMF_REPLACED_NO);
    ASSERT_EQ(unlink(path.c_str()), 0);
    EXPECT_EQ(replaced(relative), MMF_REPLACED_UNLINKED);
    EXPECT_EQ(tick_store_close(relative), MMF_OK);
}

// A path to a descriptor is followed only while it is open; a file without a name lost none.
TEST_F(ReplacedTest, AFileThatNeverHadANameHasLostNone)
{
    const int file = memfd_create("store", MFD_CLOEXEC);
    ASSERT_GE(file, 0);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    const std::string whole = bytes();
    ASSERT_EQ(write(file, whole.data(), whole.size()), static_cast<ssize_t>(whole.size()));
    const std::string name = "/proc/self/fd/" + std::to_string(file);
    ASSERT_EQ(tick_store_open(name.c_str(), &writing, &store, &error), MMF_OK) << error.message;
    (void)close(file);
    EXPECT_EQ(replaced(store), MMF_REPLACED_NO);
    EXPECT_EQ(t_append_up_to(store, tick_store_capacity(store) + 1), MMF_OK);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_OK) << error.message;
}

// The program closed the store's descriptor, and another file has the number.
TEST_F(ReplacedTest, ADescriptorOfAnotherFileIsLeftAlone)
{
    const int stolen = tick_store_base(store)->state->file.fd;
    const int own = dup(stolen);
    const int other = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(other, 0);
    ASSERT_EQ(dup2(other, stolen), stolen);
    EXPECT_EQ(t_append_up_to(store, tick_store_capacity(reader) + 1), MMF_ERR_IO);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_ERR_NEEDS_RECOVERY) << error.message;
    struct stat found = {};
    ASSERT_EQ(fstat(other, &found), 0);
    EXPECT_EQ(found.st_size, 0);
    (void)close(other);
    (void)close(own);
}

// The reader has the file of the lower layer; the writer's open makes the upper one.
TEST_F(ReplacedTest, AFileThatOverlayfsCopiedUpIsSaid)
{
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    store = nullptr;
    const std::string base = directory + "/layers";
    const int result = t_in_child([&] {
        const std::string refusal = t_enter_name_spaces();
        // Its layers lie on a file system of their own, since an overlay may not be one.
        if (!refusal.empty() || mkdir(base.c_str(), 0700) != 0 ||
            mount("tmpfs", base.c_str(), "tmpfs", 0, nullptr) != 0)
            return 77;
        for (const char *part : {"/lower", "/upper", "/work", "/merged"})
            if (mkdir((base + part).c_str(), 0700) != 0)
                return 77;
        const std::string copy = "cp '" + path + "' '" + base + "/lower/ticks.mmf'";
        const std::string layers =
            "lowerdir=" + base + "/lower,upperdir=" + base + "/upper,workdir=" + base + "/work";
        if (system(copy.c_str()) != 0 ||
            mount("overlay", (base + "/merged").c_str(), "overlay", 0, layers.c_str()) != 0)
            return 77;
        const std::string merged = base + "/merged/ticks.mmf";
        tick_store *early = nullptr;
        tick_store *late = nullptr;
        tick_store *other = nullptr;
        if (tick_store_open(merged.c_str(), nullptr, &early, nullptr) != MMF_OK ||
            replaced(early) != MMF_REPLACED_NO)
            return 1;
        if (tick_store_open(merged.c_str(), &writing, &other, nullptr) != MMF_OK ||
            tick_store_open(merged.c_str(), nullptr, &late, nullptr) != MMF_OK ||
            t_append_up_to(other, 4) != MMF_OK)
            return 2;
        if (tick_store_count(late) != 4 || replaced(late) != MMF_REPLACED_NO ||
            replaced(other) != MMF_REPLACED_NO)
            return 3;
        return tick_store_count(early) == 3 && replaced(early) == MMF_REPLACED_COPIED_UP ? 0 : 4;
    });
    if (result == 77) {
        fprintf(stderr, "NOT TESTED: no overlayfs is to be had here\n");
        GTEST_SKIP() << "no overlayfs is to be had here";
    }
    EXPECT_EQ(result, 0);
}
