// A child that is stopped at every system call it makes, to be killed or disturbed there.
#ifndef MMF_TESTS_SUPPORT_TRACED_H
#define MMF_TESTS_SUPPORT_TRACED_H

#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

class TracedChild {
public:
    // Runs `body` in a child, which ends with what it returns, up to before its first call.
    template <typename Body> explicit TracedChild(Body body) : child_(fork())
    {
        if (child_ == 0) {
            if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0 || raise(SIGSTOP) != 0)
                _exit(99);
            _exit(body());
        }
        traced_ = waitpid(child_, &status_, 0) == child_ && WIFSTOPPED(status_) &&
                  ptrace(PTRACE_SETOPTIONS, child_, nullptr,
                         reinterpret_cast<void *>(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD)) == 0;
    }

    TracedChild(const TracedChild &) = delete;
    TracedChild &operator=(const TracedChild &) = delete;

    ~TracedChild()
    {
        if (running())
            kill();
    }

    bool traced() const
    {
        return traced_;
    }

    // Goes on to the start or end of the next system call; false when the child has ended.
    bool step()
    {
        return resume(PTRACE_SYSCALL);
    }

    // Goes on to the end.
    void finish()
    {
        while (resume(PTRACE_CONT)) {
        }
    }

    // The call that the child is about to make: its number, or -1 at the end of one.
    long call(uint64_t arguments[6]) const
    {
        __ptrace_syscall_info info = {};
        if (ptrace(PTRACE_GET_SYSCALL_INFO, child_, reinterpret_cast<void *>(sizeof info), &info) <=
                0 ||
            info.op != PTRACE_SYSCALL_INFO_ENTRY)
            return -1;
        for (int i = 0; i < 6; i++)
            arguments[i] = info.entry.args[i];
        return static_cast<long>(info.entry.nr);
    }

    // True when it stopped because that signal came, and not at a system call.
    bool stopped_by(int signal) const
    {
        return WIFSTOPPED(status_) && WSTOPSIG(status_) == signal;
    }

    // What a child that it forked now would have of the file at path: its open files, as
    // descriptors of this process. Of read-only ones, too.
    std::vector<int> copies_of(const std::string &path) const
    {
        std::vector<int> copies;
        struct stat wanted = {};
        const int process = static_cast<int>(syscall(SYS_pidfd_open, child_, 0));
        if (process < 0 || stat(path.c_str(), &wanted) != 0)
            return copies;
        for (int fd = 3; fd < 64; fd++) {
            const int copy = static_cast<int>(syscall(SYS_pidfd_getfd, process, fd, 0));
            struct stat found = {};
            if (copy < 0)
                continue;
            if (fstat(copy, &found) == 0 && found.st_dev == wanted.st_dev &&
                found.st_ino == wanted.st_ino)
                copies.push_back(copy);
            else
                close(copy);
        }
        close(process);
        return copies;
    }

    void kill()
    {
        ::kill(child_, SIGKILL);
        waitpid(child_, &status_, 0);
    }

    // Of a child that has ended: the exit status, or -signal.
    int result() const
    {
        return WIFSIGNALED(status_) ? -WTERMSIG(status_) : WEXITSTATUS(status_);
    }

private:
    bool running() const
    {
        return WIFSTOPPED(status_);
    }

    bool resume(enum __ptrace_request how)
    {
        const int signal = WSTOPSIG(status_);
        const bool own = signal == (SIGTRAP | 0x80) || signal == SIGSTOP;
        if (ptrace(how, child_, nullptr,
                   reinterpret_cast<void *>(static_cast<long>(own ? 0 : signal))) != 0)
            return false;
        return waitpid(child_, &status_, 0) == child_ && running();
    }

    const pid_t child_;
    int status_ = 0;
    bool traced_ = false;
};

#endif
