/*
 * The operations that every peer is measured at, and add<Peer>(), which has them measured.
 *
 * Reads and writes of single rows go to rows in a random order, and do not wait for each other,
 * except in get_chained.
 * Before the clock starts, a file is opened and read once, so that its pages are there and mapped.
 */
#ifndef MMF_BENCH_PEERS_OPERATIONS_H
#define MMF_BENCH_PEERS_OPERATIONS_H

#include <cstring>
#include <functional>
#include <memory>
#include <string>

#include "bench/compare/peer.h"

namespace peers {

// What is measured, and where.
struct Plan {
    std::string memory;            // a directory in memory
    std::string disk;              // one on a disk
    uint64_t cached = 1000;        // rows of a file that the caches hold, 104,000 bytes of ours
    uint64_t many = 5000000;       // rows of one that they do not, 520 MB of ours
    uint64_t changed = 1000000;    // the same for files that are written to
    uint64_t appended = 1000000;   // rows that a file grows by
    uint64_t kept = 8 * kBatch;    // rows appended to an empty file whose pages are there
    uint64_t synced = 20 * kBatch; // rows appended with a sync after each kBatch

    // A file of this name in memory, for one peer.
    std::string in_memory(const char *peer, const std::string &name) const
    {
        return memory + "/" + peer + "." + name;
    }
    std::string on_disk(const char *peer, const std::string &name) const
    {
        return disk + "/" + peer + "." + name;
    }
};

// Takes a peer into the program; its benchmarks are registered when there is a plan.
bool add(const char *name, Facts (*facts)(), std::function<void(const Plan &)> measure);

// A file of this name is no longer used, and neither are those that a library puts beside it.
void remove_file(const std::string &path);

// Bytes that it takes where it lies, which are fewer than its size where there are holes.
uint64_t bytes_of_file(const std::string &path);

// Calls in an iteration, where they are of single rows.
constexpr uint64_t kCalls = 1000;

// The rows in an order that no prefetcher follows, evenly, and without a table of them: the bits of
// i are mixed by two multiplications, each followed by folding the high ones (as in MurmurHash3).
class RandomRows {
public:
    explicit RandomRows(uint64_t rows) : rows_(rows)
    {
        asm volatile("" : "+r"(rows_));
    }
    uint64_t next()
    {
        uint32_t mixed = ++turn_ * UINT32_C(0x85ebca6b);
        mixed ^= mixed >> 13;
        mixed *= UINT32_C(0xc2b2ae35);
        mixed ^= mixed >> 16;
        return (mixed * rows_) >> 32;
    }

