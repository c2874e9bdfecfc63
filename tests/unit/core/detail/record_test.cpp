// Fields of one record: each in its own bytes, and no length of a file's is believed.
#include "mmapforge/detail/record.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace {

const unsigned char FILL = 0xcc;

struct alignas(8) Record {
    Record()
    {
        memset(bytes, FILL, sizeof bytes);
    }
    unsigned char bytes[1024];
};

TEST(Record, ScalarsAreSavedInTheirOwnBytes)
{
    const size_t offset = 16;
#define CHECK(name, c_type, bits)                                                                  \
    {                                                                                              \
        Record record;                                                                             \
        const c_type value = std::numeric_limits<c_type>::lowest();                                \
        mmfi_save_##name(record.bytes, offset, value);                                             \
        EXPECT_EQ(mmfi_load_##name(record.bytes, offset), value) << #name;                         \
        Record expected;                                                                           \
        memcpy(expected.bytes + offset, &value, (bits) / 8);                                       \
        EXPECT_EQ(memcmp(record.bytes, expected.bytes, sizeof record.bytes), 0) << #name;          \
    }
    MMFI_SCALARS(CHECK)
#undef CHECK
}

// A u32 of length, the bytes, zeroes to the end of the field, and nothing after it.
TEST(Record, BytesAreSavedWithTheirLengthAndZeroes)
{
    const size_t offset = 8;
    const size_t max = 6;
    for (size_t length = 0; length <= max; length++) {
        Record record;
        mmfi_save_bytes(record.bytes, offset, max, "abcdef", length);
        Record expected;
        const unsigned char word[] = {static_cast<unsigned char>(length), 0, 0, 0};
        memcpy(expected.bytes + offset, word, sizeof word);
        memset(expected.bytes + offset + 4, 0, max);
        memcpy(expected.bytes + offset + 4, "abcdef", length);
        EXPECT_EQ(memcmp(record.bytes, expected.bytes, sizeof record.bytes), 0) << length;

        Record text;
        mmfi_save_string(text.bytes, offset, max, "abcdef", length);
        EXPECT_EQ(memcmp(text.bytes, expected.bytes, sizeof text.bytes), 0) << length;
    }
}

TEST(Record, NothingIsSavedFromNowhere)
{
    Record record;
    mmfi_save_data(record.bytes, 8, 4, nullptr, 0);
    const unsigned char zeroes[8] = {};
    EXPECT_EQ(memcmp(record.bytes + 8, zeroes, 8), 0);
    EXPECT_EQ(record.bytes[16], FILL);
}

// A field that is copied whole, and one that is copied as far as it is used.
TEST(Record, BytesComeBackAndStayWithinTheirRoom)
{
    for (const size_t max : {size_t{3}, size_t{256}, size_t{257}, size_t{900}})
        for (const size_t length : {size_t{0}, size_t{2}, max - 1, max}) {
            const std::string data(length, 'x');
            Record record;
            mmfi_save_data(record.bytes, 8, max, data.data(), length);
            std::vector<char> to(max + 2, '#');
            EXPECT_EQ(mmfi_load_bytes(record.bytes, 8, max, to.data()), length);
            EXPECT_EQ(std::string(to.data(), length), data);
            EXPECT_EQ(to[max], '#') << max;

            to.assign(max + 2, '#');
            EXPECT_EQ(mmfi_load_string(record.bytes, 8, max, to.data()), length);
            EXPECT_EQ(std::string(to.data()), data); // ends in NUL
            EXPECT_EQ(to[max + 1], '#') << max;
        }
}

// A torn record or a hostile file may claim any length.
TEST(Record, ALengthBeyondTheFieldIsCutToIt)
{
    const size_t max = 10;
    for (const uint32_t claimed : {11u, 12u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
        Record record;
        mmfi_save_bytes(record.bytes, 8, max, "0123456789", max);
        mmfi_store32(record.bytes + 8, claimed);
        EXPECT_EQ(mmfi_load_length(record.bytes, 8, max), max);
        char to[max + 2];
        memset(to, '#', sizeof to);
        EXPECT_EQ(mmfi_load_string(record.bytes, 8, max, to), max);
        EXPECT_STREQ(to, "0123456789");
        EXPECT_EQ(to[max + 1], '#');
        EXPECT_EQ(mmfi_string_at(record.bytes, 8, max).length, max);
        EXPECT_EQ(mmfi_bytes_at(record.bytes, 8, max).length, max);
    }
}

TEST(Record, AViewIsTheFieldWhereItLies)
{
    Record record;
    char array[10] = "abc"; // the whole of it is read
    mmfi_save_string(record.bytes, 8, 10, array, 3);
    const mmf_str text = mmfi_string_at(record.bytes, 8, 10);
    EXPECT_EQ(static_cast<const void *>(text.data), record.bytes + 12);
    EXPECT_EQ(text.length, 3u);
    const mmf_bytes bytes = mmfi_bytes_at(record.bytes, 8, 10);
    EXPECT_EQ(static_cast<const void *>(bytes.data), record.bytes + 12);
    EXPECT_EQ(bytes.length, 3u);
    memcpy(array, "xyzw", 4);
    mmfi_save_string(record.bytes, 8, 10, array, 4);
    EXPECT_EQ(std::string(text.data, 4), "xyzw");
}

} // namespace
