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
    slot[0] = 512 | UINT64_C(1) << 32; // u32 size, u32 flags
    slot[1] = 7;
    slot[2] = 3;
    slot[3] = 5;
    slot[9] = boot[0];
    slot[10] = boot[1];
    slot[63] = static_cast<uint64_t>(mmfi_crc32c(slot, 508)) << 32;
    EXPECT_TRUE(words == expected);

    mmfi_commit_write(base, 8, 4, 5, false);
    slot = &expected[8192 / 8];
    slot[0] = 512;
    slot[1] = 8;
    slot[2] = 4;
    slot[3] = 5;
    slot[9] = boot[0];
    slot[10] = boot[1];
    slot[63] = static_cast<uint64_t>(mmfi_crc32c(slot, 508)) << 32;
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

// A later version may write larger ones; one that says it is smaller, or larger than its page, is
// none.
TEST_F(RecoverTest, ACommitMayBeLargerThanKnown)
{
    mmfi_commit found = {};
    for (const uint32_t size : {520u, 4096u}) {
        mmfi_commit_write(base, 2, 1, 5, false);
        unsigned char *slot = base + MMFI_COMMIT_OFFSET;
        commit(0).size = size;
        memset(slot + 508, 0x77, size - 508);
        uint32_t crc = mmfi_crc32c(slot, size - 4);
        memcpy(slot + size - 4, &crc, 4);
        ASSERT_TRUE(mmfi_commit_read(base, &found)) << size;
        EXPECT_EQ(found.generation, 2u);
        slot[size - 5] ^= 1;
        EXPECT_FALSE(mmfi_commit_read(base, &found)) << size;
    }
    for (const uint32_t size : {0u, 64u, 508u, 4104u, UINT32_MAX}) {
        mmfi_commit_write(base, 2, 1, 5, false);
        commit(0).size = size;
        if (size >= 4 && size <= 4096) {
            const uint32_t crc = mmfi_crc32c(&commit(0), size - 4);
            memcpy(base + MMFI_COMMIT_OFFSET + size - 4, &crc, 4);
        }
        EXPECT_FALSE(mmfi_commit_read(base, &found)) << size;
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
