// Rows (the generated stores) and blocks (the prototype) behind the same names, full of the same
// records, for loops that are templates over both.
#ifndef MMF_BENCH_COLUMNAR_LAYOUTS_H
#define MMF_BENCH_COLUMNAR_LAYOUTS_H

#include <map>
#include <memory>

#include "bench/columnar/columnar.h"
#include "bench/columnar/wide.h"
#include "bench/stores.h"

namespace columnar {

// ---- What loops over one kind of record touch ----

// Calls of the generated store by one name for both records, and the offsets of fields in a row.
struct Ticks : Tick {
    using Fields = TickFields;
    static constexpr size_t kRowSize = TICK_RECORD_SIZE;
    static constexpr size_t kOffsets[] = {TICK_SYMBOL_OFFSET, TICK_PRICE_OFFSET, TICK_VOLUME_OFFSET,
                                          TICK_TIMESTAMP_OFFSET};
    static constexpr size_t kThree[] = {Fields::kPrice, Fields::kVolume, Fields::kTimestamp};

    static mmf_status get_price(const Store *store, uint64_t row, double *out)
    {
        return tick_store_get_price(store, row, out);
    }
    static mmf_status set_price(Store *store, uint64_t row, double value)
    {
        return tick_store_set_price(store, row, value);
    }
    static const unsigned char *window(const Store *store, uint64_t count)
    {
        tick_rows rows;
        must(tick_store_rows(store, 0, count, &rows));
        return rows.base.records;
    }
};

struct MarketCaps : MarketCap {
    using Fields = MarketCapFields;
    static constexpr size_t kRowSize = MARKET_CAP_RECORD_SIZE;
    static constexpr size_t kOffsets[] = {MARKET_CAP_ID_OFFSET, MARKET_CAP_PRICE_OFFSET,
                                          MARKET_CAP_VOLUME_OFFSET, MARKET_CAP_MARKET_CAP_OFFSET,
                                          MARKET_CAP_STALE_OFFSET};
    static constexpr size_t kThree[] = {Fields::kPrice, Fields::kVolume, Fields::kMarketCap};

    static mmf_status get_price(const Store *store, uint64_t row, double *out)
    {
        return market_cap_store_get_price(store, row, out);
    }
    static mmf_status set_price(Store *store, uint64_t row, double value)
    {
        return market_cap_store_set_price(store, row, value);
    }
    static const unsigned char *window(const Store *store, uint64_t count)
    {
        market_cap_rows rows;
        must(market_cap_store_rows(store, 0, count, &rows));
        return rows.base.records;
    }
};

// ---- Rows ----

// capacity is a multiple of 4096 in both classes, so that loops have whole runs only.

// each_run(body) gives body, for stretches of rows, their number and where the sequence word and
// each field of the first one are; step_of says how far on the next one is.
template <typename Kind_> class Rows {
public:
    using Kind = Kind_;
    using Record = typename Kind::Record;

    explicit Rows(uint64_t capacity) : store_(create<Kind>(capacity + 1)), capacity_(capacity)
    {
        // With a record there, to know where they lie; capacity has room for one more.
        const Record in = Kind::sample(0);
        must(append(&in));
        fault_in(Kind::window(store_, 1), (capacity + 1) * Kind::kRowSize);
    }
    Rows(const Rows &) = delete;
    Rows &operator=(const Rows &) = delete;
    ~Rows()
    {
        must(Kind::close(store_));
    }

    mmf_status append(const Record *in)
    {
        return Kind::append(store_, in);
    }
    mmf_status get(uint64_t row, Record *out) const
    {
        return Kind::get(store_, row, out);
    }
    mmf_status set(uint64_t row, const Record *in)
    {
        return Kind::set(store_, row, in);
    }
    mmf_status get_price(uint64_t row, double *out) const
    {
        return Kind::get_price(store_, row, out);
    }
    mmf_status set_price(uint64_t row, double value)
    {
        return Kind::set_price(store_, row, value);
    }

    static constexpr size_t sequence_step = Kind::kRowSize;
    static constexpr size_t step_of(size_t)
    {
        return Kind::kRowSize;
    }
    // In stretches of 64, as those of blocks are of N, so that loops over either are alike.
    static constexpr uint64_t kRun = 64;
    template <typename Body> void each_run(Body body) const
    {
        const unsigned char *first = Kind::window(store_, capacity_);
        for (uint64_t row = 0; row < capacity_; row += kRun) {
            const unsigned char *run = first + row * Kind::kRowSize;
            body(run, [run](size_t field) { return run + Kind::kOffsets[field]; });
        }
    }
    double wide_sum() const
    {
        return wide_sum_strided(Kind::window(store_, capacity_) +
                                    Kind::kOffsets[Kind::Fields::kPrice],
                                Kind::kRowSize, capacity_);
    }

private:
    typename Kind::Store *store_;
    uint64_t capacity_;
};

// ---- Blocks ----

template <typename Kind_, uint64_t N> class Blocks {
public:
    using Kind = Kind_;
    using Fields = typename Kind::Fields;
    using Record = typename Kind::Record;
    using Prototype = Store<Fields, N>;

    explicit Blocks(uint64_t capacity)
        : memory_(Prototype::size(capacity + 1)), store_(memory_.data(), capacity + 1),
          capacity_(capacity)
    {
        const Record in = Kind::sample(0);
        must(append(&in));
    }

    mmf_status append(const Record *in)
    {
        return store_.append(in);
    }
    mmf_status get(uint64_t row, Record *out) const
    {
        return store_.get(row, out);
    }
    mmf_status set(uint64_t row, const Record *in)
    {
        return store_.set(row, in);
    }
    mmf_status get_price(uint64_t row, double *out) const
    {
        uint64_t word = 0;
        const mmf_status status = store_.template get_word<Fields::kPrice>(row, &word);
        *out = mmfi_float64_from_word(word);
        return status;
    }
    mmf_status set_price(uint64_t row, double value)
    {
        return store_.template set_word<Fields::kPrice>(row, mmfi_float64_to_word(value));
    }

    static constexpr size_t sequence_step = sizeof(uint64_t);
    static constexpr size_t step_of(size_t field)
    {
        return Fields::kSizes[field];
    }
    static constexpr uint64_t kRun = N;
    template <typename Body> void each_run(Body body) const
    {
        for (uint64_t block = 0; block < capacity_ / N; block++) {
            const unsigned char *run = store_.sequences(block);
            body(run, [run](size_t field) { return run + Prototype::kLayout.columns[field]; });
        }
    }
    double wide_sum() const
    {
        return wide_sum_blocks<N>(store_.template column<Fields::kPrice>(0),
                                  Prototype::kLayout.block_size, capacity_ / N);
    }

private:
    Memory memory_;
    Prototype store_;
    uint64_t capacity_;
};

// One full of records, which stays until one of another size is asked for.
template <typename Layout> Layout *full(uint64_t rows)
{
    static std::map<uint64_t, std::unique_ptr<Layout>> made;
    std::unique_ptr<Layout> &layout = made[rows];
    if (layout == nullptr) {
        layout = std::make_unique<Layout>(rows);
        for (uint64_t i = 1; i < rows; i++) {
            const typename Layout::Record in = Layout::Kind::sample(i);
            must(layout->append(&in));
        }
    }
    return layout.get();
}

} // namespace columnar

#endif
