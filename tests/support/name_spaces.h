// Name spaces of this process's own, in which it may mount and number processes as it likes.
#ifndef MMF_TESTS_SUPPORT_NAME_SPACES_H
#define MMF_TESTS_SUPPORT_NAME_SPACES_H

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

inline bool t_write_file(const char *path, const std::string &text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool written = fd >= 0 && write(fd, text.data(), text.size()) == (ssize_t)text.size();
    if (fd >= 0)
        close(fd);
    return written;
}

// Root of a user name space of its own, which may mount. Not where the kernel grants none to
// anybody, nor to a process in a chroot.
inline bool t_enter_user_name_space()
{
    const std::string uid = std::to_string(geteuid());
    const std::string gid = std::to_string(getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    (void)t_write_file("/proc/self/setgroups", "deny"); // not there before Linux 3.19
    return t_write_file("/proc/self/uid_map", "0 " + uid + " 1") &&
           t_write_file("/proc/self/gid_map", "0 " + gid + " 1");
}

// What refused this process mounts of its own; "" when nothing did. Nothing it mounts is seen
// by others.
inline std::string t_enter_name_spaces()
{
    if (!t_enter_user_name_space() && unshare(CLONE_NEWNS) != 0)
        return std::string("unshare: ") + strerror(errno);
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return std::string("making mounts private: ") + strerror(errno);
    return "";
}

// In SetUp or a test: skips it where the kernel refused, and says so out loud.
#define T_SKIP_WITHOUT_NAME_SPACES(refusal)                                                        \
    do {                                                                                           \
        const std::string t_why = (refusal);                                                       \
        if (!t_why.empty()) {                                                                      \
            fprintf(stderr, "NOT TESTED: no name spaces are to be had here: %s\n", t_why.c_str()); \
            GTEST_SKIP() << "no name spaces are to be had here: " << t_why;                        \
        }                                                                                          \
    } while (false)

#endif
