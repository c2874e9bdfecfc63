// What a header may claim, and what is said about it.
#include "core/format/header.h"
#include "core/os/create_file.h"

#include "mmapforge/detail/crc32c.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/support/refuse.h"

namespace {

const char TEXT[] = "record R version 4 {\n  a: uint64;\n  b: string[3];\n}\n";

class HeaderTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = ::testing::TempDir() + "/header_test.XXXXXX";
        ASSERT_NE(mkdtemp(&pattern[0]), nullptr);
        directory = pattern;
        ASSERT_EQ(mmfi_file_create((directory + "/r").c_str(), 0, &file, &error), MMF_OK);
        ASSERT_EQ(mmf_schema_parse(TEXT, sizeof TEXT - 1, &schema, &error), MMF_OK);
        ASSERT_EQ(mmfi_header_write(&file, schema, 10, false, &written, &error), MMF_OK)
            << error.message;
        ASSERT_EQ(mmfi_file_read(&file, 0, &block, sizeof block, &error), MMF_OK);
    }

    void TearDown() override
    {
        mmf_schema_free(schema);
        mmfi_file_close(&file);
        EXPECT_EQ(rmdir(directory.c_str()), 0);
    }

    // Puts block in both copies, with a checksum that is right.
    void put()
    {
        block.crc = mmfi_crc32c(&block, offsetof(mmfi_superblock, crc));
        for (uint64_t i = 0; i < MMFI_SUPERBLOCK_COPIES; i++)
            ASSERT_EQ(mmfi_file_write(&file, i * MMFI_PAGE_SIZE, &block, sizeof block, &error),
                      MMF_OK);
    }

    mmf_status read(bool writable = false)
    {
        mmf_schema *found = nullptr;
        const mmf_status status = mmfi_header_read(&file, writable, &layout, &found, &error);
        EXPECT_EQ(status == MMF_OK, found != nullptr);
        mmf_schema_free(found);
        return status;
    }

    mmf_status read_put()
    {
        put();
        return read();
    }

    std::string directory;
    mmfi_file file = {-1, false, false, 0, nullptr, nullptr, false};
    mmf_schema *schema = nullptr;
    mmfi_layout written;
    mmfi_layout layout;
    mmfi_superblock block;
    mmf_error error = {MMF_OK, 0, "", ""};
};

} // namespace

// The record: 8 bytes of sequence, 8 of a, 4 of length, 3 of b, rounded up to 24.
TEST_F(HeaderTest, WhatIsWrittenIsRead)
{
    ASSERT_EQ(read(true), MMF_OK) << error.message;
    EXPECT_EQ(layout.record_size, 24u);
    EXPECT_EQ(layout.header_size, 65536u);
    EXPECT_EQ(layout.layout_hash, schema->layout_hash);
    EXPECT_EQ(layout.undo_count, 8u);
    EXPECT_EQ(layout.undo_stride, 128u);
    uint64_t size = 0;
    ASSERT_EQ(mmfi_file_size(&file, &size, &error), MMF_OK);
    EXPECT_EQ(size, 65536u + 4096u);
    EXPECT_EQ(mmfi_layout_rows(&layout, size), 170u);
    EXPECT_EQ(mmfi_layout_rows(&layout, 65536 + 23), 0u);
    EXPECT_EQ(mmfi_layout_rows(&layout, 65536 + 24), 1u);
    EXPECT_EQ(mmfi_layout_rows(&layout, 0), 0u);
}

TEST_F(HeaderTest, AnotherMagicIsNotOurs)
{
    std::memcpy(block.magic, "RIFF", 4);
    EXPECT_EQ(read_put(), MMF_ERR_FORMAT);
}

TEST_F(HeaderTest, AnotherVersionIsNamed)
{
    block.format_version = 1;
    EXPECT_EQ(read_put(), MMF_ERR_VERSION);
    EXPECT_NE(std::strstr(error.message, "version 1"), nullptr) << error.message;
    EXPECT_NE(std::strstr(error.message, "Go library"), nullptr) << error.message;
    block.format_version = 2;
    EXPECT_EQ(read_put(), MMF_ERR_VERSION);
    EXPECT_NE(std::strstr(error.message, "version 2"), nullptr) << error.message;
    EXPECT_NE(
        std::strstr(error.message, "migrate it to a new file by `python -m mmapforge migrate`"),
        nullptr);
    block.format_version = 4;
    EXPECT_EQ(read_put(), MMF_ERR_VERSION);
    EXPECT_NE(std::strstr(error.message, "a newer library"), nullptr) << error.message;
}

// Either copy says which version it is of: one page may be lost.
TEST_F(HeaderTest, AnotherVersionIsNamedByItsSecondCopy)
{
    block.format_version = 2;
    put();
    const char zeroes[sizeof block] = "";
    ASSERT_EQ(mmfi_file_write(&file, 0, zeroes, sizeof zeroes, &error), MMF_OK);
    EXPECT_EQ(read(), MMF_ERR_VERSION);
}

