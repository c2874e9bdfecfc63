/* Records trades into a store: of a random walk, or of a CSV file. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "examples/ticks/csv.h"
#include "tick_store.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define COUNT_DEFAULT UINT64_C(100000)

typedef struct job {
    const char *out;
    const char *csv; /* NULL for a random walk */
    uint64_t count;  /* trades at most; 0 for all there are */
    uint64_t rate;   /* trades per second; 0 for as fast as they go */
    const char *symbol;
} job;

static const char USAGE[] =
    "usage: record --out FILE [--csv FILE] [--count N] [--rate PER_SECOND] [--symbol NAME]\n"
    "Makes the store FILE and appends trades to it: those of a CSV file with the columns\n"
    "timestamp, close (or price) and volume, or N of a random walk (100000).\n";

/* ---- The random walk: xorshift64* (Vigna, 2016), and a price that drifts by a few ticks ---- */

typedef struct walk {
    uint64_t state;
    int64_t timestamp;
    double price;
} walk;

static double uniform(walk *from)
{
    from->state ^= from->state >> 12;
    from->state ^= from->state << 25;
    from->state ^= from->state >> 27;
    return (double)((from->state * UINT64_C(2685821657736338717)) >> 11) / 9007199254740992.0;
}

static csv_trade walk_next(walk *from)
{
    const double step = uniform(from) + uniform(from) + uniform(from) - 1.5;
    from->price = fmax(1.0, round((from->price * (1.0 + step * 2e-4)) * 100.0) / 100.0);
    from->timestamp += 1000 + (int64_t)(uniform(from) * 2e6);
    const csv_trade trade = {from->timestamp, from->price, ceil(100.0 * uniform(from))};
    return trade;
}

/* ---- Recording ---- */

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static void wait_for_turn(const job *work, uint64_t start, uint64_t recorded)
{
    if (work->rate == 0)
        return;
    const uint64_t due =
        recorded / work->rate * NS_PER_SECOND + recorded % work->rate * NS_PER_SECOND / work->rate;
    const uint64_t passed = now_ns(CLOCK_MONOTONIC) - start;
    if (due <= passed + NS_PER_SECOND / 1000)
        return;
    const struct timespec nap = {(time_t)((due - passed) / NS_PER_SECOND),
                                 (long)((due - passed) % NS_PER_SECOND)};
    (void)nanosleep(&nap, NULL);
}

static bool append(tick_store *store, const job *work, csv_trade trade)
{
    tick_record record;
    memset(&record, 0, sizeof record);
    (void)tick_record_set_symbol(&record, work->symbol); /* main has checked its length */
    record.price = trade.price;
    record.volume = trade.volume;
    record.timestamp = trade.timestamp;
    mmf_error error;
    const mmf_status status = tick_store_append(store, &record, NULL);
    if (status == MMF_OK)
        return true;
    (void)mmf_store_explain(tick_store_base(store), status, tick_store_count(store), NULL, &error);
    (void)fprintf(stderr, "record: %s\n", error.message);
    return false;
}

static bool record_all(tick_store *store, const job *work, csv_reader *csv, uint64_t start,
                       uint64_t *recorded)
{
    walk random = {UINT64_C(0x9e3779b97f4a7c15), (int64_t)now_ns(CLOCK_REALTIME), 100.0};
    csv_trade trade;
    for (*recorded = 0; work->count == 0 || *recorded < work->count; ++*recorded) {
        if (work->csv == NULL)
            trade = walk_next(&random);
        else if (!csv_next(csv, &trade))
            break;
        wait_for_turn(work, start, *recorded);
        if (!append(store, work, trade))
            return false;
    }
    return true;
}

static int run(const job *work)
{
    csv_reader csv = {0};
    if (work->csv != NULL && !csv_open(&csv, work->csv))
        return 1;
    mmf_error error;
    tick_store *store = NULL;
    if (tick_store_create(work->out, NULL, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "record: %s\n", error.message);
        csv_close(&csv);
        return 1;
    }
    const uint64_t start = now_ns(CLOCK_MONOTONIC);
    uint64_t recorded = 0;
    bool good = record_all(store, work, &csv, start, &recorded);
    const double seconds = (double)(now_ns(CLOCK_MONOTONIC) - start) / (double)NS_PER_SECOND;
    if (tick_store_sync(store, &error) != MMF_OK) {
        (void)fprintf(stderr, "record: %s\n", error.message);
        good = false;
    }
    good = tick_store_close(store) == MMF_OK && good;
    (void)printf("recorded %" PRIu64 " trades into %s in %.3f s (%.0f per second)\n", recorded,
                 work->out, seconds, seconds > 0 ? (double)recorded / seconds : 0.0);
    if (csv.bad > 0)
        (void)printf("passed over %" PRIu64 " lines of %s that are not trades\n", csv.bad,
                     work->csv);
    good = good && !csv.failed;
    csv_close(&csv);
    return good ? 0 : 1;
}

/* ---- Arguments ---- */

static bool parse_count(const char *name, const char *text, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0)
        return true;
    (void)fprintf(stderr, "record: --%s is '%s', expected a whole number\n", name, text);
    return false;
}

static bool parse(int argc, char **argv, job *work)
{
    static const struct option OPTIONS[] = {
        {"out", required_argument, NULL, 'o'},
        {"csv", required_argument, NULL, 'c'},
        {"count", required_argument, NULL, 'n'},
        {"rate", required_argument, NULL, 'r'},
        {"symbol", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1;) {
        if (option == 'h') {
            (void)fputs(USAGE, stdout);
            exit(0);
        }
        if (option == 'o')
            work->out = optarg;
        else if (option == 'c')
            work->csv = optarg;
        else if (option == 's')
            work->symbol = optarg;
        else if (option == '?' || !parse_count(option == 'n' ? "count" : "rate", optarg,
                                               option == 'n' ? &work->count : &work->rate))
            return false;
    }
    if (strlen(work->symbol) > TICK_SYMBOL_MAX) {
        (void)fprintf(stderr, "record: --symbol has more than %u bytes\n", TICK_SYMBOL_MAX);
        return false;
    }
    return work->out != NULL && optind == argc;
}

int main(int argc, char **argv)
{
    job work = {NULL, NULL, 0, 0, "DEMO"};
    if (!parse(argc, argv, &work)) {
        (void)fputs(USAGE, stderr);
        return 2;
    }
    if (work.csv == NULL && work.count == 0)
        work.count = COUNT_DEFAULT;
    return run(&work);
}
