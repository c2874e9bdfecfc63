// What the calls of one field cost in the cache, beside the same work on an array of structs.
#include <cstring>

#include "bench/micro/stores.h"

namespace {

// ---- Plain memory ----

void raw_get(benchmark::State &state)
{
    const Tick::Raw *rows = hot_array<Tick>();
    each_row(state, [=](uint64_t row) { keep(rows[row].price); });
}

void raw_set(benchmark::State &state)
{
    Tick::Raw *rows = hot_array<Tick>();
    each_row(state, [=](uint64_t row) {
        rows[row].price = 1.0;
        benchmark::ClobberMemory();
    });
}

void raw_string_copy(benchmark::State &state)
{
    const Tick::Raw *rows = hot_array<Tick>();
    char out[TICK_SYMBOL_MAX + 1];
    each_row(state, [rows, &out](uint64_t row) {
        const size_t length = rows[row].symbol_length;
        std::memcpy(out, rows[row].symbol, length);
        out[length] = '\0';
        keep_memory(&out);
    });
}

void raw_column_sum(benchmark::State &state)
{
    const Tick::Raw *rows = hot_array<Tick>();
    for (auto _ : state) {
        double sum = 0;
        for (uint64_t row = 0; row < kHotRows; row++)
            sum += rows[row].price;
        keep(sum);
    }
    count_rows(state, kHotRows);
}

// ---- The store ----

void store_get(benchmark::State &state)
{
    const tick_store *store = hot_store<Tick>();
    each_row(state, [=](uint64_t row) {
        double price;
        must(tick_store_get_price(store, row, &price));
        keep(price);
    });
}

void store_get_seqlocked(benchmark::State &state)
{
    const tick_store *store = hot_store<Tick>();
    each_row(state, [=](uint64_t row) {
        double price;
        uint64_t sequence;
        do {
            must(tick_store_read_begin(store, row, &sequence));
            must(tick_store_get_price(store, row, &price));
        } while (tick_store_read_retry(store, row, sequence));
        keep(price);
    });
}

void store_window_seqlocked(benchmark::State &state)
{
    const tick_store *store = hot_store<Tick>();
    each_row(state, [=](uint64_t row) {
        tick_rows at;
        double price;
        uint64_t sequence;
        must(tick_store_rows(store, row, 1, &at));
        do {
            must(tick_rows_read_begin(at, 0, &sequence));
            price = tick_rows_price(at, 0);
        } while (tick_rows_read_retry(at, 0, sequence));
        keep(price);
    });
}

void store_set(benchmark::State &state)
{
    tick_store *store = hot_store<Tick>();
    each_row(state, [=](uint64_t row) { must(tick_store_set_price(store, row, 1.0)); });
}

void store_string_view(benchmark::State &state)
{
    const tick_store *store = hot_store<Tick>();
    each_row(state, [=](uint64_t row) {
        mmf_str symbol;
        must(tick_store_view_symbol(store, row, &symbol));
        keep(symbol.data);
        keep(symbol.length);
    });
}

void store_string_copy(benchmark::State &state)
{
    const tick_store *store = hot_store<Tick>();
    char out[TICK_SYMBOL_MAX + 1];
    each_row(state, [store, &out](uint64_t row) {
        size_t length;
        must(tick_store_get_symbol(store, row, out, sizeof out, &length));
        keep(length);
        keep_memory(&out);
    });
}

void store_column_sum(benchmark::State &state)
{
    mmf_column_float64 column;
    must(tick_store_column_price(hot_store<Tick>(), 0, MMF_TO_END, &column));
    for (auto _ : state) {
        double sum = 0;
        for (uint64_t row = 0; row < column.count; row++)
            sum += mmf_column_float64_at(column, row);
        keep(sum);
    }
    count_rows(state, column.count);
}

BENCHMARK(raw_get)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(store_get)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(store_get_seqlocked)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(store_window_seqlocked)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(store_string_view)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(raw_string_copy)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(store_string_copy)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(raw_set)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(store_set)->Arg(kFewRows)->Arg(kHotRows);
BENCHMARK(raw_column_sum);
BENCHMARK(store_column_sum);

} // namespace
