// A schema from its canonical text.
#ifndef MMF_TESTS_SUPPORT_PARSED_SCHEMA_H
#define MMF_TESTS_SUPPORT_PARSED_SCHEMA_H

#include "mmapforge/schema.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>

struct SchemaFree {
    void operator()(mmf_schema *schema) const
    {
        mmf_schema_free(schema);
    }
};

using Schema = std::unique_ptr<mmf_schema, SchemaFree>;

inline Schema t_schema(const std::string &text)
{
    mmf_schema *out = nullptr;
    mmf_error error = {};
    EXPECT_EQ(mmf_schema_parse(text.data(), text.size(), &out, &error), MMF_OK) << error.message;
    return Schema(out);
}

#endif
