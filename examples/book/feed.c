/* Writes the book of an instrument that trades by chance: each update is a record. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "book_store.h"

#define TICK_SIZE 100                          /* 0.01, in units of 10^-4 */
#define START_NS  INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */

static const char USAGE[] = "usage: feed FILE UPDATES\n"
                            "Makes FILE, and appends that many states of an order book to it.\n";

/* Below a bound, and the same in every run: the generator that ISO C gives as an example. */
static uint32_t chance(uint32_t *state, uint32_t bound)
{
    *state = *state * 1103515245u + 12345u;
    return (*state >> 16) % bound;
}

static void fill(level *side, int64_t best, int64_t step, uint32_t *state)
{
    for (uint32_t i = 0; i < DEPTH; i++) {
        side[i].price = best + step * (int64_t)i;
        side[i].size = 100 * (1 + chance(state, 20));
        side[i].orders = (uint16_t)(1 + chance(state, 9));
    }
}

static mmf_status write_updates(book_store *store, uint64_t count)
{
    uint32_t state = 1;
    int64_t middle = INT64_C(1895000); /* 189.50 */
    book_record book;
    book_record_init(&book); /* defaults: continuous, no last price, no fee */
    mmf_status status = book_record_set_symbol(&book, "AAPL");
    for (uint64_t i = 0; status == MMF_OK && i < count; i++) {
        middle += TICK_SIZE * ((int64_t)chance(&state, 3) - 1);
        book.at = START_NS + (int64_t)i * 1000000;
        book.sequence = i + 1;
        book.phase = i % 100 == 99 ? PHASE_AUCTION : PHASE_CONTINUOUS;
        fill(book.bids, middle - TICK_SIZE, -TICK_SIZE, &state);
        fill(book.asks, middle + TICK_SIZE, TICK_SIZE, &state);
        if (chance(&state, 4) == 0) {
            book.last = middle;
            book.last_is_null = false;
        }
        status = book_store_append(store, &book, NULL);
    }
    return status;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long count = argc == 3 ? strtoull(argv[2], &end, 10) : 0;
    if (argc != 3 || argv[2][0] < '0' || argv[2][0] > '9' || *end != '\0' || errno != 0) {
        (void)fputs(USAGE, stderr);
        return 2;
    }
    mmf_error error;
    book_store *store = NULL;
    if (book_store_create(argv[1], NULL, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "feed: %s\n", error.message);
        return 1;
    }
    mmf_status status = write_updates(store, count);
    if (status != MMF_OK)
        (void)mmf_store_explain(book_store_base(store), status, book_store_count(store), NULL,
                                &error);
    else
        status = book_store_sync(store, &error);
    if (status != MMF_OK)
        (void)fprintf(stderr, "feed: %s\n", error.message);
    (void)book_store_close(store);
    return status == MMF_OK ? 0 : 1;
}
