// Appends that make the file grow: up to the reserve, and to the end of the disk.
#include <sys/resource.h>

#include "tests/support/limit.h"
#include "tests/support/store_fixture.h"

namespace {

class GrowTest : public StoreTest {};

} // namespace

TEST_F(GrowTest, AFullReserveNamesTheOption)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = 65536 + 4096;
    options.capacity = 10;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    const tick_record tick = t_tick(1);
    mmf_status status = MMF_OK;
    uint64_t count = 0;
    for (; status == MMF_OK && count < 100; count++)
        status = tick_store_append(store, &tick, nullptr);
    EXPECT_EQ(status, MMF_ERR_CAPACITY);
    EXPECT_EQ(tick_store_count(store), 4096u / TICK_RECORD_SIZE);
    mmf_store_explain(tick_store_base(store), status, 0, nullptr, &error);
    EXPECT_NE(std::string(error.message).find("reserve_bytes"), std::string::npos);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// The last step of growth ends where the reserve does, below what a step has otherwise.
TEST_F(GrowTest, AReserveIsUsedUpToItsEnd)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = 65536 + 4096 * 3;
    options.capacity = 10;
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    fill(store, 4096 * 3 / TICK_RECORD_SIZE);
    const tick_record tick = t_tick(1);
    EXPECT_EQ(tick_store_append(store, &tick, nullptr), MMF_ERR_CAPACITY);
    EXPECT_EQ(bytes().size(), 65536u + 4096u * 3u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(GrowTest, AFullDiskIsAStatusAndNothingIsLost)
{
    EXPECT_EQ(t_in_child([this] {
                  (void)t_limit(RLIMIT_FSIZE, 300000);
                  tick_store *store = nullptr;
                  if (tick_store_create(path.c_str(), nullptr, &store, nullptr) != MMF_OK)
                      return 1;
                  const tick_record tick = t_tick(1);
                  mmf_status status = MMF_OK;
                  while (status == MMF_OK)
                      status = tick_store_append(store, &tick, nullptr);
                  if (status != MMF_ERR_NO_SPACE || tick_store_close(store) != MMF_OK)
                      return 2;
                  return 0;
              }),
              0);
    tick_store *store = open();
    // The last page that the limit has room for is used to its end.
    EXPECT_EQ(tick_store_count(store), (300000u / 4096u * 4096u - 65536u) / TICK_RECORD_SIZE);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}
