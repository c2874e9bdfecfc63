// Random bytes, and temporary names where the kernel has none.
#include "core/os/random.h"
#include "tests/support/file_fixture.h"
#include "tests/support/refuse.h"

#include <cerrno>
#include <cstring>

namespace {

class RandomTest : public FileTest {};

} // namespace

TEST_F(RandomTest, TwoIdentifiersDiffer)
{
    unsigned char first[16] = {};
    unsigned char second[16] = {};
    mmfi_random(first, sizeof first);
    mmfi_random(second, sizeof second);
    EXPECT_NE(memcmp(first, second, sizeof first), 0);
}

TEST_F(RandomTest, NoByteAfterThoseAskedForIsWritten)
{
    for (size_t size = 0; size < 16; size++) {
        unsigned char bytes[16];
        memset(bytes, 0xa5, sizeof bytes);
        mmfi_random(bytes, size);
        for (size_t i = size; i < sizeof bytes; i++)
            EXPECT_EQ(bytes[i], 0xa5) << i << " of " << size;
    }
}

// Temporary names differ by chance; without any, the name is still unused.
TEST_F(RandomTest, WithoutAnyFilesAreMadeAllTheSame)
{
    ASSERT_TRUE(t_while_refused(SYS_getrandom, ENOSYS, [&] {
        mmfi_file file;
        EXPECT_EQ(mmfi_file_create(In("a.mmf").c_str(), 0, &file, &error), MMF_OK) << error.message;
        EXPECT_EQ(mmfi_file_name(&file, &error), MMF_OK) << error.message;
        mmfi_file_close(&file);
    }));
}
