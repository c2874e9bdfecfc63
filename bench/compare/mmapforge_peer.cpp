// The store of //:tick_store, through the calls of its header.
#include "bench/compare/operations.h"

namespace {

using peers::Facts;
using peers::Room;

tick_store *opened(const std::string &path, bool writing)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = writing ? MMF_READ_WRITE : MMF_READ_ONLY;
    tick_store *store = nullptr;
    mmf_error error;
    if (tick_store_open(path.c_str(), &options, &store, &error) != MMF_OK)
        peers::fail("mmapforge", error.message);
    return store;
}

tick_store *created(const std::string &path, uint64_t capacity)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = capacity;
    tick_store *store = nullptr;
    mmf_error error;
    (void)unlink(path.c_str());
    if (tick_store_create(path.c_str(), &options, &store, &error) != MMF_OK)
        peers::fail("mmapforge", error.message);
    return store;
}

// A pointer to the store, as a program would have it in a variable of its own: what is called out
// of line, for a row that is not known, might change one in an object that others see.
struct Handle {
    tick_store *store;

    double price(uint64_t row) const
    {
        double price;
        must(tick_store_get_price(store, row, &price));
        return price;
    }
    void read(uint64_t row, tick_record *out) const
    {
        must(tick_store_get(store, row, out));
    }
    void set_price(uint64_t row, double price) const
    {
        must(tick_store_set_price(store, row, price));
    }
    void set(uint64_t row, const tick_record &in) const
    {
        must(tick_store_set(store, row, &in));
    }
};

struct Mmapforge : peers::NoTransactions {
    static constexpr const char *kName = "mmapforge";
    using Record = tick_record;

    static Facts facts()
    {
        Facts facts;
        facts.version = "this tree";
        facts.how = "default options";
        facts.survives = "yes: at any instruction";
        facts.typed = "by the schema, which is in the file";
        facts.shared = "yes: readers never lock, and see whole records";
        facts.checked = "each row, and the file when it is opened";
        return facts;
    }
    static Record sample(uint64_t row)
    {
        return peers::sample(row);
    }

    Mmapforge(const std::string &path, bool writing) : store_(opened(path, writing))
    {
    }
    Mmapforge(const Mmapforge &) = delete;
    Mmapforge &operator=(const Mmapforge &) = delete;
    ~Mmapforge()
    {
        must(tick_store_close(store_));
    }
    Handle handle() const
    {
        return {store_};
    }
    template <typename Use> void each_price(Use use) const
    {
        const Handle from = handle();
        const uint64_t count = tick_store_count(from.store);
        for (uint64_t row = 0; row < count; row++)
            use(from.price(row));
    }
    double sum() const
    {
        mmf_column_float64 prices;
        must(tick_store_column_price(store_, 0, tick_store_count(store_), &prices));
        double total = 0;
        for (uint64_t row = 0; row < prices.count; row++)
            total += mmf_column_float64_at(prices, row);
        return total;
    }

    class Appends {
    public:
        Appends(const std::string &path, uint64_t rows, Room room)
            : path_(path), rows_(rows), room_(room)
        {
        }
        Appends(const Appends &) = delete;
        Appends &operator=(const Appends &) = delete;
        ~Appends()
        {
            finish();
        }
        // Stores only grow, so an empty one is a new one.
        void empty()
        {
            finish();
            if (room_ != Room::made) {
                store_ = created(path_, 0);
                return;
            }
            const Record first = sample(0);
            store_ = created(path_, rows_ + 1);
            must(tick_store_append(store_, &first, nullptr));
            fault_in(store_->base.records, (rows_ + 1) * TICK_RECORD_SIZE);
        }
        template <typename Next> void append(uint64_t rows, Next next)
        {
            tick_store *const store = store_;
            for (uint64_t row = 0; row < rows; row++)
                must(tick_store_append(store, next(row), nullptr));
        }
        void sync()
        {
            must(tick_store_sync(store_, nullptr));
        }
        void finish()
        {
            if (store_ != nullptr)
                must(tick_store_close(store_));
            store_ = nullptr;
        }

    private:
        std::string path_;
        uint64_t rows_;
        Room room_;
        tick_store *store_ = nullptr;
    };

private:
    tick_store *store_;
};

const bool added = peers::add<Mmapforge>();

} // namespace
