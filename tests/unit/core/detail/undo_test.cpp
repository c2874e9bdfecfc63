// The sequence word and the undo slot: what a reader accepts while a writer replaces a record.
#include "mmapforge/detail/undo.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {

constexpr size_t WORDS = 32; // of payload: four cache lines
constexpr size_t RECORD_SIZE = 8 + 8 * WORDS;
constexpr uint64_t ROW = 7;

struct Shared {
    alignas(8) unsigned char record[RECORD_SIZE] = {};
    alignas(8) unsigned char slot[sizeof(mmfi_undo) + RECORD_SIZE] = {};
};

// Whole means that every word says the same.
void fill(uint64_t *words, uint64_t value)
{
    for (size_t i = 0; i < WORDS; i++)
        words[i] = value;
}

void write(Shared *shared, uint64_t value)
{
    uint64_t words[WORDS];
    fill(words, value);
    const uint64_t sequence = mmfi_load64(shared->record);
    mmfi_undo_save(shared->slot, ROW, shared->record, sequence, RECORD_SIZE);
    const uint64_t odd = mmfi_sequence_write_begin(shared->record, sequence);
    mmfi_copy_in(shared->record + 8, words, sizeof words);
    mmfi_sequence_write_end(shared->record, odd);
}

// One try: from the record when it is whole, from the slot when it is being replaced.
bool read(const Shared &shared, uint64_t *words)
{
    const uint64_t sequence = mmfi_sequence_load(shared.record);
    if (!mmfi_sequence_is_odd(sequence))
        mmfi_copy_out(words, shared.record + 8, 8 * WORDS);
    else if (mmfi_undo_holds(shared.slot, ROW, sequence))
        mmfi_copy_out(words, mmfi_undo_image(shared.slot) + 8, 8 * WORDS);
    else
        return false;
    return mmfi_sequence_validate(shared.record, sequence);
}

TEST(Undo, AReaderFindsTheOldRecordWhileTheWriterStands)
{
    Shared shared;
    write(&shared, 1);
    const uint64_t sequence = mmfi_load64(shared.record);
    mmfi_undo_save(shared.slot, ROW, shared.record, sequence, RECORD_SIZE);
    const uint64_t odd = mmfi_sequence_write_begin(shared.record, sequence);
    mmfi_store64(shared.record + 8, 99); // half done, and never finished
    uint64_t words[WORDS] = {};
    ASSERT_TRUE(read(shared, words));
    EXPECT_EQ(words[0], 1u);
    EXPECT_EQ(words[WORDS - 1], 1u);

    EXPECT_TRUE(mmfi_undo_holds(shared.slot, ROW, odd));
    EXPECT_FALSE(mmfi_undo_holds(shared.slot, ROW + 1, odd));
    EXPECT_FALSE(mmfi_undo_holds(shared.slot, ROW, odd + 2));
}

TEST(Undo, NoReaderEverAcceptsATornRecord)
{
    constexpr uint64_t UPDATES = 100000;
    Shared shared;
    write(&shared, 1);
    std::atomic<bool> done{false};
    std::atomic<uint64_t> torn{0};
    std::atomic<uint64_t> backward{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 2; i++)
        readers.emplace_back([&] {
            uint64_t last = 0;
            while (!done) {
                uint64_t words[WORDS];
                if (!read(shared, words))
                    continue;
                for (const uint64_t word : words)
                    torn += word != words[0];
                backward += words[0] < last;
                last = words[0];
            }
        });
    for (uint64_t value = 2; value <= UPDATES; value++)
        write(&shared, value);
    done = true;
    for (std::thread &reader : readers)
        reader.join();
    EXPECT_EQ(torn, 0u);
    EXPECT_EQ(backward, 0u);
    uint64_t words[WORDS];
    ASSERT_TRUE(read(shared, words));
    EXPECT_EQ(words[WORDS - 1], UPDATES);
}

} // namespace
