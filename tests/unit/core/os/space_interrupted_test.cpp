// Signals that come faster than a file system gives blocks. tmpfs of kernels up to 6.1 gives back
// what it had when a signal arrives: the linker sends requests for blocks here, to one that does
// the same with every request for more than it manages between two signals.
#include <cerrno>
#include <fcntl.h>

#include "tests/support/store_fixture.h"

#include "core/os/create_file.h"
#include "core/os/space.h"

#include <sys/stat.h>

namespace {

constexpr uint64_t UNLIMITED = UINT64_MAX;
constexpr uint64_t SIZE = UINT64_C(16) << 20;
constexpr uint64_t PAGE = 4096;

uint64_t managed = UNLIMITED; // bytes between two signals
bool every_other = false;     // a signal comes at every other request, however small
int requests = 0;

bool is_interrupted(off_t size)
{
    requests++;
    return static_cast<uint64_t>(size) > managed || (every_other && requests % 2 == 1);
}

} // namespace

extern "C" {

int __real_posix_fallocate(int fd, off_t begin, off_t size);
int __real_fallocate(int fd, int mode, off_t begin, off_t size);

int __wrap_posix_fallocate(int fd, off_t begin, off_t size)
{
    return is_interrupted(size) ? EINTR : __real_posix_fallocate(fd, begin, size);
}

int __wrap_fallocate(int fd, int mode, off_t begin, off_t size)
{
    if (mode == 0 && is_interrupted(size)) {
        errno = EINTR;
        return -1;
    }
    return __real_fallocate(fd, mode, begin, size);
}

} // extern "C"

class FileInterruptedTest : public StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        managed = UNLIMITED;
        every_other = false;
        ASSERT_EQ(mmfi_file_create(path.c_str(), 0, &file, &error), MMF_OK) << error.message;
        ASSERT_EQ(mmfi_file_grow(&file, PAGE, &error), MMF_OK) << error.message;
        requests = 0;
    }

    void TearDown() override
    {
        managed = UNLIMITED;
        every_other = false;
        mmfi_file_close(&file);
        StoreTest::TearDown();
    }

    uint64_t blocks()
    {
        struct stat info = {};
        EXPECT_EQ(fstat(file.fd, &info), 0);
        return static_cast<uint64_t>(info.st_blocks) * 512;
    }

    uint64_t size()
    {
        uint64_t bytes = 0;
        EXPECT_EQ(mmfi_file_size(&file, &bytes, &error), MMF_OK) << error.message;
        return bytes;
    }

    mmfi_file file = MMFI_FILE_NONE;
};

// Half of the requests are for twice as much as is managed; 12 find out how much that is.
TEST_F(FileInterruptedTest, AFileGrowsByWhatIsManagedBetweenTwoSignals)
{
    managed = 16 * PAGE;
    ASSERT_EQ(mmfi_file_grow(&file, SIZE, &error), MMF_OK) << error.message;
    EXPECT_EQ(size(), SIZE);
    EXPECT_GE(blocks(), SIZE);
    EXPECT_LE(requests, static_cast<int>(4 * SIZE / managed + 12));
}

TEST_F(FileInterruptedTest, AFileGrowsByPagesWhereNoMoreIsManaged)
{
    managed = PAGE;
    every_other = true;
    ASSERT_EQ(mmfi_file_grow(&file, SIZE / 16, &error), MMF_OK) << error.message;
    EXPECT_EQ(size(), SIZE / 16);
    EXPECT_GE(blocks(), SIZE / 16);
}

TEST_F(FileInterruptedTest, HolesAreFilledByWhatIsManaged)
{
    for (const bool others : {false, true}) {
        ASSERT_EQ(ftruncate(file.fd, 0), 0);
        ASSERT_EQ(ftruncate(file.fd, SIZE), 0);
        ASSERT_LT(blocks(), SIZE) << "the test needs a file system with sparse files";
        managed = 16 * PAGE;
        EXPECT_EQ(mmfi_file_fill_holes(&file, UINT64_MAX, others, &error), MMF_OK) << error.message;
        EXPECT_GE(blocks(), SIZE);
    }
}

TEST_F(FileInterruptedTest, WithoutAnyProgressItEndsAndSaysWhy)
{
    managed = 0;
    EXPECT_EQ(mmfi_file_grow(&file, SIZE, &error), MMF_ERR_IO);
    EXPECT_EQ(error.os_error, EINTR);
    EXPECT_NE(std::string(error.message).find("a timer of this process"), std::string::npos)
        << error.message;
    EXPECT_EQ(size(), PAGE);
}

TEST_F(FileInterruptedTest, AnAppendThatCouldNotGrowTheFileIsExplained)
{
    mmfi_file_close(&file);
    tick_store *store = create();
    managed = 0;
    const tick_record tick = t_tick(1);
    mmf_status status = MMF_OK;
    while (status == MMF_OK)
        status = tick_store_append(store, &tick, nullptr);
    EXPECT_EQ(status, MMF_ERR_IO);
    EXPECT_EQ(mmf_store_explain(tick_store_base(store), status, 0, nullptr, &error), status);
    EXPECT_EQ(error.os_error, EINTR);
    EXPECT_NE(std::string(error.message).find("a timer of this process"), std::string::npos)
        << error.message;
    managed = UNLIMITED;
    EXPECT_EQ(tick_store_append(store, &tick, nullptr), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}
