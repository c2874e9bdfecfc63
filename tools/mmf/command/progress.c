#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* clock_gettime and isatty under -std=c11 */

#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND UINT64_C(1000000000)
#define PERIOD_NS     (NS_PER_SECOND / 2)

static uint64_t now_ns(void)
{
    struct timespec now = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

void progress_begin(progress *of, uint64_t total)
{
    of->total = total;
    of->begin_ns = now_ns();
    of->shown_ns = 0;
    of->is_terminal = isatty(STDERR_FILENO) == 1;
}

void progress_show(progress *of, uint64_t done, uint64_t rows)
{
    if (!of->is_terminal)
        return;
    const uint64_t now = now_ns();
    const uint64_t spent = now - of->begin_ns;
    if (spent < NS_PER_SECOND || (of->shown_ns != 0 && now - of->shown_ns < PERIOD_NS))
        return;
    of->shown_ns = now;
    const double seconds = (double)spent / 1e9;
    const double rate = (double)done / seconds;
    (void)fprintf(stderr, "\r\033[K%" PRIu64 " rows, %.0f MB, %.0f MB/s", rows, (double)done / 1e6,
                  rate / 1e6);
    if (of->total > 0 && done <= of->total && rate > 0)
        (void)fprintf(stderr, ", %.0f%%, %.0f s left", 100 * (double)done / (double)of->total,
                      (double)(of->total - done) / rate);
    (void)fflush(stderr);
}

void progress_end(progress *of)
{
    if (of->shown_ns != 0)
        (void)fputs("\r\033[K", stderr);
    of->shown_ns = 0;
}
