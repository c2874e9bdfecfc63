// Calls and views of a handle: a close waits for calls in flight, refuses while views are alive,
// and after it every call is refused.
#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include "bindings/python/native/native.h"
#include "tests/support/store_fixture.h"

namespace {

constexpr uint64_t ROWS = 64;

class HandleTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        tick_store *store = create();
        fill(store, ROWS);
        ASSERT_EQ(tick_store_close(store), MMF_OK);
    }

    void TearDown() override
    {
        mmfpy_drop(handle);
        StoreTest::TearDown();
    }

    void attach(int mode)
    {
        mmfpy_drop(handle);
        ASSERT_EQ(mmfpy_open(handle, path.c_str(), mode, 0, 0, 0, 0, nullptr, &error), MMF_OK)
            << error.message;
        price = mmf_schema_find(mmfpy_schema(handle), "price")->offset;
        timestamp = mmf_schema_find(mmfpy_schema(handle), "timestamp")->offset;
    }

    // Starts count threads that each run body with their number.
    template <typename Body> std::vector<std::thread> start(int count, Body body)
    {
        std::vector<std::thread> threads;
        for (int i = 0; i < count; i++)
            threads.emplace_back([body, i] { body(i); });
        return threads;
    }

    static void join(std::vector<std::thread> &threads)
    {
        for (std::thread &thread : threads)
            thread.join();
    }

    // No call is in flight, and no view is alive.
    bool is_idle() const
    {
        return (handle->in_flight & (MMFPY_VIEWS | (MMFPY_VIEW - 1))) == 0;
    }

    mmfpy_store memory = {};
    mmfpy_store *handle = &memory;
    uint32_t price = 0;
    uint32_t timestamp = 0;
};

} // namespace

TEST_F(HandleTest, ACallCountsInAndOut)
{
    attach(0);
    ASSERT_NE(mmfpy_enter(handle), nullptr);
    ASSERT_NE(mmfpy_enter(handle), nullptr);
    EXPECT_EQ(handle->in_flight, 2 * MMFPY_CALL);
    mmfpy_leave(handle);
    mmfpy_leave(handle);
    EXPECT_EQ(handle->in_flight, 0u);
}

TEST_F(HandleTest, CloseWaitsForCallsInFlight)
{
    attach(0);
    mmf_store *store = mmfpy_enter(handle);
    ASSERT_NE(store, nullptr);
    std::atomic<bool> closed{false};
    std::thread closer([&] {
        EXPECT_EQ(mmfpy_close(handle), MMF_OK);
        closed = true;
    });
    // The close refuses new calls first; the store stays open for the call in flight.
    while ((mmfi_load64_acquire(&handle->in_flight) & MMFPY_CLOSING) == 0)
        std::this_thread::yield();
    EXPECT_EQ(mmfpy_enter(handle), nullptr);
    mmfpy_leave(handle);
    EXPECT_EQ(mmfpy_count(handle), -MMF_ERR_CLOSED);
    EXPECT_EQ(mmf_store_count(store), ROWS);
    EXPECT_FALSE(closed);
    mmfpy_leave(handle);
    closer.join();
    EXPECT_EQ(handle->store, nullptr);
    EXPECT_EQ(mmfpy_close(handle), MMF_ERR_CLOSED);
}

TEST_F(HandleTest, CloseRefusesWhileViewsAreAlive)
{
    attach(0);
    int status = -1;
    const void *rows = mmfpy_view_begin(handle, 0, ROWS, &status);
    ASSERT_NE(rows, nullptr);
    ASSERT_EQ(status, MMF_OK);
    EXPECT_EQ(mmfpy_close(handle), MMFPY_VIEWS_ALIVE);
    // A refusal changes nothing.
    EXPECT_EQ(mmfpy_count(handle), static_cast<int64_t>(ROWS));
    mmfpy_view_end(handle);
    EXPECT_EQ(mmfpy_close(handle), MMF_OK);
    EXPECT_EQ(mmfpy_view_begin(handle, 0, ROWS, &status), nullptr);
    EXPECT_EQ(status, MMF_ERR_CLOSED);
    EXPECT_TRUE(is_idle());
}

