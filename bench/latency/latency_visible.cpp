/*
 * From the moment before a record is handed over in one process to the moment when another has
 * copied it. The clock is the same in both, and the first moment travels in the record. What waits
 * spins, but for the pipe that blocks; so does what keeps the pace.
 */
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "bench/latency/latency.h"
#include "bench/latency/marked_tick.h"
#include "bench/micro/keep.h"

namespace {

constexpr uint64_t kHangNs = UINT64_C(60) * 1000000000; // without a record: the other side is gone

struct Job {
    uint64_t per_second;
    uint64_t records;
};

// Calls send(time) at the job's pace, in the child that it runs in.
template <typename Send> void send_at_pace(const Job &job, Send send)
{
    (void)usleep(100000); // the reader is waiting by then
    Pace pace(job.per_second);
    for (uint64_t sent = 0; sent < job.records;) {
        if (!pace.is_due())
            continue;
        send(now_ns());
        sent++;
    }
}

// Looks again and again; ends the process when nothing comes.
template <typename Ready> void spin_until(Ready ready)
{
    for (uint64_t since = now_ns(), looks = 1; !ready(); looks++)
        if (looks % (1 << 20) == 0 && now_ns() - since > kHangNs)
            die("no record came in a minute");
}

void finish(const Job &job, const char *library, const Histogram &histogram, pid_t sender)
{
    wait_child(sender);
    print_latency("write to visible, " + std::to_string(job.per_second) + "/s", library, histogram);
}

// ---- The store ----

void time_store(const Run &run, const Job &job)
{
    const std::string path = run.directory + "/visible.mmf";
    tick_store *made = nullptr;
    mmf_error error;
    need(tick_store_create(path.c_str(), nullptr, &made, &error), error);
    must(tick_store_close(made));
    const pid_t sender = start_child([&] {
        mmf_options options = MMF_OPTIONS_INIT;
        options.mode = MMF_READ_WRITE;
        tick_store *store = nullptr;
        need(tick_store_open(path.c_str(), &options, &store, &error), error);
        send_at_pace(job, [store](uint64_t time) {
            const tick_record tick = marked_tick(time);
            must(tick_store_append(store, &tick, nullptr));
        });
    });
    tick_store *store = nullptr;
    need(tick_store_open(path.c_str(), nullptr, &store, &error), error);
    const auto histogram = std::make_unique<Histogram>();
    for (uint64_t row = 0; row < job.records;) {
        uint64_t count = 0;
        spin_until([&] { return (count = tick_store_count(store)) > row; });
        for (; row < count; row++) {
            tick_record tick;
            must(tick_store_get(store, row, &tick));
            const uint64_t now = now_ns();
            if (!is_marked(tick))
                die("row %llu was torn", static_cast<unsigned long long>(row));
            histogram->record(now - tick.timestamp);
        }
    }
    finish(job, "mmapforge", *histogram, sender);
    must(tick_store_close(store));
    (void)unlink(path.c_str());
}

// ---- A ring in memory that both processes have, for one sender and one receiver ----

struct Ring {
    static constexpr uint64_t kSlots = 1 << 14;
    alignas(64) std::atomic<uint64_t> sent{0};
    alignas(64) std::array<tick_record, kSlots> slots = {};
};

// The receiver never lags so much that a slot is used again before it was read: that is
// checked, and it is why the ring is long.
void time_ring(const Job &job)
{
    Ring *ring = new_shared<Ring>();
    const pid_t sender = start_child([&] {
        send_at_pace(job, [ring](uint64_t time) {
            const uint64_t at = ring->sent.load(std::memory_order_relaxed);
            ring->slots[at % Ring::kSlots] = marked_tick(time);
            ring->sent.store(at + 1, std::memory_order_release);
        });
    });
    const auto histogram = std::make_unique<Histogram>();
    for (uint64_t row = 0; row < job.records; row++) {
        spin_until([&] { return ring->sent.load(std::memory_order_acquire) > row; });
        const tick_record tick = ring->slots[row % Ring::kSlots];
        const uint64_t now = now_ns();
        if (!is_marked(tick) || ring->sent.load(std::memory_order_acquire) - row >= Ring::kSlots)
            die("the ring was too short for how long the reader had no processor");
        histogram->record(now - tick.timestamp);
    }
    finish(job, "ring in shared memory", *histogram, sender);
    free_shared(ring);
}

// ---- A pipe ----

void time_pipe(const Job &job, bool spins)
{
    int ends[2];
    if (pipe(ends) != 0 || (spins && fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0))
        die("pipe: %s", std::strerror(errno));
    const pid_t sender = start_child([&] {
        (void)close(ends[0]);
        send_at_pace(job, [&](uint64_t time) {
            const tick_record tick = marked_tick(time);
            if (write(ends[1], &tick, sizeof tick) != static_cast<ssize_t>(sizeof tick))
                die("write to a pipe: %s", std::strerror(errno));
        });
    });
    (void)close(ends[1]);
    const auto histogram = std::make_unique<Histogram>();
    for (uint64_t row = 0; row < job.records; row++) {
        tick_record tick;
        ssize_t got = -1;
        /* Writes of so few bytes are not divided, so neither are these reads. */
        spin_until([&] {
            got = read(ends[0], &tick, sizeof tick);
            return got >= 0 || errno != EAGAIN;
        });
        const uint64_t now = now_ns();
        if (got != static_cast<ssize_t>(sizeof tick) || !is_marked(tick))
            die("read from a pipe: %s", got < 0 ? std::strerror(errno) : "not a record");
        histogram->record(now - tick.timestamp);
    }
    (void)close(ends[0]);
    finish(job, spins ? "pipe, polled" : "pipe, blocking", *histogram, sender);
}

} // namespace

void time_visible(const Run &run)
{
    for (const uint64_t per_second : {UINT64_C(10000), UINT64_C(100000)}) {
        const Job job = {per_second, run.quick ? per_second / 20 : per_second * 8};
        time_store(run, job);
        time_ring(job);
        time_pipe(job, true);
        time_pipe(job, false);
    }
}
