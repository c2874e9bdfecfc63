// The program: what the peers share, and a place for their files that is gone at the end.
#include <sys/stat.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string_view>

#include <csignal>

#include "bench/compare/missing.h"
#include "bench/compare/operations.h"

namespace peers {

namespace {

struct Entry {
    const char *name;
    Facts (*facts)();
    std::function<void(const Plan &)> measure;
};

std::vector<Entry> &entries()
{
    static std::vector<Entry> all;
    return all;
}

// The directories that are removed at the end, by whatever end.
char made_in_memory[4096];
char made_on_disk[4096];

void remove_directories()
{
    std::error_code ignored;
    std::filesystem::remove_all(made_in_memory, ignored);
    std::filesystem::remove_all(made_on_disk, ignored);
}

// An interrupt must not leave gigabytes in memory; of what a signal handler may call, only another
// program can remove a tree.
extern "C" void interrupted(int)
{
    execl("/bin/rm", "rm", "-rf", "--", made_in_memory, made_on_disk, static_cast<char *>(nullptr));
    _exit(1);
}

std::string make_directory(const char *under, char (&made)[4096])
{
    std::snprintf(made, sizeof made, "%s/mmf_peers.XXXXXX", under);
    if (mkdtemp(made) == nullptr)
        fail(under, std::string("no directory can be made there: ") + std::strerror(errno));
    return made;
}

void say_facts()
{
    for (const Entry &entry : entries()) {
        const std::string peer = std::string("peer/") + entry.name + "/";
        const Facts facts = entry.facts();
        benchmark::AddCustomContext(peer + "version", facts.version);
        benchmark::AddCustomContext(peer + "how", facts.how);
        benchmark::AddCustomContext(peer + "survives", facts.survives);
        benchmark::AddCustomContext(peer + "typed", facts.typed);
        benchmark::AddCustomContext(peer + "shared", facts.shared);
        benchmark::AddCustomContext(peer + "checked", facts.checked);
        if (!facts.cannot_sync.empty())
            benchmark::AddCustomContext(peer + "cannot/append_synced", facts.cannot_sync);
    }
    for (const Missing &missing : kMissing)
        if (missing.name != nullptr)
            benchmark::AddCustomContext(std::string("missing/") + missing.name, missing.why);
#ifdef __clang__
    benchmark::AddCustomContext("compiler", __VERSION__);
#else
    benchmark::AddCustomContext("compiler", "gcc " __VERSION__);
#endif
}

// Takes --NAME=COUNT, rows in thousands of which every batch is full.
bool take_rows(std::string_view argument, std::string_view name, uint64_t &rows)
{
    if (argument.substr(0, name.size()) != name)
        return false;
    const std::string_view value = argument.substr(name.size());
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), rows);
    if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size() || rows == 0 ||
        rows % kBatch != 0 || rows > 10000000) {
        std::cerr << "peers: '" << argument << "' needs a multiple of " << kBatch
                  << ", at most 10000000\n";
        std::exit(2);
    }
    return true;
}

} // namespace

bool add(const char *name, Facts (*facts)(), std::function<void(const Plan &)> measure)
{
    entries().push_back({name, facts, std::move(measure)});
    return true;
}

void fail(const char *peer, const std::string &what)
{
    std::fprintf(stderr, "peers: %s: %s\n", peer, what.c_str());
    std::exit(1);
}

Mapping::Mapping(const char *peer, const std::string &path, bool writing)
{
    const int file = open(path.c_str(), writing ? O_RDWR : O_RDONLY);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0)
        fail(peer, path + ": " + std::strerror(errno));
    size_ = static_cast<size_t>(facts.st_size);
    map(peer, file, writing);
}

Mapping::Mapping(const char *peer, const std::string &path, uint64_t size) : size_(size)
{
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || ftruncate(file, static_cast<off_t>(size)) != 0)
        fail(peer, path + ": " + std::strerror(errno));
    map(peer, file, true);
}

void Mapping::map(const char *peer, int file, bool writing)
{
    void *base =
        mmap(nullptr, size_, writing ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (base == MAP_FAILED)
        fail(peer, std::string("mmap: ") + std::strerror(errno));
    data_ = static_cast<unsigned char *>(base);
}

Mapping::~Mapping()
{
    munmap(data_, size_);
}

void write_file(const char *peer, const std::string &path, const void *data, size_t size)
{
    Mapping to(peer, path, size);
    std::memcpy(to.data(), data, size);
}

void remove_file(const std::string &path)
{
    for (const char *suffix : {"", "-lock", "-journal", "-wal", "-shm"})
        (void)unlink((path + suffix).c_str());
}

uint64_t bytes_of_file(const std::string &path)
{
    struct stat facts;
    if (stat(path.c_str(), &facts) != 0)
        fail(path.c_str(), std::strerror(errno));
    return static_cast<uint64_t>(facts.st_blocks) * 512; // whatever the size of a block is
}

} // namespace peers

int main(int argc, char **argv)
{
    peers::Plan plan;
    int kept = 1;
    for (int i = 1; i < argc; i++) {
        const std::string_view argument = argv[i];
        if (peers::take_rows(argument, "--many=", plan.many) ||
            peers::take_rows(argument, "--changed=", plan.changed) ||
            peers::take_rows(argument, "--appended=", plan.appended))
            continue;
        argv[kept++] = argv[i];
    }
    argc = kept;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;

    const char *given = std::getenv("TEST_TMPDIR");
    const bool shm = access("/dev/shm", W_OK) == 0;
    const char *memory = given ? given : shm ? "/dev/shm" : "/tmp";
    const char *disk = given ? given : "/var/tmp";
    plan.memory = peers::make_directory(memory, peers::made_in_memory);
    std::atexit(peers::remove_directories);
    plan.disk = peers::make_directory(disk, peers::made_on_disk);
    benchmark::AddCustomContext("directory/memory", memory);
    benchmark::AddCustomContext("directory/disk", disk);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        std::signal(signal, peers::interrupted);

    peers::say_facts();
    for (const peers::Entry &entry : peers::entries())
        entry.measure(plan);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
