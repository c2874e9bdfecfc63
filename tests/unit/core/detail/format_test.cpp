// Where every field lies, as docs/file-format.md says: files of other machines depend on it.
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
    EXPECT_EQ(MMFI_LOCK_RESERVED - MMFI_LOCK_OFFSET, 66u);
    EXPECT_EQ(MMFI_LOCK_END - MMFI_LOCK_OFFSET, 4096u);
}

TEST(Format, ConstantsAreThoseOfTheDocument)
{
    EXPECT_STREQ(MMFI_MAGIC, "MMFG");
    EXPECT_EQ(MMFI_MAGIC_SIZE, 4u);
    EXPECT_EQ(MMFI_FORMAT_VERSION, 3u);
    const uint32_t mark = MMFI_ENDIAN_MARK;
    const unsigned char bytes[] = {4, 3, 2, 1};
    EXPECT_EQ(memcmp(&mark, bytes, sizeof mark), 0);
    EXPECT_EQ(MMFI_UNDO_COUNT, 8u);
    EXPECT_EQ(MMFI_UNDO_COUNT_MAX, 64u);
    EXPECT_EQ(MMFI_UNDO_ALIGNMENT, 64u);
    EXPECT_EQ(MMFI_COMMIT_CLEAN, 1u);
    EXPECT_EQ(MMFI_ENDED_CLOSED, 1u);
    EXPECT_EQ(MMFI_ENDED_NOT, 2u);
    EXPECT_EQ(MMFI_LANGUAGE_VERSION, 2u);
    EXPECT_EQ(MMFI_COMPANIONS, 8u);
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
        PLACE(mmfi_superblock, flags_read, 32, 8),
        PLACE(mmfi_superblock, flags_write, 40, 8),
        PLACE(mmfi_superblock, flags_ignorable, 48, 8),
        PLACE(mmfi_superblock, layout_hash, 56, 8),
        PLACE(mmfi_superblock, header_size, 64, 8),
        PLACE(mmfi_superblock, record_size, 72, 4),
        PLACE(mmfi_superblock, field_count, 76, 4),
        PLACE(mmfi_superblock, schema_offset, 80, 8),
        PLACE(mmfi_superblock, schema_size, 88, 4),
        PLACE(mmfi_superblock, schema_crc, 92, 4),
        PLACE(mmfi_superblock, schema_version, 96, 4),
        PLACE(mmfi_superblock, language_version, 100, 4),
        PLACE(mmfi_superblock, commit_size, 104, 4),
        PLACE(mmfi_superblock, live_size, 108, 4),
        PLACE(mmfi_superblock, undo_header_size, 112, 4),
        PLACE(mmfi_superblock, undo_count, 116, 4),
        PLACE(mmfi_superblock, undo_offset, 120, 8),
        PLACE(mmfi_superblock, undo_stride, 128, 8),
        PLACE(mmfi_superblock, registry_offset, 136, 8),
        PLACE(mmfi_superblock, registry_size, 144, 8),
        PLACE(mmfi_superblock, companions, 152, 192),
        PLACE(mmfi_superblock, reserved, 344, 164),
        PLACE(mmfi_superblock, crc, 508, 4),
        PLACE(mmfi_companion, kind, 0, 4),
        PLACE(mmfi_companion, flags, 4, 4),
        PLACE(mmfi_companion, id, 8, 16),
    };
    expect_places(places);
    EXPECT_EQ(sizeof(mmfi_superblock), 512u);
    EXPECT_EQ(sizeof(mmfi_companion), 24u);
}

TEST(Format, CommitSlot)
{
    const Place places[] = {
        PLACE(mmfi_commit, size, 0, 4),        PLACE(mmfi_commit, flags, 4, 4),
        PLACE(mmfi_commit, generation, 8, 8),  PLACE(mmfi_commit, count, 16, 8),
        PLACE(mmfi_commit, capacity, 24, 8),   PLACE(mmfi_commit, first, 32, 8),
        PLACE(mmfi_commit, epoch, 40, 8),      PLACE(mmfi_commit, free_head, 48, 8),
        PLACE(mmfi_commit, free_count, 56, 8), PLACE(mmfi_commit, index_generation, 64, 8),
        PLACE(mmfi_commit, boot_id, 72, 16),   PLACE(mmfi_commit, tail_first, 88, 8),
        PLACE(mmfi_commit, tail_crc, 96, 4),   PLACE(mmfi_commit, reserved, 100, 408),
        PLACE(mmfi_commit, crc, 508, 4),
    };
    expect_places(places);
    EXPECT_EQ(sizeof(mmfi_commit), 512u);
}

TEST(Format, LiveControl)
{
    const Place places[] = {
        PLACE(mmfi_live, count, 0, 8),        PLACE(mmfi_live, first, 64, 8),
        PLACE(mmfi_live, capacity, 128, 8),   PLACE(mmfi_live, wake, 192, 8),
        PLACE(mmfi_live, waiters, 200, 8),    PLACE(mmfi_live, writer_epoch, 256, 8),
        PLACE(mmfi_live, writer_pid, 264, 8), PLACE(mmfi_live, writer_ended, 272, 8),
        PLACE(mmfi_live, boot_id, 320, 16),   PLACE(mmfi_live, device, 336, 8),
        PLACE(mmfi_live, inode, 344, 8),      PLACE(mmfi_live, epoch, 352, 8),
        PLACE(mmfi_live, poisoned, 384, 8),   PLACE(mmfi_live, append_owner, 448, 8),
        PLACE(mmfi_live, joiner, 456, 8),     PLACE(mmfi_live, exposed_end, 512, 8),
    };
    expect_places(places);
    EXPECT_EQ(sizeof(mmfi_live), 1024u);
}

TEST(Format, UndoSlot)
{
    const Place places[] = {
        PLACE(mmfi_undo, row, 0, 8),        PLACE(mmfi_undo, sequence, 8, 8),
        PLACE(mmfi_undo, epoch, 16, 8),     PLACE(mmfi_undo, image_crc, 24, 4),
        PLACE(mmfi_undo, flags, 28, 4),     PLACE(mmfi_undo, announced_row, 32, 8),
        PLACE(mmfi_undo, announced, 40, 8), PLACE(mmfi_undo, owner, 48, 8),
        PLACE(mmfi_undo, reserved, 56, 8),
    };
    expect_places(places);
    EXPECT_EQ(sizeof(mmfi_undo), 64u); // where the image begins
}

} // namespace
