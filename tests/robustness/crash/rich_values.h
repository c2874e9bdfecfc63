// The values and calls of a Tick that has one of everything, for workload.h.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_RICH_VALUES_H
#define MMF_TESTS_ROBUSTNESS_CRASH_RICH_VALUES_H

#include "tests/robustness/crash/step.h"

constexpr Kind kParts[] = {
    Kind::kSetSymbol, Kind::kSetPrice, Kind::kSetSide,    Kind::kSetDay,    Kind::kSetCost,
    Kind::kSetBids,   Kind::kSetFee,   Kind::kSetBidSize, Kind::kSetGreek,  Kind::kSetVenue,
    Kind::kSetTerms,  Kind::kSetMemo,  Kind::kSetLast,    Kind::kSetGreeks, Kind::kSetFields,
    Kind::kSetAlive,  Kind::kSetLots,  Kind::kSetBorn,    Kind::kSetWay,    Kind::kSetBestPrice,
    Kind::kSetBid,    Kind::kSetTags,  Kind::kSetRatio,
};

constexpr uint64_t kPartsPerThree = 6; // appends

// Those that a power cut is tried with in all of their orders.
constexpr Kind kPartsOfTails[] = {Kind::kSetBidSize, Kind::kSetFee, Kind::kSetLast};

// Fields of Kind::kSetFields, in the order of the schema.
constexpr uint32_t kFieldsAtOnce[] = {7, 13, 14, 15}; // bids, fee, memo, last

// Every value fits the narrower fields of adapted/older.mmfs, too.
inline level marked_level(uint64_t mark, uint64_t index)
{
    level out;
    memset(&out, 0, sizeof out);
    out.price = static_cast<int64_t>(mark * 16 + index);
    out.size = static_cast<uint32_t>(mark * 3 + index);
    out.orders_is_null = mark % 3 == index % 3;
    out.orders = out.orders_is_null ? uint16_t{0} : static_cast<uint16_t>(1 + mark % 241);
    return out;
}

// Which of several fields are null changes from one mark to the next.
inline bool is_null_of(uint64_t mark, unsigned number)
{
    return (mark * 2654435761u >> (8 + number) & 1) != 0;
}

inline tick_record marked_tick(uint64_t mark)
{
    tick_record tick;
    tick_record_init(&tick); // lane and remark are as in files that lack them
    tick.symbol_length = fill_symbol(tick.symbol, sizeof tick.symbol, 8 + mark % 8, mark);
    tick.price = static_cast<double>(mark);
    tick.side = mark % 2 == 0 ? SIDE_BUY : SIDE_SELL;
    tick.at = static_cast<int64_t>(mark) * 1000003;
    tick.day = static_cast<int32_t>(mark % 100000) - 50000;
    tick.cost = static_cast<int64_t>(mark * 10 + 7);
    tick.terms.best = marked_level(mark, 5);
    tick.terms.day = static_cast<int32_t>(mark % 77777);
    tick.terms.venue_length =
        fill_symbol(tick.terms.venue, sizeof tick.terms.venue, 1 + mark % 5, mark % 10);
    for (size_t i = 0; i < TICK_BIDS_COUNT; i++)
        tick.bids[i] = marked_level(mark, i);
    for (size_t i = 0; i < TICK_GREEKS_COUNT; i++)
        tick.greeks[i] = static_cast<double>(mark % 4096) + static_cast<double>(i) * 4096;
    if (!(tick.alive_is_null = is_null_of(mark, 0)))
        tick.alive = mark % 5 == 0;
    if ((tick.lots_is_null = is_null_of(mark, 1)))
        tick.lots = 0;
    else
        tick.lots = static_cast<uint16_t>(1 + mark % 251);
    if (!(tick.born_is_null = is_null_of(mark, 2)))
        tick.born = static_cast<int32_t>(mark) + 1;
    if (!(tick.way_is_null = is_null_of(mark, 3)))
        tick.way = mark % 3 == 0 ? SIDE_BUY : SIDE_SELL;
    if ((tick.fee_is_null = is_null_of(mark, 4)))
        tick.fee = 0;
    else
        tick.fee = static_cast<int64_t>(mark * 10 + 3);
    if (!(tick.memo_is_null = is_null_of(mark, 5)))
        tick.memo_length = fill_symbol(tick.memo, sizeof tick.memo, 1 + mark % 8, mark % 100000000);
    if (!(tick.last_is_null = is_null_of(mark, 6)))
        tick.last = marked_level(mark, 6);
    if (!(tick.tags_is_null = is_null_of(mark, 7)))
        for (size_t i = 0; i < TICK_TAGS_COUNT; i++)
            tick.tags[i] = (mark >> i) % 2 == 0 ? SIDE_BUY : SIDE_SELL;
    if (!(tick.ratio_is_null = is_null_of(mark, 8)))
        tick.ratio = static_cast<float>(1 + mark % 65536);
    tick.timestamp = mark;
    return tick;
}

