// Comments of generated C around any prose.
#include "gen/emit_c/comment.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/emit/emit_fixture.h"

namespace {

using Comment = EmitTest;

TEST_F(Comment, MakesMarksInCommentsHarmless)
{
    emit_comment(&to, 0,
                 "a */ b /* c ?"
                 "?/ d");
    EXPECT_EQ(taken(), "/* a * / b / * c ? ?/ d */\n");
    emit_comment(&to, 0, "/*/"); // an inserted space must not make a new mark
    EXPECT_EQ(taken(), "/* / * / */\n");
    emit_comment(&to, 0,
                 "a\xe2\x80\xae"
                 "b\tc"); // U+202E would show the rest of the line reversed
    EXPECT_EQ(taken(), "/* ab c */\n");
}

TEST_F(Comment, WrapsComments)
{
    const std::string word(60, 'w');
    emit_comment(&to, 4, (word + " " + word + "\n\n  - " + word + " " + word).c_str());
    EXPECT_EQ(taken(), "    /*\n     * " + word + "\n     * " + word + "\n     *\n     *   - " +
                           word + "\n     *   " + word + "\n     */\n");
}

TEST_F(Comment, MeasuresComments)
{
    EXPECT_EQ(emit_comment_width("abc"), 9u); // with "/* " and " */"
    EXPECT_EQ(emit_comment_width("a\nb"), 0u);
    EXPECT_EQ(emit_comment_width("*/"), 9u); // with the blank between
}

} // namespace
