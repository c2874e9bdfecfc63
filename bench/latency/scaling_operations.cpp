/*
 * What calls cost on stores of 10^3 to 10^8 records, beside the same loads without any check from
 * the same mapping, so that both sides have the same pages.
 */
#include <cstdio>
#include <cstring>

#include "bench/latency/cost.h"
#include "bench/latency/scaling.h"
#include "bench/micro/keep.h"
#include "bench/micro/market_cap_store.h"

namespace {

constexpr int kRepetitions = 5;
constexpr uint64_t kTurnsMin = UINT64_C(1) << 20; // so that a repetition takes milliseconds
constexpr uint64_t kRandomTurns = UINT64_C(1) << 22;

market_cap_record sample(uint64_t i)
{
    return {i, static_cast<double>(i % 1000), 1.0, 1e9, false};
}

// Hides from the compiler that numbers follow each other: a row is found by its number.
uint64_t opaque(uint64_t row)
{
    asm volatile("" : "+r"(row));
    return row;
}

// Rows below a bound of at most 2^32 in no order: Marsaglia's xorshift64, its upper half scaled.
class RandomRows {
public:
    explicit RandomRows(uint64_t bound) : bound_(bound)
    {
    }
    uint64_t next()
    {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return (state_ >> 32) * bound_ >> 32;
    }

private:
    uint64_t state_ = 88172645463325252;
    uint64_t bound_;
};

struct Size {
    uint64_t rows;
    bool quick;
};

void print(const char *what, const char *library, uint64_t rows, const Spread &cost)
{
    JsonLine line("operations", what, library, "ns");
    spread(line.x("records", rows), cost).print();
}

// ---- Reading, one handle over all of it ----

template <typename Get>
void measure_in_order(const char *what, const char *library, const Size &size, Get get)
{
    const uint64_t rounds = size.rows < kTurnsMin && !size.quick ? kTurnsMin / size.rows : 1;
    const Spread cost = cpu_per_turn(kRepetitions, rounds * size.rows, [&] {
        for (uint64_t round = 0; round < rounds; round++)
            for (uint64_t i = 0; i < size.rows; i++)
                get(opaque(i));
    });
    print(what, library, size.rows, cost);
}

template <typename Get>
void measure_random(const char *what, const char *library, const Size &size, Get get)
{
    const uint64_t turns = size.quick ? size.rows : kRandomTurns;
    RandomRows rows(size.rows);
    const Spread cost = cpu_per_turn(kRepetitions, turns, [&] {
        for (uint64_t i = 0; i < turns; i++)
            get(rows.next());
    });
    print(what, library, size.rows, cost);
}

template <typename At> void measure_sum(const char *library, const Size &size, At at)
{
    const uint64_t rounds = size.rows < kTurnsMin && !size.quick ? kTurnsMin / size.rows : 1;
    const Spread cost = cpu_per_turn(kRepetitions, rounds * size.rows, [&] {
        for (uint64_t round = 0; round < rounds; round++) {
            double sum = 0;
            for (uint64_t i = 0; i < size.rows; i++)
                sum += at(i);
            keep(sum);
        }
    });
    print("sum a column", library, size.rows, cost);
}

// The first walk through a new mapping, which has to find each page.
void measure_first_walk(const market_cap_store *store, const Size &size)
{
    double price = 0;
    const uint64_t begin = cpu_ns();
    for (uint64_t i = 0; i < size.rows; i++) {
        must(market_cap_store_get_price(store, opaque(i), &price));
        keep(price);
    }
    Spread cost;
    cost.add(static_cast<double>(cpu_ns() - begin) / static_cast<double>(size.rows));
    print("get a scalar in order, pages not met before", "mmapforge", size.rows, cost);
}

void measure_reading(const market_cap_store *store, const Size &size)
{
    market_cap_rows window;
    must(market_cap_store_rows(store, 0, size.rows, &window));
    const unsigned char *records = window.base.records;
    mmf_column_float64 prices;
    must(market_cap_store_column_price(store, 0, size.rows, &prices));

    const auto get = [store](uint64_t row) {
        double price;
        must(market_cap_store_get_price(store, row, &price));
        keep(price);
    };
    const auto load = [records](uint64_t row) {
        double price;
        std::memcpy(&price, records + row * MARKET_CAP_RECORD_SIZE + MARKET_CAP_PRICE_OFFSET,
                    sizeof price);
        keep(price);
    };
    market_cap_record record;
    const auto get_record = [store, &record](uint64_t row) {
        must(market_cap_store_get(store, row, &record));
        keep_memory(&record);
    };
    unsigned char bytes[MARKET_CAP_RECORD_SIZE];
    const auto copy_record = [records, &bytes](uint64_t row) {
        std::memcpy(bytes, records + row * sizeof bytes, sizeof bytes);
        keep_memory(&bytes);
    };
    measure_first_walk(store, size);
    measure_in_order("get a scalar in order", "mmapforge", size, get);
    measure_in_order("get a scalar in order", "plain", size, load);
    measure_random("get a scalar at random", "mmapforge", size, get);
    measure_random("get a scalar at random", "plain", size, load);
    measure_in_order("get a record in order", "mmapforge", size, get_record);
    measure_in_order("get a record in order", "plain", size, copy_record);
    measure_random("get a record at random", "mmapforge", size, get_record);
    measure_random("get a record at random", "plain", size, copy_record);
    measure_sum("mmapforge", size,
                [prices](uint64_t row) { return mmf_column_float64_at(prices, row); });
    measure_sum("plain", size, [records](uint64_t row) {
        double price;
        std::memcpy(&price, records + row * MARKET_CAP_RECORD_SIZE + MARKET_CAP_PRICE_OFFSET,
                    sizeof price);
        return price;
    });
}

// ---- Appending and opening ----

// Appends that many rows to a new file, which starts at its default size, and closes it.
void append_rows(const std::string &path, uint64_t rows, Spread *cpu, Spread *wall)
{
    market_cap_store *store = nullptr;
    mmf_error error;
    need(market_cap_store_create(path.c_str(), nullptr, &store, &error), error);
    const uint64_t begin_wall = now_ns();
    const uint64_t begin = cpu_ns();
    for (uint64_t i = 0; i < rows; i++) {
        const market_cap_record in = sample(i);
        const mmf_status status = market_cap_store_append(store, &in, nullptr);
        if (__builtin_expect(status != MMF_OK, 0))
            die("append %llu: %s", static_cast<unsigned long long>(i), mmf_status_name(status));
    }
    cpu->add(static_cast<double>(cpu_ns() - begin) / static_cast<double>(rows));
    wall->add(static_cast<double>(now_ns() - begin_wall) / static_cast<double>(rows));
    must(market_cap_store_close(store));
}

void measure_append(const std::string &path, const Size &size)
{
    // A short loop is measured more often.
    const int repetitions = size.rows > 1000000 ? 1 : size.rows > 10000 ? 5 : 20;
    Spread cpu;
    Spread wall;
    for (int i = 0; i < repetitions; i++) {
        (void)std::remove(path.c_str());
        append_rows(path, size.rows, &cpu, &wall);
    }
    print("append to a growing file, CPU time", "mmapforge", size.rows, cpu);
    print("append to a growing file, wall time", "mmapforge", size.rows, wall);
}

void measure_open(const std::string &path, mmf_mode mode, const Size &size)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = mode;
    Spread cost;
    for (int i = 0; i < (size.quick ? 3 : 50); i++) {
        market_cap_store *store = nullptr;
        mmf_error error;
        const uint64_t begin = now_ns();
        const mmf_status status = market_cap_store_open(path.c_str(), &options, &store, &error);
        cost.add(static_cast<double>(now_ns() - begin));
        need(status, error);
        must(market_cap_store_close(store));
    }
    print(mode == MMF_READ_ONLY ? "open read-only, wall time" : "open for writing, wall time",
          "mmapforge", size.rows, cost);
}

