// Checksums under many writers at once, some of them killed, and under verification meanwhile.
#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include "tests/support/checksummed_fixture.h"

namespace {

constexpr uint32_t kHot = 4; // rows that all writers replace

class ChecksumStressTest : public ChecksummedTest {
protected:
    // Appends and replaces, in whole and in part; false at the first status that is not good.
    bool work(const mmf_options &options, uint32_t writer, uint64_t rounds) const
    {
        checksummed_store *store = nullptr;
        if (checksummed_store_open(path.c_str(), &options, &store, nullptr) != MMF_OK)
            return false;
        bool good = true;
        for (uint64_t i = 0; good && i < rounds; i++) {
            const uint64_t row = i % kHot;
            const checksummed_record in =
                t_checksummed(writer * 100000 + static_cast<uint32_t>(i % 100000));
            good = checksummed_store_set(store, row, &in) == MMF_OK &&
                   checksummed_store_set_wide(store, (row + 1) % kHot, 1.5) == MMF_OK &&
                   checksummed_store_set_text(store, (row + 2) % kHot, "text", 4) == MMF_OK &&
                   (i % 16 != 0 || checksummed_store_append(store, &in, nullptr) == MMF_OK);
        }
        return checksummed_store_close(store) == MMF_OK && good;
    }

    // Verifies again and again until it is told to stop; how often a record was not sound.
    uint64_t watch(const std::atomic<bool> *stop) const
    {
        checksummed_store *reader = nullptr;
        uint64_t wrong = checksummed_store_open(path.c_str(), nullptr, &reader, nullptr) != MMF_OK;
        while (wrong == 0 && !*stop) {
            const mmf_status status =
                checksummed_store_verify(reader, 0, MMF_TO_END, nullptr, nullptr);
            wrong += status != MMF_OK && status != MMF_ERR_BUSY;
        }
        checksummed_store_close(reader);
        return wrong;
    }
};

TEST_F(ChecksumStressTest, VerifyingUnderAWriterFindsNothing)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(kHot)), MMF_OK);
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> wrong{0};
    std::thread reader([&] { wrong += watch(&stop); });
    EXPECT_TRUE(work(writing, 1, 20000));
    stop = true;
    reader.join();
    EXPECT_EQ(wrong, 0u);
    checksummed_store *store = open_checksummed();
    EXPECT_EQ(verify(store), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

TEST_F(ChecksumStressTest, ManyWritersLeaveRecordsThatVerify)
{
    writing.shared_writers = true;
    ASSERT_EQ(checksummed_store_close(create_checksummed(kHot, &writing)), MMF_OK);
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> wrong{0};
    std::atomic<uint64_t> failed{0};
    std::thread reader([&] { wrong += watch(&stop); });
    std::vector<std::thread> writers;
    for (uint32_t writer = 1; writer <= 4; writer++)
        writers.emplace_back([&, writer] { failed += work(writing, writer, 3000) ? 0 : 1; });
    for (std::thread &thread : writers)
        thread.join();
    stop = true;
    reader.join();
    EXPECT_EQ(failed, 0u);
    EXPECT_EQ(wrong, 0u);
    checksummed_store *store = open_checksummed();
    EXPECT_EQ(checksummed_store_count(store), kHot + 4 * ((3000 + 15) / 16));
    EXPECT_EQ(verify(store), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

// At arbitrary moments; the next writer, and a reader before it, find every record sound.
void kill_often(const std::function<bool()> &work, const std::function<void()> &check)
{
    for (int round = 0; round < 60; round++) {
        const pid_t child = fork();
        if (child == 0)
            _exit(work() ? 0 : 1);
        usleep(static_cast<useconds_t>(500 + round * 97 % 3000));
        ASSERT_EQ(kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
        check();
    }
}

TEST_F(ChecksumStressTest, KilledWritersLeaveRecordsThatVerify)
{
    for (const bool shared : {false, true}) {
        SCOPED_TRACE(shared);
        writing.shared_writers = shared;
        ASSERT_EQ(checksummed_store_close(create_checksummed(kHot, &writing)), MMF_OK);
        kill_often([&] { return work(writing, 1, UINT64_MAX); },
                   [&] {
                       checksummed_store *reader = open_checksummed();
                       EXPECT_EQ(verify(reader), MMF_OK) << error.message;
                       checksummed_store *next = open_checksummed(&writing);
                       EXPECT_EQ(verify(next), MMF_OK) << error.message;
                       EXPECT_EQ(checksummed_store_set_mark(next, 0, 1), MMF_OK);
                       EXPECT_EQ(verify(reader), MMF_OK) << error.message;
                       EXPECT_EQ(checksummed_store_close(next), MMF_OK);
                       EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
                   });
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

} // namespace
