// Every call that the library makes of the system, and every allocation, fails: once, and for ever.
//
// For each life of a store, each kind of call, each n and each error that such a call may give, the
// n-th call of a child fails. The child must end by itself, with a status and a message for what it
// did not get; it must hold nothing; and another process must find the store as the child was told.
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <new>
#include <vector>

#include "core/os/boot_id.h"
#include "tests/robustness/faults/interpose.h"
#include "tests/robustness/faults/scenario.h"

namespace {

// More than a writer waits for others, which is ten seconds.
constexpr unsigned kHangSeconds = 60;

// More than any life makes: a call that fails may be followed by more of its kind.
constexpr int kCallsMax = 1000;

using Steps = std::function<void(Life &, bool fault_may_last)>;

void make_nothing(Life &)
{
}

void make_five(Life &life)
{
    life.create();
    life.append_up_to(5);
    life.close();
}

class FaultTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        void *memory = mmap(nullptr, sizeof(Outcome), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        ASSERT_NE(memory, MAP_FAILED);
        outcome = new (memory) Outcome;
    }

    void TearDown() override
    {
        munmap(outcome, sizeof(Outcome));
        StoreTest::TearDown();
    }

    // In memory, where there is such a place: thousands of cases need no disk that syncs.
    std::string root() const override
    {
        return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : StoreTest::root();
    }

    // A file as each case finds it, made by a process of its own: what a process looks up once and
    // keeps (the boot's id) is looked up anew in every case.
    void prepare(const std::function<void(Life &)> &make)
    {
        ASSERT_EQ(t_in_child([&] {
                      Life life(path, outcome);
                      life.writes();
                      make(life);
                      return 0;
                  }),
                  0);
        ASSERT_STREQ(outcome->problem, "");
        content = bytes();
        start = *outcome;
    }

    // In place: of another inode, which a copy has, the shared page would not be believed.
    void restore()
    {
        *outcome = start;
        if (content.empty()) {
            (void)unlink(path.c_str());
            return;
        }
        const int fd = ::open(path.c_str(), O_RDWR | O_TRUNC | O_CLOEXEC);
        ASSERT_GE(fd, 0);
        // No memory is taken here, nor in is_untouched: freed memory that a sanitizer keeps for a
        // while makes every fork dearer.
        const size_t step = sparse ? 4096 : content.size();
        for (size_t at = 0; at < content.size(); at += step) {
            const size_t size = std::min(step, content.size() - at);
            const char *page = content.data() + at;
            if (sparse && std::all_of(page, page + size, [](char c) { return c == 0; }))
                continue;
            ASSERT_EQ(pwrite(fd, page, size, static_cast<off_t>(at)), static_cast<ssize_t>(size));
        }
        ASSERT_EQ(ftruncate(fd, static_cast<off_t>(content.size())), 0);
        ::close(fd);
    }

    // In a part of the file, the words that an open which fails may leave as they are: both are of
    // the shared page, and no reader, record or commit depends on them.
    void forgive(char *part, size_t at, size_t size) const
    {
        const auto keep = [&](size_t member) {
            const size_t word = MMFI_LIVE_OFFSET + member;
            if (word >= at && word + sizeof(uint64_t) <= at + size)
                memcpy(part + (word - at), content.data() + word, sizeof(uint64_t));
        };
        // After a sync that failed the disk may lack what was appended before, and a later sync
        // would not say so: no writer may promise anything any more, and this word tells them.
        if (outcome->sync_failed)
            keep(offsetof(mmfi_live, poisoned));
        // Who was joining, for messages alone: it is taken back by a call, which failed.
        if (outcome->write_failed)
            keep(offsetof(mmfi_live, joiner));
    }

