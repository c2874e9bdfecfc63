// A kernel that refuses one system call with an error of the test's choice, in one process or
// thread.
#ifndef MMF_TESTS_SUPPORT_REFUSE_H
#define MMF_TESTS_SUPPORT_REFUSE_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <thread>

#include "tests/support/sanitizer.h"

// Every later `call` (SYS_...) fails with os_error. For good, so only in a child; false when the
// kernel takes no filter.
inline bool t_refuse(long call, int os_error)
{
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(os_error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog filter = {sizeof program / sizeof program[0], program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// Every later mmap of exactly that many bytes fails with ENOMEM; as t_refuse. Other sizes go on,
// because a sanitizer maps as well.
inline bool t_refuse_mappings_of(uint64_t size)
{
    const unsigned length = offsetof(seccomp_data, args[1]); // of a little-endian machine
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(SYS_mmap), 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, length),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(size), 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, length + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(size >> 32), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog filter = {sizeof program / sizeof program[0], program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// Runs body while every `call` of it fails with os_error; false when the kernel takes no filter. In
// a thread of its own, because a filter stays: the rest of the process goes on without.
template <typename Body> bool t_while_refused(long call, int os_error, Body body)
{
    bool refused = false;
    std::thread([&] {
        free(malloc(64)); // what the allocator needs of the system for a thread comes before
        refused = t_refuse(call, os_error);
        if (refused)
            body();
    }).join();
    return refused;
}

#endif
