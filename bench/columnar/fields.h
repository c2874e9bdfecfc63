// The fields of the two records that are measured: their sizes in a file, and how each is moved.
#ifndef MMF_BENCH_COLUMNAR_FIELDS_H
#define MMF_BENCH_COLUMNAR_FIELDS_H

#include <cstddef>
#include <cstdint>
#include <utility>

#include "bench/market_cap_store.h"
#include "mmapforge/detail/record.h"
#include "tick_store.h"

namespace columnar {

// Calls body with each number below Count, as a constant.
template <size_t... I, typename Body> void each_of(std::index_sequence<I...>, Body body)
{
    (body(std::integral_constant<size_t, I>()), ...);
}

// at(field) is the address of a field of one record, wherever the layout has it.
struct TickFields {
    using Record = tick_record;
    enum : size_t {
        kSymbol,
        kPrice,
        kVolume,
        kTimestamp,
        kCount
    };
    static constexpr size_t kSizes[kCount] = {MMFI_LENGTH_SIZE + TICK_SYMBOL_MAX, 8, 8, 8};

    template <typename Body> static void each(Body body)
    {
        each_of(std::make_index_sequence<kCount>(), body);
    }
    template <typename At> static void load(At at, Record *out)
    {
        out->symbol_length = mmfi_load_string(at(kSymbol), 0, TICK_SYMBOL_MAX, out->symbol);
        out->price = mmfi_load_float64(at(kPrice), 0);
        out->volume = mmfi_load_float64(at(kVolume), 0);
        out->timestamp = mmfi_load_uint64(at(kTimestamp), 0);
    }
    template <typename At> static void save(At at, const Record *in)
    {
        mmfi_save_string(at(kSymbol), 0, TICK_SYMBOL_MAX, in->symbol, in->symbol_length);
        mmfi_save_float64(at(kPrice), 0, in->price);
        mmfi_save_float64(at(kVolume), 0, in->volume);
        mmfi_save_uint64(at(kTimestamp), 0, in->timestamp);
    }
};

struct MarketCapFields {
    using Record = market_cap_record;
    enum : size_t {
        kId,
        kPrice,
        kVolume,
        kMarketCap,
        kStale,
        kCount
    };
    static constexpr size_t kSizes[kCount] = {8, 8, 8, 8, 1};

    template <typename Body> static void each(Body body)
    {
        each_of(std::make_index_sequence<kCount>(), body);
    }
    template <typename At> static void load(At at, Record *out)
    {
        out->id = mmfi_load_uint64(at(kId), 0);
        out->price = mmfi_load_float64(at(kPrice), 0);
        out->volume = mmfi_load_float64(at(kVolume), 0);
        out->market_cap = mmfi_load_float64(at(kMarketCap), 0);
        out->stale = mmfi_load_bool(at(kStale), 0);
    }
    template <typename At> static void save(At at, const Record *in)
    {
        mmfi_save_uint64(at(kId), 0, in->id);
        mmfi_save_float64(at(kPrice), 0, in->price);
        mmfi_save_float64(at(kVolume), 0, in->volume);
        mmfi_save_float64(at(kMarketCap), 0, in->market_cap);
        mmfi_save_bool(at(kStale), 0, in->stale);
    }
};

} // namespace columnar

#endif
