// A file system of the kind of bindfs and mergerfs: it cannot rename without replacing, and the
// file that a new link leads to is another one for the kernel. The linker sends the library's calls
// here.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "tests/support/store_fixture.h"

namespace {

bool other_writer_is_faster = false; // after the link, and before the creator
tick_store *faster = nullptr;

// The content of one file under another name.
bool copy_file(const char *from, const char *to)
{
    std::ifstream in(from, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::ofstream(to, std::ios::binary) << content;
    return in.good() && !content.empty();
}

} // namespace

extern "C" {

int __wrap_renameat2(int, const char *, int, const char *, unsigned)
{
    errno = EINVAL;
    return -1;
}

int __wrap_link(const char *from, const char *to)
{
    if (!copy_file(from, to)) {
        errno = EIO;
        return -1;
    }
    if (other_writer_is_faster) {
        mmf_options writing = MMF_OPTIONS_INIT;
        writing.mode = MMF_READ_WRITE;
        (void)tick_store_open(to, &writing, &faster, nullptr);
    }
    return 0;
}

} // extern "C"

class FileMovedTest : public StoreTest {
protected:
    void SetUp() override
    {
        other_writer_is_faster = false;
        faster = nullptr;
        StoreTest::SetUp();
    }
};

TEST_F(FileMovedTest, ReadersSeeWhatTheCreatorAppends)
{
    tick_store *creator = create();
    ASSERT_NE(creator, nullptr);
    tick_store *reader = open();
    fill(creator, 700);
    EXPECT_EQ(expect_whole(reader), 700u);
    mmf_info info;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_TRUE(info.live);
    EXPECT_EQ(info.writer_pid, static_cast<uint64_t>(getpid()));
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(creator), MMF_OK);
    reader = open();
    EXPECT_EQ(expect_whole(reader), 700u);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(FileMovedTest, TheCreatorKeepsOtherWritersOut)
{
    for (const bool shared : {false, true}) {
        mmf_options options = MMF_OPTIONS_INIT;
        options.shared_writers = shared;
        tick_store *creator = nullptr;
        ASSERT_EQ(tick_store_create(path.c_str(), &options, &creator, &error), MMF_OK)
            << error.message;
        EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
        fill(creator, 3);
        EXPECT_EQ(tick_store_close(creator), MMF_OK);
        tick_store *next = open(&writing);
        EXPECT_EQ(t_append_up_to(next, 6), MMF_OK);
        EXPECT_EQ(expect_whole(next), 6u);
        EXPECT_EQ(tick_store_close(next), MMF_OK);
        ASSERT_EQ(unlink(path.c_str()), 0);
    }
}

TEST_F(FileMovedTest, AnotherWriterMayBeFaster)
{
    other_writer_is_faster = true;
    tick_store *creator = nullptr;
    EXPECT_EQ(tick_store_create(path.c_str(), nullptr, &creator, &error), MMF_ERR_LOCKED);
    EXPECT_EQ(creator, nullptr);
    ASSERT_NE(faster, nullptr);
    fill(faster, 3);
    EXPECT_EQ(tick_store_close(faster), MMF_OK);
    tick_store *reader = open();
    EXPECT_EQ(expect_whole(reader), 3u);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}
