/*
 * The C program of the live tests: writes ticks while Python reads them, and checks ticks of
 * Python.
 *
 * Every field of a tick is a function of one number, its mark, whose lower 32 bits are its row. The
 * symbol has two spellings, so that it can be replaced alone while the tick stays consistent.
 * live_test.py implements the same in Python.
 */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tick_store.h"

#define ROW_MASK UINT64_C(0xffffffff)

/* Changes between two sleeps, in which a reader catches up: about a second for 200,000 rows. */
#define CHANGES_PER_SLEEP 32u

/* The rows that exist before a reader opens the file. */
#define FEW_ROWS 50u

/* The number of times that a reader reads while the writer is running. */
#define PASSES 20u

static int fail(const char *what, uint64_t row, const mmf_error *error)
{
    fprintf(stderr, "live_ticks: %s (row %" PRIu64 ")%s%s\n", what, row, error != NULL ? ": " : "",
            error != NULL ? error->message : "");
    return 1;
}

static void sleep_ns(long nanoseconds)
{
    const struct timespec time = {0, nanoseconds};
    (void)nanosleep(&time, NULL);
}

/* A generator of pseudorandom numbers: xorshift64 (Marsaglia, 2003). */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* ---- Ticks ---- */

static void spell(uint64_t mark, bool in_hex, char symbol[TICK_SYMBOL_MAX + 1])
{
    (void)snprintf(symbol, TICK_SYMBOL_MAX + 1, in_hex ? "x%063" PRIx64 : "%064" PRIu64, mark);
}

static tick_record tick_of(uint64_t mark)
{
    tick_record tick;
    memset(&tick, 0, sizeof tick);
    spell(mark, false, tick.symbol);
    tick.symbol_length = TICK_SYMBOL_MAX;
    tick.price = (double)mark;
    tick.volume = (double)mark * 2;
    tick.timestamp = mark;
    return tick;
}

static bool is_whole(const tick_record *tick, uint64_t row)
{
    char decimal[TICK_SYMBOL_MAX + 1];
    char hex[TICK_SYMBOL_MAX + 1];
    spell(tick->timestamp, false, decimal);
    spell(tick->timestamp, true, hex);
    return (tick->timestamp & ROW_MASK) == row && tick->price == (double)tick->timestamp &&
           tick->volume == (double)tick->timestamp * 2 && tick->symbol_length == TICK_SYMBOL_MAX &&
           (memcmp(tick->symbol, decimal, sizeof decimal) == 0 ||
            memcmp(tick->symbol, hex, sizeof hex) == 0);
}

/* ---- Writing ---- */

/* Replaces a row by one with a higher mark, or only the spelling of its symbol. */
static mmf_status change(tick_store *store, uint64_t row, uint64_t *state)
{
    uint64_t mark = 0;
    const mmf_status status = tick_store_get_timestamp(store, row, &mark);
    if (status != MMF_OK)
        return status;
    if (next_random(state) % 2 == 0) {
        const tick_record tick = tick_of(mark + ROW_MASK + 1);
        return tick_store_set(store, row, &tick);
    }
    char symbol[TICK_SYMBOL_MAX + 1];
    spell(mark, next_random(state) % 2 == 0, symbol);
    return tick_store_set_symbol(store, row, symbol, TICK_SYMBOL_MAX);
}

/* Waits at most a minute until a reader has opened the store, which it reports by a file. */
static void wait_for_reader(const char *path)
{
    char sign[4096];
    (void)snprintf(sign, sizeof sign, "%s.read", path);
    for (int i = 0; i < 60000 && access(sign, F_OK) != 0; i++)
        sleep_ns(1000000);
}

/*
 * Creates a file with room for a few rows, appends count rows, and changes random rows in between.
 * Most of this happens after a reader has opened the file, so that it grows far beyond the size at
 * that time. After each twentieth of the rows it reads a byte from its input, which a reader writes
 * after it has read; at the end of the input it goes on without waiting.
 */