    // The file is what the case found, or is not there, as it was not.
    bool is_untouched() const
    {
        struct stat now = {};
        if (stat(path.c_str(), &now) != 0)
            return content.empty();
        const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        bool same = fd >= 0 && static_cast<size_t>(now.st_size) == content.size();
        char part[4096];
        for (size_t at = 0; same && at < content.size(); at += sizeof part) {
            const size_t size = std::min(sizeof part, content.size() - at);
            same = pread(fd, part, size, static_cast<off_t>(at)) == static_cast<ssize_t>(size);
            forgive(part, at, size);
            same = same && memcmp(part, content.data() + at, size) == 0;
        }
        if (fd >= 0)
            ::close(fd);
        return same;
    }

    std::vector<std::string> litter() const
    {
        std::vector<std::string> names;
        DIR *listing = opendir(directory.c_str());
        while (const dirent *entry = listing != nullptr ? readdir(listing) : nullptr) {
            const std::string name = entry->d_name;
            if (name != "." && name != ".." && name != "ticks.mmf")
                names.push_back(name);
        }
        if (listing != nullptr)
            closedir(listing);
        return names;
    }

    static int descriptors()
    {
        int count = 0;
        DIR *listing = opendir("/proc/self/fd");
        while (listing != nullptr && readdir(listing) != nullptr)
            count++;
        if (listing != nullptr)
            closedir(listing);
        return count;
    }

    // In a child: the life under the fault, and what it holds in the end.
    int live(const Fault &fault, const Steps &steps)
    {
        alarm(kHangSeconds);
        const int open_before = descriptors();
        Life life(path, outcome);
        if (lacking != Call::kAny)
            t_lack(lacking, EINVAL);
        // Of any call, the error may be one that it never gives: the status is then what it is.
        life.os_error = fault.call == Call::kAny ? 0 : fault.os_error;
        t_arm(fault);
        steps(life, fault.for_ever);
        t_disarm();
        outcome->fired = t_has_failed();
        outcome->unlink_failed = t_has_failed(Call::kUnlink);
        outcome->write_failed = t_has_failed(Call::kPwrite);
        uint64_t boot[2];
        mmfi_boot_id(boot);
        outcome->boot_unknown = boot[0] == 0 && boot[1] == 0;
        outcome->calls = t_calls_made(Call::kAny);
        const std::string held = t_held(sizeof(mmf_store), life.handles_closed());
        life.expect(held.empty(), "still held:" + held);
        life.expect(descriptors() == open_before, "descriptors are left open");
        return 0;
    }

    // In another child, without faults: the store is what the life was told that it is.
    int verify()
    {
        alarm(kHangSeconds);
        const bool there = access(path.c_str(), F_OK) == 0;
        Life life(path, outcome);
        if (!outcome->created) {
            // Where a link gave the name, the writer that was faster has the file.
            const bool taken = lacking == Call::kRenameat2 && outcome->worst == MMF_ERR_LOCKED;
            life.expect(!there || outcome->unlink_failed || taken,
                        "a create that failed left a file");
            return 0;
        }
        tick_store *store = nullptr;
        // Sanitizers pay for address space.
        mmf_options reading = MMF_OPTIONS_INIT;
        reading.reserve_bytes = writing.reserve_bytes = UINT64_C(16) << 20;
        const mmf_status status = tick_store_open(path.c_str(), &reading, &store, &error);
        life.expect(status == MMF_OK, std::string("the store cannot be read: ") + error.message);
        if (status != MMF_OK)
            return 0;
        const uint64_t count = tick_store_count(store);
        const uint64_t least = outcome->boot_unknown ? outcome->synced : outcome->count;
        life.expect(count >= least && count <= outcome->count,
                    "there are " + std::to_string(count) + " records, expected " +
                        std::to_string(outcome->count));
        for (uint64_t row = 0; row < count; row++) {
            tick_record tick;
            life.expect(tick_store_get(store, row, &tick) == MMF_OK && t_is_whole(tick) &&
                            tick.timestamp == outcome->marks[row],
                        "row " + std::to_string(row) + " is another");
        }
        (void)tick_store_close(store);

        const mmf_status writable = tick_store_open(path.c_str(), &writing, &store, &error);
        if (outcome->sync_failed && writable == MMF_ERR_NEEDS_RECOVERY)
            return 0;
        life.expect(writable == MMF_OK,
                    std::string("the store cannot be written: ") + error.message);
        if (writable != MMF_OK)
            return 0;
        const tick_record tick = t_tick(count);
        uint64_t row = 0;
        life.expect(tick_store_append(store, &tick, &row) == MMF_OK && row == count,
                    "the next append");
        life.expect(tick_store_close(store) == MMF_OK, "the next close");
        return 0;
    }

