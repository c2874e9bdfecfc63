/*
 * A histogram of latencies whose percentiles are wrong by less than one part in 128.
 *
 * Buckets are linear within each power of two and double in width from one to the next, as in Gil
 * Tene's HdrHistogram: values below 256 have a bucket each, and 128 buckets share every octave
 * above. A percentile is the upper end of its bucket: never below the true one, and above it by
 * less than 1/128 of it. The largest value is exact.
 *
 * Recording neither allocates nor waits. One thread at a time.
 */
#ifndef MMF_BENCH_HISTOGRAM_H
#define MMF_BENCH_HISTOGRAM_H

#include <array>
#include <cstddef>
#include <cstdint>

class Histogram {
public:
    static constexpr unsigned kBits = 7; // 2^kBits buckets in an octave
    static constexpr double kRelativeError = 1.0 / (1 << kBits);

    void record(uint64_t value)
    {
        buckets_[bucket_of(value)]++;
        count_++;
        if (value > max_)
            max_ = value;
    }
    uint64_t count() const
    {
        return count_;
    }
    uint64_t max() const
    {
        return max_;
    }
    /*
     * The least value that at least per_million of a million values do not exceed, rounded up to
     * the end of its bucket: 500000 gives the median. 0 when nothing was recorded. By nearest rank,
     * so it is one of the values but for the rounding.
     */
    uint64_t percentile(uint32_t per_million) const
    {
        const uint64_t rank = rank_of(per_million);
        uint64_t seen = 0;
        for (size_t i = 0; i < buckets_.size() && rank > 0; i++) {
            seen += buckets_[i];
            if (seen >= rank)
                return end_of(i) < max_ ? end_of(i) : max_;
        }
        return max_;
    }
    // How many values are above that percentile: if they are few, it is chance.
    uint64_t count_above(uint32_t per_million) const
    {
        return count_ - rank_of(per_million);
    }

private:
    // The first octaves have a bucket for each value; those above, up to 2^64, 2^kBits each.
    static constexpr size_t kBuckets = static_cast<size_t>(64 - kBits + 1) << kBits;

    static size_t bucket_of(uint64_t value)
    {
        if (value < (UINT64_C(1) << kBits))
            return static_cast<size_t>(value);
        const unsigned shift = 63 - static_cast<unsigned>(__builtin_clzll(value)) - kBits;
        return (static_cast<size_t>(shift) << kBits) + static_cast<size_t>(value >> shift);
    }
    // The largest value of a bucket.
    static uint64_t end_of(size_t bucket)
    {
        if (bucket < (size_t(1) << kBits))
            return bucket;
        const size_t shift = (bucket >> kBits) - 1;
        const uint64_t leading = bucket - (shift << kBits);
        return (leading << shift) + ((UINT64_C(1) << shift) - 1);
    }
    uint64_t rank_of(uint32_t per_million) const
    {
        const uint64_t whole = count_ / 1000000 * per_million;
        return whole + (count_ % 1000000 * per_million + 999999) / 1000000;
    }

    std::array<uint64_t, kBuckets> buckets_ = {};
    uint64_t count_ = 0;
    uint64_t max_ = 0;
};

#endif
