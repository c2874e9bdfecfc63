// The sequence word: its states, and that no reader keeps a torn copy.
#include "mmapforge/detail/seqlock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace {

const size_t WORDS = 16;

struct alignas(8) Record {
    unsigned char bytes[8 * (1 + WORDS)] = {};
};

} // namespace

TEST(Seqlock, ZeroIsNeverWrittenEvenIsWholeOddIsNot)
{
    EXPECT_FALSE(mmfi_sequence_is_whole(0));
    EXPECT_FALSE(mmfi_sequence_is_odd(0));
    EXPECT_TRUE(mmfi_sequence_is_whole(2));
    EXPECT_FALSE(mmfi_sequence_is_whole(3));
    EXPECT_TRUE(mmfi_sequence_is_odd(3));
}

TEST(Seqlock, EveryChangeMovesTheSequenceAndEndsEven)
{
    alignas(8) unsigned char record[16] = {};
    const uint64_t odd = mmfi_sequence_write_begin(record, 4);
    EXPECT_EQ(odd, 5u);
    EXPECT_FALSE(mmfi_sequence_validate(record, 4));
    mmfi_sequence_write_end(record, odd);
    EXPECT_EQ(mmfi_sequence_load(record), 6u);
    mmfi_sequence_advance(record);
    EXPECT_EQ(mmfi_sequence_load(record), 8u);
    EXPECT_TRUE(mmfi_sequence_validate(record, 8));
}

TEST(Seqlock, TheSequenceTellsWhatARecordIs)
{
    Record record;
    const uint64_t fresh = mmfi_sequence_load(record.bytes);
    EXPECT_EQ(fresh, 0u);
    EXPECT_FALSE(mmfi_sequence_is_whole(fresh));
    const uint64_t odd = mmfi_sequence_write_begin(record.bytes, fresh);
    EXPECT_EQ(odd, 1u);
    EXPECT_TRUE(mmfi_sequence_is_odd(mmfi_sequence_load(record.bytes)));
    EXPECT_FALSE(mmfi_sequence_is_whole(odd));
    mmfi_sequence_write_end(record.bytes, odd);
    EXPECT_EQ(mmfi_sequence_load(record.bytes), 2u);
    EXPECT_TRUE(mmfi_sequence_is_whole(2));
    EXPECT_TRUE(mmfi_sequence_validate(record.bytes, 2));
    mmfi_sequence_advance(record.bytes);
    EXPECT_FALSE(mmfi_sequence_validate(record.bytes, 2));
    EXPECT_EQ(mmfi_sequence_load(record.bytes), 4u);
}

// Every word of version n is n, so a copy of two versions has two different words.
TEST(Seqlock, NoReaderKeepsATornCopy)
{
    const uint64_t versions = 20000;
    Record record;
    std::atomic<bool> done{false};
    std::atomic<uint64_t> torn{0};
    std::atomic<uint64_t> backwards{0};
    const auto look = [&](uint64_t *latest) {
        uint64_t copy[WORDS];
        const uint64_t sequence = mmfi_sequence_load(record.bytes);
        if (!mmfi_sequence_is_whole(sequence))
            return;
        mmfi_copy_out(copy, record.bytes + 8, sizeof copy);
        if (!mmfi_sequence_validate(record.bytes, sequence))
            return;
        for (uint64_t word : copy)
            torn += word != copy[0] || word != sequence / 2;
        backwards += copy[0] < *latest;
        *latest = copy[0];
    };
    std::vector<std::thread> readers;
    std::vector<uint64_t> latest(2, 0);
    for (uint64_t &own : latest)
        readers.emplace_back([&look, &done, &own] {
            while (!done.load())
                look(&own);
            look(&own);
        });
    for (uint64_t version = 1; version <= versions; version++) {
        uint64_t payload[WORDS];
        for (uint64_t &word : payload)
            word = version;
        const uint64_t odd =
            mmfi_sequence_write_begin(record.bytes, mmfi_sequence_load(record.bytes));
        mmfi_copy_in(record.bytes + 8, payload, sizeof payload);
        mmfi_sequence_write_end(record.bytes, odd);
    }
    done = true;
    for (std::thread &reader : readers)
        reader.join();
    EXPECT_EQ(torn.load(), 0u);
    EXPECT_EQ(backwards.load(), 0u);
    for (uint64_t seen : latest)
        EXPECT_EQ(seen, versions);
}