    // True when the fault happened.
    bool one_case(const Fault &fault, const Steps &steps)
    {
        restore();
        const int lived = t_in_child([&] { return live(fault, steps); });
        EXPECT_NE(lived, -SIGALRM) << "it hangs";
        EXPECT_EQ(lived, 0);
        EXPECT_STREQ(outcome->problem, "") << "first status " << mmf_status_name(outcome->worst);
        if (lived != 0 || outcome->problem[0] != '\0')
            return outcome->fired;
        EXPECT_TRUE(litter().empty() || outcome->unlink_failed) << litter()[0];
        EXPECT_TRUE(!outcome->refused || is_untouched()) << "an open that failed wrote";
        for (const std::string &name : litter())
            (void)unlink((directory + "/" + name).c_str());
        const int verified = t_in_child([&] { return verify(); });
        EXPECT_EQ(verified, 0);
        EXPECT_STREQ(outcome->problem, "") << "first status " << mmf_status_name(outcome->worst);
        return outcome->fired;
    }

    void sweep(const Steps &steps)
    {
        // Nothing fails, and all goes well: also the number of calls that may fail.
        ASSERT_FALSE(one_case({Call::kAny, 0, 0, false}, steps));
        ASSERT_EQ(outcome->worst, MMF_OK);
        ASSERT_GT(outcome->calls, 10);
        const int calls = outcome->calls;
        uint64_t cases = 0;
        std::map<mmf_status, uint64_t> seen;
        for (int kind = 0; kind < kCalls; kind++) {
            const Call call = static_cast<Call>(kind);
            for (const int os_error : t_call_errors(call)) {
                for (const bool for_ever : {false, true}) {
                    // Any one call alone is one of some kind.
                    if (call == Call::kAny && !for_ever)
                        continue;
                    bool fired = true;
                    for (int nth = 1; fired; nth++) {
                        SCOPED_TRACE(
                            std::string(t_call_name(call)) + " number " + std::to_string(nth) +
                            (for_ever ? " and all later" : "") +
                            " fails: " + (os_error == kShort ? "short" : strerror(os_error)));
                        fired = one_case({call, nth, os_error, for_ever}, steps);
                        if (nth > kCallsMax)
                            return;
                        cases += fired ? 1 : 0;
                        seen[outcome->worst] += fired ? 1 : 0;
                    }
                }
            }
        }
        printf("%d calls, %llu faults:", calls, static_cast<unsigned long long>(cases));
        for (const auto &status : seen)
            printf(" %s %llu", mmf_status_name(status.first),
                   static_cast<unsigned long long>(status.second));
        printf("\n");
        EXPECT_GT(cases, static_cast<uint64_t>(calls));
        EXPECT_GT(seen[MMF_OK], 0u);
        EXPECT_GT(seen.size(), 2u);
    }

    Outcome *outcome = nullptr;
    Outcome start;
    std::string content; // of the file before each case; empty: there is none
    bool sparse = false;
    Call lacking = Call::kAny; // a call that this system has not, if it is one
};

} // namespace

TEST_F(FaultTest, Create)
{
    prepare(make_nothing);
    sweep([](Life &life, bool) {
        life.writes();
        life.create();
        life.append_up_to(5);
        life.sync();
        life.close();
    });
}

// Names are given by link and unlink then.
TEST_F(FaultTest, CreateWithoutRenameat2)
{
    prepare(make_nothing);
    lacking = Call::kRenameat2;
    sweep([](Life &life, bool) {
        life.writes();
        life.create();
        life.append_up_to(5);
        life.close();
    });
}

