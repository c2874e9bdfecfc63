// Options of callers that were compiled with the headers of another version, or that set no size.
#include <cstddef>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/store_fixture.h"

namespace {

// Options as a later version might have them.
struct later_options {
    mmf_options known;
    uint64_t later;
    unsigned char rest[64];
};

class OptionsTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        tick_store *store = create();
        fill(store, 3);
        ASSERT_EQ(tick_store_close(store), MMF_OK);
        other = path + ".new-one";
        memset(&later, 0, sizeof later);
        later.known = writing;
        later.known.size = sizeof later;
    }

    // Every call that takes options refuses these, with a message that has the text.
    void expect_refused(const mmf_options *options, const std::string &text)
    {
        EXPECT_EQ(open_fails(options), MMF_ERR_ARGUMENT);
        EXPECT_NE(std::string(error.message).find(text), std::string::npos) << error.message;
        EXPECT_NE(std::string(error.message).find("MMF_OPTIONS_INIT"), std::string::npos)
            << error.message;
        EXPECT_NE(std::string(error.message).find("headers of this library"), std::string::npos)
            << error.message;
        mmf_store *base = nullptr;
        EXPECT_EQ(mmf_store_open(path.c_str(), options, &base, &error), MMF_ERR_ARGUMENT);
        EXPECT_EQ(base, nullptr);
        tick_store *store = nullptr;
        error = {};
        EXPECT_EQ(tick_store_create(other.c_str(), options, &store, &error), MMF_ERR_ARGUMENT);
        EXPECT_EQ(store, nullptr);
        EXPECT_NE(std::string(error.message).find(text), std::string::npos) << error.message;
        EXPECT_NE(access(other.c_str(), F_OK), 0) << "nothing was made";
        EXPECT_EQ(tick_store_open(path.c_str(), options, &store, nullptr), MMF_ERR_ARGUMENT);
    }

    std::string other;
    later_options later;
};

TEST_F(OptionsTest, InitSetsTheSizeAndDefaults)
{
    const mmf_options options = MMF_OPTIONS_INIT;
    EXPECT_EQ(options.size, sizeof options);
    EXPECT_EQ(options.mode, MMF_READ_ONLY);
    EXPECT_EQ(options.permissions, 0u);
    EXPECT_EQ(options.reserve_bytes, 0u);
    EXPECT_EQ(options.capacity, 0u);
    EXPECT_FALSE(options.shared_writers);
    EXPECT_FALSE(options.huge_pages);
    for (const uint8_t byte : options.reserved)
        EXPECT_EQ(byte, 0u);
}

TEST(OptionsLayout, IsThatOfTheFirstVersion)
{
    // Programs that are compiled have these offsets in them.
    EXPECT_EQ(offsetof(mmf_options, size), 0u);
    EXPECT_EQ(offsetof(mmf_options, mode), 8u);
    EXPECT_EQ(offsetof(mmf_options, permissions), 12u);
    EXPECT_EQ(offsetof(mmf_options, reserve_bytes), 16u);
    EXPECT_EQ(offsetof(mmf_options, capacity), 24u);
    EXPECT_EQ(offsetof(mmf_options, shared_writers), 32u);
    EXPECT_EQ(offsetof(mmf_options, huge_pages), 33u);
    EXPECT_EQ(offsetof(mmf_options, reserved), 34u);
    EXPECT_EQ(sizeof(mmf_options), 40u);
}

TEST_F(OptionsTest, WithoutASizeAreRefused)
{
    // As a designated initialiser leaves them: what is not named is 0.
    mmf_options options = {};
    options.mode = MMF_READ_WRITE;
    expect_refused(&options, "options.size is 0, expected 40;");
}

TEST_F(OptionsTest, OfASizeThatNoVersionHasAreRefused)
{
    mmf_options options = writing;
    for (const size_t size : {size_t(1), size_t(39), size_t(4097), SIZE_MAX}) {
        options.size = size;
        expect_refused(&options,
                       "options.size is " + std::to_string(size) + ", expected 40; initialise");
    }
}

TEST_F(OptionsTest, ThatAreNotKnownAreRefused)
{
    const std::string text =
        "an option is set that this library, mmapforge " MMF_VERSION_STRING ", does not know;";
    // The first byte after what is known, and the last.
    later.later = 1;
    expect_refused(&later.known, text);
    later.later = 0;
    later.rest[sizeof later.rest - 1] = 1;
    expect_refused(&later.known, text);
    mmf_options options = writing;
    for (uint8_t &byte : options.reserved) {
        byte = 1;
        expect_refused(&options, text);
        byte = 0;
    }
}

TEST_F(OptionsTest, PermissionsOfMoreThanReadWriteAndExecuteAreRefused)
{
    mmf_options options = writing;
    const struct {
        unsigned permissions;
        const char *shown;
    } cases[] = {{01000, "01000"},     {02640, "02640"},
                 {04755, "04755"},     {640, "01200"}, // decimal by mistake
                 {0100644, "0100644"}, {~0u, "037777777777"}};
    for (const auto &wrong : cases) {
        options.permissions = wrong.permissions;
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_create(other.c_str(), &options, &store, &error), MMF_ERR_ARGUMENT);
        EXPECT_EQ(store, nullptr);
        EXPECT_EQ(std::string(error.message)
                      .find(other + ": options.permissions is " + wrong.shown +
                            ", expected 0 for the default or at most 0777; "),
                  0u)
            << error.message;
        EXPECT_NE(access(other.c_str(), F_OK), 0) << "nothing was made";
        EXPECT_EQ(open_fails(&options), MMF_ERR_ARGUMENT) << "no option is ignored in silence";
    }
}

TEST_F(OptionsTest, PermissionsAreTakenUpTo0777)
{
    mmf_options options = writing;
    const mode_t before = umask(0027);
    for (const unsigned permissions : {0u, 0400u, 0640u, 0777u}) {
        options.permissions = permissions;
        tick_store *store = nullptr;
        ASSERT_EQ(tick_store_create(other.c_str(), &options, &store, &error), MMF_OK)
            << error.message;
        struct stat file;
        ASSERT_EQ(stat(other.c_str(), &file), 0);
        EXPECT_EQ(file.st_mode & 07777u, (permissions != 0 ? permissions : 0666u) & 0750u);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        ASSERT_EQ(unlink(other.c_str()), 0);
    }
    (void)umask(before);
}

TEST_F(OptionsTest, OfALaterVersionAreReadAsFarAsTheyAreKnown)
{
    tick_store *store = open(&later.known);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(tick_store_set_price(store, 0, 1.0), MMF_OK) << "the mode was read";
    EXPECT_EQ(tick_store_close(store), MMF_OK);

    later.known.capacity = 5000;
    ASSERT_EQ(tick_store_create(other.c_str(), &later.known, &store, &error), MMF_OK)
        << error.message;
    EXPECT_GE(tick_store_capacity(store), 5000u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(OptionsTest, OfTheGreatestSizeAreReadToTheirEnd)
{
    alignas(mmf_options) unsigned char bytes[4096] = {};
    mmf_options options = writing;
    options.size = sizeof bytes;
    memcpy(bytes, &options, sizeof options);
    tick_store *store = open(reinterpret_cast<const mmf_options *>(bytes));
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    bytes[sizeof bytes - 1] = 1;
    expect_refused(reinterpret_cast<const mmf_options *>(bytes), "does not know");
}

TEST_F(OptionsTest, NoneAreTheDefaults)
{
    tick_store *store = open(nullptr);
    EXPECT_EQ(tick_store_set_price(store, 0, 1.0), MMF_ERR_READ_ONLY);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

} // namespace
