// A power cut while a store is made: a name that is there is that of a whole, empty store.
#include <dirent.h>
#include <fcntl.h>

#include "tests/robustness/crash/sweep.h"

namespace {

std::string only_name_in(const std::string &directory)
{
    std::string name;
    DIR *open = opendir(directory.c_str());
    EXPECT_NE(open, nullptr);
    for (const struct dirent *entry = readdir(open); entry != nullptr; entry = readdir(open))
        if (entry->d_name[0] != '.')
            name = entry->d_name;
    closedir(open);
    return name;
}

// The events of making a store and where among them its file got its name.
struct Creation {
    Trace trace;
    size_t named = 0;  // events before the name
    size_t synced = 0; // events before the name was synced
};

class Create : public testing::Test {
protected:
    void SetUp() override
    {
#if !defined(__x86_64__)
        GTEST_SKIP() << "system calls are told from other instructions on x86-64 only";
#endif
        directory = testing::TempDir() + "/create." + std::to_string(getpid());
        ASSERT_EQ(mkdir(directory.c_str(), 0700), 0);
        path = directory + "/store.mmf";
        if (!trace())
            GTEST_SKIP() << "this system does not let a process trace its child";
    }
    void TearDown() override
    {
        unlink(path.c_str());
        rmdir(directory.c_str());
    }

    // Every system call, and every instruction once the file is mapped.
    bool trace()
    {
        Stepper stepper;
        const std::string to = path;
        if (!stepper.start([to] {
                mmf_options options = MMF_OPTIONS_INIT;
                options.capacity = 4;
                options.reserve_bytes = UINT64_C(16) << 20;
                tick_store *store = nullptr;
                if (tick_store_create(to.c_str(), &options, &store, nullptr) != MMF_OK)
                    _exit(1);
                _exit(0);
            }))
            return false;
        while (follow(stepper)) {
        }
        EXPECT_TRUE(stepper.ended_well);
        EXPECT_EQ(only_name_in(directory), "store.mmf");
        return true;
    }
    bool follow(Stepper &stepper)
    {
        const long call = stepper.next_call();
        const bool sync = call == SYS_fdatasync || (call == SYS_fsync && !is_named);
        if (sync)
            note(Event::Kind::kSyncBegin, 0, 0);
        if (!stepper.step())
            return false;
        if (call >= 0)
            look();
        if (sync)
            note(Event::Kind::kSyncEnd, 0, 0);
        if (is_named && call == SYS_fsync)
            creation.synced = creation.trace.events.size();
        return true;
    }
    // Before it is mapped, and that is all the time, only system calls change the file.
    void look()
    {
        const std::string name = only_name_in(directory);
        if (name.empty())
            return;
        if (name == "store.mmf" && !is_named) {
            is_named = true;
            creation.named = creation.trace.events.size();
        }
        const int fd = open((directory + "/" + name).c_str(), O_RDONLY);
        struct stat info;
        ASSERT_EQ(fstat(fd, &info), 0);
        Bytes now(static_cast<size_t>(info.st_size));
        ASSERT_EQ(pread(fd, now.data(), now.size(), 0), static_cast<ssize_t>(now.size()));
        close(fd);
        if (now.size() != last.size())
            note(Event::Kind::kSize, 0, now.size());
        last.resize(now.size());
        for (size_t at = 0; at < now.size(); at += kWord)
            if (word_at(now, at) != word_at(last, at))
                note(Event::Kind::kStore, at, word_at(now, at));
        last = now;
    }
    void note(Event::Kind kind, size_t offset, uint64_t value)
    {
        creation.trace.events.push_back({kind, 0, offset, value, {}});
    }

    // From where it may have its name: the sync of the name comes later, the name itself may come
    // to the disk at once.
    static Verdict cut_power(const Creation &of)
    {
        Disk disk({});
        Verdict verdict;
        std::mt19937_64 random(7);
        const Promise promise({}, 0);
        for (size_t i = 0; i < of.trace.events.size(); i++) {
            disk.apply(of.trace.events[i]);
            if (i + 1 < of.named)
                continue;
            verdict.moments++;
            const uint64_t most = images_per_moment(256);
            const bool all = disk.choices(most + 1) <= most;
            verdict.exhausted += all ? 1 : 0;
            const uint64_t rounds = all ? disk.choices(most) : most;
            for (uint64_t round = 0; round < rounds; round++) {
                verdict.images++;
                verdict.recovered++;
                Bytes image = all ? disk.image_of(round) : disk.sample(random, round);
                const std::string wrong = promise.judge(image);
                if (!wrong.empty()) {
                    verdict.wrong++;
                    verdict.reasons[wrong.substr(0, wrong.find(": /"))]++;
                }
            }
        }
        return verdict;
    }

    std::string directory;
    std::string path;
    Creation creation;
    Bytes last;
    bool is_named = false;
};

} // namespace

TEST_F(Create, ANameIsThatOfAWholeStore)
{
    EXPECT_GT(creation.named, 50u) << "hardly a word of the header was seen";
    EXPECT_GT(creation.synced, 0u) << "the directory was not synced";
    const Verdict verdict = cut_power(creation);
    printf("%s\n", verdict.text().c_str());
    EXPECT_GT(verdict.images, 0u);
    EXPECT_EQ(verdict.wrong, 0u);
}

// The seeded fault: the name comes before the sync of what it is for.
TEST_F(Create, AHeaderThatIsNotSyncedBeforeItsNameIsFound)
{
    Creation faulty;
    for (size_t i = 0; i < creation.trace.events.size(); i++) {
        const Event &event = creation.trace.events[i];
        if (i < creation.named &&
            (event.kind == Event::Kind::kSyncBegin || event.kind == Event::Kind::kSyncEnd))
            continue;
        faulty.trace.events.push_back(event);
        if (i < creation.named)
            faulty.named = faulty.trace.events.size();
    }
    ASSERT_LT(faulty.named, creation.named) << "the fault changes nothing";
    const Verdict verdict = cut_power(faulty);
    printf("%s\n", verdict.text().c_str());
    EXPECT_GT(verdict.wrong, 0u);
}
