// Waiting for a row: what wakes a sleeping process, and how a wait ends without the row.
#include <csignal>
#include <functional>
#include <thread>
#include <vector>

#include "core/os/lock.h"
#include "core/store/state.h"
#include "core/store/wake.h"
#include "tests/support/refuse.h"
#include "tests/support/store_fixture.h"

namespace {

class SleepTest : public StoreTest {
protected:
    static mmf_store *base_of(const tick_store *store)
    {
        return reinterpret_cast<mmf_store *>(const_cast<tick_store *>(store));
    }

    static mmfi_live *live_of(const tick_store *store)
    {
        return reinterpret_cast<mmfi_live *>(base_of(store)->state->map.base + MMFI_LIVE_OFFSET);
    }

    static mmf_writer_state state_of(const tick_store *store)
    {
        mmf_info info;
        EXPECT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
        return info.writer_state;
    }

    static void up_to(tick_store *writer, uint64_t count)
    {
        EXPECT_EQ(t_append_up_to(writer, count), MMF_OK);
    }

    // Returns when the append of that row would wake. Of two that wait, one may ask for a row that
    // has just come: its word stays, and is below those of the next rows.
    static void until_asleep(const tick_store *store, uint64_t row)
    {
        while (mmfi_load64(&live_of(store)->waiters) - 1 > row)
            usleep(100);
    }

    // A writer in a process of its own: it does that, says so, and then waits to be killed.
    pid_t start_writer(const std::function<void(tick_store *)> &what, bool stays)
    {
        int ready[2];
        EXPECT_EQ(pipe(ready), 0);
        const pid_t child = fork();
        if (child == 0) {
            tick_store *store = nullptr;
            if (tick_store_open(path.c_str(), &writing, &store, nullptr) != MMF_OK)
                _exit(1);
            what(store);
            (void)!write(ready[1], "", 1);
            while (stays)
                pause();
            _exit(tick_store_close(store) == MMF_OK ? 0 : 2);
        }
        (void)close(ready[1]);
        char byte = 0;
        EXPECT_EQ(read(ready[0], &byte, 1), 1);
        (void)close(ready[0]);
        return child;
    }

