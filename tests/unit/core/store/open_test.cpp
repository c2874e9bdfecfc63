// What a path, a file and a process's limits can do to opening and creating a store.
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <fcntl.h>
#include <vector>

#include "mmapforge/detail/format.h"
#include "tests/support/limit.h"
#include "tests/support/refuse.h"
#include "tests/support/sanitizer.h"
#include "tests/support/store_fixture.h"

namespace {

// Root does what it likes by its capabilities, so a child gives up those it has.
bool drop_capabilities()
{
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    return syscall(SYS_capset, &header, none) == 0;
}

// The status of opening in a child after `prepare`, or a number no status has.
template <typename Prepare>
int opened_in_child(const std::string &path, const mmf_options *options, Prepare prepare)
{
    return t_in_child([&]() -> int {
        if (!prepare())
            return 100;
        tick_store *store = nullptr;
        mmf_error error;
        const mmf_status status = tick_store_open(path.c_str(), options, &store, &error);
        if ((status == MMF_OK) != (store != nullptr))
            return 101;
        if (status != MMF_OK && strstr(error.message, path.c_str()) == nullptr)
            return 102;
        tick_store_close(store);
        return status;
    });
}

} // namespace

TEST_F(StoreTest, ALinkToAStoreIsTheStore)
{
    tick_store *writer = create();
    fill(writer, 3);
    const std::string link = directory + "/link";
    ASSERT_EQ(symlink("ticks.mmf", link.c_str()), 0);
    tick_store *store = nullptr;
    ASSERT_EQ(tick_store_open(link.c_str(), nullptr, &store, &error), MMF_OK) << error.message;
    EXPECT_EQ(tick_store_count(store), 3u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(tick_store_open(link.c_str(), &writing, &store, &error), MMF_ERR_LOCKED)
        << "one file, by whatever name";
    EXPECT_EQ(tick_store_create(link.c_str(), nullptr, &store, &error), MMF_ERR_EXISTS);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(StoreTest, DevicesAreNoStores)
{
    for (const char *device : {"/dev/zero", "/dev/null", "/dev/random"})
        for (const mmf_options *options : {static_cast<const mmf_options *>(nullptr),
                                           static_cast<const mmf_options *>(&writing)}) {
            tick_store *store = nullptr;
            EXPECT_EQ(tick_store_open(device, options, &store, &error), MMF_ERR_FORMAT) << device;
            EXPECT_EQ(store, nullptr);
        }
}

TEST_F(StoreTest, OddNamesAreNames)
{
    for (const std::string name : {"a\nb", "%s%n%d", "\xff\xfe\x01", " ", "'\"$(x)`", "a.0.new"}) {
        path = directory + "/" + name;
        ASSERT_EQ(tick_store_close(create()), MMF_OK);
        tick_store *store = open(&writing);
        EXPECT_EQ(mmf_store_path(tick_store_base(store)), path);
        EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
    }
}

TEST_F(StoreTest, AFileThatMustNotBeReadIsARefusal)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    ASSERT_EQ(chmod(path.c_str(), 0), 0);
    EXPECT_EQ(opened_in_child(path, nullptr, drop_capabilities), MMF_ERR_IO);
    EXPECT_EQ(opened_in_child(path, &writing, drop_capabilities), MMF_ERR_READ_ONLY);
    ASSERT_EQ(chmod(path.c_str(), 0444), 0);
    EXPECT_EQ(opened_in_child(path, nullptr, drop_capabilities), MMF_OK);
    EXPECT_EQ(opened_in_child(path, &writing, drop_capabilities), MMF_ERR_READ_ONLY);
}

TEST_F(StoreTest, NoMoreDescriptorsIsAStatus)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    for (const mmf_options *options :
         {static_cast<const mmf_options *>(nullptr), static_cast<const mmf_options *>(&writing)})
        EXPECT_EQ(opened_in_child(path, options, [] { return t_limit(RLIMIT_NOFILE, 0); }),
                  MMF_ERR_IO);
}

// The limit is one of growing: a file that is larger already is opened, read and replaced in.
TEST_F(StoreTest, ALimitBelowTheSizeOfTheFileIsNoObstacle)
{
    tick_store *store = create();
    fill(store, 1);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(t_in_child([this] {
                  tick_store *limited = nullptr;
                  if (!t_limit(RLIMIT_FSIZE, 4096) ||
                      tick_store_open(path.c_str(), &writing, &limited, nullptr) != MMF_OK)
                      return 1;
                  if (tick_store_set_price(limited, 0, 5) != MMF_OK)
                      return 2;
                  mmf_status status = MMF_OK;
                  const tick_record tick = t_tick(1);
                  while (status == MMF_OK)
                      status = tick_store_append(limited, &tick, nullptr);
                  if (status != MMF_ERR_NO_SPACE || tick_store_close(limited) != MMF_OK)
                      return 3;
                  const std::string other = path + ".other";
                  return tick_store_create(other.c_str(), nullptr, &limited, nullptr) ==
                                     MMF_ERR_NO_SPACE &&
                                 access(other.c_str(), F_OK) != 0
                             ? 0
                             : 4;
              }),
              0);
}

