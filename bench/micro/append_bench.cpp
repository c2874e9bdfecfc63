// Appending: to pages that are there, beside memcpy; and to a file that grows, beside write(2).
#include <cstring>
#include <memory>

#include "bench/micro/stores.h"

namespace {

constexpr uint64_t kRows = UINT64_C(1) << 20; // more than the caches hold: 48 and 104 MiB

// ---- Pages that are there ----

template <typename Kind> void raw_append(benchmark::State &state)
{
    MappedArray<Kind> rows(kRows);
    typename Kind::Raw in = Kind::raw_sample(1);
    for (auto _ : state) {
        for (uint64_t row = 0; row < kRows; row++) {
            keep_memory(&in);
            std::memcpy(&rows.data()[row], &in, sizeof in);
        }
    }
    count_rows(state, kRows);
}

template <typename Kind> void store_append(benchmark::State &state)
{
    typename Kind::Record in = Kind::sample(1);
    for (auto _ : state) {
        state.PauseTiming();
        typename Kind::Store *store = create<Kind>(kRows + 1);
        must(Kind::append(store, &in, nullptr));
        fault_in(store->base.records, (kRows + 1) * sizeof(typename Kind::Raw));
        state.ResumeTiming();
        for (uint64_t row = 0; row < kRows; row++) {
            keep_memory(&in);
            must(Kind::append(store, &in, nullptr));
        }
        state.PauseTiming();
        close<Kind>(store);
        state.ResumeTiming();
    }
    count_rows(state, kRows);
}

// ---- A file on a disk, which grows ----

template <typename Kind> void write_grow(benchmark::State &state)
{
    constexpr size_t kBuffered = 65536 / sizeof(typename Kind::Raw);
    const auto buffer = std::make_unique<typename Kind::Raw[]>(kBuffered);
    typename Kind::Raw in = Kind::raw_sample(1);
    for (auto _ : state) {
        state.PauseTiming();
        const std::string path = scratch_path(true);
        const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
        (void)unlink(path.c_str());
        state.ResumeTiming();
        size_t used = 0;
        for (uint64_t row = 0; row < kRows; row++) {
            keep_memory(&in);
            std::memcpy(&buffer[used++], &in, sizeof in);
            if (used < kBuffered && row + 1 < kRows)
                continue;
            const size_t size = used * sizeof in;
            if (write(file, buffer.get(), size) != static_cast<ssize_t>(size))
                std::abort();
            used = 0;
        }
        state.PauseTiming();
        close(file);
        state.ResumeTiming();
    }
    count_rows(state, kRows);
}

template <typename Kind> void store_grow(benchmark::State &state)
{
    typename Kind::Record in = Kind::sample(1);
    for (auto _ : state) {
        state.PauseTiming();
        std::string path;
        typename Kind::Store *store = create<Kind>(0, true, &path);
        state.ResumeTiming();
        for (uint64_t row = 0; row < kRows; row++) {
            keep_memory(&in);
            must(Kind::append(store, &in, nullptr));
        }
        state.PauseTiming();
        (void)unlink(path.c_str());
        close<Kind>(store);
        state.ResumeTiming();
    }
    count_rows(state, kRows);
}

BENCHMARK_TEMPLATE(raw_append, Tick)->Iterations(4);
BENCHMARK_TEMPLATE(store_append, Tick)->Iterations(4);
BENCHMARK_TEMPLATE(write_grow, Tick)->Iterations(2);
BENCHMARK_TEMPLATE(store_grow, Tick)->Iterations(2);
BENCHMARK_TEMPLATE(raw_append, MarketCap)->Iterations(4);
BENCHMARK_TEMPLATE(store_append, MarketCap)->Iterations(4);
BENCHMARK_TEMPLATE(write_grow, MarketCap)->Iterations(2);
BENCHMARK_TEMPLATE(store_grow, MarketCap)->Iterations(2);

} // namespace
