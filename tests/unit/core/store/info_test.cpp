// What mmf_store_info tells, and how much of it a caller of another version gets.
#include "tests/support/store_fixture.h"

#include <cstddef>
#include <cstring>

namespace {

class InfoTest : public StoreTest {};

} // namespace

TEST_F(InfoTest, TellsOfTheFileAndTheHandle)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = 1 << 20;
    options.capacity = 100;
    tick_store *writer = nullptr;
    ASSERT_EQ(tick_store_create(path.c_str(), &options, &writer, &error), MMF_OK);
    fill(writer, 3);
    tick_store *reader = open();
    for (const tick_store *store : {writer, reader}) {
        mmf_info info;
        ASSERT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
        EXPECT_EQ(info.count, 3u);
        EXPECT_EQ(info.header_size, 65536u);
        EXPECT_EQ(info.record_size, TICK_RECORD_SIZE);
        // 100 records, rounded up to pages.
        EXPECT_EQ(info.file_size, 65536u + 12288u);
        EXPECT_EQ(info.capacity, 12288u / TICK_RECORD_SIZE);
        EXPECT_EQ(info.reserve_asked,
                  store == writer ? 1u << 20 : info.file_size + MMF_RESERVE_BYTES_READER);
        EXPECT_EQ(info.capacity_max, (info.reserve_bytes - 65536) / TICK_RECORD_SIZE);
        EXPECT_EQ(info.layout_hash, tick_schema.layout_hash);
        EXPECT_EQ(info.format_version, 3u);
        EXPECT_EQ(info.writer_pid, static_cast<uint64_t>(getpid()));
        EXPECT_EQ(info.writable, store == writer);
        EXPECT_TRUE(info.live);
        EXPECT_EQ(info.writer_state, MMF_WRITER_AT_WORK);
    }
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_EQ(info.writer_pid, 0u) << "its writer is gone";
    EXPECT_EQ(info.writer_state, MMF_WRITER_CLOSED);
    EXPECT_EQ(mmf_store_info(tick_store_base(writer), &info), MMF_ERR_CLOSED);
    EXPECT_EQ(info.count, 0u);
    EXPECT_EQ(mmf_store_info(nullptr, &info), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_info(tick_store_base(reader), nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(InfoTest, HasTheLayoutOfTheFirstVersion)
{
    // Programs that are compiled have these offsets in them; what lies between is of one type.
    EXPECT_EQ(offsetof(mmf_info, size), 0u);
    EXPECT_EQ(offsetof(mmf_info, count), 8u);
    EXPECT_EQ(offsetof(mmf_info, writer_pid), 88u);
    EXPECT_EQ(offsetof(mmf_info, record_size), 96u);
    EXPECT_EQ(offsetof(mmf_info, format_version), 100u);
    EXPECT_EQ(offsetof(mmf_info, writable), 104u);
    EXPECT_EQ(offsetof(mmf_info, live), 105u);
    EXPECT_EQ(offsetof(mmf_info, replaced), 108u);
    EXPECT_EQ(offsetof(mmf_info, writer_state), 112u);
    EXPECT_EQ(sizeof(mmf_info), 120u) << "a field after the last begins where nothing was";
}

TEST_F(InfoTest, IsFilledAsFarAsCallerAndLibraryKnowIt)
{
    tick_store *writer = create();
    fill(writer, 3);
    const mmf_store *store = tick_store_base(writer);
    mmf_info whole;
    ASSERT_EQ(mmf_store_info(store, &whole), MMF_OK);
    EXPECT_EQ(whole.size, sizeof whole);

    struct {
        mmf_info known;
        unsigned char rest[64];
    } given;
    const auto bytes = reinterpret_cast<unsigned char *>(&given);
    const auto expected = reinterpret_cast<const unsigned char *>(&whole);
    // An older caller's: it ends before capacity, and nothing after it is touched.
    const size_t older = offsetof(mmf_info, capacity);
    memset(&given, 0xa5, sizeof given);
    ASSERT_EQ(mmfi_store_info(store, &given.known, older), MMF_OK);
    EXPECT_EQ(given.known.size, older);
    EXPECT_EQ(given.known.count, 3u);
    for (size_t i = sizeof(size_t); i < sizeof given; i++)
        ASSERT_EQ(bytes[i], i < older ? expected[i] : 0xa5) << i;
    // A later caller's: what the library does not know is 0.
    memset(&given, 0xa5, sizeof given);
    ASSERT_EQ(mmfi_store_info(store, &given.known, sizeof given), MMF_OK);
    EXPECT_EQ(given.known.size, sizeof(mmf_info));
    for (size_t i = 0; i < sizeof given; i++)
        ASSERT_EQ(bytes[i], i < sizeof whole ? expected[i] : 0) << i;
    // A failure sets all of the caller's struct to 0, and nothing after it.
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    memset(&given, 0xa5, sizeof given);
    EXPECT_EQ(mmfi_store_info(store, &given.known, older), MMF_ERR_CLOSED);
    for (size_t i = 0; i < sizeof given; i++)
        ASSERT_EQ(bytes[i], i < older ? 0 : 0xa5) << i;
    EXPECT_EQ(mmfi_store_info(nullptr, &given.known, sizeof given), MMF_ERR_ARGUMENT);
    for (const unsigned char byte : given.rest)
        ASSERT_EQ(byte, 0);
    EXPECT_EQ(mmfi_store_info(store, nullptr, sizeof given), MMF_ERR_ARGUMENT);
}
