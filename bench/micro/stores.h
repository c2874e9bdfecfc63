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

#include "bench/micro/market_cap_store.h"
#include "bench/micro/measure.h"
#include "tick_store.h"

// What a close said of a store whose file has no name any more, which is meant here.
inline mmf_status closed(mmf_status status)
{
    return status == MMF_ERR_NOT_FOUND ? MMF_OK : status;
}

// ---- Two records, and each as a program without a store would keep it, at the file's size ----

struct Tick {
    using Store = tick_store;
    using Record = tick_record;
    struct Raw {
        uint64_t sequence;
        uint32_t symbol_length;
        char symbol[TICK_SYMBOL_MAX];
        double price;
        double volume;
        uint64_t timestamp;
    };

    static Record sample(uint64_t i)
    {
        Record record = {};
        record.symbol_length = 8;
        std::memcpy(record.symbol, "MMFORGE1", 8);
        record.price = 100.0 + static_cast<double>(i % 100);
        record.volume = 1.0;
        record.timestamp = i;
        return record;
    }
    static Raw raw_sample(uint64_t i)
    {
        const Record from = sample(i);
        Raw raw = {2, 8, {}, from.price, from.volume, from.timestamp};
        std::memcpy(raw.symbol, from.symbol, sizeof raw.symbol);
        return raw;
    }
    static mmf_status create(const char *path, const mmf_options *options, Store **out,
                             mmf_error *error)
    {
        return tick_store_create(path, options, out, error);
    }
    static mmf_status close(Store *store)
    {
        return closed(tick_store_close(store));
    }
    static mmf_status append(Store *store, const Record *in)
    {
        return tick_store_append(store, in, nullptr);
    }
    static mmf_status get(const Store *store, uint64_t row, Record *out)
    {
        return tick_store_get(store, row, out);
    }
    static mmf_status set(Store *store, uint64_t row, const Record *in)
    {
        return tick_store_set(store, row, in);
    }
    static const unsigned char *first(const Store *store)
    {
        tick_rows rows;
        must(tick_store_rows(store, 0, 1, &rows));
        return rows.base.records;
    }
};
static_assert(sizeof(Tick::Raw) == TICK_RECORD_SIZE, "both sides must move the same bytes");

struct MarketCap {
    using Store = market_cap_store;
    using Record = market_cap_record;
    struct Raw {
        uint64_t sequence;
        uint64_t id;
        double price;
        double volume;
        double market_cap;
        bool stale;
    };

    static Record sample(uint64_t i)
    {
        return {i, 100.0, 1.0, 1e9, false};
    }
    static Raw raw_sample(uint64_t i)
    {
        return {2, i, 100.0, 1.0, 1e9, false};
    }
    static mmf_status create(const char *path, const mmf_options *options, Store **out,
                             mmf_error *error)
    {
        return market_cap_store_create(path, options, out, error);
    }
    static mmf_status close(Store *store)
    {
        return closed(market_cap_store_close(store));
    }
    static mmf_status append(Store *store, const Record *in)
    {
        return market_cap_store_append(store, in, nullptr);
    }
    static mmf_status get(const Store *store, uint64_t row, Record *out)
    {
        return market_cap_store_get(store, row, out);
    }
    static mmf_status set(Store *store, uint64_t row, const Record *in)
    {
        return market_cap_store_set(store, row, in);
    }
    static const unsigned char *first(const Store *store)
    {
        market_cap_rows rows;
        must(market_cap_store_rows(store, 0, 1, &rows));
        return rows.base.records;
    }
};
static_assert(sizeof(MarketCap::Raw) == MARKET_CAP_RECORD_SIZE,
              "both sides must move the same bytes");

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
        must(Kind::append(store, &record));
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
