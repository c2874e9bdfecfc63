// Shared by the tests of the front end: a source with its memory and its diagnostics.
#ifndef MMF_TESTS_UNIT_GEN_FRONT_FRONT_FIXTURE_H
#define MMF_TESTS_UNIT_GEN_FRONT_FRONT_FIXTURE_H

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "gen/front/diag.h"

// A schema called a.mmfs, with at most size_max bytes of memory for its tokens and records.
class Front {
public:
    explicit Front(const std::string &text, size_t size_max = ARENA_SIZE_MAX)
    {
        arena_init(&own, ARENA_SIZE_MAX);
        arena_init(&memory, size_max);
        mmf_error error = {};
        EXPECT_EQ(source_from_text("a.mmfs", text.data(), text.size(), &own, &from, &error), MMF_OK)
            << error.message;
        diag_init(&list, &from);
    }
    ~Front()
    {
        arena_free(&memory);
        arena_free(&own);
    }
    Front(const Front &) = delete;
    Front &operator=(const Front &) = delete;

    std::string text(source_span span) const
    {
        return std::string(from.text + span.offset, span.length);
    }

    // The place where `part` occurs first.
    source_span find(const std::string &part) const
    {
        const size_t at = text({0, from.size}).find(part);
        EXPECT_NE(at, std::string::npos) << part;
        return {static_cast<uint32_t>(at), static_cast<uint32_t>(part.size())};
    }

    // All diagnostics as they are printed.
    std::string said() const
    {
        char *text = nullptr;
        size_t size = 0;
        std::FILE *out = open_memstream(&text, &size);
        diag_print(&list, out);
        std::fclose(out);
        const std::string all(text, size);
        std::free(text);
        return all;
    }

    // The message of the first error, or "".
    std::string error() const
    {
        return list.count > 0 ? list.errors[0].message : "";
    }

    std::string hint() const
    {
        return list.count > 0 ? list.errors[0].hint : "";
    }

    arena memory = {};
    source from = {};
    diag_list list = {};

private:
    arena own = {}; // of the text
};

#endif
