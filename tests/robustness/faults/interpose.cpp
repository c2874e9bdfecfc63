#include "tests/robustness/faults/interpose.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <map>

namespace {

struct Known {
    const char *name;
    std::vector<int> errors;
};

// In the order of Call.
const Known kKnown[kCalls] = {
    {"open", {EIO, EACCES, EMFILE, ENFILE, ENOMEM, EINTR, ENOSPC, EDQUOT, EROFS, ENOENT}},
    {"close", {EIO, EINTR, ENOSPC}},
    {"fstat", {EIO, ENOMEM}},
    {"lstat", {EIO, EACCES, ENOMEM}},
    {"fstatvfs", {EIO, ENOSYS, EINTR}},
    {"fstatfs", {EIO, ENOSYS, EINTR}},
    {"ioctl", {EIO, EINTR, EOPNOTSUPP, ENOTTY}},
    {"pread", {EIO, EINTR, ENOMEM, kShort}},
    {"pwrite", {EIO, EINTR, ENOSPC, EDQUOT, EFBIG, kShort}},
    {"read", {EIO, EINTR, kShort}},
    {"lseek", {EINVAL, ENXIO}},
    {"fallocate", {EIO, EINTR, ENOSPC, EDQUOT, EFBIG, EOPNOTSUPP, EINVAL, ENOSYS}},
    {"ftruncate", {EIO, EINTR}},
    {"fdatasync", {EIO, EINTR, ENOSPC, EDQUOT}},
    {"fsync", {EIO, EINTR, ENOSPC, EDQUOT, EINVAL}},
    {"syncfs", {EIO, ENOSPC, EBADF}},
    {"fcntl", {EAGAIN, ENOLCK, EINTR, EINVAL, EIO}},
    {"mmap", {ENOMEM, EAGAIN, EACCES, ENODEV, EPERM, EINVAL}},
    {"munmap", {ENOMEM, EINVAL}},
    {"madvise", {EINVAL, ENOMEM, EAGAIN}},
    {"renameat2", {EIO, EINTR, ENOSPC, EDQUOT, EACCES, EEXIST, EINVAL, ENOSYS, ENOMEM}},
    {"link", {EIO, ENOSPC, EDQUOT, EEXIST, EPERM}},
    {"unlink", {EIO, EACCES, EBUSY}},
    {"getrlimit", {EINVAL}},
    {"getrandom", {EINTR, ENOSYS, EAGAIN}},
    {"an allocation", {ENOMEM}},
    {"any call", {EIO, ENOMEM}},
};

bool armed = false;
Fault fault = {Call::kAny, 0, 0, false};
int lacking[kCalls]; // the error of calls that this system has not
int made[kCalls];
int failed[kCalls];

struct Held {
    std::map<void *, size_t> memory;
    std::map<void *, size_t> mappings;
    std::map<int, std::string> files;
};

// Never ends, because calls are made after the last of main, too.
Held &held()
{
    static Held *all = new Held;
    return *all;
}

bool is_it(Call call)
{
    const int count = ++made[static_cast<int>(call)];
    return fault.call == call && (count == fault.nth || (fault.for_ever && count > fault.nth));
}

// 0, or how this call is to fail.
int failure(Call call)
{
    if (!armed)
        return 0;
    const bool one = is_it(call);
    const bool any = is_it(Call::kAny);
    if (!one && !any)
        return lacking[static_cast<int>(call)];
    failed[static_cast<int>(call)]++;
    return fault.os_error;
}

// -1 with errno, as most calls fail.
bool fails(Call call)
{
    const int why = failure(call);
    if (why != 0)
        errno = why;
    return why != 0;
}

size_t cut(int why, size_t size)
{
    return why == kShort && size > 1 ? size / 2 : size;
}

template <typename T> T *got(T *memory, size_t size)
{
    if (armed && memory != nullptr)
        held().memory[memory] = size;
    return memory;
}

// Addresses that are of no mapping any more; a part of one may be given back alone.
void give_back(char *base, size_t size)
{
    const auto all = held().mappings;
    for (const auto &mapping : all) {
        char *begin = static_cast<char *>(mapping.first);
        char *end = begin + mapping.second;
        if (end <= base || begin >= base + size)
            continue;
        held().mappings.erase(begin);
        if (begin < base)
            held().mappings[begin] = static_cast<size_t>(base - begin);
        if (end > base + size)
            held().mappings[base + size] = static_cast<size_t>(end - (base + size));
    }
}

} // namespace

