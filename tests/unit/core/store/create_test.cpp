// What a store is not created from, and that nothing is left then.
#include <unistd.h>

#include "tests/support/store_fixture.h"

namespace {

class CreateTest : public StoreTest {};

} // namespace

TEST_F(CreateTest, RefusesWhatIsThere)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    const std::string before = bytes();
    tick_store *store = nullptr;
    EXPECT_EQ(tick_store_create(path.c_str(), nullptr, &store, &error), MMF_ERR_EXISTS);
    EXPECT_EQ(store, nullptr);
    EXPECT_EQ(bytes(), before);
}

TEST_F(CreateTest, RefusesASchemaThatContradictsItsText)
{
    mmf_schema wrong = tick_schema;
    wrong.layout_hash ^= 1;
    mmf_store *store = nullptr;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(store, nullptr);
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST_F(CreateTest, RefusesASchemaMadeByHand)
{
    mmf_schema wrong = tick_schema;
    mmf_store *store = nullptr;
    wrong.record_size = 0;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    wrong = tick_schema;
    wrong.text = nullptr;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    wrong = tick_schema;
    wrong.text_size -= 2;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_NE(std::string(error.message).find("line"), std::string::npos) << error.message;
    for (int part = 0; part < 2; part++) {
        wrong = tick_schema;
        (part == 0 ? wrong.field_count : wrong.version)++;
        EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error),
                  MMF_ERR_ARGUMENT);
    }
    wrong = tick_schema;
    wrong.checksum_offset = 8;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    const mmf_schema empty = {};
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &empty, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(store, nullptr);
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST_F(CreateTest, RefusesACapacityThatNoFileHas)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = UINT64_MAX;
    for (const uint64_t capacity :
         {UINT64_MAX, UINT64_MAX / TICK_RECORD_SIZE, (UINT64_C(1) << 62) / TICK_RECORD_SIZE + 1}) {
        options.capacity = capacity;
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_ERR_CAPACITY);
        EXPECT_EQ(store, nullptr);
    }
    options.capacity = (UINT64_C(1) << 61) / TICK_RECORD_SIZE;
    tick_store *store = nullptr;
    EXPECT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_ERR_NO_SPACE)
        << error.message;
    EXPECT_EQ(store, nullptr);
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}
