// Forms that are nearly right are found wrong, and those known to be right are found right.
#include "tests/robustness/model/incorrect_variants.h"
#include "tests/robustness/model/report.h"

#include <gtest/gtest.h>

namespace {

const incorrect_variant *table()
{
    const incorrect_variant *all = nullptr;
    (void)incorrect_variants(&all);
    return all;
}

size_t table_size()
{
    const incorrect_variant *all = nullptr;
    return incorrect_variants(&all);
}

class IncorrectVariants : public testing::TestWithParam<size_t> {};

protocol_result result;

} // namespace

TEST_P(IncorrectVariants, HaveTheirKnownVerdict)
{
    const incorrect_variant &tested = table()[GetParam()];
    protocol_explore(&tested.form, &result);
    report(tested.form.name, result);
    EXPECT_EQ(result.last.verdict, tested.verdict) << result.last.what << "\n" << result.last.steps;
}

INSTANTIATE_TEST_SUITE_P(All, IncorrectVariants, testing::Range<size_t>(0, table_size()),
                         [](const testing::TestParamInfo<size_t> &tested) {
                             return test_name(table()[tested.param].form.name);
                         });