// Whether a store of that many rows can be measured here; says why not.
bool has_room(const Run &run, uint64_t rows)
{
    const uint64_t bytes = rows * MARKET_CAP_RECORD_SIZE;
    const uint64_t memory = free_memory() / 2;
    const uint64_t disk = room_in(run.directory) / 2;
    if (bytes <= memory && bytes <= disk)
        return true;
    say("stopped before %llu records, which take %llu MB: half of the free %s is %llu MB",
        static_cast<unsigned long long>(rows), static_cast<unsigned long long>(bytes / 1000000),
        bytes > memory ? "memory" : "disk",
        static_cast<unsigned long long>((bytes > memory ? memory : disk) / 1000000));
    return false;
}

} // namespace

void scale_operations(const Run &run)
{
    const uint64_t most = run.quick ? 10000 : 100000000;
    const std::string path = run.directory + "/operations.mmf";
    for (uint64_t rows = 1000; rows <= most && has_room(run, rows); rows *= 10) {
        const Size size = {rows, run.quick};
        measure_append(path, size);
        measure_open(path, MMF_READ_ONLY, size);
        measure_open(path, MMF_READ_WRITE, size);
        market_cap_store *store = nullptr;
        mmf_error error;
        need(market_cap_store_open(path.c_str(), nullptr, &store, &error), error);
        measure_reading(store, size);
        must(market_cap_store_close(store));
        (void)std::remove(path.c_str());
    }
}
