// Migrations: every record in the new layout, or no new file.
#include "mmapforge/detail/access.h"
#include "mmapforge/migrate.h"
#include "rich_fixture.h"
#include "tests/support/parsed_schema.h"

#include <cmath>
#include <csignal>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

namespace {

std::string record(const std::string &head, const std::vector<std::string> &fields)
{
    std::string out = "record " + head + " {\n";
    for (const std::string &field : fields)
        out += "  " + field + ";\n";
    return out + "}\n";
}

const std::vector<std::string> OLD = {"id: int64",     "price: float64",  "name: string[16]",
                                      "small: uint16", "flag: bool",      "gone: int32",
                                      "maybe: int32?", "levels: int32[3]"};

class MigrateTest : public testing::Test {
protected:
    using Progress = std::function<bool(uint64_t, uint64_t)>;

    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "/migrateXXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        path = directory + "/old.mmf";
        target = directory + "/new.mmf";
    }

    void TearDown() override
    {
        ASSERT_EQ(system(("rm -rf '" + directory + "'").c_str()), 0);
    }

    // What row has in the old file.
    static Raw old_row(const mmf_schema *schema, uint64_t row)
    {
        Raw raw(schema);
        raw.set<int64_t>("id", static_cast<int64_t>(row)).set<double>("price", 0.5 * row);
        raw.text("name", "n" + std::to_string(row)).set<uint16_t>("small", row % 200);
        raw.set<bool>("flag", row % 2 == 1).set<int32_t>("gone", -1);
        for (int i = 0; i < 3; i++)
            raw.set<int32_t>("levels[" + std::to_string(i) + "]", static_cast<int32_t>(row) - i);
        if (row % 3 == 0)
            raw.set<int32_t>("maybe", static_cast<int32_t>(row));
        return raw;
    }

    void create(const std::string &text, uint64_t count,
                const std::function<Raw(const mmf_schema *, uint64_t)> &make = old_row)
    {
        const Schema schema = t_schema(text);
        mmf_store *store = nullptr;
        ASSERT_EQ(mmf_store_create(path.c_str(), nullptr, schema.get(), &store, &error), MMF_OK)
            << error.message;
        for (uint64_t row = 0; row < count; row++) {
            const Raw raw = make(schema.get(), row);
            ASSERT_EQ(mmf_store_append_rows(store, raw.data(), 1, raw.size(), nullptr), MMF_OK);
        }
        ASSERT_EQ(mmf_store_close(store), MMF_OK);
    }

    mmf_status migrate(const std::string &text, Progress progress = nullptr, uint64_t rows = 0)
    {
        const Schema schema = t_schema(text);
        error = {};
        report = MMF_MIGRATE_REPORT_INIT;
        mmf_migrate_options options = MMF_MIGRATE_OPTIONS_INIT;
        options.rows = rows;
        options.context = &progress;
        if (progress)
            options.progress = [](void *context, uint64_t done, uint64_t total) {
                return (*static_cast<Progress *>(context))(done, total);
            };
        return mmf_store_migrate(path.c_str(), target.c_str(), schema.get(), &options, &report,
                                 &error);
    }

    // Of a file, its rows by its own schema.
    void each(const std::string &of, const std::function<void(const Raw &, uint64_t)> &look,
              uint64_t expected)
    {
        mmf_store *store = nullptr;
        ASSERT_EQ(mmf_store_open(of.c_str(), nullptr, &store, &error), MMF_OK) << error.message;
        EXPECT_EQ(mmf_store_count(store), expected);
        for (uint64_t row = 0; row < mmf_store_count(store); row++) {
            Raw raw(mmf_store_schema(store));
            ASSERT_EQ(mmf_store_copy_rows(store, row, 1, raw.data(), raw.size(), nullptr), MMF_OK);
            look(raw, row);
        }
        ASSERT_EQ(mmf_store_close(store), MMF_OK);
    }

    bool is_there() const
    {
        return access(target.c_str(), F_OK) == 0;
    }

