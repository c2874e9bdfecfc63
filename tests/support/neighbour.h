// Memory that another process goes on changing while this one reads it.
#ifndef MMF_TESTS_SUPPORT_NEIGHBOUR_H
#define MMF_TESTS_SUPPORT_NEIGHBOUR_H

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>

class Neighbour {
public:
    // A process, and no thread, so that no sanitizer takes for a mistake what is done on purpose.
    Neighbour()
    {
        void *mapped =
            mmap(nullptr, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        EXPECT_NE(mapped, MAP_FAILED);
        memory = static_cast<unsigned char *>(mapped);
    }

    Neighbour(const Neighbour &) = delete;
    Neighbour &operator=(const Neighbour &) = delete;

    ~Neighbour()
    {
        if (child_ > 0) {
            kill(child_, SIGKILL);
            waitpid(child_, nullptr, 0);
        }
        munmap(memory, SIZE);
    }

    // From now on the T at offset is one of the two, and changes all the time.
    template <typename T> void alternate(size_t offset, T one, T other)
    {
        volatile T *place = reinterpret_cast<volatile T *>(memory + offset);
        *place = one;
        child_ = fork();
        ASSERT_GE(child_, 0);
        if (child_ != 0)
            return;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            *place = other;
            // Not in step with what reads it.
            for (volatile int i = 0; i < 40; i = i + 1) {
            }
            *place = one;
        }
    }

    // In each round of a test: where processors are few, the neighbour has its turn.
    static void let_run(int round)
    {
        if (round % 64 == 0)
            sched_yield();
    }

    static constexpr size_t SIZE = 4096;
    unsigned char *memory = nullptr;

private:
    pid_t child_ = -1;
};

// How often a test lets the neighbour have its chance.
constexpr int NEIGHBOUR_ROUNDS = 20000;

#endif
