// Where every field lies, written out from core/FORMAT.md: files of other machines depend on it.
#include "mmapforge/detail/format.h"

#include <gtest/gtest.h>

#include <cstring>

namespace {

struct Place {
    const char *name;
    size_t expected_offset, expected_size; // of the document
    size_t offset, size;                   // of the struct
};

#define PLACE(type, member, expected_offset, expected_size)                                        \
    {                                                                                              \
#member, expected_offset, expected_size, offsetof(type, member), sizeof(type::member)      \
    }

template <size_t COUNT> void expect_places(const Place (&places)[COUNT])
{
    for (const Place &place : places) {
        EXPECT_EQ(place.offset, place.expected_offset) << place.name;
        EXPECT_EQ(place.size, place.expected_size) << place.name;
    }
}

TEST(Format, PagesBeginWhereTheDocumentSays)
{
    EXPECT_EQ(MMFI_SUPERBLOCK_OFFSET, 0u);
    EXPECT_EQ(MMFI_PAGE_SIZE, 4096u);
    EXPECT_EQ(MMFI_COMMIT_OFFSET, 8192u);
    EXPECT_EQ(MMFI_LIVE_OFFSET, 16384u);
    EXPECT_EQ(MMFI_UNDO_OFFSET, 20480u);
    EXPECT_EQ(MMFI_HEADER_SIZE_MIN, 65536u);
    EXPECT_EQ(MMFI_REGISTRY_SIZE, 4096u);
    EXPECT_EQ(MMFI_LOCK_OFFSET, UINT64_C(4611686018427387904)); // 2^62
}

TEST(Format, ConstantsAreThoseOfTheDocument)
{
    EXPECT_STREQ(MMFI_MAGIC, "MMFG");
    EXPECT_EQ(MMFI_MAGIC_SIZE, 4u);
    EXPECT_EQ(MMFI_FORMAT_VERSION, 2u);
    const uint32_t mark = MMFI_ENDIAN_MARK;
    const unsigned char bytes[] = {4, 3, 2, 1};
    EXPECT_EQ(memcmp(&mark, bytes, sizeof mark), 0);
    EXPECT_EQ(MMFI_UNDO_COUNT, 8u);
    EXPECT_EQ(MMFI_UNDO_COUNT_MAX, 64u);
    EXPECT_EQ(MMFI_UNDO_ALIGNMENT, 64u);
    EXPECT_EQ(MMFI_COMMIT_CLEAN, 1u);
    EXPECT_EQ(MMFI_FLAGS_READ_KNOWN, 1u);
    EXPECT_EQ(MMFI_FLAGS_WRITE_KNOWN, 1u);
}

TEST(Format, Superblock)
{
    const Place places[] = {
        PLACE(mmfi_superblock, magic, 0, 4),
        PLACE(mmfi_superblock, format_version, 4, 4),
        PLACE(mmfi_superblock, endian_mark, 8, 4),
        PLACE(mmfi_superblock, size, 12, 4),
        PLACE(mmfi_superblock, file_id, 16, 16),
        PLACE(mmfi_superblock, layout_hash, 32, 8),
        PLACE(mmfi_superblock, record_size, 40, 4),
        PLACE(mmfi_superblock, schema_version, 44, 4),
        PLACE(mmfi_superblock, header_size, 48, 8),
        PLACE(mmfi_superblock, field_count, 56, 4),
        PLACE(mmfi_superblock, flags_read, 60, 4),
        PLACE(mmfi_superblock, flags_write, 64, 4),
        PLACE(mmfi_superblock, undo_count, 68, 4),
        PLACE(mmfi_superblock, undo_offset, 72, 8),
        PLACE(mmfi_superblock, undo_stride, 80, 8),
        PLACE(mmfi_superblock, registry_offset, 88, 8),
        PLACE(mmfi_superblock, registry_size, 96, 8),
        PLACE(mmfi_superblock, schema_offset, 104, 8),
        PLACE(mmfi_superblock, schema_size, 112, 4),
        PLACE(mmfi_superblock, schema_crc, 116, 4),
        PLACE(mmfi_superblock, crc, 252, 4),
    };
    expect_places(places);
    EXPECT_EQ(sizeof(mmfi_superblock), 256u);
}

TEST(Format, CommitSlot)
{
    const Place places[] = {
        PLACE(mmfi_commit, generation, 0, 8), PLACE(mmfi_commit, count, 8, 8),
        PLACE(mmfi_commit, capacity, 16, 8),  PLACE(mmfi_commit, flags, 24, 4),
        PLACE(mmfi_commit, boot_id, 32, 16),  PLACE(mmfi_commit, crc, 60, 4),
    };
    expect_places(places);
    EXPECT_EQ(sizeof(mmfi_commit), 64u);
}

TEST(Format, LiveControl)
{
    const Place places[] = {
        PLACE(mmfi_live, count, 0, 8),        PLACE(mmfi_live, capacity, 64, 8),
        PLACE(mmfi_live, wake, 128, 4),       PLACE(mmfi_live, writer_epoch, 192, 8),
        PLACE(mmfi_live, writer_pid, 200, 8), PLACE(mmfi_live, boot_id, 208, 16),
        PLACE(mmfi_live, poisoned, 256, 8),   PLACE(mmfi_live, append_owner, 320, 8),
    };
    expect_places(places);
    EXPECT_LE(sizeof(mmfi_live), MMFI_PAGE_SIZE);
}

TEST(Format, UndoSlot)
{
    const Place places[] = {
        PLACE(mmfi_undo, owner, 0, 8),
        PLACE(mmfi_undo, row, 8, 8),
        PLACE(mmfi_undo, sequence, 16, 8),
    };
    expect_places(places);
    EXPECT_EQ(sizeof(mmfi_undo), 64u); // where the image begins
}

} // namespace