    // No file but the old one, whatever its name.
    bool is_alone() const
    {
        const std::string command = "test \"$(ls -A '" + directory + "')\" = old.mmf";
        return system(command.c_str()) == 0;
    }

    std::string message() const
    {
        return error.message;
    }

    std::string directory;
    std::string path;
    std::string target;
    mmf_migrate_report report = MMF_MIGRATE_REPORT_INIT;
    mmf_error error = {};
};

} // namespace

TEST_F(MigrateTest, FindsFieldsByNameAndFillsWhatIsNew)
{
    create(record("Tick version 1", OLD), 3000);
    ASSERT_EQ(migrate(record("Tick version 2",
                             {"flag: bool", "gone: int64", "added: int32 = -7",
                              "title: string[24] @was(name)", "price: float64", "id: int64",
                              "text: string[4] = \"ab\"", "small: uint32", "none: int8?",
                              "levels: int64[3]", "maybe: int64?", "later: uint16 @since(2)"})),
              MMF_OK)
        << error.message;
    each(
        target,
        [](const Raw &raw, uint64_t row) {
            ASSERT_EQ(raw.get<int64_t>("id"), static_cast<int64_t>(row));
            ASSERT_EQ(raw.get<double>("price"), 0.5 * row);
            const std::string name = "n" + std::to_string(row);
            ASSERT_EQ(raw.bytes("title").substr(4, name.size() + 1), name + '\0');
            ASSERT_EQ(raw.get<uint32_t>("small"), row % 200);
            ASSERT_EQ(raw.get<bool>("flag"), row % 2 == 1);
            ASSERT_EQ(raw.get<int64_t>("gone"), -1);
            ASSERT_EQ(raw.get<int32_t>("added"), -7);
            ASSERT_EQ(raw.bytes("text"), std::string("\2\0\0\0ab\0\0", 8));
            ASSERT_FALSE(raw.has("none"));
            ASSERT_EQ(raw.get<uint16_t>("later"), 0);
            for (int i = 0; i < 3; i++)
                ASSERT_EQ(raw.get<int64_t>("levels[" + std::to_string(i) + "]"),
                          static_cast<int64_t>(row) - i);
            ASSERT_EQ(raw.has("maybe"), row % 3 == 0);
            ASSERT_EQ(raw.get<int64_t>("maybe"), row % 3 == 0 ? static_cast<int64_t>(row) : 0);
        },
        3000);
    each(
        path, [](const Raw &raw, uint64_t) { ASSERT_EQ(raw.get<int32_t>("gone"), -1); }, 3000);
}

TEST_F(MigrateTest, AnEmptyFileGivesAnEmptyOne)
{
    create(record("Tick version 1", OLD), 0);
    ASSERT_EQ(migrate(record("Tick version 2", {"id: int64"})), MMF_OK) << error.message;
    each(
        target, [](const Raw &, uint64_t) {}, 0);
}

TEST_F(MigrateTest, NarrowerValuesThatFitAreKept)
{
    create(record("Tick version 1", OLD), 100);
    ASSERT_EQ(migrate(record("Tick version 2", {"id: uint8", "price: float32", "name: string[3]",
                                                "levels: int8[3]", "maybe: int8?"})),
              MMF_OK)
        << error.message;
    each(
        target,
        [](const Raw &raw, uint64_t row) {
            ASSERT_EQ(raw.get<uint8_t>("id"), row);
            ASSERT_EQ(raw.get<float>("price"), 0.5f * static_cast<float>(row));
            ASSERT_EQ(raw.get<int8_t>("levels[2]"), static_cast<int8_t>(row) - 2);
            ASSERT_EQ(raw.has("maybe"), row % 3 == 0);
        },
        100);
}

