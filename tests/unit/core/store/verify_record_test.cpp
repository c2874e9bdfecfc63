// A record whose checksum is wrong: what is said of it, and that no part of it is replaced.
#include <cstdio>
#include <cstring>

#include "tests/support/checksummed_fixture.h"

namespace {

class VerifyRecordTest : public ChecksummedTest {};

} // namespace

TEST_F(VerifyRecordTest, TheMessageHasTheRowAndBothChecksums)
{
    checksummed_store *store = create_checksummed(3);
    flip(place(2) + CHECKSUMMED_WIDE_OFFSET, 3);
    const std::string record = row_bytes(2);
    char found[16];
    char expected[16];
    snprintf(found, sizeof found, "0x%08x", u32_at(record, CHECKSUMMED_RECORD_CHECKSUM));
    snprintf(expected, sizeof expected, "0x%08x",
             checksum_of(2, record, CHECKSUMMED_RECORD_CHECKSUM));
    EXPECT_EQ(verify(store), MMF_ERR_CORRUPT);
    EXPECT_EQ(std::string(error.message),
              path + ": row 2: found the checksum " + found + ", expected " + expected +
                  " for its content; restore the file from a copy, or write the record again");
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

TEST_F(VerifyRecordTest, TheMessageSaysWhatASequenceMeans)
{
    checksummed_store *store = create_checksummed(1);
    put(place(0), std::string(8, '\0'));
    EXPECT_EQ(verify(store), MMF_ERR_CORRUPT);
    EXPECT_NE(strstr(error.message, "row 0: its sequence is 0, which says that it was never"),
              nullptr)
        << error.message;
    put(place(0), std::string("\7\0\0\0\0\0\0\0", 8));
    EXPECT_EQ(verify(store), MMF_ERR_CORRUPT);
    EXPECT_NE(strstr(error.message, "its sequence is 7, which marks it as being replaced"), nullptr)
        << error.message;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

TEST_F(VerifyRecordTest, APartOfADamagedRecordIsNotReplaced)
{
    checksummed_store *store = create_checksummed(2);
    mmf_store *base = reinterpret_cast<mmf_store *>(store);
    alignas(8) unsigned char image[CHECKSUMMED_RECORD_SIZE] = {};
    const uint32_t fields[] = {0};
    // In another field than the one that is set, and in the sequence.
    for (const size_t at : {CHECKSUMMED_WIDE_OFFSET + 0, 0u, 1u}) {
        flip(place(1) + at, at == 0 ? 0 : 5);
        const std::string before = bytes();
        EXPECT_EQ(checksummed_store_set_mark(store, 1, 1), MMF_ERR_CORRUPT) << at;
        EXPECT_EQ(checksummed_store_set_text(store, 1, "x", 1), MMF_ERR_CORRUPT) << at;
        EXPECT_EQ(mmf_store_set_row(base, 1, image, sizeof image, fields, 1), MMF_ERR_CORRUPT);
        EXPECT_TRUE(bytes() == before) << "something was written";
        EXPECT_EQ(verify(store), MMF_ERR_CORRUPT);
        const checksummed_record whole = t_checksummed(8);
        ASSERT_EQ(checksummed_store_set(store, 1, &whole), MMF_OK);
        EXPECT_EQ(verify(store), MMF_OK) << error.message;
        EXPECT_EQ(checksummed_store_set_mark(store, 1, 1), MMF_OK);
    }
    flip(place(1) + CHECKSUMMED_MARK_OFFSET, 0);
    EXPECT_EQ(mmf_store_set_row(base, 1, image, sizeof image, nullptr, 0), MMF_OK);
    EXPECT_EQ(verify(store), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}
