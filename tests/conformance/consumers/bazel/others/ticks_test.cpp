#include <gtest/gtest.h>

#include <string>

#include "tick_store.h"

TEST(Ticks, AreReadAsTheyWereWritten)
{
    const std::string path = ::testing::TempDir() + "ticks.mmf";
    mmf_options options = MMF_OPTIONS_INIT;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, nullptr), MMF_OK);
    tick_record tick = {};
    tick.price = 189.5;
    double price = 0;
    EXPECT_EQ(tick_store_append(store, &tick, nullptr), MMF_OK);
    EXPECT_EQ(tick_store_get_price(store, 0, &price), MMF_OK);
    EXPECT_EQ(price, 189.5);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}