TEST_F(MigrateTest, AValueThatDoesNotFitIsNamed)
{
    create(record("Tick version 1", OLD), 2000);
    const std::string start = path + ": row ";
    const std::vector<std::tuple<std::string, mmf_status, std::string>> wrong = {
        {"id: uint8", MMF_ERR_TOO_LONG,
         "256 cannot be migrated: the value of field 'id' does not "},
        {"id: int8", MMF_ERR_TOO_LONG, "128 cannot be migrated: the value of field 'id' does not "},
        {"levels: uint32[3]", MMF_ERR_TOO_LONG,
         "0 cannot be migrated: the value of field 'levels' does not fit"},
        {"name: string[4]", MMF_ERR_TOO_LONG,
         "1000 cannot be migrated: the value of field 'name' does not fit"},
        {"maybe: int32", MMF_ERR_NULL, "1 cannot be migrated: the value of field 'maybe' is null"},
    };
    for (const auto &[field, status, said] : wrong) {
        EXPECT_EQ(migrate(record("Tick version 2", {field})), status) << field;
        EXPECT_EQ(message().find(start + said), 0u) << message();
        EXPECT_TRUE(is_alone()) << field;
    }
}

TEST_F(MigrateTest, AFloatThatIsNoneOfTheNarrowTypeIsNamedAndANaNIsKept)
{
    const std::vector<double> prices = {NAN, INFINITY, -0.0, 0.1};
    create(record("Tick version 1", {"price: float64"}), 4,
           [&](const mmf_schema *schema, uint64_t row) {
               Raw raw(schema);
               return raw.set<double>("price", prices[row]);
           });
    EXPECT_EQ(migrate(record("Tick version 2", {"price: float32"})), MMF_ERR_TOO_LONG);
    EXPECT_NE(message().find("row 3 cannot be migrated: the value of field 'price'"),
              std::string::npos)
        << message();
}

TEST_F(MigrateTest, ASchemaThatCannotBeIsRefusedByItsField)
{
    create(record("Tick version 1", OLD), 2);
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"extra: int32", "field 'extra' is not in the file"},
        {"extra: int32 @since(1)", "field 'extra' is not in the file"},
        {"id: float64", "the file has 'id: int64', the new schema 'float64': the types"},
        {"name: bytes[16]", "the types are of different kinds"},
        {"levels: int32[4]", "the numbers of elements differ"},
        {"levels: int32", "the numbers of elements differ"},
        {"id: timestamp[ns]", "the types are of different kinds"},
    };
    for (const auto &[field, said] : wrong) {
        EXPECT_EQ(migrate(record("Tick version 2", {field})), MMF_ERR_SCHEMA) << field;
        EXPECT_NE(message().find(said), std::string::npos) << message();
        EXPECT_TRUE(is_alone());
    }
    EXPECT_EQ(migrate(record("Tock version 2", {"id: int64"})), MMF_ERR_SCHEMA);
    EXPECT_NE(message().find("records 'Tick', the new schema has 'Tock'"), std::string::npos);
}

// A field that is taken for another one would have its values.
TEST_F(MigrateTest, NamesThatWereGivenAgainAreRefused)
{
    const auto make = [](const mmf_schema *schema, uint64_t row) {
        Raw raw(schema);
        return raw.set<int32_t>("a", static_cast<int32_t>(row)).set<int32_t>("b", -1);
    };
    create(record("Tick version 1", {"a: int32", "b: int32"}), 2, make);
    const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
        // c was a, and a is there still.
        {{"a: int32", "c: int32 @was(a)"}, "field 'c' is not in the file"},
        // The old file has both.
        {{"a: int32 @was(b)"}, "field 'a' cannot be migrated: it may be 'a' of the file or not"},
    };
    for (const auto &[fields, said] : wrong) {
        EXPECT_EQ(migrate(record("Tick version 2", fields)), MMF_ERR_SCHEMA);
        EXPECT_NE(message().find(said), std::string::npos) << message();
        EXPECT_TRUE(is_alone());
    }
    ASSERT_EQ(migrate(record("Tick version 2", {"c: int32 @was(a)"})), MMF_OK) << error.message;
    each(
        target, [](const Raw &raw, uint64_t row) { EXPECT_EQ(raw.get<int32_t>("c"), row); }, 2);
}

