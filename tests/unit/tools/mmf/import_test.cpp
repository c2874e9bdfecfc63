// mmf import: stores from CSV, what it refuses and where, and that there is no half a store.
#include <csignal>
#include <dirent.h>
#include <sys/stat.h>

#include "mmf_fixture.h"

namespace {

const char BOOK[] = "enum Side : uint8 { Buy = 1; Sell = 2; }\n"
                    "struct Level { price: decimal(18,4); size: uint32; orders: uint16?; }\n"
                    "record Book version 2 {\n"
                    "  symbol: string[10];\n"
                    "  at: timestamp[ns];\n"
                    "  side: Side = Sell;\n"
                    "  bids: Level[2];\n"
                    "  greeks: float64[2]?;\n"
                    "  fee: decimal(10,4)? = 0.25;\n"
                    "  memo: string[20]?;\n"
                    "  top: Level?;\n"
                    "}\n";

const char HEADER[] = "symbol,at,bids[0].price,bids[0].size,bids[1].price,bids[1].size";

class ImportTest : public MmfTest {
protected:
    int Import(const std::string &csv, const std::vector<std::string> &options = {},
               const std::string &schema = BOOK)
    {
        Write(In("s.mmfs"), schema);
        Write(In("in.csv"), csv);
        std::vector<std::string> words = {"import", "--schema", "s.mmfs", "in.csv", "out.mmf"};
        words.insert(words.end(), options.begin(), options.end());
        return Run(words);
    }

    // No store, and nothing temporary either.
    void ExpectNothingLeft()
    {
        DIR *listing = opendir(directory.c_str());
        ASSERT_NE(listing, nullptr);
        while (const dirent *entry = readdir(listing)) {
            EXPECT_EQ(std::string(entry->d_name).find("out.mmf"), std::string::npos)
                << entry->d_name;
        }
        closedir(listing);
    }

    // The value at a path as text, "null" for null.
    std::string Value(uint64_t row, const char *path)
    {
        mmf_store *store = nullptr;
        mmf_error error;
        EXPECT_EQ(mmf_store_open(In("out.mmf").c_str(), nullptr, &store, &error), MMF_OK)
            << error.message;
        if (store == nullptr)
            return "";
        mmf_place place;
        mmf_value value;
        char buffer[128];
        EXPECT_EQ(mmf_schema_locate(mmf_store_schema(store), path, &place, &error), MMF_OK)
            << error.message;
        const mmf_status status =
            mmf_store_get_place(store, row, &place, buffer, sizeof buffer, &value);
        EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_NULL) << mmf_status_name(status);
        std::string text = "null";
        if (status == MMF_OK && value.type == MMF_TYPE_STRING)
            text = "'" + std::string(value.as.string.data, value.as.string.length) + "'";
        else if (status == MMF_OK &&
                 (value.type == MMF_TYPE_UINT8 || value.type == MMF_TYPE_UINT16 ||
                  value.type == MMF_TYPE_UINT32))
            text = std::to_string(value.as.natural);
        else if (status == MMF_OK && value.type == MMF_TYPE_FLOAT64)
            text = std::to_string(value.as.real);
        else if (status == MMF_OK)
            text = std::to_string(value.as.integer);
        mmf_store_close(store);
        return text;
    }
};

} // namespace

TEST_F(ImportTest, ReadsRows)
{
    ASSERT_EQ(Import("bids[1].size,at,symbol,bids[0].price,bids[0].size,bids[1].price,memo\r\n"
                     "4,1970-01-01T00:00:01Z,\"A,\"\"B\",1.5,2,3,\"\"\r\n"
                     "8,12,C,-2,6,7.0001,\r\n"),
              0)
        << errors;
    EXPECT_EQ(errors, "");
    EXPECT_EQ(Value(0, "symbol"), "'A,\"B'");
    EXPECT_EQ(Value(0, "at"), "1000000000");
    EXPECT_EQ(Value(0, "bids[0].price"), "15000");
    EXPECT_EQ(Value(0, "bids[1].size"), "4");
    EXPECT_EQ(Value(0, "memo"), "''") << "a quoted empty cell is text";
    EXPECT_EQ(Value(1, "at"), "12");
    EXPECT_EQ(Value(1, "bids[1].price"), "70001");
    EXPECT_EQ(Value(1, "memo"), "null");
    // What has no column.
    EXPECT_EQ(Value(1, "side"), "2");
    EXPECT_EQ(Value(1, "fee"), "2500");
    EXPECT_EQ(Value(1, "greeks[0]"), "null");
    EXPECT_EQ(Value(1, "bids[0].orders"), "null");
    EXPECT_EQ(Value(1, "top.price"), "null");
    EXPECT_EQ(Run({"check", "out.mmf"}), 0) << errors;
}

