// Shared by the tests of emitters: an emitter, and access to its text.
#ifndef MMF_TESTS_UNIT_GEN_EMIT_EMIT_FIXTURE_H
#define MMF_TESTS_UNIT_GEN_EMIT_EMIT_FIXTURE_H

#include <gtest/gtest.h>

#include <string>

#include "gen/emit/text.h"

class EmitTest : public testing::Test {
protected:
    EmitTest()
    {
        emit_init(&to);
    }

    ~EmitTest() override
    {
        emit_free(&to);
    }

    // The text emitted since the last call.
    std::string taken()
    {
        EXPECT_TRUE(emit_is_complete(&to));
        const std::string text = to.out.data != nullptr ? to.out.data : "";
        emit_free(&to);
        return text;
    }

    emitter to;
};

#endif
