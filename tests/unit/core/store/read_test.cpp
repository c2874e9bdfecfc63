// What a reader says of a record that is odd: being replaced, left so by a dead writer, or
// torn.
#include "core/store/state.h"
#include "tests/support/store_fixture.h"

namespace {

class SlowReadTest : public StoreTest {
protected:
    static mmf_store *base_of(tick_store *store)
    {
        return reinterpret_cast<mmf_store *>(store);
    }

    static unsigned char *row_of(tick_store *store, uint64_t row)
    {
        return mmfi_row(base_of(store), row, TICK_RECORD_SIZE);
    }

    static mmf_status get(const tick_store *store, uint64_t row)
    {
        tick_record found = {};
        const mmf_status status = tick_store_get(store, row, &found);
        EXPECT_TRUE(status != MMF_OK || t_is_whole(found));
        return status;
    }

    // The machine started again: the shared page is of a boot that is gone.
    void change_boot() const
    {
        put(MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id), std::string(16, '\x5a'));
    }
};

} // namespace

// A power cut left the record odd and no image. That a writer has the file now changes nothing.
TEST_F(SlowReadTest, ATornRecordIsCorruptForReadersAndWriters)
{
    tick_store *writer = create();
    fill(writer, 3);
    tick_store *reader = open();
    mmfi_store64(row_of(writer, 1), 5);
    EXPECT_EQ(get(writer, 1), MMF_ERR_CORRUPT);
    EXPECT_EQ(get(reader, 1), MMF_ERR_CORRUPT);
    char symbol[TICK_SYMBOL_MAX + 1];
    EXPECT_EQ(tick_store_get_symbol(reader, 1, symbol, sizeof symbol, nullptr), MMF_ERR_CORRUPT);
    EXPECT_EQ(get(reader, 2), MMF_OK);
    const tick_record tick = t_tick(7);
    ASSERT_EQ(tick_store_set(writer, 1, &tick), MMF_OK);
    EXPECT_EQ(get(reader, 1), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// Also through the handle that writes, by another thread than the one that does.
TEST_F(SlowReadTest, ARecordThatChangesAtEveryLookIsBusy)
{
    tick_store *writer = create();
    fill(writer, 3);
    tick_store *reader = open();
    for (tick_store *store : {writer, reader}) {
        mmfi_slow_read slow = mmfi_slow_read_begin(base_of(store), 1, true);
        while (mmfi_slow_read_next(&slow))
            ASSERT_EQ(tick_store_set_price(writer, 1, 3), MMF_OK);
        EXPECT_EQ(slow.status, MMF_ERR_BUSY);
    }
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// The same when each look finds a later odd sequence than the one before.
TEST_F(SlowReadTest, ARecordThatIsFoundOddAgainAndAgainIsBusy)
{
    tick_store *writer = create();
    fill(writer, 3);
    tick_store *reader = open();
    unsigned char *record = row_of(writer, 1);
    unsigned char *undo = base_of(writer)->state->writer->undo;
    mmfi_slow_read slow = mmfi_slow_read_begin(base_of(reader), 1, true);
    for (uint64_t sequence = 2;; sequence += 2) {
        mmfi_undo_save(undo, 1, record, sequence, TICK_RECORD_SIZE);
        mmfi_sequence_write_begin(record, sequence);
        if (!mmfi_slow_read_next(&slow))
            break;
    }
    EXPECT_EQ(slow.status, MMF_ERR_BUSY);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// The image that is being copied is that of another record now, as after a recovery that trusts no
// slot: the record itself still has its odd sequence.
TEST_F(SlowReadTest, AnImageWhoseSlotWasUsedAgainIsNotKept)
{
    tick_store *writer = create();
    fill(writer, 3);
    tick_store *reader = open();
    mmf_store *into = base_of(writer);
    unsigned char *undo = into->state->writer->undo;
    const mmfi_write write = mmfi_write_begin(into, 1, TICK_RECORD_SIZE);
    ASSERT_EQ(write.status, MMF_OK);
    mmfi_slow_read slow = mmfi_slow_read_begin(base_of(reader), 1, true);
    ASSERT_TRUE(mmfi_slow_read_next(&slow));
    EXPECT_EQ(slow.record, mmfi_undo_image(base_of(reader)->state->map.base +
                                           base_of(reader)->state->layout.undo_offset));
    mmfi_undo_save(undo, 2, row_of(writer, 2), 2, TICK_RECORD_SIZE);
    while (mmfi_slow_read_next(&slow))
        ADD_FAILURE() << "no slot has the record any more";
    EXPECT_NE(slow.status, MMF_OK);
    EXPECT_EQ(slow.record, nullptr);
    // And when it does not change, what was copied is good.
    mmfi_undo_save(undo, 1, row_of(writer, 1), 2, TICK_RECORD_SIZE);
    slow = mmfi_slow_read_begin(base_of(reader), 1, true);
    ASSERT_TRUE(mmfi_slow_read_next(&slow));
    EXPECT_FALSE(mmfi_slow_read_next(&slow));
    EXPECT_EQ(slow.status, MMF_OK);
    EXPECT_EQ(mmfi_write_end(write), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// Every call says so, and the record is good again once it is replaced as a whole.
TEST_F(SlowReadTest, AReservedBitIsDamage)
{
    tick_store *writer = create();
    fill(writer, 3);
    tick_store *reader = open();
    mmf_options sharing = writing;
    sharing.shared_writers = true;
    for (const bool shared : {false, true}) {
        if (shared) {
            ASSERT_EQ(tick_store_close(writer), MMF_OK);
            writer = open(&sharing);
        }
        for (unsigned bit = 55; bit < 64; bit++) {
            for (const uint64_t sequence : {4u, 5u}) {
                mmfi_store64(row_of(writer, 1), sequence | UINT64_C(1) << bit);
                uint64_t seen = 9;
                char symbol[TICK_SYMBOL_MAX + 1];
                EXPECT_EQ(get(reader, 1), MMF_ERR_CORRUPT) << bit;
                EXPECT_EQ(tick_store_get_symbol(reader, 1, symbol, sizeof symbol, nullptr),
                          MMF_ERR_CORRUPT)
                    << bit;
                EXPECT_EQ(tick_store_read_begin(reader, 1, &seen), MMF_ERR_CORRUPT) << bit;
                EXPECT_EQ(seen, 0u);
                EXPECT_EQ(tick_store_set_symbol(writer, 1, "A", 1), MMF_ERR_CORRUPT) << bit;
                const tick_record tick = t_tick(7);
                ASSERT_EQ(tick_store_set(writer, 1, &tick), MMF_OK) << bit;
                EXPECT_EQ(get(reader, 1), MMF_OK) << bit;
                EXPECT_EQ(mmfi_load64(row_of(writer, 1)) & MMFI_SEQUENCE_RESERVED, 0u) << bit;
            }
        }
    }
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

// Pages reach the disk in any order: a slot that fits a record may hold half an image.
TEST_F(SlowReadTest, AfterAnotherBootNoSlotIsBelieved)
{
    tick_store *writer = create();
    fill(writer, 3);
    ASSERT_EQ(tick_store_sync(writer, &error), MMF_OK);
    const mmfi_write write = mmfi_write_begin(base_of(writer), 1, TICK_RECORD_SIZE);
    ASSERT_EQ(write.status, MMF_OK);
    tick_store *reader = open();
    EXPECT_EQ(get(reader, 1), MMF_OK) << "in this boot the slot has the record";
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    const std::string cut = bytes();
    mmfi_write_end(write);
    ASSERT_EQ(tick_store_close(writer), MMF_OK);

    put(0, cut);
    change_boot();
    reader = open();
    EXPECT_EQ(get(reader, 0), MMF_OK);
    EXPECT_EQ(get(reader, 1), MMF_ERR_CORRUPT);
    writer = open(&writing);
    EXPECT_EQ(get(reader, 1), MMF_ERR_CORRUPT) << "the writer forgot the slot";
    const tick_record tick = t_tick(7);
    ASSERT_EQ(tick_store_set(writer, 1, &tick), MMF_OK);
    EXPECT_EQ(get(reader, 1), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}
