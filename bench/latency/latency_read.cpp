/*
 * A consistent read of a record, while a writer in another process replaces the same record, or
 * others, as fast as it can. Every record that was read is checked, outside of what is timed.
 */
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <memory>

#include "bench/latency/latency.h"
#include "bench/latency/marked_file.h"
#include "bench/latency/marked_tick.h"
#include "bench/micro/keep.h"

namespace {

constexpr uint64_t kRows = 64;
constexpr uint64_t kRead = 0; // the row that is read

struct Shared {
    std::atomic<int> ready{0};
    std::atomic<bool> stop{false};
    double updates_per_second = 0;
};

struct Writing {
    const char *name;
    bool writes;
    uint64_t first; // row
    uint64_t rows;
};

void write_flat_out(const std::string &path, const Writing &what, Shared *shared)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = MMF_READ_WRITE;
    tick_store *store = nullptr;
    mmf_error error;
    need(tick_store_open(path.c_str(), &options, &store, &error), error);
    shared->ready++;
    uint64_t updates = 0;
    const uint64_t begin = now_ns();
    for (; !shared->stop.load(std::memory_order_relaxed); updates++) {
        const tick_record tick = marked_tick(updates);
        must(tick_store_set(store, what.first + updates % what.rows, &tick));
    }
    shared->updates_per_second =
        static_cast<double>(updates) * 1e9 / static_cast<double>(now_ns() - begin);
    must(tick_store_close(store));
}

// One attempt after the other until one is consistent; counts those that were not.
mmf_status read_section(const tick_store *store, tick_record *out, uint64_t *retries)
{
    for (;; ++*retries) {
        uint64_t sequence = 0;
        const mmf_status status = tick_store_read_begin(store, kRead, &sequence);
        if (status == MMF_ERR_BUSY)
            continue;
        mmf_str symbol = {nullptr, 0};
        if (status != MMF_OK || tick_store_view_symbol(store, kRead, &symbol) != MMF_OK)
            return status;
        out->symbol_length = symbol.length;
        std::memcpy(out->symbol, symbol.data, symbol.length);
        (void)tick_store_get_price(store, kRead, &out->price);
        (void)tick_store_get_volume(store, kRead, &out->volume);
        (void)tick_store_get_timestamp(store, kRead, &out->timestamp);
        if (!tick_store_read_retry(store, kRead, sequence))
            return MMF_OK;
    }
}

mmf_status read_copy(const tick_store *store, tick_record *out, uint64_t *)
{
    return tick_store_get(store, kRead, out);
}

template <typename Read>
void time_reads(const Run &run, const std::string &path, const Writing &writing, const char *form,
                Read read)
{
    tick_store *store = nullptr;
    mmf_error error;
    need(tick_store_open(path.c_str(), nullptr, &store, &error), error);
    Shared *shared = new_shared<Shared>();
    pid_t writer = 0;
    if (writing.writes) {
        writer = start_child([&] { write_flat_out(path, writing, shared); });
        wait_ready(shared->ready, 1);
    }
    const auto histogram = std::make_unique<Histogram>();
    uint64_t retries = 0;
    uint64_t torn = 0;
    uint64_t busy = 0;
    const uint64_t reads = run.quick ? 20000 : 5000000;
    for (uint64_t i = 0; i < reads; i++) {
        tick_record tick;
        mmf_status status = MMF_OK;
        time_call(histogram.get(), [&] { status = read(store, &tick, &retries); });
        if (status == MMF_ERR_BUSY)
            busy++;
        else if (status != MMF_OK)
            die("%s: %s", form, mmf_status_name(status));
        else if (!is_marked(tick))
            torn++;
    }
    if (writing.writes) {
        shared->stop = true;
        wait_child(writer);
    }
    JsonLine("latency", std::string(form) + ", " + writing.name, "mmapforge", "ns")
        .percentiles(*histogram)
        .value("retries_per_million",
               static_cast<double>(retries) * 1e6 / static_cast<double>(reads))
        .value("busy", static_cast<double>(busy))
        .value("torn", static_cast<double>(torn))
        .value("updates_per_second", shared->updates_per_second)
        .print();
    if (torn > 0)
        die("%s, %s: %llu torn records were read", form, writing.name,
            static_cast<unsigned long long>(torn));
    free_shared(shared);
    must(tick_store_close(store));
}

} // namespace

void time_read(const Run &run)
{
    const std::string path = run.directory + "/read.mmf";
    make_marked_file(path, kRows);
    const Writing kinds[] = {{"no writer", false, 0, 0},
                             {"a writer on other records", true, kRead + 1, kRows - 1},
                             {"a writer on the same record", true, kRead, 1}};
    for (const Writing &writing : kinds) {
        time_reads(run, path, writing, "get", read_copy);
        time_reads(run, path, writing, "read_begin and read_retry", read_section);
    }
    (void)unlink(path.c_str());
}