    // The same, known only when that price is: no price is negative, so its first bit changes
    // nothing.
    uint64_t next_after(double price)
    {
        uint64_t bits;
        std::memcpy(&bits, &price, sizeof bits);
        asm volatile("" : "+r"(bits));
        turn_ += static_cast<uint32_t>(bits >> 63);
        return next();
    }

private:
    uint64_t rows_;
    uint32_t turn_ = 0;
};

// The file of that many rows, which all benchmarks of a use share; the first one makes it.
template <typename Peer>
std::string file_of(const Plan &plan, uint64_t rows, const std::string &use)
{
    const std::string path = plan.in_memory(Peer::kName, use + std::to_string(rows));
    if (access(path.c_str(), F_OK) != 0)
        make<Peer>(path, rows);
    return path;
}

// An open peer whose pages are there.
template <typename Peer> std::unique_ptr<Peer> opened(const Plan &plan, uint64_t rows, bool writing)
{
    auto peer =
        std::make_unique<Peer>(file_of<Peer>(plan, rows, writing ? "changed" : "read"), writing);
    double total = 0;
    uint64_t found = 0;
    peer->begin_reads();
    peer->each_price([&](double price) {
        total += price;
        found++;
    });
    // The same in whatever order, until a price is set.
    if (found != rows || (!writing && total != peer->sum()))
        fail(Peer::kName, "a file does not hold what was put in");
    peer->end_reads();
    return peer;
}

// ---- Reading ----

template <typename Peer> void get_random(benchmark::State &state, const Plan &plan, uint64_t rows)
{
    const auto peer = opened<Peer>(plan, rows, false);
    RandomRows order(rows);
    peer->begin_reads();
    auto &&from = peer->handle();
    for (auto _ : state)
        for (uint64_t i = 0; i < kCalls; i++)
            keep(from.price(order.next()));
    peer->end_reads();
    count_rows(state, kCalls);
}

template <typename Peer> void get_chained(benchmark::State &state, const Plan &plan, uint64_t rows)
{
    const auto peer = opened<Peer>(plan, rows, false);
    RandomRows order(rows);
    peer->begin_reads();
    auto &&from = peer->handle();
    double price = 0;
    for (auto _ : state)
        for (uint64_t i = 0; i < kCalls; i++)
            price = from.price(order.next_after(price));
    keep(price);
    peer->end_reads();
    count_rows(state, kCalls);
}

template <typename Peer> void get_in_order(benchmark::State &state, const Plan &plan, uint64_t rows)
{
    const auto peer = opened<Peer>(plan, rows, false);
    peer->begin_reads();
    for (auto _ : state)
        peer->each_price([](double price) { keep(price); });
    peer->end_reads();
    count_rows(state, rows);
}

template <typename Peer> void sum(benchmark::State &state, const Plan &plan, uint64_t rows)
{
    const auto peer = opened<Peer>(plan, rows, false);
    peer->begin_reads();
    for (auto _ : state)
        keep(peer->sum());
    peer->end_reads();
    count_rows(state, rows);
}

template <typename Peer> void read(benchmark::State &state, const Plan &plan, uint64_t rows)
{
    const auto peer = opened<Peer>(plan, rows, false);
    RandomRows order(rows);
    typename Peer::Record out;
    peer->begin_reads();
    auto &&from = peer->handle();
    for (auto _ : state) {
        for (uint64_t i = 0; i < kCalls; i++) {
            from.read(order.next(), &out);
            keep_memory(&out);
        }
    }
    peer->end_reads();
    count_rows(state, kCalls);
}

template <typename Peer> void open_file(benchmark::State &state, const Plan &plan, uint64_t rows)
{
    const std::string path = file_of<Peer>(plan, rows, "read");
    for (auto _ : state) {
        Peer peer(path, false);
        peer.begin_reads();
        keep(peer.handle().price(rows - 1));
        peer.end_reads();
    }
    count_rows(state, 1);
    state.counters["bytes_per_row"] =
        static_cast<double>(bytes_of_file(path)) / static_cast<double>(rows);
}

// ---- Writing in place ----

template <typename Peer> void set_field(benchmark::State &state, const Plan &plan, uint64_t rows)
{
    const auto peer = opened<Peer>(plan, rows, true);
    RandomRows order(rows);
    auto &&to = peer->handle();
    for (auto _ : state)
        peer->write(kCalls, [&](uint64_t) { to.set_price(order.next(), 1.0); });
    count_rows(state, kCalls);
}

template <typename Peer> void set_record(benchmark::State &state, const Plan &plan, uint64_t rows)
{
    const auto peer = opened<Peer>(plan, rows, true);
    RandomRows order(rows);
    Same<typename Peer::Record> in(Peer::sample(1));
    auto &&to = peer->handle();
    for (auto _ : state)
        peer->write(kCalls, [&](uint64_t i) { to.set(order.next(), *in(i)); });
    count_rows(state, kCalls);
    state.SetLabel(Peer::facts().set_note);
}

// ---- Appending ----

template <typename Peer> void append_kept(benchmark::State &state, const Plan &plan)
{
    const std::string path = plan.in_memory(Peer::kName, "kept");
    {
        typename Peer::Appends to(path, plan.kept, Room::made);
        Same<typename Peer::Record> in(Peer::sample(1));
        for (auto _ : state) {
            state.PauseTiming();
            to.empty();
            state.ResumeTiming();
            to.append(plan.kept, in);
        }
    }
    remove_file(path);
    count_rows(state, plan.kept);
    state.SetLabel(Peer::facts().append_note);
}

template <typename Peer> void append_growing(benchmark::State &state, const Plan &plan)
{
    const std::string path = plan.in_memory(Peer::kName, "grown");
    Same<typename Peer::Record> in(Peer::sample(1));
    for (auto _ : state) {
        state.PauseTiming();
        {
            typename Peer::Appends to(path, plan.appended, Room::grows);
            to.empty();
            state.ResumeTiming();
            to.append(plan.appended, in);
            state.PauseTiming();
        }
        remove_file(path);
        state.ResumeTiming();
    }
    count_rows(state, plan.appended);
    state.SetLabel(Peer::facts().append_note);
}

template <typename Peer> void append_synced(benchmark::State &state, const Plan &plan)
{
    const std::string path = plan.on_disk(Peer::kName, "synced");
    Same<typename Peer::Record> in(Peer::sample(1));
    for (auto _ : state) {
        state.PauseTiming();
        {
            typename Peer::Appends to(path, plan.synced, Room::synced);
            to.empty();
            state.ResumeTiming();
            for (uint64_t done = 0; done < plan.synced; done += kBatch) {
                to.append(kBatch, in);
                to.sync();
            }
            state.PauseTiming();
        }
        remove_file(path);
        state.ResumeTiming();
    }
    count_rows(state, plan.synced);
}

// ---- All of them ----

// Names are peer/operation/rows.
template <typename Peer> void measure_all(const Plan &plan)
{
    const auto add_one = [](const char *operation, uint64_t rows, auto body) {
        const std::string name =
            std::string(Peer::kName) + "/" + operation + "/" + std::to_string(rows);
        return benchmark::RegisterBenchmark(name.c_str(), body);
    };
    using Body = void (*)(benchmark::State &, const Plan &, uint64_t);
    const auto add_both = [&](const char *operation, uint64_t many, Body body) {
        for (const uint64_t rows : {plan.cached, many})
            add_one(operation, rows,
                    [body, plan, rows](benchmark::State &state) { body(state, plan, rows); });
    };
    add_both("get_random", plan.many, get_random<Peer>);
    add_both("get_chained", plan.many, get_chained<Peer>);
    add_both("get_in_order", plan.many, get_in_order<Peer>);
    add_both("read", plan.many, read<Peer>);
    add_both("sum", plan.many, sum<Peer>);
    add_both("open", plan.many, open_file<Peer>);
    add_both("set_field", plan.changed, set_field<Peer>);
    add_both("set_record", plan.changed, set_record<Peer>);
    add_one("append", plan.kept,
            [plan](benchmark::State &state) { append_kept<Peer>(state, plan); });
    add_one("append", plan.appended, [plan](benchmark::State &state) {
        append_growing<Peer>(state, plan);
    })->Iterations(1);
    if (Peer::facts().cannot_sync.empty())
        add_one("append_synced", plan.synced, [plan](benchmark::State &state) {
            append_synced<Peer>(state, plan);
        })->Iterations(1);
}

template <typename Peer> bool add()
{
    return add(Peer::kName, Peer::facts, measure_all<Peer>);
}

} // namespace peers

#endif
