// The protocols of the store, over its own code: no execution breaks what must hold.
#include "tests/robustness/model/protocols.h"
#include "tests/robustness/model/report.h"

#include <gtest/gtest.h>

namespace {

size_t table_size()
{
    size_t size = 0;
    while (protocol_at(size) != nullptr)
        size++;
    return size;
}

class Protocols : public testing::TestWithParam<size_t> {};

protocol_result result;

} // namespace

TEST_P(Protocols, HoldInEveryExecution)
{
    const protocol &tested = *protocol_at(GetParam());
    protocol_explore(&tested, &result);
    report(tested.name, result);
    EXPECT_EQ(result.last.verdict, MODEL_RIGHT)
        << tested.what << ", but " << result.last.what << "\n"
        << result.last.steps;
    expect_explored(tested, result);
}

INSTANTIATE_TEST_SUITE_P(All, Protocols, testing::Range<size_t>(0, table_size()),
                         [](const testing::TestParamInfo<size_t> &tested) {
                             return test_name(protocol_at(tested.param)->name);
                         });
