// Boost.Interprocess: a vector in a mapped file, its pointers offsets.
#include <boost/interprocess/allocators/allocator.hpp>
#include <boost/interprocess/containers/vector.hpp>
#include <boost/interprocess/managed_mapped_file.hpp>
#include <boost/version.hpp>

#include "bench/compare/operations.h"

namespace {

namespace interprocess = boost::interprocess;
using File = interprocess::managed_mapped_file;
using peers::Facts;
using peers::Room;
using Allocator = interprocess::allocator<Tick::Raw, File::segment_manager>;
using Vector = interprocess::vector<Tick::Raw, Allocator>;

constexpr const char *kVector = "ticks";

File opened(const std::string &path, bool writing)
{
    return writing ? File(interprocess::open_only, path.c_str())
                   : File(interprocess::open_read_only, path.c_str());
}

struct Boost : peers::NoTransactions {
    static constexpr const char *kName = "Boost.Interprocess";
    using Record = Tick::Raw;

    static Facts facts()
    {
        Facts facts;
        facts.version = std::to_string(BOOST_VERSION / 100000) + "." +
                        std::to_string(BOOST_VERSION / 100 % 1000) + "." +
                        std::to_string(BOOST_VERSION % 100);
        facts.how = "a vector of structs of 104 bytes in a managed_mapped_file; reserve, push_back";
        facts.survives = "no";
        facts.typed = "by the program";
        facts.shared = "yes, with locks of one's own; readers see half-written records";
        facts.checked = "no";
        facts.append_note = "the file's size is set, and room reserved, before: it does not grow "
                            "while it is open";
        return facts;
    }
    static Record sample(uint64_t row)
    {
        return peers::raw_sample(row);
    }

    Boost(const std::string &path, bool writing)
        : file_(opened(path, writing)), ticks_(file_.find<Vector>(kVector).first)
    {
        if (ticks_ == nullptr)
            peers::fail(kName, path + " has no vector of ticks");
    }
    Boost &handle()
    {
        return *this;
    }
    double price(uint64_t row) const
    {
        return (*ticks_)[row].price;
    }
    template <typename Use> void each_price(Use use) const
    {
        for (const Record &tick : *ticks_)
            use(tick.price);
    }
    double sum() const
    {
        double total = 0;
        for (const Record &tick : *ticks_)
            total += tick.price;
        return total;
    }
    void read(uint64_t row, Record *out) const
    {
        *out = (*ticks_)[row];
    }
    void set_price(uint64_t row, double price)
    {
        (*ticks_)[row].price = price;
        benchmark::ClobberMemory();
    }
    void set(uint64_t row, const Record &in)
    {
        (*ticks_)[row] = in;
    }

    class Appends {
    public:
        Appends(const std::string &path, uint64_t rows, Room room)
            : file_(interprocess::create_only, path.c_str(), rows * sizeof(Record) + 65536),
              ticks_(file_.construct<Vector>(kVector)(file_.get_segment_manager()))
        {
            ticks_->reserve(rows);
            if (room == Room::made)
                fault_in(file_.get_address(), file_.get_size());
        }
        void empty()
        {
            ticks_->clear();
        }
        template <typename Next> void append(uint64_t rows, Next next)
        {
            for (uint64_t row = 0; row < rows; row++)
                ticks_->push_back(*next(row));
        }
        // flush() does not wait for the disk. The segment follows a header, in its first page.
        void sync()
        {
            const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
            const auto segment = reinterpret_cast<uintptr_t>(file_.get_address());
            const uintptr_t begin = segment / page * page;
            if (msync(reinterpret_cast<void *>(begin), segment - begin + file_.get_size(),
                      MS_SYNC) != 0)
                peers::fail(kName, "msync failed");
        }
        void finish()
        {
        }

    private:
        File file_;
        Vector *ticks_;
    };

private:
    File file_;
    Vector *ticks_;
};

const bool added = peers::add<Boost>();

} // namespace