// A process that locks what it maps gets a reserve of what it may lock.
TEST_F(StoreTest, AProcessThatLocksItsMemoryGetsASmallerReserve)
{
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer lets no memory be locked";
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    EXPECT_EQ(t_in_child([this] {
                  const rlimit limit = {rlim_t(8) << 20, rlim_t(8) << 20};
                  if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0 || !drop_capabilities() ||
                      mlockall(MCL_FUTURE) != 0)
                      return 1;
                  tick_store *store = nullptr;
                  mmf_error said;
                  if (tick_store_open(path.c_str(), &writing, &store, &said) != MMF_OK)
                      return 2;
                  mmf_info info;
                  mmf_store_info(tick_store_base(store), &info);
                  if (info.reserve_bytes > limit.rlim_cur || said.message[0] == '\0')
                      return 3;
                  const tick_record tick = t_tick(0);
                  if (tick_store_append(store, &tick, nullptr) != MMF_OK)
                      return 4;
                  return tick_store_close(store) == MMF_OK ? 0 : 5;
              }),
              0);
}

TEST_F(StoreTest, AFileSystemWithoutLocksIsUnsupported)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    const std::string before = bytes();
    EXPECT_EQ(opened_in_child(path, &writing, [] { return t_refuse(SYS_fcntl, ENOLCK); }),
              MMF_ERR_UNSUPPORTED);
    EXPECT_EQ(opened_in_child(path, nullptr, [] { return t_refuse(SYS_fcntl, ENOLCK); }), MMF_OK);
    EXPECT_EQ(bytes(), before);
}

// Cut anywhere, the file is refused or read as far as it goes; never a signal.
TEST_F(StoreTest, AFileTruncatedAnywhereIsAStatus)
{
    tick_store *store = create();
    fill(store, 100);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string whole = bytes();
    std::vector<size_t> sizes = {0, 1, 3, 4, 7, 8, 256, 512, 65535, 65537, 65536 + 104};
    for (size_t size = 4096; size < whole.size(); size += 4096)
        sizes.push_back(size);
    for (const size_t size : sizes) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, size);
        if (size < 65536) {
            const mmf_status expected = size < 8 ? MMF_ERR_FORMAT : MMF_ERR_CORRUPT;
            EXPECT_EQ(open_fails(), expected) << size;
            EXPECT_EQ(open_fails(&writing), expected) << size;
            continue;
        }
        const uint64_t rows = std::min<uint64_t>(100, (size - 65536) / TICK_RECORD_SIZE);
        store = open();
        EXPECT_EQ(tick_store_count(store), 100u);
        mmf_info info;
        ASSERT_EQ(mmf_store_info(tick_store_base(store), &info), MMF_OK);
        EXPECT_EQ(info.missing_rows, 100 - rows) << size;
        tick_record tick;
        for (uint64_t row = 0; row < rows; row++)
            EXPECT_EQ(tick_store_get(store, row, &tick), MMF_OK);
        EXPECT_EQ(tick_store_get(store, rows, &tick), rows < 100 ? MMF_ERR_CORRUPT : MMF_ERR_RANGE);
        tick_rows window;
        EXPECT_EQ(tick_store_rows(store, rows, 1, &window),
                  rows < 100 ? MMF_ERR_CORRUPT : MMF_ERR_RANGE);
        EXPECT_EQ(tick_store_rows(store, rows, 0, &window), MMF_OK);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        if (rows < 100) {
            EXPECT_EQ(open_fails(&writing), MMF_ERR_CORRUPT) << size;
        }
        EXPECT_EQ(bytes(), whole.substr(0, size)) << "opening changed a byte";
    }
}

// A file from another boot goes by its commits. Without one, a reader is told at once.
TEST_F(StoreTest, AFileThatSaysNowhereHowManyRecordsItHas)
{
    tick_store *writer = create();
    fill(writer, 3);
    ASSERT_EQ(tick_store_close(writer), MMF_OK);
    put(MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id), std::string(16, 'x'));
    put(MMFI_COMMIT_OFFSET + MMFI_PAGE_SIZE, std::string(512, 'x'));
    tick_store *reader = open();
    EXPECT_EQ(tick_store_count(reader), 3u) << "the slot of the later commit says it";
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    put(MMFI_COMMIT_OFFSET, std::string(512, 'x'));
    EXPECT_EQ(tick_store_open(path.c_str(), nullptr, &reader, &error), MMF_ERR_CORRUPT);
    EXPECT_EQ(reader, nullptr);
    EXPECT_NE(std::string(error.message).find("nothing says how many records"), std::string::npos)
        << error.message;
    EXPECT_NE(std::string(error.message).find("restore the file"), std::string::npos);
}