TEST_F(HandleTest, AViewOfRowsThatDoNotExistIsRefused)
{
    attach(0);
    int status = -1;
    EXPECT_EQ(mmfpy_view_begin(handle, ROWS, 1, &status), nullptr);
    EXPECT_EQ(status, MMF_ERR_RANGE);
    EXPECT_EQ(mmfpy_view_begin(handle, UINT64_MAX, UINT64_MAX - 1, &status), nullptr);
    EXPECT_EQ(status, MMF_ERR_RANGE);
    EXPECT_EQ(handle->in_flight, 0u);
}

TEST_F(HandleTest, AViewInOwnedMemoryIsDroppedOnce)
{
    attach(0);
    mmfpy_view view = {};
    // No view yet: an exception before the open.
    mmfpy_view_drop(handle, &view);
    EXPECT_TRUE(is_idle());
    ASSERT_EQ(mmfpy_view_open(handle, 1, 2, &view), MMF_OK);
    EXPECT_EQ(mmfi_load_uint64(static_cast<const unsigned char *>(view.base), timestamp), 1u);
    mmfpy_view_hold(&view, view.base);
    EXPECT_EQ(mmfpy_close(handle), MMFPY_VIEWS_ALIVE);
    mmfpy_view_drop(handle, &view);
    mmfpy_view_drop(handle, &view);
    EXPECT_TRUE(is_idle());
    EXPECT_EQ(mmfpy_view_open(handle, ROWS, 1, &view), MMF_ERR_RANGE);
    mmfpy_view_drop(handle, &view);
    EXPECT_TRUE(is_idle());
    EXPECT_EQ(mmfpy_close(handle), MMF_OK);
}

TEST_F(HandleTest, DeferredCloseLeavesTheMappingToTheLastView)
{
    attach(1);
    int status = -1;
    const auto *first =
        static_cast<const unsigned char *>(mmfpy_view_begin(handle, 0, ROWS, &status));
    const auto *second =
        static_cast<const unsigned char *>(mmfpy_view_begin(handle, 1, 1, &status));
    ASSERT_EQ(status, MMF_OK);
    mmfpy_defer_close(handle);
    EXPECT_EQ(mmfpy_count(handle), -MMF_ERR_CLOSED);
    EXPECT_EQ(mmfpy_close(handle), MMF_ERR_CLOSED);
    EXPECT_EQ(mmfi_load_uint64(first, timestamp), 0u);
    mmfpy_view_end(handle);
    EXPECT_EQ(mmfi_load_uint64(second, timestamp), 1u);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    mmfpy_view_end(handle);
    // Without the last view the lock is free, although the handle has not been freed.
    EXPECT_EQ(handle->store, nullptr);
    tick_store *next = open(&writing);
    EXPECT_EQ(tick_store_close(next), MMF_OK);
}

TEST_F(HandleTest, CloseAfterDeferredCloseUnmaps)
{
    attach(1);
    mmfpy_defer_close(handle);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_EQ(mmfpy_close(handle), MMF_OK);
    tick_store *next = open(&writing);
    EXPECT_EQ(tick_store_close(next), MMF_OK);
    EXPECT_EQ(mmfpy_close(handle), MMF_ERR_CLOSED);
}

TEST_F(HandleTest, DropLeavesAHandleThatRefuses)
{
    attach(1);
    int status = -1;
    ASSERT_NE(mmfpy_view_begin(handle, 0, 1, &status), nullptr);
    mmfpy_drop(handle);
    EXPECT_EQ(mmfpy_count(handle), -MMF_ERR_CLOSED);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    mmfpy_view_end(handle);
    mmfpy_drop(handle);
    EXPECT_EQ(mmfpy_close(handle), MMF_ERR_CLOSED);
    EXPECT_EQ(tick_store_close(open(&writing)), MMF_OK);
}

TEST_F(HandleTest, AnOpenThatFailedLeavesAHandleThatRefuses)
{
    path += ".absent";
    EXPECT_EQ(mmfpy_open(handle, path.c_str(), 1, 0, 0, 0, 0, nullptr, &error), MMF_ERR_NOT_FOUND);
    EXPECT_EQ(mmfpy_count(handle), -MMF_ERR_CLOSED);
    mmfpy_drop(handle);
}

