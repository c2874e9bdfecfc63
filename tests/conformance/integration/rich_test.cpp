// Every kind of generated call of every kind of field, with and without checksums; and headers that
// share what they declare.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "mmapforge/verify.h"
#include "rich_old_store.h"
#include "rich_store.h"

namespace {

#define C        summed
#define M        SUMMED
#define S        SummedTest
#define VERIFIED MMF_OK
#include "tests/conformance/integration/rich_calls.h"

#define C        plain
#define M        PLAIN
#define S        PlainTest
#define VERIFIED MMF_ERR_UNSUPPORTED
#include "tests/conformance/integration/rich_calls.h"

TEST(Enums, KnowTheirMembers)
{
    EXPECT_STREQ(side_name(SIDE_BUY), "Buy");
    EXPECT_STREQ(move_name(MOVE_DOWN), "Down");
    EXPECT_EQ(side_name(static_cast<side>(0)), nullptr);
    EXPECT_TRUE(move_is_member(static_cast<move>(-300)));
    EXPECT_TRUE(move_is_member(MOVE_FLAT));
    EXPECT_FALSE(move_is_member(static_cast<move>(1)));
    EXPECT_EQ(DEPTH, 3u);
    EXPECT_EQ(sizeof(plain_record::flags), DEPTH * sizeof(bool));
    EXPECT_EQ(PLAIN_FEE_PRECISION, 10u);
    EXPECT_EQ(PLAIN_FEE_SCALE, 4u);
    EXPECT_EQ(LEVEL_PRICE_SCALE, 4u);
    EXPECT_EQ(SUMMED_RECORD_SIZE % 64, 0u);
    EXPECT_EQ(SUMMED_TAGS_OFFSET % 32, 0u);
    EXPECT_EQ(SUMMED_NOTES_OFFSET % 16, 0u);
}

// Two versions of a record in one program, which share an enum; neither opens files of the other.
TEST(Prefix, LetsTwoVersionsLiveInOneProgram)
{
    const std::string path = testing::TempDir() + "prefix.mmf";
    std::remove(path.c_str());
    mmf_error error = {};
    plain_v1_store *old = nullptr;
    ASSERT_EQ(plain_v1_store_create(path.c_str(), nullptr, &old, &error), MMF_OK) << error.message;
    plain_v1_record record = {};
    record.side = SIDE_SELL;
    record.key = 7;
    EXPECT_EQ(plain_v1_store_append(old, &record, nullptr), MMF_OK);
    plain_store *now = nullptr;
    EXPECT_EQ(plain_v1_store_close(old), MMF_OK);
    EXPECT_EQ(plain_store_open(path.c_str(), nullptr, &now, &error), MMF_ERR_SCHEMA);
    EXPECT_EQ(now, nullptr);
    EXPECT_NE(std::string(error.message).find("version"), std::string::npos) << error.message;
    ASSERT_EQ(plain_v1_store_open(path.c_str(), nullptr, &old, &error), MMF_OK) << error.message;
    side found = SIDE_BUY;
    EXPECT_EQ(plain_v1_store_get_side(old, 0, &found), MMF_OK);
    EXPECT_EQ(found, SIDE_SELL);
    EXPECT_EQ(plain_v1_store_close(old), MMF_OK);
    std::remove(path.c_str());
}

} // namespace
