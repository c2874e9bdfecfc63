// Child processes of the measuring programs, and the memory that they share.
#ifndef MMF_BENCH_CHILD_H
#define MMF_BENCH_CHILD_H

#include <sys/mman.h>
#include <sys/types.h>

#include <atomic>
#include <functional>
#include <new>

#include "bench/latency/say.h"

// Memory that this process and its children share, zeroed; given back with free_shared.
template <typename T> T *new_shared()
{
    void *memory =
        mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die("no memory to share");
    return new (memory) T();
}

template <typename T> void free_shared(T *shared)
{
    shared->~T();
    (void)munmap(shared, sizeof(T));
}

// Runs the body in a child, which then ends; returns its id. A child dies with its parent.
pid_t start_child(const std::function<void()> &body);

// Waits until that many children have counted themselves; ends this process if that takes a minute.
void wait_ready(const std::atomic<int> &ready, int wanted);

// Waits for the child, and ends this process, too, unless the child ended well.
void wait_child(pid_t child);

// Waits for a child that is to be killed by SIGKILL, its own or another's.
void wait_killed(pid_t child);

#endif
