// Names of fields from names of columns.
#include <gtest/gtest.h>
#include <string>

#include "tools/mmf/import/identifier.h"

namespace {

std::string make(const std::string &text)
{
    char out[MMF_NAME_LENGTH_MAX + 1];
    identifier_make(text.data(), text.size(), out);
    return out;
}

std::string vary(const std::string &name, unsigned attempt)
{
    char out[MMF_NAME_LENGTH_MAX + 1];
    identifier_vary(name.c_str(), attempt, out);
    return out;
}

} // namespace

TEST(Identifier, Makes)
{
    EXPECT_EQ(make("close"), "close");
    EXPECT_EQ(make("Adj Close"), "Adj_Close");
    EXPECT_EQ(make(" a--b__c_ "), "a_b_c");
    EXPECT_EQ(make("52 week"), "x52_week");
    EXPECT_EQ(make(""), "column");
    EXPECT_EQ(make("\xe2\x82\xac"), "column");
    EXPECT_EQ(make("pr\xc3\xa9"
                   "cis"),
              "pr_cis");
    EXPECT_EQ(make(std::string(100, 'a')).size(), MMF_NAME_LENGTH_MAX - 1);
    EXPECT_EQ(make(std::string(61, 'a') + " b"), std::string(61, 'a') + "b");
}

TEST(Identifier, Varies)
{
    EXPECT_EQ(vary("class", 1), "class_value");
    EXPECT_EQ(vary("class", 2), "class_2");
    EXPECT_EQ(vary(std::string(63, 'a'), 1), std::string(55, 'a') + "_value");
}