TEST_F(HandleTest, WritersWaitForTheWriteLock)
{
    attach(1);
    mmf_status status = MMF_OK;
    ASSERT_NE(mmfpy_enter_writing(handle, &status), nullptr);
    EXPECT_EQ(handle->write_lock, 1u);
    std::atomic<int> done{0};
    std::vector<std::thread> others = start(2, [&](int) {
        EXPECT_EQ(mmfpy_set_float64(handle, 0, price, 7.0), MMF_OK);
        done++;
    });
    // Their calls are in flight, and wait for the lock.
    while (mmfi_load64_acquire(&handle->in_flight) != 3 * MMFPY_CALL)
        std::this_thread::yield();
    EXPECT_EQ(done, 0);
    mmfpy_leave_writing(handle);
    join(others);
    EXPECT_EQ(done, 2);
    EXPECT_EQ(handle->write_lock, 0u);
    EXPECT_EQ(handle->in_flight, 0u);
    EXPECT_EQ(mmfpy_get_float64(handle, 0, price), 7.0);
}

TEST_F(HandleTest, NoAppendOfSeveralThreadsIsLost)
{
    attach(1);
    constexpr int THREADS = 4;
    constexpr uint64_t EACH = 2000;
    const size_t size = handle->record_size;
    std::vector<std::thread> writers = start(THREADS, [&](int number) {
        std::vector<unsigned char> record(size);
        for (uint64_t i = 0; i < EACH; i++) {
            const uint64_t mark = static_cast<uint64_t>(number) * EACH + i;
            memcpy(&record[timestamp], &mark, sizeof mark);
            EXPECT_GE(mmfpy_append_row(handle, record.data(), size), 0);
        }
    });
    join(writers);
    ASSERT_EQ(mmfpy_count(handle), static_cast<int64_t>(ROWS + THREADS * EACH));
    std::vector<int> seen(THREADS * EACH);
    for (uint64_t row = ROWS; row < ROWS + THREADS * EACH; row++) {
        const uint64_t mark = mmfpy_get_uint64(handle, static_cast<int64_t>(row), timestamp);
        ASSERT_LT(mark, seen.size());
        EXPECT_EQ(seen[mark]++, 0);
    }
}

TEST_F(HandleTest, CallsRaceWithClose)
{
    for (int round = 0; round < 50; round++) {
        attach(round % 2);
        std::atomic<int> running{0};
        std::vector<std::thread> callers = start(3, [&](int number) {
            running++;
            for (int64_t i = 0;; i++) {
                const int64_t row = i % static_cast<int64_t>(ROWS);
                uint64_t value = 0;
                int status = mmfpy_get_field(handle, row, timestamp, sizeof value, &value);
                if (number == 1) {
                    const auto *view = static_cast<const unsigned char *>(
                        mmfpy_view_begin(handle, static_cast<uint64_t>(row), 1, &status));
                    if (view != nullptr) {
                        value = mmfi_load_uint64(view, timestamp);
                        mmfpy_view_end(handle);
                    }
                }
                if (status == MMF_ERR_CLOSED)
                    return;
                EXPECT_EQ(status, MMF_OK);
                EXPECT_EQ(value, static_cast<uint64_t>(row));
                if (number == 2) {
                    status = mmfpy_set_uint64(handle, row, timestamp, static_cast<uint64_t>(row));
                    EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_CLOSED ||
                                (round % 2 == 0 && status == MMF_ERR_READ_ONLY))
                        << status;
                }
            }
        });
        while (running < 3)
            std::this_thread::yield();
        int status = MMFPY_VIEWS_ALIVE;
        while (status == MMFPY_VIEWS_ALIVE)
            status = mmfpy_close(handle);
        EXPECT_EQ(status, MMF_OK);
        join(callers);
        EXPECT_TRUE(is_idle());
    }
}

TEST_F(HandleTest, TwoClosesAreOne)
{
    for (int round = 0; round < 200; round++) {
        attach(round % 2);
        std::atomic<int> closed{0};
        std::vector<std::thread> closers = start(3, [&](int) {
            const int status = mmfpy_close(handle);
            EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_CLOSED) << status;
            closed += status == MMF_OK ? 1 : 0;
        });
        join(closers);
        EXPECT_EQ(closed, 1);
        EXPECT_EQ(handle->store, nullptr);
    }
}

