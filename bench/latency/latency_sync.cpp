// Making records survive a power cut: a sync of the store, beside fdatasync of a written file.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/latency/latency.h"
#include "bench/latency/marked_tick.h"
#include "bench/micro/keep.h"

namespace {

std::string case_name(uint64_t records, const Run &run)
{
    return "sync after " + std::to_string(records) + (records == 1 ? " record, " : " records, ") +
           file_system_of(run.directory);
}

void time_store(const Run &run, uint64_t records, int syncs)
{
    const std::string path = run.directory + "/sync.mmf";
    tick_store *store = nullptr;
    mmf_error error;
    need(tick_store_create(path.c_str(), nullptr, &store, &error), error);
    const auto histogram = std::make_unique<Histogram>();
    for (int i = 0; i < syncs; i++) {
        for (uint64_t row = 0; row < records; row++) {
            const tick_record tick = marked_tick(row);
            must(tick_store_append(store, &tick, nullptr));
        }
        mmf_status status = MMF_OK;
        time_call(histogram.get(), [&] { status = tick_store_sync(store, &error); });
        need(status, error);
    }
    print_latency(case_name(records, run), "mmapforge", *histogram);
    must(tick_store_close(store));
    (void)unlink(path.c_str());
}

void time_file(const Run &run, uint64_t records, int syncs)
{
    const std::string path = run.directory + "/sync.raw";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        die("%s: %s", path.c_str(), std::strerror(errno));
    const auto histogram = std::make_unique<Histogram>();
    std::vector<unsigned char> bytes(records * TICK_RECORD_SIZE, 1);
    for (int i = 0; i < syncs; i++) {
        if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
            die("write to %s: %s", path.c_str(), std::strerror(errno));
        int status = 0;
        time_call(histogram.get(), [&] { status = fdatasync(file); });
        if (status != 0)
            die("fdatasync of %s: %s", path.c_str(), std::strerror(errno));
    }
    print_latency(case_name(records, run), "write(2), fdatasync", *histogram);
    (void)close(file);
    (void)unlink(path.c_str());
}

} // namespace

void time_sync(const Run &run)
{
    const int syncs = run.quick ? 20 : 1000;
    for (const uint64_t records : {UINT64_C(1), UINT64_C(1000)}) {
        time_store(run, records, syncs);
        time_file(run, records, syncs);
    }
}
