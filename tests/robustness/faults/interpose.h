// Calls that the library makes of the system and of malloc, of which a chosen one fails.
//
// The linker sends every call of the library to a function here (--wrap, in BUILD.bazel), so the
// product has no hooks. Nothing is counted, and nothing fails, but while a fault is armed. One
// thread at a time.
#ifndef MMF_TESTS_ROBUSTNESS_FAULTS_INTERPOSE_H
#define MMF_TESTS_ROBUSTNESS_FAULTS_INTERPOSE_H

#include <cstddef>
#include <string>
#include <vector>

// What may fail, by name: the calls of the C library that core makes.
enum class Call {
    kOpen,
    kClose,
    kFstat,
    kLstat,
    kFstatvfs,
    kFstatfs,
    kIoctl,
    kPread,
    kPwrite,
    kRead,
    kLseek,
    kFallocate,
    kFtruncate,
    kFdatasync,
    kFsync,
    kSyncfs,
    kFcntl,
    kMmap,
    kMunmap,
    kMadvise,
    kRenameat2,
    kLink,
    kUnlink,
    kGetrlimit,
    kGetrandom,
    kAllocate, // malloc, calloc, realloc, strdup, strndup
    kAny,      // each of the above counts
};

constexpr int kCalls = static_cast<int>(Call::kAny) + 1;

// No error, but fewer bytes than were asked for.
constexpr int kShort = -1;

struct Fault {
    Call call;
    int nth; // from 1
    int os_error;
    bool for_ever; // all from the nth on, not only that one
};

const char *t_call_name(Call call);

// The errors that a call may give, by its manual page and by what file systems are known to do.
const std::vector<int> &t_call_errors(Call call);

// A system without that call: each one fails, whatever else does. Before t_arm.
void t_lack(Call call, int os_error);

// From here on calls are counted, and the fault happens. Before any thread, once in a process.
void t_arm(const Fault &fault);

// No more of that; what is still held stays known.
void t_disarm();

// How often a call was made while armed, and whether the fault happened.
int t_calls_made(Call call);
bool t_has_failed();

// True when a call of that kind was made to fail.
bool t_has_failed(Call call);

// What was got while armed and not given back. Memory of `quarantined` bytes a piece is not
// counted, up to `pieces`: closed handles are kept for a while.
std::string t_held(size_t quarantined, size_t pieces);

#endif
