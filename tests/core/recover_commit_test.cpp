// Commit slots: where they lie, which one counts, and what is none.
#include "tests/core/recover_fixture.h"

#include "mmapforge/detail/crc32c.h"

#include <cstring>

namespace {

// Offsets as core/FORMAT.md has them, checksum over the bytes before it.
TEST_F(RecoverTest, ACommitIsWrittenToTheSlotOfItsGeneration)
{
    std::vector<uint64_t> expected = words;
    mmfi_commit_write(base, 7, 3, 5, true);
    uint64_t *slot = &expected[(8192 + 4096) / 8];
    slot[0] = 7;
    slot[1] = 3;
    slot[2] = 5;
    slot[3] = 1; // u32 flags, u32 reserved
    slot[4] = boot[0];
    slot[5] = boot[1];
    slot[7] = static_cast<uint64_t>(mmfi_crc32c(slot, 60)) << 32;
    EXPECT_TRUE(words == expected);

    mmfi_commit_write(base, 8, 4, 5, false);
    slot = &expected[8192 / 8];
    slot[0] = 8;
    slot[1] = 4;
    slot[2] = 5;
    slot[4] = boot[0];
    slot[5] = boot[1];
    slot[7] = static_cast<uint64_t>(mmfi_crc32c(slot, 60)) << 32;
    EXPECT_TRUE(words == expected);
}

TEST_F(RecoverTest, OfTwoGoodCommitsTheNewerCounts)
{
    mmfi_commit found = {};
    mmfi_commit_write(base, 4, 40, 99, false);
    mmfi_commit_write(base, 5, 50, 99, true);
    ASSERT_TRUE(mmfi_commit_read(base, &found));
    EXPECT_EQ(found.generation, 5u);
    EXPECT_EQ(found.count, 50u);
    EXPECT_EQ(found.capacity, 99u);
    EXPECT_EQ(found.flags, MMFI_COMMIT_CLEAN);
    mmfi_commit_write(base, 6, 30, 99, false);
    ASSERT_TRUE(mmfi_commit_read(base, &found));
    EXPECT_EQ(found.generation, 6u);
    EXPECT_EQ(found.count, 30u); // the newer, not the larger
    EXPECT_EQ(found.flags, 0u);
}

TEST_F(RecoverTest, OfTwoCommitsOneBadTheOtherCounts)
{
    for (uint64_t bad = 0; bad < 2; bad++) {
        mmfi_commit_write(base, 4, 40, 99, false);
        mmfi_commit_write(base, 5, 50, 99, false);
        damage(bad);
        mmfi_commit found = {};
        ASSERT_TRUE(mmfi_commit_read(base, &found));
        EXPECT_EQ(found.generation, bad == 0 ? 5u : 4u);
        damage(1 - bad);
        EXPECT_FALSE(mmfi_commit_read(base, &found));
    }
}

TEST_F(RecoverTest, NeitherZeroesNorAnyFlippedBitAreACommit)
{
    mmfi_commit found = {};
    EXPECT_FALSE(mmfi_commit_read(base, &found));
    mmfi_commit_write(base, 2, 1, 5, false);
    ASSERT_TRUE(mmfi_commit_read(base, &found));
    unsigned char *slot = base + MMFI_COMMIT_OFFSET;
    for (size_t bit = 0; bit < 8 * sizeof(mmfi_commit); bit++) {
        slot[bit / 8] ^= static_cast<unsigned char>(1u << bit % 8);
        EXPECT_FALSE(mmfi_commit_read(base, &found)) << bit;
        slot[bit / 8] ^= static_cast<unsigned char>(1u << bit % 8);
    }
}

// Copied there by whom or what: its checksum is right, and its place is not.
TEST_F(RecoverTest, ACommitInTheOtherSlotIsNone)
{
    mmfi_commit found = {};
    mmfi_commit_write(base, 2, 1, 5, false);
    commit(1) = commit(0);
    memset(&commit(0), 0, sizeof(mmfi_commit));
    EXPECT_FALSE(mmfi_commit_read(base, &found));
}

} // namespace
