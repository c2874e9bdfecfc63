// mmf guess: types and names for columns, and that `mmf import` takes the file by the schema.
#include "mmf_fixture.h"

namespace {

class GuessTest : public MmfTest {
protected:
    // The lines of the fields; the file is imported by what was guessed.
    std::string Guess(const std::string &csv, const std::vector<std::string> &options = {})
    {
        Write(In("some data.csv"), csv);
        std::vector<std::string> words = {"guess", "some data.csv"};
        words.insert(words.end(), options.begin(), options.end());
        EXPECT_EQ(Run(words), 0) << errors;
        const std::string schema = out;
        Write(In("s.mmfs"), schema);
        EXPECT_EQ(Run({"import", "--replace", "-s", "s.mmfs", "some data.csv", "out.mmf"}), 0)
            << errors << schema;
        EXPECT_EQ(Run({"check", "out.mmf"}), 0) << errors;
        return schema;
    }

    // The type of the one column of the rows.
    std::string TypeOf(const std::string &rows, const std::string &name = "a")
    {
        const std::string schema = Guess(name + "\n" + rows);
        const size_t colon = schema.find(": ");
        return schema.substr(colon + 2, schema.find(';') - colon - 2);
    }
};

} // namespace

TEST_F(GuessTest, BarsOfAMarket)
{
    EXPECT_EQ(Guess("timestamp,open,close,volume\n"
                    "2021-12-31 23:01:00.000000,46319.0,46377.0,2300413.7295\n"
                    "2021-12-31 23:02:00.000000,46377.0,46411.0,1829623.19\n"),
              "// Proposed by mmf guess from all 2 rows of some data.csv.\n"
              "record SomeData version 1 {\n"
              "    timestamp: timestamp[us]; // the file has no time zone: taken for UTC\n"
              "    open:      float64;\n"
              "    close:     float64;\n"
              "    volume:    float64;\n"
              "}\n");
}

TEST_F(GuessTest, Numbers)
{
    EXPECT_EQ(TypeOf("1\n-2\n"), "int32");
    EXPECT_EQ(TypeOf("1073741823\n"), "int32");
    EXPECT_EQ(TypeOf("1073741824\n"), "int64");
    EXPECT_EQ(TypeOf("-9223372036854775808\n"), "int64");
    EXPECT_EQ(TypeOf("18446744073709551615\n"), "uint64");
    EXPECT_EQ(TypeOf("18446744073709551615\n-1\n"), "string[24]") << "no float keeps that";
    EXPECT_EQ(TypeOf("1\n2.5\n"), "float64");
    EXPECT_EQ(TypeOf("1e5\nnan\n"), "float64");
    EXPECT_EQ(TypeOf("12.50\n3.25\n"), "decimal(18,2)");
    EXPECT_EQ(TypeOf("12.51\n3.25\n"), "float64") << "no zero at the end of any";
    EXPECT_EQ(TypeOf("12.5\n3.0\n"), "float64");
    EXPECT_EQ(TypeOf("12.50\n3.250\n"), "float64");
    EXPECT_EQ(TypeOf("007\n"), "string[8]") << "a name, whose zeroes count";
    EXPECT_EQ(TypeOf("0\n"), "int32");
    EXPECT_EQ(TypeOf(" 5\n"), "int32");
}

TEST_F(GuessTest, OtherTypes)
{
    EXPECT_EQ(TypeOf("true\nFalse\n"), "bool");
    EXPECT_EQ(TypeOf("0\n1\n"), "int32");
    EXPECT_EQ(TypeOf("2024-01-31\n"), "date");
    EXPECT_EQ(TypeOf("2024-01-31T00:00:00Z\n"), "timestamp[s]");
    EXPECT_EQ(TypeOf("2024-01-31T00:00:00.5Z\n2024-01-31\n"), "timestamp[ms]");
    EXPECT_EQ(TypeOf("2024-01-31T00:00:00.1234567+01:00\n"), "timestamp[ns]");
    EXPECT_EQ(TypeOf("9999-01-31T00:00:00Z\n"), "timestamp[s]");
    EXPECT_EQ(TypeOf("9999-01-31T00:00:00.1234567Z\n"), "string[32]") << "not in nanoseconds";
    EXPECT_EQ(TypeOf("1700000000\n", "time"), "timestamp[s]");
    EXPECT_EQ(TypeOf("1700000000000\n", "created_at"), "timestamp[ms]");
    EXPECT_EQ(TypeOf("1700000000\n", "volume"), "int64");
    EXPECT_EQ(TypeOf("abcdefgh\n"), "string[8]");
    EXPECT_EQ(TypeOf("abcdefghi\n"), "string[16]");
    EXPECT_EQ(TypeOf("\"a\nb\"\n1\n"), "string[8]");
}

