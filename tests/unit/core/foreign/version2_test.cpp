// Files of format version 2, which its own library wrote: tests/conformance/foreign/README.md.
#include "core/os/boot_id.h"
#include "foreign_fixture.h"
#include "mmapforge/detail/columns.h"
#include "mmapforge/detail/crc32c.h"

#include <fcntl.h>

namespace {

const char *const TICKS = "tests/conformance/frozen/data/ticks_v2.mmf";
const char *const KILLED = "tests/conformance/foreign/data/killed_v2.mmf";

const std::string TICK = "record Tick version 2 @checksums {\n"
                         "  timestamp: uint64;\n"
                         "  symbol: string[80];\n"
                         "  price: float64;\n"
                         "  added: int32 = 7;\n"
                         "}\n";

std::string order(const std::string &attributes = " @checksums")
{
    return "record Order version 8" + attributes +
           " {\n  id: uint64;\n  note: string[20];\n  raw: bytes[5];\n"
           "  ok: bool;\n  small: int32;\n  ratio: float32;\n}\n";
}

const size_t HEADER = 65536;
const size_t SIZE = 64; // of an Order
const size_t LIVE = 16384;

class Version2Test : public ForeignTest {
protected:
    // As if it had been written since the machine was started.
    static void be_of_this_boot(std::string *bytes)
    {
        uint64_t boot[2] = {0, 0};
        ASSERT_EQ(mmfi_boot_id_find("x", nullptr), MMF_OK);
        mmfi_boot_id(boot);
        t_store(bytes, LIVE + 208, boot[0]);
        t_store(bytes, LIVE + 216, boot[1]);
    }

    // The machine that wrote it may be this one.
    static std::string killed_in_another_boot()
    {
        std::string bytes = t_read(KILLED);
        t_store<uint64_t>(&bytes, LIVE + 208, 1);
        t_store<uint64_t>(&bytes, LIVE + 216, 2);
        return bytes;
    }

    static bool has_boot_id()
    {
        uint64_t boot[2] = {0, 0};
        EXPECT_EQ(mmfi_boot_id_find("x", nullptr), MMF_OK);
        mmfi_boot_id(boot);
        return (boot[0] | boot[1]) != 0;
    }

    static void seal(std::string *bytes, size_t page)
    {
        t_store(bytes, page + 252, mmfi_crc32c(bytes->data() + page, 252));
    }

    // What make_v2.c gave a record of that id.
    void expect_order(const mmf_store *store, uint64_t row, uint64_t id)
    {
        const mmf_schema *schema = mmf_store_schema(store);
        const std::string note = "order " + std::to_string(id);
        char buffer[32];
        mmf_value value;
        const auto get = [&](const char *name) {
            EXPECT_EQ(mmf_store_get_value(store, row, mmf_schema_find(schema, name), buffer,
                                          sizeof buffer, &value),
                      MMF_OK)
                << "row " << row << ", " << name;
        };
        get("id");
        EXPECT_EQ(value.as.natural, id);
        get("note");
        EXPECT_EQ(std::string(value.as.string.data, value.as.string.length), note);
        get("raw");
        EXPECT_EQ(
            std::string(reinterpret_cast<const char *>(value.as.bytes.data), value.as.bytes.length),
            std::string(id % 6, '\xab'));
        get("ok");
        EXPECT_EQ(value.as.boolean, id % 2 == 1);
        get("small");
        EXPECT_EQ(value.as.integer, -100 * static_cast<int64_t>(id));
        get("ratio");
        EXPECT_EQ(value.as.real, 0.25 * static_cast<double>(id));
    }

    // All rows but a torn one.
    void expect_orders(uint64_t count, uint64_t torn = UINT64_MAX)
    {
        mmf_store *store = nullptr;
        ASSERT_EQ(mmf_store_open(target.c_str(), nullptr, &store, &error), MMF_OK) << message();
        EXPECT_EQ(mmf_store_count(store), count);
        for (uint64_t row = 0; row < count; row++)
            if (row != torn)
                expect_order(store, row, row == 4 ? 44 : row);
        std::string raw(mmf_store_schema(store)->record_size, '\0');
        uint64_t bad = 0;
        if (torn != UINT64_MAX) {
            EXPECT_EQ(mmf_store_copy_rows(store, torn, 1, raw.data(), raw.size(), nullptr),
                      MMF_ERR_CORRUPT);
            EXPECT_EQ(mmf_store_verify(store, 0, MMF_TO_END, &bad, &error), MMF_ERR_CORRUPT);
            EXPECT_EQ(bad, torn);
        } else {
            EXPECT_EQ(mmf_store_verify(store, 0, MMF_TO_END, &bad, &error), MMF_OK) << message();
        }
        EXPECT_EQ(mmf_store_close(store), MMF_OK);
    }
};

} // namespace

