// The parser's view of the tokens: the current one, the previous one, and the doc comments between.
#include "gen/front/tokens.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/front/front_fixture.h"

namespace {

// A parser at its beginning: `now` is the first token.
class Tokens : public Front {
public:
    explicit Tokens(const std::string &text, size_t size_max = ARENA_SIZE_MAX)
        : Front(text, size_max)
    {
        state.memory = &memory;
        state.list = &list;
        EXPECT_TRUE(lexer_begin(&state.tokens, &from, &list));
        parser_advance(&state);
    }

    std::string now() const
    {
        return text(state.now.span);
    }

    parser state = {};
};

std::string lines(const Tokens &tokens, const syntax_docs &docs)
{
    std::string all;
    for (const syntax_doc *line = docs.first; line != nullptr; line = line->next)
        all += "|" + tokens.text(line->text);
    EXPECT_EQ(docs.first == nullptr, docs.last == nullptr);
    return all;
}

TEST(Tokens, AdvanceKeepsThePreviousToken)
{
    Tokens tokens("a b");
    EXPECT_EQ(tokens.now(), "a");
    parser_advance(&tokens.state);
    EXPECT_EQ(tokens.now(), "b");
    EXPECT_EQ(tokens.text(tokens.state.last), "a");
    parser_advance(&tokens.state);
    EXPECT_EQ(tokens.state.now.kind, TOKEN_END);
    EXPECT_EQ(tokens.text(tokens.state.last), "b");
    parser_advance(&tokens.state);
    EXPECT_EQ(tokens.state.now.kind, TOKEN_END);
}

TEST(Tokens, WordsAndPunctuationAreComparedWhole)
{
    Tokens word("record");
    EXPECT_TRUE(parser_is_word(&word.state, "record"));
    EXPECT_FALSE(parser_is_word(&word.state, "recor"));
    EXPECT_FALSE(parser_is_word(&word.state, "records"));
    EXPECT_FALSE(parser_is_word(&word.state, ""));
    EXPECT_FALSE(parser_is_punctuation(&word.state, 'r'));
    Tokens mark(";");
    EXPECT_TRUE(parser_is_punctuation(&mark.state, ';'));
    EXPECT_FALSE(parser_is_punctuation(&mark.state, ':'));
    EXPECT_FALSE(parser_is_word(&mark.state, ";"));
    Tokens text("\"record\"");
    EXPECT_FALSE(parser_is_word(&text.state, "\"record\""));
    Tokens end("");
    EXPECT_FALSE(parser_is_word(&end.state, ""));
    EXPECT_FALSE(parser_is_punctuation(&end.state, '\0'));
}

TEST(Tokens, TakeMovesPastTheExpectedToken)
{
    Tokens tokens("a;1");
    source_span span = {};
    EXPECT_TRUE(parser_take_kind(&tokens.state, TOKEN_NAME, "a name", &span));
    EXPECT_EQ(tokens.text(span), "a");
    EXPECT_TRUE(parser_take_punctuation(&tokens.state, ';', "';'"));
    EXPECT_TRUE(parser_take_kind(&tokens.state, TOKEN_NUMBER, "a number", &span));
    EXPECT_EQ(tokens.text(span), "1");
    EXPECT_EQ(tokens.state.now.kind, TOKEN_END);
    EXPECT_EQ(tokens.said(), "");
}

TEST(Tokens, TakeStaysAtAnUnexpectedToken)
{
    Tokens tokens("a b");
    source_span span = {77, 7};
    EXPECT_FALSE(parser_take_punctuation(&tokens.state, ';', "';'"));
    EXPECT_EQ(tokens.error(), "found 'a'; expected ';'");
    EXPECT_FALSE(parser_take_kind(&tokens.state, TOKEN_NUMBER, "a number", &span));
    EXPECT_STREQ(tokens.list.errors[1].message, "found 'a'; expected a number");
    EXPECT_EQ(span.offset, 77u);
    EXPECT_EQ(tokens.now(), "a");
}

TEST(Tokens, TheEndIsReportedAsSuch)
{
    Tokens tokens("");
    parser_report_found(&tokens.state, "more");
    EXPECT_EQ(tokens.error(), "the file ends here; expected more");
}

TEST(Tokens, ANumberThatWasMeantAsANameGetsAHint)
{
    source_span span = {};
    Tokens name("1st");
    EXPECT_FALSE(parser_take_kind(&name.state, TOKEN_NAME, "a name", &span));
    EXPECT_EQ(name.hint(), "a name begins with a letter");
    Tokens number("10");
    EXPECT_FALSE(parser_take_kind(&number.state, TOKEN_NAME, "a name", &span));
    EXPECT_EQ(number.hint(), "");
}

// ---- Docs ----

TEST(Tokens, DocsBeforeAnItemAreKeptForIt)
{
    Tokens tokens("/// one\n///\n///   two \t\r\n///three\na");
    EXPECT_EQ(tokens.now(), "a");
    EXPECT_EQ(lines(tokens, parser_take_docs(&tokens.state)), "|one||  two|three");
    EXPECT_EQ(lines(tokens, parser_take_docs(&tokens.state)), ""); // they are taken once
    EXPECT_EQ(tokens.said(), "");
}

TEST(Tokens, TrailingDocsGoToTheTarget)
{
    Tokens tokens("a /// x\n  /// y\nb");
    syntax_docs docs = {};
    tokens.state.target = &docs;
    parser_advance(&tokens.state);
    EXPECT_EQ(tokens.now(), "b");
    EXPECT_EQ(lines(tokens, docs), "|x|y");
    EXPECT_EQ(lines(tokens, tokens.state.pending), "");
}

TEST(Tokens, TrailingDocsWithoutATargetAreAnError)
{
    Tokens tokens("a /// x\nb");
    parser_advance(&tokens.state);
    EXPECT_EQ(tokens.now(), "b");
    EXPECT_EQ(tokens.error(), "this doc comment describes nothing");
    EXPECT_EQ(tokens.text(tokens.list.errors[0].at), "/// x");
}

TEST(Tokens, RefusedDocsAreReportedAtTheFirst)
{
    Tokens tokens("/// x\n/// y\na");
    parser_refuse_docs(&tokens.state);
    ASSERT_EQ(tokens.list.count, 1u);
    EXPECT_EQ(tokens.text(tokens.list.errors[0].at), "x");
    parser_refuse_docs(&tokens.state); // no docs are pending now
    EXPECT_EQ(tokens.list.count, 1u);
}

TEST(Tokens, WithoutMemoryTheParserFails)
{
    Tokens tokens("/// x\na", 0);
    EXPECT_TRUE(tokens.state.failed);
    EXPECT_EQ(tokens.now(), "a");
    EXPECT_EQ(lines(tokens, tokens.state.pending), "");
}

} // namespace
