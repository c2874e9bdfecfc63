// How long single calls take, up to the slowest of many.
#include "bench/latency/latency.h"

namespace {

constexpr uint64_t kMB = 1000000;

} // namespace

void time_clock(const Run &run)
{
    Histogram histogram;
    for (int i = 0; i < (run.quick ? 10000 : 5000000); i++)
        time_call(&histogram, [] {});
    print_latency("clock", "clock_gettime", histogram);
}

int main(int argc, char **argv)
{
    return program_main(
        argc, argv,
        "Measures latencies, one call at a time, with two readings of the clock in each.",
        {
            {"clock", "the clock itself", 0, 0, time_clock},
            {"append", "append, write(2) and memcpy of one record", 400 * kMB, 20 * kMB,
             time_append},
            {"read", "a consistent read beside a writer that is flat out", kMB, kMB, time_read},
            {"visible", "from before an append until another process has the record", 200 * kMB,
             10 * kMB, time_visible},
            {"sync", "sync after 1 and 1000 records", 200 * kMB, 20 * kMB, time_sync},
        });
}