TEST_F(GuessTest, Nulls)
{
    EXPECT_EQ(TypeOf("1\n\n2\n"), "int32?");
    EXPECT_EQ(TypeOf("1\n\"\"\n"), "int32?");
    EXPECT_EQ(TypeOf("x\n\"\"\n"), "string[8]") << "an empty text is one";
    EXPECT_EQ(TypeOf("x\n\"\"\n\n"), "string[8]?");
    EXPECT_EQ(TypeOf("\n"), "string[8]?");
    EXPECT_EQ(TypeOf(""), "string[8]");
}

TEST_F(GuessTest, Names)
{
    EXPECT_EQ(Guess("Adj Close,class,st_mtime,Price,price,a,a,class,class_value,,\xe2\x82\xac\n"
                    "1,x,2.5,3,true,4,x,6,2024-01-31,7,8\n"),
              "// Proposed by mmf guess from all 1 rows of some data.csv.\n"
              "record SomeData version 1 {\n"
              "    Adj_Close:      int32;     /// column \"Adj Close\"; always 1\n"
              "    class_2:        string[8]; /// column \"class\"; the longest has 1 byte\n"
              "    st_mtime_value: float64;   /// column \"st_mtime\"\n"
              "    Price:          int32;     // always 3\n"
              "    price_value:    bool;      /// column \"price\"\n"
              "    a:              int32;     // always 4\n"
              "    a_value:        string[8]; /// column \"a\"; the longest has 1 byte\n"
              "    class_3:        int32;     /// column \"class\"; always 6\n"
              "    class_value:    date;\n"
              "    column:         int32;     /// column \"\"; always 7\n"
              "    column_value:   int32;     /// column \"?\"; always 8\n"
              "}\n");
    EXPECT_TRUE(Has(Guess("a\n1\n", {"--name", "Bar"}), "record Bar version 1 {\n"));
    EXPECT_TRUE(Has(Guess("a\n1\n", {"--name", "int"}), "record Record version 1 {\n"));
    EXPECT_EQ(Run({"guess", "--name", "no name", "some data.csv"}), 2);
    EXPECT_TRUE(
        Has(errors, "--name is 'no name'; expected letters, digits and '_', such as no_name"));
}

TEST_F(GuessTest, Words)
{
    const std::string five = "Buy\nSell\nBuy\nBuy\nSell\nBuy\nSell\nBuy\nBuy\nSell\n";
    EXPECT_TRUE(
        Has(Guess("side\n" + five), "string[8]; // the longest has 4 bytes; only Buy, Sell"));
}

TEST_F(GuessTest, SomeRows)
{
    Write(In("t.csv"), "a\n1\nx\n");
    EXPECT_EQ(Run({"guess", "--rows", "1", "t.csv"}), 0) << errors;
    EXPECT_TRUE(Has(out, "from the first 1 rows of t.csv."));
    EXPECT_TRUE(Has(out, "a: int32;"));
    Write(In("t.csv"), "a;b\n1;2\n");
    EXPECT_EQ(Run({"guess", "-d", ";", "-"}, In("t.csv").c_str()), 0) << errors;
    EXPECT_TRUE(Has(out, "rows of (standard input)."));
    EXPECT_TRUE(Has(out, "record Record version 1"));
}

TEST_F(GuessTest, Refuses)
{
    struct {
        const char *csv;
        const char *said;
    } cases[] = {
        {"", "t.csv:1:1: error: the file is empty"},
        {"a,b\n1\n", "t.csv:2:1: error: found 1 columns, expected 2"},
        {"a\n\"x\n", "t.csv:2:1: error: this quote is never closed"},
        {"a\n\xff\n", "t.csv:1:1: error: column 'a': a value is not UTF-8"},
    };
    for (const auto &one : cases) {
        Write(In("t.csv"), one.csv);
        EXPECT_EQ(Run({"guess", "t.csv"}), 1) << one.csv;
        EXPECT_TRUE(Has(errors, one.said));
        EXPECT_EQ(out, "");
    }
    std::string many = "a";
    for (int i = 1; i < 1025; i++)
        many += ",a" + std::to_string(i);
    Write(In("t.csv"), many + "\n");
    EXPECT_EQ(Run({"guess", "t.csv"}), 1);
    EXPECT_TRUE(Has(errors, "there are 1025 columns; a record has at most 1024 fields"));
    EXPECT_EQ(Run({"guess", "none.csv"}), 2);
}
