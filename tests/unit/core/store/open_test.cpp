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

class OpenTest : public StoreTest {};

} // namespace

TEST_F(OpenTest, ALinkToAStoreIsTheStore)
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

TEST_F(OpenTest, DevicesAreNoStores)
{
    for (const char *device : {"/dev/zero", "/dev/null", "/dev/random"})
        for (const mmf_options *options : {static_cast<const mmf_options *>(nullptr),
                                           static_cast<const mmf_options *>(&writing)}) {
            tick_store *store = nullptr;
            EXPECT_EQ(tick_store_open(device, options, &store, &error), MMF_ERR_FORMAT) << device;
            EXPECT_EQ(store, nullptr);
        }
}

TEST_F(OpenTest, OddNamesAreNames)
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

TEST_F(OpenTest, AFileThatMustNotBeReadIsARefusal)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    ASSERT_EQ(chmod(path.c_str(), 0), 0);
    EXPECT_EQ(opened_in_child(path, nullptr, drop_capabilities), MMF_ERR_IO);
    EXPECT_EQ(opened_in_child(path, &writing, drop_capabilities), MMF_ERR_READ_ONLY);
    ASSERT_EQ(chmod(path.c_str(), 0444), 0);
    EXPECT_EQ(opened_in_child(path, nullptr, drop_capabilities), MMF_OK);
    EXPECT_EQ(opened_in_child(path, &writing, drop_capabilities), MMF_ERR_READ_ONLY);
}

TEST_F(OpenTest, NoMoreDescriptorsIsAStatus)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    for (const mmf_options *options :
         {static_cast<const mmf_options *>(nullptr), static_cast<const mmf_options *>(&writing)})
        EXPECT_EQ(opened_in_child(path, options, [] { return t_limit(RLIMIT_NOFILE, 0); }),
                  MMF_ERR_IO);
}

// The limit is one of growing: a file that is larger already is opened, read and replaced in.
TEST_F(OpenTest, ALimitBelowTheSizeOfTheFileIsNoObstacle)
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
TEST_F(OpenTest, AProcessThatLocksItsMemoryGetsASmallerReserve)
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

TEST_F(OpenTest, AFileSystemWithoutLocksIsUnsupported)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    const std::string before = bytes();
    EXPECT_EQ(opened_in_child(path, &writing, [] { return t_refuse(SYS_fcntl, ENOLCK); }),
              MMF_ERR_UNSUPPORTED);
    EXPECT_EQ(opened_in_child(path, nullptr, [] { return t_refuse(SYS_fcntl, ENOLCK); }), MMF_OK);
    EXPECT_EQ(bytes(), before);
}

// Cut anywhere, the file is refused or read as far as it goes; never a signal.
TEST_F(OpenTest, AFileTruncatedAnywhereIsAStatus)
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
TEST_F(OpenTest, AFileThatSaysNowhereHowManyRecordsItHas)
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

// A copy of a live file in the same boot: its page is not valid, and what is dropped is said.
TEST_F(OpenTest, ACopyIsAnotherFile)
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
TEST_F(OpenTest, AReadLockOfAProgramThatMayOnlyReadIsToldFromAWriter)
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

TEST_F(OpenTest, ReopeningKeepsTheRecords)
{
    tick_store *writer = create();
    fill(writer, 1000);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    writer = open(&writing);
    EXPECT_EQ(tick_store_count(writer), 1000u);
    const tick_record tick = t_tick(1000);
    uint64_t row = 0;
    EXPECT_EQ(tick_store_append(writer, &tick, &row), MMF_OK);
    EXPECT_EQ(row, 1000u);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
}

