// The stores and the plain arrays that are measured, with the same rows in both.
#ifndef MMF_BENCH_TICK_ROWS_H
#define MMF_BENCH_TICK_ROWS_H

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tick_store.h"

constexpr uint64_t kHotRows = 2048;     // 208 KiB: stays in a second-level cache
constexpr uint64_t kAppendRows = 65536; // 6.5 MiB: appending runs ahead of the caches

// The record as a program without a store would keep it, at the size that the file has.
struct raw_tick {
    uint64_t sequence;
    uint32_t symbol_length;
    char symbol[64];
    double price;
    double volume;
    uint64_t timestamp;
};
static_assert(sizeof(raw_tick) == TICK_RECORD_SIZE, "both sides must move the same bytes");

// Makes the compiler have the value in a register; benchmark::DoNotOptimize may spill it first.
template <typename T> inline void keep(T value)
{
    asm volatile("" : : "r"(value));
}

inline void keep(double value)
{
#if defined(__x86_64__)
    asm volatile("" : : "x"(value));
#else
    asm volatile("" : : "w"(value));
#endif
}

inline void must(mmf_status status)
{
    if (__builtin_expect(status == MMF_OK, 1))
        return;
    std::fprintf(stderr, "tick_bench: %s\n", mmf_status_name(status));
    std::abort();
}

inline tick_record sample(uint64_t i)
{
    tick_record record = {};
    record.symbol_length = 8;
    std::memcpy(record.symbol, "MMFORGE1", 8);
    record.price = 100.0 + static_cast<double>(i % 100);
    record.volume = 1.0;
    record.timestamp = i;
    return record;
}

inline raw_tick raw_sample(uint64_t i)
{
    const tick_record from = sample(i);
    raw_tick raw = {};
    raw.sequence = 2;
    raw.symbol_length = static_cast<uint32_t>(from.symbol_length);
    std::memcpy(raw.symbol, from.symbol, from.symbol_length);
    raw.price = from.price;
    raw.volume = from.volume;
    raw.timestamp = from.timestamp;
    return raw;
}

// In memory where there is such a file system: the cost of a disk is not what is measured.
inline std::string scratch_path()
{
    const char *directory = std::getenv("TEST_TMPDIR");
    if (directory == nullptr)
        directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    return std::string(directory) + "/tick_bench." + std::to_string(getpid());
}

// A new store; its file is gone by name at once, so that nothing is left behind.
inline tick_store *create(uint64_t capacity)
{
    const std::string path = scratch_path();
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = capacity;
    tick_store *store = nullptr;
    mmf_error error;
    const mmf_status status = tick_store_create(path.c_str(), &options, &store, &error);
    if (status != MMF_OK)
        std::fprintf(stderr, "tick_bench: %s\n", error.message);
    must(status);
    (void)unlink(path.c_str());
    return store;
}

// Writable pages under all rows, so that appending does not wait for the system to make them.
inline void fault_in(tick_store *store, uint64_t rows)
{
    tick_rows window;
    must(tick_store_rows(store, 0, 1, &window));
    const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const uintptr_t first = reinterpret_cast<uintptr_t>(window.base.records);
    const uintptr_t begin = first / page * page;
    const size_t size = first - begin + rows * TICK_RECORD_SIZE;
    if (madvise(reinterpret_cast<void *>(begin), size, MADV_POPULATE_WRITE) != 0)
        std::perror("tick_bench: MADV_POPULATE_WRITE (Linux 5.14), appends will count page faults");
}

inline tick_store *hot_store()
{
    static tick_store *const store = [] {
        tick_store *made = create(kHotRows);
        for (uint64_t i = 0; i < kHotRows; i++) {
            const tick_record record = sample(i);
            must(tick_store_append(made, &record, nullptr));
        }
        return made;
    }();
    return store;
}

inline raw_tick *hot_array()
{
    static std::vector<raw_tick> rows = [] {
        std::vector<raw_tick> made;
        for (uint64_t i = 0; i < kHotRows; i++)
            made.push_back(raw_sample(i));
        return made;
    }();
    return rows.data();
}

#endif