TEST_F(Version2Test, TheFrozenTicksBecomeAStore)
{
    const std::string before = t_read(TICKS);
    write(before);
    ASSERT_EQ(migrate(TICK), MMF_OK) << message();
    EXPECT_EQ(report.format, 2u);
    EXPECT_STREQ(report.record, "Tick");
    EXPECT_EQ(report.rows, 3u);
    EXPECT_EQ(report.torn + report.blank + report.left_out, 0u);
    mmf_store *store = nullptr;
    ASSERT_EQ(mmf_store_open(target.c_str(), nullptr, &store, &error), MMF_OK) << message();
    const mmf_schema *schema = mmf_store_schema(store);
    for (uint64_t row = 0; row < 3; row++) {
        char buffer[96];
        mmf_value value;
        const auto get = [&](const char *name) {
            EXPECT_EQ(mmf_store_get_value(store, row, mmf_schema_find(schema, name), buffer,
                                          sizeof buffer, &value),
                      MMF_OK);
        };
        get("symbol");
        EXPECT_STREQ(buffer, ("SYM" + std::to_string(row)).c_str());
        get("price");
        EXPECT_EQ(value.as.real, 100.25 + static_cast<double>(row));
        get("timestamp");
        EXPECT_EQ(value.as.natural, UINT64_C(1700000000000000000) + row);
        get("added");
        EXPECT_EQ(value.as.integer, 7);
    }
    EXPECT_EQ(mmf_store_close(store), MMF_OK);
    EXPECT_EQ(t_read(path), before);
}

TEST_F(Version2Test, WhatDoesNotFitIsRefused)
{
    write(t_read(TICKS));
    EXPECT_EQ(migrate("record Tock version 2 {\n  price: float64;\n}\n"), MMF_ERR_SCHEMA);
    expect_message("the file holds records 'Tick'");
    EXPECT_STREQ(report.record, "Tick");
    EXPECT_EQ(migrate("record Tick version 2 {\n  symbol: string[3];\n}\n"), MMF_ERR_TOO_LONG);
    expect_message("row 0 cannot be migrated: the value of field 'symbol' does not fit");
    EXPECT_EQ(migrate("record Tick version 2 {\n  price: int64;\n}\n"), MMF_ERR_SCHEMA);
    EXPECT_EQ(migrate("record Tick version 1 {\n  none: int64;\n}\n"), MMF_ERR_SCHEMA);
    EXPECT_FALSE(is_there());
}

// After another boot, the last sync counts, and undo slots do not.
TEST_F(Version2Test, AKilledWriterAndAnotherBoot)
{
    write(killed_in_another_boot());
    ASSERT_EQ(migrate(order()), MMF_OK) << message();
    EXPECT_EQ(report.rows, 5u);
    EXPECT_EQ(report.left_out, 3u);
    EXPECT_EQ(report.torn, 1u);
    EXPECT_EQ(report.first_torn, 2u);
    expect_orders(5, 2);
    // Those that were not synced are there when they are asked for.
    ASSERT_EQ(migrate(order(""), 8), MMF_OK) << message();
    EXPECT_EQ(report.left_out, 0u);
    EXPECT_EQ(migrate(order(), 9), MMF_ERR_RANGE);
    ASSERT_EQ(migrate(order(), 2), MMF_OK) << message();
    EXPECT_EQ(report.left_out, 6u);
    EXPECT_EQ(report.torn, 0u);
    expect_orders(2);
}

// In the same boot its memory is the truth, and the undo slot has the record as it was.
TEST_F(Version2Test, AKilledWriterInTheSameBoot)
{
    if (!has_boot_id())
        GTEST_SKIP() << "no boot id can be had here";
    std::string bytes = killed_in_another_boot();
    be_of_this_boot(&bytes);
    write(bytes);
    ASSERT_EQ(migrate(order()), MMF_OK) << message();
    EXPECT_EQ(report.rows, 8u);
    EXPECT_EQ(report.torn + report.left_out, 0u);
    expect_orders(8);
    // A slot that is not of this row, and one that is not of this replacement.
    for (const size_t word : {8, 16}) {
        std::string other = bytes;
        t_store<uint64_t>(&other, 20480 + word, 5);
        write(other);
        ASSERT_EQ(migrate(order()), MMF_OK) << message();
        EXPECT_EQ(report.torn, 1u);
        expect_orders(8, 2);
    }
    // A count below that of the last sync.
    t_store<uint64_t>(&bytes, LIVE, 4);
    write(bytes);
    EXPECT_EQ(migrate(order()), MMF_ERR_CORRUPT);
    expect_message("below the last synced count");
}

