// Processes that race for a file, are killed anywhere, or cut a file off under another.
#include <dirent.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <csignal>
#include <fcntl.h>
#include <vector>

#include "mmapforge/sigbus.h"
#include "tests/support/store_fixture.h"
#include "tests/support/traced.h"

namespace {

class ProcessTest : public StoreTest {
protected:
    // What is in the directory beside the store.
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

    void replace_bytes(const std::string &content) const
    {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    }
};

int create_and_close(const std::string &path)
{
    tick_store *store = nullptr;
    const mmf_status status = tick_store_create(path.c_str(), nullptr, &store, nullptr);
    const mmf_status closed = tick_store_close(store);
    return status != MMF_OK ? status : closed;
}

// Steps until the child is about to map a file that others see, or 0 when it never does.
int steps_to_mapping(TracedChild &child)
{
    for (int steps = 1; child.step(); steps++) {
        uint64_t arguments[6] = {};
        if (child.call(arguments) == SYS_mmap && (arguments[3] & MAP_SHARED) != 0 &&
            static_cast<int>(arguments[4]) >= 0)
            return steps;
    }
    return 0;
}

// Opens for writing, appends over a step of growth, syncs and closes.
constexpr uint64_t LIFE_COUNT = 700;

int live_as_writer(const std::string &path, const mmf_options &writing)
{
    tick_store *store = nullptr;
    if (tick_store_open(path.c_str(), &writing, &store, nullptr) != MMF_OK)
        return 1;
    if (t_append_up_to(store, LIFE_COUNT) != MMF_OK || tick_store_sync(store, nullptr) != MMF_OK)
        return 2;
    return tick_store_close(store) == MMF_OK ? 0 : 3;
}

// What a child ends with whose open says that the guard met a hole; no status.
constexpr int HOLE_MET = 97;

} // namespace

