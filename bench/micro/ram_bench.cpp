// Reading through more rows than the caches hold, in order, beside a plain array.
#include <cstring>

#include "bench/micro/stores.h"

namespace {

constexpr uint64_t kRows = UINT64_C(1) << 20; // 104 MiB

const tick_store *store()
{
    static const tick_store *const made = new_store<Tick>(kRows);
    return made;
}

const Tick::Raw *array()
{
    static const Tick::Raw *const made = new_array<Tick>(kRows);
    return made;
}

// As each_row, with a sum at the end.
template <typename Body> void sum_rows(benchmark::State &state, Body price)
{
    uint64_t mask = kRows - 1;
    asm volatile("" : "+r"(mask));
    for (auto _ : state) {
        double sum = 0;
        for (uint64_t i = 0; i < kRows; i++)
            sum += price(i & mask);
        keep(sum);
    }
    count_rows(state, kRows);
}

void raw_ram_get(benchmark::State &state)
{
    const Tick::Raw *rows = array();
    sum_rows(state, [=](uint64_t row) { return rows[row].price; });
}

void store_ram_get(benchmark::State &state)
{
    const tick_store *from = store();
    sum_rows(state, [=](uint64_t row) {
        double price;
        must(tick_store_get_price(from, row, &price));
        return price;
    });
}

void store_ram_column(benchmark::State &state)
{
    mmf_column_float64 prices;
    must(tick_store_column_price(store(), 0, kRows, &prices));
    sum_rows(state, [=](uint64_t row) { return mmf_column_float64_at(prices, row); });
}

void store_ram_column_seqlocked(benchmark::State &state)
{
    tick_rows rows;
    must(tick_store_rows(store(), 0, kRows, &rows));
    sum_rows(state, [=](uint64_t row) {
        double price;
        uint64_t sequence;
        do {
            must(tick_rows_read_begin(rows, row, &sequence));
            price = tick_rows_price(rows, row);
        } while (tick_rows_read_retry(rows, row, sequence));
        return price;
    });
}

void raw_ram_record_get(benchmark::State &state)
{
    const Tick::Raw *rows = array();
    Tick::Raw out;
    sum_rows(state, [rows, &out](uint64_t row) {
        std::memcpy(&out, &rows[row], sizeof out);
        keep_memory(&out);
        return out.price;
    });
}

void store_ram_record_get(benchmark::State &state)
{
    const tick_store *from = store();
    tick_record out;
    sum_rows(state, [from, &out](uint64_t row) {
        must(tick_store_get(from, row, &out));
        keep_memory(&out);
        return out.price;
    });
}

BENCHMARK(raw_ram_get);
BENCHMARK(store_ram_get);
BENCHMARK(store_ram_column);
BENCHMARK(store_ram_column_seqlocked);
BENCHMARK(raw_ram_record_get);
BENCHMARK(store_ram_record_get);

} // namespace
