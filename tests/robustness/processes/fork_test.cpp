// Children of a writer: what they may do with its handle, and what becomes of its lock.
#include <sys/mman.h>

#include <atomic>
#include <csignal>

#include "tests/support/name_spaces.h"
#include "tests/support/store_fixture.h"

namespace {

using ForkTest = StoreTest;

} // namespace

TEST_F(ForkTest, AChildsCloseWritesNothing)
{
    tick_store *store = create();
    fill(store, 2);
    const std::string before = bytes();
    EXPECT_EQ(t_in_child([store] { return tick_store_close(store); }), MMF_OK);
    EXPECT_EQ(bytes(), before);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_EQ(t_append_up_to(store, 4), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// As in a container, whose first process starts another container: both are process 1.
TEST_F(ForkTest, AChildWithItsParentsNumberIsStillAChild)
{
    std::string refusal;
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const int result = t_in_child([&]() -> int {
        refusal = t_enter_name_spaces();
        if (!refusal.empty() || unshare(CLONE_NEWPID) != 0) {
            refusal += " pid name space";
            return write(ends[1], refusal.data(), refusal.size()) < 0 ? 101 : 100;
        }
        return t_in_child([&]() -> int {
            tick_store *store = create();
            if (store == nullptr || getpid() != 1 || t_append_up_to(store, 2) != MMF_OK)
                return 1;
            const std::string before = bytes();
            if (unshare(CLONE_NEWPID) != 0)
                return 2;
            const int child = t_in_child([&]() -> int {
                const tick_record tick = t_tick(2);
                tick_record found;
                if (getpid() != 1 || tick_store_get(store, 1, &found) != MMF_OK)
                    return 1;
                if (tick_store_append(store, &tick, nullptr) != MMF_ERR_READ_ONLY ||
                    tick_store_set_price(store, 0, 9) != MMF_ERR_READ_ONLY ||
                    tick_store_sync(store, nullptr) != MMF_ERR_READ_ONLY)
                    return 2;
                return tick_store_close(store) == MMF_OK ? 0 : 3;
            });
            if (child != 0)
                return 10 + child;
            if (bytes() != before)
                return 3;
            tick_store *second = nullptr;
            if (tick_store_open(path.c_str(), &writing, &second, nullptr) != MMF_ERR_LOCKED)
                return 4;
            if (t_append_up_to(store, 4) != MMF_OK)
                return 5;
            return tick_store_close(store) == MMF_OK ? 0 : 6;
        });
    });
    close(ends[1]);
    char text[256] = "";
    const ssize_t length = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    T_SKIP_WITHOUT_NAME_SPACES(length > 0 ? text : "");
    EXPECT_EQ(result, 0);
    tick_store *store = open();
    EXPECT_EQ(expect_whole(store), 4u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// The open file is the child's as well, so its lock lives as long as the child has it.
TEST_F(ForkTest, AChildKeepsTheLockOfAKilledParentUntilItEnds)
{
    int ready[2];
    int release[2];
    ASSERT_EQ(pipe(ready), 0);
    ASSERT_EQ(pipe(release), 0);
    const pid_t parent = fork();
    if (parent == 0) {
        tick_store *store = create();
        (void)t_append_up_to(store, 2);
        if (fork() == 0) {
            char c;
            (void)!write(ready[1], "x", 1);
            (void)!read(release[0], &c, 1);
            (void)tick_store_close(store);
            (void)!write(ready[1], "x", 1);
            (void)!read(release[0], &c, 1);
            _exit(0);
        }
        for (;;)
            pause();
    }
    char c;
    ASSERT_EQ(read(ready[0], &c, 1), 1);
    ASSERT_EQ(kill(parent, SIGKILL), 0);
    ASSERT_EQ(waitpid(parent, nullptr, 0), parent);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    ASSERT_EQ(write(release[1], "x", 1), 1);
    ASSERT_EQ(read(ready[0], &c, 1), 1);
    tick_store *store = open(&writing);
    EXPECT_EQ(expect_whole(store), 2u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    ASSERT_EQ(write(release[1], "x", 1), 1);
    for (const int end : {ready[0], ready[1], release[0], release[1]})
        close(end);
}

// The mapping is of another open file than the locks: a child that has closed every descriptor, as
// a daemon does, keeps no writer out when its parent is killed, though it has the file mapped.
class ForkedDaemonTest : public StoreTest, public testing::WithParamInterface<bool> {
protected:
    // 0 when the next writer gets in, and appends, while such a child lives; else where it failed.
    int next_while_a_child_lives(bool shared)
    {
        mmf_options options = writing;
        options.shared_writers = shared;
        auto *stage = static_cast<std::atomic<int> *>(mmap(nullptr, sizeof(std::atomic<int>),
                                                           PROT_READ | PROT_WRITE,
                                                           MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        if (stage == MAP_FAILED)
            return 1;
        const pid_t parent = fork();
        if (parent == 0) {
            tick_store *store = nullptr;
            if (tick_store_create(path.c_str(), &options, &store, nullptr) != MMF_OK ||
                t_append_up_to(store, 2) != MMF_OK)
                _exit(1);
            // With the append lock, when there are several.
            (void)mmfi_append_begin(reinterpret_cast<mmf_store *>(store), TICK_RECORD_SIZE);
            if (fork() == 0) {
                for (int fd = 0; fd < 1024; fd++)
                    close(fd);
                *stage = 1;
                for (int i = 0; i < 60000 && *stage == 1; i++)
                    usleep(1000);
                _exit(0);
            }
            for (;;)
                pause();
        }
        for (int i = 0; i < 60000 && *stage == 0; i++)
            usleep(1000);
        kill(parent, SIGKILL);
        waitpid(parent, nullptr, 0);
        tick_store *store = nullptr;
        int failed = *stage == 1 ? 0 : 2;
        if (failed == 0 && tick_store_open(path.c_str(), &options, &store, nullptr) != MMF_OK)
            failed = 3;
        if (failed == 0 && t_append_up_to(store, tick_store_count(store) + 1) != MMF_OK)
            failed = 4;
        *stage = 2;
        if (store != nullptr && tick_store_close(store) != MMF_OK)
            failed = 5;
        munmap(stage, sizeof *stage);
        return failed;
    }
};

TEST_P(ForkedDaemonTest, KeepsNoWriterOut)
{
    EXPECT_EQ(next_while_a_child_lives(GetParam()), 0);
}

// There the descriptor is opened again by the file's path.
TEST_P(ForkedDaemonTest, KeepsNoWriterOutWithoutProc)
{
    constexpr int kRefused = 100;
    const int result = t_in_child([this] {
        if (!t_enter_name_spaces().empty() || mount("none", "/proc", "tmpfs", 0, nullptr) != 0)
            return kRefused;
        return next_while_a_child_lives(GetParam());
    });
    T_SKIP_WITHOUT_NAME_SPACES(result == kRefused ? "unshare, or a mount over /proc" : "");
    EXPECT_EQ(result, 0);
}

INSTANTIATE_TEST_SUITE_P(Writers, ForkedDaemonTest, testing::Values(false, true),
                         [](const testing::TestParamInfo<bool> &shared) {
                             return shared.param ? "OneOfSeveral" : "Alone";
                         });
