// What the tests of the store share: a directory of their own, ticks, and processes.
#ifndef MMF_TESTS_SUPPORT_STORE_FIXTURE_H
#define MMF_TESTS_SUPPORT_STORE_FIXTURE_H

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "tick_store.h"

// A tick whose every field says `mark`, so that a mixture of two ticks shows.
inline tick_record t_tick(uint64_t mark)
{
    tick_record tick;
    memset(&tick, 0, sizeof tick);
    const int length =
        snprintf(tick.symbol, sizeof tick.symbol, "%064llu", static_cast<unsigned long long>(mark));
    tick.symbol_length = static_cast<size_t>(length);
    tick.price = static_cast<double>(mark);
    tick.volume = static_cast<double>(mark) * 2;
    tick.timestamp = mark;
    return tick;
}

// True when the tick is wholly the one of its own timestamp.
inline bool t_is_whole(const tick_record &tick)
{
    const tick_record expected = t_tick(tick.timestamp);
    return tick.symbol_length == expected.symbol_length &&
           memcmp(tick.symbol, expected.symbol, sizeof tick.symbol) == 0 &&
           tick.price == expected.price && tick.volume == expected.volume;
}

// Appends ticks whose mark is their row, until there are that many.
inline mmf_status t_append_up_to(tick_store *store, uint64_t count)
{
    mmf_status status = MMF_OK;
    for (uint64_t row = tick_store_count(store); row < count && status == MMF_OK; row++) {
        const tick_record tick = t_tick(row);
        status = tick_store_append(store, &tick, nullptr);
    }
    return status;
}

class StoreTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = root() + "/storeXXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        path = directory + "/ticks.mmf";
        writing.mode = MMF_READ_WRITE;
    }

    void TearDown() override
    {
        const std::string command = "rm -rf '" + directory + "'";
        ASSERT_EQ(system(command.c_str()), 0);
    }

    // Where directories are made.
    virtual std::string root() const
    {
        return testing::TempDir();
    }

    tick_store *create()
    {
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_create(path.c_str(), nullptr, &store, &error), MMF_OK)
            << error.message;
        return store;
    }

    tick_store *open(const mmf_options *options = nullptr)
    {
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_open(path.c_str(), options, &store, &error), MMF_OK) << error.message;
        return store;
    }

    // The status of an open that must fail, and leave no handle.
    mmf_status open_fails(const mmf_options *options = nullptr)
    {
        tick_store *store = nullptr;
        const mmf_status status = tick_store_open(path.c_str(), options, &store, &error);
        EXPECT_EQ(store, nullptr);
        EXPECT_EQ(error.status, status);
        EXPECT_NE(std::string(error.message).find(path), std::string::npos) << error.message;
        return status;
    }

    void fill(tick_store *store, uint64_t count)
    {
        for (uint64_t i = 0; i < count; i++) {
            const tick_record tick = t_tick(i);
            uint64_t row = UINT64_MAX;
            ASSERT_EQ(tick_store_append(store, &tick, &row), MMF_OK);
            ASSERT_EQ(row, i);
        }
    }

    // Every row whole and in order; the count.
    uint64_t expect_whole(const tick_store *store)
    {
        const uint64_t count = tick_store_count(store);
        for (uint64_t row = 0; row < count; row++) {
            tick_record tick;
            EXPECT_EQ(tick_store_get(store, row, &tick), MMF_OK) << row;
            EXPECT_EQ(tick.timestamp, row);
            EXPECT_TRUE(t_is_whole(tick)) << row;
        }
        return count;
    }

    std::string bytes() const
    {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }

    void put(size_t offset, const std::string &what) const
    {
        std::fstream out(path, std::ios::binary | std::ios::in | std::ios::out);
        out.seekp(static_cast<std::streamoff>(offset));
        out.write(what.data(), static_cast<std::streamsize>(what.size()));
        ASSERT_TRUE(out.good());
    }

    std::string directory;
    std::string path;
    mmf_options writing = MMF_OPTIONS_INIT;
    mmf_error error = {};
};

// A pipe over which two processes take turns.
class Turn {
public:
    Turn()
    {
        EXPECT_EQ(pipe(ends), 0);
    }
    void give()
    {
        EXPECT_EQ(write(ends[1], "x", 1), 1);
    }
    void take()
    {
        char c;
        EXPECT_EQ(read(ends[0], &c, 1), 1);
    }

private:
    int ends[2];
};

// Runs `body` in a child, which ends with what it returns; the exit status, or -signal.
template <typename Body> int t_in_child(Body body)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
