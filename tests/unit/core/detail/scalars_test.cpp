// What a stored word means as a value of each type, and back.
#include "mmapforge/detail/scalars.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

TEST(Scalars, ABoolIsTrueForEveryByteButZero)
{
    EXPECT_FALSE(mmfi_bool_from_word(0));
    for (int byte = 1; byte < 256; byte++)
        EXPECT_TRUE(mmfi_bool_from_word(static_cast<uint8_t>(byte))) << byte;
    EXPECT_EQ(mmfi_bool_to_word(false), 0u);
    EXPECT_EQ(mmfi_bool_to_word(true), 1u);
}

// Two's complement: the words written out.
TEST(Scalars, IntegersAreTheirBits)
{
    EXPECT_EQ(mmfi_int8_from_word(0x80), -128);
    EXPECT_EQ(mmfi_int8_to_word(-1), 0xffu);
    EXPECT_EQ(mmfi_uint8_from_word(0x80), 128u);
    EXPECT_EQ(mmfi_int16_from_word(0x8000), -32768);
    EXPECT_EQ(mmfi_int16_to_word(-2), 0xfffeu);
    EXPECT_EQ(mmfi_uint16_from_word(0xfffe), 65534u);
    EXPECT_EQ(mmfi_int32_from_word(0x80000000), INT32_MIN);
    EXPECT_EQ(mmfi_int32_to_word(-3), 0xfffffffdu);
    EXPECT_EQ(mmfi_uint32_from_word(0xfffffffd), 4294967293u);
    EXPECT_EQ(mmfi_int64_from_word(UINT64_C(1) << 63), INT64_MIN);
    EXPECT_EQ(mmfi_int64_to_word(-4), UINT64_C(0xfffffffffffffffc));
    EXPECT_EQ(mmfi_uint64_from_word(UINT64_MAX), UINT64_MAX);
}

// IEEE 754: sign, exponent, fraction.
TEST(Scalars, FloatsAreTheirBits)
{
    EXPECT_EQ(mmfi_float32_from_word(0x3fc00000), 1.5f);
    EXPECT_EQ(mmfi_float32_to_word(-2.0f), 0xc0000000u);
    EXPECT_EQ(mmfi_float64_from_word(UINT64_C(0x3ff8000000000000)), 1.5);
    EXPECT_EQ(mmfi_float64_to_word(-2.0), UINT64_C(0xc000000000000000));
    EXPECT_EQ(mmfi_float64_to_word(-0.0), UINT64_C(1) << 63);
    EXPECT_EQ(mmfi_float32_to_word(-0.0f), UINT32_C(1) << 31);
    EXPECT_TRUE(std::isinf(mmfi_float64_from_word(UINT64_C(0x7ff0000000000000))));
    EXPECT_TRUE(std::isnan(mmfi_float32_from_word(0x7fc00000)));
}

// The bits of a quiet NaN say what somebody meant by it, and so do those of a denormal.
TEST(Scalars, NoFloatLosesABitOnTheWay)
{
    for (const uint64_t word : {UINT64_C(0x7ff8dead0000beef), UINT64_C(0xfff8000000000001),
                                UINT64_C(1), UINT64_C(0x000fffffffffffff)})
        EXPECT_EQ(mmfi_float64_to_word(mmfi_float64_from_word(word)), word);
    for (const uint32_t word : {0x7fc0beefu, 0xffc00001u, 1u, 0x007fffffu})
        EXPECT_EQ(mmfi_float32_to_word(mmfi_float32_from_word(word)), word);
}

// One line for each type of the list, so that a new one without its two functions is no type.
TEST(Scalars, EveryTypeOfTheListGoesThereAndBack)
{
    int types = 0;
#define CHECK(name, c_type, bits)                                                                  \
    for (const c_type value :                                                                      \
         {std::numeric_limits<c_type>::lowest(), c_type(), std::numeric_limits<c_type>::max()})    \
        EXPECT_EQ(mmfi_##name##_from_word(mmfi_##name##_to_word(value)), value) << #name;          \
    EXPECT_EQ(sizeof(c_type) * 8, static_cast<size_t>(bits)) << #name;                             \
    EXPECT_EQ(sizeof(mmfi_##name##_to_word(c_type())) * 8, static_cast<size_t>(bits)) << #name;    \
    types++;
    MMFI_SCALARS(CHECK)
#undef CHECK
    EXPECT_EQ(types, 11);
}

} // namespace
