// Templates of generated C.
#include "gen/emit_c/template.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gen/emit/emit_fixture.h"

namespace {

using Template = EmitTest;

TEST_F(Template, FillsPlaceholders)
{
    emit_placeholders placeholders = {};
    emit_set(&placeholders, "record", "tick");
    emit_set(&placeholders, "RECORD", "TICK");
    emit_template(&to, &placeholders, "$record$_store\n\n    $RECORD$_$record$;\n");
    EXPECT_EQ(taken(), "tick_store\n\n    TICK_tick;\n");
    emit_set(&placeholders, "record", "bar"); // replaces
    EXPECT_EQ(placeholders.count, 2u);
    emit_template(&to, &placeholders, "$record$\n");
    EXPECT_EQ(taken(), "bar\n");
}

} // namespace
