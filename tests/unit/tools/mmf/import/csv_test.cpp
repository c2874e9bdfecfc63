// Rows of CSV: quotes, line ends, mistakes, and rows across the blocks that are read.
#include <cstdio>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "tools/mmf/import/csv.h"

namespace {

typedef std::vector<std::string> Row;

struct Reader {
    explicit Reader(const std::string &text, char delimiter = ',')
    {
        EXPECT_EQ(input_open_memory(&in, "t.csv", text.data(), text.size()), MMF_OK);
        csv_open(&csv, &in, delimiter);
    }

    ~Reader()
    {
        csv_close(&csv);
        input_close(&in);
    }

    Row Next()
    {
        Row out;
        result = csv_next(&csv);
        for (size_t i = 0; result == CSV_ROW && i < csv.count; i++)
            out.emplace_back(csv.cells[i].text, csv.cells[i].length);
        return out;
    }

    input in;
    csv_reader csv;
    csv_result result = CSV_END;
};

std::vector<Row> rows_of(const std::string &text)
{
    Reader reader(text);
    std::vector<Row> out;
    for (;;) {
        const Row row = reader.Next();
        if (reader.result != CSV_ROW)
            break;
        out.push_back(row);
    }
    EXPECT_EQ(reader.result, CSV_END) << text;
    return out;
}

} // namespace

TEST(Csv, Rows)
{
    EXPECT_EQ(rows_of(""), std::vector<Row>());
    EXPECT_EQ(rows_of("a,b\n1,2\n"), (std::vector<Row>{{"a", "b"}, {"1", "2"}}));
    EXPECT_EQ(rows_of("a,b\r\n1,2"), (std::vector<Row>{{"a", "b"}, {"1", "2"}}));
    EXPECT_EQ(rows_of("\xef\xbb\xbf"
                      "a\n"),
              (std::vector<Row>{{"a"}}));
    EXPECT_EQ(rows_of(",\n\n"), (std::vector<Row>{{"", ""}, {""}}));
    EXPECT_EQ(rows_of("a,"), (std::vector<Row>{{"a", ""}}));
    EXPECT_EQ(rows_of("a\rb,c\r"), (std::vector<Row>{{"a\rb", "c"}}));
}

TEST(Csv, Quotes)
{
    EXPECT_EQ(rows_of("\"a,b\",\"c\"\"d\"\n"), (std::vector<Row>{{"a,b", "c\"d"}}));
    EXPECT_EQ(rows_of("\"a\nb\",c\r\n\"\"\n"), (std::vector<Row>{{"a\nb", "c"}, {""}}));
    EXPECT_EQ(rows_of("\"\"\"\"\"\",\"\"\"\""), (std::vector<Row>{{"\"\"", "\""}}));
    EXPECT_EQ(rows_of("\"a\"\r\n\"b\""), (std::vector<Row>{{"a"}, {"b"}}));
    EXPECT_EQ(rows_of("\"a\"\r"), (std::vector<Row>{{"a"}})) << "as an unquoted cell";
    Reader reader("\"\",\n");
    (void)reader.Next();
    EXPECT_TRUE(reader.csv.cells[0].quoted);
    EXPECT_FALSE(reader.csv.cells[1].quoted);
}

TEST(Csv, OtherDelimiters)
{
    Reader reader("a,b\tc\n\"x\ty\"\t\n", '\t');
    EXPECT_EQ(reader.Next(), (Row{"a,b", "c"}));
    EXPECT_EQ(reader.Next(), (Row{"x\ty", ""}));
}

