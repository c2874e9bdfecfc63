// The buffer that generated text goes to.
#include "gen/emit/text.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/emit/emit_fixture.h"

namespace {

using Text = EmitTest;

TEST_F(Text, RemembersFailure)
{
    to.out.failed = true;
    emit_line(&to, "text");
    EXPECT_EQ(to.out.size, 0u);
    EXPECT_FALSE(emit_is_complete(&to));
}

} // namespace
