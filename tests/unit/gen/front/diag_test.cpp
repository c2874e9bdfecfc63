// How diagnostics are collected and printed.
#include "gen/front/diag.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/front/front_fixture.h"

namespace {

TEST(Diag, WithoutErrorsNothingIsPrinted)
{
    const Front front("x\n");
    EXPECT_EQ(front.list.count, 0u);
    EXPECT_EQ(front.said(), "");
}

TEST(Diag, AnErrorHasItsPlaceItsLineAndItsCaret)
{
    Front front("one two\nthree\n");
    diag_report(&front.list, front.find("two"), "found %s, %d", "two", 2);
    EXPECT_EQ(front.said(), "a.mmfs:1:5: error: found two, 2\n"
                            "    1 | one two\n"
                            "      |     ^~~\n");
}

TEST(Diag, AHintAndANoteFollowTheirError)
{
    Front front("one two\nthree\n");
    diag_report(&front.list, front.find("three"), "first");
    diag_note(&front.list, front.find("one"), "see %s", "here");
    diag_hint(&front.list, "do %d things", 3);
    diag_report(&front.list, front.find("three"), "second");
    EXPECT_EQ(front.said(), "a.mmfs:2:1: error: first\n"
                            "    2 | three\n"
                            "      | ^~~~~\n"
                            "hint: do 3 things\n"
                            "a.mmfs:1:1: note: see here\n"
                            "    1 | one two\n"
                            "      | ^~~\n"
                            "a.mmfs:2:1: error: second\n"
                            "    2 | three\n"
                            "      | ^~~~~\n");
}

TEST(Diag, ErrorsArePrintedInTheOrderOfTheirPlaces)
{
    Front front("a\nb\nc\n");
    diag_report(&front.list, front.find("c"), "C");
    diag_report(&front.list, front.find("a"), "A");
    diag_report(&front.list, front.find("c"), "D"); // of one place, in the order of reporting
    diag_report(&front.list, front.find("b"), "B");
    std::string order;
    const std::string said = front.said();
    for (size_t at = said.find("error: "); at != std::string::npos;
         at = said.find("error: ", at + 1))
        order += said[at + 7];
    EXPECT_EQ(order, "ABCD");
}

TEST(Diag, FurtherErrorsAreCounted)
{
    Front front("x\n");
    for (uint32_t i = 0; i < DIAG_ERRORS_MAX; i++)
        diag_report(&front.list, {0, 1}, "kept");
    EXPECT_EQ(front.said().find("too many"), std::string::npos);
    diag_report(&front.list, {0, 1}, "lost");
    diag_hint(&front.list, "of the lost one");
    diag_note(&front.list, {0, 1}, "of the lost one");
    EXPECT_EQ(front.list.count, DIAG_ERRORS_MAX + 1);
    const std::string said = front.said();
    EXPECT_EQ(said.find("lost"), std::string::npos) << said;
    EXPECT_NE(said.find("a.mmfs: error: too many errors: 21 in all, 20 shown\n"),
              std::string::npos);
}

TEST(Diag, AMutedListIgnoresLaterErrors)
{
    Front front("x\n");
    diag_report(&front.list, {0, 1}, "before");
    diag_mute(&front.list);
    diag_hint(&front.list, "no hint");
    diag_report(&front.list, {0, 1}, "after");
    diag_hint(&front.list, "no hint");
    diag_note(&front.list, {0, 1}, "no note");
    EXPECT_EQ(front.list.count, 1u);
    EXPECT_EQ(front.said(), "a.mmfs:1:1: error: before\n"
                            "    1 | x\n"
                            "      | ^\n");
    Front silent("x\n");
    diag_mute(&silent.list);
    diag_report(&silent.list, {0, 1}, "nothing");
    diag_hint(&silent.list, "no hint");
    EXPECT_EQ(silent.list.count, 0u);
    diag_init(&silent.list, &silent.from);
    diag_report(&silent.list, {0, 1}, "heard again");
    EXPECT_EQ(silent.list.count, 1u);
}

TEST(Diag, ASkippedErrorIsIgnoredWithItsHintAndNote)
{
    Front front("x\n");
    diag_skip(&front.list);
    diag_hint(&front.list, "no hint");
    EXPECT_EQ(front.list.count, 0u);
    diag_report(&front.list, {0, 1}, "first");
    diag_hint(&front.list, "hint of the first");
    diag_skip(&front.list);
    diag_hint(&front.list, "no hint");
    diag_note(&front.list, {0, 1}, "no note");
    EXPECT_EQ(front.said(), "a.mmfs:1:1: error: first\n"
                            "    1 | x\n"
                            "      | ^\n"
                            "hint: hint of the first\n");
    diag_report(&front.list, {0, 1}, "second");
    diag_hint(&front.list, "hint of the second");
    EXPECT_NE(front.said().find("hint of the second"), std::string::npos);
}

TEST(Diag, ALongMessageIsTruncated)
{
    Front front("x\n");
    const std::string text(2 * DIAG_TEXT_SIZE, 'm');
    diag_report(&front.list, {0, 1}, "%s", text.c_str());
    diag_hint(&front.list, "%s", text.c_str());
    diag_note(&front.list, {0, 1}, "%s", text.c_str());
    const diag_error &error = front.list.errors[0];
    EXPECT_EQ(std::string(error.message), text.substr(0, DIAG_TEXT_SIZE - 1));
    EXPECT_EQ(std::string(error.hint), text.substr(0, DIAG_TEXT_SIZE - 1));
    EXPECT_EQ(std::string(error.note), text.substr(0, DIAG_TEXT_SIZE - 1));
}

// ---- Carets ----

std::string caret_of(Front *front, source_span span)
{
    diag_report(&front->list, span, "x");
    const std::string said = front->said();
    return said.substr(said.find('\n') + 1);
}

TEST(Diag, AnEmptySpanHasOneCaret)
{
    Front front("ab");
    EXPECT_EQ(caret_of(&front, {1, 0}), "    1 | ab\n      |  ^\n");
    Front end("ab");
    EXPECT_EQ(caret_of(&end, {2, 0}), "    1 | ab\n      |   ^\n");
    Front empty("");
    EXPECT_EQ(caret_of(&empty, {0, 0}), "    1 |\n      | ^\n");
}

TEST(Diag, ASpanOverSeveralLinesIsShownOnItsFirst)
{
    Front front("abc\r\ndef\n");
    EXPECT_EQ(caret_of(&front, {1, 6}), "    1 | abc\n      |  ^~\n");
}

TEST(Diag, ATabExtendsToTheNextTabStop)
{
    Front front("a\tb\tc");
    EXPECT_EQ(caret_of(&front, {4, 1}), "    1 | a   b   c\n      |         ^\n");
    Front under("\tab");
    EXPECT_EQ(caret_of(&under, {0, 2}), "    1 |     ab\n      | ^~~~~\n");
}

// A wide character takes two columns, a combining one no column.
TEST(Diag, TheCaretIsUnderTheCharacterInATerminal)
{
    Front wide("\xe4\xbb\xb7x");
    EXPECT_EQ(caret_of(&wide, {3, 1}), "    1 | \xe4\xbb\xb7x\n      |   ^\n");
    Front mark("e\xcc\x81x");
    EXPECT_EQ(caret_of(&mark, {3, 1}), "    1 | e\xcc\x81x\n      |  ^\n");
    Front narrow("\xc3\xbcx");
    EXPECT_EQ(caret_of(&narrow, {2, 1}), "    1 | \xc3\xbcx\n      |  ^\n");
}

// A file that is not text must not control the terminal either.
TEST(Diag, NoControlCharacterIsPrinted)
{
    Front front(std::string("a\x1b[31m\x7f\0\xff\xc2\x9bz", 12));
    EXPECT_EQ(caret_of(&front, {11, 1}), "    1 | a?[31m????z\n      |           ^\n");
}

// 100 columns of a wider line, starting 40 columns before the place.
TEST(Diag, OnlyAPartOfALongLineIsShown)
{
    const std::string line = std::string(300, 'a') + "X" + std::string(300, 'b');
    Front front(line);
    EXPECT_EQ(caret_of(&front, {300, 1}), "    1 | ..." + std::string(40, 'a') + "X" +
                                              std::string(59, 'b') + "...\n      |    " +
                                              std::string(40, ' ') + "^\n");
    Front begin(line);
    EXPECT_EQ(caret_of(&begin, {0, 3}), "    1 | " + std::string(100, 'a') + "...\n      | ^~~\n");
    Front end(line);
    EXPECT_EQ(caret_of(&end, {600, 1}), "    1 | ..." + std::string(41, 'b') + "\n      |    " +
                                            std::string(40, ' ') + "^\n");
    Front all(line);
    EXPECT_EQ(caret_of(&all, {0, 601}),
              "    1 | " + std::string(100, 'a') + "...\n      | ^" + std::string(99, '~') + "\n");
    Front fits(std::string(100, 'a'));
    EXPECT_EQ(caret_of(&fits, {99, 1}),
              "    1 | " + std::string(100, 'a') + "\n      | " + std::string(99, ' ') + "^\n");
}

// ---- Quotes ----

std::string quote(const std::string &text)
{
    const Front front(text);
    return diag_quote(&front.list, {0, front.from.size}).text;
}

TEST(DiagQuote, TextIsQuotedAndMadePrintable)
{
    EXPECT_EQ(quote("abc"), "'abc'");
    EXPECT_EQ(quote(""), "''");
    EXPECT_EQ(quote("gr\xc3\xbc\xc3\x9f"), "'gr\xc3\xbc\xc3\x9f'");
    EXPECT_EQ(quote(std::string("\x1b\0\xff\n", 4)), "'" + std::string(4, '?') + "'");
}

// It fits its buffer, and no character is split.
TEST(DiagQuote, LongTextIsTruncated)
{
    const size_t room =
        sizeof(diag_text::text) - sizeof "''..."; // of the text itself, when truncated
    EXPECT_EQ(quote(std::string(room, 'x')), "'" + std::string(room, 'x') + "'");
    for (size_t length = room; length < room + 10; length++) {
        const std::string said = quote(std::string(length, 'x'));
        EXPECT_EQ(said.substr(0, room), "'" + std::string(room - 1, 'x'));
        EXPECT_EQ(said.back(), '\'');
        EXPECT_LT(said.size(), sizeof(diag_text::text));
    }
    EXPECT_EQ(quote(std::string(1000, 'x')), "'" + std::string(room, 'x') + "...'");
    std::string wide;
    for (int i = 0; i < 100; i++)
        wide += "\xe2\x82\xac";
    const std::string said = quote(wide);
    EXPECT_LT(said.size(), sizeof(diag_text::text));
    EXPECT_EQ((said.size() - std::string("''...").size()) % 3, 0u) << said;
}

} // namespace