TEST_F(ImportTest, NullGroups)
{
    const std::string header = std::string(HEADER) + ",greeks[0],greeks[1],top.price,top.size\n";
    ASSERT_EQ(Import(header + "A,1,1,1,1,1,1.5,2,3,4\nB,1,1,1,1,1,,,,\n"), 0) << errors;
    EXPECT_EQ(Value(0, "greeks[1]"), "2.000000");
    EXPECT_EQ(Value(0, "top.size"), "4");
    EXPECT_EQ(Value(1, "greeks[1]"), "null");
    EXPECT_EQ(Value(1, "top.size"), "null");
    EXPECT_EQ(Import(header + "A,1,1,1,1,1,1.5,,,\n", {"--replace"}), 1);
    EXPECT_TRUE(Has(errors, "in.csv:2:17: error: greeks[1]: found '', expected a number"));
    // All of a struct may be null, and the struct is there.
    const std::string schema = "struct P { x: int8?; } record R version 1 { p: P?; }\n";
    ASSERT_EQ(Import("p,p.x\ntrue,\nfalse,\ntrue,1\n", {"--replace"}, schema), 0) << errors;
    ASSERT_EQ(Run({"check", "out.mmf"}), 0) << errors;
    EXPECT_EQ(Value(2, "p.x"), "1");
    EXPECT_EQ(Import("p,p.x\nfalse,1\n", {"--replace"}, schema), 1);
    EXPECT_TRUE(Has(errors, "in.csv:2:1: error: p: is null, but there are values in it"));
}

TEST_F(ImportTest, RefusesValues)
{
    const std::string header = std::string(HEADER) + ",side\n";
    struct {
        const char *row;
        const char *said;
    } cases[] = {
        {"ABCDEFGHIJK,1,1,1,1,1,Buy",
         "in.csv:2:1: error: symbol: found 'ABCDEFGHIJK' of 11 bytes, expected at most 10 bytes"},
        {"A,soon,1,1,1,1,Buy", "in.csv:2:3: error: at: found 'soon', expected a time such as"},
        {"A,1,1.00001,1,1,1,Buy", "in.csv:2:5: error: bids[0].price: found '1.00001', expected a "
                                  "number of at most 18 digits, 4 of them after the point"},
        {"A,1,1,-1,1,1,Buy", "in.csv:2:7: error: bids[0].size: found '-1', expected a whole number "
                             "from 0 to 4294967295"},
        {"A,1,1,,1,1,Buy", "in.csv:2:7: error: bids[0].size: found '', expected a whole number"},
        {"A,1,1,1,1,1,Bay",
         "in.csv:2:13: error: side: found 'Bay', expected a member of Side: Buy, "
         "Sell"},
        {"\"A\nB\",1,1,1,1,1,7", "in.csv:3:14: error: side: found '7'"},
        {"A,1,1,1,1,1", "in.csv:2:1: error: found 6 columns, expected 7, as in the first line"},
        {"A,1,1,1,1,1,\"Buy", "in.csv:2:13: error: this quote is never closed"},
        {"\x1b[31m\xff,1,1,1,1,1,Buy",
         "in.csv:2:1: error: symbol: found '\\x1b[31m\\xff', expected UTF-8"},
    };
    for (const auto &one : cases) {
        EXPECT_EQ(Import(header + one.row + "\n"), 1) << one.row;
        EXPECT_TRUE(Has(errors, one.said));
        ExpectNothingLeft();
    }
}