// The element that a step is about.
inline size_t index_of(const Step &step, size_t count)
{
    return static_cast<size_t>(step.mark % count);
}

inline mmf_status set_fields(tick_store *store, uint64_t row, const tick_record &tick)
{
    uint64_t image[TICK_RECORD_SIZE / 8] = {};
    tick_record_save(reinterpret_cast<unsigned char *>(image), &tick);
    return mmf_store_set_row(reinterpret_cast<mmf_store *>(store), row, image, sizeof image,
                             kFieldsAtOnce, sizeof kFieldsAtOnce / sizeof *kFieldsAtOnce);
}

inline mmf_status set_part(tick_store *store, const Step &step, const tick_record &tick)
{
    const uint64_t row = step.row;
    const size_t bid = index_of(step, TICK_BIDS_COUNT);
    const size_t greek = index_of(step, TICK_GREEKS_COUNT);
    switch (step.kind) {
    case Kind::kSetSymbol:
        return tick_store_set_symbol(store, row, tick.symbol, tick.symbol_length);
    case Kind::kSetPrice:
        return tick_store_set_price(store, row, tick.price);
    case Kind::kSetSide:
        return tick_store_set_side(store, row, tick.side);
    case Kind::kSetDay:
        return tick_store_set_day(store, row, tick.day);
    case Kind::kSetCost:
        return tick_store_set_cost(store, row, tick.cost);
    case Kind::kSetBestPrice:
        return tick_store_set_terms_best_price(store, row, tick.terms.best.price);
    case Kind::kSetBidSize:
        return tick_store_set_bids_size_at(store, row, bid, tick.bids[bid].size);
    case Kind::kSetGreek:
        return tick_store_set_greeks_at(store, row, greek, tick.greeks[greek]);
    case Kind::kSetVenue:
        return tick_store_set_terms_venue(store, row, tick.terms.venue, tick.terms.venue_length);
    case Kind::kSetTerms:
        return tick_store_set_terms(store, row, &tick.terms);
    case Kind::kSetBid:
        return tick_store_set_bids_at(store, row, bid, &tick.bids[bid]);
    case Kind::kSetBids:
        return tick_store_set_bids(store, row, tick.bids);
    case Kind::kSetGreeks:
        return tick_store_set_greeks(store, row, tick.greeks);
    case Kind::kSetFields:
        return set_fields(store, row, tick);
    case Kind::kSetAlive:
        return tick.alive_is_null ? tick_store_clear_alive(store, row)
                                  : tick_store_set_alive(store, row, tick.alive);
    case Kind::kSetLots:
        return tick.lots_is_null ? tick_store_clear_lots(store, row)
                                 : tick_store_set_lots(store, row, tick.lots);
    case Kind::kSetBorn:
        return tick.born_is_null ? tick_store_clear_born(store, row)
                                 : tick_store_set_born(store, row, tick.born);
    case Kind::kSetWay:
        return tick.way_is_null ? tick_store_clear_way(store, row)
                                : tick_store_set_way(store, row, tick.way);
    case Kind::kSetFee:
        return tick.fee_is_null ? tick_store_clear_fee(store, row)
                                : tick_store_set_fee(store, row, tick.fee);
    case Kind::kSetMemo:
        return tick.memo_is_null ? tick_store_clear_memo(store, row)
                                 : tick_store_set_memo(store, row, tick.memo, tick.memo_length);
    case Kind::kSetLast:
        return tick.last_is_null ? tick_store_clear_last(store, row)
                                 : tick_store_set_last(store, row, &tick.last);
    case Kind::kSetTags:
        return tick.tags_is_null ? tick_store_clear_tags(store, row)
                                 : tick_store_set_tags(store, row, tick.tags);
    case Kind::kSetRatio:
        return tick.ratio_is_null ? tick_store_clear_ratio(store, row)
                                  : tick_store_set_ratio(store, row, tick.ratio);
    default:
        return MMF_ERR_ARGUMENT;
    }
}

// One field of both, and whether it is null.
#define MMF_TESTS_COPY_NULLABLE(field)                                                             \
    do {                                                                                           \
        memcpy(&record.field, &tick.field, sizeof tick.field);                                     \
        record.field##_is_null = tick.field##_is_null;                                             \
    } while (0)

inline void model_memo(tick_record &record, const tick_record &tick)
{
    MMF_TESTS_COPY_NULLABLE(memo);
    record.memo_length = tick.memo_length;
}

