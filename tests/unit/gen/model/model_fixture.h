// Shared by the tests of the second stage: the meaning of a schema, or what was said of it.
#ifndef MMF_TESTS_UNIT_GEN_MODEL_MODEL_FIXTURE_H
#define MMF_TESTS_UNIT_GEN_MODEL_MODEL_FIXTURE_H

#include <gtest/gtest.h>

#include <string>

#include "gen/front/parser.h"
#include "gen/model/sema.h"
#include "mmapforge/schema.h"
#include "tests/unit/gen/front/front_fixture.h"

// One schema, checked with at most size_max bytes of memory.
class Meaning : public Front {
public:
    explicit Meaning(const std::string &text, size_t size_max = ARENA_SIZE_MAX)
        : Front(text, size_max)
    {
        syntax_schema parsed = {};
        completed = parser_parse(&from, &memory, &list, &parsed) &&
                    sema_check(&parsed, &from, &memory, &list, &model);
    }

    bool accepted() const
    {
        return completed && list.count == 0;
    }

    // The field of that name of the first record.
    const mmf_field &field(const std::string &name) const
    {
        static const mmf_field NONE = {};
        const mmf_field *found =
            accepted() ? mmf_schema_find(&model.records[0], name.c_str()) : nullptr;
        EXPECT_NE(found, nullptr) << name << "\n" << said();
        return found != nullptr ? *found : NONE;
    }

    gen_model model = {};
    bool completed = false; // there was enough memory
};

// "A version 1" with these fields.
inline std::string record_of(const std::string &fields)
{
    return "record A version 1 { " + fields + " }\n";
}

// What mmfgen says first of a schema with exactly one error.
inline std::string refusal(const std::string &text)
{
    const Meaning meaning(text);
    EXPECT_EQ(meaning.list.count, 1u) << text << "\n" << meaning.said();
    return meaning.error();
}

#endif
