// Taking a file over: every state that a dead writer, a restart or a damaged disk may leave.
#include "tests/unit/core/format/recover_fixture.h"

#include <unistd.h>

#include <cstring>

namespace {

TEST_F(RecoverTest, OnlyTheWholeIdOfThisBootIsTrusted)
{
    EXPECT_FALSE(mmfi_live_is_trusted(base, &layout));
    put_live(0);
    EXPECT_TRUE(mmfi_live_is_trusted(base, &layout));
    for (int word = 0; word < 2; word++) {
        live().boot_id[word] ^= 1;
        EXPECT_FALSE(mmfi_live_is_trusted(base, &layout)) << word;
        live().boot_id[word] ^= 1;
    }
    std::swap(live().boot_id[0], live().boot_id[1]);
    EXPECT_EQ(mmfi_live_is_trusted(base, &layout), boot[0] == boot[1]);
}

// A copy that is mounted in the same boot has the boot's id and not the memory.
TEST_F(RecoverTest, ThePageOfAnotherFileIsNotTrusted)
{
    mmfi_commit_write(base, 6, 1, ROWS, false);
    put_live(4);
    layout.device = live().device = 2049;
    layout.inode = live().inode = 77;
    EXPECT_TRUE(mmfi_live_is_trusted(base, &layout));
    layout.device++;
    EXPECT_FALSE(mmfi_live_is_trusted(base, &layout));
    layout.device--;
    layout.inode++;
    EXPECT_FALSE(mmfi_live_is_trusted(base, &layout));
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    EXPECT_EQ(out.count, 1u);
    EXPECT_EQ(out.dropped_rows, 3u);
    EXPECT_EQ(live().device, 2049u);
    EXPECT_EQ(live().inode, 78u);
    EXPECT_TRUE(mmfi_live_is_trusted(base, &layout));
}

// What a page says that is not valid is told as far as the file has room for it.
TEST_F(RecoverTest, WhatIsDroppedIsCounted)
{
    const struct {
        uint64_t count, dropped;
    } CASES[] = {{0, 0}, {3, 0}, {4, 1}, {ROWS, ROWS - 3}, {UINT64_MAX, ROWS - 3}};
    for (const auto &each : CASES) {
        SetUp();
        mmfi_commit_write(base, 6, 3, ROWS, false);
        put_live(each.count);
        live().boot_id[0] ^= 1;
        ASSERT_EQ(recover(), MMF_OK) << error.message;
        EXPECT_EQ(out.count, 3u);
        EXPECT_EQ(out.dropped_rows, each.dropped);
        ASSERT_EQ(recover(), MMF_OK) << error.message;
        EXPECT_EQ(out.dropped_rows, 0u); // said once, by the recovery that dropped them
    }
}

// ---- Counts ----

TEST_F(RecoverTest, InTheSameBootMemoryHasTheCount)
{
    mmfi_commit_write(base, 6, 1, 3, false);
    put_live(4);
    live().writer_epoch = 10;
    live().writer_pid = 1;
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    EXPECT_EQ(out.count, 4u);
    EXPECT_EQ(out.capacity, ROWS); // of the file, whatever the commit says
    EXPECT_EQ(out.generation, 6u);
    EXPECT_EQ(live().count, 4u);
    EXPECT_EQ(live().capacity, ROWS);
    EXPECT_EQ(live().writer_epoch, 11u);
    EXPECT_EQ(live().writer_pid, static_cast<uint64_t>(getpid()));
    EXPECT_TRUE(mmfi_live_is_trusted(base, &layout));
}

TEST_F(RecoverTest, InTheSameBootNoCommitIsNeeded)
{
    put_live(4);
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    EXPECT_EQ(out.count, 4u);
    EXPECT_EQ(out.generation, 1u); // so the next commit is the second of a new file
}

TEST_F(RecoverTest, AfterAnotherBootTheCommitHasTheCount)
{
    mmfi_commit_write(base, 6, 3, 3, false);
    put_live(5);
    live().boot_id[0] ^= 1;
    live().boot_id[1] ^= 1;
    live().writer_epoch = 10;
    live().poisoned = 1; // in that boot: what was not synced is gone, and no process sees it
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    EXPECT_EQ(out.count, 3u);
    EXPECT_EQ(out.generation, 6u);
    EXPECT_EQ(live().count, 3u);
    EXPECT_EQ(live().capacity, ROWS);
    EXPECT_EQ(live().poisoned, 0u);
    EXPECT_EQ(live().writer_epoch, 11u);
    EXPECT_EQ(live().boot_id[0], boot[0]);
    EXPECT_EQ(live().boot_id[1], boot[1]);
}

TEST_F(RecoverTest, AfterAnotherBootOneGoodCommitIsEnough)
{
    mmfi_commit_write(base, 6, 3, 3, false);
    mmfi_commit_write(base, 7, 4, 3, false);
    damage(1);
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    EXPECT_EQ(out.count, 3u);
    EXPECT_EQ(out.generation, 6u);
}

TEST_F(RecoverTest, AfterAnotherBootNoGoodCommitIsCorrupt)
{
    mmfi_commit_write(base, 6, 3, 3, false);
    mmfi_commit_write(base, 7, 4, 3, false);
    damage(0);
    damage(1);
    put_undo(0, 0, 3, 77);
    expect_refused(MMF_ERR_CORRUPT, "both commit slots fail their checksum");
}

TEST_F(RecoverTest, ACountAtTheEndOfTheFileIsGoodAndOneBeyondIsCorrupt)
{
    put_live(ROWS);
    EXPECT_EQ(recover(), MMF_OK) << error.message;
    for (const uint64_t count : {ROWS + 1, UINT64_MAX}) {
        put_live(count);
        put_undo(0, 0, 3, 77);
        put_record(0, 3, 1);
        expect_refused(MMF_ERR_CORRUPT, "the file claims");
    }
    live().boot_id[0] ^= 1;
    mmfi_commit_write(base, 2, ROWS, ROWS, false);
    EXPECT_EQ(recover(), MMF_OK) << error.message;
    live().boot_id[0] ^= 1;
    mmfi_commit_write(base, 3, ROWS + 1, ROWS + 1, true);
    expect_refused(MMF_ERR_CORRUPT, "the file claims 6 records and has room for 5");
}

// After the largest number the next commit would be the older one of two, whatever it promised.
// Appends go after the count, so one that lost a bit would have them go over records.
TEST_F(RecoverTest, ACountBelowThatOfTheLastSyncIsCorrupt)
{
    mmfi_commit_write(base, 6, 3, ROWS, false);
    mmfi_commit_write(base, 7, 4, ROWS, false);
    live().boot_id[0] = boot[0];
    live().boot_id[1] = boot[1];
    for (const uint64_t count : {0u, 1u, 3u}) {
        live().count = count;
        expect_refused(MMF_ERR_CORRUPT, ("the shared record count (" + std::to_string(count) +
                                         ") is below that of the last sync (4)")
                                            .c_str());
    }
    live().count = 4;
    EXPECT_EQ(recover(), MMF_OK);
}

TEST_F(RecoverTest, AGenerationThatNoSyncsReachIsCorrupt)
{
    for (const bool trusted : {false, true}) {
        live().boot_id[0] = trusted ? boot[0] : 0;
        live().boot_id[1] = trusted ? boot[1] : 0;
        mmfi_commit_write(base, UINT64_MAX / 2, 3, ROWS, false);
        ASSERT_EQ(recover(), MMF_OK) << error.message;
        EXPECT_EQ(out.generation, UINT64_MAX / 2);
        for (const uint64_t generation : {UINT64_MAX / 2 + 1, UINT64_MAX}) {
            live().boot_id[0] = trusted ? boot[0] : 0;
            live().boot_id[1] = trusted ? boot[1] : 0;
            mmfi_commit_write(base, generation, 3, ROWS, false);
            expect_refused(MMF_ERR_CORRUPT, std::to_string(generation).c_str());
        }
        memset(&commit(0), 0, 2 * MMFI_PAGE_SIZE);
    }
}

TEST_F(RecoverTest, AFailedSyncOfThisBootIsNotTakenOver)
{
    mmfi_commit_write(base, 2, 1, ROWS, false);
    put_live(3);
    put_undo(0, 0, 3, 77);
    put_record(0, 3, 1);
    for (const uint64_t flag : {UINT64_C(1), UINT64_MAX, UINT64_C(1) << 63}) {
        live().poisoned = flag;
        expect_refused(MMF_ERR_NEEDS_RECOVERY, "a sync of this file failed");
    }
}

TEST_F(RecoverTest, AFailureMayGoWithoutAnError)
{
    EXPECT_EQ(mmfi_recover(base, &layout, FILE_SIZE, PATH, &out, nullptr), MMF_ERR_CORRUPT);
}

// ---- Undo slots ----

// Whatever is in the record, and whichever slot has its image.
TEST_F(RecoverTest, AHalfReplacedRecordBecomesWhatItWas)
{
    for (uint32_t slot = 0; slot < UNDO_COUNT; slot++) {
        put_live(ROWS);
        put_undo(slot, slot, 9, 77);
        put_record(slot, 9, 0);
        record(slot)[1] = 5; // half of the new one
    }
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    for (uint64_t row = 0; row < ROWS; row++)
        expect_record(row, row < UNDO_COUNT ? 10 : 2, row < UNDO_COUNT ? 77 : row + 1);
}

// Each of these is a slot whose image is not what the record was.
TEST_F(RecoverTest, ASlotThatDoesNotMatchChangesNoRecord)
{
    const struct {
        const char *why;
        uint64_t row, slot_sequence, record_sequence;
    } CASES[] = {
        {"never used", 0, 0, 2},
        {"never used, and the record never written", 0, 0, 0},
        {"saved, and the replacement not begun", 1, 5, 4},
        {"of a replacement that was finished", 1, 5, 6},
        {"of an earlier replacement than the one that stands", 1, 5, 7},
        {"of a later one than the record knows of", 1, 9, 7},
        {"even, as no writer leaves it", 1, 4, 4},
        {"even, beside an odd record", 1, 4, 5},
        {"of the row after the last one", 3, 5, 5},
        {"of a row that the file has no room for", ROWS, 5, 5},
        {"of a row whose offset is beyond all addresses", UINT64_MAX, 5, 5},
        {"of a row whose offset wraps to the first", UINT64_C(1) << 61, 5, 5},
    };
    for (const auto &with : CASES) {
        SCOPED_TRACE(with.why);
        SetUp();
        put_live(3);
        put_undo(0, with.row, with.slot_sequence, 77);
        if (with.row < ROWS)
            put_record(with.row, with.record_sequence, 11);
        else
            put_record(0, with.record_sequence, 11);
        const std::vector<uint64_t> before = words;
        ASSERT_EQ(recover(), MMF_OK) << error.message;
        for (uint64_t row = 0; row < ROWS; row++)
            EXPECT_EQ(memcmp(record(row), &before[(MMFI_HEADER_SIZE_MIN + row * RECORD_SIZE) / 8],
                             RECORD_SIZE),
                      0)
                << row;
    }
}

// A page that the disk has of some older moment: its image may be of any of them.
TEST_F(RecoverTest, AfterAnotherBootNoSlotIsBelieved)
{
    mmfi_commit_write(base, 2, ROWS, ROWS, false);
    for (uint32_t slot = 0; slot < UNDO_COUNT; slot++)
        put_undo(slot, slot, 9, 77);
    put_record(1, 9, 11);
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    expect_record(0, 2, 1);
    expect_record(1, 9, 11); // still odd: readers are told that it is corrupt
    for (uint32_t slot = 0; slot < UNDO_COUNT; slot++)
        EXPECT_EQ(undo(slot).sequence, 0u) << slot;
}

// ---- Again ----

// A killed recovery is followed by another one, which must find what it needs.
TEST_F(RecoverTest, RunAgainItChangesTheEpochOnly)
{
    for (const bool same_boot : {true, false}) {
        SetUp();
        mmfi_commit_write(base, 2, 3, ROWS, false);
        put_live(4);
        if (!same_boot)
            live().boot_id[1] ^= 1;
        put_undo(0, 1, 9, 77);
        put_record(1, 9, 11);
        ASSERT_EQ(recover(), MMF_OK) << error.message;
        const mmfi_recovery first = out;
        std::vector<uint64_t> expected = words;
        expected[(MMFI_LIVE_OFFSET + offsetof(mmfi_live, writer_epoch)) / 8]++;
        ASSERT_EQ(recover(), MMF_OK) << error.message;
        EXPECT_TRUE(words == expected);
        EXPECT_EQ(out.count, first.count);
        EXPECT_EQ(out.capacity, first.capacity);
        EXPECT_EQ(out.generation, first.generation);
    }
}

} // namespace
