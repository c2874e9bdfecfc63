// A store's file as it lies in memory, for what is asked of its header after a crash.
#ifndef MMF_TESTS_UNIT_CORE_FORMAT_RECOVER_FIXTURE_H
#define MMF_TESTS_UNIT_CORE_FORMAT_RECOVER_FIXTURE_H

#include "core/format/recover.h"
#include "core/os/boot_id.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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
        layout.header_size = MMFI_HEADER_SIZE_MIN;
        layout.record_size = RECORD_SIZE;
        layout.undo_offset = MMFI_UNDO_OFFSET;
        layout.undo_stride = UNDO_STRIDE;
        layout.undo_count = UNDO_COUNT;
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
        out = {99, 99, 99, 99, 99, false, false, false, 99, false, 99};
        return mmfi_recover(base, &layout, FILE_SIZE, PATH, &out, &error);
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

    void expect_record(uint64_t row, uint64_t sequence, uint64_t value)
    {
        EXPECT_EQ(record(row)[0], sequence) << "row " << row;
        EXPECT_EQ(record(row)[1], value) << "row " << row;
        EXPECT_EQ(record(row)[2], value) << "row " << row;
    }

    std::vector<uint64_t> words;
    unsigned char *base = nullptr;
    uint64_t boot[MMFI_BOOT_ID_WORDS] = {};
    mmfi_layout layout = {};
    mmfi_recovery out = {};
    mmf_error error = {};
};

#endif