TEST_F(ImportTest, RefusesHeaders)
{
    EXPECT_EQ(Import(""), 1);
    EXPECT_TRUE(Has(errors, "in.csv:1:1: error: the file is empty"));
    EXPECT_EQ(Import("symbol,at,symbol\n"), 1);
    EXPECT_TRUE(Has(errors, "in.csv:1:11: error: column 'symbol' is there twice"));
    EXPECT_EQ(Import("symbol,at\n"), 1);
    EXPECT_TRUE(Has(errors, "in.csv:1:1: error: there is no 'bids[0].price'"));
    EXPECT_EQ(Import(std::string(HEADER) + ",venue\nA,1,1,1,1,1,X\n"), 1);
    EXPECT_TRUE(Has(errors, "in.csv:1:" + std::to_string(strlen(HEADER) + 2) +
                                ": error: column 'venue' belongs to no field"));
    ExpectNothingLeft();
    EXPECT_EQ(Import(std::string(HEADER) + ",venue\nA,1,1,1,1,1,X\n", {"--ignore-columns"}), 0)
        << errors;
    EXPECT_EQ(Value(0, "symbol"), "'A'");
}

TEST_F(ImportTest, SkipsBadRows)
{
    const std::string csv =
        std::string(HEADER) + "\nA,1,1,1,1,1\nB,x,1,1,1,1\n\nC\"\nD,1,1,1,1,1\n";
    ASSERT_EQ(Import(csv, {"--skip-bad"}), 0) << errors;
    EXPECT_TRUE(Has(errors, "in.csv:3:3: error: at: found 'x'"));
    EXPECT_TRUE(Has(errors, "in.csv:5:2: error: a quote in a cell"));
    EXPECT_TRUE(Has(errors, "2 rows skipped"));
    EXPECT_EQ(Value(0, "symbol"), "'A'");
    EXPECT_EQ(Value(1, "symbol"), "'D'");
}

TEST_F(ImportTest, NamesAsGuessMakesThem)
{
    ASSERT_EQ(
        Import("Adj Close,class,52 week\n1,2,3\n", {},
               "record R version 1 { Adj_Close: int8; class_value: int8; x52_week: int8; }\n"),
        0)
        << errors;
    EXPECT_EQ(Value(0, "Adj_Close"), "1");
    EXPECT_EQ(Value(0, "class_value"), "2");
    EXPECT_EQ(Value(0, "x52_week"), "3");
}

TEST_F(ImportTest, Replaces)
{
    const std::string csv = std::string(HEADER) + "\nA,1,1,1,1,1\n";
    ASSERT_EQ(Import(csv), 0) << errors;
    EXPECT_EQ(Import(csv), 2);
    EXPECT_TRUE(Has(errors, "out.mmf: exists already"));
    EXPECT_EQ(Import(std::string(HEADER) + "\nB,x\n", {"--replace"}), 1);
    EXPECT_EQ(Value(0, "symbol"), "'A'") << "a failure replaces nothing";
    ASSERT_EQ(Import(std::string(HEADER) + "\nB,1,1,1,1,1\n", {"--replace"}), 0) << errors;
    EXPECT_EQ(Value(0, "symbol"), "'B'");
}

TEST_F(ImportTest, ReadsStandardInput)
{
    Write(In("s.mmfs"), "record R version 1 { a: int8; b: string[4]; }\n");
    Write(In("in.txt"), "b;a\nx,y;5\n");
    ASSERT_EQ(Run({"import", "-s", "s.mmfs", "-d", ";", "-", "out.mmf"}, In("in.txt").c_str()), 0)
        << errors;
    EXPECT_EQ(Value(0, "b"), "'x,y'");
    Write(In("in.txt"), "b\ta\nx\tz\n");
    EXPECT_EQ(Run({"import", "-s", "s.mmfs", "-d", "tab", "-", "o2.mmf"}, In("in.txt").c_str()), 1);
    EXPECT_TRUE(Has(errors, "(standard input):2:3: error: a: found 'z'"));
}

