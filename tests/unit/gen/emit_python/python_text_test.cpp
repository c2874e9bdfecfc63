// Lists, literals and docstrings of Python, which the module and the stub consist of.
#include "gen/emit_python/python_text.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/emit/emit_fixture.h"

namespace {

class PythonText : public EmitTest {
protected:
    std::string list(uint32_t indent, const std::string &head, const std::string &items,
                     const std::string &tail)
    {
        emit_text text = {nullptr, 0, 0, false};
        emit_append(&text, items.data(), items.size());
        emit_python_list(&to, indent, head.c_str(), &text, tail.c_str());
        emit_text_free(&text);
        return taken();
    }

    std::string literal(const std::string &text)
    {
        emit_python_string(&to, text.data(), text.size());
        return taken();
    }

    std::string doc(const std::string &text)
    {
        emit_python_doc(&to, 4, text.c_str());
        return taken();
    }
};

TEST_F(PythonText, PutsAListOnOneLineIfItFits)
{
    EXPECT_EQ(list(4, "f(", "a\nb\n", ")"), "    f(a, b)\n");
    const std::string a(45, 'a');
    const std::string b(48, 'b');
    EXPECT_EQ(list(2, "f(", a + "\n" + b + "\n", ")"), "  f(" + a + ", " + b + ")\n"); // 100
    EXPECT_EQ(list(3, "f(", a + "\n" + b + "\n", ")"),
              "   f(\n       " + a + ",\n       " + b + ",\n   )\n");
}

TEST_F(PythonText, EscapesLiterals)
{
    EXPECT_EQ(literal("say \"x\" \\ \t\x01"
                      "1\n"),
              "    \"say \\\"x\\\" \\\\ \\t\\x011\\n\",\n");
    EXPECT_EQ(literal("\x7f\r"), "    \"\\x7f\\x0d\",\n");
    EXPECT_EQ(literal("\xc3\xb6 \xf0\x9f\x98\x80"), "    \"\xc3\xb6 \xf0\x9f\x98\x80\",\n");
    EXPECT_EQ(literal("\xc2\x85"), "    \"\\x85\",\n");            // a control character
    EXPECT_EQ(literal("\xe2\x80\xae"), "    \"\\u202e\",\n");      // turns the line round
    EXPECT_EQ(literal("?\?/ \\N{x}"), "    \"?\?/ \\\\N{x}\",\n"); // no trigraphs, no names
}

TEST_F(PythonText, SplitsLiteralsIntoLines)
{
    EXPECT_EQ(literal("a\nb\n"), "    \"a\\n\"\n    \"b\\n\",\n");
    const std::string word(60, 'w');
    EXPECT_EQ(literal(word + " " + word), "    \"" + word + " \"\n    \"" + word + "\",\n");
}

TEST_F(PythonText, PutsADocstringOnOneLineIfItFits)
{
    EXPECT_EQ(doc(""), "");
    EXPECT_EQ(doc("a \\ b"), "    \"\"\"a \\\\ b\"\"\"\n");
    const std::string fits(90, 'x');
    EXPECT_EQ(doc(fits), "    \"\"\"" + fits + "\"\"\"\n");
    EXPECT_EQ(doc(fits + "x"), "    \"\"\"\n    " + fits + "x\n    \"\"\"\n");
    EXPECT_EQ(doc("a\n\n  b"), "    \"\"\"\n    a\n\n      b\n    \"\"\"\n");
}

// Three quotes end a docstring, and so would one before the three that end it.
TEST_F(PythonText, EscapesQuotesInDocstrings)
{
    EXPECT_EQ(doc("a \"b\" c"), "    \"\"\"a \"b\" c\"\"\"\n");
    EXPECT_EQ(doc("\"b\""), "    \"\"\"\\\"b\\\"\"\"\"\n");
    EXPECT_EQ(doc("a \"\"\" b"), "    \"\"\"a \\\"\\\"\" b\"\"\"\n");
    EXPECT_EQ(doc("a \"\"\"\" b"), "    \"\"\"a \\\"\\\"\\\"\" b\"\"\"\n");
    EXPECT_EQ(doc("a\\"), "    \"\"\"a\\\\\"\"\"\n");
}

TEST_F(PythonText, RemembersFailure)
{
    emit_text failed = {nullptr, 0, 0, true};
    emit_python_list(&to, 0, "(", &failed, ")");
    EXPECT_FALSE(emit_is_complete(&to));
    emit_python_doc(&to, 0, "text");
    EXPECT_EQ(to.out.size, 0u);
}

} // namespace
