// String literals of generated C.
#include "gen/emit_c/c_string.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/emit/emit_fixture.h"

namespace {

using CString = EmitTest;

TEST_F(CString, EscapesLiterals)
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

TEST_F(CString, SplitsLiteralsIntoLines)
{
    emit_string(&to, "x =", "a\nb\n", 4);
    EXPECT_EQ(taken(), "x = \"a\\n\"\n    \"b\\n\";\n");
    const std::string word(60, 'w');
    const std::string text = word + " " + word;
    emit_string(&to, "x =", text.c_str(), text.size());
    EXPECT_EQ(taken(), "x = \"" + word + " \"\n    \"" + word + "\";\n");
}

} // namespace
