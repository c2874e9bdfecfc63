/*
 * How long it takes to open a file, by its size and by how its last writer left it. Each state is
 * made anew for every measurement, and what recovery makes of it is checked.
 */
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdio>

#include "bench/latency/cost.h"
#include "bench/latency/marked_tick.h"
#include "bench/latency/scaling.h"
#include "bench/micro/keep.h"
#include "mmapforge/detail/format.h"

namespace {

constexpr uint64_t kUnsynced = 10; // rows that a writer appends before it dies
constexpr uint64_t kReplaced = 7;  // the row that it is replacing then

tick_store *open_store(const std::string &path, mmf_mode mode, Spread *cost)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = mode;
    tick_store *store = nullptr;
    mmf_error error;
    const uint64_t begin = now_ns();
    const mmf_status status = tick_store_open(path.c_str(), &options, &store, &error);
    if (cost != nullptr)
        cost->add(static_cast<double>(now_ns() - begin));
    need(status, error);
    return store;
}

// ---- How a writer may leave a file ----

enum class Left {
    kClosed,
    kKilled,
    kRestarted
};

void append(tick_store *store, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        const tick_record tick = marked_tick(tick_store_count(store));
        must(tick_store_append(store, &tick, nullptr));
    }
}

// A child appends rows, replaces half of a record, if it is to be killed in that, and is killed.
void leave_dead(const std::string &path, bool in_update)
{
    wait_killed(start_child([&] {
        tick_store *store = open_store(path, MMF_READ_WRITE, nullptr);
        append(store, kUnsynced);
        if (in_update) {
            const tick_record half = marked_tick(kReplaced + 1);
            const mmfi_write write = mmfi_write_begin(&store->base, kReplaced, TICK_RECORD_SIZE);
            must(write.status);
            mmfi_save_string(write.record, TICK_SYMBOL_OFFSET, TICK_SYMBOL_MAX, half.symbol,
                             half.symbol_length);
        }
        (void)raise(SIGKILL);
    }));
}

// The shared page as if it were of another boot, which is all that tells a file of a restart.
void leave_to_another_boot(const std::string &path)
{
    const off_t place = MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id);
    uint64_t boot[MMFI_BOOT_ID_WORDS];
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0 || pread(file, boot, sizeof boot, place) != sizeof boot)
        die("%s: its boot id cannot be read", path.c_str());
    for (uint64_t &word : boot)
        word ^= 1;
    if (pwrite(file, boot, sizeof boot, place) != sizeof boot)
        die("%s: its boot id cannot be written", path.c_str());
    (void)close(file);
}

void leave(const std::string &path, Left how)
{
    if (how == Left::kClosed)
        return; // as the measurement before left it
    leave_dead(path, how == Left::kKilled);
    if (how == Left::kRestarted)
        leave_to_another_boot(path);
}

// ---- What opening makes of it ----

// count: records before the writer came that died.
void check(const tick_store *store, Left how, uint64_t count, bool recovered)
{
    const uint64_t expected = how == Left::kKilled ? count + kUnsynced : count;
    if (tick_store_count(store) != expected)
        die("a store of %llu records was opened with %llu",
            static_cast<unsigned long long>(expected),
            static_cast<unsigned long long>(tick_store_count(store)));
    tick_record tick;
    const uint64_t rows[] = {kReplaced, expected - 1};
    for (const uint64_t row : rows) {
        must(tick_store_get(store, row, &tick));
        if (tick.timestamp != row || !is_marked(tick))
            die("row %llu is not as it was before the update",
                static_cast<unsigned long long>(row));
    }
    uint64_t sequence = 0;
    if (recovered)
        must(tick_store_read_begin(store, kReplaced, &sequence)); // no longer being replaced
}

void measure(const std::string &path, const char *what, Left how, const Run &run, uint64_t rows)
{
    Spread reading;
    Spread writing;
    for (int i = 0; i < (run.quick ? 3 : 30); i++) {
        tick_store *store = open_store(path, MMF_READ_ONLY, nullptr);
        const uint64_t count = tick_store_count(store);
        must(tick_store_close(store));
        leave(path, how);
        store = open_store(path, MMF_READ_ONLY, &reading);
        check(store, how, count, false);
        must(tick_store_close(store));
        store = open_store(path, MMF_READ_WRITE, &writing);
        check(store, how, count, true);
        must(tick_store_close(store));
    }
    JsonLine read_line("open", std::string("read-only, ") + what, "mmapforge", "ns");
    spread(read_line.x("records", rows), reading).print();
    JsonLine write_line("open", std::string("for writing, ") + what, "mmapforge", "ns");
    spread(write_line.x("records", rows), writing).print();
}

} // namespace

void scale_open(const Run &run)
{
    const std::string path = run.directory + "/open.mmf";
    tick_store *store = nullptr;
    mmf_error error;
    need(tick_store_create(path.c_str(), nullptr, &store, &error), error);
    must(tick_store_close(store));
    const uint64_t most = run.quick ? 100000 : 10000000;
    for (uint64_t rows = 1000; rows <= most; rows *= 10) {
        store = open_store(path, MMF_READ_WRITE, nullptr);
        append(store, rows - tick_store_count(store));
        must(tick_store_close(store));
        measure(path, "closed", Left::kClosed, run, rows);
        measure(path, "writer killed in an update", Left::kKilled, run, rows);
        measure(path, "after a restart", Left::kRestarted, run, rows);
    }
    (void)std::remove(path.c_str());
}
