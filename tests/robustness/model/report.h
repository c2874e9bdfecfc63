// How the tests of the model tell what they found; the tables of README.md are these lines.
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_REPORT_H
#define MMF_TESTS_ROBUSTNESS_MODEL_REPORT_H

#include "tests/robustness/model/protocols.h"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <string>

inline void report(const char *name, const protocol_result &result)
{
    printf("| %s | %" PRIu64 " | %" PRIu64 " | %s%s |\n", name, result.cells, result.executions,
           result.last.verdict == MODEL_RIGHT   ? "right"
           : result.last.verdict == MODEL_WRONG ? "wrong: "
                                                : "refused: ",
           result.last.what);
}

// Something was explored: a workload with deaths has at least one for each of its stores, and one
// that is completed.
inline void expect_explored(const protocol &tested, const protocol_result &result)
{
    EXPECT_GT(result.executions, 0u) << tested.name;
    EXPECT_GE(result.cells, tested.killable_count > 0 ? 5u : 1u) << tested.name;
}

// The name as Google Test wants it.
inline std::string test_name(const std::string &text)
{
    std::string name;
    bool begins = true;
    for (char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter)
            name += begins && c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
        begins = !letter;
    }
    return name;
}

#endif
