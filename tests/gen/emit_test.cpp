// Templates, wrapped lines, comments and literals: what every emitter is made of.
#include "gen/emit.h"

#include <gtest/gtest.h>

#include <string>

namespace {

class Emit : public testing::Test {
protected:
    Emit()
    {
        emit_init(&to);
    }

    ~Emit() override
    {
        emit_free(&to);
    }

    // What was emitted since the last call.
    std::string taken()
    {
        EXPECT_TRUE(emit_is_complete(&to));
        const std::string text = to.out.data != nullptr ? to.out.data : "";
        emit_free(&to);
        return text;
    }

    emitter to;
};

TEST_F(Emit, FillsHoles)
{
    emit_holes holes = {};
    emit_set(&holes, "record", "tick");
    emit_set(&holes, "RECORD", "TICK");
    emit_template(&to, &holes, "$record$_store\n\n    $RECORD$_$record$;\n");
    EXPECT_EQ(taken(), "tick_store\n\n    TICK_tick;\n");
    emit_set(&holes, "record", "bar"); // replaces
    EXPECT_EQ(holes.count, 2u);
    emit_template(&to, &holes, "$record$\n");
    EXPECT_EQ(taken(), "bar\n");
}

TEST_F(Emit, KeepsALineOfExactlyAHundredColumns)
{
    const std::string fits = "f(" + std::string(47, 'a') + ", " + std::string(47, 'b') + ");";
    ASSERT_EQ(fits.size(), 100u);
    emit_line(&to, fits.c_str());
    EXPECT_EQ(taken(), fits + "\n");
    emit_line(&to, ("g" + fits).c_str());
    EXPECT_EQ(taken(), "gf(" + std::string(47, 'a') + ",\n   " + std::string(47, 'b') + ");\n");
}

TEST_F(Emit, BreaksBehindAnEqualsSignFirst)
{
    const std::string left = "    const int " + std::string(50, 'x') + " =";
    const std::string right = "call(" + std::string(20, 'a') + ", " + std::string(20, 'b') + ");";
    emit_line(&to, (left + " " + right).c_str());
    EXPECT_EQ(taken(), left + "\n        " + right + "\n");
}

// Aligned, the argument would end in column 4 + 7 + 60 + 1 + 40; hanging, it fits.
TEST_F(Emit, HangsArgumentsThatDoNotFitAligned)
{
    const std::string name(60, 'f');
    const std::string argument(40, 'a');
    emit_line(&to, ("    return " + name + "(" + argument + ");").c_str());
    EXPECT_EQ(taken(), "    return " + name + "(\n        " + argument + ");\n");
}

TEST_F(Emit, SplitsNoLiteralAtItsComma)
{
    const std::string text = "{\"" + std::string(60, 'a') + ", b\", " + std::string(40, 'c') + "},";
    emit_line(&to, ("    " + text).c_str());
    EXPECT_EQ(taken(),
              "    {\"" + std::string(60, 'a') + ", b\",\n     " + std::string(40, 'c') + "},\n");
}

TEST_F(Emit, DefusesComments)
{
    emit_comment(&to, 0,
                 "a */ b /* c ?"
                 "?/ d");
    EXPECT_EQ(taken(), "/* a * / b / * c ? ?/ d */\n");
    emit_comment(&to, 0, "/*/"); // each blank may not make a new mark
    EXPECT_EQ(taken(), "/* / * / */\n");
    emit_comment(&to, 0,
                 "a\xe2\x80\xae"
                 "b\tc"); // U+202E would turn the rest of the line round
    EXPECT_EQ(taken(), "/* ab c */\n");
}

TEST_F(Emit, WrapsComments)
{
    const std::string word(60, 'w');
    emit_comment(&to, 4, (word + " " + word + "\n\n  - " + word + " " + word).c_str());
    EXPECT_EQ(taken(), "    /*\n     * " + word + "\n     * " + word + "\n     *\n     *   - " +
                           word + "\n     *   " + word + "\n     */\n");
}

TEST_F(Emit, MeasuresComments)
{
    EXPECT_EQ(emit_comment_width("abc"), 9u); // with "/* " and " */"
    EXPECT_EQ(emit_comment_width("a\nb"), 0u);
    EXPECT_EQ(emit_comment_width("*/"), 9u); // with the blank between
}

TEST_F(Emit, EscapesLiterals)
{
    emit_string(&to, "x =",
                "say \"?"
                "?=\" \\ \x01"
                "1\n",
                15);
    EXPECT_EQ(taken(), "x = \"say \\\"?\\?=\\\" \\\\ \\0011\\n\";\n");
    emit_string(&to, "x =", "\xc3\xb6", 2); // UTF-8 stays readable
    EXPECT_EQ(taken(), "x = \"\xc3\xb6\";\n");
    emit_string(&to, "x =", "\xe2\x80\xae", 3);
    EXPECT_EQ(taken(), "x = \"\\342\\200\\256\";\n");
}

TEST_F(Emit, CutsLiteralsIntoLines)
{
    emit_string(&to, "x =", "a\nb\n", 4);
    EXPECT_EQ(taken(), "x = \"a\\n\"\n    \"b\\n\";\n");
    const std::string word(60, 'w');
    const std::string text = word + " " + word;
    emit_string(&to, "x =", text.c_str(), text.size());
    EXPECT_EQ(taken(), "x = \"" + word + " \"\n    \"" + word + "\";\n");
}

TEST_F(Emit, RemembersFailure)
{
    to.out.failed = true;
    emit_line(&to, "text");
    EXPECT_EQ(to.out.size, 0u);
    EXPECT_FALSE(emit_is_complete(&to));
}

} // namespace
