// A directory of its own for every test of mmf, stores of any schema, and runs of the program.
#ifndef MMF_TESTS_UNIT_TOOLS_MMF_FIXTURE_H
#define MMF_TESTS_UNIT_TOOLS_MMF_FIXTURE_H

#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "mmapforge/mmapforge.h"
#include "tests/support/parsed_schema.h"

class MmfTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "/mmfXXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        char here[4096];
        ASSERT_NE(getcwd(here, sizeof here), nullptr);
        program = std::string(here) + "/tools/mmf/mmf";
    }

    void TearDown() override
    {
        EXPECT_EQ(system(("rm -rf '" + directory + "'").c_str()), 0);
    }

    std::string In(const std::string &name) const
    {
        return directory + "/" + name;
    }

    static std::string Content(const std::string &path)
    {
        std::ifstream file(path, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    }

    static void Write(const std::string &path, const std::string &text)
    {
        std::ofstream(path, std::ios::binary) << text;
    }

    // Makes a store of that canonical schema text, and opens it for writing.
    mmf_store *Create(const std::string &path, const std::string &schema_text)
    {
        mmf_error error;
        const Schema schema = t_schema(schema_text);
        mmf_store *store = nullptr;
        if (schema != nullptr) {
            EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, schema.get(), &store, &error), MMF_OK)
                << error.message;
        }
        return store;
    }

    // Runs mmf in the directory of the test; `out` and `errors` have what it printed. Returns its
    // exit status, or -signal.
    int Run(const std::vector<std::string> &words, const char *input = "/dev/null",
            const char *output = nullptr)
    {
        const std::string out_path = In("stdout");
        const std::string errors_path = In("stderr");
        const pid_t child = fork();
        if (child == 0) {
            if (chdir(directory.c_str()) != 0)
                _exit(99);
            Redirect(input, O_RDONLY, 0);
            Redirect(output != nullptr ? output : out_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                     1);
            Redirect(errors_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 2);
            std::vector<char *> arguments;
            arguments.push_back(program.data());
            for (const std::string &word : words)
                arguments.push_back(const_cast<char *>(word.c_str()));
            arguments.push_back(nullptr);
            execv(program.c_str(), arguments.data());
            _exit(98);
        }
        int status = 0;
        EXPECT_EQ(waitpid(child, &status, 0), child);
        out = Content(out_path);
        errors = Content(errors_path);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    std::string directory;
    std::string program;
    std::string out;
    std::string errors;

private:
    static void Redirect(const char *path, int flags, int to)
    {
        const int fd = open(path, flags, 0666);
        if (fd < 0 || dup2(fd, to) < 0)
            _exit(97);
    }
};

// True when text has that part.
inline testing::AssertionResult Has(const std::string &text, const std::string &part)
{
    if (text.find(part) != std::string::npos)
        return testing::AssertionSuccess();
    return testing::AssertionFailure() << "'" << part << "' is not in: " << text;
}

// One of everything that the schema language has.
inline const char *BookText()
{
    return "/// Which side the last trade was on.\n"
           "enum Side : uint8 {\n"
           "  Buy = 1;\n"
           "  Sell = 2;\n"
           "}\n"
           "struct Level {\n"
           "  price: decimal(18,4);\n"
           "  size: uint32;\n"
           "  orders: uint16?;\n"
           "}\n"
           "record Book version 2 {\n"
           "  symbol: string[10];\n"
           "  at: timestamp[ns];\n"
           "  day: date;\n"
           "  side: Side = Buy;\n"
           "  bids: Level[2];\n"
           "  greeks: float64[2];\n"
           "  fee: decimal(10,4)?;\n"
           "  memo: string[20]?;\n"
           "  raw: bytes[4];\n"
           "  open: bool;\n"
           "  ratio: float32;\n"
           "  key: uint64;\n"
           "  delta: int8;\n"
           "}\n";
}

// A raw record of a schema, whose fields are set by their paths.
class Record {
public:
    explicit Record(const mmf_schema *schema_of) : schema(schema_of), bytes(schema_of->record_size)
    {
    }

    template <typename T> Record &Set(const char *path, T value)
    {
        const mmf_place place = Find(path);
        EXPECT_EQ(place.size, sizeof value) << path;
        memcpy(bytes.data() + place.offset, &value, sizeof value);
        return *this;
    }

    Record &SetText(const char *path, const std::string &text)
    {
        const mmf_place place = Find(path);
        const uint32_t length = static_cast<uint32_t>(text.size());
        EXPECT_LE(text.size() + 4, place.size) << path;
        memcpy(bytes.data() + place.offset, &length, sizeof length);
        memcpy(bytes.data() + place.offset + 4, text.data(), text.size());
        return *this;
    }

    const mmf_schema *schema;
    std::vector<unsigned char> bytes;

private:
    // The place, which has a value from now on.
    mmf_place Find(const char *path)
    {
        mmf_place place;
        mmf_error error;
        EXPECT_EQ(mmf_schema_locate(schema, path, &place, &error), MMF_OK) << error.message;
        for (uint32_t i = 0; i < place.null_count; i++)
            bytes[place.nulls[i].offset] =
                static_cast<unsigned char>(bytes[place.nulls[i].offset] | place.nulls[i].mask);
        return place;
    }
};

#endif