TEST_F(HeaderTest, AFlagThatReadersMustKnowRefusesBoth)
{
    block.flags_read = UINT64_C(1) << 62 | 2;
    put();
    for (const bool writable : {false, true}) {
        EXPECT_EQ(read(writable), MMF_ERR_UNSUPPORTED);
        EXPECT_NE(std::strstr(error.message, "bits 0x4000000000000002 of flags_read"), nullptr)
            << error.message;
        EXPECT_NE(std::strstr(error.message, "too old"), nullptr) << error.message;
    }
}

TEST_F(HeaderTest, AFlagThatWritersMustKnowRefusesWriting)
{
    block.flags_write = UINT64_C(1) << 63;
    put();
    EXPECT_EQ(read(false), MMF_OK) << error.message;
    EXPECT_EQ(read(true), MMF_ERR_UNSUPPORTED);
    EXPECT_NE(std::strstr(error.message, "bits 0x8000000000000000 of flags_write"), nullptr)
        << error.message;
}

TEST_F(HeaderTest, AFlagThatMayBeIgnoredRefusesNothing)
{
    block.flags_ignorable = UINT64_MAX;
    put();
    EXPECT_EQ(read(false), MMF_OK) << error.message;
    EXPECT_EQ(read(true), MMF_OK) << error.message;
}

TEST_F(HeaderTest, ALaterSchemaLanguageIsUnsupported)
{
    block.language_version = 3;
    EXPECT_EQ(read_put(), MMF_ERR_UNSUPPORTED);
    EXPECT_NE(std::strstr(error.message, "version 3 of the schema language"), nullptr);
    block.language_version = 0;
    EXPECT_EQ(read_put(), MMF_ERR_CORRUPT);
}

// What a later version may do with its files without a new format version.
TEST_F(HeaderTest, PartsMayBeLargerThanKnown)
{
    mmfi_superblock *page = &block;
    unsigned char larger[MMFI_PAGE_SIZE] = {};
    for (const uint32_t size : {516u, 1024u, 4096u}) {
        block.size = size;
        block.companions[7].kind = 9;
        std::memcpy(larger, page, sizeof block);
        std::memset(larger + sizeof block - 4, 0x77, size - sizeof block);
        const uint32_t crc = mmfi_crc32c(larger, size - 4);
        std::memcpy(larger + size - 4, &crc, 4);
        ASSERT_EQ(mmfi_file_write(&file, 0, larger, size, &error), MMF_OK);
        EXPECT_EQ(read(true), MMF_OK) << size << error.message;
    }
    block.size = sizeof block;
    block.live_size = 4096;
    block.commit_size = 1024;
    block.undo_header_size = 128;
    block.undo_stride = 256;
    ASSERT_EQ(read_put(), MMF_OK) << error.message;
    EXPECT_EQ(layout.undo_stride, 256u);
    EXPECT_EQ(layout.undo_offset, 20480u + 64u); // the 64 bytes before the image
}

TEST_F(HeaderTest, EveryClaimIsCheckedThoughTheChecksumIsRight)
{
    const mmfi_superblock good = block;
    const auto refused = [&](const char *what) {
        EXPECT_EQ(read_put(), MMF_ERR_CORRUPT) << what;
        block = good;
    };
    block.record_size = 0;
    refused("record size 0");
    block.record_size = 32;
    refused("record size of another schema");
    block.record_size = 25;
    refused("record size that is no multiple of 8");
    block.record_size = 0xfffffff8u;
    refused("record size beyond the limit");
    block.header_size = 0;
    refused("no header");
    block.header_size = 65536 + 8;
    refused("header of no whole pages");
    block.header_size = UINT64_MAX - 4095;
    refused("header beyond the file");
    block.endian_mark = 0x04030201u;
    refused("endian mark");
    block.size = 0;
    refused("no superblock");
    block.size = sizeof block - 4;
    refused("a smaller superblock");
    block.size = UINT32_MAX - 3;
    refused("a superblock beyond its page");
    block.commit_size = 508;
    refused("smaller commit slots");
    block.commit_size = 4104;
    refused("commit slots beyond their page");
    block.live_size = 1016;
    refused("a smaller shared page");
    block.live_size = 4104;
    refused("a shared page larger than its page");
    block.undo_header_size = 0;
    refused("no header of undo slots");
    block.undo_header_size = 72;
    refused("before-images across cache lines");
    block.undo_header_size = UINT32_MAX - 63;
    refused("a header of undo slots beyond the file");
    block.undo_header_size = 128;
    refused("an undo slot smaller than its header and image");
    block.undo_count = 0;
    refused("no undo slot");
    block.undo_count = 65;
    refused("too many undo slots");
    block.undo_stride = 64;
    refused("undo stride");
    block.undo_stride += 8;
    refused("undo stride across cache lines");
    block.undo_stride = UINT64_MAX - 63;
    refused("undo stride beyond the file");
    block.undo_offset = UINT64_MAX - 63;
    refused("undo offset");
    block.undo_offset += 8;
    refused("undo slots across cache lines");
    block.undo_offset = 0;
    refused("undo over the superblock");
    block.undo_offset = block.header_size - 64;
    refused("undo slots over the records");
    block.undo_offset = block.header_size - block.undo_count * block.undo_stride + 64;
    refused("the last undo slot over the records");
    block.schema_offset = 0;
    refused("schema over the superblock");
    block.schema_offset = 65536 - block.schema_size + 1;
    refused("schema that reaches into the records");
    block.schema_offset = UINT64_MAX;
    refused("schema offset");
    block.schema_size = UINT32_MAX;
    refused("schema size");
    block.schema_crc ^= 1;
    refused("schema checksum");
    block.field_count = 3;
    refused("field count");
    block.layout_hash ^= 1;
    refused("layout hash");
    block.schema_version = 5;
    refused("schema version");
    EXPECT_EQ(read_put(), MMF_OK) << error.message;
}

