// The values and calls of a Tick of plain fields, for workload.h.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_FLAT_VALUES_H
#define MMF_TESTS_ROBUSTNESS_CRASH_FLAT_VALUES_H

#include "tests/robustness/crash/step.h"

constexpr Kind kParts[] = {Kind::kSetSymbol, Kind::kSetPrice};

constexpr uint64_t kPartsPerThree = 2; // appends

// Those that a power cut is tried with in all of their orders.
constexpr Kind kPartsOfTails[] = {Kind::kSetPrice, Kind::kSetSymbol};

inline tick_record marked_tick(uint64_t mark)
{
    tick_record tick;
    memset(&tick, 0, sizeof tick);
    tick.symbol_length = fill_symbol(tick.symbol, sizeof tick.symbol, 8 + mark % 56, mark);
    tick.price = static_cast<double>(mark);
    tick.volume = static_cast<double>(mark) * 2;
    tick.timestamp = mark;
    return tick;
}

inline mmf_status set_part(tick_store *store, const Step &step, const tick_record &tick)
{
    return step.kind == Kind::kSetSymbol
               ? tick_store_set_symbol(store, step.row, tick.symbol, tick.symbol_length)
               : tick_store_set_price(store, step.row, tick.price);
}

inline void model_part(tick_record &record, const Step &step, const tick_record &tick)
{
    if (step.kind == Kind::kSetPrice) {
        record.price = tick.price;
        return;
    }
    memcpy(record.symbol, tick.symbol, sizeof tick.symbol);
    record.symbol_length = tick.symbol_length;
}

// Whether a call stores one word, and no zeroes before it.
inline bool is_one_store(Kind kind)
{
    return kind == Kind::kSetPrice;
}

// A record of the mark that it has, whatever has become of what alternate() changes.
inline tick_record whole_tick(const tick_record &found)
{
    return marked_tick(found.timestamp);
}

// Calls that leave the record one of its mark.
inline mmf_status alternate(tick_store *, uint64_t, const tick_record &, uint64_t)
{
    return MMF_OK;
}

// False when a call that reads a part gives what is of no mark.
inline bool parts_are_whole(const tick_store *, uint64_t)
{
    return true;
}

#endif
