// Text to tokens: every kind, every place, and characters outside of tokens.
#include "gen/front/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/gen/front/front_fixture.h"

namespace {

// Every token as KIND and its text, separated by spaces; punctuation is its own kind.
std::string lex(Front *front)
{
    lexer state;
    if (!lexer_begin(&state, &front->from, &front->list))
        return "refused";
    std::string all;
    for (;;) {
        const lexer_token token = lexer_next(&state);
        const std::string text = front->text(token.span);
        EXPECT_EQ(token.punctuation != '\0', token.kind == TOKEN_PUNCTUATION);
        if (token.kind == TOKEN_END)
            break;
        EXPECT_GT(token.span.length, 0u); // so it ends
        static const char *const KINDS[] = {
            "", "name:", "number:", "text:", "doc:", "trailing:", ""};
        if (token.kind == TOKEN_PUNCTUATION) {
            EXPECT_EQ(text, std::string(1, token.punctuation));
        }
        all += (all.empty() ? "" : " ") + (KINDS[token.kind] + text);
    }
    const lexer_token again = lexer_next(&state);
    EXPECT_EQ(again.kind, TOKEN_END); // every further call returns the end
    EXPECT_EQ(again.span.offset, front->from.size);
    EXPECT_EQ(again.span.length, 0u);
    return all;
}

std::string lex_clean(const std::string &text)
{
    Front front(text);
    const std::string all = lex(&front);
    EXPECT_EQ(front.said(), "");
    return all;
}

// The remaining tokens, and the only error with its span.
void expect_error(const std::string &text, const std::string &tokens, const std::string &span,
                  const std::string &message, const std::string &hint)
{
    SCOPED_TRACE(testing::PrintToString(text));
    Front front(text);
    EXPECT_EQ(lex(&front), tokens);
    ASSERT_EQ(front.list.count, 1u) << front.said();
    EXPECT_EQ(front.text(front.list.errors[0].at), span);
    EXPECT_EQ(front.error(), message);
    EXPECT_EQ(front.hint(), hint);
}

// ---- Tokens ----

TEST(Lexer, ALineOfASchema)
{
    EXPECT_EQ(lex_clean("record Tick version 1 {"),
              "name:record name:Tick name:version number:1 {");
    EXPECT_EQ(lex_clean("a_1:string[64];}"), "name:a_1 : name:string [ number:64 ] ; }");
}

TEST(Lexer, AnEmptyTextIsTheEnd)
{
    EXPECT_EQ(lex_clean(""), "");
    EXPECT_EQ(lex_clean(" \t\r\n\n"), "");
}

TEST(Lexer, PunctuationIsOneCharacterEach)
{
    EXPECT_EQ(lex_clean("{}[]()<>:;,.=?@"), "{ } [ ] ( ) < > : ; , . = ? @");
}

TEST(Lexer, NamesTakeAllTheirCharacters)
{
    EXPECT_EQ(lex_clean("a Z _ _a a9 Az_09"), "name:a name:Z name:_ name:_a name:a9 name:Az_09");
}

// The parser reports an invalid number as a whole, so the lexer accepts any word after a digit.
TEST(Lexer, ANumberRunsToTheEndOfTheWord)
{
    EXPECT_EQ(lex_clean("0 10 -5 1.5 0x1F 1st 1_000"),
              "number:0 number:10 number:-5 number:1.5 number:0x1F number:1st number:1_000");
    EXPECT_EQ(lex_clean("1;"), "number:1 ;");
}

// A sign belongs to a number only before it, and after the 'e' of an exponent.
TEST(Lexer, AnExponentBelongsToItsNumber)
{
    EXPECT_EQ(lex_clean("1e-5 -2.5E+10 1e5 3e;"),
              "number:1e-5 number:-2.5E+10 number:1e5 number:3e ;");
    EXPECT_EQ(lex_clean("1e-5]"), "number:1e-5 ]");
}

TEST(Lexer, TextEndsAtItsQuote)
{
    EXPECT_EQ(lex_clean("\"a b\" \"\" \"c\\\"d\""), "text:\"a b\" text:\"\" text:\"c\\\"d\"");
}

TEST(Lexer, TextWithoutAQuoteEndsWithItsLine)
{
    for (const char *end : {"\n;", "\r\n;", "\\\n;"})
        expect_error(std::string("\"ab") + end,
                     std::string("text:\"ab") + (*end == '\\' ? "\\" : "") + " ;",
                     std::string("\"ab") + (*end == '\\' ? "\\" : ""),
                     "text without a closing quote on its line", "end it with '\"'");
    expect_error("\"ab", "text:\"ab", "\"ab", "text without a closing quote on its line",
                 "end it with '\"'");
    expect_error("\"ab\\", "text:\"ab\\", "\"ab\\", "text without a closing quote on its line",
                 "end it with '\"'");
    expect_error("\"ab\\\"", "text:\"ab\\\"", "\"ab\\\"",
                 "text without a closing quote on its line", "end it with '\"'");
}

TEST(Lexer, TheFirstTokenOfALineIsMarked)
{
    Front front("a b\n/* x */ c d /*\n*/ e\n  # f\ng\n$ h");
    lexer state;
    ASSERT_TRUE(lexer_begin(&state, &front.from, &front.list));
    const bool expected[] = {true, false, true, false, true, true, false};
    for (const bool first : expected) {
        const lexer_token token = lexer_next(&state);
        EXPECT_EQ(token.first, first) << front.text(token.span);
    }
}

// ---- Comments ----

TEST(Lexer, OrdinaryCommentsAreSkipped)
{
    EXPECT_EQ(lex_clean("a // b\nc"), "name:a name:c");
    EXPECT_EQ(lex_clean("a /* b\n * c */ d"), "name:a name:d");
    EXPECT_EQ(lex_clean("a/**/b/***/c"), "name:a name:b name:c");
    EXPECT_EQ(lex_clean("//// not a doc\na"), "name:a");
    EXPECT_EQ(lex_clean("a // b"), "name:a");
    EXPECT_EQ(lex_clean("/* // */ a"), "name:a");
    EXPECT_EQ(lex_clean("// /*\na"), "name:a");
    EXPECT_EQ(lex_clean("/* /// */ a"), "name:a");
}

TEST(Lexer, ADocBeforeAnItemDiffersFromATrailingOne)
{
    EXPECT_EQ(lex_clean("/// x\na"), "doc:/// x name:a");
    EXPECT_EQ(lex_clean("///\na"), "doc:/// name:a");
    EXPECT_EQ(lex_clean("a; /// x\nb"), "name:a ; trailing:/// x name:b");
    EXPECT_EQ(lex_clean("/* c */ /// x\na"), "doc:/// x name:a"); // a comment is not a token
}

// On the line below a trailing doc comment, in its column.
TEST(Lexer, ATrailingDocContinuesInItsColumn)
{
    EXPECT_EQ(lex_clean("a; /// x\n   /// y\n   /// z"),
              "name:a ; trailing:/// x trailing:/// y trailing:/// z");
    EXPECT_EQ(lex_clean("a; /// x\n  /// y"), "name:a ; trailing:/// x doc:/// y");
    EXPECT_EQ(lex_clean("a; /// x\n\n   /// y"), "name:a ; trailing:/// x doc:/// y");
    EXPECT_EQ(lex_clean("/// x\n/// y"), "doc:/// x doc:/// y");
    EXPECT_EQ(lex_clean("\xef\xbb\xbf"
                        "a; /// x\n   /// y"),
              "name:a ; trailing:/// x trailing:/// y"); // the mark takes no column
}

TEST(Lexer, ACommentThatIsNeverClosedIsTheEnd)
{
    for (const char *text : {"a /* b\n c", "a /*", "a /*/", "a /* *"})
        expect_error(text, "name:a", "/*", "this comment is never closed", "end it with '*/'");
}

// The parser would only report what the comment has hidden.
TEST(Lexer, NothingIsReportedAfterSuchAComment)
{
    Front front("a /*");
    EXPECT_EQ(lex(&front), "name:a");
    EXPECT_TRUE(front.list.muted);
}

// ---- Characters outside of tokens ----

TEST(Lexer, StrayCharactersAreReportedOnce)
{
    expect_error("a $%&! b", "name:a name:b", "$%&!", "stray characters '$%&!'",
                 "delete it, or put it in a comment");
    expect_error("a $b", "name:a name:b", "$", "stray character '$'",
                 "delete it, or put it in a comment");
    expect_error("a -b", "name:a name:b", "-", "stray character '-'",
                 "delete it, or put it in a comment");
    expect_error("a / b", "name:a name:b", "/", "stray character '/'",
                 "delete it, or put it in a comment");
    expect_error("a */ b", "name:a name:b", "*/", "stray characters '*/'",
                 "no comment is open here; comments do not nest");
    expect_error("a $// b", "name:a", "$", "stray character '$'",
                 "delete it, or put it in a comment");
}

TEST(Lexer, AShellCommentIsSkippedWithItsWords)
{
    expect_error("a # b c\nd", "name:a name:d", "#", "stray character '#'",
                 "a comment begins with '//'");
}

TEST(Lexer, ANonAsciiSpaceIsReportedAsSuch)
{
    const std::string hint =
        "it looks like a space, or is invisible; replace it with an ordinary space";
    expect_error("a\xc2\xa0"
                 "b",
                 "name:a name:b", "\xc2\xa0", "stray character '\xc2\xa0' (U+00A0)", hint);
    expect_error("a\xe2\x80\x8b"
                 "b",
                 "name:a name:b", "\xe2\x80\x8b", "stray character '\xe2\x80\x8b' (U+200B)", hint);
    expect_error("a\xe3\x80\x80"
                 "b",
                 "name:a name:b", "\xe3\x80\x80", "stray character '\xe3\x80\x80' (U+3000)", hint);
}

TEST(Lexer, ASymbolBeyondAsciiIsStray)
{
    expect_error("a \xe2\x86\x92 b", "name:a name:b", "\xe2\x86\x92",
                 "stray character '\xe2\x86\x92' (U+2192)", "use ASCII outside comments");
    expect_error("a \xf0\x9f\x98\x80 b", "name:a name:b", "\xf0\x9f\x98\x80",
                 "stray character '\xf0\x9f\x98\x80' (U+1F600)", "use ASCII outside comments");
}

// It stays one name, so that the parser reports no second error.
TEST(Lexer, ALetterBeyondAsciiIsPartOfItsName)
{
    const std::string hint = "names are made of A to Z, a to z, 0 to 9 and '_'";
    expect_error("gr\xc3\xbc\xc3\x9f"
                 "e: b",
                 "name:gr\xc3\xbc\xc3\x9f"
                 "e : name:b",
                 "gr\xc3\xbc\xc3\x9f"
                 "e",
                 "name 'gr\xc3\xbc\xc3\x9f"
                 "e' has non-ASCII letters",
                 hint);
    expect_error("\xe4\xbb\xb7", "name:\xe4\xbb\xb7", "\xe4\xbb\xb7",
                 "name '\xe4\xbb\xb7' has non-ASCII letters", hint);
}

// ---- Is it text? ----

TEST(Lexer, AByteOrderMarkIsSkipped)
{
    EXPECT_EQ(lex_clean("\xef\xbb\xbf"
                        "a"),
              "name:a");
    EXPECT_EQ(lex_clean("\xef\xbb\xbf"), "");
    EXPECT_EQ(lex_clean("\xef\xbb\xbf"
                        "/// x"),
              "doc:/// x");
}

TEST(Lexer, LinesMayEndInCarriageReturnAndLineFeed)
{
    EXPECT_EQ(lex_clean("a\r\nb // c\r\nd"), "name:a name:b name:d");
}

TEST(Lexer, AMarkInTheMiddleIsStray)
{
    expect_error("a \xef\xbb\xbf b", "name:a name:b", "\xef\xbb\xbf",
                 "stray character '\xef\xbb\xbf' (U+FEFF)", "use ASCII outside comments");
}

TEST(Lexer, AFileThatIsNotTextHasNoTokens)
{
    Front front("a\xff");
    EXPECT_EQ(lex(&front), "refused");
    EXPECT_EQ(front.list.count, 1u);
}

} // namespace
