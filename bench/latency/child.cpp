// Starting children, and waiting for them.
#include "bench/latency/child.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

pid_t start_child(const std::function<void()> &body)
{
    const pid_t parent = getpid();
    (void)std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0)
        die("no new process: %s", std::strerror(errno));
    if (child > 0)
        return child;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    body();
    (void)std::fflush(nullptr);
    _exit(0);
}

namespace {

int status_of(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            die("waiting for a child: %s", std::strerror(errno));
    return status;
}

} // namespace

void wait_ready(const std::atomic<int> &ready, int wanted)
{
    constexpr int kMilliseconds = 60000;
    for (int i = 0; i < kMilliseconds && ready < wanted; i++)
        (void)usleep(1000);
    if (ready < wanted)
        die("%d of %d children were ready in a minute", ready.load(), wanted);
}

void wait_child(pid_t child)
{
    const int status = status_of(child);
    if (WIFSIGNALED(status))
        die("a child was ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        die("a child failed");
}

void wait_killed(pid_t child)
{
    const int status = status_of(child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        die("a child that was to be killed ended by itself");
}