TEST_F(OpenTest, NullArgumentsAreStatuses)
{
    tick_record tick;
    double price;
    tick_store *store = nullptr;
    EXPECT_EQ(tick_store_create(nullptr, nullptr, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_create: path is NULL");
    EXPECT_EQ(tick_store_open(path.c_str(), nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_open: out is NULL");
    EXPECT_EQ(tick_store_open("", nullptr, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_open(nullptr, nullptr, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_open: path is NULL");
    EXPECT_EQ(tick_store_create(path.c_str(), nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_create: out is NULL");
    mmf_store *base = nullptr;
    EXPECT_EQ(mmf_store_create(path.c_str(), nullptr, nullptr, &base, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_create: schema is NULL");
    EXPECT_EQ(mmf_store_open_as(path.c_str(), nullptr, nullptr, &base, &error), MMF_ERR_ARGUMENT);
    EXPECT_STREQ(error.message, "mmf_store_open_as: schema is NULL");
    EXPECT_EQ(mmf_store_open_as(path.c_str(), nullptr, nullptr, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_sync(nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(std::string(error.message).find("mmf_store_sync: store is NULL; look at"), 0u)
        << error.message;
    EXPECT_EQ(mmf_store_verify(nullptr, 0, MMF_TO_END, nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(std::string(error.message).find("mmf_store_verify: store is NULL; look at"), 0u)
        << error.message;
    mmf_options wrong = MMF_OPTIONS_INIT;
    wrong.mode = static_cast<mmf_mode>(2);
    EXPECT_EQ(tick_store_create(path.c_str(), &wrong, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_open(path.c_str(), &wrong, &store, &error), MMF_ERR_ARGUMENT);
    EXPECT_NE(std::string(error.message).find("options.mode is 2"), std::string::npos);
    EXPECT_NE(access(path.c_str(), F_OK), 0) << "nothing was made";
    EXPECT_EQ(mmf_store_capacity(nullptr), 0u);
    EXPECT_EQ(mmf_store_path(nullptr), nullptr);
    EXPECT_EQ(mmf_store_schema(nullptr), nullptr);
    EXPECT_EQ(tick_store_get(nullptr, 0, &tick), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_get_price(nullptr, 0, &price), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_set_price(nullptr, 0, 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_append(nullptr, &tick, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_count(nullptr), 0u);
    EXPECT_EQ(tick_store_sync(nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_close(nullptr), MMF_OK);
    store = create();
    fill(store, 1);
    EXPECT_EQ(tick_store_get(store, 0, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_get_price(store, 0, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_append(store, nullptr, nullptr), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_set_symbol(store, 0, nullptr, 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(tick_store_set_symbol(store, 0, nullptr, 0), MMF_OK);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(OpenTest, WhatIsNotAStoreIsNamed)
{
    EXPECT_EQ(open_fails(), MMF_ERR_NOT_FOUND);
    ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
    EXPECT_EQ(open_fails(), MMF_ERR_FORMAT);
    ASSERT_EQ(rmdir(path.c_str()), 0);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(open_fails(), MMF_ERR_FORMAT);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_FORMAT);
    ASSERT_EQ(unlink(path.c_str()), 0);
    std::ofstream(path) << "timestamp,price\n";
    EXPECT_EQ(open_fails(), MMF_ERR_FORMAT);
    std::ofstream(path) << std::string(100000, 'x');
    EXPECT_EQ(open_fails(), MMF_ERR_FORMAT);
}

TEST_F(OpenTest, ADamagedSuperblockIsServedByTheOther)
{
    tick_store *store = create();
    fill(store, 7);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    const std::string whole = bytes();
    for (const size_t page : {0u, 4096u}) {
        put(page + 40, "\xff");
        store = open();
        EXPECT_EQ(tick_store_count(store), 7u);
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        put(page + 40, whole.substr(page + 40, 1));
    }
    put(40, "\xff");
    put(4096 + 40, "\xff");
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_CORRUPT);
    put(4, std::string("\x01\0\0\0", 4));
    EXPECT_EQ(open_fails(), MMF_ERR_VERSION);
}

TEST_F(OpenTest, ATruncatedFileIsNoSignal)
{
    tick_store *store = create();
    fill(store, 5000);
    ASSERT_EQ(tick_store_close(store), MMF_OK);
    ASSERT_EQ(truncate(path.c_str(), 65536 + 10 * 104 + 3), 0);
    EXPECT_EQ(open_fails(&writing), MMF_ERR_CORRUPT);
    store = open();
    EXPECT_EQ(tick_store_count(store), 5000u);
    tick_record tick;
    EXPECT_EQ(tick_store_get(store, 9, &tick), MMF_OK);
    EXPECT_EQ(tick_store_get(store, 10, &tick), MMF_ERR_CORRUPT);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    ASSERT_EQ(truncate(path.c_str(), 5000), 0);
    EXPECT_EQ(open_fails(), MMF_ERR_CORRUPT);
}

TEST_F(OpenTest, AnotherSchemaIsNamedByItsDifference)
{
    mmf_schema *other = nullptr;
    const std::string text =
        "record Tick version 1 {\n  symbol: string[64];\n  price: float32;\n}\n";
    ASSERT_EQ(mmf_schema_parse(text.data(), text.size(), &other, &error), MMF_OK) << error.message;
    mmf_store *store = nullptr;
    ASSERT_EQ(mmf_store_create(path.c_str(), nullptr, other, &store, &error), MMF_OK)
        << error.message;
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    mmf_schema_free(other);
    EXPECT_EQ(open_fails(), MMF_ERR_SCHEMA);
    EXPECT_NE(std::string(error.message).find("field 'volume' is not in the file"),
              std::string::npos)
        << error.message;
}
