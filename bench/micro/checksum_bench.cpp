// What checksums cost: each write of a Tick with one, beside the same write without, and verifying.
#include "bench/micro/checksummed_tick_store.h"
#include "bench/micro/stores.h"
#include "mmapforge/detail/crc32c.h"

namespace {

struct ChecksummedTick {
    using Store = checksummed_tick_store;
    using Record = checksummed_tick_record;
    static constexpr size_t kSize = CHECKSUMMED_TICK_RECORD_SIZE;

    static constexpr auto create = checksummed_tick_store_create;
    static constexpr auto close = checksummed_tick_store_close;
    static constexpr auto append = checksummed_tick_store_append;
    static constexpr auto set = checksummed_tick_store_set;
    static constexpr auto set_price = checksummed_tick_store_set_price;
    static constexpr auto sample = tick_sample<Record>;
};

struct PlainTick : Tick {
    static constexpr size_t kSize = TICK_RECORD_SIZE;
    static constexpr auto set_price = tick_store_set_price;
};

template <typename Kind> void set_price(benchmark::State &state)
{
    typename Kind::Store *store = new_store<Kind>(static_cast<uint64_t>(state.range(0)));
    each_row(state, [&](uint64_t row) { must(Kind::set_price(store, row, 1.0)); });
    close<Kind>(store);
}

template <typename Kind> void set_record(benchmark::State &state)
{
    typename Kind::Store *store = new_store<Kind>(static_cast<uint64_t>(state.range(0)));
    typename Kind::Record in = Kind::sample(7);
    each_row(state, [&](uint64_t row) {
        keep_memory(&in);
        must(Kind::set(store, row, &in));
    });
    close<Kind>(store);
}

// Into pages that are there already, of a file in memory.
template <typename Kind> void append(benchmark::State &state)
{
    const uint64_t rows = static_cast<uint64_t>(state.range(0));
    typename Kind::Record in = Kind::sample(7);
    for (auto _ : state) {
        state.PauseTiming();
        typename Kind::Store *store = create<Kind>(rows + 1);
        must(Kind::append(store, &in, nullptr));
        fault_in(store->base.records, (rows + 1) * Kind::kSize);
        state.ResumeTiming();
        for (uint64_t i = 0; i < rows; i++) {
            keep_memory(&in);
            must(Kind::append(store, &in, nullptr));
        }
        state.PauseTiming();
        close<Kind>(store);
        state.ResumeTiming();
    }
    count_rows(state, rows);
}

void verify(benchmark::State &state)
{
    const uint64_t rows = static_cast<uint64_t>(state.range(0));
    checksummed_tick_store *store = new_store<ChecksummedTick>(rows);
    for (auto _ : state)
        must(checksummed_tick_store_verify(store, 0, rows, nullptr, nullptr));
    count_rows(state, rows);
    close<ChecksummedTick>(store);
}

// The checksum of as many bytes as such a record has, and nothing else.
template <uint32_t (*Checksum)(uint64_t, uint64_t, const unsigned char *, size_t, uint64_t)>
void checksum(benchmark::State &state)
{
    alignas(8) unsigned char record[CHECKSUMMED_TICK_RECORD_SIZE] = {1, 2, 3};
    each_row(state, [&](uint64_t row) {
        keep_memory(record);
        keep(Checksum(row, row, record + 8, sizeof record - 16, 0));
    });
}

BENCHMARK_TEMPLATE(set_price, PlainTick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(set_price, ChecksummedTick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(set_record, PlainTick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(set_record, ChecksummedTick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(append, PlainTick)->Arg(1 << 18)->Iterations(4);
BENCHMARK_TEMPLATE(append, ChecksummedTick)->Arg(1 << 18)->Iterations(4);
BENCHMARK(verify)->Arg(kFewRows)->Arg(kHotRows)->Arg(1 << 20);
BENCHMARK_TEMPLATE(checksum, mmfi_crc32c_between)->Arg(kFewRows);
BENCHMARK_TEMPLATE(checksum, mmfi_crc32c_between_by_table)->Arg(kFewRows);

} // namespace
