/* Reads a price N times, one way: the difference of two N under callgrind is what a read costs. */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tick_store.h"

#define ROWS UINT64_C(1024)

typedef struct raw_tick {
    unsigned char before[TICK_PRICE_OFFSET];
    double price;
    unsigned char after[TICK_RECORD_SIZE - TICK_PRICE_OFFSET - sizeof(double)];
} raw_tick;

static void must(mmf_status status)
{
    if (status != MMF_OK)
        abort();
}

static void keep(double value)
{
#if defined(__x86_64__)
    __asm__ volatile("" : : "x"(value));
#else
    __asm__ volatile("" : : "w"(value));
#endif
}

static void loop_raw(const raw_tick *rows, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        keep(rows[i % ROWS].price);
}

static void loop_get(const tick_store *store, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        double price;
        must(tick_store_get_price(store, i % ROWS, &price));
        keep(price);
    }
}

static void loop_seqlocked(const tick_store *store, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        double price;
        uint64_t sequence;
        do {
            must(tick_store_read_begin(store, i % ROWS, &sequence));
            must(tick_store_get_price(store, i % ROWS, &price));
        } while (tick_store_read_retry(store, i % ROWS, sequence));
        keep(price);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: tick_loop raw|get|seqlocked N NEW_FILE\n");
        return 2;
    }
    const uint64_t count = strtoull(argv[2], NULL, 10);
    static raw_tick rows[ROWS];
    tick_store *store = NULL;
    mmf_error error;
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = UINT64_C(1) << 26; /* valgrind has no 64 GiB to give */
    if (tick_store_create(argv[3], &options, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "tick_loop: %s\n", error.message);
        return 1;
    }
    (void)unlink(argv[3]);
    tick_record record;
    memset(&record, 0, sizeof record);
    for (uint64_t i = 0; i < ROWS; i++)
        must(tick_store_append(store, &record, NULL));
    if (strcmp(argv[1], "raw") == 0)
        loop_raw(rows, count);
    else if (strcmp(argv[1], "get") == 0)
        loop_get(store, count);
    else
        loop_seqlocked(store, count);
    return tick_store_close(store) == MMF_OK ? 0 : 1;
}