TEST_F(Version2Test, ADamagedRecordIsTorn)
{
    std::string bytes = killed_in_another_boot();
    for (const size_t at : {size_t{8}, SIZE - 7}) { // a value, the checksum
        std::string damaged = bytes;
        damaged[HEADER + SIZE + at] = static_cast<char>(damaged[HEADER + SIZE + at] ^ 1);
        write(damaged);
        ASSERT_EQ(migrate(order()), MMF_OK) << message();
        EXPECT_EQ(report.torn, 2u);
        EXPECT_EQ(report.first_torn, 1u);
    }
    t_store<uint64_t>(&bytes, HEADER + 3 * SIZE, 0); // never written, and counted
    write(bytes);
    ASSERT_EQ(migrate(order()), MMF_OK) << message();
    EXPECT_EQ(report.torn, 2u);
    EXPECT_EQ(report.blank, 0u);
    EXPECT_EQ(migrate(order(), 0, MMF_MIGRATE_TO_GO), MMF_ERR_CORRUPT);
    expect_message("row 2 of the old file is torn");
    EXPECT_FALSE(is_there());
}

TEST_F(Version2Test, EachCopyOfTheSuperblockWillDo)
{
    const std::string good = t_read(TICKS);
    for (const size_t page : {0, 4096}) {
        std::string bytes = good;
        memset(&bytes[page], 0x5a, 256);
        write(bytes);
        ASSERT_EQ(migrate(TICK), MMF_OK) << message();
        EXPECT_EQ(report.rows, 3u);
    }
    std::string bytes = good;
    bytes[40] = bytes[4096 + 40] = 8; // the record size
    write(bytes);
    EXPECT_EQ(migrate(TICK), MMF_ERR_CORRUPT);
    expect_message("both copies of its superblock fail their checksum");
    seal(&bytes, 0);
    write(bytes);
    EXPECT_EQ(migrate(TICK), MMF_ERR_CORRUPT);
    expect_message("header of the file, of format version 2, is damaged");
    EXPECT_FALSE(is_there());
}

// Each with a good checksum, as of a program that means harm.
TEST_F(Version2Test, NothingInTheSuperblockIsTrusted)
{
    const std::string good = t_read(TICKS);
    for (size_t at = 8; at < 120; at += 4) {
        if (at >= 16 && at < 32) // the id of the file
            continue;
        for (const uint32_t word : {0u, 1u, 7u, 4096u, 0x7fffffffu, 0xffffffffu}) {
            std::string bytes = good;
            t_store(&bytes, at, word);
            seal(&bytes, 0);
            write(bytes);
            const mmf_status status = migrate(TICK);
            EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_CORRUPT ||
                        status == MMF_ERR_UNSUPPORTED)
                << at << ": " << word << ": " << message();
        }
    }
}

TEST_F(Version2Test, ATruncatedFileGivesWhatIsThereWhenAsked)
{
    const std::string good = killed_in_another_boot();
    write(good.substr(0, HEADER + 3 * SIZE + 5));
    EXPECT_EQ(migrate(order()), MMF_ERR_CORRUPT);
    expect_message("counts 5 rows and has room for 3");
    expect_message("options.rows = 3");
    ASSERT_EQ(migrate(order(), 3), MMF_OK) << message();
    expect_orders(3, 2);
    EXPECT_EQ(migrate(order(), 4), MMF_ERR_RANGE);
    for (const size_t size : {0, 4, 8, 256, 4096, 20480, 65535}) {
        write(good.substr(0, size));
        EXPECT_NE(migrate(order()), MMF_OK) << size;
        EXPECT_FALSE(is_there());
    }
}

TEST_F(Version2Test, BothCommitsAreDamaged)
{
    std::string bytes = killed_in_another_boot();
    bytes[8192] = bytes[12288] = 77;
    write(bytes);
    EXPECT_EQ(migrate(order()), MMF_ERR_CORRUPT);
    expect_message("both commit slots fail their checksum");
}

// Any lock that a writer of version 2 has or takes: alone, of an undo slot, in joining.
TEST_F(Version2Test, AWriterIsLockedOut)
{
    write(t_read(TICKS));
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    for (const int byte : {0, 1, 64, 65}) {
        struct flock lock = {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        lock.l_start = (INT64_C(1) << 62) + byte;
        lock.l_len = 1;
        ASSERT_EQ(fcntl(fd, F_OFD_SETLK, &lock), 0);
        EXPECT_EQ(migrate(TICK), MMF_ERR_LOCKED) << byte;
        expect_message("a writer has the file open");
        lock.l_type = F_UNLCK;
        ASSERT_EQ(fcntl(fd, F_OFD_SETLK, &lock), 0);
        int tried = 0;
        const auto try_lock = [&](uint64_t, uint64_t) {
            lock.l_type = F_WRLCK;
            EXPECT_NE(fcntl(fd, F_OFD_SETLK, &lock), 0) << byte;
            tried++;
            return true;
        };
        EXPECT_EQ(migrate(TICK, 0, MMF_MIGRATE_TO_STORE, try_lock), MMF_OK) << message();
        EXPECT_EQ(tried, 2);
    }
    close(fd);
}