TEST_F(MigrateTest, WhatHasTheNameStays)
{
    const std::string text = record("Tick version 1", OLD);
    create(text, 3);
    uint64_t calls = 0;
    const auto counting = [&](uint64_t, uint64_t) { return ++calls > 0; };
    target = path;
    EXPECT_EQ(migrate(text, counting), MMF_ERR_EXISTS);
    EXPECT_TRUE(is_alone());
    target = directory + "/new.mmf";
    ASSERT_EQ(migrate(text), MMF_OK) << error.message;
    EXPECT_EQ(migrate(text, counting), MMF_ERR_EXISTS);
    EXPECT_EQ(calls, 0u) << "it is known before any record is converted";
    each(
        target, [](const Raw &, uint64_t) {}, 3);
}

TEST_F(MigrateTest, SaysWhatItWasNotGivenOrDidNotFind)
{
    const Schema schema = t_schema(record("Tick version 1", OLD));
    EXPECT_EQ(mmf_store_migrate(nullptr, "x", schema.get(), nullptr, nullptr, &error),
              MMF_ERR_ARGUMENT);
    EXPECT_EQ(message(), "mmf_store_migrate: path is NULL");
    EXPECT_EQ(mmf_store_migrate("x", nullptr, schema.get(), nullptr, nullptr, &error),
              MMF_ERR_ARGUMENT);
    EXPECT_EQ(message(), "mmf_store_migrate: new_path is NULL");
    EXPECT_EQ(mmf_store_migrate("x", "y", nullptr, nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(message(), "mmf_store_migrate: schema is NULL");
    EXPECT_EQ(migrate(record("Tick version 1", OLD)), MMF_ERR_NOT_FOUND);
    EXPECT_FALSE(is_there());
}

TEST_F(MigrateTest, TheFirstRowsAloneAndWhatWasFound)
{
    create(record("Tick version 1", OLD), 100);
    const std::string text = record("Tick version 2", {"id: int64"});
    EXPECT_EQ(migrate(text, nullptr, 101), MMF_ERR_RANGE);
    EXPECT_EQ(message(), path + ": options.rows is 101, and the file has 100 rows; ask for fewer, "
                                "or give 0 for all");
    EXPECT_EQ(report.rows, 0u);
    EXPECT_STREQ(report.record, "Tick");
    EXPECT_TRUE(is_alone());
    ASSERT_EQ(migrate(text, nullptr, 70), MMF_OK) << error.message;
    EXPECT_EQ(report.size, sizeof report);
    EXPECT_EQ(report.rows, 70u);
    EXPECT_EQ(report.left_out, 30u);
    EXPECT_EQ(report.format, 3u);
    EXPECT_STREQ(report.record, "Tick");
    each(
        target,
        [](const Raw &raw, uint64_t row) {
            ASSERT_EQ(raw.get<int64_t>("id"), static_cast<int64_t>(row));
        },
        70);
}

// A program that was compiled with an earlier version's report gets what it has room for.
TEST_F(MigrateTest, StructsOfOtherSizes)
{
    create(record("Tick version 1", OLD), 1);
    const Schema schema = t_schema(record("Tick version 1", OLD));
    const auto call = [&](const mmf_migrate_options *options, mmf_migrate_report *out) {
        return mmf_store_migrate(path.c_str(), target.c_str(), schema.get(), options, out, &error);
    };
    mmf_migrate_options options = {};
    EXPECT_EQ(call(&options, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_NE(message().find("options.size is 0, expected "), std::string::npos);
    options = MMF_MIGRATE_OPTIONS_INIT;
    options.reserved[0] = 1;
    EXPECT_EQ(call(&options, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_NE(message().find("does not know"), std::string::npos);
    mmf_migrate_report found = {};
    EXPECT_EQ(call(nullptr, &found), MMF_ERR_ARGUMENT);
    EXPECT_NE(message().find("report.size is 0, expected "), std::string::npos);
    EXPECT_FALSE(is_there());
    found = MMF_MIGRATE_REPORT_INIT;
    found.size = offsetof(mmf_migrate_report, left_out);
    found.left_out = 17;
    ASSERT_EQ(call(nullptr, &found), MMF_OK) << error.message;
    EXPECT_EQ(found.rows, 1u);
    EXPECT_EQ(found.left_out, 17u) << "bytes that it does not have";
    EXPECT_EQ(found.size, offsetof(mmf_migrate_report, left_out));
}

TEST_F(MigrateTest, ProgressIsToldAndMayStop)
{
    create(record("Tick version 1", OLD), 60000); // 72 bytes each, and more than 4 MiB
    const std::string text = record("Tick version 2", OLD) /* and the same layout */;
    std::vector<uint64_t> told;
    const auto listen = [&](uint64_t done, uint64_t total) {
        EXPECT_EQ(total, 60000u);
        EXPECT_FALSE(is_there()) << "not before all is on the disk";
        told.push_back(done);
        return true;
    };
    ASSERT_EQ(migrate(text, listen), MMF_OK) << error.message;
    ASSERT_EQ(told.size(), 3u);
    EXPECT_EQ(told[0], 0u);
    EXPECT_GT(told[1], 0u);
    EXPECT_LT(told[1], 60000u);
    EXPECT_EQ(told[2], 60000u);
    ASSERT_EQ(unlink(target.c_str()), 0);
    for (const uint64_t when : told) {
        EXPECT_EQ(migrate(text, [&](uint64_t done, uint64_t) { return done != when; }),
                  MMF_ERR_TIMEOUT);
        EXPECT_NE(message().find("stopped after " + std::to_string(when) + " of 60000 records"),
                  std::string::npos)
            << message();
        EXPECT_TRUE(is_alone());
    }
}

TEST_F(MigrateTest, AKillLeavesNoNewFile)
{
    create(record("Tick version 1", OLD), 60000);
    const std::string text = record("Tick version 2", OLD);
    const pid_t child = fork();
    if (child == 0) {
        (void)migrate(text,
                      [](uint64_t done, uint64_t) { return done == 0 || raise(SIGKILL) == 0; });
        _exit(1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    EXPECT_FALSE(is_there());
    each(
        path, [](const Raw &, uint64_t) {}, 60000);
    EXPECT_EQ(migrate(text), MMF_OK) << error.message;
}

TEST_F(MigrateTest, ChecksumsAreGainedAndLost)
{
    create(record("Tick version 1", OLD), 500);
    ASSERT_EQ(migrate(record("Tick version 2 @checksums", OLD)), MMF_OK) << error.message;
    mmf_store *store = nullptr;
    ASSERT_EQ(mmf_store_open(target.c_str(), nullptr, &store, &error), MMF_OK);
    EXPECT_EQ(mmf_store_verify(store, 0, 500, nullptr, &error), MMF_OK) << error.message;
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    ASSERT_EQ(rename(target.c_str(), path.c_str()), 0);
    ASSERT_EQ(migrate(record("Tick version 3", OLD)), MMF_OK) << error.message;
    each(
        target,
        [](const Raw &raw, uint64_t row) {
            ASSERT_EQ(raw.get<int64_t>("id"), static_cast<int64_t>(row));
        },
        500);
}

TEST_F(MigrateTest, ADamagedRecordIsNotMigrated)
{
    create(record("Tick version 1 @checksums", {"id: int64"}), 9,
           [](const mmf_schema *schema, uint64_t row) {
               Raw raw(schema);
               return raw.set<int64_t>("id", static_cast<int64_t>(row));
           });
    mmf_store *store = nullptr;
    mmf_options writing = MMF_OPTIONS_INIT;
    writing.mode = MMF_READ_WRITE;
    ASSERT_EQ(mmf_store_open(path.c_str(), &writing, &store, &error), MMF_OK);
    unsigned char *damaged = mmfi_row(store, 7, mmf_store_schema(store)->record_size);
    damaged[8] ^= 1;
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    EXPECT_EQ(migrate(record("Tick version 2", {"id: int64"})), MMF_ERR_CORRUPT);
    EXPECT_NE(message().find("row 7"), std::string::npos) << message();
    EXPECT_TRUE(is_alone());
}

class MigrateRichTest : public RichTest {
protected:
    mmf_status migrate(std::string text, const std::string &from = "", const std::string &to = "")
    {
        if (!from.empty()) {
            EXPECT_NE(text.find(from), std::string::npos);
            text.replace(text.find(from), from.size(), to);
        }
        const Schema other = t_schema(text);
        target = directory + "/new.mmf";
        return mmf_store_migrate(path.c_str(), target.c_str(), other.get(), nullptr, nullptr,
                                 &error);
    }

    std::string target;
};

TEST_P(MigrateRichTest, EveryKindOfValueIsKept)
{
    ASSERT_EQ(append(full()), MMF_OK);
    ASSERT_EQ(append(bare()), MMF_OK);
    // Each leg is converted value by value then.
    ASSERT_EQ(migrate(t_deal_text(!GetParam()), "name: string[5]", "name: string[9]"), MMF_OK)
        << error.message;
    mmf_store *moved = nullptr;
    ASSERT_EQ(mmf_store_open(target.c_str(), nullptr, &moved, &error), MMF_OK);
    ASSERT_EQ(mmf_store_count(moved), 2u);
    const Raw before = row(0);
    Raw after(mmf_store_schema(moved));
    ASSERT_EQ(mmf_store_copy_rows(moved, 0, 1, after.data(), after.size(), nullptr), MMF_OK);
    for (const char *where : {"symbol",
                              "side",
                              "kinds[2]",
                              "wide",
                              "pair.kind",
                              "pair.legs[1].price",
                              "pair.legs[1].side",
                              "pair.legs[1].live",
                              "pair.note",
                              "pair.best.price",
                              "legs[2].price",
                              "greeks[4]",
                              "fee",
                              "flags",
                              "hints",
                              "tags",
                              "note",
                              "raw",
                              "small",
                              "at",
                              "day",
                              "live",
                              "last"})
        EXPECT_EQ(after.bytes(where), before.bytes(where)) << where;
    EXPECT_EQ(after.bytes("legs[2].name"), std::string("\5\0\0\0five5\0\0\0\0", 13));
    EXPECT_TRUE(after.has("pair.best"));
    EXPECT_FALSE(after.has("legs[0].side"));
    ASSERT_EQ(mmf_store_copy_rows(moved, 1, 1, after.data(), after.size(), nullptr), MMF_OK);
    for (const char *where : {"pair", "fee", "hints", "tags", "note", "raw", "small", "live"})
        EXPECT_FALSE(after.has(where)) << where;
    ASSERT_EQ(mmf_store_close(moved), MMF_OK);
}

TEST_P(MigrateRichTest, AValueWithinAStructThatDoesNotFitIsNamed)
{
    ASSERT_EQ(append(bare()), MMF_OK);
    ASSERT_EQ(append(full()), MMF_OK);
    const std::string text = t_deal_text(false);
    EXPECT_EQ(migrate(text, "name: string[5]", "name: string[4]"), MMF_ERR_TOO_LONG);
    EXPECT_NE(std::string(error.message)
                  .find("row 1 cannot be migrated: the value of field "
                        "'legs.name' does not fit"),
              std::string::npos)
        << error.message;
    EXPECT_EQ(migrate(text, "decimal(4,2)", "decimal(3,2)"), MMF_ERR_TOO_LONG);
    EXPECT_NE(std::string(error.message).find("field 'pair.legs.price'"), std::string::npos)
        << error.message;
    EXPECT_EQ(migrate(text, "  Most = 2147483647;\n", ""), MMF_ERR_ENUM);
    EXPECT_NE(std::string(error.message)
                  .find("row 0 cannot be migrated: the value of field 'wide' "
                        "is no member of the new enum"),
              std::string::npos)
        << error.message;
    EXPECT_EQ(migrate(text, "Most =", "More ="), MMF_ERR_SCHEMA);
    EXPECT_EQ(migrate(text, "decimal(4,2)", "decimal(4,1)"), MMF_ERR_SCHEMA);
    EXPECT_EQ(migrate(text, "timestamp[ns]", "timestamp[ms]"), MMF_ERR_SCHEMA);
    EXPECT_NE(access(target.c_str(), F_OK), 0);
}

INSTANTIATE_TEST_SUITE_P(Checksums, MigrateRichTest, testing::Bool());
