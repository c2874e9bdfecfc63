// Names and texts of statuses, and how an mmf_error is filled.
#include "mmapforge/status.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <set>
#include <string>

namespace {

TEST(Status, EveryStatusHasANameAndATextOfItsOwn)
{
    std::set<std::string> names;
    std::set<std::string> texts;
    for (int value = 0; value < MMF_STATUS_COUNT; value++) {
        names.insert(mmf_status_name((mmf_status)value));
        texts.insert(mmf_status_text((mmf_status)value));
    }
    EXPECT_EQ(names.size(), (size_t)MMF_STATUS_COUNT);
    EXPECT_EQ(texts.size(), (size_t)MMF_STATUS_COUNT);
    EXPECT_EQ(names.count("MMF_ERR_?"), 0u);
    EXPECT_STREQ(mmf_status_name(MMF_ERR_UNSUPPORTED), "MMF_ERR_UNSUPPORTED");
}

TEST(Status, ValuesOutsideTheEnumAreNamedSo)
{
    EXPECT_STREQ(mmf_status_name((mmf_status)MMF_STATUS_COUNT), "MMF_ERR_?");
    EXPECT_STRNE(mmf_status_text((mmf_status)MMF_STATUS_COUNT), "");
}

TEST(Status, FailFillsEveryPart)
{
    mmf_error error;
    EXPECT_EQ(mmfi_fail(&error, MMF_ERR_IO, EIO, "a.mmf", "%s: bad %d", "a.mmf", 7), MMF_ERR_IO);
    EXPECT_EQ(error.status, MMF_ERR_IO);
    EXPECT_EQ(error.os_error, EIO);
    EXPECT_STREQ(error.path, "a.mmf");
    EXPECT_STREQ(error.message, "a.mmf: bad 7");
    mmfi_error_clear(&error);
    EXPECT_EQ(error.status, MMF_OK);
    EXPECT_STREQ(error.message, "");
}

TEST(Status, FailAllowsNullErrorAndNullPath)
{
    EXPECT_EQ(mmfi_fail(nullptr, MMF_ERR_BUSY, 0, nullptr, "x"), MMF_ERR_BUSY);
    mmfi_error_clear(nullptr);
    mmf_error error;
    EXPECT_EQ(mmfi_fail(&error, MMF_ERR_BUSY, 0, nullptr, "x"), MMF_ERR_BUSY);
    EXPECT_STREQ(error.path, "");
}

// A path of PATH_MAX bytes must not push out what the reader should do.
TEST(Status, ALongMessageKeepsItsBeginAndItsEnd)
{
    const std::string path(4096, 'p');
    mmf_error error;
    (void)mmfi_fail(&error, MMF_ERR_IO, 0, path.c_str(), "%s: try again", path.c_str());
    const std::string message = error.message;
    EXPECT_EQ(message.size(), (size_t)MMF_ERROR_MESSAGE_SIZE - 1);
    EXPECT_EQ(message.substr(0, 3), "ppp");
    EXPECT_EQ(message.substr(message.size() - 11), ": try again");
    EXPECT_EQ(std::string(error.path), path.substr(0, MMF_ERROR_PATH_SIZE - 1));
}

TEST(Status, TheLongestMessageThatFitsIsNotCut)
{
    const std::string fits(MMF_ERROR_MESSAGE_SIZE - 1, 'm');
    mmf_error error;
    (void)mmfi_fail(&error, MMF_ERR_IO, 0, nullptr, "%s", fits.c_str());
    EXPECT_EQ(error.message, fits);
}

TEST(Status, ArgumentsMayPointIntoTheError)
{
    mmf_error error;
    (void)mmfi_fail(&error, MMF_ERR_IO, 0, "a.mmf", "inner");
    (void)mmfi_fail(&error, MMF_ERR_IO, 0, error.path, "%s: %s", error.path, error.message);
    EXPECT_STREQ(error.path, "a.mmf");
    EXPECT_STREQ(error.message, "a.mmf: inner");
}

TEST(Status, ErrnoHasWords)
{
    EXPECT_STRNE(mmfi_os_describe(ENOENT).text, mmfi_os_describe(EACCES).text);
    EXPECT_NE(std::string(mmfi_os_describe(987654).text).find("987654"), std::string::npos);
}

} // namespace
