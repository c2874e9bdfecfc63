// Line breaks in long lines of generated C.
#include "gen/emit_c/wrap.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/emit/emit_fixture.h"

namespace {

using Wrap = EmitTest;

TEST_F(Wrap, KeepsALineOfExactlyAHundredColumns)
{
    const std::string fits = "f(" + std::string(47, 'a') + ", " + std::string(47, 'b') + ");";
    ASSERT_EQ(fits.size(), 100u);
    emit_code(&to, fits.c_str());
    EXPECT_EQ(taken(), fits + "\n");
    emit_code(&to, ("g" + fits).c_str());
    EXPECT_EQ(taken(), "gf(" + std::string(47, 'a') + ",\n   " + std::string(47, 'b') + ");\n");
}

TEST_F(Wrap, BreaksAfterAnEqualsSignFirst)
{
    const std::string left = "    const int " + std::string(50, 'x') + " =";
    const std::string right = "call(" + std::string(20, 'a') + ", " + std::string(20, 'b') + ");";
    emit_code(&to, (left + " " + right).c_str());
    EXPECT_EQ(taken(), left + "\n        " + right + "\n");
}

TEST_F(Wrap, BreaksASumAfterItsEqualsSign)
{
    const std::string left = "    const size_t offset =";
    const std::string right = std::string(40, 'x') + " + " + std::string(40, 'y') + ";";
    emit_code(&to, (left + " " + right).c_str());
    EXPECT_EQ(taken(), left + "\n        " + right + "\n");
}

TEST_F(Wrap, BreaksALongSumAfterASign)
{
    const std::string head = "    const size_t offset = ";
    const std::string a(40, 'a');
    const std::string b(40, 'b');
    emit_code(&to, (head + a + " + i * 2 + " + b + " + 3 * sizeof(int16_t);").c_str());
    EXPECT_EQ(taken(), head + a + " + i * 2 +\n" + std::string(head.size(), ' ') + b +
                           " + 3 * sizeof(int16_t);\n");
}

// Aligned, the argument would end in column 4 + 7 + 60 + 1 + 40; hanging, it fits.
TEST_F(Wrap, HangsArgumentsThatDoNotFitAligned)
{
    const std::string name(60, 'f');
    const std::string argument(40, 'a');
    emit_code(&to, ("    return " + name + "(" + argument + ");").c_str());
    EXPECT_EQ(taken(), "    return " + name + "(\n        " + argument + ");\n");
}

// The brackets of the attribute hold no parameters.
TEST_F(Wrap, BreaksAfterTheBracketOfTheParameters)
{
    const std::string head = "static __attribute__((cold)) int " + std::string(64, 'f') + "(";
    emit_code(&to, (head + "int a, int b)").c_str());
    EXPECT_EQ(taken(), head + "\n    int a, int b)\n");
}

// clang-format prefers three breaks to one after the bracket, and that to four.
TEST_F(Wrap, HangsManyParameters)
{
    const std::string head = "static inline mmf_status " + std::string(54, 'f') + "(";
    std::string aligned = head;
    std::string hanging = head + "\n    ";
    std::string line = head;
    for (const char c : {'a', 'b', 'c', 'd', 'e'}) {
        const std::string next = "int " + std::string(13, c);
        line += (c > 'a' ? ", " : "") + next;
        hanging += (c > 'a' ? ", " : "") + next;
        aligned += (c > 'a' ? ",\n" + std::string(80, ' ') : "") + next;
        emit_code(&to, (line + ")").c_str());
        EXPECT_EQ(taken(), (c < 'b' ? line : c < 'e' ? aligned : hanging) + ")\n");
    }
}

// The name would end beyond the last column.
TEST_F(Wrap, PutsALongNameBelowItsType)
{
    const std::string type = "static __attribute__((cold, noinline, unused)) mmf_status";
    const std::string name = std::string(60, 'f') + "(";
    emit_code(&to, (type + " " + name + "int a, " + std::string(30, 'b') + " *c)").c_str());
    EXPECT_EQ(taken(), type + "\n" + name + "int a,\n" + std::string(61, ' ') +
                           std::string(30, 'b') + " *c)\n");
}

TEST_F(Wrap, SplitsNoLiteralAtItsComma)
{
    const std::string text = "{\"" + std::string(60, 'a') + ", b\", " + std::string(40, 'c') + "},";
    emit_code(&to, ("    " + text).c_str());
    EXPECT_EQ(taken(),
              "    {\"" + std::string(60, 'a') + ", b\",\n     " + std::string(40, 'c') + "},\n");
}

} // namespace