TEST_F(ImportTest, RefusesSchemas)
{
    EXPECT_EQ(Import("a\n1\n", {}, "record R version 1 { a: flaot64; }\n"), 1);
    EXPECT_TRUE(Has(errors, "s.mmfs:1:25: error: unknown type 'flaot64'"));
    const std::string two = "record A version 1 { a: int8; } record B version 1 { a: int16; }\n";
    EXPECT_EQ(Import("a\n1\n", {}, two), 2);
    EXPECT_TRUE(Has(errors, "choose one by --record: A, B"));
    EXPECT_EQ(Import("a\n1\n", {"--record", "C"}, two), 2);
    EXPECT_TRUE(Has(errors, "there is no record 'C'; there is A, B"));
    EXPECT_EQ(Import("a\n300\n", {"--record", "B"}, two), 0) << errors;
    EXPECT_EQ(Run({"import", "in.csv", "out.mmf"}), 2);
    EXPECT_TRUE(Has(errors, "--schema is missing"));
    EXPECT_EQ(Import("a\n1\n", {"--delimiter", "\""}, two), 2);
    EXPECT_TRUE(Has(errors, "--delimiter is"));
}

// A signal in the middle of a file that never ends: a pipe that stays open.
TEST_F(ImportTest, LeavesNothingWhenItIsInterrupted)
{
    Write(In("s.mmfs"), "record R version 1 { a: int8; }\n");
    ASSERT_EQ(mkfifo(In("pipe").c_str(), 0600), 0);
    for (int number : {SIGINT, SIGTERM, SIGHUP}) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            const int null = open("/dev/null", O_WRONLY);
            if (chdir(directory.c_str()) != 0 || dup2(null, 2) < 0)
                _exit(99);
            execl(program.c_str(), "mmf", "import", "-s", "s.mmfs", "pipe", "out.mmf", nullptr);
            _exit(98);
        }
        const int fd = open(In("pipe").c_str(), O_WRONLY);
        ASSERT_GE(fd, 0);
        ASSERT_EQ(write(fd, "a\n1\n2\n", 6), 6);
        // Until the temporary file is there.
        for (bool begun = false; !begun;) {
            DIR *listing = opendir(directory.c_str());
            while (const dirent *entry = readdir(listing))
                begun = begun || strncmp(entry->d_name, "out.mmf.", 8) == 0;
            closedir(listing);
        }
        ASSERT_EQ(kill(child, number), 0);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number) << status;
        close(fd);
        ExpectNothingLeft();
    }
}

// ---- JSON lines ----

namespace {

class ImportJsonTest : public ImportTest {
protected:
    int ImportJson(const std::string &lines, const std::vector<std::string> &options = {})
    {
        std::vector<std::string> with = {"--format", "json"};
        with.insert(with.end(), options.begin(), options.end());
        return Import(lines, with);
    }
};

} // namespace

TEST_F(ImportJsonTest, ReadsLines)
{
    ASSERT_EQ(
        ImportJson(
            "{\"symbol\":\"A\\u20ac\\n\\\"\",\"at\":12,\"side\":\"Buy\",\"bids\":[{\"price\":1.5,"
            "\"size\":2},{\"size\":4,\"price\":\"3\",\"orders\":7}],\"greeks\":[1,2.5],"
            "\"memo\":\"\",\"top\":{\"price\":-1,\"size\":9}}\r\n"
            "\n"
            " { \"bids\" : [ {\"price\":0,\"size\":0} , {\"price\":0,\"size\":0} ] ,"
            "\"at\": \"1970-01-01T00:00:01Z\", \"symbol\": \"\\ud83d\\ude00\", \"greeks\": null,"
            "\"fee\": null }"),
        0)
        << errors;
    EXPECT_EQ(Value(0, "symbol"), "'A\xe2\x82\xac\n\"'");
    EXPECT_EQ(Value(0, "at"), "12");
    EXPECT_EQ(Value(0, "side"), "1");
    EXPECT_EQ(Value(0, "bids[0].price"), "15000");
    EXPECT_EQ(Value(0, "bids[1].price"), "30000");
    EXPECT_EQ(Value(0, "bids[1].orders"), "7");
    EXPECT_EQ(Value(0, "greeks[1]"), "2.500000");
    EXPECT_EQ(Value(0, "memo"), "''");
    EXPECT_EQ(Value(0, "top.size"), "9");
    EXPECT_EQ(Value(0, "fee"), "2500") << "a default";
    EXPECT_EQ(Value(1, "symbol"), "'\xf0\x9f\x98\x80'");
    EXPECT_EQ(Value(1, "at"), "1000000000");
    EXPECT_EQ(Value(1, "side"), "2");
    EXPECT_EQ(Value(1, "greeks[0]"), "null");
    EXPECT_EQ(Value(1, "fee"), "null");
    EXPECT_EQ(Value(1, "top.price"), "null");
    EXPECT_EQ(Run({"check", "out.mmf"}), 0) << errors;
}

