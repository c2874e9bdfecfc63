// Taking a file over: every state that a dead writer, a restart or a damaged disk may leave.
#include "core/recover.h"

#include "core/crc32c.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

const uint64_t ROWS = 5; // that the file has room for
const uint64_t RECORD_SIZE = 24;
const uint64_t FILE_SIZE = MMFI_HEADER_SIZE_MIN + ROWS * RECORD_SIZE;
const uint32_t UNDO_COUNT = 3;
const uint64_t UNDO_STRIDE = 128;
const char PATH[] = "a/ticks.mmf";

// A file as it lies in memory: a header of zeroes, then records, each of them written once.
class RecoverTest : public testing::Test {
protected:
    void SetUp() override
    {
        mmfi_boot_id(boot);
        ASSERT_TRUE(boot[0] != 0 || boot[1] != 0) << "this machine has no boot id";
        words.assign(FILE_SIZE / 8, 0);
        base = reinterpret_cast<unsigned char *>(words.data());
        geometry.header_size = MMFI_HEADER_SIZE_MIN;
        geometry.record_size = RECORD_SIZE;
        geometry.undo_offset = MMFI_UNDO_OFFSET;
        geometry.undo_stride = UNDO_STRIDE;
        geometry.undo_count = UNDO_COUNT;
        for (uint64_t row = 0; row < ROWS; row++)
            put_record(row, 2, row + 1);
    }

    mmfi_live &live()
    {
        return *reinterpret_cast<mmfi_live *>(base + MMFI_LIVE_OFFSET);
    }

    mmfi_commit &commit(uint64_t slot)
    {
        return *reinterpret_cast<mmfi_commit *>(base + MMFI_COMMIT_OFFSET + slot * MMFI_PAGE_SIZE);
    }

    mmfi_undo &undo(uint32_t slot)
    {
        return *reinterpret_cast<mmfi_undo *>(base + MMFI_UNDO_OFFSET + slot * UNDO_STRIDE);
    }

    uint64_t *record(uint64_t row)
    {
        return &words[(MMFI_HEADER_SIZE_MIN + row * RECORD_SIZE) / 8];
    }

    void put_record(uint64_t row, uint64_t sequence, uint64_t value)
    {
        record(row)[0] = sequence;
        record(row)[1] = record(row)[2] = value;
    }

    void put_undo(uint32_t slot, uint64_t row, uint64_t sequence, uint64_t value)
    {
        undo(slot).row = row;
        undo(slot).sequence = sequence;
        uint64_t *image = reinterpret_cast<uint64_t *>(&undo(slot) + 1);
        image[0] = 12345; // its sequence word means nothing
        image[1] = image[2] = value;
    }

    // As the writer of this boot left it.
    void put_live(uint64_t count)
    {
        live().count = count;
        live().boot_id[0] = boot[0];
        live().boot_id[1] = boot[1];
    }

    void damage(uint64_t slot)
    {
        commit(slot).crc ^= 1;
    }

    mmf_status recover()
    {
        mmfi_error_clear(&error);
        out = {99, 99, 99, 99};
        return mmfi_recover(base, &geometry, FILE_SIZE, PATH, &out, &error);
    }

    // It must fail so, say where, and leave every byte.
    void expect_refused(mmf_status expected, const char *text)
    {
        const std::vector<uint64_t> before = words;
        EXPECT_EQ(recover(), expected);
        EXPECT_EQ(error.status, expected);
        EXPECT_STREQ(error.path, PATH);
        EXPECT_NE(std::string(error.message).find(PATH), std::string::npos) << error.message;
        EXPECT_NE(std::string(error.message).find(text), std::string::npos) << error.message;
        EXPECT_TRUE(words == before);
    }

    // Nothing but live control and the undo slots changed; rows in `changed` are not compared.
    void expect_record(uint64_t row, uint64_t sequence, uint64_t value)
    {
        EXPECT_EQ(record(row)[0], sequence) << "row " << row;
        EXPECT_EQ(record(row)[1], value) << "row " << row;
        EXPECT_EQ(record(row)[2], value) << "row " << row;
    }

    std::vector<uint64_t> words;
    unsigned char *base = nullptr;
    uint64_t boot[MMFI_BOOT_ID_WORDS] = {};
    mmfi_geometry geometry = {};
    mmfi_recovery out = {};
    mmf_error error = {};
};

// ---- Is live control of this boot? ----

TEST_F(RecoverTest, OnlyTheWholeIdOfThisBootIsTrusted)
{
    EXPECT_FALSE(mmfi_live_is_trusted(base));
    put_live(0);
    EXPECT_TRUE(mmfi_live_is_trusted(base));
    for (int word = 0; word < 2; word++) {
        live().boot_id[word] ^= 1;
        EXPECT_FALSE(mmfi_live_is_trusted(base)) << word;
        live().boot_id[word] ^= 1;
    }
    std::swap(live().boot_id[0], live().boot_id[1]);
    EXPECT_EQ(mmfi_live_is_trusted(base), boot[0] == boot[1]);
}

// ---- Commit slots ----

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
    EXPECT_EQ(out.committed, 1u);
    EXPECT_EQ(live().count, 4u);
    EXPECT_EQ(live().capacity, ROWS);
    EXPECT_EQ(live().writer_epoch, 11u);
    EXPECT_EQ(live().writer_pid, static_cast<uint64_t>(getpid()));
    EXPECT_TRUE(mmfi_live_is_trusted(base));
}

TEST_F(RecoverTest, InTheSameBootNoCommitIsNeeded)
{
    put_live(4);
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    EXPECT_EQ(out.count, 4u);
    EXPECT_EQ(out.committed, 0u);
    EXPECT_EQ(out.generation, 1u); // so the next commit is the second of a new file
}

TEST_F(RecoverTest, AfterAnotherBootTheCommitHasTheCount)
{
    mmfi_commit_write(base, 6, 3, 3, false);
    put_live(5);
    live().boot_id[0] ^= 1;
    live().boot_id[1] ^= 1;
    live().writer_epoch = 10;
    live().poisoned = 1; // in that boot: what was not synced is gone, and nobody sees it
    ASSERT_EQ(recover(), MMF_OK) << error.message;
    EXPECT_EQ(out.count, 3u);
    EXPECT_EQ(out.committed, 3u);
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
    EXPECT_EQ(mmfi_recover(base, &geometry, FILE_SIZE, PATH, &out, nullptr), MMF_ERR_CORRUPT);
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
        {"of the row behind the last one", 3, 5, 5},
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
        EXPECT_EQ(memcmp(&out, &first, sizeof out), 0);
    }
}

} // namespace
