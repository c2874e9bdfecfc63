/* The hot calls of a store of ticks, 104 bytes each, and the same work on an array of structs. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "bench/micro/raw_tick.h"
#include "mmapforge/value.h"

#define loop_store  tick_store
#define loop_record tick_record
#define loop_raw    raw_tick
#define loop_create tick_store_create
#define loop_append tick_store_append
#define loop_set    tick_store_set
#define loop_get    tick_store_get
#include "bench/micro/array_loops.h"

static const loop_record sample = {"MMFORGE1", 8, 1.0, 2.0, 3};

static void prepare(const char *path, uint64_t count)
{
    make_store(path, count, false);
    make_rows(count);
    for (uint64_t i = 0; i < ROWS; i++) {
        rows[i].symbol_length = (uint32_t)sample.symbol_length;
        memcpy(rows[i].symbol, sample.symbol, sizeof rows[i].symbol);
    }
}

/* ---- Plain memory ---- */

LOOP raw_get(uint64_t count)
{
    const raw_tick *from = rows;
    for (uint64_t i = 0; i < count; i++)
        keep(from[i % ROWS].price);
}

LOOP raw_string_copy(uint64_t count)
{
    const raw_tick *from = rows;
    char out[TICK_SYMBOL_MAX + 1];
    for (uint64_t i = 0; i < count; i++) {
        const size_t length = from[i % ROWS].symbol_length;
        memcpy(out, from[i % ROWS].symbol, length);
        out[length] = '\0';
        keep_memory(out);
    }
}

LOOP raw_set(uint64_t count)
{
    raw_tick *to = rows;
    for (uint64_t i = 0; i < count; i++) {
        to[i % ROWS].price = 1.0;
        keep_memory(to);
    }
}

LOOP raw_column(uint64_t count)
{
    const raw_tick *from = rows;
    double sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += from[i % ROWS].price;
    keep(sum);
}

/* ---- The store ---- */

LOOP get(uint64_t count)
{
    const tick_store *from = store;
    for (uint64_t i = 0; i < count; i++) {
        double price;
        must(tick_store_get_price(from, i % ROWS, &price));
        keep(price);
    }
}

LOOP get_seqlocked(uint64_t count)
{
    const tick_store *from = store;
    for (uint64_t i = 0; i < count; i++) {
        double price;
        uint64_t sequence;
        do {
            must(tick_store_read_begin(from, i % ROWS, &sequence));
            must(tick_store_get_price(from, i % ROWS, &price));
        } while (tick_store_read_retry(from, i % ROWS, sequence));
        keep(price);
    }
}

LOOP rows_seqlocked(uint64_t count)
{
    const tick_store *from = store;
    for (uint64_t i = 0; i < count; i++) {
        tick_rows row;
        double price;
        uint64_t sequence;
        must(tick_store_rows(from, i % ROWS, 1, &row));
        do {
            must(tick_rows_read_begin(row, 0, &sequence));
            price = tick_rows_price(row, 0);
        } while (tick_rows_read_retry(row, 0, sequence));
        keep(price);
    }
}

LOOP string_view(uint64_t count)
{
    const tick_store *from = store;
    for (uint64_t i = 0; i < count; i++) {
        mmf_str symbol;
        must(tick_store_view_symbol(from, i % ROWS, &symbol));
        keep_word((uint64_t)(uintptr_t)symbol.data);
        keep_word(symbol.length);
    }
}

/* The same of any store, whose field was found in its schema. */
LOOP value_string(uint64_t count)
{
    const mmf_store *from = tick_store_base(store);
    const mmf_field *symbol = mmf_schema_find(mmf_store_schema(from), "symbol");
    char out[TICK_SYMBOL_MAX + 1];
    for (uint64_t i = 0; i < count; i++) {
        mmf_value value;
        must(mmf_store_get_value(from, i % ROWS, symbol, out, sizeof out, &value));
        keep_word(value.as.string.length);
        keep_memory(out);
    }
}

LOOP string_copy(uint64_t count)
{
    const tick_store *from = store;
    char out[TICK_SYMBOL_MAX + 1];
    for (uint64_t i = 0; i < count; i++) {
        size_t length;
        must(tick_store_get_symbol(from, i % ROWS, out, sizeof out, &length));
        keep_word(length);
        keep_memory(out);
    }
}

LOOP string_set(uint64_t count)
{
    tick_store *to = store;
    size_t length = sample.symbol_length;
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&length);
        must(tick_store_set_symbol(to, i % ROWS, sample.symbol, length));
    }
}

LOOP set(uint64_t count)
{
    tick_store *to = store;
    for (uint64_t i = 0; i < count; i++)
        must(tick_store_set_price(to, i % ROWS, 1.0));
}

LOOP column_seqlocked(uint64_t count)
{
    tick_rows window;
    must(tick_store_rows(store, 0, ROWS, &window));
    double sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        double price;
        uint64_t sequence;
        do {
            must(tick_rows_read_begin(window, i % ROWS, &sequence));
            price = tick_rows_price(window, i % ROWS);
        } while (tick_rows_read_retry(window, i % ROWS, sequence));
        sum += price;
    }
    keep(sum);
}

LOOP column(uint64_t count)
{
    mmf_column_float64 prices;
    must(tick_store_column_price(store, 0, ROWS, &prices));
    double sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += mmf_column_float64_at(prices, i % ROWS);
    keep(sum);
}

int main(int argc, char **argv)
{
    static const loop loops[] = {
        {"raw_get", raw_get},
        {"get", get},
        {"get_seqlocked", get_seqlocked},
        {"rows_seqlocked", rows_seqlocked},
        {"string_view", string_view},
        {"raw_string_copy", raw_string_copy},
        {"string_copy", string_copy},
        {"value_string", value_string},
        {"string_set", string_set},
        {"raw_set", raw_set},
        {"set", set},
        {"raw_record_get", raw_record_get},
        {"record_get", record_get},
        {"raw_record_set", raw_record_set},
        {"record_set", record_set},
        {"raw_append", raw_append},
        {"append", append},
        {"raw_column", raw_column},
        {"column", column},
        {"column_seqlocked", column_seqlocked},
        {NULL, NULL},
    };
    return loop_main(argc, argv, loops, prepare);
}
