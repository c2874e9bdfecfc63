// To and from the Go library's files; tests/conformance/foreign/go_test.py has their contents.
#include "core/foreign/go_schema.h"
#include "foreign_fixture.h"

#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>

namespace {

const char *const TICKS = "tests/conformance/foreign/data/tick5.mmf";

const std::string TICK = "record Tick version 1 {\n"
                         "  symbol: string[64];\n"
                         "  price: float64;\n"
                         "  volume: float64;\n"
                         "  timestamp: uint64;\n"
                         "}\n";

const size_t SIZE = 104;

class GoTest : public ForeignTest {
protected:
    // So many ticks, the five again and again, in a file that grew.
    static std::string many(uint64_t count)
    {
        const std::string five = t_read(TICKS);
        std::string out = five.substr(0, 64);
        t_store(&out, 48, count);
        for (uint64_t row = 0; row < count; row++)
            out += five.substr(64 + row % 5 * SIZE, SIZE);
        return out;
    }

    // No file but the old one, whatever its name.
    bool is_alone() const
    {
        return system(("test \"$(ls -A '" + directory + "')\" = old.mmf").c_str()) == 0;
    }
};

} // namespace

// The hash in tick5.mmf, which the Go library wrote; the order of the fields does not count.
TEST_F(GoTest, TheHashIsThatOfGo)
{
    const std::string expected = t_read(TICKS).substr(8, MMFI_SHA256_SIZE);
    for (const std::string &text :
         {TICK,
          std::string("record Other version 9 @checksums {\n  volume: float64;\n"
                      "  timestamp: uint64;\n  symbol: string[64];\n  price: float64;\n}\n")}) {
        mmf_schema *plain = nullptr;
        ASSERT_EQ(mmfi_go_schema_of(t_schema(text).get(), "x", &plain, &error), MMF_OK);
        const Schema owned(plain);
        std::string digest(MMFI_SHA256_SIZE, '\0');
        ASSERT_TRUE(mmfi_go_hash(plain, reinterpret_cast<unsigned char *>(digest.data())));
        EXPECT_EQ(digest, expected);
    }
}

TEST_F(GoTest, TheReportSaysWhatWasFound)
{
    std::string bytes = t_read(TICKS);
    t_store<uint64_t>(&bytes, 48, 8);
    t_store<uint64_t>(&bytes, 64 + SIZE, 3);
    t_store<uint64_t>(&bytes, 64 + 9 * SIZE, 2);
    write(bytes);
    ASSERT_EQ(migrate(TICK), MMF_OK) << message();
    EXPECT_EQ(report.format, 1u);
    EXPECT_STREQ(report.record, "");
    EXPECT_EQ(report.rows, 8u);
    EXPECT_EQ(report.blank, 3u);
    EXPECT_EQ(report.first_blank, 5u);
    EXPECT_EQ(report.torn, 1u);
    EXPECT_EQ(report.first_torn, 1u);
    EXPECT_EQ(report.left_out, 2u);
    EXPECT_EQ(t_read(path), bytes);
}

TEST_F(GoTest, AnOptionThatIsNoFormat)
{
    write(t_read(TICKS));
    EXPECT_EQ(migrate(TICK, 0, static_cast<mmf_migrate_format>(2)), MMF_ERR_ARGUMENT);
    expect_message("options.to is 2");
}

// More rows than a block has, so that the count is raised while it is read.
TEST_F(GoTest, AWriterIsFound)
{
    const uint64_t count = 60000;
    for (const bool torn : {false, true}) {
        std::string bytes = many(count);
        if (torn)
            t_store<uint64_t>(&bytes, 64, 7);
        write(bytes);
        const auto change = [&](uint64_t done, uint64_t total) {
            if (done > 0 && done < total) {
                std::string now = bytes;
                t_store<uint64_t>(&now, torn ? 64 : 48, torn ? 8 : count - 1);
                write(now);
            }
            return true;
        };
        EXPECT_EQ(migrate(TICK, 0, MMF_MIGRATE_TO_STORE, change), MMF_ERR_BUSY) << message();
        expect_message("a program of the Go library is writing to the file");
        EXPECT_FALSE(is_there());
    }
    const auto truncate_it = [&](uint64_t done, uint64_t total) {
        return done == 0 || done == total || truncate(path.c_str(), 4096) == 0;
    };
    write(many(count));
    EXPECT_EQ(migrate(TICK, 0, MMF_MIGRATE_TO_STORE, truncate_it), MMF_ERR_CORRUPT);
    EXPECT_FALSE(is_there());
}

// A sparse file without end takes no time, and no memory.
TEST_F(GoTest, HolesAfterTheCountAreNotRead)
{
    std::string bytes = t_read(TICKS);
    write(bytes);
    ASSERT_EQ(truncate(path.c_str(), INT64_C(1) << 40), 0);
    ASSERT_EQ(migrate(TICK), MMF_OK) << message();
    EXPECT_EQ(report.rows, 5u);
    EXPECT_EQ(report.left_out, 0u);
}

TEST_F(GoTest, AStopOrAKillLeavesNoNewFile)
{
    write(many(50000));
    const std::string before = t_read(path);
    for (const mmf_migrate_format to : {MMF_MIGRATE_TO_STORE, MMF_MIGRATE_TO_GO}) {
        EXPECT_EQ(migrate(TICK, 0, to, [](uint64_t done, uint64_t) { return done == 0; }),
                  MMF_ERR_TIMEOUT);
        EXPECT_TRUE(is_alone());
    }
    const pid_t child = fork();
    if (child == 0) {
        (void)migrate(TICK, 0, MMF_MIGRATE_TO_GO, [](uint64_t done, uint64_t) {
            if (done > 0)
                raise(SIGKILL);
            return true;
        });
        _exit(1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_FALSE(is_there());
    EXPECT_EQ(t_read(path), before);
    // The next one removes what the kill left under a name of its own.
    ASSERT_EQ(migrate(TICK, 0, MMF_MIGRATE_TO_GO), MMF_OK) << message();
    EXPECT_EQ(system(("test \"$(ls -A '" + directory + "' | wc -l)\" = 2").c_str()), 0);
    EXPECT_EQ(report.rows, 50000u);
    // Nothing is replaced.
    const Schema schema = t_schema(TICK);
    mmf_migrate_options options = MMF_MIGRATE_OPTIONS_INIT;
    options.to = MMF_MIGRATE_TO_GO;
    EXPECT_EQ(
        mmf_store_migrate(path.c_str(), target.c_str(), schema.get(), &options, nullptr, &error),
        MMF_ERR_EXISTS);
    EXPECT_EQ(
        mmf_store_migrate(path.c_str(), path.c_str(), schema.get(), &options, nullptr, &error),
        MMF_ERR_EXISTS);
    EXPECT_EQ(t_read(path), before);
}

TEST_F(GoTest, RowsOfRecordsThatFitNoFile)
{
    std::string bytes = t_read(TICKS);
    t_store<uint64_t>(&bytes, 48, UINT64_C(1) << 60);
    write(bytes);
    EXPECT_EQ(migrate(TICK, 0, MMF_MIGRATE_TO_GO), MMF_ERR_CORRUPT);
    EXPECT_EQ(migrate(TICK, 65, MMF_MIGRATE_TO_GO), MMF_ERR_RANGE);
    EXPECT_FALSE(is_there());
}
