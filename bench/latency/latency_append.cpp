// Appending one record at a time, the growth of the file included.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "bench/latency/latency.h"
#include "bench/latency/marked_tick.h"
#include "bench/micro/keep.h"

namespace {

uint64_t records(const Run &run)
{
    return run.quick ? 20000 : 2000000;
}

// In children, which end without a close: the file is not needed on the disk.
void time_store(const Run &run, const std::string &directory)
{
    const std::string path = directory + "/append.mmf";
    wait_child(start_child([&] {
        tick_store *store = nullptr;
        mmf_error error;
        need(tick_store_create(path.c_str(), nullptr, &store, &error), error);
        const auto histogram = std::make_unique<Histogram>();
        for (uint64_t i = 0; i < records(run); i++) {
            const tick_record tick = marked_tick(i);
            mmf_status status = MMF_OK;
            time_call(histogram.get(), [&] { status = tick_store_append(store, &tick, nullptr); });
            if (status != MMF_OK)
                die("append to %s: %s", path.c_str(), mmf_status_name(status));
        }
        print_latency("append, " + file_system_of(directory), "mmapforge", *histogram);
    }));
    (void)unlink(path.c_str());
}

void time_write(const Run &run, const std::string &directory)
{
    const std::string path = directory + "/append.raw";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        die("%s: %s", path.c_str(), std::strerror(errno));
    const auto histogram = std::make_unique<Histogram>();
    unsigned char record[TICK_RECORD_SIZE] = {};
    for (uint64_t i = 0; i < records(run); i++) {
        const tick_record tick = marked_tick(i);
        tick_record_save(record, &tick);
        ssize_t written = 0;
        time_call(histogram.get(), [&] { written = write(file, record, sizeof record); });
        if (written != static_cast<ssize_t>(sizeof record))
            die("write to %s: %s", path.c_str(), std::strerror(errno));
    }
    print_latency("append, " + file_system_of(directory), "write(2), O_APPEND", *histogram);
    (void)unlink(path.c_str());
    (void)close(file);
}

// Into memory whose pages are there, so that only the copy is timed.
void time_memcpy(const Run &run)
{
    const size_t size = records(run) * TICK_RECORD_SIZE;
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        die("no memory for %zu bytes", size);
    const auto histogram = std::make_unique<Histogram>();
    unsigned char record[TICK_RECORD_SIZE] = {};
    for (uint64_t i = 0; i < records(run); i++) {
        const tick_record tick = marked_tick(i);
        tick_record_save(record, &tick);
        unsigned char *to = static_cast<unsigned char *>(memory) + i * sizeof record;
        time_call(histogram.get(), [&] {
            std::memcpy(to, record, sizeof record);
            keep_memory(to);
        });
    }
    print_latency("append, memory", "memcpy", *histogram);
    (void)munmap(memory, size);
}

} // namespace

void time_append(const Run &run)
{
    time_memcpy(run);
    time_store(run, run.directory);
    time_write(run, run.directory);
    const std::string in_memory = directory_in_memory(run);
    if (in_memory.empty())
        return;
    const uint64_t needed = 2 * records(run) * TICK_RECORD_SIZE;
    if (room_in(in_memory) < needed || free_memory() < needed) {
        say("nothing is measured in memory, which has no room for %llu MB",
            static_cast<unsigned long long>(needed / 1000000));
        return;
    }
    time_store(run, in_memory);
    time_write(run, in_memory);
}
