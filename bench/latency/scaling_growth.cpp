/*
 * Appending from an empty file to one of 4 GiB: what a record costs while the file has each size,
 * and how long the steps take in which it grows.
 *
 * The clock is read around each growth step, and around all the appends between two of them.
 */
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "bench/latency/cost.h"
#include "bench/latency/marked_tick.h"
#include "bench/latency/scaling.h"
#include "bench/micro/keep.h"

namespace {

// What happened while the file grew from one power of two to the next.
struct Window {
    uint64_t rows = 0;
    uint64_t wall = 0; // ns, of all appends, steps included
    uint64_t cpu = 0;
    uint64_t faults = 0;
    Spread steps; // ns
    Spread steps_cpu;
};

uint64_t page_faults()
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return static_cast<uint64_t>(usage.ru_minflt + usage.ru_majflt);
}

void append(tick_store *store, uint64_t row)
{
    const tick_record tick = marked_tick(row);
    const mmf_status status = tick_store_append(store, &tick, nullptr);
    if (__builtin_expect(status != MMF_OK, 0))
        die("append %llu: %s", static_cast<unsigned long long>(row), mmf_status_name(status));
}

void print(uint64_t bytes, const Window &window)
{
    const double rows = static_cast<double>(window.rows);
    JsonLine("growth", "append", "mmapforge", "ns")
        .x("bytes", bytes)
        .value("wall", static_cast<double>(window.wall) / rows)
        .value("cpu", static_cast<double>(window.cpu) / rows)
        .value("faults_per_mib", static_cast<double>(window.faults) * static_cast<double>(kMiB) /
                                     (rows * TICK_RECORD_SIZE))
        .value("step_median", window.steps.median())
        .value("step_max", window.steps.max())
        .value("step_cpu_max", window.steps_cpu.max())
        .value("steps", static_cast<double>(window.steps.count()))
        .print();
}

void grow(const std::string &path, uint64_t most)
{
    tick_store *store = nullptr;
    mmf_error error;
    need(tick_store_create(path.c_str(), nullptr, &store, &error), error);
    Window window;
    uint64_t row = 0;
    uint64_t mark = 256 * 1024; // bytes of records at which the next line is printed
    while (mark <= most) {
        const uint64_t full = tick_store_capacity(store);
        const uint64_t end = std::min(full, mark / TICK_RECORD_SIZE);
        const uint64_t begin = now_ns();
        const uint64_t begin_cpu = cpu_ns();
        const uint64_t begin_faults = page_faults();
        const uint64_t first = row;
        while (row < end)
            append(store, row++);
        if (row == full) {
            const uint64_t before = now_ns();
            const uint64_t before_cpu = cpu_ns();
            append(store, row++);
            window.steps.add(static_cast<double>(now_ns() - before));
            window.steps_cpu.add(static_cast<double>(cpu_ns() - before_cpu));
        }
        window.wall += now_ns() - begin;
        window.cpu += cpu_ns() - begin_cpu;
        window.faults += page_faults() - begin_faults;
        window.rows += row - first;
        if (row >= mark / TICK_RECORD_SIZE) {
            print(mark, window);
            window = Window();
            mark *= 2;
        }
    }
    /* Neither closed nor synced: the file is not needed, and 4 GiB would go to the disk. */
}

} // namespace

void scale_growth(const Run &run)
{
    const uint64_t wanted = run.quick ? 32 * kMiB : 4096 * kMiB;
    const uint64_t room = file_system_of(run.directory) == "tmpfs"
                              ? std::min(room_in(run.directory), free_memory())
                              : room_in(run.directory);
    if (room / 2 < wanted)
        say("growth stops at %llu MB, half of the room there is",
            static_cast<unsigned long long>(room / 2 / 1000000));
    const std::string path = run.directory + "/growth.mmf";
    wait_child(start_child([&] { grow(path, std::min(wanted, room / 2)); }));
    (void)std::remove(path.c_str());
}