static int run(const char *path, uint64_t count)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = 16;
    mmf_error error;
    tick_store *store = NULL;
    uint64_t state = 88172645463325252u;
    if (tick_store_create(path, &options, &store, &error) != MMF_OK)
        return fail("create", 0, &error);
    for (uint64_t row = 0; row < count; row++) {
        if (row == FEW_ROWS)
            wait_for_reader(path);
        const tick_record tick = tick_of(row);
        const uint64_t other = next_random(&state) % (row + 1);
        if (tick_store_append(store, &tick, NULL) != MMF_OK)
            return fail("append", row, NULL);
        if (change(store, other, &state) != MMF_OK || change(store, row, &state) != MMF_OK)
            return fail("set", row, NULL);
        if (row % CHANGES_PER_SLEEP == 0)
            sleep_ns(1000);
        if ((row + 1) % (count / PASSES + 1) == 0)
            (void)getchar();
    }
    return tick_store_close(store) == MMF_OK ? 0 : fail("close", count, NULL);
}

/* Replaces one row again and again until the process is killed. */
static int hammer(const char *path, uint64_t row)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = MMF_READ_WRITE;
    mmf_error error;
    tick_store *store = NULL;
    if (tick_store_open(path, &options, &store, &error) != MMF_OK)
        return fail("open", 0, &error);
    /* Made in advance, so that the kill comes during a replacement. */
    tick_record ticks[64];
    const uint64_t marks = sizeof ticks / sizeof ticks[0];
    for (uint64_t i = 0; i < marks; i++)
        ticks[i] = tick_of(row + i * (ROW_MASK + 1));
    (void)puts("ready");
    (void)fflush(stdout);
    for (uint64_t i = 0;; i++)
        if (tick_store_set(store, row, &ticks[i % marks]) != MMF_OK)
            return fail("set", row, NULL);
}

/* ---- Reading ---- */

static int check_rows(const tick_store *store, uint64_t first, uint64_t end)
{
    for (uint64_t row = first; row < end; row++) {
        tick_record tick;
        if (tick_store_get(store, row, &tick) != MMF_OK)
            return fail("get", row, NULL);
        if (!is_whole(&tick, row))
            return fail("a torn or lost record", row, NULL);
    }
    return 0;
}

static int open_to_read(const char *path, tick_store **store)
{
    mmf_error error;
    if (tick_store_open(path, NULL, store, &error) != MMF_OK)
        return fail("open", 0, &error);
    return 0;
}

/* Checks every record of a file that no process writes, and that there are count. */
static int check(const char *path, uint64_t count)
{
    tick_store *store = NULL;
    if (open_to_read(path, &store) != 0)
        return 1;
    if (tick_store_count(store) != count)
        return fail("another count than expected", tick_store_count(store), NULL);
    const int result = check_rows(store, 0, count);
    (void)tick_store_close(store);
    return result;
}

/* Checks every record when it is published and again later, until there are count. */
static int follow(const char *path, uint64_t count)
{
    tick_store *store = NULL;
    if (open_to_read(path, &store) != 0)
        return 1;
    (void)puts("ready");
    (void)fflush(stdout);
    for (uint64_t seen = 0; seen < count;) {
        const uint64_t now = tick_store_count(store);
        if (now < seen)
            return fail("the count shrank", now, NULL);
        /* The new rows and the last thousand before them, which may be changing. */
        if (check_rows(store, seen < 1000 ? 0 : seen - 1000, now) != 0)
            return 1;
        seen = now;
    }
    const int result = check_rows(store, 0, count);
    (void)tick_store_close(store);
    return result;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*act)(const char *path, uint64_t number);
    } acts[] = {{"run", run}, {"hammer", hammer}, {"check", check}, {"follow", follow}};
    for (size_t i = 0; argc == 4 && i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(argv[1], acts[i].name) == 0)
            return acts[i].act(argv[2], strtoull(argv[3], NULL, 10));
    fprintf(stderr, "usage: live_ticks run|hammer|check|follow FILE NUMBER\n");
    return 2;
}
