// Rows beside blocks of columns: README.md has the question, the figures and the answer.
#include "bench/columnar/layouts.h"

namespace columnar {
namespace {

constexpr int64_t kCached = 4096;          // 416 KiB of ticks: a second-level cache
constexpr int64_t kBig = INT64_C(1) << 23; // 832 MiB of them, and 64 MiB of one column
constexpr uint64_t kAtOnce = 4096;         // random rows of one iteration
constexpr uint64_t kAppends = UINT64_C(1) << 20;

// ---- Scans, in order ----

// One field, in the order of rows: floating point, so one addition waits for the one before.
template <typename Layout> void scan_one(benchmark::State &state)
{
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    constexpr size_t kField = Layout::Kind::Fields::kPrice;
    for (auto _ : state) {
        double sum = 0;
        rows->each_run([&](const unsigned char *, auto at) {
            const unsigned char *column = at(kField);
            for (uint64_t i = 0; i < Layout::kRun; i++)
                sum += mmfi_plain_float64(column + i * Layout::step_of(kField));
        });
        keep(sum);
    }
    count_rows(state, static_cast<uint64_t>(state.range(0)));
}

// The same as vectors, and in any order.
template <typename Layout> void scan_one_wide(benchmark::State &state)
{
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    for (auto _ : state)
        keep(rows->wide_sum());
    count_rows(state, static_cast<uint64_t>(state.range(0)));
}

// Between two looks at the sequence of each record.
template <typename Layout> void scan_one_checked(benchmark::State &state)
{
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    constexpr size_t kField = Layout::Kind::Fields::kPrice;
    for (auto _ : state) {
        double sum = 0;
        rows->each_run([&](const unsigned char *sequences, auto at) {
            const unsigned char *column = at(kField);
            for (uint64_t i = 0; i < Layout::kRun; i++) {
                const unsigned char *word = sequences + i * Layout::sequence_step;
                double price;
                uint64_t sequence;
                do {
                    must(mmfi_sequence_take(word, &sequence));
                    price = mmfi_plain_float64(column + i * Layout::step_of(kField));
                } while (!mmfi_sequence_is(word, sequence));
                sum += price;
            }
        });
        keep(sum);
    }
    count_rows(state, static_cast<uint64_t>(state.range(0)));
}

// Sequences only grow, so those of a run are all the same as before when their sum is.
template <typename Layout> uint64_t sum_sequences(const unsigned char *sequences, uint64_t *odd)
{
    uint64_t sum = 0;
    uint64_t any = 0;
    for (uint64_t i = 0; i < Layout::kRun; i++) {
        const uint64_t sequence = mmfi_plain_uint64(sequences + i * Layout::sequence_step);
        sum += sequence;
        any |= sequence;
    }
    *odd = any & 1;
    return sum;
}

// Between two looks at the sequences of a run: as good, when records change seldom.
template <typename Layout> void scan_one_run_checked(benchmark::State &state)
{
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    constexpr size_t kField = Layout::Kind::Fields::kPrice;
    for (auto _ : state) {
        double sum = 0;
        rows->each_run([&](const unsigned char *sequences, auto at) {
            const unsigned char *column = at(kField);
            double of_run;
            uint64_t before;
            uint64_t after;
            uint64_t odd;
            do {
                before = sum_sequences<Layout>(sequences, &odd);
                must(odd != 0 ? MMF_ERR_BUSY : MMF_OK);
                mmfi_fence_acquire();
                of_run = 0;
                for (uint64_t i = 0; i < Layout::kRun; i++)
                    of_run += mmfi_plain_float64(column + i * Layout::step_of(kField));
                mmfi_fence_acquire();
                after = sum_sequences<Layout>(sequences, &odd);
            } while (MMFI_UNLIKELY(before != after));
            sum += of_run;
        });
        keep(sum);
    }
    count_rows(state, static_cast<uint64_t>(state.range(0)));
}

// Three fields of 8 bytes, as whole numbers: nothing waits.
template <typename Layout> void scan_three(benchmark::State &state)
{
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    constexpr auto &kThree = Layout::Kind::kThree;
    for (auto _ : state) {
        uint64_t sum[3] = {};
        rows->each_run([&](const unsigned char *, auto at) {
            for (uint64_t i = 0; i < Layout::kRun; i++)
                for (size_t f = 0; f < 3; f++)
                    sum[f] += mmfi_plain_uint64(at(kThree[f]) + i * Layout::step_of(kThree[f]));
        });
        keep_memory(sum);
    }
    count_rows(state, static_cast<uint64_t>(state.range(0)));
}

// A sum of all bytes of a field: its words, then the half or the byte that is left.
template <size_t Size> uint64_t sum_field(const unsigned char *from)
{
    uint64_t sum = 0;
    for (size_t k = 0; k + 8 <= Size; k += 8) {
        uint64_t word;
        memcpy(&word, from + k, sizeof word);
        sum += word;
    }
    if constexpr (Size % 8 == 4)
        sum += mmfi_plain_uint32(from + Size - 4);
    else if constexpr (Size % 8 != 0)
        sum += *from;
    return sum;
}

// Every byte of every field, one record after another.
template <typename Layout> void scan_all(benchmark::State &state)
{
    using Fields = typename Layout::Kind::Fields;
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    for (auto _ : state) {
        uint64_t sum = 0;
        rows->each_run([&](const unsigned char *, auto at) {
            for (uint64_t i = 0; i < Layout::kRun; i++) {
                Fields::each([&](auto field) {
                    sum += sum_field<Fields::kSizes[field]>(at(field) + i * Layout::step_of(field));
                });
            }
        });
        keep(sum);
    }
    count_rows(state, static_cast<uint64_t>(state.range(0)));
}

// The same, one column of a run after another.
template <typename Layout> void scan_all_by_column(benchmark::State &state)
{
    using Fields = typename Layout::Kind::Fields;
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    for (auto _ : state) {
        uint64_t sum = 0;
        rows->each_run([&](const unsigned char *, auto at) {
            Fields::each([&](auto field) {
                const unsigned char *column = at(field);
                for (uint64_t i = 0; i < Layout::kRun; i++)
                    sum += sum_field<Fields::kSizes[field]>(column + i * Layout::step_of(field));
            });
        });
        keep(sum);
    }
    count_rows(state, static_cast<uint64_t>(state.range(0)));
}

// ---- Single rows, in no order ----

// Calls body with rows below the benchmark's argument, a power of two; never the same ones again
// soon.
template <typename Body> void each_random(benchmark::State &state, Body body)
{
    uint64_t mask = static_cast<uint64_t>(state.range(0)) - 1;
    asm volatile("" : "+r"(mask));
    static uint64_t next = 1;
    uint64_t i = next;
    for (auto _ : state) {
        for (const uint64_t end = i + kAtOnce; i < end; i++)
            body((i * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask);
    }
    next = i;
    count_rows(state, kAtOnce);
}

template <typename Layout> void random_get(benchmark::State &state)
{
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    each_random(state, [=](uint64_t row) {
        double price;
        must(rows->get_price(row, &price));
        keep(price);
    });
}

template <typename Layout> void random_set(benchmark::State &state)
{
    Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    each_random(state, [=](uint64_t row) { must(rows->set_price(row, 1.0)); });
}

template <typename Layout> void random_record_get(benchmark::State &state)
{
    const Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    typename Layout::Record out;
    each_random(state, [rows, &out](uint64_t row) {
        must(rows->get(row, &out));
        keep_memory(&out);
    });
}

template <typename Layout> void random_record_set(benchmark::State &state)
{
    Layout *rows = full<Layout>(static_cast<uint64_t>(state.range(0)));
    typename Layout::Record in = Layout::Kind::sample(1);
    each_random(state, [rows, &in](uint64_t row) {
        keep_memory(&in);
        must(rows->set(row, &in));
    });
}

// ---- Appends, to pages that are there ----

template <typename Layout> void append(benchmark::State &state)
{
    typename Layout::Record in = Layout::Kind::sample(1);
    for (auto _ : state) {
        state.PauseTiming();
        {
            Layout rows(kAppends);
            state.ResumeTiming();
            for (uint64_t row = 0; row < kAppends; row++) {
                keep_memory(&in);
                must(rows.append(&in));
            }
            state.PauseTiming();
        }
        state.ResumeTiming();
    }
    count_rows(state, kAppends);
}

#define SIZES(call, layout) BENCHMARK_TEMPLATE(call, layout)->Arg(kCached)->Arg(kBig)

#define LAYOUT(layout)                                                                             \
    SIZES(scan_one, layout);                                                                       \
    SIZES(scan_one_wide, layout);                                                                  \
    SIZES(scan_one_checked, layout);                                                               \
    SIZES(scan_one_run_checked, layout);                                                           \
    SIZES(scan_three, layout);                                                                     \
    SIZES(scan_all, layout);                                                                       \
    SIZES(scan_all_by_column, layout);                                                             \
    SIZES(random_get, layout);                                                                     \
    SIZES(random_set, layout);                                                                     \
    SIZES(random_record_get, layout);                                                              \
    SIZES(random_record_set, layout);                                                              \
    BENCHMARK_TEMPLATE(append, layout)->Iterations(2)

#define KIND(kind)                                                                                 \
    using kind##Rows = Rows<kind>;                                                                 \
    using kind##16 = Blocks<kind, 16>;                                                             \
    using kind##64 = Blocks<kind, 64>;                                                             \
    using kind##256 = Blocks<kind, 256>;                                                           \
    using kind##1024 = Blocks<kind, 1024>;                                                         \
    using kind##4096 = Blocks<kind, 4096>;                                                         \
    LAYOUT(kind##Rows);                                                                            \
    LAYOUT(kind##16);                                                                              \
    LAYOUT(kind##64);                                                                              \
    LAYOUT(kind##256);                                                                             \
    LAYOUT(kind##1024);                                                                            \
    LAYOUT(kind##4096)

KIND(Ticks);
KIND(MarketCaps);

} // namespace
} // namespace columnar
