// The loops of sum, min and max against a loop of one line, at every length around that of a block.
#include "bindings/python/native/column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr int kAll = MMFPY_SUM | MMFPY_MIN | MMFPY_MAX;
constexpr uint64_t kCounts[] = {1, 2, 4, 7, 63, 511, 512, 513, 519, 1024, 1500};

__extension__ typedef __int128 wide;

// Values at `data`, stride bytes apart, as the loops get them.
template <typename Value> class Strided {
public:
    Strided(const std::vector<Value> &values, int64_t stride)
    {
        const size_t apart = static_cast<size_t>(std::abs(stride));
        bytes.assign(values.size() * apart, 0xa5);
        for (size_t i = 0; i < values.size(); i++) {
            const size_t place = stride > 0 ? i : values.size() - 1 - i;
            memcpy(bytes.data() + place * apart, &values[i], sizeof(Value));
        }
        data = bytes.data() + (stride > 0 ? 0 : (values.size() - 1) * apart);
    }
    std::vector<unsigned char> bytes;
    const unsigned char *data;
};

wide sum_of(const mmfpy_total &total)
{
    return static_cast<wide>(total.high) * (static_cast<wide>(1) << 64) + total.low;
}

// The largest values and the smallest stand first, so that sums of 64 bits do not fit a word.
template <typename Value> std::vector<Value> integers(uint64_t count, uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::vector<Value> values;
    for (uint64_t i = 0; i < count; i++)
        values.push_back(i < count / 2 ? std::numeric_limits<Value>::max()
                                       : static_cast<Value>(random()));
    if (count > 4)
        values[count / 3] = std::numeric_limits<Value>::min();
    return values;
}

template <typename Value> void expect_integers(mmf_type type, int kind)
{
    for (const uint64_t count : kCounts) {
        for (const int64_t stride : {INT64_C(8), INT64_C(104), INT64_C(-48)}) {
            SCOPED_TRACE(std::string(mmf_type_name(type)) + ", " + std::to_string(count) +
                         " values, " + std::to_string(stride) + " bytes apart");
            const std::vector<Value> values = integers<Value>(count, count);
            const Strided<Value> memory(values, stride);
            wide sum = 0;
            Value least = values[0];
            Value most = values[0];
            for (const Value value : values) {
                sum += value;
                least = std::min(least, value);
                most = std::max(most, value);
            }
            mmfpy_total total;
            ASSERT_EQ(mmfpy_total_of(memory.data, count, stride, type, kAll, &total), MMF_OK);
            EXPECT_EQ(total.kind, kind);
            EXPECT_TRUE(sum_of(total) == sum);
            if (kind == 0) {
                EXPECT_EQ(total.min, static_cast<int64_t>(least));
                EXPECT_EQ(total.max, static_cast<int64_t>(most));
            } else {
                EXPECT_EQ(total.umin, static_cast<uint64_t>(least));
                EXPECT_EQ(total.umax, static_cast<uint64_t>(most));
            }
        }
    }
}

template <typename Value> void expect_reals(mmf_type type)
{
    for (const uint64_t count : kCounts) {
        for (const int64_t stride : {INT64_C(8), INT64_C(104), INT64_C(-48)}) {
            SCOPED_TRACE(std::to_string(count) + " values");
            std::vector<Value> values; // whose sums are exact in any order
            for (uint64_t i = 0; i < count; i++)
                values.push_back(static_cast<Value>(i * 7919 % count) - 100);
            const Strided<Value> memory(values, stride);
            const double sum = static_cast<double>(count) * (static_cast<double>(count) - 1) / 2 -
                               100.0 * static_cast<double>(count);
            mmfpy_total total;
            ASSERT_EQ(mmfpy_total_of(memory.data, count, stride, type, kAll, &total), MMF_OK);
            EXPECT_EQ(total.kind, 2);
            EXPECT_EQ(total.sum, sum);
            EXPECT_EQ(total.fmin, -100.0);
            EXPECT_EQ(total.fmax, static_cast<double>(count) - 101);
            // NaN wherever it stands.
            for (const uint64_t at : {UINT64_C(0), count / 2, count - 1}) {
                std::vector<Value> with_nan = values;
                with_nan[at] = std::numeric_limits<Value>::quiet_NaN();
                const Strided<Value> poisoned(with_nan, stride);
                ASSERT_EQ(mmfpy_total_of(poisoned.data, count, stride, type, kAll, &total), MMF_OK);
                EXPECT_TRUE(std::isnan(total.sum));
                EXPECT_TRUE(std::isnan(total.fmin));
                EXPECT_TRUE(std::isnan(total.fmax));
            }
        }
    }
}

} // namespace