const char *t_call_name(Call call)
{
    return kKnown[static_cast<int>(call)].name;
}

const std::vector<int> &t_call_errors(Call call)
{
    return kKnown[static_cast<int>(call)].errors;
}

void t_lack(Call call, int os_error)
{
    lacking[static_cast<int>(call)] = os_error;
}

void t_arm(const Fault &what)
{
    (void)held();
    fault = what;
    armed = true;
}

void t_disarm()
{
    armed = false;
}

int t_calls_made(Call call)
{
    return made[static_cast<int>(call)];
}

bool t_has_failed()
{
    for (const int count : failed)
        if (count > 0)
            return true;
    return false;
}

bool t_has_failed(Call call)
{
    return failed[static_cast<int>(call)] > 0;
}

std::string t_held(size_t quarantined, size_t pieces)
{
    std::string text;
    for (const auto &file : held().files)
        text += " descriptor of " + file.second;
    for (const auto &mapping : held().mappings)
        text += " mapping of " + std::to_string(mapping.second);
    size_t kept = 0;
    for (const auto &piece : held().memory)
        if (piece.second != quarantined || ++kept > pieces)
            text += " memory of " + std::to_string(piece.second);
    return text;
}

extern "C" {

// ---- Files ----

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (fails(Call::kOpen))
        return -1;
    const int fd = __real_open(path, flags, mode);
    if (armed && fd >= 0)
        held().files[fd] = path;
    return fd;
}

// The kernel closes the file whatever it says.
int __real_close(int fd);
int __wrap_close(int fd)
{
    held().files.erase(fd);
    const int result = __real_close(fd);
    return fails(Call::kClose) ? -1 : result;
}

int __real_fstat(int fd, struct stat *out);
int __wrap_fstat(int fd, struct stat *out)
{
    return fails(Call::kFstat) ? -1 : __real_fstat(fd, out);
}

int __real_lstat(const char *path, struct stat *out);
int __wrap_lstat(const char *path, struct stat *out)
{
    return fails(Call::kLstat) ? -1 : __real_lstat(path, out);
}

int __real_fstatvfs(int fd, struct statvfs *out);
int __wrap_fstatvfs(int fd, struct statvfs *out)
{
    return fails(Call::kFstatvfs) ? -1 : __real_fstatvfs(fd, out);
}

int __real_fstatfs(int fd, struct statfs *out);
int __wrap_fstatfs(int fd, struct statfs *out)
{
    return fails(Call::kFstatfs) ? -1 : __real_fstatfs(fd, out);
}

// Only requests with a pointer come here.
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return fails(Call::kIoctl) ? -1 : __real_ioctl(fd, request, argument);
}

ssize_t __real_pread(int fd, void *buffer, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset)
{
    const int why = failure(Call::kPread);
    if (why > 0) {
        errno = why;
        return -1;
    }
    return __real_pread(fd, buffer, cut(why, size), offset);
}

ssize_t __real_pwrite(int fd, const void *buffer, size_t size, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
    const int why = failure(Call::kPwrite);
    if (why > 0) {
        errno = why;
        return -1;
    }
    return __real_pwrite(fd, buffer, cut(why, size), offset);
}

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
    const int why = failure(Call::kRead);
    if (why > 0) {
        errno = why;
        return -1;
    }
    return __real_read(fd, buffer, cut(why, size));
}

