// Opening a file where it is not only a matter of the file: descriptors that a program lacks, and
// leases that other processes hold.
#include "tests/support/file_fixture.h"
#include "tests/support/limit.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>

namespace {

class FileOpenTest : public FileTest {
protected:
    static bool IsAt(int fd, const std::string &path)
    {
        struct stat open_file;
        struct stat named;
        return fstat(fd, &open_file) == 0 && stat(path.c_str(), &named) == 0 &&
               open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
    }
};

// What such a program prints goes to a descriptor that it takes for a standard stream.
TEST_F(FileOpenTest, NoDescriptorOfAStandardStreamIsTaken)
{
    for (int closed = 0; closed < 8; closed++)
        EXPECT_EQ(InChild([&] {
                      for (int stream = 0; stream < 3; stream++)
                          if ((closed & 1 << stream) != 0)
                              close(stream);
                      mmfi_file made = Made("store");
                      mmfi_file read = MMFI_FILE_NONE;
                      mmfi_file written = MMFI_FILE_NONE;
                      if (Open(In("store"), false, &read) != MMF_OK ||
                          Open(In("store"), true, &written) != MMF_OK)
                          return 1;
                      for (const mmfi_file *file : {&made, &read, &written})
                          if (file->fd < 3 || fcntl(file->fd, F_GETFD) != FD_CLOEXEC)
                              return 2;
                      for (int stream = 0; stream < 3; stream++)
                          if (IsAt(stream, In("store")))
                              return 3;
                      for (mmfi_file *file : {&made, &read, &written})
                          mmfi_file_close(file);
                      return unlink(In("store").c_str()) == 0 ? 0 : 4;
                  }),
                  0)
            << closed;
}

// There is room for the standard streams only, one of which is closed.
TEST_F(FileOpenTest, NoDescriptorAboveThoseOfTheStandardStreams)
{
    mmfi_file made = Made("store");
    mmfi_file_close(&made);
    const std::string path = In("store");
    for (const rlim_t most : {3, 4})
        EXPECT_EQ(InChild([&path, most] {
                      mmfi_file file;
                      mmf_error why;
                      if (dup2(2, 3) != 3) // the one that the larger limit leaves is taken
                          return 1;
                      close(0);
                      if (!t_limit(RLIMIT_NOFILE, most))
                          return 2;
                      if (mmfi_file_open(path.c_str(), false, &file, &why) != MMF_ERR_IO)
                          return 3;
                      if (why.os_error != EMFILE || strstr(why.message, "ulimit -n") == nullptr)
                          return 4;
                      return fcntl(0, F_GETFD) == -1 ? 0 : 5; // nothing is left there
                  }),
                  0)
            << most;
}

// ---- Leases ----

volatile sig_atomic_t asked_back = 0;

void OnLeaseBreak(int)
{
    asked_back = 1;
}

// A process with a lease on a file, which it gives back that many milliseconds after it was asked
// to.
class LeaseHolder {
public:
    LeaseHolder(const std::string &path, int lease, int delay_ms)
    {
        int ready[2];
        EXPECT_EQ(pipe(ready), 0);
        child_ = fork();
        if (child_ == 0)
            Hold(path, lease, delay_ms, ready[1]);
        close(ready[1]);
        char answer = 0;
        held_ = read(ready[0], &answer, 1) == 1 && answer == 'y';
        close(ready[0]);
    }

    ~LeaseHolder()
    {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }

    LeaseHolder(const LeaseHolder &) = delete;
    LeaseHolder &operator=(const LeaseHolder &) = delete;

    bool held() const
    {
        return held_;
    }

private:
    [[noreturn]] static void Hold(const std::string &path, int lease, int delay_ms, int ready)
    {
        const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
        signal(SIGIO, OnLeaseBreak);
        (void)!write(ready, fd >= 0 && fcntl(fd, F_SETLEASE, lease) == 0 ? "y" : "n", 1);
        while (asked_back == 0)
            usleep(1000);
        usleep(static_cast<useconds_t>(delay_ms) * 1000);
        _exit(fcntl(fd, F_SETLEASE, F_UNLCK));
    }

    pid_t child_ = -1;
    bool held_ = false;
};

int64_t MillisecondsSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 begin)
        .count();
}

TEST_F(FileOpenTest, ALeaseIsWaitedFor)
{
    mmfi_file made = Made("store");
    mmfi_file_close(&made);
    const struct {
        int lease;
        bool writable;
    } cases[] = {{F_RDLCK, true}, {F_WRLCK, true}, {F_WRLCK, false}};
    for (const auto &one : cases) {
        LeaseHolder holder(In("store"), one.lease, 300);
        if (!holder.held())
            GTEST_SKIP() << "this file system gives no leases";
        const auto begin = std::chrono::steady_clock::now();
        mmfi_file file;
        EXPECT_EQ(Open(In("store"), one.writable, &file), MMF_OK) << error.message;
        EXPECT_GE(MillisecondsSince(begin), 250) << "there was no lease to wait for";
        mmfi_file_close(&file);
    }
}

TEST_F(FileOpenTest, ALeaseThatIsNotGivenBackIsNamed)
{
    int most_seconds = 0;
    std::ifstream("/proc/sys/fs/lease-break-time") >> most_seconds;
    if (most_seconds * 1000 < MMFI_LEASE_WAIT_MS + 5000)
        GTEST_SKIP() << "the kernel here breaks leases within " << most_seconds << " s";
    mmfi_file made = Made("store");
    mmfi_file_close(&made);
    LeaseHolder holder(In("store"), F_RDLCK, 1000000);
    if (!holder.held())
        GTEST_SKIP() << "this file system gives no leases";
    const auto begin = std::chrono::steady_clock::now();
    mmfi_file file;
    EXPECT_EQ(Open(In("store"), true, &file), MMF_ERR_IO);
    EXPECT_GE(MillisecondsSince(begin), MMFI_LEASE_WAIT_MS);
    EXPECT_LT(MillisecondsSince(begin), 2 * MMFI_LEASE_WAIT_MS);
    EXPECT_EQ(error.os_error, EAGAIN);
    const std::string said = error.message;
    EXPECT_EQ(said.rfind(In("store") + ": another process holds a lease", 0), 0u) << said;
    EXPECT_NE(said.find("within 10 seconds; close the file there"), std::string::npos) << said;
    EXPECT_EQ(file.fd, -1);
}

} // namespace
