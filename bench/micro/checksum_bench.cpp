// What checksums cost: each write of a Tick with one, beside the same write without, and verifying.
#include "bench/micro/sealed_tick_store.h"
#include "bench/micro/stores.h"
#include "mmapforge/detail/crc32c.h"

namespace {

struct SealedTick {
    using Store = sealed_tick_store;
    using Record = sealed_tick_record;
    static constexpr size_t kSize = SEALED_TICK_RECORD_SIZE;

    static Record sample(uint64_t i)
    {
        Record record = {};
        record.symbol_length = 8;
        std::memcpy(record.symbol, "MMFORGE1", 8);
        record.price = 100.0 + static_cast<double>(i % 100);
        record.volume = 1.0;
        record.timestamp = i;
        return record;
    }
    static mmf_status create(const char *path, const mmf_options *options, Store **out,
                             mmf_error *error)
    {
        return sealed_tick_store_create(path, options, out, error);
    }
    static mmf_status close(Store *store)
    {
        return closed(sealed_tick_store_close(store));
    }
    static mmf_status append(Store *store, const Record *in)
    {
        return sealed_tick_store_append(store, in, nullptr);
    }
    static mmf_status set(Store *store, uint64_t row, const Record *in)
    {
        return sealed_tick_store_set(store, row, in);
    }
    static mmf_status set_price(Store *store, uint64_t row, double price)
    {
        return sealed_tick_store_set_price(store, row, price);
    }
};

struct PlainTick : Tick {
    static constexpr size_t kSize = TICK_RECORD_SIZE;
    static mmf_status set_price(Store *store, uint64_t row, double price)
    {
        return tick_store_set_price(store, row, price);
    }
};

template <typename Kind> typename Kind::Store *filled(uint64_t rows)
{
    typename Kind::Store *store = create<Kind>(rows);
    for (uint64_t i = 0; i < rows; i++) {
        const typename Kind::Record in = Kind::sample(i);
        must(Kind::append(store, &in));
    }
    return store;
}

template <typename Kind> void set_price(benchmark::State &state)
{
    typename Kind::Store *store = filled<Kind>(static_cast<uint64_t>(state.range(0)));
    each_row(state, [&](uint64_t row) { must(Kind::set_price(store, row, 1.0)); });
    must(Kind::close(store));
}

template <typename Kind> void set_record(benchmark::State &state)
{
    typename Kind::Store *store = filled<Kind>(static_cast<uint64_t>(state.range(0)));
    typename Kind::Record in = Kind::sample(7);
    each_row(state, [&](uint64_t row) {
        keep_memory(&in);
        must(Kind::set(store, row, &in));
    });
    must(Kind::close(store));
}

// Into pages that are there already, of a file in memory.
template <typename Kind> void append(benchmark::State &state)
{
    const uint64_t rows = static_cast<uint64_t>(state.range(0));
    typename Kind::Record in = Kind::sample(7);
    for (auto _ : state) {
        state.PauseTiming();
        typename Kind::Store *store = create<Kind>(rows + 1);
        must(Kind::append(store, &in));
        fault_in(store->base.records, (rows + 1) * Kind::kSize);
        state.ResumeTiming();
        for (uint64_t i = 0; i < rows; i++) {
            keep_memory(&in);
            must(Kind::append(store, &in));
        }
        state.PauseTiming();
        must(Kind::close(store));
        state.ResumeTiming();
    }
    count_rows(state, rows);
}

void verify(benchmark::State &state)
{
    const uint64_t rows = static_cast<uint64_t>(state.range(0));
    sealed_tick_store *store = filled<SealedTick>(rows);
    for (auto _ : state)
        must(sealed_tick_store_verify(store, 0, rows, nullptr, nullptr));
    count_rows(state, rows);
    must(closed(sealed_tick_store_close(store)));
}

// The checksum of as many bytes as such a record has, and nothing else.
template <uint32_t (*Checksum)(uint64_t, uint64_t, const unsigned char *, size_t, uint64_t)>
void checksum(benchmark::State &state)
{
    alignas(8) unsigned char record[SEALED_TICK_RECORD_SIZE] = {1, 2, 3};
    each_row(state, [&](uint64_t row) {
        keep_memory(record);
        keep(Checksum(row, row, record + 8, sizeof record - 16, 0));
    });
}

BENCHMARK_TEMPLATE(set_price, PlainTick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(set_price, SealedTick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(set_record, PlainTick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(set_record, SealedTick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(append, PlainTick)->Arg(1 << 18)->Iterations(4);
BENCHMARK_TEMPLATE(append, SealedTick)->Arg(1 << 18)->Iterations(4);
BENCHMARK(verify)->Arg(kFewRows)->Arg(kHotRows)->Arg(1 << 20);
BENCHMARK_TEMPLATE(checksum, mmfi_crc32c_between)->Arg(kFewRows);
BENCHMARK_TEMPLATE(checksum, mmfi_crc32c_between_by_table)->Arg(kFewRows);

} // namespace
