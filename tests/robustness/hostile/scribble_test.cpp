// A process that scribbles over what is shared, while others read: no signal, no hang.
#include <sys/mman.h>
#include <sys/wait.h>

#include <csignal>
#include <ctime>
#include <random>

#include "tests/robustness/hostile/use.h"

namespace {

double now()
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The shared page, undo slots and sequence words, as a program without manners may leave them.
void scribble(const MemoryFile &file, uint64_t seed)
{
    const size_t size = file.size();
    auto *memory = static_cast<unsigned char *>(
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd, 0));
    std::mt19937_64 random(seed);
    const uint64_t values[] = {0,          1,   2,  3, 19, 20, 21, 1000, UINT64_C(1) << 40,
                               UINT64_MAX, 129, 131};
    for (;;) {
        const uint64_t where = random() % 4;
        size_t at = 16384 + random() % 72 * 8;
        if (where == 1)
            at = 20480 + random() % (8 * 192 / 8) * 8;
        else if (where == 2)
            at = 65536 + random() % 20 * TICK_RECORD_SIZE;
        else if (where == 3)
            at = 65536 + random() % (20 * TICK_RECORD_SIZE / 8) * 8;
        // The ids of boot and file mostly stay, or nothing of the page would be believed.
        if (at >= 16384 + 320 && at < 16384 + 352 && random() % 64 != 0)
            continue;
        const uint64_t value =
            random() % 4 == 0 ? random() : values[random() % (sizeof values / sizeof *values)];
        __builtin_memcpy(memory + at, &value, sizeof value);
    }
}

} // namespace

TEST(Hostile, SharedMemoryIsScribbledOver)
{
    const MemoryFile file(good_store());
    const pid_t scribbler = fork();
    if (scribbler == 0)
        scribble(file, 3);
    mmf_error error;
    tick_store *reader = open_image(file, MMF_READ_ONLY, &error);
    const double begin = now();
    uint64_t rounds = 0;
    uint64_t opened = 0;
    double longest = 0;
    while (now() - begin < 5) {
        const double since = now();
        if (reader != nullptr)
            read_all(reader);
        opened += static_cast<uint64_t>(use_file(file));
        const double taken = now() - since;
        longest = taken > longest ? taken : longest;
        rounds++;
        if (HasFailure())
            break;
    }
    kill(scribbler, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(scribbler, &status, 0), scribbler);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    printf("%llu rounds, opened %llu times, the longest round took %.1f s\n",
           static_cast<unsigned long long>(rounds), static_cast<unsigned long long>(opened),
           longest);
    EXPECT_GT(rounds, 0u);
    EXPECT_GT(opened, 0u);
}
