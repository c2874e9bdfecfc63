// What mmf_store_verify says of damage, where that is no matter of a record's own bytes.
#include "mmapforge/sigbus.h"

#include "tests/support/checksummed_fixture.h"

namespace {

using VerifyTest = ChecksummedTest;

} // namespace

TEST_F(VerifyTest, TheRowOfTheDamageNeedNotBeAsked)
{
    checksummed_store *store = create_checksummed(3);
    flip(place(2) + CHECKSUMMED_WIDE_OFFSET, 3);
    EXPECT_EQ(checksummed_store_verify(store, 0, MMF_TO_END, nullptr, &error), MMF_ERR_CORRUPT);
    EXPECT_EQ(error.status, MMF_ERR_CORRUPT);
    EXPECT_NE(strstr(error.message, "row 2: found the checksum"), nullptr) << error.message;
    EXPECT_EQ(checksummed_store_verify(store, 0, MMF_TO_END, nullptr, nullptr), MMF_ERR_CORRUPT);
    EXPECT_EQ(checksummed_store_verify(store, 0, 2, nullptr, &error), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

// The row has no bytes any more that could be right or wrong, and the message does not say so.
TEST_F(VerifyTest, AFileThatIsCutOffMeanwhileIsNoMatterOfOneRecord)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(3)), MMF_OK);
    EXPECT_EQ(
        t_in_child([&] {
            if (mmf_guard_install(nullptr) != MMF_OK)
                return 1;
            checksummed_store *reader = open_checksummed();
            if (verify(reader) != MMF_OK || truncate(path.c_str(), place(0)) != 0)
                return 2;
            if (verify(reader) != MMF_ERR_CORRUPT)
                return 3;
            if (strstr(error.message, "the file was truncated while it was open") == nullptr ||
                strstr(error.message, "sequence") != nullptr)
                return 4;
            // Nor is a file without rows to look at a sound one.
            if (verify(reader) != MMF_ERR_CORRUPT || strstr(error.message, "truncated") == nullptr)
                return 6;
            return checksummed_store_close(reader) == MMF_OK ? 0 : 5;
        }),
        0);
}

TEST_F(VerifyTest, AFileThatIsCutOffWholeIsNotSound)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(3)), MMF_OK);
    EXPECT_EQ(t_in_child([&] {
                  if (mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  checksummed_store *reader = open_checksummed();
                  if (truncate(path.c_str(), 0) != 0)
                      return 2;
                  for (int time = 0; time < 2; time++)
                      if (verify(reader) != MMF_ERR_CORRUPT ||
                          strstr(error.message, "truncated") == nullptr)
                          return 3;
                  return checksummed_store_close(reader) == MMF_OK ? 0 : 4;
              }),
              0);
}

// The count is in no record, and has no checksum but that of the last sync's.
TEST_F(VerifyTest, ACountThatLostABitIsFound)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(5)), MMF_OK);
    checksummed_store *reader = open_checksummed();
    EXPECT_EQ(verify(reader), MMF_OK) << error.message;
    const uint64_t one = 1; // of 5, by a flip of bit 2
    put(MMFI_LIVE_OFFSET + offsetof(mmfi_live, count),
        std::string(reinterpret_cast<const char *>(&one), sizeof one));
    EXPECT_EQ(verify(reader), MMF_ERR_CORRUPT);
    EXPECT_NE(strstr(error.message, "count (1) is below that of the last sync (5)"), nullptr)
        << error.message;
    EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
    // Nor is the file opened any more: not to append over the second record, nor to miss four.
    EXPECT_EQ(checksummed_store_open(path.c_str(), nullptr, &reader, &error), MMF_ERR_CORRUPT);
    EXPECT_NE(strstr(error.message, "the header is damaged"), nullptr) << error.message;
    checksummed_store *writer = nullptr;
    EXPECT_EQ(checksummed_store_open(path.c_str(), &writing, &writer, &error), MMF_ERR_CORRUPT);
    EXPECT_EQ(writer, nullptr);
}

// Every record that is there is sound, and the store is not.
TEST_F(VerifyTest, MissingRowsAreNotSound)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(100)), MMF_OK);
    ASSERT_EQ(truncate(path.c_str(), place(60)), 0);
    checksummed_store *reader = open_checksummed();
    uint64_t bad_row = 0;
    EXPECT_EQ(checksummed_store_verify(reader, 0, MMF_TO_END, &bad_row, &error), MMF_ERR_CORRUPT);
    EXPECT_EQ(bad_row, UINT64_MAX);
    EXPECT_NE(strstr(error.message, "40 of 100 records are missing, from row 60 on"), nullptr)
        << error.message;
    EXPECT_EQ(checksummed_store_verify(reader, 60, 1, nullptr, &error), MMF_ERR_CORRUPT);
    EXPECT_EQ(checksummed_store_verify(reader, 0, 60, nullptr, &error), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_verify(reader, 0, 101, nullptr, &error), MMF_ERR_RANGE);
    EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
}

// The first open after a restart reports the commits; the records are sound.
TEST_F(VerifyTest, DamagedCommitsAreNoDamageOfRecords)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(5)), MMF_OK);
    checksummed_store *reader = open_checksummed();
    for (uint64_t slot = 0; slot < MMFI_COMMIT_COPIES; slot++)
        put(MMFI_COMMIT_OFFSET + slot * MMFI_PAGE_SIZE, "damaged");
    EXPECT_EQ(verify(reader), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
}
