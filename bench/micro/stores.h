// The stores and the plain arrays that are measured, of two records, with the same rows in both.
#ifndef MMF_BENCH_STORES_H
#define MMF_BENCH_STORES_H

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bench/micro/measure.h"
#include "bench/micro/raw_market_cap.h"
#include "bench/micro/raw_tick.h"

// ---- Two records, and the generated calls of their stores ----

// A tick, or one with a checksum.
template <typename Record> Record tick_sample(uint64_t i)
{
    Record record = {};
    record.symbol_length = 8;
    std::memcpy(record.symbol, "MMFORGE1", 8);
    record.price = 100.0 + static_cast<double>(i % 100);
    record.volume = 1.0;
    record.timestamp = i;
    return record;
}

struct Tick {
    using Store = tick_store;
    using Record = tick_record;
    using Raw = raw_tick;

    static constexpr auto create = tick_store_create;
    static constexpr auto close = tick_store_close;
    static constexpr auto append = tick_store_append;
    static constexpr auto get = tick_store_get;
    static constexpr auto set = tick_store_set;
    static constexpr auto sample = tick_sample<Record>;

    static Raw raw_sample(uint64_t i)
    {
        return raw(sample(i));
    }
    static Raw raw(const Record &from)
    {
        Raw to = {2,           static_cast<uint32_t>(from.symbol_length),
                  {},          from.price,
                  from.volume, from.timestamp};
        std::memcpy(to.symbol, from.symbol, sizeof to.symbol);
        return to;
    }
};

struct MarketCap {
    using Store = market_cap_store;
    using Record = market_cap_record;
    using Raw = raw_market_cap;

    static constexpr auto create = market_cap_store_create;
    static constexpr auto close = market_cap_store_close;
    static constexpr auto append = market_cap_store_append;
    static constexpr auto get = market_cap_store_get;
    static constexpr auto set = market_cap_store_set;

    static Record sample(uint64_t i)
    {
        return {i, 100.0, 1.0, 1e9, false};
    }
    static Raw raw_sample(uint64_t i)
    {
        return {2, i, 100.0, 1.0, 1e9, false};
    }
};

// ---- Places ----

// A new store. Its file loses its name at once, so that nothing is left, unless *named is to have
// the name: one without does not grow.
template <typename Kind>
typename Kind::Store *create(uint64_t capacity, bool on_disk = false, std::string *named = nullptr)
{
    const std::string path = scratch_path(on_disk);
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = capacity;
    typename Kind::Store *store = nullptr;
    mmf_error error;
    const mmf_status status = Kind::create(path.c_str(), &options, &store, &error);
    if (status != MMF_OK)
        std::fprintf(stderr, "bench: %s\n", error.message);
    must(status);
    if (named != nullptr)
        *named = path;
    else
        (void)unlink(path.c_str());
    return store;
}

// Closes a store whose file has no name any more, which close reports.
template <typename Kind> void close(typename Kind::Store *store)
{
    const mmf_status status = Kind::close(store);
    must(status == MMF_ERR_NOT_FOUND ? MMF_OK : status);
}

// Writable pages under the bytes, so that writing does not wait for the system to make them.
inline void fault_in(const void *data, size_t size)
{
    const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const uintptr_t first = reinterpret_cast<uintptr_t>(data);
    const uintptr_t begin = first / page * page;
    if (madvise(reinterpret_cast<void *>(begin), first - begin + size, MADV_POPULATE_WRITE) != 0)
        std::perror("bench: MADV_POPULATE_WRITE (Linux 5.14), writes will count page faults");
}

// Zero bytes in a file of the kind that stores are in, with pages under them.
class Memory {
public:
    explicit Memory(size_t size) : size_(size)
    {
        const std::string path = scratch_path(false);
        const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
        if (file < 0 || ftruncate(file, static_cast<off_t>(size_)) != 0)
            std::abort();
        (void)unlink(path.c_str());
        base_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ::close(file);
        if (base_ == MAP_FAILED)
            std::abort();
        fault_in(base_, size_);
    }
    Memory(const Memory &) = delete;
    Memory &operator=(const Memory &) = delete;
    ~Memory()
    {
        munmap(base_, size_);
    }
    unsigned char *data() const
    {
        return static_cast<unsigned char *>(base_);
    }

private:
    size_t size_;
    void *base_;
};

// A plain array there, so that both sides have pages of one kind.
template <typename Kind> class MappedArray {
public:
    explicit MappedArray(uint64_t rows) : memory_(rows * sizeof(typename Kind::Raw))
    {
    }
    typename Kind::Raw *data() const
    {
        return reinterpret_cast<typename Kind::Raw *>(memory_.data());
    }

private:
    Memory memory_;
};

template <typename Kind> typename Kind::Store *new_store(uint64_t rows)
{
    typename Kind::Store *store = create<Kind>(rows);
    for (uint64_t i = 0; i < rows; i++) {
        const typename Kind::Record record = Kind::sample(i);
        must(Kind::append(store, &record, nullptr));
    }
    return store;
}

template <typename Kind> typename Kind::Raw *new_array(uint64_t rows)
{
    static MappedArray<Kind> array(rows);
    for (uint64_t i = 0; i < rows; i++)
        array.data()[i] = Kind::raw_sample(i);
    return array.data();
}

template <typename Kind> typename Kind::Store *hot_store()
{
    static typename Kind::Store *const store = new_store<Kind>(kHotRows);
    return store;
}

template <typename Kind> typename Kind::Raw *hot_array()
{
    static typename Kind::Raw *const array = new_array<Kind>(kHotRows);
    return array;
}

#endif
