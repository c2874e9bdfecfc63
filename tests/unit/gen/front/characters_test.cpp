// Checks that a file is text, and the classes of its characters.
#include "gen/front/characters.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/front/front_fixture.h"

namespace {

TEST(Characters, AFileThatIsNotTextIsRefused)
{
    const struct {
        std::string text;
        uint32_t at;
        const char *message;
    } CASES[] = {
        {std::string("a\0b", 3), 1, "NUL byte; a schema is a text file"},
        {"a\rb", 1, "carriage return without a line feed after it"},
        {"a\r", 1, "carriage return without a line feed after it"},
        {"a // \x1b[31m", 5, "control character U+001B; not allowed, even in comments"},
        {"a\x7f", 1, "control character U+007F; not allowed, even in comments"},
        {"a\x0c", 1, "control character U+000C; not allowed, even in comments"},
        {"// \xc2\x9b", 3, "control character U+009B; not allowed, even in comments"},
        {"// \xe2\x80\xae", 3, "control character U+202E; not allowed, even in comments"},
        {"// \xe2\x80\xaa", 3, "control character U+202A; not allowed, even in comments"},
        {"// \xe2\x81\xa6", 3, "control character U+2066; not allowed, even in comments"},
        {"// \xe2\x81\xa9", 3, "control character U+2069; not allowed, even in comments"},
        {"a\xffz", 1, "byte 0xff is not valid UTF-8 here"},
        {"a\xc3", 1, "byte 0xc3 is not valid UTF-8 here"},
        {"/* \xed\xa0\x80 */", 3, "byte 0xed is not valid UTF-8 here"},
        {std::string("\xff\xfe"
                     "a\0",
                     4),
         0, "the file is UTF-16; expected UTF-8"},
        {std::string("\xfe\xff\0a", 4), 0, "the file is UTF-16; expected UTF-8"},
        {"a\xff\xfe", 1, "byte 0xff is not valid UTF-8 here"},
    };
    for (const auto &with : CASES) {
        SCOPED_TRACE(testing::PrintToString(with.text));
        Front front(with.text);
        EXPECT_FALSE(characters_check(&front.from, &front.list));
        ASSERT_EQ(front.list.count, 1u); // only the first place is reported
        EXPECT_EQ(front.error(), with.message);
        EXPECT_EQ(front.list.errors[0].at.offset, with.at);
        EXPECT_NE(front.hint(), "");
    }
}

bool is_text(const std::string &text)
{
    Front front(text);
    const bool good = characters_check(&front.from, &front.list);
    EXPECT_EQ(good, front.list.count == 0);
    return good;
}

TEST(Characters, LinesMayEndInLfOrCrlf)
{
    EXPECT_TRUE(is_text(""));
    EXPECT_TRUE(is_text("a\nb\r\nc\td"));
    EXPECT_TRUE(is_text("\xef\xbb\xbf"));
}

// The characters beside those that reorder text are allowed.
TEST(Characters, EveryOtherCharacterIsAllowed)
{
    EXPECT_TRUE(is_text("\xe2\x80\xa9\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa")); // 2029 202F 2065 206A
    EXPECT_TRUE(is_text(" ~\xc2\xa0\xf0\x9f\x98\x80"));
}

TEST(Characters, LettersAreDistinguishedFromSymbols)
{
    for (const uint32_t letter : {0xc0u, 0xd6u, 0xd8u, 0xf6u, 0xf8u, 0x3b1u, 0x1fffu, 0x2c00u,
                                  0x3041u, 0x4ef7u, 0xff10u, 0xff21u, 0x20000u})
        EXPECT_TRUE(character_is_letter(letter)) << std::hex << letter;
    for (const uint32_t symbol :
         {0xa0u, 0xbfu, 0xd7u, 0xf7u, 0x1680u, 0x2000u, 0x2192u, 0x2bffu, 0x3000u, 0x303fu, 0xe000u,
          0xfe0fu, 0xfeffu, 0xff1au, 0xff3bu, 0xffffu, 0x1f600u, 0xe0001u, 0x10ffffu})
        EXPECT_FALSE(character_is_letter(symbol)) << std::hex << symbol;
}

TEST(Characters, NonAsciiSpacesAreRecognized)
{
    for (const uint32_t blank : {0xa0u, 0x2000u, 0x200bu, 0x200fu, 0x3000u})
        EXPECT_TRUE(character_is_blank(blank)) << std::hex << blank;
    for (const uint32_t other : {0x9fu, 0xa1u, 0x1fffu, 0x2010u, 0x2fffu, 0x3001u})
        EXPECT_FALSE(character_is_blank(other)) << std::hex << other;
}

} // namespace