TEST_F(ProcessTest, OneOfManyCreatesWins)
{
    for (int round = 0; round < 20; round++) {
        int start[2];
        ASSERT_EQ(pipe(start), 0);
        std::vector<pid_t> children;
        for (int i = 0; i < 8; i++) {
            const pid_t child = fork();
            if (child == 0) {
                char c;
                close(start[1]);
                (void)!read(start[0], &c, 1); // ends when the parent closes
                _exit(create_and_close(path));
            }
            children.push_back(child);
        }
        close(start[0]);
        close(start[1]);
        int won = 0;
        for (const pid_t child : children) {
            int status = 0;
            ASSERT_EQ(waitpid(child, &status, 0), child);
            ASSERT_TRUE(WIFEXITED(status));
            won += WEXITSTATUS(status) == MMF_OK ? 1 : 0;
            EXPECT_TRUE(WEXITSTATUS(status) == MMF_OK || WEXITSTATUS(status) == MMF_ERR_EXISTS)
                << mmf_status_name(static_cast<mmf_status>(WEXITSTATUS(status)));
        }
        EXPECT_EQ(won, 1);
        EXPECT_TRUE(litter().empty());
        EXPECT_EQ(tick_store_close(open(&writing)), MMF_OK);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

// Who looks while a store is made finds none, or a whole one.
TEST_F(ProcessTest, AReaderThatComesDuringACreate)
{
    for (int round = 0; round < 50; round++) {
        const pid_t child = fork();
        if (child == 0)
            _exit(create_and_close(path));
        mmf_status status = MMF_ERR_NOT_FOUND;
        tick_store *reader = nullptr;
        while (status == MMF_ERR_NOT_FOUND)
            status = tick_store_open(path.c_str(), nullptr, &reader, &error);
        EXPECT_EQ(status, MMF_OK) << error.message;
        EXPECT_EQ(tick_store_count(reader), 0u);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
        int ended = 0;
        ASSERT_EQ(waitpid(child, &ended, 0), child);
        EXPECT_EQ(ended, 0);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

TEST_F(ProcessTest, KilledAtEverySystemCallOfACreate)
{
    bool ended = false;
    int made = 0;
    int abandoned = 0;
    int calls = 0;
    for (; !ended; calls++) {
        TracedChild child([this] { return create_and_close(path); });
        ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        for (int i = 0; i < calls && !ended; i++)
            ended = !child.step();
        if (!ended)
            child.kill();
        else
            ASSERT_EQ(child.result(), MMF_OK);

        if (access(path.c_str(), F_OK) == 0) {
            made++;
            tick_store *store = open(&writing);
            EXPECT_EQ(t_append_up_to(store, 3), MMF_OK);
            EXPECT_EQ(expect_whole(store), 3u);
            EXPECT_EQ(tick_store_close(store), MMF_OK);
            EXPECT_TRUE(litter().empty()) << "named, and there all the same: " << litter()[0];
        } else {
            const std::vector<std::string> left = litter();
            EXPECT_LE(left.size(), 1u);
            for (const std::string &name : left) {
                EXPECT_EQ(name.rfind("ticks.mmf.", 0), 0u) << name;
                EXPECT_EQ(name.substr(name.size() - 4), ".new") << name;
                abandoned++;
            }
            EXPECT_EQ(create_and_close(path), MMF_OK) << "what was left is in the way";
        }
        ASSERT_EQ(unlink(path.c_str()), 0);
        EXPECT_TRUE(litter().empty()) << "step " << calls << ": " << litter()[0];
    }
    EXPECT_GT(calls, 20);
    EXPECT_GT(made, 1) << "killed after the file was named";
    EXPECT_GT(abandoned, 5);
    EXPECT_LT(made, calls - 1) << "killed before it";
}

// One that is stopped between any two of its calls, before it has a lock among them.
TEST_F(ProcessTest, ALivingCreatorIsNotTakenForAbandoned)
{
    const std::string other = directory + "/other.mmf";
    bool ended = false;
    for (int calls = 0; !ended; calls++) {
        TracedChild child([this] { return create_and_close(path); });
        ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        for (int i = 0; i < calls && !ended; i++)
            ended = !child.step();
        ASSERT_EQ(create_and_close(other), MMF_OK);
        if (!ended)
            child.finish();
        ASSERT_EQ(child.result(), MMF_OK) << "step " << calls;
        ASSERT_EQ(unlink(other.c_str()), 0);
        ASSERT_EQ(unlink(path.c_str()), 0);
        ASSERT_TRUE(litter().empty()) << "step " << calls << ": " << litter()[0];
    }
}

TEST_F(ProcessTest, WhatOnlyLooksLikeAnAbandonedFileStays)
{
    const std::string digits = ".0123456789abcdef.new";
    const std::string text = directory + "/text" + digits;
    std::ofstream(text) << "somebody's own";
    std::ofstream(directory + "/capitals.0123456789ABCDEF.new");
    std::ofstream(directory + "/short.123456789abcdef.new");
    std::ofstream(directory + "/" + digits.substr(1));
    std::ofstream(directory + "/end" + digits + "er");
    ASSERT_EQ(mkdir((directory + "/directory" + digits).c_str(), 0700), 0);
    ASSERT_EQ(symlink("short.123456789abcdef.new", (directory + "/link" + digits).c_str()), 0);
    ASSERT_EQ(mkfifo((directory + "/pipe" + digits).c_str(), 0600), 0);
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create((directory + "/full" + digits).c_str(), nullptr, &store, &error),
              MMF_OK);
    ASSERT_EQ(t_append_up_to(store, 1), MMF_OK);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    ASSERT_EQ(tick_store_create((directory + "/open" + digits).c_str(), nullptr, &store, &error),
              MMF_OK);
    const std::vector<std::string> before = litter();
    ASSERT_EQ(before.size(), 10u);
    std::ofstream(directory + "/empty" + digits); // a creator that had only begun
    ASSERT_EQ(create_and_close(path), MMF_OK);
    EXPECT_EQ(litter(), before);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(ProcessTest, KilledAtEverySystemCallOfAWriter)
{
    tick_store *store = create();
    fill(store, 5);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string before = bytes();
    bool ended = false;
    int calls = 0;
    uint64_t most = 0;
    for (; !ended; calls++) {
        replace_bytes(before);
        TracedChild child([this] { return live_as_writer(path, writing); });
        ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        for (int i = 0; i < calls && !ended; i++)
            ended = !child.step();
        if (!ended)
            child.kill();
        else
            ASSERT_EQ(child.result(), 0);

        store = open();
        const uint64_t count = expect_whole(store);
        EXPECT_GE(count, 5u);
        EXPECT_GE(count, most) << "what was published later is more";
        most = count;
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        store = open(&writing);
        EXPECT_EQ(t_append_up_to(store, count + LIFE_COUNT), MMF_OK);
        EXPECT_EQ(expect_whole(store), count + LIFE_COUNT);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
    }
    EXPECT_EQ(most, LIFE_COUNT);
    EXPECT_GT(calls, 20);
}

// An access to what was truncated is a signal by its nature; until the size was looked at for the
// last time before the mapping, there is none.
TEST_F(ProcessTest, CutOffAtEverySystemCallBeforeTheMapping)
{
    tick_store *store = create();
    fill(store, 5);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string before = bytes();
    for (const mmf_options *options :
         {static_cast<const mmf_options *>(nullptr), static_cast<const mmf_options *>(&writing)}) {
        const auto open_it = [this, options] {
            tick_store *opened = nullptr;
            return tick_store_open(path.c_str(), options, &opened, nullptr);
        };
        TracedChild undisturbed(open_it);
        ASSERT_TRUE(undisturbed.traced()) << "the test needs to trace a child of its own";
        const int calls = steps_to_mapping(undisturbed);
        undisturbed.kill(); // and its lock with it
        ASSERT_GT(calls, 10);
        // The last two steps: out of the look at the size, and into the mapping.
        for (int last = 0; last <= calls - 2; last++) {
            replace_bytes(before);
            TracedChild child(open_it);
            for (int i = 0; i < last; i++)
                ASSERT_TRUE(child.step());
            ASSERT_EQ(truncate(path.c_str(), 0), 0);
            child.finish();
            EXPECT_TRUE(child.result() == MMF_ERR_FORMAT || child.result() == MMF_ERR_CORRUPT)
                << "step " << last << " of " << calls << ": " << child.result();
        }
        replace_bytes(before);
    }
}

// With the guard there is no signal after the mapping either.
TEST_F(ProcessTest, CutOffAtEverySystemCallOfAnOpenWithTheGuard)
{
    tick_store *store = create();
    fill(store, 5);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string before = bytes();
    for (const mmf_options *options :
         {static_cast<const mmf_options *>(nullptr), static_cast<const mmf_options *>(&writing)}) {
        const auto open_it = [this, options]() -> int {
            tick_store *opened = nullptr;
            if (mmf_guard_install(nullptr) != MMF_OK)
                return 98;
            const mmf_status status = tick_store_open(path.c_str(), options, &opened, &error);
            return strstr(error.message, ": the file was truncated while it was open;") != nullptr
                       ? HOLE_MET
                       : status;
        };
        TracedChild undisturbed(open_it);
        ASSERT_TRUE(undisturbed.traced()) << "the test needs to trace a child of its own";
        const int mapping = steps_to_mapping(undisturbed);
        undisturbed.kill(); // and its lock with it
        ASSERT_GT(mapping, 10);
        bool ended = false;
        int holes_met = 0;
        for (int last = 0; !ended; last++) {
            replace_bytes(before);
            TracedChild child(open_it);
            for (int i = 0; i < last && !ended; i++)
                ended = !child.step();
            ASSERT_EQ(truncate(path.c_str(), 0), 0);
            if (!ended)
                child.finish();
            const int result = child.result();
            // After its last check an open has found nothing.
            EXPECT_TRUE(result == HOLE_MET || result == MMF_ERR_CORRUPT ||
                        result == (last > mapping ? MMF_OK : MMF_ERR_FORMAT))
                << "step " << last << ", mapped in " << mapping << ": " << result;
            holes_met += result == HOLE_MET ? 1 : 0;
        }
        EXPECT_GT(holes_met, 0);
        replace_bytes(before);
    }
}

// As after a shell's `>&-`, or in a daemon.
TEST_F(ProcessTest, WhatAProgramWithoutStandardStreamsPrintsGoesIntoNoStore)
{
    EXPECT_EQ(t_in_child([this] {
                  for (int stream = 0; stream < 3; stream++)
                      ::close(stream);
                  tick_store *stores[2] = {};
                  if (tick_store_create(path.c_str(), nullptr, &stores[0], nullptr) != MMF_OK ||
                      tick_store_open(path.c_str(), nullptr, &stores[1], nullptr) != MMF_OK ||
                      t_append_up_to(stores[0], 700) != MMF_OK)
                      return 1;
                  const std::string text(100000, 'x');
                  for (int stream = 0; stream < 3; stream++)
                      if (write(stream, text.data(), text.size()) != -1 || errno != EBADF)
                          return 2;
                  return tick_store_close(stores[1]) == MMF_OK &&
                                 tick_store_close(stores[0]) == MMF_OK
                             ? 0
                             : 3;
              }),
              0);
    tick_store *store = open(&writing);
    EXPECT_EQ(expect_whole(store), 700u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// A child that was forked meanwhile has the same open file, and with it any lock that is not given
// back by name: here a descriptor taken from the process that opens, after each of its calls.
TEST_F(ProcessTest, AFailedOpenLeavesNoLockToACopyOfItsDescriptor)
{
    ASSERT_EQ(create_and_close(path), MMF_OK);
    const std::string sound = bytes();
    struct {
        const char *what;
        size_t offset;
        std::string bytes;
        mmf_status expected;
    } damages[] = {
        {"a sync that failed", MMFI_LIVE_OFFSET + offsetof(mmfi_live, poisoned),
         std::string(1, '\1'), MMF_ERR_NEEDS_RECOVERY},
        {"a count beyond the file", MMFI_LIVE_OFFSET + offsetof(mmfi_live, count),
         std::string(7, '\1'), MMF_ERR_CORRUPT},
    };
    for (const auto &damage : damages)
        for (const bool shared : {false, true}) {
            replace_bytes(sound);
            put(damage.offset, damage.bytes);
            writing.shared_writers = shared;
            int copies = 0;
            bool ended = false;
            for (int steps = 1; !ended; steps++) {
                ASSERT_LT(steps, 1000) << "no descriptor of the child was to be had";
                TracedChild child([this] {
                    tick_store *store = nullptr;
                    const mmf_status status =
                        tick_store_open(path.c_str(), &writing, &store, nullptr);
                    raise(SIGSTOP); // the lock must be free while the process lives
                    return status;
                });
                ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
                for (int i = 0; i < steps && !ended; i++)
                    ended = !child.step() || child.stopped_by(SIGSTOP);
                const std::vector<int> copied = child.copies_of(path);
                copies += static_cast<int>(copied.size());
                while (!ended)
                    ended = !child.step() || child.stopped_by(SIGSTOP);
                ended = copies > 0 && copied.empty();
                replace_bytes(sound);
                tick_store *store = nullptr;
                EXPECT_EQ(tick_store_open(path.c_str(), &writing, &store, &error), MMF_OK)
                    << damage.what << ", step " << steps << ": " << error.message;
                EXPECT_EQ(tick_store_close(store), MMF_OK);
                for (const int fd : copied)
                    close(fd);
                child.finish();
                EXPECT_EQ(child.result(), damage.expected) << damage.what;
                replace_bytes(sound);
                put(damage.offset, damage.bytes);
            }
            EXPECT_GT(copies, 5);
        }
}

// What is read before the lock may be the middle of another writer's work.
TEST_F(ProcessTest, AWriterLooksAtNothingBeforeItHasTheLock)
{
    ASSERT_EQ(create_and_close(path), MMF_OK);
    TracedChild child([this] {
        tick_store *store = nullptr;
        return tick_store_open(path.c_str(), &writing, &store, nullptr);
    });
    ASSERT_TRUE(child.traced()) << "the test needs to trace a child of its own";
    std::string calls;
    while (child.step()) {
        uint64_t arguments[6] = {};
        const long call = child.call(arguments);
        const bool locks = call == SYS_fcntl && arguments[1] == F_OFD_SETLK;
        calls += locks ? "lock " : call == SYS_pread64 ? "read " : "";
    }
    EXPECT_EQ(child.result(), MMF_OK);
    EXPECT_EQ(calls.rfind("lock read ", 0), 0u) << calls;
}