TEST_F(HeaderTest, OneDamagedSuperblockIsNoHarm)
{
    const char zeroes[sizeof block] = "";
    ASSERT_EQ(mmfi_file_write(&file, 0, zeroes, sizeof zeroes, &error), MMF_OK);
    EXPECT_EQ(read(), MMF_OK) << error.message;
    put();
    ASSERT_EQ(mmfi_file_write(&file, MMFI_PAGE_SIZE, zeroes, sizeof zeroes, &error), MMF_OK);
    EXPECT_EQ(read(), MMF_OK) << error.message;
    block.crc ^= 1;
    ASSERT_EQ(mmfi_file_write(&file, 0, &block, sizeof block, &error), MMF_OK);
    EXPECT_EQ(read(), MMF_ERR_CORRUPT);
}

TEST_F(HeaderTest, AShortFileIsCutOffOrNotOurs)
{
    ASSERT_EQ(ftruncate(file.fd, 65535), 0);
    EXPECT_EQ(read(), MMF_ERR_CORRUPT);
    EXPECT_NE(std::strstr(error.message, "65535"), nullptr) << error.message;
    ASSERT_EQ(ftruncate(file.fd, 3), 0);
    EXPECT_EQ(read(), MMF_ERR_FORMAT);
    ASSERT_EQ(ftruncate(file.fd, 0), 0);
    EXPECT_EQ(read(), MMF_ERR_FORMAT);
}

TEST_F(HeaderTest, AShortFileOfAnotherVersionIsThatVersion)
{
    block.format_version = 1;
    put();
    ASSERT_EQ(ftruncate(file.fd, 4096), 0);
    EXPECT_EQ(read(), MMF_ERR_VERSION);
}

// A small record leaves room for as many slots as there may be, a large one for as few as one
// writer has; a long schema moves the records back.
TEST_F(HeaderTest, TheHeaderGrowsWithItsParts)
{
    const struct {
        std::string text;
        uint32_t slots;
    } kinds[] = {
        {"record R version 1 {\n  a: uint64;\n}\n", 64},
        {"record R version 1 {\n  a: string[60000];\n}\n", 17}, // of 60,096 bytes into 1 MiB
        {"record R version 1 {\n  a: string[60000];\n  b: string[60000];\n"
         "  c: string[60000];\n}\n",
         8},
        {"/// " + std::string(100000, 'x') + "\nrecord R version 1 {\n  a: uint64;\n}\n", 64},
    };
    for (const auto &kind : kinds) {
        mmf_schema *other = nullptr;
        ASSERT_EQ(mmf_schema_parse(kind.text.data(), kind.text.size(), &other, &error), MMF_OK)
            << error.message;
        ASSERT_EQ(mmfi_header_write(&file, other, 10, true, &written, &error), MMF_OK);
        EXPECT_EQ(written.undo_count, kind.slots);
        ASSERT_EQ(read(true), MMF_OK) << error.message;
        EXPECT_EQ(layout.header_size % 4096, 0u);
        EXPECT_GE(layout.header_size, 65536u);
        EXPECT_GE(layout.header_size, layout.undo_offset + layout.undo_count * layout.undo_stride +
                                          4096 + kind.text.size());
        mmf_schema_free(other);
    }
}

// Of the right size and checksum, and yet no schema.
TEST_F(HeaderTest, ASchemaThatCannotBeParsedSaysWhere)
{
    std::string text(block.schema_size, 'x');
    ASSERT_EQ(mmfi_file_write(&file, block.schema_offset, text.data(), text.size(), &error),
              MMF_OK);
    block.schema_crc = mmfi_crc32c(text.data(), text.size());
    EXPECT_EQ(read_put(), MMF_ERR_CORRUPT);
    EXPECT_NE(std::strstr(error.message, "the schema in the file is damaged"), nullptr);
    EXPECT_NE(std::strstr(error.message, "line 1"), nullptr) << error.message;
}

TEST_F(HeaderTest, WithoutASizeThereIsNoHeader)
{
    if (!t_while_refused(SYS_newfstatat, EIO, [&] { EXPECT_EQ(read(), MMF_ERR_IO); }))
        GTEST_SKIP() << "this kernel takes no filter of system calls";
    EXPECT_EQ(read(), MMF_OK);
}
