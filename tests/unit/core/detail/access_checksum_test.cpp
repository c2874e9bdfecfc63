// One scalar of a record with a checksum: every type by the same rules.
#include "mmapforge/detail/access_checksum.h"

#include "tests/support/checksummed_fixture.h"

namespace {

using ChecksummedFieldsTest = ChecksummedTest;

// At an 8-byte field, whatever it is declared as: the calls only load and store.
constexpr size_t AT = CHECKSUMMED_WIDE_OFFSET;

// The payload before and after that many bytes at AT, without the checksum.
std::string rest_of(const std::string &record, size_t size)
{
    return record.substr(8, AT - 8) +
           record.substr(AT + size, CHECKSUMMED_RECORD_CHECKSUM - AT - size) +
           record.substr(CHECKSUMMED_RECORD_CHECKSUM + 4);
}

} // namespace

#define EACH_SCALAR(name, c_type, bits)                                                            \
    TEST_F(ChecksummedFieldsTest, name##_is_set_with_its_checksum_or_refused)                      \
    {                                                                                              \
        checksummed_store *store = create_checksummed(2);                                          \
        mmf_store *base = reinterpret_cast<mmf_store *>(store);                                    \
        const auto set = [](mmf_store *into, uint64_t row, c_type value) {                         \
            return mmfi_checksummed_set_##name(into, row, CHECKSUMMED_RECORD_SIZE,                 \
                                               CHECKSUMMED_RECORD_CHECKSUM, AT, value);            \
        };                                                                                         \
        const c_type value = static_cast<c_type>(1);                                               \
        c_type found = static_cast<c_type>(0);                                                     \
        const std::string before = row_bytes(1);                                                   \
        ASSERT_EQ(set(base, 1, value), MMF_OK);                                                    \
        ASSERT_EQ(mmfi_get_##name(base, 1, CHECKSUMMED_RECORD_SIZE, AT, &found), MMF_OK);          \
        EXPECT_EQ(found, value);                                                                   \
        EXPECT_EQ(rest_of(row_bytes(1), (bits) / 8), rest_of(before, (bits) / 8));                 \
        expect_right(1, 4);                                                                        \
        EXPECT_EQ(verify(store), MMF_OK) << error.message;                                         \
        /* Nothing to write to. */                                                                 \
        const std::string whole = bytes();                                                         \
        EXPECT_EQ(set(nullptr, 1, value), MMF_ERR_ARGUMENT);                                       \
        EXPECT_EQ(set(base, 2, value), MMF_ERR_RANGE);                                             \
        EXPECT_TRUE(bytes() == whole) << "something was written";                                  \
        /* The rest would get a checksum that says it is sound. */                                 \
        flip(place(1) + CHECKSUMMED_MARK_OFFSET, 3);                                               \
        const std::string damaged = bytes();                                                       \
        EXPECT_EQ(set(base, 1, value), MMF_ERR_CORRUPT);                                           \
        EXPECT_TRUE(bytes() == damaged) << "something was written";                                \
        EXPECT_EQ(checksummed_store_close(store), MMF_OK);                                         \
    }

MMFI_SCALARS(EACH_SCALAR)
#undef EACH_SCALAR
