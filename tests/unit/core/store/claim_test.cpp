// How one of several writers takes a record: its sequences, and that of two writers one wins.
#include "core/store/claim.h"

#include <gtest/gtest.h>

TEST(Claim, SequencesTellTheirOwner)
{
    for (const uint64_t sequence : {UINT64_C(0), UINT64_C(2), UINT64_C(126), UINT64_C(128),
                                    UINT64_C(130), UINT64_C(1) << 40}) {
        const uint64_t first = mmfi_claim_sequence(sequence, 0);
        EXPECT_EQ(first % 128, 1u);
        EXPECT_GT(first, sequence);
        EXPECT_LE(first, sequence + 129);
        for (uint32_t slot = 0; slot < MMFI_UNDO_COUNT_MAX; slot++)
            EXPECT_EQ(mmfi_claim_sequence(sequence, slot), first + 2 * slot);
        const uint64_t last = mmfi_claim_sequence(sequence, MMFI_UNDO_COUNT_MAX - 1);
        EXPECT_GT(mmfi_claim_sequence(last + 1, 0), last + 1);
    }
}

TEST(Claim, OneOfTwoWins)
{
    alignas(8) unsigned char record[24] = {2};
    alignas(8) unsigned char undo[sizeof(mmfi_undo) + 24] = {};
    record[8] = 7;
    uint64_t odd = 0;
    EXPECT_FALSE(mmfi_claim(record, undo, 3, 9, 4, sizeof record, &odd));
    EXPECT_EQ(mmfi_sequence_load(record), 2u);
    ASSERT_TRUE(mmfi_claim(record, undo, 3, 9, 2, sizeof record, &odd));
    EXPECT_EQ(odd, 128u + 1 + 6);
    EXPECT_EQ(mmfi_sequence_load(record), odd);
    EXPECT_TRUE(mmfi_undo_holds(undo, 9, odd));
    EXPECT_EQ(mmfi_undo_image(undo)[8], 7);
    EXPECT_FALSE(mmfi_claim(record, undo, 4, 9, 2, sizeof record, &odd));
    uint64_t later = 0;
    alignas(8) unsigned char second[sizeof(mmfi_undo) + 24] = {};
    ASSERT_TRUE(mmfi_claim_torn(record, undo, 5, 9, mmfi_sequence_load(record), &later));
    EXPECT_EQ(later % 128, 1u + 10);
    EXPECT_FALSE(mmfi_undo_holds(undo, 9, later));
    EXPECT_TRUE(mmfi_undo_announces(undo, 9, later));
    EXPECT_FALSE(mmfi_undo_announces(undo, 8, later));
    // Two that meet one torn record: the second finds another sequence than it saw.
    uint64_t refused = 0;
    EXPECT_FALSE(mmfi_claim_torn(record, second, 6, 9, odd, &refused));
    EXPECT_FALSE(mmfi_undo_announces(second, 9, refused));
    EXPECT_EQ(mmfi_sequence_load(record), later);
}
