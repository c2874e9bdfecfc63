/*
 * Writes deals that Python reads, and reads deals that Python wrote. Each value of deal i follows
 * from i; the fields that may be null are where i is odd.
 *
 * usage: deals write|check FILE
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "deal_store.h"

#define COUNT 4

static level level_of(int64_t i)
{
    level out;
    level_init(&out);
    out.price = 10000 * i - 1;
    out.orders = (uint16_t)(i % 2 == 0 ? i : 0);
    out.orders_is_null = i % 2 != 0;
    out.side = i % 2 == 0 ? SIDE_SELL : SIDE_BUY;
    return out;
}

static deal_record deal_of(int64_t i)
{
    deal_record out;
    deal_record_init(&out);
    out.at = -1000000 + i;
    out.day = (int32_t)(19000 + i);
    out.side = i % 2 == 0 ? SIDE_SELL : SIDE_BUY;
    for (unsigned k = 0; k < DEAL_LEVELS_COUNT; k++)
        out.levels[k] = level_of(i + k);
    for (unsigned k = 0; k < DEAL_GREEKS_COUNT; k++)
        out.greeks[k] = 0.5 * (double)i + k;
    out.flags[0] = i % 2 == 0;
    out.flags[1] = true;
    const bool null = i % 2 != 0;
    out.fee_is_null = out.memo_is_null = out.last_is_null = null;
    out.sides_is_null = out.size_is_null = null;
    if (!null) {
        out.fee = -5 - i;
        (void)deal_record_set_memo(&out, "m\xc3\xa9mo");
        out.last = level_of(i);
        out.sides[0] = SIDE_SELL;
        out.sides[1] = SIDE_BUY;
        out.size = (int32_t)-i;
    }
    return out;
}

static bool same_level(const level *a, const level *b)
{
    return a->price == b->price && a->side == b->side && a->orders_is_null == b->orders_is_null &&
           (a->orders_is_null || a->orders == b->orders);
}

static bool same_nullable(const deal_record *a, const deal_record *b)
{
    if (a->fee_is_null != b->fee_is_null || a->memo_is_null != b->memo_is_null ||
        a->last_is_null != b->last_is_null || a->sides_is_null != b->sides_is_null ||
        a->size_is_null != b->size_is_null)
        return false;
    return (a->fee_is_null || a->fee == b->fee) &&
           (a->memo_is_null || strcmp(a->memo, b->memo) == 0) &&
           (a->last_is_null || same_level(&a->last, &b->last)) &&
           (a->sides_is_null || (a->sides[0] == b->sides[0] && a->sides[1] == b->sides[1])) &&
           (a->size_is_null || a->size == b->size);
}

static bool same(const deal_record *a, const deal_record *b)
{
    for (unsigned k = 0; k < DEAL_LEVELS_COUNT; k++)
        if (!same_level(&a->levels[k], &b->levels[k]))
            return false;
    for (unsigned k = 0; k < DEAL_GREEKS_COUNT; k++)
        if (fabs(a->greeks[k] - b->greeks[k]) > 0)
            return false;
    return a->at == b->at && a->day == b->day && a->side == b->side && a->flags[0] == b->flags[0] &&
           a->flags[1] == b->flags[1] && same_nullable(a, b);
}

static mmf_status write_deals(deal_store *store)
{
    mmf_status status = MMF_OK;
    for (int64_t i = 0; i < COUNT && status == MMF_OK; i++) {
        const deal_record deal = deal_of(i);
        status = deal_store_append(store, &deal, NULL);
    }
    return status;
}

static mmf_status check_deals(const deal_store *store)
{
    for (uint64_t i = 0; i < deal_store_count(store); i++) {
        deal_record found;
        const deal_record expected = deal_of((int64_t)(i % COUNT));
        const mmf_status status = deal_store_get(store, i, &found);
        if (status != MMF_OK)
            return status;
        if (!same(&found, &expected)) {
            (void)fprintf(stderr, "row %d differs\n", (int)i);
            return MMF_ERR_CORRUPT;
        }
    }
    return deal_store_count(store) >= COUNT ? MMF_OK : MMF_ERR_RANGE;
}

int main(int argc, char **argv)
{
    deal_store *store = NULL;
    mmf_error error;
    if (argc != 3)
        return 2;
    const bool writes = strcmp(argv[1], "write") == 0;
    mmf_status status = writes ? deal_store_create(argv[2], NULL, &store, &error)
                               : deal_store_open(argv[2], NULL, &store, &error);
    if (status != MMF_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    status = writes ? write_deals(store) : check_deals(store);
    if (status != MMF_OK)
        (void)fprintf(stderr, "%s\n", mmf_status_text(status));
    const mmf_status closed = deal_store_close(store);
    return status == MMF_OK && closed == MMF_OK ? 0 : 1;
}
