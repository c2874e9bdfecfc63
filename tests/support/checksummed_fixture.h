// What the tests of records with checksums share: records that say one mark, and their bytes.
#ifndef MMF_TESTS_SUPPORT_CHECKSUMMED_FIXTURE_H
#define MMF_TESTS_SUPPORT_CHECKSUMMED_FIXTURE_H

#include <vector>

#include "checksummed_store.h"
#include "mmapforge/detail/crc32c.h"
#include "tests/support/store_fixture.h"

// A record whose every field says `mark`.
inline checksummed_record t_checksummed(uint32_t mark)
{
    checksummed_record out = {};
    out.flag = mark % 2 != 0;
    out.mark = mark;
    out.text_length =
        static_cast<size_t>(snprintf(out.text, sizeof out.text, "%06u", mark % 1000000));
    out.wide = static_cast<double>(mark) / 2;
    out.tail[0] = static_cast<uint8_t>(mark);
    out.tail_length = 1 + mark % 3;
    return out;
}

inline bool t_is_checksummed(const checksummed_record &found, uint32_t mark)
{
    const checksummed_record expected = t_checksummed(mark);
    return found.flag == expected.flag && found.mark == mark &&
           strcmp(found.text, expected.text) == 0 && found.wide == expected.wide &&
           found.tail_length == expected.tail_length && found.tail[0] == expected.tail[0];
}

class ChecksummedTest : public StoreTest {
protected:
    checksummed_store *create_checksummed(uint32_t rows, const mmf_options *options = nullptr)
    {
        checksummed_store *store = nullptr;
        EXPECT_EQ(checksummed_store_create(path.c_str(), options, &store, &error), MMF_OK)
            << error.message;
        for (uint32_t row = 0; row < rows; row++) {
            const checksummed_record record = t_checksummed(row);
            EXPECT_EQ(checksummed_store_append(store, &record, nullptr), MMF_OK);
        }
        return store;
    }

    checksummed_store *open_checksummed(const mmf_options *options = nullptr)
    {
        checksummed_store *store = nullptr;
        EXPECT_EQ(checksummed_store_open(path.c_str(), options, &store, &error), MMF_OK)
            << error.message;
        return store;
    }

    // Where a row of the file begins: no header of these tests is longer than the least.
    static size_t place(uint64_t row, size_t record_size = CHECKSUMMED_RECORD_SIZE)
    {
        return MMFI_HEADER_SIZE_MIN + row * record_size;
    }

    std::string part(size_t offset, size_t size) const
    {
        std::string out(size, '?');
        std::ifstream in(path, std::ios::binary);
        in.seekg(static_cast<std::streamoff>(offset));
        in.read(&out[0], static_cast<std::streamsize>(size));
        EXPECT_TRUE(in.good());
        return out;
    }

    std::string row_bytes(uint64_t row) const
    {
        return part(place(row), CHECKSUMMED_RECORD_SIZE);
    }

    void flip(size_t offset, unsigned bit) const
    {
        std::string byte = part(offset, 1);
        byte[0] = static_cast<char>(byte[0] ^ (1 << bit));
        put(offset, byte);
    }

    // As the format says it: over the two halves of the file's id, exclusive-or the row, and the
    // record with the checksum's own bytes as zero.
    uint32_t checksum_of(uint64_t row, std::string record, size_t offset) const
    {
        std::string bytes = part(offsetof(mmfi_superblock, file_id), MMFI_FILE_ID_SIZE);
        for (size_t i = 0; i < 8; i++)
            bytes[i] = static_cast<char>(bytes[i] ^ bytes[8 + i] ^ static_cast<char>(row >> 8 * i));
        record.replace(offset, 4, 4, '\0');
        bytes.replace(8, 8, record);
        return mmfi_crc32c_by_table(bytes.data(), bytes.size());
    }

    static uint32_t u32_at(const std::string &record, size_t offset)
    {
        uint32_t out = 0;
        memcpy(&out, record.data() + offset, sizeof out);
        return out;
    }

    static uint64_t sequence_of(const std::string &record)
    {
        uint64_t out = 0;
        memcpy(&out, record.data(), sizeof out);
        return out;
    }

    void expect_right(uint64_t row, uint64_t sequence) const
    {
        const std::string record = row_bytes(row);
        EXPECT_EQ(sequence_of(record), sequence);
        EXPECT_EQ(u32_at(record, CHECKSUMMED_RECORD_CHECKSUM),
                  checksum_of(row, record, CHECKSUMMED_RECORD_CHECKSUM));
    }

    mmf_status verify(const checksummed_store *store)
    {
        return checksummed_store_verify(store, 0, MMF_TO_END, &bad, &error);
    }

    uint64_t bad = 0;
};

#endif
