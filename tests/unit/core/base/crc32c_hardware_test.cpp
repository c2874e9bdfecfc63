// Whether the processor's instruction for the checksum is found; crc32c_test compares both ways.
#include <cstdio>
#include <cstring>
#include <gtest/gtest.h>

#include "mmapforge/detail/crc32c.h"

// Every machine that this project is built on has the instruction; without it crc32c_test would
// compare tables with tables.
TEST(Crc32cHardware, IsFoundWhereTheKernelSaysSo)
{
#if defined(__x86_64__)
    FILE *info = fopen("/proc/cpuinfo", "r");
    if (info == nullptr)
        GTEST_SKIP() << "no /proc";
    char line[8192];
    bool said = false;
    while (fgets(line, sizeof line, info) != nullptr)
        said = said || (strncmp(line, "flags", 5) == 0 && strstr(line, " sse4_2") != nullptr);
    fclose(info);
    EXPECT_EQ(mmfi_crc32c_is_hardware(), said);
#else
    GTEST_SKIP() << "nothing here says it in words";
#endif
}