off_t __real_lseek(int fd, off_t offset, int whence);
off_t __wrap_lseek(int fd, off_t offset, int whence)
{
    return fails(Call::kLseek) ? -1 : __real_lseek(fd, offset, whence);
}

int __real_fallocate(int fd, int mode, off_t offset, off_t size);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t size)
{
    return fails(Call::kFallocate) ? -1 : __real_fallocate(fd, mode, offset, size);
}

int __real_posix_fallocate(int fd, off_t offset, off_t size);
int __wrap_posix_fallocate(int fd, off_t offset, off_t size)
{
    const int why = failure(Call::kFallocate);
    return why != 0 ? why : __real_posix_fallocate(fd, offset, size);
}

int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size)
{
    return fails(Call::kFtruncate) ? -1 : __real_ftruncate(fd, size);
}

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
    return fails(Call::kFdatasync) ? -1 : __real_fdatasync(fd);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd)
{
    return fails(Call::kFsync) ? -1 : __real_fsync(fd);
}

int __real_syncfs(int fd);
int __wrap_syncfs(int fd)
{
    return fails(Call::kSyncfs) ? -1 : __real_syncfs(fd);
}

// Only locks come here, with a pointer.
int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return fails(Call::kFcntl) ? -1 : __real_fcntl(fd, command, argument);
}

// ---- Names ----

int __real_renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags);
int __wrap_renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    return fails(Call::kRenameat2) ? -1 : __real_renameat2(from_at, from, to_at, to, flags);
}

int __real_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to)
{
    return fails(Call::kLink) ? -1 : __real_link(from, to);
}

int __real_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    return fails(Call::kUnlink) ? -1 : __real_unlink(path);
}

// ---- Memory ----

void *__real_mmap(void *at, size_t size, int access, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t size, int access, int flags, int fd, off_t offset)
{
    if (fails(Call::kMmap))
        return MAP_FAILED;
    void *base = __real_mmap(at, size, access, flags, fd, offset);
    if (armed && base != MAP_FAILED)
        held().mappings[base] = size;
    return base;
}

// Of a whole mapping, or its end, it cannot fail; what is tested is that its word is no reason to
// stop.
int __real_munmap(void *base, size_t size);
int __wrap_munmap(void *base, size_t size)
{
    give_back(static_cast<char *>(base), size);
    const int result = __real_munmap(base, size);
    return fails(Call::kMunmap) ? -1 : result;
}

int __real_madvise(void *base, size_t size, int advice);
int __wrap_madvise(void *base, size_t size, int advice)
{
    return fails(Call::kMadvise) ? -1 : __real_madvise(base, size, advice);
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return fails(Call::kAllocate) ? nullptr : got(__real_malloc(size), size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return fails(Call::kAllocate) ? nullptr : got(__real_calloc(count, size), count * size);
}

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size)
{
    if (fails(Call::kAllocate))
        return nullptr;
    held().memory.erase(memory);
    return got(__real_realloc(memory, size), size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    return fails(Call::kAllocate) ? nullptr : got(__real_strdup(text), 0);
}

char *__real_strndup(const char *text, size_t length);
char *__wrap_strndup(const char *text, size_t length)
{
    return fails(Call::kAllocate) ? nullptr : got(__real_strndup(text, length), 0);
}

void __real_free(void *memory);
void __wrap_free(void *memory)
{
    if (memory != nullptr)
        held().memory.erase(memory);
    __real_free(memory);
}

// ---- Others ----

// In C the first one is an enum of its own; to the linker it is an int.
int __real_getrlimit(int resource, struct rlimit *out);
int __wrap_getrlimit(int resource, struct rlimit *out)
{
    return fails(Call::kGetrlimit) ? -1 : __real_getrlimit(resource, out);
}

ssize_t __real_getrandom(void *buffer, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *buffer, size_t size, unsigned flags)
{
    return fails(Call::kGetrandom) ? -1 : __real_getrandom(buffer, size, flags);
}

} // extern "C"