    static void kill_and_wait(pid_t child)
    {
        EXPECT_EQ(kill(child, SIGKILL), 0);
        EXPECT_EQ(waitpid(child, nullptr, 0), child);
    }
};

// A missed wake-up does not fail here: 100 ms later a wait looks anyway. The model
// (tests/robustness/model) shows that none is missed.
TEST_F(SleepTest, AnAppendWakesThoseThatWaitForItsRow)
{
    tick_store *writer = create();
    tick_store *reader = open();
    for (uint64_t row = 0; row < 20; row++) {
        std::thread sleeper([&] {
            EXPECT_EQ(tick_store_wait(reader, row, UINT64_MAX), MMF_OK);
            double price = -1;
            EXPECT_EQ(tick_store_get_price(reader, row, &price), MMF_OK);
            EXPECT_EQ(price, static_cast<double>(row));
        });
        until_asleep(reader, row);
        const uint64_t wakes = mmfi_load64(&live_of(reader)->wake);
        up_to(writer, row + 1);
        sleeper.join();
        EXPECT_EQ(mmfi_load64(&live_of(reader)->wake), wakes + 1);
        EXPECT_EQ(mmfi_load64(&live_of(reader)->waiters), 0u);
    }
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(SleepTest, ARowThatIsFarAwayIsNotAskedForAtEveryAppend)
{
    tick_store *writer = create();
    tick_store *reader = open();
    std::thread sleeper([&] { EXPECT_EQ(tick_store_wait(reader, 99, UINT64_MAX), MMF_OK); });
    until_asleep(reader, 99);
    const uint64_t wakes = mmfi_load64(&live_of(reader)->wake);
    up_to(writer, 99);
    EXPECT_EQ(mmfi_load64(&live_of(reader)->wake), wakes);
    // One that waits for a nearer row comes first, and one for a later row changes nothing.
    EXPECT_FALSE(mmfi_wake_ask(live_of(writer), 9));
    EXPECT_TRUE(mmfi_wake_ask(live_of(writer), 500));
    EXPECT_EQ(mmfi_load64(&live_of(reader)->waiters), 10u);
    up_to(writer, 100);
    sleeper.join();
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(SleepTest, AppendsOfManyRowsAndOfSeveralWritersWake)
{
    mmf_options sharing = writing;
    sharing.shared_writers = true;
    tick_store *first = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &sharing, &first, &error), MMF_OK) << error.message;
    tick_store *second = open(&sharing);
    tick_store *reader = open();
    for (uint64_t row = 0; row < 10; row++) {
        std::thread sleeper([&] { EXPECT_EQ(tick_store_wait(reader, row, UINT64_MAX), MMF_OK); });
        // A writer may wait for the appends of another one, too.
        std::thread other([&] { EXPECT_EQ(tick_store_wait(first, row, UINT64_MAX), MMF_OK); });
        until_asleep(reader, row);
        const tick_record tick = t_tick(row);
        EXPECT_EQ(tick_store_append(second, &tick, nullptr), MMF_OK);
        sleeper.join();
        other.join();
    }
    EXPECT_EQ(mmfi_load64(&live_of(reader)->append_owner), 0u);
    EXPECT_EQ(tick_store_close(second), MMF_OK);
    EXPECT_EQ(state_of(reader), MMF_WRITER_AT_WORK);
    EXPECT_EQ(tick_store_wait(reader, 10, 1), MMF_ERR_TIMEOUT);
    EXPECT_EQ(tick_store_close(first), MMF_OK);
    EXPECT_EQ(state_of(reader), MMF_WRITER_CLOSED);
    EXPECT_EQ(tick_store_wait(reader, 10, UINT64_MAX), MMF_ERR_ENDED);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(SleepTest, TheCloseOfTheWriterEndsAWait)
{
    tick_store *writer = create();
    up_to(writer, 3);
    tick_store *reader = open();
    EXPECT_EQ(state_of(reader), MMF_WRITER_AT_WORK);
    EXPECT_EQ(state_of(writer), MMF_WRITER_AT_WORK);
    EXPECT_EQ(tick_store_wait(reader, 2, 0), MMF_OK);
    EXPECT_EQ(tick_store_wait(reader, 3, 0), MMF_ERR_TIMEOUT);
    EXPECT_EQ(tick_store_wait(reader, 3, 10500000), MMF_ERR_TIMEOUT);
    std::thread sleeper([&] { EXPECT_EQ(tick_store_wait(reader, 3, UINT64_MAX), MMF_ERR_ENDED); });
    until_asleep(reader, 3);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    sleeper.join();
    // Also of one that begins later, with whatever time; but rows that are there, are there.
    EXPECT_EQ(state_of(reader), MMF_WRITER_CLOSED);
    EXPECT_EQ(tick_store_wait(reader, 3, 0), MMF_ERR_ENDED);
    EXPECT_EQ(tick_store_wait(reader, 2, 0), MMF_OK);
    EXPECT_EQ(mmf_store_wait_through(tick_store_base(reader), 3, 0), MMF_ERR_TIMEOUT);
    EXPECT_EQ(mmf_store_wait_through(tick_store_base(reader), 3, 1000), MMF_ERR_TIMEOUT);
    // The next writer wakes those that waited for it.
    std::thread patient(
        [&] { EXPECT_EQ(mmf_store_wait_through(tick_store_base(reader), 3, UINT64_MAX), MMF_OK); });
    until_asleep(reader, 3);
    writer = open(&writing);
    up_to(writer, 4);
    patient.join();
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_wait(reader, 0, 0), MMF_ERR_CLOSED);
    EXPECT_EQ(tick_store_wait(nullptr, 0, 0), MMF_ERR_ARGUMENT);
}

TEST_F(SleepTest, TheDeathOfTheWriterEndsAWait)
{
    EXPECT_EQ(tick_store_close(create()), MMF_OK);
    const pid_t child = start_writer([](tick_store *store) { t_append_up_to(store, 3); }, true);
    tick_store *reader = open();
    EXPECT_EQ(state_of(reader), MMF_WRITER_AT_WORK);
    std::thread sleeper(
        [&] { EXPECT_EQ(tick_store_wait(reader, 3, UINT64_MAX), MMF_ERR_WRITER_DIED); });
    until_asleep(reader, 3);
    kill_and_wait(child);
    sleeper.join();
    EXPECT_EQ(state_of(reader), MMF_WRITER_KILLED);
    EXPECT_EQ(tick_store_wait(reader, 2, 0), MMF_OK) << "what it appended is there";
    EXPECT_EQ(mmf_store_explain(tick_store_base(reader), MMF_ERR_WRITER_DIED, 3, nullptr, &error),
              MMF_ERR_WRITER_DIED);
    EXPECT_NE(strstr(error.message, "the last writer was killed; "), nullptr) << error.message;
    // The next writer's close is what counts then.
    EXPECT_EQ(tick_store_close(open(&writing)), MMF_OK);
    EXPECT_EQ(state_of(reader), MMF_WRITER_CLOSED);
    EXPECT_EQ(tick_store_wait(reader, 3, 0), MMF_ERR_ENDED);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// Of several writers one is killed, and the last one closes: that is a close, and the other way
// round a death.
TEST_F(SleepTest, OfSeveralWritersTheLastOneCounts)
{
    writing.shared_writers = true;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &writing, &store, &error), MMF_OK) << error.message;
    tick_store *reader = open();
    kill_and_wait(start_writer([](tick_store *) {}, true));
    EXPECT_EQ(state_of(reader), MMF_WRITER_AT_WORK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(state_of(reader), MMF_WRITER_CLOSED);

    store = open(&writing);
    const pid_t child = start_writer([](tick_store *) {}, true);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(state_of(reader), MMF_WRITER_AT_WORK);
    kill_and_wait(child);
    EXPECT_EQ(state_of(reader), MMF_WRITER_KILLED);
    EXPECT_EQ(tick_store_wait(reader, 0, 0), MMF_ERR_WRITER_DIED);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// A process that was killed in its sleep leaves its word, which costs the writer one call.
TEST_F(SleepTest, TheWordOfADeadSleeperIsClearedByTheNextAppend)
{
    tick_store *writer = create();
    const pid_t child = fork();
    if (child == 0) {
        tick_store *store = nullptr;
        if (tick_store_open(path.c_str(), nullptr, &store, nullptr) == MMF_OK)
            (void)tick_store_wait(store, 0, UINT64_MAX);
        _exit(0);
    }
    until_asleep(writer, 0);
    kill_and_wait(child);
    EXPECT_EQ(mmfi_load64(&live_of(writer)->waiters), 1u);
    up_to(writer, 1);
    EXPECT_EQ(mmfi_load64(&live_of(writer)->waiters), 0u);
    const uint64_t wakes = mmfi_load64(&live_of(writer)->wake);
    up_to(writer, 9);
    EXPECT_EQ(mmfi_load64(&live_of(writer)->wake), wakes);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// Whatever is in the two words, a wait ends: here both are changed under a sleeping thread.
TEST_F(SleepTest, WrongWordsOnlyCostTime)
{
    tick_store *writer = create();
    tick_store *reader = open();
    for (const uint64_t wrong : {UINT64_C(0), UINT64_MAX, UINT64_C(1) << 40}) {
        const uint64_t row = tick_store_count(writer);
        std::thread sleeper([&] { EXPECT_EQ(tick_store_wait(reader, row, UINT64_MAX), MMF_OK); });
        until_asleep(reader, row);
        mmfi_store64(&live_of(writer)->waiters, wrong);
        mmfi_store64(&live_of(writer)->wake, wrong);
        up_to(writer, row + 1);
        sleeper.join();
    }
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(SleepTest, WorksWithoutMembarrier)
{
    tick_store *writer = nullptr;
    if (!t_while_refused(SYS_membarrier, ENOSYS, [&] {
            writer = create();
            EXPECT_EQ(base_of(writer)->state->writer->last, MMFI_LAST_FENCE);
            tick_store *reader = open();
            std::thread sleeper([&] { EXPECT_EQ(tick_store_wait(reader, 5, UINT64_MAX), MMF_OK); });
            until_asleep(reader, 5);
            up_to(writer, 6);
            sleeper.join();
            EXPECT_EQ(tick_store_wait(reader, 6, 5000000), MMF_ERR_TIMEOUT);
            EXPECT_EQ(tick_store_close(reader), MMF_OK);
            EXPECT_EQ(tick_store_close(writer), MMF_OK);
        }))
        GTEST_SKIP() << "this kernel takes no filter of system calls";
}

TEST_F(SleepTest, WorksWithoutFutex)
{
    tick_store *writer = create();
    tick_store *reader = open();
    if (!t_while_refused(SYS_futex, ENOSYS, [&] {
            EXPECT_EQ(tick_store_wait(reader, 0, 3000000), MMF_ERR_TIMEOUT);
            up_to(writer, 1);
            EXPECT_EQ(tick_store_wait(reader, 0, 3000000), MMF_OK);
        }))
        GTEST_SKIP() << "this kernel takes no filter of system calls";
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// A reader that may not write the file stores nothing, and waits all the same.
TEST_F(SleepTest, AProcessThatMayOnlyReadWaitsInSteps)
{
    tick_store *writer = create();
    tick_store *reader = open();
    mmfi_store64(&base_of(reader)->state->wake_page, MMFI_NO_PAGE); // as if it had been refused
    EXPECT_EQ(tick_store_wait(reader, 0, 3000000), MMF_ERR_TIMEOUT);
    std::thread sleeper([&] {
        EXPECT_EQ(tick_store_wait(reader, 0, UINT64_MAX), MMF_OK);
        EXPECT_EQ(tick_store_wait(reader, 1, UINT64_MAX), MMF_ERR_ENDED);
    });
    usleep(5000);
    EXPECT_EQ(mmfi_load64(&live_of(writer)->waiters), 0u);
    up_to(writer, 1);
    usleep(5000);
    EXPECT_EQ(mmfi_load64(&live_of(writer)->wake), 0u);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    sleeper.join();
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// The page that a waiting reader maps belongs to its handle, and goes with it.
TEST_F(SleepTest, AReaderMapsThePageOnceAndUnmapsIt)
{
    const auto mappings = [&] {
        std::ifstream maps("/proc/self/maps");
        int count = 0;
        for (std::string line; std::getline(maps, line);)
            count += line.find("/ticks.mmf") != std::string::npos ? 1 : 0;
        return count;
    };
    tick_store *writer = create();
    const int before = mappings();
    tick_store *reader = open();
    const int opened = mappings();
    EXPECT_GT(opened, before);
    EXPECT_EQ(tick_store_wait(reader, 0, 0), MMF_ERR_TIMEOUT);
    EXPECT_EQ(mappings(), opened) << "who only looks needs none";
    std::vector<std::thread> sleepers;
    for (int i = 0; i < 4; i++)
        sleepers.emplace_back([&] { EXPECT_EQ(tick_store_wait(reader, 0, UINT64_MAX), MMF_OK); });
    until_asleep(reader, 0);
    EXPECT_EQ(mappings(), opened + 1);
    up_to(writer, 1);
    for (std::thread &sleeper : sleepers)
        sleeper.join();
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(mappings(), before);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

} // namespace
