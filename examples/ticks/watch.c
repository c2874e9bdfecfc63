/* Follows a store of trades while another process writes it, and sums up what it saw. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tick_store.h"

#define NS_PER_SECOND   UINT64_C(1000000000)
#define PATIENCE_NS     (10 * NS_PER_SECOND)
#define REPORT_EVERY_NS (NS_PER_SECOND / 2)

static const char USAGE[] =
    "usage: watch FILE [--until-closed]\n"
    "Reads the trades in FILE and prints a summary. With --until-closed it waits up to 10 s for\n"
    "the file, and follows it until its writer has closed it.\n";

typedef struct summary {
    uint64_t records;
    double low;
    double high;
    double volume;
    double turnover; /* of price times volume */
    tick_record first;
    tick_record last;
} summary;

static uint64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static void sleep_ns(uint64_t ns)
{
    const struct timespec nap = {(time_t)(ns / NS_PER_SECOND), (long)(ns % NS_PER_SECOND)};
    (void)nanosleep(&nap, NULL);
}

static tick_store *open_patiently(const char *path, bool patient)
{
    mmf_error error;
    tick_store *store = NULL;
    const uint64_t start = now_ns();
    for (;;) {
        const mmf_status status = tick_store_open(path, NULL, &store, &error);
        if (status == MMF_OK)
            return store;
        if (status != MMF_ERR_NOT_FOUND || !patient || now_ns() - start > PATIENCE_NS) {
            (void)fprintf(stderr, "watch: %s\n", error.message);
            return NULL;
        }
        sleep_ns(NS_PER_SECOND / 1000);
    }
}

static void add(summary *sum, const tick_record *tick)
{
    if (sum->records == 0) {
        sum->first = *tick;
        sum->low = tick->price;
        sum->high = tick->price;
    }
    sum->low = tick->price < sum->low ? tick->price : sum->low;
    sum->high = tick->price > sum->high ? tick->price : sum->high;
    sum->volume += tick->volume;
    sum->turnover += tick->price * tick->volume;
    sum->last = *tick;
    sum->records++;
}

/* Reads what is there beyond what was read. */
static bool catch_up(const tick_store *store, summary *sum)
{
    const uint64_t count = tick_store_count(store);
    while (sum->records < count) {
        tick_record tick;
        const mmf_status status = tick_store_get(store, sum->records, &tick);
        if (status != MMF_OK) {
            mmf_error error;
            (void)mmf_store_explain(tick_store_base(store), status, sum->records, NULL, &error);
            (void)fprintf(stderr, "watch: %s\n", error.message);
            return false;
        }
        add(sum, &tick);
    }
    return true;
}

/* Sleeps until there are more; each append wakes it. */
static bool follow(const tick_store *store, summary *sum)
{
    uint64_t reported = now_ns();
    for (;;) {
        const mmf_status status = tick_store_wait(store, sum->records, REPORT_EVERY_NS);
        if (status == MMF_ERR_ENDED)
            return true;
        if (status != MMF_OK && status != MMF_ERR_TIMEOUT) {
            mmf_error error;
            (void)mmf_store_explain(tick_store_base(store), status, sum->records, NULL, &error);
            (void)fprintf(stderr, "watch: %s\n", error.message);
            return false;
        }
        if (!catch_up(store, sum))
            return false;
        if (now_ns() - reported > REPORT_EVERY_NS) {
            reported = now_ns();
            (void)printf("  %" PRIu64 " trades so far, the last at %.2f\n", sum->records,
                         sum->last.price);
            (void)fflush(stdout);
        }
    }
}

static void print_tick(const char *which, const tick_record *tick)
{
    const int64_t second = (int64_t)NS_PER_SECOND;
    const int64_t ns = (tick->timestamp % second + second) % second; /* also before 1970 */
    const time_t seconds = (time_t)((tick->timestamp - ns) / second);
    char text[32] = "";
    struct tm parts;
    if (gmtime_r(&seconds, &parts) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    (void)printf("  %s  %s.%09" PRId64 " UTC  %s  price %.2f  volume %g\n", which, text, ns,
                 tick->symbol, tick->price, tick->volume);
}

static void print_summary(const char *path, const summary *sum, double seconds)
{
    (void)printf("read %" PRIu64 " trades from %s in %.3f s (%.0f per second)\n", sum->records,
                 path, seconds, seconds > 0 ? (double)sum->records / seconds : 0.0);
    if (sum->records == 0)
        return;
    print_tick("first", &sum->first);
    print_tick("last ", &sum->last);
    (void)printf("  low %.2f  high %.2f  volume %g", sum->low, sum->high, sum->volume);
    if (sum->volume > 0)
        (void)printf("  VWAP %.4f", sum->turnover / sum->volume);
    (void)printf("\n");
}

int main(int argc, char **argv)
{
    const bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
    const bool patient = argc == 3 && strcmp(argv[2], "--until-closed") == 0;
    if (help || !(argc == 2 || patient) || argv[1][0] == '-') {
        (void)fputs(USAGE, help ? stdout : stderr);
        return help ? 0 : 2;
    }
    tick_store *store = open_patiently(argv[1], patient);
    if (store == NULL)
        return 1;
    summary sum;
    memset(&sum, 0, sizeof sum);
    const uint64_t start = now_ns();
    const bool good = patient ? follow(store, &sum) : catch_up(store, &sum);
    print_summary(argv[1], &sum, (double)(now_ns() - start) / (double)NS_PER_SECOND);
    (void)tick_store_close(store);
    return good ? 0 : 1;
}
