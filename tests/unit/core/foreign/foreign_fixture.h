// Files of other formats as images, and their migration.
#ifndef MMF_TESTS_UNIT_CORE_FOREIGN_FOREIGN_FIXTURE_H
#define MMF_TESTS_UNIT_CORE_FOREIGN_FOREIGN_FIXTURE_H

#include "mmapforge/migrate.h"
#include "mmapforge/value.h"
#include "mmapforge/verify.h"
#include "tests/support/parsed_schema.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <string>
#include <unistd.h>

inline std::string t_read(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

template <typename T> T t_load(const std::string &bytes, size_t at)
{
    T value;
    memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

template <typename T> void t_store(std::string *bytes, size_t at, T value)
{
    memcpy(&(*bytes)[at], &value, sizeof value);
}

class ForeignTest : public testing::Test {
protected:
    using Progress = std::function<bool(uint64_t, uint64_t)>;

    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "/foreignXXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        path = directory + "/old.mmf";
        target = directory + "/new.mmf";
    }

    void TearDown() override
    {
        ASSERT_EQ(system(("rm -rf '" + directory + "'").c_str()), 0);
    }

    void write(const std::string &bytes) const
    {
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        ASSERT_TRUE(file.flush().good());
    }

    // By another name each time, so that a test may migrate several times.
    mmf_status migrate(const std::string &schema_text, uint64_t rows = 0,
                       mmf_migrate_format to = MMF_MIGRATE_TO_STORE, Progress progress = nullptr)
    {
        const Schema schema = t_schema(schema_text);
        target = directory + "/new" + std::to_string(++targets) + ".mmf";
        error = {};
        report = MMF_MIGRATE_REPORT_INIT;
        mmf_migrate_options options = MMF_MIGRATE_OPTIONS_INIT;
        options.rows = rows;
        options.to = to;
        options.context = &progress;
        if (progress)
            options.progress = [](void *context, uint64_t done, uint64_t total) {
                return (*static_cast<Progress *>(context))(done, total);
            };
        return mmf_store_migrate(path.c_str(), target.c_str(), schema.get(), &options, &report,
                                 &error);
    }

    bool is_there() const
    {
        return access(target.c_str(), F_OK) == 0;
    }

    std::string message() const
    {
        return error.message;
    }

    void expect_message(const std::string &part) const
    {
        EXPECT_NE(message().find(part), std::string::npos) << message();
    }

    int targets = 0;
    std::string directory;
    std::string path;
    std::string target;
    mmf_migrate_report report = MMF_MIGRATE_REPORT_INIT;
    mmf_error error = {};
};

#endif
