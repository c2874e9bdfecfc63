// How the costs of a store grow: with its records, its readers, its file.
#include "bench/latency/scaling.h"

int main(int argc, char **argv)
{
    return program_main(
        argc, argv, "Measures how costs grow with records, readers and the size of the file.",
        {
            {"operations", "calls on stores of 1000 to 10^8 records", 64 * kMiB, 16 * kMiB,
             scale_operations},
            {"readers", "1, 2 and 4 readers, with and without a writer", kMiB, kMiB, scale_readers},
            {"growth", "appending to a file from nothing to 4 GiB", 256 * kMiB, 128 * kMiB,
             scale_growth},
            {"open",
             "opening files that were closed, whose writer was killed, or machine restarted",
             1200 * kMiB, 128 * kMiB, scale_open},
        });
}
