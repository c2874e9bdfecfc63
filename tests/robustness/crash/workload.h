// A writer's work as a list of steps, and what a store must hold before and after each.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_WORKLOAD_H
#define MMF_TESTS_ROBUSTNESS_CRASH_WORKLOAD_H

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "tick_store.h"

enum class Kind {
    kAppend,
    kSet,
    kSetSymbol,
    kSetPrice,
    kSync
};

struct Step {
    Kind kind;
    uint64_t row;
    uint64_t mark;
};

using Records = std::vector<tick_record>;

inline tick_record marked_tick(uint64_t mark)
{
    tick_record tick;
    memset(&tick, 0, sizeof tick);
    const int length =
        snprintf(tick.symbol, sizeof tick.symbol, "%0*llu", static_cast<int>(8 + mark % 56),
                 static_cast<unsigned long long>(mark));
    tick.symbol_length = static_cast<size_t>(length);
    tick.price = static_cast<double>(mark);
    tick.volume = static_cast<double>(mark) * 2;
    tick.timestamp = mark;
    return tick;
}

// Appends with every other kind between them; the file grows on the way.
inline std::vector<Step> make_steps(uint64_t appends)
{
    std::vector<Step> steps;
    for (uint64_t i = 0; i < appends; i++) {
        steps.push_back({Kind::kAppend, i, 1000 + i});
        steps.push_back({Kind::kSet, i / 2, 2000 + i});
        if (i % 3 == 0)
            steps.push_back({Kind::kSetSymbol, i * 7 % (i + 1), 3000 + i});
        if (i % 3 == 1)
            steps.push_back({Kind::kSetPrice, i * 5 % (i + 1), 4000 + i});
        if (i % 8 == 7)
            steps.push_back({Kind::kSync, 0, 0});
    }
    return steps;
}

// The records that the steps are about: made beforehand, so that making them is no part of a step.
inline Records ticks_of(const std::vector<Step> &steps)
{
    Records ticks;
    for (const Step &step : steps)
        ticks.push_back(marked_tick(step.mark));
    return ticks;
}

inline mmf_status do_step(tick_store *store, const Step &step, const tick_record &tick)
{
    switch (step.kind) {
    case Kind::kAppend:
        return tick_store_append(store, &tick, nullptr);
    case Kind::kSet:
        return tick_store_set(store, step.row, &tick);
    case Kind::kSetSymbol:
        return tick_store_set_symbol(store, step.row, tick.symbol, tick.symbol_length);
    case Kind::kSetPrice:
        return tick_store_set_price(store, step.row, tick.price);
    case Kind::kSync:
        return tick_store_sync(store, nullptr);
    }
    return MMF_ERR_ARGUMENT;
}

// What the step makes of the record that it is about.
inline void model_record(tick_record &record, const Step &step)
{
    const tick_record tick = marked_tick(step.mark);
    switch (step.kind) {
    case Kind::kAppend:
    case Kind::kSet:
        record = tick;
        break;
    case Kind::kSetSymbol:
        memcpy(record.symbol, tick.symbol, sizeof tick.symbol);
        record.symbol_length = tick.symbol_length;
        break;
    case Kind::kSetPrice:
        record.price = tick.price;
        break;
    case Kind::kSync:
        break;
    }
}

// The same step on what a store must hold.
inline void model_step(Records &records, const Step &step)
{
    if (step.kind == Kind::kAppend)
        records.emplace_back();
    if (step.kind != Kind::kSync)
        model_record(records[step.row], step);
}

inline bool is_same(const tick_record &a, const tick_record &b)
{
    return a.symbol_length == b.symbol_length && memcmp(a.symbol, b.symbol, a.symbol_length) == 0 &&
           a.price == b.price && a.volume == b.volume && a.timestamp == b.timestamp;
}

// "" when the store holds these records; else the first difference.
inline std::string difference(const tick_store *store, const Records &records)
{
    if (tick_store_count(store) != records.size())
        return "count " + std::to_string(tick_store_count(store)) + ", expected " +
               std::to_string(records.size());
    for (uint64_t row = 0; row < records.size(); row++) {
        tick_record tick;
        const mmf_status status = tick_store_get(store, row, &tick);
        if (status != MMF_OK)
            return "row " + std::to_string(row) + ": " + mmf_status_name(status);
        if (!is_same(tick, records[row]))
            return "row " + std::to_string(row) + " is of mark " + std::to_string(tick.timestamp) +
                   ", price " + std::to_string(tick.price) + ", symbol " + tick.symbol;
    }
    return "";
}

#endif
