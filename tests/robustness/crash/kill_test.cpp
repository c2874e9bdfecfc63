// Writers killed at arbitrary moments, with readers attached and the next writer taking over.
#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include "tests/robustness/crash/image.h"
#include "tests/robustness/crash/stepper.h"
#include "tests/robustness/crash/workload.h"

namespace {

constexpr uint64_t kRows = 8;
constexpr int kReaders = 3;
constexpr double kHangSeconds = 20; // far beyond any pause of a machine that others use, too

// Every field of a record that the writer makes is a function of its mark.
bool is_whole(const tick_record &tick)
{
    return is_same(tick, whole_tick(tick));
}

double seconds(clockid_t clock = CLOCK_MONOTONIC)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// What writers and readers tell, in memory that all see.
struct Findings {
    volatile uint64_t generation;  // of the writer that has taken over
    volatile uint64_t count;       // records whose append returned
    volatile uint64_t interrupted; // sets that had not returned when their writer was killed
    volatile uint64_t begun[kRows];
    volatile uint64_t returned[kRows]; // marks of the sets of each row

    volatile int stop;
    volatile uint64_t reads[kReaders];
    volatile uint64_t torn[kReaders];
    volatile uint64_t busy[kReaders];
    volatile uint64_t shrunk[kReaders];
    volatile double stall[kReaders];   // seconds that the slowest read took
    volatile double working[kReaders]; // and that the reader was on a processor for it
};

void read_for_ever(const MemoryFile &file, int self, Findings *found)
{
    mmf_error error;
    tick_store *store = open_image(file, MMF_READ_ONLY, &error);
    if (store == nullptr)
        _exit(1);
    uint64_t count_before = 0;
    for (uint64_t i = 0; found->stop == 0; i++) {
        const uint64_t count = tick_store_count(store);
        found->shrunk[self] = found->shrunk[self] + (count < count_before ? 1 : 0);
        count_before = count;
        const uint64_t row = i % 3 == 0 ? count - 1 : i % kRows;
        tick_record tick;
        const double begin = seconds();
        const double began_working = seconds(CLOCK_THREAD_CPUTIME_ID);
        const mmf_status status = tick_store_get(store, row, &tick);
        const double worked = seconds(CLOCK_THREAD_CPUTIME_ID) - began_working;
        const double taken = seconds() - begin;
        if (taken > found->stall[self])
            found->stall[self] = taken;
        if (worked > found->working[self])
            found->working[self] = worked;
        if (status == MMF_ERR_BUSY)
            found->busy[self] = found->busy[self] + 1;
        else if (status != MMF_OK || !is_whole(tick) || !parts_are_whole(store, row))
            found->torn[self] = found->torn[self] + 1;
        found->reads[self] = found->reads[self] + 1;
        if (i % 128 == 127)
            usleep(300); // the writers need the processors more
    }
    _exit(0);
}

// Takes the file over, checks what the dead one left, and works until it is killed. The exit code
// says what was wrong.
void write_for_ever(const MemoryFile &file, uint64_t generation, Findings *found)
{
    mmf_error error;
    tick_store *store = open_image(file, MMF_READ_WRITE, &error);
    if (store == nullptr)
        _exit(1);
    const uint64_t count = tick_store_count(store);
    if (count < found->count || count > found->count + 1)
        _exit(2); // an append that returned is lost, or one came twice
    for (uint64_t row = 0; row < kRows; row++) {
        tick_record tick;
        if (tick_store_get(store, row, &tick) != MMF_OK || !is_whole(tick))
            _exit(3);
        if (tick.timestamp != found->returned[row] && tick.timestamp != found->begun[row])
            _exit(4); // neither what it was nor what it was to be
        if (found->begun[row] != found->returned[row])
            found->interrupted = found->interrupted + 1;
        found->returned[row] = tick.timestamp;
        found->begun[row] = tick.timestamp;
    }
    if (!unsound(store, 0, count).empty())
        _exit(7);
    found->count = count;
    found->generation = generation;
    for (uint64_t i = 0;; i++) {
        const uint64_t row = i % kRows;
        const uint64_t mark = generation * 1000 + i % 1000;
        const tick_record tick = marked_tick(mark);
        found->begun[row] = mark;
        if (tick_store_set(store, row, &tick) != MMF_OK)
            _exit(5);
        found->returned[row] = mark;
        if (alternate(store, row, tick, i) != MMF_OK)
            _exit(8);
        /* What the file may grow to is bounded, not how often it is written. */
        if (found->count < 10000000 / kRecordSize && i % 4 == 0) {
            if (tick_store_append(store, &tick, nullptr) != MMF_OK)
                _exit(6);
            found->count = found->count + 1;
        }
    }
}

} // namespace