TEST(Csv, Mistakes)
{
    struct {
        const char *text;
        uint64_t line, column;
        const char *said;
    } cases[] = {
        {"a,b\"c\nd\n", 1, 4, "does not begin with one"},
        {"a,\"b\"c\nd\n", 1, 6, "after the quote"},
        {"a,\"b\" ,c\nd\n", 1, 6, "after the quote"},
        {"\"a\nb\",x\"\nd\n", 2, 5, "does not begin with one"},
        {"\xc3\xa9\xc3\xa9,x\"\nd\n", 1, 5, "does not begin with one"},
        {"\"a\"\rb\nd\n", 1, 4, "after the quote"},
    };
    for (const auto &one : cases) {
        Reader reader(one.text);
        (void)reader.Next();
        ASSERT_EQ(reader.result, CSV_WRONG) << one.text;
        EXPECT_EQ(reader.csv.wrong_line, one.line) << one.text;
        EXPECT_EQ(reader.csv.wrong_column, one.column) << one.text;
        EXPECT_NE(std::string(reader.csv.wrong).find(one.said), std::string::npos);
        // And it goes on with the next line.
        EXPECT_EQ(reader.Next(), Row{"d"}) << one.text;
        EXPECT_EQ(reader.csv.line, one.line + 1) << one.text;
    }
}

TEST(Csv, QuoteThatIsNeverClosed)
{
    Reader reader("a\nb,\"c\nd\n");
    EXPECT_EQ(reader.Next(), Row{"a"});
    (void)reader.Next();
    EXPECT_EQ(reader.result, CSV_WRONG);
    EXPECT_EQ(reader.csv.wrong_line, 2u);
    EXPECT_EQ(reader.csv.wrong_column, 3u);
    EXPECT_EQ(reader.Next(), Row{"d"});
    (void)reader.Next();
    EXPECT_EQ(reader.result, CSV_END);
}

TEST(Csv, Lines)
{
    Reader reader("a\n\"b\nb\",1\nc,d\n");
    (void)reader.Next();
    EXPECT_EQ(reader.csv.line, 1u);
    (void)reader.Next();
    EXPECT_EQ(reader.csv.line, 2u);
    uint64_t line;
    uint64_t column;
    csv_locate(&reader.csv, reader.csv.cells[1].at, &line, &column);
    EXPECT_EQ(line, 3u);
    EXPECT_EQ(column, 4u);
    (void)reader.Next();
    EXPECT_EQ(reader.csv.line, 4u);
}

// From a file of several blocks, in cells of every length up to one that has no room in a block.
TEST(Csv, AcrossBlocks)
{
    std::mt19937_64 random(1);
    std::vector<Row> expected;
    std::string text;
    while (text.size() < 5 * INPUT_BLOCK_SIZE) {
        Row row;
        for (int i = 0; i < 3; i++) {
            std::string cell;
            const size_t length = random() % (expected.size() % 500 == 7 ? 700000 : 90);
            for (size_t j = 0; j < length; j++)
                cell += "abcdefgh,\"\n\r"[random() % (i == 0 ? 8 : 12)];
            row.push_back(cell);
            std::string shown;
            for (char c : cell)
                shown += c == '"' ? "\"\"" : std::string(1, c);
            text += i == 0 ? shown : ",\"" + shown + "\"";
        }
        text += random() % 2 == 0 ? "\n" : "\r\n";
        expected.push_back(row);
    }
    const std::string path = testing::TempDir() + "/blocks.csv";
    FILE *file = fopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(fwrite(text.data(), 1, text.size(), file), text.size());
    ASSERT_EQ(fclose(file), 0);
    input in;
    csv_reader csv;
    ASSERT_EQ(input_open(&in, path.c_str(), nullptr), MMF_OK);
    EXPECT_EQ(in.total, text.size());
    csv_open(&csv, &in, ',');
    for (const Row &row : expected) {
        ASSERT_EQ(csv_next(&csv), CSV_ROW);
        ASSERT_EQ(csv.count, row.size());
        for (size_t i = 0; i < row.size(); i++)
            ASSERT_TRUE(std::string(csv.cells[i].text, csv.cells[i].length) == row[i]);
    }
    EXPECT_EQ(csv_next(&csv), CSV_END);
    csv_close(&csv);
    input_close(&in);
    remove(path.c_str());
}

TEST(Csv, AFileThatCannotBeRead)
{
    input in;
    mmf_error error;
    EXPECT_EQ(input_open(&in, "/dev/null/none", &error), MMF_ERR_IO);
    input_close(&in);
    EXPECT_EQ(input_open(&in, testing::TempDir().c_str(), &error), MMF_ERR_IO);
    EXPECT_NE(std::string(error.message).find("directory"), std::string::npos);
    input_close(&in);
}