TEST_F(ImportJsonTest, Refuses)
{
    const std::string bid = "{\"price\":1,\"size\":1}";
    const std::string bids = "\"bids\":[" + bid + "," + bid + "]";
    struct {
        std::string line;
        const char *said;
    } cases[] = {
        {"[]", "in.csv:1:1: error: expected '{' before the members of an object"},
        {"{\"symbol\":1}", "in.csv:1:11: error: symbol: expected a string"},
        {"{\"symbol\":\"a\"", "in.csv:1:14: error: expected '}' or a comma after a value"},
        {"{\"symbol\":\"a", "in.csv:1:11: error: symbol: this string has no closing quote"},
        {"{\"symbol\":\"\\x\"}", "in.csv:1:12: error: symbol: an escape that JSON does not have"},
        {"{\"symbol\":\"\\ud800\"}", "error: symbol: an escape that JSON does not have"},
        {"{\"symbol\":\"a\x01\"}", "in.csv:1:13: error: symbol: a control character in a string"},
        {"{\"symbol\":\"ABCDEFGHIJK\"}",
         "error: symbol: found 'ABCDEFGHIJK', expected at most 10 bytes"},
        {"{\"symbol\":null}", "in.csv:1:11: error: symbol: is null, and the field is never null"},
        {"{\"symbol\":\"a\",\"symbol\":\"a\"}", "in.csv:1:15: error: 'symbol' is there twice"},
        {"{\"symbl\":\"a\"}", "in.csv:1:2: error: 'symbl' belongs to no field of the schema"},
        {"{\"bids\":[{\"price\":1,\"size\":-1}]}", "in.csv:1:28: error: bids[0].size: found '-1', "
                                                   "expected a whole number from 0 to 4294967295"},
        {"{\"bids\":[" + bid + "]}", "error: bids: found 1 elements, expected 2"},
        {"{\"bids\":[" + bid + "," + bid + ",1]}", "error: bids: found more than 2 elements"},
        {"{\"bids\":[{}]}", "in.csv:1:10: error: bids[0]: there is no 'price'"},
        {"{\"bids\":1}", "in.csv:1:9: error: bids: expected '['"},
        {"{" + bids + "}", "in.csv:1:1: error: there is no 'symbol'"},
        {"{\"symbol\":\"a\",\"at\":1," + bids + "} x", "error: text after the object"},
        {"{\"at\":1.5}", "in.csv:1:7: error: at: found '1.5'"},
        {"{\"at\":}", "in.csv:1:7: error: at: found ''"},
    };
    for (const auto &one : cases) {
        EXPECT_EQ(ImportJson(one.line + "\n"), 1) << one.line;
        EXPECT_TRUE(Has(errors, one.said));
        ExpectNothingLeft();
    }
    const std::string good = "{\"symbol\":\"a\",\"at\":1," + bids;
    std::string deep;
    for (int i = 0; i < 100; i++)
        deep += "[";
    EXPECT_EQ(ImportJson(good + ",\"x\":" + deep + "}\n", {"--ignore-columns"}), 1);
    EXPECT_TRUE(Has(errors, "more than 64 deep"));
    ASSERT_EQ(ImportJson(good + ",\"x\":{\"y\":[1,{\"z\":\"]\"}],\"w\":[]},\"v\":null}\n1\n{\n",
                         {"--ignore-columns", "--skip-bad"}),
              0)
        << errors;
    EXPECT_TRUE(Has(errors, "2 rows skipped"));
    EXPECT_EQ(Value(0, "symbol"), "'a'");
}