TEST(Kill, RecoveryAfterRandomKills)
{
    const char *asked = getenv("MMF_KILLS");
    const uint64_t wanted = asked != nullptr ? strtoull(asked, nullptr, 10) : 10000;
    const double most = asked != nullptr ? 1e9 : 100; // seconds
    const MemoryFile file(new_store(100));
    auto *found = static_cast<Findings *>(
        mmap(nullptr, sizeof(Findings), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(static_cast<void *>(found), MAP_FAILED);
    mmf_error error;
    tick_store *first = open_image(file, MMF_READ_WRITE, &error);
    ASSERT_NE(first, nullptr) << error.message;
    for (uint64_t row = 0; row < kRows; row++) {
        const tick_record tick = marked_tick(row);
        ASSERT_EQ(tick_store_append(first, &tick, nullptr), MMF_OK);
        found->begun[row] = row;
        found->returned[row] = row;
    }
    found->count = kRows;
    ASSERT_EQ(tick_store_close(first), MMF_OK);
    pid_t readers[kReaders];
    for (int i = 0; i < kReaders; i++) {
        readers[i] = fork();
        if (readers[i] == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL); // of a test that failed none is left
            read_for_ever(file, i, found);
        }
    }
    const double begin = seconds();
    uint64_t kills = 0;
    unsigned random = 1;
    for (; kills < wanted && seconds() - begin < most; kills++) {
        const uint64_t generation = kills + 1;
        const pid_t writer = fork();
        if (writer == 0)
            write_for_ever(file, generation, found);
        const double since = seconds();
        int status = 0;
        while (found->generation != generation) {
            ASSERT_LT(seconds() - since, kHangSeconds) << "a writer hangs in taking over";
            ASSERT_EQ(waitpid(writer, &status, WNOHANG), 0)
                << "a writer ended by itself, status " << status << ", after " << kills << " kills";
            usleep(20);
        }
        random = random * 1103515245u + 12345u;
        // The sleep is longer than asked for, by an arbitrary time.
        usleep((random >> 16) % 256);
        ASSERT_EQ(kill(writer, SIGKILL), 0);
        ASSERT_EQ(waitpid(writer, &status, 0), writer);
        ASSERT_TRUE(WIFSIGNALED(status)) << "status " << status << " after " << kills << " kills";
    }
    found->stop = 1;
    uint64_t reads = 0;
    uint64_t busy = 0;
    double stall = 0;
    double working = 0;
    for (int i = 0; i < kReaders; i++) {
        int status = 0;
        ASSERT_EQ(waitpid(readers[i], &status, 0), readers[i]);
        EXPECT_EQ(status, 0);
        EXPECT_EQ(found->torn[i], 0u);
        EXPECT_EQ(found->shrunk[i], 0u);
        EXPECT_LT(found->stall[i], kHangSeconds);
        EXPECT_GT(found->reads[i], kills);
        reads += found->reads[i];
        busy += found->busy[i];
        stall = found->stall[i] > stall ? found->stall[i] : stall;
        working = found->working[i] > working ? found->working[i] : working;
    }
    printf("%llu kills in %.0f s, %llu of them in a set; %llu reads, 0 torn, %llu busy, longest "
           "read %.2f ms, of which "
           "on a processor %.3f ms at most\n",
           static_cast<unsigned long long>(kills), seconds() - begin,
           static_cast<unsigned long long>(found->interrupted),
           static_cast<unsigned long long>(reads), static_cast<unsigned long long>(busy),
           stall * 1e3, working * 1e3);
    EXPECT_GT(kills, 100u);
    EXPECT_GT(found->interrupted, kills / 100);
}
