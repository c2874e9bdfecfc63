// What each call of a generated store costs, beside the same work on an array of plain structs.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "bench/tick_rows.h"
#include "tick_store.h"

namespace {

// Shows per_row, the seconds that one of the rows of an iteration takes.
void count_rows(benchmark::State &state, uint64_t rows)
{
    state.counters["per_row"] = benchmark::Counter(static_cast<double>(rows),
                                                   benchmark::Counter::kIsIterationInvariantRate |
                                                       benchmark::Counter::kInvert);
}

// Runs body(row) over the hot rows.
template <typename Body> void each_row(benchmark::State &state, Body body)
{
    for (auto _ : state)
        for (uint64_t row = 0; row < kHotRows; row++)
            body(row);
    count_rows(state, kHotRows);
}

// ---- Plain memory ----

void raw_get(benchmark::State &state)
{
    const raw_tick *rows = hot_array();
    each_row(state, [=](uint64_t row) { keep(rows[row].price); });
}

void raw_set(benchmark::State &state)
{
    raw_tick *rows = hot_array();
    each_row(state, [=](uint64_t row) {
        rows[row].price = 1.0;
        benchmark::ClobberMemory();
    });
}

void raw_record_get(benchmark::State &state)
{
    const raw_tick *rows = hot_array();
    raw_tick out;
    each_row(state, [rows, &out](uint64_t row) {
        std::memcpy(&out, &rows[row], sizeof out);
        keep(&out);
        benchmark::ClobberMemory();
    });
}

void raw_record_set(benchmark::State &state)
{
    raw_tick *rows = hot_array();
    raw_tick in = raw_sample(1);
    each_row(state, [rows, &in](uint64_t row) {
        keep(&in);
        benchmark::ClobberMemory();
        std::memcpy(&rows[row], &in, sizeof in);
    });
}

void raw_string_copy(benchmark::State &state)
{
    const raw_tick *rows = hot_array();
    char out[TICK_SYMBOL_MAX + 1];
    each_row(state, [rows, &out](uint64_t row) {
        const size_t length = rows[row].symbol_length;
        std::memcpy(out, rows[row].symbol, length);
        out[length] = '\0';
        keep(&out[0]);
        benchmark::ClobberMemory();
    });
}

void raw_column_sum(benchmark::State &state)
{
    const raw_tick *rows = hot_array();
    for (auto _ : state) {
        double sum = 0;
        for (uint64_t row = 0; row < kHotRows; row++)
            sum += rows[row].price;
        keep(sum);
    }
    count_rows(state, kHotRows);
}

void raw_append(benchmark::State &state)
{
    std::vector<raw_tick> rows(kAppendRows);
    raw_tick in = raw_sample(1);
    for (auto _ : state) {
        state.PauseTiming();
        std::memset(static_cast<void *>(rows.data()), 0, kAppendRows * sizeof(raw_tick));
        state.ResumeTiming();
        for (uint64_t row = 1; row < kAppendRows; row++) {
            keep(&in);
            benchmark::ClobberMemory();
            std::memcpy(&rows[row], &in, sizeof in);
        }
    }
    count_rows(state, kAppendRows - 1);
}

// ---- The store ----

void store_get(benchmark::State &state)
{
    const tick_store *store = hot_store();
    each_row(state, [=](uint64_t row) {
        double price;
        must(tick_store_get_price(store, row, &price));
        keep(price);
    });
}

void store_get_seqlocked(benchmark::State &state)
{
    const tick_store *store = hot_store();
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

void store_set(benchmark::State &state)
{
    tick_store *store = hot_store();
    each_row(state, [=](uint64_t row) { must(tick_store_set_price(store, row, 1.0)); });
}

void store_record_get(benchmark::State &state)
{
    const tick_store *store = hot_store();
    tick_record out;
    each_row(state, [store, &out](uint64_t row) {
        must(tick_store_get(store, row, &out));
        keep(&out);
        benchmark::ClobberMemory();
    });
}

void store_record_set(benchmark::State &state)
{
    tick_store *store = hot_store();
    tick_record in = sample(1);
    each_row(state, [store, &in](uint64_t row) {
        keep(&in);
        benchmark::ClobberMemory();
        must(tick_store_set(store, row, &in));
    });
}

void store_string_copy(benchmark::State &state)
{
    const tick_store *store = hot_store();
    char out[TICK_SYMBOL_MAX + 1];
    each_row(state, [store, &out](uint64_t row) {
        size_t length;
        must(tick_store_get_symbol(store, row, out, sizeof out, &length));
        keep(&out[0]);
        keep(length);
        benchmark::ClobberMemory();
    });
}

void store_string_view(benchmark::State &state)
{
    const tick_store *store = hot_store();
    each_row(state, [=](uint64_t row) {
        mmf_str symbol;
        must(tick_store_view_symbol(store, row, &symbol));
        keep(symbol.data);
        keep(symbol.length);
    });
}

void store_column_sum(benchmark::State &state)
{
    mmf_column_float64 column;
    must(tick_store_column_price(hot_store(), 0, MMF_TO_END, &column));
    for (auto _ : state) {
        double sum = 0;
        for (uint64_t row = 0; row < column.count; row++)
            sum += mmf_column_float64_at(column, row);
        keep(sum);
    }
    count_rows(state, column.count);
}

void store_append(benchmark::State &state)
{
    tick_record in = sample(1);
    for (auto _ : state) {
        state.PauseTiming();
        tick_store *store = create(kAppendRows);
        must(tick_store_append(store, &in, nullptr));
        fault_in(store, kAppendRows);
        state.ResumeTiming();
        for (uint64_t row = 1; row < kAppendRows; row++) {
            keep(&in);
            benchmark::ClobberMemory();
            must(tick_store_append(store, &in, nullptr));
        }
        state.PauseTiming();
        must(tick_store_close(store));
        state.ResumeTiming();
    }
    count_rows(state, kAppendRows - 1);
}

BENCHMARK(raw_get);
BENCHMARK(store_get);
BENCHMARK(store_get_seqlocked);
BENCHMARK(store_string_view);
BENCHMARK(raw_string_copy);
BENCHMARK(store_string_copy);
BENCHMARK(raw_set);
BENCHMARK(store_set);
BENCHMARK(raw_record_get);
BENCHMARK(store_record_get);
BENCHMARK(raw_record_set);
BENCHMARK(store_record_set);
BENCHMARK(raw_column_sum);
BENCHMARK(store_column_sum);
BENCHMARK(raw_append);
BENCHMARK(store_append);

} // namespace
