// The name that a program of another binary interface does not find.
#include "mmapforge/detail/abi.h"

#include <gtest/gtest.h>

#include <string>

#define TEXT(name)    TEXT_OF(name)
#define TEXT_OF(name) #name

TEST(Abi, TheNameHasTheVersionInIt)
{
    const std::string expected = "mmfi_abi_" + std::to_string(MMF_VERSION_MAJOR) + "_" +
                                 std::to_string(MMF_VERSION_MINOR) +
                                 "_differs_from_the_library_regenerate_with_its_mmfgen";
    EXPECT_EQ(TEXT(MMFI_REQUIRE_ABI), expected);
}

// This program was linked with it; a call does nothing.
TEST(Abi, TheLibraryHasIt)
{
    MMFI_REQUIRE_ABI();
}
