/*
 * A caller that looks at no status: each result has a value all the same, 0 where a call failed. It
 * is compiled with optimisation, which is when gcc sees a variable that a call may leave unset.
 */
#include <stdio.h>

#include "tick_store.h"

static int failures;

static void expect(double found, double expected, const char *what)
{
    if (found == expected)
        return;
    (void)fprintf(stderr, "FAILED: %s is %g, expected %g\n", what, found, expected);
    failures++;
}

/* Not inlined, and with arguments that the compiler does not know. */
__attribute__((noinline)) static void read_row(const tick_store *store, uint64_t row)
{
    double price;
    (void)tick_store_get_price(store, row, &price);
    expect(price, 0, "the price");

    uint64_t timestamp;
    (void)tick_store_get_timestamp(store, row, &timestamp);
    expect((double)timestamp, 0, "the timestamp");

    mmf_str symbol;
    (void)tick_store_view_symbol(store, row, &symbol);
    expect((double)symbol.length, 0, "the length of the symbol");
    expect(symbol.data == NULL, 1, "that there is no symbol");

    uint64_t sequence;
    (void)tick_store_read_begin(store, row, &sequence);
    expect((double)sequence, 0, "the sequence");
    expect(tick_store_read_retry(store, row, sequence), 1, "that it must be read again");
}

__attribute__((noinline)) static void read_rows(const tick_store *store, uint64_t first)
{
    tick_rows rows;
    (void)tick_store_rows(store, first, 1, &rows);
    expect((double)tick_rows_count(rows), 0, "the count of rows");

    mmf_column_float64 prices;
    (void)tick_store_column_price(store, first, 1, &prices);
    expect((double)prices.count, 0, "the count of prices");
}

__attribute__((noinline)) static void append(tick_store *store, const tick_record *record)
{
    uint64_t row;
    (void)tick_store_append(store, record, &row);
    expect((double)row, 0, "the row");
}

__attribute__((noinline)) static void open_store(const char *path)
{
    tick_store *store;
    mmf_error error;
    (void)tick_store_open(path, NULL, &store, &error);
    expect(store == NULL, 1, "that there is no store");
    (void)tick_store_close(store);
}

int main(void)
{
    const tick_record record = {"AAPL", 4, 189.5, 100, 1};
    const tick_record too_long = {"", TICK_SYMBOL_MAX + 1, 0, 0, 0};
    read_row(NULL, 0);
    read_rows(NULL, 0);
    append(NULL, &record);
    append(NULL, &too_long);
    append(NULL, NULL);
    open_store("/nowhere/at/all.mmf");
    return failures == 0 ? 0 : 1;
}
