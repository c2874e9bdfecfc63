// Forms that are nearly right are found wrong, and those known to be right are found right.
#include "tests/robustness/model/near_misses.h"
#include "tests/robustness/model/report.h"

#include <gtest/gtest.h>

namespace {

const near_miss *table()
{
    const near_miss *all = nullptr;
    (void)near_misses(&all);
    return all;
}

size_t table_size()
{
    const near_miss *all = nullptr;
    return near_misses(&all);
}

class NearMisses : public testing::TestWithParam<size_t> {};

protocol_result result;

} // namespace

TEST_P(NearMisses, HaveTheirKnownVerdict)
{
    const near_miss &tested = table()[GetParam()];
    protocol_explore(&tested.form, &result);
    report(tested.form.name, result);
    EXPECT_EQ(result.last.verdict, tested.verdict) << result.last.what << "\n" << result.last.steps;
}

INSTANTIATE_TEST_SUITE_P(All, NearMisses, testing::Range<size_t>(0, table_size()),
                         [](const testing::TestParamInfo<size_t> &tested) {
                             return test_name(table()[tested.param].form.name);
                         });
