// Commit slots: where they lie, which one counts, and what is none.
#include "tests/unit/core/format/recover_fixture.h"

#include "mmapforge/detail/crc32c.h"

#include <cstring>

namespace {

class CommitTest : public RecoverTest {};

} // namespace

namespace {

// Offsets as docs/file-format.md has them, checksum over the bytes before it.
TEST_F(CommitTest, ACommitIsWrittenToTheSlotOfItsGeneration)
{
    live().epoch = 6;
    std::vector<uint64_t> expected = words;
    mmfi_commit_write(base, 7, 3, 5, true);
    uint64_t *slot = &expected[(8192 + 4096) / 8];
    slot[0] = 512 | UINT64_C(1) << 32; // u32 size, u32 flags
    slot[1] = 7;
    slot[2] = 3;
    slot[3] = 5;
    slot[5] = 6;
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
    slot[5] = 6;
    slot[9] = boot[0];
    slot[10] = boot[1];
    slot[63] = static_cast<uint64_t>(mmfi_crc32c(slot, 508)) << 32;
    EXPECT_TRUE(words == expected);

    // With a tail, and confirmed: in the last word of the page.
    mmfi_commit_write_tail(base, 9, 5, 5, false, 2, 77);
    mmfi_commit_confirm(base, 9);
    slot = &expected[(8192 + 4096) / 8];
    slot[0] = 512;
    slot[1] = 9;
    slot[2] = 5;
    slot[11] = 2;
    slot[12] = 77;
    const uint32_t crc = mmfi_crc32c(slot, 508);
    slot[63] = static_cast<uint64_t>(crc) << 32;
    slot[511] = static_cast<uint64_t>(crc) << 32 | static_cast<uint32_t>(~crc);
    EXPECT_TRUE(words == expected);
}

TEST_F(CommitTest, OfTwoGoodCommitsTheNewerCounts)
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

TEST_F(CommitTest, OfTwoCommitsOneBadTheOtherCounts)
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

TEST_F(CommitTest, NeitherZeroesNorAnyFlippedBitAreACommit)
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
TEST_F(CommitTest, ACommitMayBeLargerThanKnown)
{
    mmfi_commit found = {};
    for (const uint32_t size : {520u, 4088u}) {
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
    for (const uint32_t size : {0u, 64u, 508u, 4096u, 4104u, UINT32_MAX}) {
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
TEST_F(CommitTest, ACommitInTheOtherSlotIsNone)
{
    mmfi_commit found = {};
    mmfi_commit_write(base, 2, 1, 5, false);
    commit(1) = commit(0);
    memset(&commit(0), 0, sizeof(mmfi_commit));
    EXPECT_FALSE(mmfi_commit_read(base, &found));
}

// Of another boot a commit with a tail stands if the tail is there, or the commit is confirmed.
TEST_F(CommitTest, ATailProvesItsCommit)
{
    mmfi_commit_write(base, 4, 2, ROWS, false);
    mmfi_commit_write_tail(base, 5, ROWS, ROWS, false, 2, mmfi_tail_crc(base, &layout, 2, ROWS));
    EXPECT_EQ(recover(), MMF_OK);
    EXPECT_EQ(out.count, ROWS);
    EXPECT_EQ(out.tail_first, 2u);
    EXPECT_FALSE(out.confirmed);
    EXPECT_FALSE(out.dropped);
}

TEST_F(CommitTest, EveryWordOfATailCounts)
{
    mmfi_commit_write(base, 4, 2, ROWS, false);
    mmfi_commit_write_tail(base, 5, ROWS, ROWS, false, 2, mmfi_tail_crc(base, &layout, 2, ROWS));
    mmfi_commit found = {};
    bool dropped = true;
    for (uint64_t word = 0; word < ROWS * RECORD_SIZE / 8; word++) {
        record(0)[word] ^= 4;
        ASSERT_TRUE(mmfi_commit_find(base, &layout, ROWS, &found, &dropped));
        const bool in_tail = word >= 2 * RECORD_SIZE / 8;
        EXPECT_EQ(found.count, in_tail ? 2u : ROWS) << word;
        EXPECT_EQ(dropped, in_tail) << word;
        record(0)[word] ^= 4;
    }
    // Nor is it there where the file ends before.
    ASSERT_TRUE(mmfi_commit_find(base, &layout, ROWS - 1, &found, &dropped));
    EXPECT_EQ(found.count, 2u);
    record(3)[1] ^= 4;
    mmfi_commit_confirm(base, 5);
    ASSERT_TRUE(mmfi_commit_find(base, &layout, ROWS, &found, &dropped));
    EXPECT_EQ(found.count, ROWS) << "a record of a confirmed tail may be replaced";
    EXPECT_FALSE(dropped);
}

// One that a slot had before is not of the slot that is written over it.
TEST_F(CommitTest, AConfirmationIsOfOneCommit)
{
    mmfi_commit_write_tail(base, 5, ROWS, ROWS, false, 2, 1);
    mmfi_commit_confirm(base, 5);
    mmfi_commit_write(base, 6, 2, ROWS, false);
    mmfi_commit found = {};
    ASSERT_TRUE(mmfi_commit_find(base, &layout, ROWS, &found, nullptr));
    EXPECT_EQ(found.generation, 6u);
    mmfi_commit_write_tail(base, 7, ROWS, ROWS, false, 2, 1);
    ASSERT_TRUE(mmfi_commit_find(base, &layout, ROWS, &found, nullptr));
    EXPECT_EQ(found.generation, 6u) << "what confirms 5 does not confirm 7";
    mmfi_commit_forget(base, 7);
    ASSERT_TRUE(mmfi_commit_read(base, &found));
    EXPECT_EQ(found.generation, 6u);
}

// A tail that claims to begin after its end, or to be of more than may be checked, is none.
TEST_F(CommitTest, ATailThatCannotBe)
{
    for (const uint64_t first : {ROWS + 1, UINT64_MAX}) {
        mmfi_commit_write(base, 4, 2, ROWS, false);
        mmfi_commit_write_tail(base, 5, ROWS, ROWS, false, first, 0);
        mmfi_commit found = {};
        ASSERT_TRUE(mmfi_commit_find(base, &layout, ROWS, &found, nullptr));
        EXPECT_EQ(found.count, 2u);
    }
    EXPECT_TRUE(mmfi_tail_fits(&layout, 0, (UINT64_C(64) << 20) / RECORD_SIZE));
    EXPECT_FALSE(mmfi_tail_fits(&layout, 0, (UINT64_C(64) << 20) / RECORD_SIZE + 1));
}

// In the boot of its writer memory has the tail, whatever its checksum.
TEST_F(CommitTest, InTheSameBootATailNeedsNoProof)
{
    mmfi_commit_write(base, 4, 2, ROWS, false);
    mmfi_commit_write_tail(base, 5, ROWS, ROWS, false, 2, 1);
    put_live(ROWS);
    EXPECT_EQ(recover(), MMF_OK);
    EXPECT_EQ(out.count, ROWS);
    EXPECT_EQ(out.generation, 5u);
}

} // namespace
