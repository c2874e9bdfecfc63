// The store of //:tick_store, through the calls of its header.
#include "bench/peers/operations.h"

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

struct Mmapforge {
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
        return Tick::sample(row);
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
    void begin_reads()
    {
    }
    void end_reads()
    {
    }
    double price(uint64_t row) const
    {
        double price;
        must(tick_store_get_price(store_, row, &price));
        return price;
    }
    template <typename Use> void each_price(Use use) const
    {
        const uint64_t count = tick_store_count(store_);
        for (uint64_t row = 0; row < count; row++)
            use(price(row));
    }
    double sum() const
    {
        mmf_column_float64 prices;
        must(tick_store_column_price(store_, 0, MMF_TO_END, &prices));
        double total = 0;
        for (uint64_t row = 0; row < prices.count; row++)
            total += mmf_column_float64_at(prices, row);
        return total;
    }
    void read(uint64_t row, Record *out) const
    {
        must(tick_store_get(store_, row, out));
    }
    template <typename Body> void write(uint64_t count, Body body)
    {
        for (uint64_t i = 0; i < count; i++)
            body(i);
    }
    void set_price(uint64_t row, double price)
    {
        must(tick_store_set_price(store_, row, price));
    }
    void set(uint64_t row, const Record &in)
    {
        must(tick_store_set(store_, row, &in));
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
            fault_in(Tick::first(store_), (rows_ + 1) * TICK_RECORD_SIZE);
        }
        template <typename Next> void append(uint64_t rows, Next next)
        {
            for (uint64_t row = 0; row < rows; row++)
                must(tick_store_append(store_, next(row), nullptr));
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
