// What a machine of either byte order makes of the same bytes: their values, or a refusal.
#include "tests/support/store_fixture.h"

namespace {

constexpr bool LITTLE_ENDIAN_HERE = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

class MachineTest : public StoreTest {
protected:
    // The file that was written on x86-64 once and for all.
    void copy_the_frozen_file()
    {
        const std::string command = "cp tests/conformance/frozen/data/ticks_v3.mmf '" + path + "'";
        ASSERT_EQ(system(command.c_str()), 0);
    }

    void expect_refusal(mmf_status status, const tick_store *store)
    {
        EXPECT_EQ(status, MMF_ERR_UNSUPPORTED);
        EXPECT_EQ(store, nullptr);
        EXPECT_NE(std::string(error.message).find(path), std::string::npos) << error.message;
        EXPECT_NE(std::string(error.message).find("little-endian"), std::string::npos)
            << error.message;
    }
};

TEST_F(MachineTest, TheFrozenFileIsReadOrRefused)
{
    copy_the_frozen_file();
    const std::string before = bytes();
    tick_store *store = nullptr;
    const mmf_status status = tick_store_open(path.c_str(), nullptr, &store, &error);
    if (LITTLE_ENDIAN_HERE) {
        ASSERT_EQ(status, MMF_OK) << error.message;
        double price = 0;
        EXPECT_EQ(tick_store_get_price(store, 2, &price), MMF_OK);
        EXPECT_EQ(price, 102.25);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
    } else {
        expect_refusal(status, store);
        expect_refusal(tick_store_open(path.c_str(), &writing, &store, &error), store);
    }
    EXPECT_EQ(bytes(), before);
}

TEST_F(MachineTest, AStoreIsMadeOrRefused)
{
    tick_store *store = nullptr;
    const mmf_status status = tick_store_create(path.c_str(), nullptr, &store, &error);
    if (LITTLE_ENDIAN_HERE) {
        ASSERT_EQ(status, MMF_OK) << error.message;
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        EXPECT_EQ(bytes().substr(8, 4), std::string("\x04\x03\x02\x01"));
    } else {
        expect_refusal(status, store);
        EXPECT_NE(access(path.c_str(), F_OK), 0) << "a refused create leaves no file";
    }
}

} // namespace
