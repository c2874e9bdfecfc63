// What whole records of two sizes cost in the cache, beside memcpy.
#include <cstring>

#include "bench/micro/stores.h"

namespace {

template <typename Kind> void raw_record_get(benchmark::State &state)
{
    const typename Kind::Raw *rows = hot_array<Kind>();
    typename Kind::Raw out;
    each_row(state, [rows, &out](uint64_t row) {
        std::memcpy(&out, &rows[row], sizeof out);
        keep_memory(&out);
    });
}

template <typename Kind> void raw_record_set(benchmark::State &state)
{
    typename Kind::Raw *rows = hot_array<Kind>();
    typename Kind::Raw in = Kind::raw_sample(1);
    each_row(state, [rows, &in](uint64_t row) {
        keep_memory(&in);
        std::memcpy(&rows[row], &in, sizeof in);
    });
}

template <typename Kind> void store_record_get(benchmark::State &state)
{
    const typename Kind::Store *store = hot_store<Kind>();
    typename Kind::Record out;
    each_row(state, [store, &out](uint64_t row) {
        must(Kind::get(store, row, &out));
        keep_memory(&out);
    });
}

template <typename Kind> void store_record_set(benchmark::State &state)
{
    typename Kind::Store *store = hot_store<Kind>();
    typename Kind::Record in = Kind::sample(1);
    each_row(state, [store, &in](uint64_t row) {
        keep_memory(&in);
        must(Kind::set(store, row, &in));
    });
}

BENCHMARK_TEMPLATE(raw_record_get, Tick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(store_record_get, Tick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(raw_record_set, Tick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(store_record_set, Tick)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(raw_record_get, MarketCap)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(store_record_get, MarketCap)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(raw_record_set, MarketCap)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK_TEMPLATE(store_record_set, MarketCap)->Arg(kFewRows)->Arg(kHotRows);

} // namespace
