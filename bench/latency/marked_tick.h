// Ticks whose fields all follow from one number, so that a mixture of two of them is seen.
#ifndef MMF_BENCH_MARKED_TICK_H
#define MMF_BENCH_MARKED_TICK_H

#include <cstdint>
#include <cstring>

#include "tick_store.h"

// The mark is the timestamp. Every byte of the text is in use and most differ from one mark to the
// next, so that no part of the record can be of another one unseen.
inline char mark_letter(uint64_t mark)
{
    return static_cast<char>('0' + mark % 64);
}

inline tick_record marked_tick(uint64_t mark)
{
    tick_record tick = {};
    tick.symbol_length = TICK_SYMBOL_MAX;
    std::memset(tick.symbol, mark_letter(mark), TICK_SYMBOL_MAX);
    tick.price = static_cast<double>(mark);
    tick.volume = -static_cast<double>(mark);
    tick.timestamp = mark;
    return tick;
}

// True when every field is the one that the timestamp asks for.
inline bool is_marked(const tick_record &tick)
{
    char symbol[TICK_SYMBOL_MAX];
    std::memset(symbol, mark_letter(tick.timestamp), sizeof symbol);
    return tick.symbol_length == TICK_SYMBOL_MAX &&
           std::memcmp(tick.symbol, symbol, sizeof symbol) == 0 &&
           tick.price == static_cast<double>(tick.timestamp) &&
           tick.volume == -static_cast<double>(tick.timestamp);
}

#endif
