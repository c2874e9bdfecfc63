// Growth of a file: blocks for every byte, and the limit on its size.
#include "core/os/sync_file.h"
#include "tests/support/file_fixture.h"
#include "tests/support/limit.h"

#include <sys/resource.h>
#include <sys/stat.h>

namespace {

class SpaceTest : public FileTest {};

} // namespace

TEST_F(SpaceTest, GrowthHasBlocksReadsAsZeroAndNeverShrinks)
{
    mmfi_file file = Made("a.mmf");
    ASSERT_EQ(mmfi_file_grow(&file, 100000, nullptr), MMF_OK);
    struct stat found;
    ASSERT_EQ(fstat(file.fd, &found), 0);
    EXPECT_EQ(found.st_size, 100000);
    EXPECT_GE(found.st_blocks * 512, 100000);
    char bytes[16] = "not zero";
    ASSERT_EQ(mmfi_file_read(&file, 99984, bytes, 16, nullptr), MMF_OK);
    EXPECT_EQ(std::string(bytes, 16), std::string(16, '\0'));

    ASSERT_EQ(mmfi_file_grow(&file, 10, nullptr), MMF_OK);
    uint64_t size = 0;
    EXPECT_EQ(mmfi_file_size(&file, &size, nullptr), MMF_OK);
    EXPECT_EQ(size, 100000u);
    EXPECT_EQ(mmfi_file_sync(&file, nullptr), MMF_OK);
    mmfi_file_close(&file);
}

TEST_F(SpaceTest, TheLimitOnFileSizesIsNoSpaceAndNoSignal)
{
    mmfi_file file = Made("a.mmf");
    ASSERT_EQ(mmfi_file_grow(&file, 4096, nullptr), MMF_OK);
    EXPECT_EQ(InChild([&file] {
                  uint64_t size = 0;
                  return t_limit(RLIMIT_FSIZE, 8192) &&
                                 mmfi_file_grow(&file, 8193, nullptr) == MMF_ERR_NO_SPACE &&
                                 mmfi_file_size(&file, &size, nullptr) == MMF_OK && size == 4096 &&
                                 mmfi_file_grow(&file, 8192, nullptr) == MMF_OK
                             ? 0
                             : 1;
              }),
              0);
    mmfi_file_close(&file);
}