TEST_F(HandleTest, AChildIsRefusedALockThatNoThreadCanRelease)
{
    attach(1);
    mmf_status status = MMF_OK;
    ASSERT_NE(mmfpy_enter_writing(handle, &status), nullptr);
    // In the child, a thread that does not exist there holds the lock, and its call is in flight.
    const int child = t_in_child([&] {
        if (mmfpy_set_float64(handle, 0, price, 1.0) != MMF_ERR_READ_ONLY)
            return 1;
        if (mmfpy_count(handle) != static_cast<int64_t>(ROWS))
            return 2;
        if (mmfpy_close(handle) != MMF_OK || mmfpy_count(handle) != -MMF_ERR_CLOSED)
            return 3;
        mmfpy_drop(handle);
        if (handle->store != nullptr)
            return 4;
        return 0;
    });
    EXPECT_EQ(child, 0);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    mmfpy_leave_writing(handle);
    EXPECT_EQ(mmfpy_set_float64(handle, 0, price, 2.0), MMF_OK);
}

TEST_F(HandleTest, AFailedGetHasAStatus)
{
    attach(1);
    double value = 0;
    EXPECT_TRUE(std::isnan(mmfpy_get_float64(handle, ROWS, price)));
    EXPECT_EQ(mmfpy_get_field(handle, ROWS, price, sizeof value, &value), MMF_ERR_RANGE);
    EXPECT_EQ(mmfpy_get_field(handle, -static_cast<int64_t>(ROWS) - 1, price, sizeof value, &value),
              MMF_ERR_RANGE);
    EXPECT_EQ(mmfpy_get_field(handle, -1, price, 3, &value), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmfpy_set_float64(handle, -1, price, NAN), MMF_OK);
    EXPECT_EQ(mmfpy_get_field(handle, -1, price, sizeof value, &value), MMF_OK);
    EXPECT_TRUE(std::isnan(value));
    EXPECT_EQ(mmfpy_close(handle), MMF_OK);
    EXPECT_EQ(mmfpy_get_field(handle, 0, price, sizeof value, &value), MMF_ERR_CLOSED);
}

TEST_F(HandleTest, TotalsAreOfExistingRows)
{
    attach(0);
    mmfpy_total total;
    const int all = MMFPY_SUM | MMFPY_MIN | MMFPY_MAX;
    // 0 + 1 + ... + 63, and every third one from the last down to row 0.
    ASSERT_EQ(mmfpy_total_rows(handle, 0, ROWS, 1, price, MMF_TYPE_FLOAT64, all, &total), MMF_OK);
    EXPECT_EQ(total.sum, 63.0 * 64 / 2);
    ASSERT_EQ(mmfpy_total_rows(handle, 63, 22, -3, timestamp, MMF_TYPE_UINT64, all, &total),
              MMF_OK);
    EXPECT_EQ(total.low, 22u * 63 / 2);
    EXPECT_EQ(total.umin, 0u);
    EXPECT_EQ(total.umax, 63u);
    ASSERT_EQ(mmfpy_total_rows(handle, ROWS, 0, 1, price, MMF_TYPE_FLOAT64, all, &total), MMF_OK);
    EXPECT_EQ(total.sum, 0.0);
    EXPECT_EQ(mmfpy_total_rows(handle, 1, ROWS, 1, price, MMF_TYPE_FLOAT64, all, &total),
              MMF_ERR_RANGE);
    EXPECT_EQ(mmfpy_total_rows(handle, 0, 2, ROWS, price, MMF_TYPE_FLOAT64, all, &total),
              MMF_ERR_RANGE);
    EXPECT_EQ(handle->in_flight, 0u);
    EXPECT_EQ(mmfpy_close(handle), MMF_OK);
    EXPECT_EQ(mmfpy_total_rows(handle, 0, 0, 1, price, MMF_TYPE_FLOAT64, all, &total),
              MMF_ERR_CLOSED);
}
