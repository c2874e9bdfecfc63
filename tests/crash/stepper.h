// A child that runs one machine instruction at a time, while its parent looks at what it did.
#ifndef MMF_TESTS_CRASH_STEPPER_H
#define MMF_TESTS_CRASH_STEPPER_H

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

// What the child says of its progress, in memory that both see.
struct Journal {
    volatile uint64_t started;  // steps of the work that it began
    volatile uint64_t finished; // and that returned
    volatile uint64_t failed;   // status of one that should have been good
};

inline Journal *new_journal()
{
    void *memory =
        mmap(nullptr, sizeof(Journal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(memory, MAP_FAILED);
    return static_cast<Journal *>(memory);
}

class Stepper {
public:
    // The child stops before the first instruction of work. False when the system forbids tracing.
    template <typename Work> bool start(Work work)
    {
        child = fork();
        if (child == 0) {
            if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
                _exit(77);
            raise(SIGSTOP);
            work();
            _exit(0);
        }
        int status = 0;
        return waitpid(child, &status, 0) == child && WIFSTOPPED(status);
    }
    // Runs one instruction. False when the child has ended.
    bool step()
    {
        if (ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0)
            return false;
        int status = 0;
        if (waitpid(child, &status, 0) != child)
            return false;
        ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        return WIFSTOPPED(status);
    }
    // The number of the system call that the next instruction makes; -1 when it makes none.
    long next_call() const
    {
#if defined(__x86_64__)
        struct user_regs_struct registers;
        if (ptrace(PTRACE_GETREGS, child, nullptr, &registers) != 0)
            return -1;
        const long code = ptrace(PTRACE_PEEKTEXT, child, registers.rip, nullptr);
        return (code & 0xffff) == 0x050f ? static_cast<long>(registers.rax) : -1;
#else
        return -1;
#endif
    }
    ~Stepper()
    {
        if (child > 0) {
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
        }
    }

    pid_t child = -1;
    bool ended_well = false;
};

#endif
