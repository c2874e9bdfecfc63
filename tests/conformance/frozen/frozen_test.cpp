// A file of format version 3, written once and never again: it must open for ever.
#include <sys/stat.h>

#include "tests/support/store_fixture.h"

namespace {

class FrozenTest : public StoreTest {};

} // namespace

namespace {

void expect_the_frozen_ticks(const tick_store *store)
{
    ASSERT_EQ(tick_store_count(store), 3u);
    for (uint64_t i = 0; i < 3; i++) {
        tick_record tick;
        ASSERT_EQ(tick_store_get(store, i, &tick), MMF_OK);
        EXPECT_EQ(std::string(tick.symbol), "SYM" + std::to_string(i));
        EXPECT_EQ(tick.price, 100.25 + static_cast<double>(i));
        EXPECT_EQ(tick.volume, 10.0 * static_cast<double>(i + 1));
        EXPECT_EQ(tick.timestamp, UINT64_C(1700000000000000000) + i);
    }
}

} // namespace

// It was written in a boot that is long over, so the commit slot says what there is.
TEST_F(FrozenTest, TheFrozenFileOpens)
{
    const std::string command = "cp tests/conformance/frozen/data/ticks_v3.mmf '" + path + "'";
    ASSERT_EQ(system(command.c_str()), 0);
    ASSERT_EQ(chmod(path.c_str(), 0400), 0);
    tick_store *reader = open();
    expect_the_frozen_ticks(reader);
    EXPECT_STREQ(mmf_store_schema(tick_store_base(reader))->doc, tick_schema.doc);
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
    // A writer takes it over while the reader stays; both see what is appended.
    tick_store *writer = open(&writing);
    expect_the_frozen_ticks(writer);
    const tick_record tick = t_tick(3);
    uint64_t row = 0;
    ASSERT_EQ(tick_store_append(writer, &tick, &row), MMF_OK);
    EXPECT_EQ(row, 3u);
    EXPECT_EQ(tick_store_count(reader), 4u);
    tick_record found;
    ASSERT_EQ(tick_store_get(reader, 3, &found), MMF_OK);
    EXPECT_TRUE(t_is_whole(found));
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

// The superblock, byte by byte as docs/file-format.md has it.
TEST_F(FrozenTest, TheFrozenFileIsAsSpecified)
{
    path = "tests/conformance/frozen/data/ticks_v3.mmf";
    const std::string all = bytes();
    const auto u32 = [&](size_t at) {
        uint32_t value;
        memcpy(&value, all.data() + at, sizeof value);
        return value;
    };
    const auto u64 = [&](size_t at) {
        uint64_t value;
        memcpy(&value, all.data() + at, sizeof value);
        return value;
    };
    ASSERT_GE(all.size(), 65536u + 3 * TICK_RECORD_SIZE);
    EXPECT_EQ(all.substr(0, 4), "MMFG");
    EXPECT_EQ(u32(4), 3u);
    EXPECT_EQ(u32(8), 0x01020304u);
    EXPECT_EQ(u32(12), 512u);
    for (const size_t flags : {32, 40, 48})
        EXPECT_EQ(u64(flags), 0u);
    EXPECT_EQ(u64(56), tick_schema.layout_hash);
    EXPECT_EQ(u64(64), 65536u);
    EXPECT_EQ(u32(72), 104u);
    EXPECT_EQ(u32(76), 4u);
    EXPECT_EQ(u32(96), 1u);
    EXPECT_EQ(u32(100), 1u);
    EXPECT_EQ(u64(120), 20480u);
    EXPECT_EQ(u64(128), 192u); // 64 + 104, rounded up to 64
    EXPECT_EQ(all.substr(152, 508 - 152), std::string(508 - 152, '\0'));
    EXPECT_EQ(all.substr(0, 512), all.substr(4096, 512));
    EXPECT_EQ(all.substr(u64(80), u32(88)), tick_schema.text);
    EXPECT_EQ(u64(65536), 2u);     // the sequence of row 0
    EXPECT_EQ(u32(65536 + 8), 4u); // the length of its symbol
    EXPECT_EQ(all.substr(65536 + 12, 4), "SYM0");
    EXPECT_EQ(u64(65536 + 2 * 104 + 96), UINT64_C(1700000000000000002));
}

// What an earlier version wrote is refused by name, for reading and for writing, and left as it is.
TEST_F(FrozenTest, AFileOfFormatVersion2IsRefused)
{
    const std::string command = "cp tests/conformance/frozen/data/ticks_v2.mmf '" + path + "'";
    ASSERT_EQ(system(command.c_str()), 0);
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
    const std::string before = bytes();
    for (const mmf_options *options : {static_cast<mmf_options *>(nullptr), &writing}) {
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_open(path.c_str(), options, &store, &error), MMF_ERR_VERSION);
        EXPECT_EQ(store, nullptr);
        EXPECT_NE(strstr(error.message, "format version 2, expected version 3"), nullptr)
            << error.message;
        EXPECT_NE(strstr(error.message, "python -m mmapforge migrate"), nullptr);
    }
    EXPECT_EQ(bytes(), before);
}
