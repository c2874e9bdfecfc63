// Reading schema files, and finding lines, columns and characters in them.
#include "gen/front/source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/unit/gen/front/front_fixture.h"

namespace {

// ---- Reading ----

class SourceRead : public testing::Test {
protected:
    void SetUp() override
    {
        arena_init(&memory, ARENA_SIZE_MAX);
        std::string pattern = testing::TempDir() + "/source.XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        path = directory + "/a.mmfs";
    }

    void TearDown() override
    {
        arena_free(&memory);
        EXPECT_EQ(system(("rm -rf '" + directory + "'").c_str()), 0);
    }

    void put(const std::string &text) const
    {
        std::ofstream(path, std::ios::binary) << text;
    }

    mmf_status read()
    {
        error = {};
        return source_read(path.c_str(), &memory, &out, &error);
    }

    // It must fail with this status, and name the file and the reason.
    void expect_refused(mmf_status expected, const std::string &why)
    {
        EXPECT_EQ(read(), expected);
        EXPECT_EQ(error.status, expected);
        const std::string message = error.message;
        EXPECT_EQ(message.compare(0, path.size() + 2, path + ": "), 0) << message;
        EXPECT_NE(message.find(why), std::string::npos) << message;
    }

    arena memory = {};
    std::string directory;
    std::string path;
    source out = {};
    mmf_error error = {};
};

TEST_F(SourceRead, EveryByteIsKept)
{
    const std::string text("a\r\nb\0\xff\n", 7);
    put(text);
    ASSERT_EQ(read(), MMF_OK) << error.message;
    EXPECT_EQ(std::string(out.text, out.size), text);
    EXPECT_EQ(out.text[out.size], '\0');
    EXPECT_EQ(out.path, path);
    EXPECT_STREQ(out.name, "a.mmfs");
}

TEST_F(SourceRead, AnEmptyFileIsRead)
{
    put("");
    ASSERT_EQ(read(), MMF_OK) << error.message;
    EXPECT_EQ(out.size, 0u);
    EXPECT_STREQ(out.text, "");
}

TEST_F(SourceRead, TheLargestFileIsReadAndALargerOneIsNot)
{
    put(std::string(SOURCE_SIZE_MAX, 'x'));
    ASSERT_EQ(read(), MMF_OK) << error.message;
    EXPECT_EQ(out.size, SOURCE_SIZE_MAX);
    put(std::string(SOURCE_SIZE_MAX + 1, 'x'));
    expect_refused(MMF_ERR_TOO_LONG, "larger than 1048576 bytes");
}

TEST_F(SourceRead, AnythingButAFileIsReportedByItsKind)
{
    expect_refused(MMF_ERR_NOT_FOUND, "No such file or directory");
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    expect_refused(MMF_ERR_ARGUMENT, "is a pipe; expected a schema file"); // without waiting for it
    ASSERT_EQ(unlink(path.c_str()), 0);
    ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
    expect_refused(MMF_ERR_ARGUMENT, "is a directory; expected a schema file");
    path += "/missing";
    expect_refused(MMF_ERR_NOT_FOUND, "No such file or directory");
    path = "/dev/null";
    expect_refused(MMF_ERR_ARGUMENT, "is a device; expected a schema file");
}

TEST_F(SourceRead, APathThroughAFileCannotBeOpened)
{
    put("x");
    path += "/b";
    expect_refused(MMF_ERR_IO, "cannot be opened: Not a directory");
    EXPECT_NE(error.os_error, 0);
}

TEST_F(SourceRead, ItReportsExhaustedMemory)
{
    put("x");
    arena_free(&memory);
    arena_init(&memory, 100);
    expect_refused(MMF_ERR_NO_MEMORY, "no memory");
    // One allocation for the buffer, and one each for the copies of path and text.
    arena_free(&memory);
    arena_init(&memory, SOURCE_SIZE_MAX + 1 + path.size() + 1 + 1);
    expect_refused(MMF_ERR_NO_MEMORY, "no memory");
    arena_free(&memory);
    arena_init(&memory, SOURCE_SIZE_MAX + 1 + path.size() + 1 + 2);
    EXPECT_EQ(read(), MMF_OK);
}

TEST_F(SourceRead, TextInMemoryIsCopied)
{
    std::string text = "abc";
    std::string name = "x/y/b.mmfs";
    ASSERT_EQ(source_from_text(name.c_str(), text.data(), 3, &memory, &out, &error), MMF_OK);
    text = name = "";
    EXPECT_STREQ(out.text, "abc");
    EXPECT_STREQ(out.path, "x/y/b.mmfs");
    EXPECT_STREQ(out.name, "b.mmfs");
    ASSERT_EQ(source_from_text("c.mmfs", "", 0, &memory, &out, &error), MMF_OK);
    EXPECT_STREQ(out.name, "c.mmfs");
    const std::string large(SOURCE_SIZE_MAX + 1, 'x');
    EXPECT_EQ(source_from_text("d", large.data(), large.size(), &memory, &out, &error),
              MMF_ERR_TOO_LONG);
}

// ---- Places ----

void expect_place(const Front &front, uint32_t offset, uint32_t line, uint32_t column,
                  const std::string &text)
{
    const source_position position = source_locate(&front.from, offset);
    EXPECT_EQ(position.line, line) << "offset " << offset;
    EXPECT_EQ(position.column, column) << "offset " << offset;
    EXPECT_EQ(front.text(source_line(&front.from, offset)), text) << "offset " << offset;
}

TEST(SourcePlaces, LinesAndColumnsCountFromOne)
{
    const Front front("ab\n\ncd");
    expect_place(front, 0, 1, 1, "ab");
    expect_place(front, 1, 1, 2, "ab");
    expect_place(front, 2, 1, 3, "ab"); // its line end belongs to a line
    expect_place(front, 3, 2, 1, "");
    expect_place(front, 4, 3, 1, "cd");
    expect_place(front, 6, 3, 3, "cd");
    expect_place(front, 7, 3, 3, "cd"); // an offset after the end counts as the end
    expect_place(front, UINT32_MAX, 3, 3, "cd");
}

TEST(SourcePlaces, AFinalLineEndBeginsAnEmptyLine)
{
    const Front front("a\n");
    expect_place(front, 2, 2, 1, "");
    const Front empty("");
    expect_place(empty, 0, 1, 1, "");
}

TEST(SourcePlaces, ACarriageReturnIsPartOfTheLineEnd)
{
    const Front front("ab\r\ncd\r\n");
    expect_place(front, 1, 1, 2, "ab");
    expect_place(front, 4, 2, 1, "cd");
}

TEST(SourcePlaces, AColumnIsACharacter)
{
    const Front front("\t\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80x"); // 1, 2, 3, 4 bytes, then x
    const uint32_t begins[] = {0, 1, 3, 6, 10};
    for (uint32_t i = 0; i < 5; i++)
        EXPECT_EQ(source_locate(&front.from, begins[i]).column, i + 1);
}

TEST(SourcePlaces, AByteOrderMarkTakesNoColumn)
{
    const Front front("\xef\xbb\xbf"
                      "ab\ncd");
    expect_place(front, 3, 1, 1, "ab");
    expect_place(front, 4, 1, 2, "ab");
    expect_place(front, 6, 2, 1, "cd");
}

// ---- Characters ----

std::string encode(uint32_t code_point)
{
    if (code_point < 0x80)
        return {static_cast<char>(code_point)};
    std::string text;
    int shift = code_point < 0x800 ? 6 : code_point < 0x10000 ? 12 : 18;
    const uint32_t first = shift == 6 ? 0xc0 : shift == 12 ? 0xe0 : 0xf0;
    text += static_cast<char>(first | code_point >> shift);
    while ((shift -= 6) >= 0)
        text += static_cast<char>(0x80 | (code_point >> shift & 0x3f));
    return text;
}

TEST(SourceDecode, EveryCharacterIsDecodedAndNoPartOfOne)
{
    for (uint32_t expected = 0; expected <= 0x10ffff; expected++) {
        const std::string text = encode(expected);
        const uint32_t size = static_cast<uint32_t>(text.size());
        const bool surrogate = expected >= 0xd800 && expected <= 0xdfff;
        uint32_t found = UINT32_MAX;
        ASSERT_EQ(source_decode(text.data(), size, &found), surrogate ? 0 : size) << expected;
        if (surrogate)
            continue;
        ASSERT_EQ(found, expected);
        for (uint32_t part = 1; part < size; part++)
            ASSERT_EQ(source_decode(text.data(), part, &found), 0u) << expected;
    }
}

TEST(SourceDecode, InvalidUtf8HasNoLength)
{
    const std::string wrong[] = {
        "\x80",             // a continuation byte alone
        "\xbf",             //
        "\xc0\x80",         // NUL in two bytes
        "\xc1\xbf",         // one byte in two
        "\xe0\x9f\xbf",     // two bytes in three
        "\xf0\x8f\xbf\xbf", // three bytes in four
        "\xf4\x90\x80\x80", // beyond U+10FFFF
        "\xf8\x88\x80\x80\x80",
        "\xfe\xff",
        "\xff\xfe",
        "\xc3(", // no continuation byte
        "\xe2\x82(",
        "\xf0\x9f\x98(",
    };
    for (const std::string &text : wrong) {
        uint32_t found = 0;
        EXPECT_EQ(source_decode(text.data(), static_cast<uint32_t>(text.size()), &found), 0u)
            << testing::PrintToString(text);
    }
}

// The bytes after a character are not read.
TEST(SourceDecode, OneCharacterIsDecoded)
{
    uint32_t found = 0;
    EXPECT_EQ(source_decode("a\xff", 2, &found), 1u);
    EXPECT_EQ(found, 'a' + 0u);
    EXPECT_EQ(source_decode("\xc3\xbc\xff", 3, &found), 2u);
    EXPECT_EQ(found, 0xfcu);
}

} // namespace
