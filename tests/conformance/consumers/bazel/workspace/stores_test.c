/* Creates, fills, reads and reopens every store of this workspace, with plain C alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/sensor_store.h"
#include "market_store.h"
#include "order_store.h"
#include "turnover.h"

static int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s is false\n", __FILE__, __LINE__, #condition);               \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

/* For what the rest of a test cannot do without. */
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        CHECK(condition);                                                                          \
        if (failures != 0)                                                                         \
            exit(EXIT_FAILURE);                                                                    \
    } while (0)

static const char *path_of(const char *name)
{
    static char path[4096];
    const char *directory = getenv("TEST_TMPDIR");
    REQUIRE(directory != NULL);
    const int length = snprintf(path, sizeof path, "%s/%s", directory, name);
    REQUIRE(length > 0 && (size_t)length < sizeof path);
    return path;
}

/* Two trades: 10.5 * 4 + 2 * 8 = 58, exact in binary. */
static void test_trades(void)
{
    const char *path = path_of("trades");
    const trade_record first = {.venue = "XETR", .venue_length = 4, .price = 10.5, .size = 4};
    const trade_record second = {.venue = "", .venue_length = 0, .price = 2, .size = 8};
    trade_store *store = NULL;
    uint64_t row = 99;

    REQUIRE(trade_store_create(path, NULL, &store, NULL) == MMF_OK);
    CHECK(trade_store_count(store) == 0);
    CHECK(turnover(store) == 0);
    CHECK(trade_store_append(store, &first, &row) == MMF_OK);
    CHECK(row == 0);
    CHECK(trade_store_append(store, &second, &row) == MMF_OK);
    CHECK(row == 1);
    CHECK(trade_store_close(store) == MMF_OK);

    REQUIRE(trade_store_open(path, NULL, &store, NULL) == MMF_OK);
    CHECK(trade_store_count(store) == 2);
    trade_record got;
    REQUIRE(trade_store_get(store, 0, &got) == MMF_OK);
    CHECK(got.venue_length == 4 && strcmp(got.venue, "XETR") == 0);
    CHECK(got.price == 10.5);
    CHECK(got.size == 4);
    REQUIRE(trade_store_get(store, 1, &got) == MMF_OK);
    CHECK(got.venue_length == 0 && got.venue[0] == '\0');
    CHECK(trade_store_get(store, 2, &got) == MMF_ERR_RANGE);
    CHECK(turnover(store) == 58);
    CHECK(trade_store_append(store, &first, NULL) == MMF_ERR_READ_ONLY);
    CHECK(trade_store_close(store) == MMF_OK);
}

/* The other record of the same schema; a file of one is not taken for a file of the other. */
static void test_quotes(void)
{
    const char *path = path_of("quotes");
    const quote_record quote = {.bid = 1.25, .ask = 1.5};
    quote_store *store = NULL;

    REQUIRE(quote_store_create(path, NULL, &store, NULL) == MMF_OK);
    CHECK(quote_store_append(store, &quote, NULL) == MMF_OK);
    CHECK(quote_store_close(store) == MMF_OK);

    trade_store *trades = NULL;
    CHECK(trade_store_open(path, NULL, &trades, NULL) != MMF_OK);
    CHECK(trades == NULL);

    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = MMF_READ_WRITE;
    REQUIRE(quote_store_open(path, &options, &store, NULL) == MMF_OK);
    CHECK(quote_store_set_ask(store, 0, 1.75) == MMF_OK);
    quote_record got;
    REQUIRE(quote_store_get(store, 0, &got) == MMF_OK);
    CHECK(got.bid == 1.25);
    CHECK(got.ask == 1.75);
    CHECK(quote_store_close(store) == MMF_OK);
}

static void test_orders(void)
{
    const char *path = path_of("orders");
    const order_record order = {
        .id = UINT64_MAX, .is_buy = true, .tag = {1, 0, 2}, .tag_length = 3};
    order_store *store = NULL;

    REQUIRE(order_store_create(path, NULL, &store, NULL) == MMF_OK);
    CHECK(order_store_append(store, &order, NULL) == MMF_OK);
    CHECK(order_store_close(store) == MMF_OK);

    REQUIRE(order_store_open(path, NULL, &store, NULL) == MMF_OK);
    order_record got;
    REQUIRE(order_store_get(store, 0, &got) == MMF_OK);
    CHECK(got.id == UINT64_MAX);
    CHECK(got.is_buy);
    CHECK(got.tag_length == 3 && memcmp(got.tag, order.tag, 3) == 0);
    CHECK(order_store_close(store) == MMF_OK);
}

static void test_readings(void)
{
    const char *path = path_of("readings");
    const reading_record reading = {.sensor = 7, .celsius = -2.5f};
    reading_store *store = NULL;

    REQUIRE(reading_store_create(path, NULL, &store, NULL) == MMF_OK);
    CHECK(reading_store_append(store, &reading, NULL) == MMF_OK);
    CHECK(reading_store_close(store) == MMF_OK);

    REQUIRE(reading_store_open(path, NULL, &store, NULL) == MMF_OK);
    reading_record got;
    REQUIRE(reading_store_get(store, 0, &got) == MMF_OK);
    CHECK(got.sensor == 7);
    CHECK(got.celsius == -2.5f);
    CHECK(reading_store_close(store) == MMF_OK);
}

int main(void)
{
    test_trades();
    test_quotes();
    test_orders();
    test_readings();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