inline void model_part(tick_record &record, const Step &step, const tick_record &tick)
{
    const size_t bid = index_of(step, TICK_BIDS_COUNT);
    const size_t greek = index_of(step, TICK_GREEKS_COUNT);
    switch (step.kind) {
    case Kind::kSetSymbol:
        memcpy(record.symbol, tick.symbol, sizeof tick.symbol);
        record.symbol_length = tick.symbol_length;
        break;
    case Kind::kSetPrice:
        record.price = tick.price;
        break;
    case Kind::kSetSide:
        record.side = tick.side;
        break;
    case Kind::kSetDay:
        record.day = tick.day;
        break;
    case Kind::kSetCost:
        record.cost = tick.cost;
        break;
    case Kind::kSetBestPrice:
        record.terms.best.price = tick.terms.best.price;
        break;
    case Kind::kSetBidSize:
        record.bids[bid].size = tick.bids[bid].size;
        break;
    case Kind::kSetGreek:
        record.greeks[greek] = tick.greeks[greek];
        break;
    case Kind::kSetVenue:
        memcpy(record.terms.venue, tick.terms.venue, sizeof tick.terms.venue);
        record.terms.venue_length = tick.terms.venue_length;
        break;
    case Kind::kSetTerms:
        record.terms = tick.terms;
        break;
    case Kind::kSetBid:
        record.bids[bid] = tick.bids[bid];
        break;
    case Kind::kSetBids:
        memcpy(record.bids, tick.bids, sizeof tick.bids);
        break;
    case Kind::kSetGreeks:
        memcpy(record.greeks, tick.greeks, sizeof tick.greeks);
        break;
    case Kind::kSetFields:
        memcpy(record.bids, tick.bids, sizeof tick.bids);
        MMF_TESTS_COPY_NULLABLE(fee);
        model_memo(record, tick);
        MMF_TESTS_COPY_NULLABLE(last);
        break;
    case Kind::kSetAlive:
        MMF_TESTS_COPY_NULLABLE(alive);
        break;
    case Kind::kSetLots:
        MMF_TESTS_COPY_NULLABLE(lots);
        break;
    case Kind::kSetBorn:
        MMF_TESTS_COPY_NULLABLE(born);
        break;
    case Kind::kSetWay:
        MMF_TESTS_COPY_NULLABLE(way);
        break;
    case Kind::kSetFee:
        MMF_TESTS_COPY_NULLABLE(fee);
        break;
    case Kind::kSetMemo:
        model_memo(record, tick);
        break;
    case Kind::kSetLast:
        MMF_TESTS_COPY_NULLABLE(last);
        break;
    case Kind::kSetTags:
        MMF_TESTS_COPY_NULLABLE(tags);
        break;
    case Kind::kSetRatio:
        MMF_TESTS_COPY_NULLABLE(ratio);
        break;
    default:
        break;
    }
}

#undef MMF_TESTS_COPY_NULLABLE

// Whether a call stores one word, and no zeroes before it.
inline bool is_one_store(Kind kind)
{
    return kind >= Kind::kSetPrice && kind <= Kind::kSetGreek;
}

// A record of the mark that it has, whatever has become of what alternate() changes.
inline tick_record whole_tick(const tick_record &found)
{
    tick_record tick = marked_tick(found.timestamp);
    tick.fee_is_null |= found.fee_is_null;
    tick.memo_is_null |= found.memo_is_null;
    tick.last_is_null |= found.last_is_null;
    tick.born_is_null |= found.born_is_null;
    return tick;
}

// Calls that leave the record one of its mark: what may be null is so, and is as it was again.
inline mmf_status alternate(tick_store *store, uint64_t row, const tick_record &tick, uint64_t turn)
{
    constexpr Kind kinds[] = {Kind::kSetFee, Kind::kSetLast, Kind::kSetMemo, Kind::kSetBorn};
    const Step step = {kinds[turn % 4], row, 0};
    tick_record without = tick;
    without.fee_is_null = without.memo_is_null = without.last_is_null = without.born_is_null = true;
    const mmf_status status = set_part(store, step, without);
    return status == MMF_OK ? set_part(store, step, tick) : status;
}

inline bool is_level_of_a_mark(const level &found, uint64_t index)
{
    const level whole = marked_level(static_cast<uint64_t>(found.price) / 16, index);
    return found.price == whole.price && found.size == whole.size &&
           found.orders_is_null == whole.orders_is_null && found.orders == whole.orders;
}

// False when a call that reads a part gives what is of no mark.
inline bool parts_are_whole(const tick_store *store, uint64_t row)
{
    int64_t fee = 0;
    int32_t born = 0;
    level last;
    level bids[TICK_BIDS_COUNT];
    char memo[TICK_MEMO_MAX + 1];
    size_t length = 0;
    bool good = true;
    if (tick_store_get_fee(store, row, &fee) == MMF_OK)
        good &= fee % 10 == 3;
    if (tick_store_get_born(store, row, &born) == MMF_OK)
        good &= born > 0;
    if (tick_store_get_last(store, row, &last) == MMF_OK)
        good &= is_level_of_a_mark(last, 6);
    if (tick_store_get_bids(store, row, bids) == MMF_OK)
        for (size_t i = 0; i < TICK_BIDS_COUNT; i++)
            good &= is_level_of_a_mark(bids[i], i) && bids[i].price / 16 == bids[0].price / 16;
    if (tick_store_get_memo(store, row, memo, sizeof memo, &length) == MMF_OK)
        good &= length > 0 && strspn(memo, "0123456789") == length;
    return good;
}

#endif