TEST_F(StoreTest, CreateRefusesASchemaMadeByHand)
{
    mmf_schema wrong = tick_schema;
    mmf_store *store = nullptr;
    wrong.record_size = 0;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    wrong = tick_schema;
    wrong.text = nullptr;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    wrong = tick_schema;
    wrong.text_size -= 2;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_NE(std::string(error.message).find("line"), std::string::npos) << error.message;
    for (int part = 0; part < 2; part++) {
        wrong = tick_schema;
        (part == 0 ? wrong.field_count : wrong.version)++;
        EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error),
                  MMF_ERR_ARGUMENT);
    }
    wrong = tick_schema;
    wrong.checksum_offset = 8;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &wrong, &store, &error), MMF_ERR_ARGUMENT);
    const mmf_schema empty = {};
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, &empty, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(store, nullptr);
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST_F(StoreTest, CreateRefusesACapacityThatNoFileHas)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = UINT64_MAX;
    for (const uint64_t capacity :
         {UINT64_MAX, UINT64_MAX / TICK_RECORD_SIZE, (UINT64_C(1) << 62) / TICK_RECORD_SIZE + 1}) {
        options.capacity = capacity;
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_ERR_CAPACITY);
        EXPECT_EQ(store, nullptr);
    }
    options.capacity = (UINT64_C(1) << 61) / TICK_RECORD_SIZE;
    tick_store *store = nullptr;
    EXPECT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_ERR_NO_SPACE)
        << error.message;
    EXPECT_EQ(store, nullptr);
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}

// A copy of a live file in the same boot: its page is not valid, and what is dropped is said.
TEST_F(StoreTest, ACopyIsAnotherFile)
{
    tick_store *writer = create();
    fill(writer, 3);
    ASSERT_EQ(tick_store_sync(writer, &error), MMF_OK);
    for (uint64_t i = 3; i < 8; i++) {
        const tick_record tick = t_tick(i);
        ASSERT_EQ(tick_store_append(writer, &tick, nullptr), MMF_OK);
    }
    const std::string copy = path + ".copy";
    ASSERT_EQ(system(("cp '" + path + "' '" + copy + "'").c_str()), 0);
    mmf_info info;
    tick_store *reader = nullptr;
    ASSERT_EQ(tick_store_open(copy.c_str(), nullptr, &reader, &error), MMF_OK) << error.message;
    ASSERT_EQ(mmf_store_info(tick_store_base(reader), &info), MMF_OK);
    EXPECT_FALSE(info.live);
    EXPECT_EQ(info.count, 3u);
    tick_store *other = nullptr;
    ASSERT_EQ(tick_store_open(copy.c_str(), &writing, &other, &error), MMF_OK) << error.message;
    EXPECT_NE(strstr(error.message, "up to 5 records"), nullptr) << error.message;
    ASSERT_EQ(mmf_store_info(tick_store_base(other), &info), MMF_OK);
    EXPECT_TRUE(info.live);
    EXPECT_EQ(info.count, 3u);
    EXPECT_EQ(info.dropped_rows, 5u);
    EXPECT_EQ(tick_store_count(writer), 8u);
    EXPECT_EQ(tick_store_close(other), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    unlink(copy.c_str());
}

// Who may only read can lock for reading, which keeps a writer out; no writer is blamed for it.
TEST_F(StoreTest, AReadLockOfAProgramThatMayOnlyReadIsToldFromAWriter)
{
    tick_store *made = create();
    ASSERT_EQ(tick_store_close(made), MMF_OK);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    struct flock lock = {};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = off_t{1} << 62;
    lock.l_len = 1;
    ASSERT_EQ(fcntl(fd, F_OFD_SETLK, &lock), 0);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_NE(strstr(error.message, "no writer has the file open"), nullptr) << error.message;
    EXPECT_NE(strstr(error.message, "permission to read"), nullptr) << error.message;
    // Several writers have read locks themselves, and are not kept out.
    mmf_options several = writing;
    several.shared_writers = true;
    tick_store *one = open(&several);
    ASSERT_NE(one, nullptr);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_LOCKED);
    EXPECT_NE(strstr(error.message, "was the last to join"), nullptr) << error.message;
    EXPECT_EQ(tick_store_close(one), MMF_OK);
    ::close(fd);
    tick_store *store = open(&writing);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}