TEST(Column, TotalsOfIntegers)
{
    expect_integers<int8_t>(MMF_TYPE_INT8, 0);
    expect_integers<int16_t>(MMF_TYPE_INT16, 0);
    expect_integers<int32_t>(MMF_TYPE_INT32, 0);
    expect_integers<int64_t>(MMF_TYPE_INT64, 0);
    expect_integers<uint8_t>(MMF_TYPE_UINT8, 1);
    expect_integers<uint16_t>(MMF_TYPE_UINT16, 1);
    expect_integers<uint32_t>(MMF_TYPE_UINT32, 1);
    expect_integers<uint64_t>(MMF_TYPE_UINT64, 1);
}

// Nothing but the lowest value: no half of it may be taken for another.
TEST(Column, TotalsOfTheLowestInteger)
{
    const std::vector<int64_t> values(1025, INT64_MIN);
    const Strided<int64_t> memory(values, 16);
    mmfpy_total total;
    ASSERT_EQ(mmfpy_total_of(memory.data, 1025, 16, MMF_TYPE_INT64, kAll, &total), MMF_OK);
    EXPECT_TRUE(sum_of(total) == static_cast<wide>(INT64_MIN) * 1025);
    EXPECT_EQ(total.min, INT64_MIN);
    EXPECT_EQ(total.max, INT64_MIN);
}

TEST(Column, TotalsOfReals)
{
    expect_reals<float>(MMF_TYPE_FLOAT32);
    expect_reals<double>(MMF_TYPE_FLOAT64);
}

// Infinities of both signs make a sum NaN, and no limit.
TEST(Column, LimitsOfInfinities)
{
    const double infinity = std::numeric_limits<double>::infinity();
    for (const uint64_t count : kCounts) {
        if (count < 4)
            continue;
        std::vector<double> values(count, 2.5);
        values[0] = infinity;
        values[count - 2] = -infinity;
        mmfpy_total total;
        ASSERT_EQ(mmfpy_total_of(values.data(), count, 8, MMF_TYPE_FLOAT64, kAll, &total), MMF_OK);
        EXPECT_TRUE(std::isnan(total.sum));
        EXPECT_EQ(total.fmin, -infinity);
        EXPECT_EQ(total.fmax, infinity);
        values[count / 2] = std::numeric_limits<double>::quiet_NaN();
        ASSERT_EQ(mmfpy_total_of(values.data(), count, 8, MMF_TYPE_FLOAT64, kAll, &total), MMF_OK);
        EXPECT_TRUE(std::isnan(total.fmin));
        EXPECT_TRUE(std::isnan(total.fmax));
    }
}

// A million values whose sum is not exact: an error that grew with the count would show.
TEST(Column, SumsOfRealsAreAccurate)
{
    std::vector<double> values(1000000, 0.1);
    const Strided<double> memory(values, 8);
    mmfpy_total total;
    ASSERT_EQ(mmfpy_total_of(memory.data, values.size(), 8, MMF_TYPE_FLOAT64, MMFPY_SUM, &total),
              MMF_OK);
    EXPECT_NEAR(total.sum, 100000.0, 1e-9);
}

TEST(Column, TotalsOfBools)
{
    for (const uint64_t count : kCounts) {
        const std::vector<uint8_t> none(count, 0);
        std::vector<uint8_t> some = none;
        some[count - 1] = 7; // any byte but 0
        mmfpy_total total;
        ASSERT_EQ(mmfpy_total_of(none.data(), count, 1, MMF_TYPE_BOOL, kAll, &total), MMF_OK);
        EXPECT_EQ(total.kind, 1);
        EXPECT_EQ(total.low + total.umin + total.umax, 0u);
        ASSERT_EQ(mmfpy_total_of(some.data(), count, 1, MMF_TYPE_BOOL, kAll, &total), MMF_OK);
        EXPECT_EQ(total.low, 1u);
        EXPECT_EQ(total.umin, count == 1 ? 1u : 0u);
        EXPECT_EQ(total.umax, 1u);
    }
}

TEST(Column, WithoutValuesOrATypeOfNumbers)
{
    mmfpy_total total;
    ASSERT_EQ(mmfpy_total_of(nullptr, 0, 8, MMF_TYPE_INT64, kAll, &total), MMF_OK);
    EXPECT_TRUE(sum_of(total) == 0);
    ASSERT_EQ(mmfpy_total_of(nullptr, 0, 8, MMF_TYPE_FLOAT64, kAll, &total), MMF_OK);
    EXPECT_EQ(total.sum, 0.0);
    const double value = 1;
    for (const int wrong : {static_cast<int>(MMF_TYPE_NONE), static_cast<int>(MMF_TYPE_STRING),
                            static_cast<int>(MMF_TYPE_BYTES), MMF_TYPE_COUNT, -1})
        EXPECT_EQ(mmfpy_total_of(&value, 1, 8, wrong, kAll, &total), MMF_ERR_ARGUMENT);
}
