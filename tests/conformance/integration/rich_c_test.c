/*
 * A C program with two generated headers that share an enum, and two versions of one record. What
 * each call does is tested in rich_test.cpp; here it is compiled as C.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rich_old_store.h"
#include "rich_store.h"

static int failures;

static void expect(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "FAILED: %s\n", what);
    failures++;
}

#define EXPECT(condition) expect(condition, #condition)

static void fill(summed_record *record)
{
    summed_record_init(record);
    record->sides[0] = record->sides[1] = SIDE_BUY;
    note *const notes[] = {&record->note, &record->notes[0], &record->notes[1]};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < NOTE_KINDS_COUNT; j++)
            notes[i]->kinds[j] = SIDE_SELL;
}

static void use(summed_store *store)
{
    summed_record record;
    fill(&record);
    EXPECT(summed_record_check(&record) == MMF_OK);
    EXPECT(summed_store_append(store, &record, NULL) == MMF_OK);
    EXPECT(summed_store_set_side(store, 0, (enum side)9) == MMF_ERR_ENUM);
    EXPECT(summed_store_set_cost(store, 0, INT64_C(10000000000)) == MMF_ERR_ARGUMENT);
    EXPECT(summed_store_set_bids_price_at(store, 0, DEPTH - 1, 5) == MMF_OK);
    EXPECT(summed_store_set_bids_price_at(store, 0, DEPTH, 5) == MMF_ERR_ARGUMENT);
    EXPECT(summed_store_clear_title(store, 0) == MMF_OK);
    double greeks[SUMMED_GREEKS_COUNT] = {1, 2, 3, 4, 5};
    EXPECT(summed_store_set_greeks(store, 0, greeks) == MMF_OK);
    level best = {.price = 3, .size = 4, .orders_is_null = true};
    EXPECT(summed_store_set_best(store, 0, &best) == MMF_OK);

    summed_record found;
    EXPECT(summed_store_get(store, 0, &found) == MMF_OK);
    EXPECT(found.side == SIDE_SELL && found.bids[2].price == 5 && found.bids[1].price == 0);
    EXPECT(found.title_is_null && !found.fee_is_null && found.fee == 2500);
    EXPECT(found.greeks[4] == 5 && found.best.price == 3 && found.best.orders_is_null);
    EXPECT(strcmp(found.note.text, "50% ?") == 0 && found.note.kinds[1] == SIDE_SELL);
    EXPECT(found.low == INT64_MIN && found.high == UINT64_MAX);
    char title[SUMMED_TITLE_MAX + 1];
    EXPECT(summed_store_get_title(store, 0, title, sizeof title, NULL) == MMF_ERR_NULL);
}

int main(void)
{
    const char *directory = getenv("TEST_TMPDIR");
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/rich_c.mmf", directory != NULL ? directory : "/tmp");
    (void)remove(path);
    mmf_error error;
    summed_store *store = NULL;
    if (summed_store_create(path, NULL, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    use(store);
    EXPECT(summed_store_close(store) == MMF_OK);
    plain_v1_store *old = NULL;
    EXPECT(plain_v1_store_open(path, NULL, &old, &error) == MMF_ERR_SCHEMA);
    EXPECT(strcmp(plain_v1_schema.name, plain_schema.name) == 0);
    EXPECT(plain_v1_schema.version == 1 && plain_schema.version == 2);
    (void)remove(path);
    return failures != 0;
}
