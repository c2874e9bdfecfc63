/* Follows a book while it is written, and prints the best prices of the last update. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(BOOK_VERSION) && BOOK_VERSION == 1
#include "book_1_store.h" /* as it was built when that was the only version */
#else
#include "book_store.h"
#endif

#define PATIENCE_NS UINT64_C(10000000000)

static const char USAGE[] =
    "usage: top FILE UPDATES\n"
    "Waits up to 10 s for that many updates, and prints the last of them.\n";

static void print_top(const book_record *book)
{
    char bid[MMF_DECIMAL_TEXT_SIZE];
    char ask[MMF_DECIMAL_TEXT_SIZE];
    char last[MMF_DECIMAL_TEXT_SIZE] = "none";
    const char *name = phase_name(book->phase);
    (void)mmf_decimal_write(book->bids[0].price, LEVEL_PRICE_SCALE, bid, sizeof bid);
    (void)mmf_decimal_write(book->asks[0].price, LEVEL_PRICE_SCALE, ask, sizeof ask);
    if (!book->last_is_null)
        (void)mmf_decimal_write(book->last, BOOK_LAST_SCALE, last, sizeof last);
    (void)printf("%s %s: %" PRIu32 " at %s, %" PRIu32 " at %s, last %s\n", book->symbol,
                 name != NULL ? name : "in a phase of a newer schema", book->bids[0].size, bid,
                 book->asks[0].size, ask, last);
}

int main(int argc, char **argv)
{
    char *end = NULL;
    const uint64_t count = argc == 3 ? strtoull(argv[2], &end, 10) : 0;
    if (argc != 3 || count == 0 || *end != '\0') {
        (void)fputs(USAGE, stderr);
        return 2;
    }
    mmf_error error;
    book_store *store = NULL;
    if (book_store_open(argv[1], NULL, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "top: %s\n", error.message);
        return 1;
    }
    book_record book;
    mmf_status status = book_store_wait(store, count - 1, PATIENCE_NS);
    if (status == MMF_OK)
        status = book_store_get(store, count - 1, &book);
    if (status == MMF_OK) {
        print_top(&book);
    } else {
        (void)mmf_store_explain(book_store_base(store), status, count - 1, NULL, &error);
        (void)fprintf(stderr, "top: %s\n", error.message);
    }
    (void)book_store_close(store);
    return status == MMF_OK ? 0 : 1;
}
