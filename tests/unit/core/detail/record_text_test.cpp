// Text in the bytes of a record: what goes in, what comes out, and what is never touched.
#include "mmapforge/detail/record.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr size_t OFFSET = 8; // of the field; a sequence word would be before it
constexpr size_t AFTER = 16; // guard
constexpr unsigned char GUARD = 0xa5;

// A record of one field of MAX bytes, all guard until saved to.
template <size_t MAX> struct Record {
    alignas(8) unsigned char bytes[OFFSET + MMFI_LENGTH_SIZE + MAX + AFTER];
    Record()
    {
        memset(bytes, GUARD, sizeof bytes);
    }
    // What it must be: the length, the data, zeroes, and guards untouched.
    void expect(const std::string &data) const
    {
        std::string expected(OFFSET, static_cast<char>(GUARD));
        for (int shift = 0; shift < 32; shift += 8)
            expected += static_cast<char>(data.size() >> shift & 0xff);
        expected += data;
        expected.append(MAX - data.size(), '\0');
        expected.append(AFTER, static_cast<char>(GUARD));
        const std::string found(reinterpret_cast<const char *>(bytes), sizeof bytes);
        EXPECT_EQ(found, expected) << "length " << data.size() << " of " << MAX;
    }
};

// No byte of it is zero, so that a lost one shows.
std::string text_of(size_t length)
{
    std::string text;
    for (size_t i = 0; i < length; i++)
        text += static_cast<char>(1 + i % 255);
    return text;
}

template <size_t MAX> void save_every_length()
{
    for (size_t length = 0; length <= MAX; length++) {
        const std::string text = text_of(length);
        // An array as a record's struct has it, with rubbish after the text.
        std::vector<char> whole(MAX, 'x');
        if (length > 0)
            memcpy(whole.data(), text.data(), length);
        Record<MAX> as_string;
        mmfi_save_string(as_string.bytes, OFFSET, MAX, whole.data(), length);
        as_string.expect(text);
        Record<MAX> as_bytes;
        mmfi_save_bytes(as_bytes.bytes, OFFSET, MAX, whole.data(), length);
        as_bytes.expect(text);
        // An allocation of just these bytes: ASan reports any read beyond them.
        const std::vector<char> exact(text.begin(), text.end());
        Record<MAX> as_data;
        mmfi_save_data(as_data.bytes, OFFSET, MAX, length > 0 ? exact.data() : nullptr, length);
        as_data.expect(text);

        std::vector<char> out(MAX + 1, 'y');
        EXPECT_EQ(mmfi_load_string(as_string.bytes, OFFSET, MAX, out.data()), length);
        EXPECT_EQ(std::string(out.data(), length), text);
        EXPECT_EQ(out[length], '\0');
    }
}

template <size_t... SIZES> void save_sizes(std::index_sequence<SIZES...>)
{
    (save_every_length<SIZES + 1>(), ...);
}

} // namespace

TEST(RecordText, TextOfEveryLengthInFieldsOfUpTo40Bytes)
{
    save_sizes(std::make_index_sequence<40>());
}

TEST(RecordText, TextOfEveryLengthInFieldsAroundTheLargestCopiedWhole)
{
    save_every_length<64>();
    save_every_length<255>();
    save_every_length<MMFI_COPY_WHOLE_MAX>();
    save_every_length<MMFI_COPY_WHOLE_MAX + 1>();
    save_every_length<300>();
}

// A view of a field is data like any other, also for a change of that very field.
template <size_t MAX> void save_own_text()
{
    for (size_t skipped = 0; skipped <= MAX; skipped++)
        for (const size_t length : {size_t{0}, (MAX - skipped) / 2, MAX - skipped}) {
            const std::string text = text_of(MAX);
            Record<MAX> record;
            mmfi_save_data(record.bytes, OFFSET, MAX, text.data(), MAX);
            const char *own = reinterpret_cast<char *>(record.bytes) + OFFSET + MMFI_LENGTH_SIZE;
            mmfi_save_data(record.bytes, OFFSET, MAX, own + skipped, length);
            record.expect(text.substr(skipped, length));
        }
}

TEST(RecordText, AFieldMayBeGivenAPartOfItself)
{
    save_own_text<1>();
    save_own_text<24>();
    save_own_text<MMFI_COPY_WHOLE_MAX>();
    save_own_text<MMFI_COPY_WHOLE_MAX + 9>();
}

TEST(RecordText, ALengthInTheFileIsNeverBelievedBeyondItsField)
{
    Record<16> record;
    mmfi_save_string(record.bytes, OFFSET, 16, "0123456789abcdef", 16);
    for (const uint32_t length : {17u, 256u, UINT32_MAX}) {
        mmfi_store32(record.bytes + OFFSET, length);
        char out[17];
        EXPECT_EQ(mmfi_load_string(record.bytes, OFFSET, 16, out), 16u);
        EXPECT_STREQ(out, "0123456789abcdef");
        EXPECT_EQ(mmfi_string_at(record.bytes, OFFSET, 16).length, 16u);
        EXPECT_EQ(mmfi_bytes_at(record.bytes, OFFSET, 16).length, 16u);
    }
}
