// LMDB: a B+tree in a mapped file, from the number of a row to its bytes.
#include <lmdb.h>

#include <cstring>

#include "bench/compare/operations.h"

namespace {

using peers::Facts;
using peers::Room;

void check(int code)
{
    if (__builtin_expect(code != 0, 0))
        peers::fail("LMDB", mdb_strerror(code));
}

// An open file with its only database.
struct Environment {
    MDB_env *env = nullptr;
    MDB_dbi table = 0;

    // Where map_size is 0, it is that of the file.
    Environment(const std::string &path, unsigned flags, uint64_t map_size)
    {
        check(mdb_env_create(&env));
        check(mdb_env_set_mapsize(env, map_size));
        check(mdb_env_open(env, path.c_str(), MDB_NOSUBDIR | MDB_NOTLS | flags, 0600));
        MDB_txn *setup;
        const bool reading = (flags & MDB_RDONLY) != 0;
        check(mdb_txn_begin(env, nullptr, reading ? MDB_RDONLY : 0, &setup));
        check(mdb_dbi_open(setup, nullptr, reading ? MDB_INTEGERKEY : MDB_INTEGERKEY | MDB_CREATE,
                           &table));
        check(mdb_txn_commit(setup));
    }
    Environment(const Environment &) = delete;
    Environment &operator=(const Environment &) = delete;
    ~Environment()
    {
        mdb_env_close(env);
    }
};

MDB_val key_of(size_t *row)
{
    return {sizeof *row, row};
}

struct Lmdb {
    static constexpr const char *kName = "LMDB";
    using Record = Tick::Raw;
    static constexpr unsigned kUnsynced = MDB_NOSYNC | MDB_WRITEMAP;

    static Facts facts()
    {
        Facts facts;
        facts.version = std::to_string(MDB_VERSION_MAJOR) + "." +
                        std::to_string(MDB_VERSION_MINOR) + "." + std::to_string(MDB_VERSION_PATCH);
        facts.how = "INTEGERKEY, APPEND, NOSYNC with WRITEMAP, one read transaction; 1,000 writes "
                    "in a transaction; synced: neither flag, and a transaction as it is by default";
        facts.survives = "yes";
        facts.typed = "no: bytes";
        facts.shared = "yes: readers see a snapshot";
        facts.checked = "each key; not the file";
        facts.append_note = "the map's size is set before; the file grows in it";
        return facts;
    }
    static Record sample(uint64_t row)
    {
        return peers::raw_sample(row);
    }

    Lmdb(const std::string &path, bool writing)
        : in_(path, writing ? kUnsynced : MDB_RDONLY, writing ? kWritingMap : 0)
    {
    }
    Lmdb(const Lmdb &) = delete;
    Lmdb &operator=(const Lmdb &) = delete;

    void begin_reads()
    {
        check(mdb_txn_begin(in_.env, nullptr, MDB_RDONLY, &txn_));
        check(mdb_cursor_open(txn_, in_.table, &cursor_));
    }
    void end_reads()
    {
        mdb_cursor_close(cursor_);
        mdb_txn_abort(txn_);
    }
    Lmdb &handle()
    {
        return *this;
    }
    double price(uint64_t row)
    {
        return price_of(get(row));
    }
    template <typename Use> void each_price(Use use)
    {
        MDB_val key;
        MDB_val value;
        int code = mdb_cursor_get(cursor_, &key, &value, MDB_FIRST);
        for (; code == 0; code = mdb_cursor_get(cursor_, &key, &value, MDB_NEXT))
            use(price_of(value));
        check(code == MDB_NOTFOUND ? 0 : code);
    }
    double sum()
    {
        double total = 0;
        each_price([&total](double price) { total += price; });
        return total;
    }
    void read(uint64_t row, Record *out)
    {
        std::memcpy(out, get(row).mv_data, sizeof *out);
    }
    template <typename Body> void write(uint64_t count, Body body)
    {
        peers::in_batches(
            count,
            [this] {
                check(mdb_txn_begin(in_.env, nullptr, 0, &txn_));
                check(mdb_cursor_open(txn_, in_.table, &cursor_));
            },
            body,
            [this] {
                mdb_cursor_close(cursor_);
                check(mdb_txn_commit(txn_));
            });
    }
    void set_price(uint64_t row, double price)
    {
        size_t number = row;
        MDB_val key = key_of(&number);
        MDB_val value;
        check(mdb_cursor_get(cursor_, &key, &value, MDB_SET));
        Record record;
        std::memcpy(&record, value.mv_data, sizeof record);
        record.price = price;
        value = {sizeof record, &record};
        check(mdb_cursor_put(cursor_, &key, &value, MDB_CURRENT));
    }
    void set(uint64_t row, const Record &in)
    {
        size_t number = row;
        MDB_val key = key_of(&number);
        MDB_val value = {sizeof in, const_cast<Record *>(&in)};
        check(mdb_put(txn_, in_.table, &key, &value, 0));
    }

    class Appends {
    public:
        Appends(const std::string &path, uint64_t rows, Room room)
            : to_(path, room == Room::synced ? 0 : kUnsynced, rows * 160 + (UINT64_C(64) << 20))
        {
            if (room == Room::made)
                append(rows, peers::Samples<Lmdb>()); // so that its pages are there
        }
        void empty()
        {
            MDB_txn *txn;
            check(mdb_txn_begin(to_.env, nullptr, 0, &txn));
            check(mdb_drop(txn, to_.table, 0));
            check(mdb_txn_commit(txn));
            next_ = 0;
        }
        template <typename Next> void append(uint64_t rows, Next next)
        {
            MDB_txn *txn = nullptr;
            MDB_cursor *cursor = nullptr;
            peers::in_batches(
                rows,
                [&] {
                    check(mdb_txn_begin(to_.env, nullptr, 0, &txn));
                    check(mdb_cursor_open(txn, to_.table, &cursor));
                },
                [&](uint64_t row) {
                    size_t number = next_++;
                    MDB_val key = key_of(&number);
                    MDB_val value = {sizeof(Record), const_cast<Record *>(next(row))};
                    check(mdb_cursor_put(cursor, &key, &value, MDB_APPEND));
                },
                [&] {
                    mdb_cursor_close(cursor);
                    check(mdb_txn_commit(txn));
                });
        }
        // Without NOSYNC, the commit has done it.
        void sync()
        {
        }
        void finish()
        {
        }

    private:
        Environment to_;
        size_t next_ = 0;
    };

private:
    // Room for the copies that replace pages.
    static constexpr uint64_t kWritingMap = UINT64_C(2) << 30;

    MDB_val get(uint64_t row)
    {
        size_t number = row;
        MDB_val key = key_of(&number);
        MDB_val value;
        check(mdb_get(txn_, in_.table, &key, &value));
        return value;
    }
    // Values are aligned to 2 bytes.
    static double price_of(const MDB_val &value)
    {
        double price;
        std::memcpy(&price, static_cast<const char *>(value.mv_data) + offsetof(Record, price),
                    sizeof price);
        return price;
    }

    Environment in_;
    MDB_txn *txn_ = nullptr;
    MDB_cursor *cursor_ = nullptr;
};

const bool added = peers::add<Lmdb>();

} // namespace