TEST_F(FaultTest, Read)
{
    prepare(make_five);
    sweep([](Life &life, bool fault_may_last) {
        life.open(MMF_READ_ONLY);
        life.read(fault_may_last);
        life.close();
    });
}

TEST_F(FaultTest, WriteOverAStepOfGrowth)
{
    prepare(make_five);
    sweep([](Life &life, bool fault_may_last) {
        life.open(MMF_READ_WRITE);
        life.append_up_to(700);
        life.set(1, 1001);
        life.sync();
        life.set(2, 1002);
        life.read(fault_may_last);
        life.close();
    });
}

// The writing half of the handle has no page of its own then, and every write looks twice.
TEST_F(FaultTest, WriteWithoutAPageThatAForkWipes)
{
    prepare(make_five);
    lacking = Call::kMadvise;
    sweep([](Life &life, bool) {
        life.open(MMF_READ_WRITE);
        life.append_up_to(700);
        life.set(1, 1001);
        life.close();
    });
}

// The one before was killed in the middle of a record, and without a sync.
TEST_F(FaultTest, Recovery)
{
    prepare([](Life &life) {
        life.create();
        life.append_up_to(5);
        life.die_in_a_set(2);
    });
    sweep([](Life &life, bool fault_may_last) {
        life.open(MMF_READ_WRITE);
        life.read(fault_may_last);
        life.set(3, 1003);
        life.close();
    });
}

// The power was cut in the last sync: the disk has its commit and not the records that it counts,
// and the commit has to be gone from the disk before any record is appended.
TEST_F(FaultTest, WriteAfterACommitWithoutItsRecords)
{
    prepare([](Life &life) {
        life.create();
        life.append_up_to(5);
        life.sync();
        life.append_up_to(10);
        life.close();
    });
    const size_t boot = MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id);
    content[boot] = static_cast<char>(content[boot] ^ 1);
    for (uint64_t i = 0; i < MMFI_COMMIT_COPIES; i++) {
        const size_t slot = MMFI_COMMIT_OFFSET + i * MMFI_PAGE_SIZE;
        memset(&content[slot + MMFI_COMMIT_CONFIRMATION], 0, sizeof(uint64_t));
    }
    mmf_info info;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_open(path.c_str(), nullptr, &store, &error), MMF_OK) << error.message;
    ASSERT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const size_t row = info.header_size + 9 * TICK_RECORD_SIZE;
    std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(row), TICK_RECORD_SIZE, '\0');
    start.count = start.synced = 5;
    sweep([](Life &life, bool fault_may_last) {
        life.open(MMF_READ_WRITE);
        life.append_up_to(8);
        life.read(fault_may_last);
        life.close();
    });
}

TEST_F(FaultTest, OneOfSeveralWriters)
{
    prepare(make_five);
    sweep([](Life &life, bool fault_may_last) {
        life.open(MMF_READ_WRITE, true);
        life.append_up_to(700);
        life.set(1, 1001);
        life.sync();
        life.read(fault_may_last);
        life.close();
    });
}

TEST_F(FaultTest, HolesAreFilled)
{
    prepare(make_five);
    sparse = true;
    sweep([](Life &life, bool) {
        life.open(MMF_READ_WRITE);
        life.append_up_to(10);
        life.close();
    });
}

// What a life forgets to give back is found.
TEST_F(FaultTest, WhatIsHeldIsSeen)
{
    prepare(make_five);
    restore();
    EXPECT_EQ(t_in_child([&] {
                  return live({Call::kAny, 0, 0, false},
                              [](Life &life, bool) { life.open(MMF_READ_ONLY); });
              }),
              0);
    const std::string problem = outcome->problem;
    for (const char *what : {"descriptor of ", "mapping of ", "memory of "})
        EXPECT_NE(problem.find(what), std::string::npos) << problem;
}
