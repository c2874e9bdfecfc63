#include "bench/latency/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace {

const uint32_t PERCENTILES[] = {0, 1, 10000, 500000, 900000, 990000, 999000, 999900, 1000000};

// The value of that rank in order, ranks counted from 1; that of rank 0 is the first.
uint64_t exact(const std::vector<uint64_t> &sorted, uint32_t per_million)
{
    size_t rank = 0;
    while (static_cast<double>(rank) / static_cast<double>(sorted.size()) * 1e6 < per_million)
        rank++;
    return sorted[rank == 0 ? 0 : rank - 1];
}

// Every percentile is the exact one or above it by less than the error that is stated.
void expect_like_sorted(std::vector<uint64_t> values)
{
    const auto histogram = std::make_unique<Histogram>();
    for (const uint64_t value : values)
        histogram->record(value);
    std::sort(values.begin(), values.end());
    ASSERT_EQ(histogram->count(), values.size());
    EXPECT_EQ(histogram->max(), values.back());
    for (const uint32_t percentile : PERCENTILES) {
        if (percentile == 0)
            continue;
        const uint64_t expected = exact(values, percentile);
        const uint64_t found = histogram->percentile(percentile);
        EXPECT_GE(found, expected) << percentile;
        EXPECT_LE(static_cast<double>(found - expected),
                  static_cast<double>(expected) * Histogram::kRelativeError)
            << percentile << ": " << expected << " became " << found;
        const uint64_t above =
            values.size() -
            static_cast<uint64_t>(std::count_if(values.begin(), values.end(),
                                                [&](uint64_t value) { return value <= expected; }));
        EXPECT_GE(histogram->count_above(percentile), above) << percentile;
    }
}

} // namespace

TEST(Histogram, Empty)
{
    const auto histogram = std::make_unique<Histogram>();
    EXPECT_EQ(histogram->count(), 0u);
    EXPECT_EQ(histogram->max(), 0u);
    for (const uint32_t percentile : PERCENTILES) {
        EXPECT_EQ(histogram->percentile(percentile), 0u) << percentile;
        EXPECT_EQ(histogram->count_above(percentile), 0u) << percentile;
    }
}

TEST(Histogram, SmallValuesAreExact)
{
    for (uint64_t value = 0; value < 256; value++) {
        Histogram histogram;
        histogram.record(value);
        histogram.record(1000000); // else the largest value would be the answer
        EXPECT_EQ(histogram.percentile(500000), value);
    }
}

TEST(Histogram, ErrorAtEveryPowerOfTwo)
{
    for (unsigned bit = 8; bit < 64; bit++) {
        const uint64_t power = UINT64_C(1) << bit;
        for (const uint64_t value : {power - 1, power, power + 1, power + power / 2 + 1}) {
            Histogram histogram;
            histogram.record(value);
            histogram.record(UINT64_MAX);
            const uint64_t found = histogram.percentile(500000);
            EXPECT_GE(found, value);
            EXPECT_LE(static_cast<double>(found - value),
                      static_cast<double>(value) * Histogram::kRelativeError)
                << value;
        }
    }
}

TEST(Histogram, LargestValues)
{
    Histogram histogram;
    histogram.record(UINT64_MAX);
    histogram.record(UINT64_MAX - 1);
    EXPECT_EQ(histogram.percentile(500000), UINT64_MAX);
    EXPECT_EQ(histogram.max(), UINT64_MAX);
}

// Of 1 to 1000, n per million are the first n / 1000.
TEST(Histogram, NearestRank)
{
    Histogram histogram;
    for (uint64_t value = 1; value <= 200; value++)
        histogram.record(value);
    EXPECT_EQ(histogram.percentile(500000), 100u);
    EXPECT_EQ(histogram.percentile(500001), 101u);
    EXPECT_EQ(histogram.percentile(990000), 198u);
    EXPECT_EQ(histogram.percentile(1000000), 200u);
    EXPECT_EQ(histogram.count_above(500000), 100u);
    EXPECT_EQ(histogram.count_above(990000), 2u);
    EXPECT_EQ(histogram.count_above(1000000), 0u);
}

// The bucket of the largest value reaches beyond it; the answer does not.
TEST(Histogram, NoPercentileExceedsTheLargestValue)
{
    Histogram histogram;
    histogram.record(1000001);
    EXPECT_EQ(histogram.percentile(500000), 1000001u);
}

TEST(Histogram, LikeASortedVector)
{
    std::mt19937_64 random(1);
    std::vector<uint64_t> values;
    for (int i = 0; i < 100000; i++)
        values.push_back(random() % 1000);
    expect_like_sorted(values);
    for (uint64_t &value : values)
        value = random() >> (random() % 64); // every magnitude
    expect_like_sorted(values);
    std::lognormal_distribution<double> latency(5, 2);
    for (uint64_t &value : values)
        value = static_cast<uint64_t>(latency(random));
    expect_like_sorted(values);
    expect_like_sorted(std::vector<uint64_t>(7, 12345));
    expect_like_sorted({3});
}
