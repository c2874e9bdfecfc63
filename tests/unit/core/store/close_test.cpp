// Handles that are closed, and what they still say.
#include "tests/support/store_fixture.h"

namespace {

class CloseTest : public StoreTest {};

} // namespace

TEST_F(CloseTest, AClosedHandleSaysSo)
{
    tick_store *store = create();
    fill(store, 1);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    tick_record tick = t_tick(0);
    double price;
    EXPECT_EQ(tick_store_close(store), MMF_ERR_CLOSED);
    EXPECT_EQ(tick_store_get(store, 0, &tick), MMF_ERR_CLOSED);
    EXPECT_EQ(tick_store_get_price(store, 0, &price), MMF_ERR_CLOSED);
    EXPECT_EQ(tick_store_set_price(store, 0, 1), MMF_ERR_CLOSED);
    EXPECT_EQ(tick_store_append(store, &tick, nullptr), MMF_ERR_CLOSED);
    EXPECT_EQ(tick_store_sync(store, &error), MMF_ERR_CLOSED);
    EXPECT_EQ(tick_store_count(store), 0u);
    EXPECT_EQ(mmfi_count_slow(tick_store_base(store)), 0u);
    EXPECT_EQ(mmf_store_capacity(tick_store_base(store)), 0u);
    EXPECT_EQ(mmf_store_path(tick_store_base(store)), nullptr);
    EXPECT_EQ(mmf_store_schema(tick_store_base(store)), nullptr);
}
