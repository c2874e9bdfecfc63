// A child that runs one machine instruction at a time, while its parent looks at what it did.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_STEPPER_H
#define MMF_TESTS_ROBUSTNESS_CRASH_STEPPER_H

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>

// What the child says of its progress, in memory that both see.
struct Journal {
    volatile uint64_t opened;   // the store is open
    volatile uint64_t started;  // steps of the work that it began
    volatile uint64_t finished; // and that returned
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
    // Runs to where the child has mapped a file to write to it: before, only a system call could
    // change the file, and no store. False when the child ends without.
    bool run_to_map()
    {
#if defined(__x86_64__)
        while (resume(PTRACE_SYSCALL)) {
            struct user_regs_struct registers;
            if (ptrace(PTRACE_GETREGS, child, nullptr, &registers) != 0)
                return false;
            const bool maps = registers.orig_rax == SYS_mmap && (registers.rdx & PROT_WRITE) != 0 &&
                              (registers.r10 & MAP_SHARED) != 0;
            if (!resume(PTRACE_SYSCALL))
                return false;
            if (maps)
                return true;
        }
        return false;
#else
        return true;
#endif
    }
    // Runs one instruction. False when the child has ended.
    bool step()
    {
        return resume(PTRACE_SINGLESTEP);
    }
    // The number of the system call that the next instruction makes; -1 when it makes none.
    long next_call() const
    {
#if defined(__x86_64__)
        // A forked child has its code where its parent has it, and both are the same.
        const long at = ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rip), nullptr);
        const auto *code = reinterpret_cast<const unsigned char *>(at);
        return code[0] == 0x0f && code[1] == 0x05
                   ? ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rax), nullptr)
                   : -1;
#else
        return -1;
#endif
    }
    // Kills the child where it is.
    void end()
    {
        if (child > 0) {
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
        }
        child = -1;
    }
    ~Stepper()
    {
        end();
    }

    pid_t child = -1;
    bool ended_well = false;

private:
    bool resume(decltype(PTRACE_CONT) how)
    {
        if (ptrace(how, child, nullptr, nullptr) != 0)
            return false;
        int status = 0;
        if (waitpid(child, &status, 0) != child)
            return false;
        ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        return WIFSTOPPED(status);
    }
};

#endif
