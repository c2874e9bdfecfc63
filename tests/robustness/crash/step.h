// One call of a writer's work.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_STEP_H
#define MMF_TESTS_ROBUSTNESS_CRASH_STEP_H

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "tick_store.h"

enum class Kind {
    kAppend,
    kExtend, // kExtendRows records at once, whose marks follow each other
    kSet,
    kSync,
    kSetSymbol,
    kSetPrice,
    // Of rich records alone: one store each,
    kSetSide,
    kSetDay,
    kSetCost,
    kSetBestPrice,
    kSetBidSize,
    kSetGreek,
    // replacements,
    kSetVenue,
    kSetTerms,
    kSetBid,
    kSetBids,
    kSetGreeks,
    kSetFields, // several of them at once, by their numbers
    // and what may be null, and is where that of the mark is null.
    kSetAlive,
    kSetLots,
    kSetBorn,
    kSetWay,
    kSetFee,
    kSetMemo,
    kSetLast,
    kSetTags,
    kSetRatio,
};

constexpr uint64_t kExtendRows = 3;

struct Step {
    Kind kind;
    uint64_t row;
    uint64_t mark;
};

// The mark in decimal digits, width of them or as many as it has; their number.
inline size_t fill_symbol(char *to, size_t size, uint64_t width, uint64_t mark)
{
    return static_cast<size_t>(snprintf(to, size, "%0*llu", static_cast<int>(width),
                                        static_cast<unsigned long long>(mark)));
}

#endif
