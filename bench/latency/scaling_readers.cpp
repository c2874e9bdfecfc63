/*
 * Readers in processes of their own, with and without a writer. No process is pinned to a
 * processor, and the writer spins between its updates, so that it takes a processor to itself at
 * every rate: rate 0 beside no writer at all is the cost of that alone.
 */
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <string>

#include "bench/latency/clock.h"
#include "bench/latency/json_line.h"
#include "bench/latency/marked_file.h"
#include "bench/latency/marked_tick.h"
#include "bench/latency/scaling.h"
#include "bench/micro/keep.h"

namespace {

constexpr uint64_t kRows = 64; // few, so that readers meet the writer
constexpr int kReadersMax = 4;
constexpr uint64_t kNoWriter = UINT64_MAX;

struct ReaderCounts {
    uint64_t reads;
    uint64_t torn;
    uint64_t retries; // attempts thrown away because the record changed or was being replaced
    uint64_t cpu;     // ns
    uint64_t wall;    // ns
};

// In memory that all processes share.
struct Shared {
    std::atomic<int> ready{0};
    std::atomic<bool> go{false};
    std::atomic<bool> stop{false};
    ReaderCounts readers[kReadersMax] = {};
    double updates_per_second = 0;
};

// ---- Two ways to read a record ----

bool is_torn_copy(const tick_store *store, uint64_t row, uint64_t *)
{
    tick_record tick;
    must(tick_store_get(store, row, &tick));
    return !is_marked(tick);
}

bool is_torn_section(const tick_store *store, uint64_t row, uint64_t *retries)
{
    tick_record tick;
    uint64_t sequence = 0;
    for (;; ++*retries) {
        mmf_str symbol;
        const mmf_status status = tick_store_read_begin(store, row, &sequence);
        if (status == MMF_ERR_BUSY)
            continue;
        must(status);
        must(tick_store_view_symbol(store, row, &symbol));
        tick.symbol_length = symbol.length;
        std::memcpy(tick.symbol, symbol.data, symbol.length);
        must(tick_store_get_price(store, row, &tick.price));
        must(tick_store_get_volume(store, row, &tick.volume));
        must(tick_store_get_timestamp(store, row, &tick.timestamp));
        if (!tick_store_read_retry(store, row, sequence))
            return !is_marked(tick);
    }
}

using IsTorn = bool (*)(const tick_store *, uint64_t, uint64_t *);

// ---- The processes ----

tick_store *open_store(const std::string &path, mmf_mode mode)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = mode;
    tick_store *store = nullptr;
    mmf_error error;
    need(tick_store_open(path.c_str(), &options, &store, &error), error);
    return store;
}

void wait_go(Shared *shared)
{
    shared->ready++;
    while (!shared->go)
        (void)usleep(100);
}

template <IsTorn is_torn> void read_all_the_time(const std::string &path, Shared *shared, int self)
{
    tick_store *store = open_store(path, MMF_READ_ONLY);
    ReaderCounts counts = {};
    wait_go(shared);
    const uint64_t begin = now_ns();
    const uint64_t begin_cpu = cpu_ns();
    /* Reads the flag once for all rows, after them, so that each reader reads at least once. */
    uint64_t step = 1;
    do {
        for (uint64_t i = 0; i < kRows; i++, counts.reads++)
            counts.torn += is_torn(store, i * step % kRows, &counts.retries) ? 1 : 0;
        step += 2;
    } while (!shared->stop.load(std::memory_order_relaxed));
    counts.cpu = cpu_ns() - begin_cpu;
    counts.wall = now_ns() - begin;
    shared->readers[self] = counts;
    must(tick_store_close(store));
}

void write_at_rate(const std::string &path, Shared *shared, uint64_t per_second)
{
    tick_store *store = open_store(path, MMF_READ_WRITE);
    uint64_t updates = 0;
    wait_go(shared);
    const uint64_t begin = now_ns();
    Pace pace(per_second == 0 ? 1 : per_second);
    while (!shared->stop.load(std::memory_order_relaxed)) {
        if (!pace.is_due() || per_second == 0)
            continue;
        const tick_record tick = marked_tick(updates);
        must(tick_store_set(store, updates * 37 % kRows, &tick));
        updates++;
    }
    shared->updates_per_second =
        static_cast<double>(updates) * 1e9 / static_cast<double>(now_ns() - begin);
    must(tick_store_close(store));
}

// ---- One cell of the table ----

void print(const std::string &what, int readers, const Shared &shared)
{
    double reads = 0;
    double cpu = 0;
    double rate = 0;
    double torn = 0;
    double retries = 0;
    for (int i = 0; i < readers; i++) {
        const ReaderCounts &each = shared.readers[i];
        reads += static_cast<double>(each.reads);
        cpu += static_cast<double>(each.cpu);
        rate += static_cast<double>(each.reads) * 1e9 / static_cast<double>(each.wall);
        torn += static_cast<double>(each.torn);
        retries += static_cast<double>(each.retries);
    }
    JsonLine line("readers", what, "mmapforge", "reads/s of one reader");
    line.x("readers", static_cast<uint64_t>(readers))
        .value("reads_per_second", rate / readers)
        .value("cpu_ns_per_read", cpu / reads)
        .value("retries_per_million", retries * 1e6 / reads)
        .value("torn", torn)
        .value("updates_per_second", shared.updates_per_second)
        .print();
    if (torn > 0)
        die("%s: %.0f torn records were read", what.c_str(), torn);
}

using Read = void (*)(const std::string &, Shared *, int);

void measure(const Run &run, const std::string &path, const char *form, Read read, int readers,
             uint64_t rate)
{
    Shared *shared = new_shared<Shared>();
    std::vector<pid_t> children;
    for (int i = 0; i < readers; i++)
        children.push_back(start_child([&, i] { read(path, shared, i); }));
    if (rate != kNoWriter)
        children.push_back(start_child([&] { write_at_rate(path, shared, rate); }));
    wait_ready(shared->ready, static_cast<int>(children.size()));
    shared->go = true;
    (void)usleep(run.quick ? 20000 : 1000000);
    shared->stop = true;
    for (const pid_t child : children)
        wait_child(child);
    const std::string writer =
        rate == kNoWriter ? "no writer" : "a writer at " + std::to_string(rate) + "/s";
    print(std::string(form) + ", " + writer, readers, *shared);
    free_shared(shared);
}

} // namespace

void scale_readers(const Run &run)
{
    const std::string path = run.directory + "/readers.mmf";
    make_marked_file(path, kRows);
    const struct {
        const char *name;
        Read read;
    } forms[] = {{"get", read_all_the_time<is_torn_copy>},
                 {"read_begin and read_retry", read_all_the_time<is_torn_section>}};
    for (const auto &form : forms)
        for (const int readers : {1, 2, kReadersMax})
            for (const uint64_t rate :
                 {kNoWriter, UINT64_C(0), UINT64_C(100000), UINT64_C(1000000)})
                measure(run, path, form.name, form.read, readers, rate);
    (void)std::remove(path.c_str());
}
