// An array of structs in a mapped file: what any of the others could cost at best.
#include <cstring>

#include "bench/compare/operations.h"

namespace {

using peers::Facts;
using peers::Mapping;
using peers::Room;

struct Memory : peers::NoTransactions {
    static constexpr const char *kName = "plain memory";
    using Record = Tick::Raw;

    static Facts facts()
    {
        Facts facts;
        facts.version = "mmap and memcpy";
        facts.how = "an array of structs of 104 bytes in a mapped file; its size is known before";
        facts.survives =
            "no: a record can be half written, and the number of records is not stored";
        facts.typed = "by the program";
        facts.shared = "yes, and readers see half-written records";
        facts.checked = "no";
        return facts;
    }
    static Record sample(uint64_t row)
    {
        return peers::raw_sample(row);
    }

    Memory(const std::string &path, bool writing)
        : file_(kName, path, writing), rows_(reinterpret_cast<Record *>(file_.data())),
          count_(file_.size() / sizeof(Record))
    {
    }
    Memory &handle()
    {
        return *this;
    }
    double price(uint64_t row) const
    {
        return rows_[row].price;
    }
    template <typename Use> void each_price(Use use) const
    {
        for (uint64_t row = 0; row < count_; row++)
            use(rows_[row].price);
    }
    double sum() const
    {
        double total = 0;
        for (uint64_t row = 0; row < count_; row++)
            total += rows_[row].price;
        return total;
    }
    void read(uint64_t row, Record *out) const
    {
        std::memcpy(out, &rows_[row], sizeof *out);
    }
    void set_price(uint64_t row, double price)
    {
        rows_[row].price = price;
        benchmark::ClobberMemory();
    }
    void set(uint64_t row, const Record &in)
    {
        std::memcpy(&rows_[row], &in, sizeof in);
    }

    class Appends {
    public:
        Appends(const std::string &path, uint64_t rows, Room room)
            : file_(kName, path, rows * sizeof(Record)),
              next_(reinterpret_cast<Record *>(file_.data()))
        {
            if (room == Room::made)
                fault_in(file_.data(), file_.size());
        }
        void empty()
        {
            next_ = reinterpret_cast<Record *>(file_.data());
        }
        template <typename Next> void append(uint64_t rows, Next next)
        {
            for (uint64_t row = 0; row < rows; row++)
                std::memcpy(next_++, next(row), sizeof(Record));
        }
        void sync()
        {
            if (msync(file_.data(), file_.size(), MS_SYNC) != 0)
                peers::fail(kName, "msync failed");
        }
        void finish()
        {
        }

    private:
        Mapping file_;
        Record *next_;
    };

private:
    Mapping file_;
    Record *rows_;
    uint64_t count_;
};

const bool added = peers::add<Memory>();

} // namespace
