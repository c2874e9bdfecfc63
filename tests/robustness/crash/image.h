// Files that live in memory only: a store's bytes at one moment, opened like any other file.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_IMAGE_H
#define MMF_TESTS_ROBUSTNESS_CRASH_IMAGE_H

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "mmapforge/verify.h"
#include "tick_store.h"

// The files are of an older version of the schema, which the program writes through an adapter; see
// adapted/.
#ifdef MMF_TESTS_ADAPTED
#include "older_store.h"
constexpr bool kAdapted = true;
#else
constexpr bool kAdapted = false;
#endif

// With checksums the same tests ask for more; see checksummed/.
#if defined(TICK_RECORD_CHECKSUM) || defined(OLDER_RECORD_CHECKSUM)
constexpr bool kChecksummed = true;
#else
constexpr bool kChecksummed = false;
#endif

using Bytes = std::vector<unsigned char>;

class MemoryFile {
public:
    explicit MemoryFile(const Bytes &content = {})
    {
        fd = memfd_create("mmf_image", 0);
        EXPECT_GE(fd, 0);
        put(content);
    }
    MemoryFile(const MemoryFile &) = delete;
    MemoryFile &operator=(const MemoryFile &) = delete;
    ~MemoryFile()
    {
        close(fd);
    }
    void put(const Bytes &content) const
    {
        EXPECT_EQ(ftruncate(fd, 0), 0);
        EXPECT_EQ(pwrite(fd, content.data(), content.size(), 0),
                  static_cast<ssize_t>(content.size()));
        stand_for_the_file();
    }
    // Each open of it has locks of its own, as that of a file on a disk has.
    std::string path() const
    {
        return "/proc/self/fd/" + std::to_string(fd);
    }
    size_t size() const
    {
        struct stat info;
        EXPECT_EQ(fstat(fd, &info), 0);
        return static_cast<size_t>(info.st_size);
    }
    Bytes bytes() const
    {
        Bytes content(size());
        EXPECT_EQ(pread(fd, content.data(), content.size(), 0),
                  static_cast<ssize_t>(content.size()));
        return content;
    }

    int fd;

private:
    // An image stands for the file that it was taken of, and not for a copy, which would not be
    // believed: the shared page, at 16384 + 336, has st_dev and st_ino.
    void stand_for_the_file() const
    {
        uint64_t id[2] = {};
        struct stat info;
        if (pread(fd, id, sizeof id, 16384 + 336) != sizeof id || (id[0] == 0 && id[1] == 0))
            return;
        EXPECT_EQ(fstat(fd, &info), 0);
        id[0] = info.st_dev;
        id[1] = info.st_ino;
        EXPECT_EQ(pwrite(fd, id, sizeof id, 16384 + 336), static_cast<ssize_t>(sizeof id));
    }
};

inline void create_store(const std::string &path, const mmf_options &options)
{
    mmf_error error;
#ifdef MMF_TESTS_ADAPTED
    older_store *store = nullptr;
    EXPECT_EQ(older_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    EXPECT_EQ(older_store_close(store), MMF_OK);
#else
    tick_store *store = nullptr;
    EXPECT_EQ(tick_store_create(path.c_str(), &options, &store, &error), MMF_OK) << error.message;
    EXPECT_EQ(tick_store_close(store), MMF_OK);
#endif
}

// A new, empty store as bytes.
inline Bytes new_store(uint64_t capacity)
{
    const std::string path = testing::TempDir() + "/new_store." + std::to_string(getpid());
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = capacity;
    create_store(path, options);
    FILE *file = fopen(path.c_str(), "rb");
    EXPECT_NE(file, nullptr);
    Bytes bytes;
    for (int c = getc(file); c != EOF; c = getc(file))
        bytes.push_back(static_cast<unsigned char>(c));
    fclose(file);
    EXPECT_EQ(unlink(path.c_str()), 0);
    return bytes;
}

// Opens what is there; the reserve is small, because there are many.
inline tick_store *open_image(const MemoryFile &file, mmf_mode mode, mmf_error *error,
                              bool shared = false)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = mode;
    options.reserve_bytes = UINT64_C(16) << 20;
    options.shared_writers = shared;
    tick_store *store = nullptr;
    (void)tick_store_open(file.path().c_str(), &options, &store, error);
    return store;
}

// What is wrong with the checksums of these rows; "" when nothing is, or when there are none.
inline std::string unsound(const tick_store *store, uint64_t first, uint64_t count)
{
    if (!kChecksummed)
        return "";
    mmf_error error = {};
    const mmf_status status =
        mmf_store_verify(reinterpret_cast<const mmf_store *>(store), first, count, nullptr, &error);
    return status == MMF_OK ? "" : error.message;
}

#endif
