// SQLite: a table with a column for each field, found by rowid.
#include <sqlite3.h>

#include <cstring>

#include "bench/compare/operations.h"

namespace {

using peers::Facts;
using peers::Room;

void check(sqlite3 *database, bool good)
{
    if (__builtin_expect(!good, 0))
        peers::fail("SQLite", sqlite3_errmsg(database));
}

class Statement {
public:
    Statement(sqlite3 *database, const char *sql) : database_(database)
    {
        check(database, sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &it_,
                                           nullptr) == SQLITE_OK);
    }
    Statement(const Statement &) = delete;
    Statement &operator=(const Statement &) = delete;
    ~Statement()
    {
        sqlite3_finalize(it_);
    }
    sqlite3_stmt *get() const
    {
        return it_;
    }
    bool row() const
    {
        const int code = sqlite3_step(it_);
        check(database_, code == SQLITE_ROW || code == SQLITE_DONE);
        return code == SQLITE_ROW;
    }
    // Runs what returns no row.
    void run() const
    {
        check(database_, sqlite3_step(it_) == SQLITE_DONE);
        reset();
    }
    void reset() const
    {
        sqlite3_reset(it_);
    }

private:
    sqlite3 *database_;
    sqlite3_stmt *it_ = nullptr;
};

// An open file, with the settings of all.
class Database {
public:
    Database(const std::string &path, const char *settings)
    {
        const int code = sqlite3_open_v2(
            path.c_str(), &database_,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
        check(database_, code == SQLITE_OK);
        run("PRAGMA mmap_size=2000000000");
        run("PRAGMA cache_size=-65536");
        run(settings);
    }
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;
    ~Database()
    {
        sqlite3_close(database_);
    }
    void run(const char *sql)
    {
        check(database_, sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    }
    operator sqlite3 *() const
    {
        return database_;
    }

private:
    sqlite3 *database_ = nullptr;
};

// Without a journal, appends take 2 % less and sets up to 15 %, but a kill may break the file.
constexpr const char *kUnsynced = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF";
constexpr const char *kSynced = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL";

void bind(const Statement &to, const tick_record &record)
{
    sqlite3_bind_text(to.get(), 1, record.symbol, static_cast<int>(record.symbol_length),
                      SQLITE_STATIC);
    sqlite3_bind_double(to.get(), 2, record.price);
    sqlite3_bind_double(to.get(), 3, record.volume);
    sqlite3_bind_int64(to.get(), 4, static_cast<sqlite3_int64>(record.timestamp));
}

// SQLite numbers rows from 1.
void bind_row(const Statement &to, int place, uint64_t row)
{
    sqlite3_bind_int64(to.get(), place, static_cast<sqlite3_int64>(row) + 1);
}

struct Sqlite {
    static constexpr const char *kName = "SQLite";
    using Record = tick_record;

    static Facts facts()
    {
        Facts facts;
        facts.version = sqlite3_libversion();
        facts.how =
            "mmap_size, prepared statements, rowid, WAL, synchronous=OFF, 1,000 writes in a "
            "transaction, reads in one; synced: synchronous=FULL";
        facts.survives = "yes";
        facts.typed = "by the table";
        facts.shared = "yes";
        facts.checked = "each row and page";
        return facts;
    }
    static Record sample(uint64_t row)
    {
        return peers::sample(row);
    }

    Sqlite(const std::string &path, bool)
        : database_(path, kUnsynced), price_(database_, "SELECT price FROM tick WHERE id=?"),
          prices_(database_, "SELECT price FROM tick ORDER BY id"),
          sum_(database_, "SELECT sum(price) FROM tick"),
          read_(database_, "SELECT symbol, price, volume, timestamp FROM tick WHERE id=?"),
          set_price_(database_, "UPDATE tick SET price=? WHERE id=?"),
          set_(database_, "UPDATE tick SET symbol=?, price=?, volume=?, timestamp=? WHERE id=?"),
          begin_(database_, "BEGIN"), commit_(database_, "COMMIT")
    {
    }
    void begin_reads()
    {
        begin_.run();
    }
    void end_reads()
    {
        commit_.run();
    }
    Sqlite &handle()
    {
        return *this;
    }
    double price(uint64_t row)
    {
        bind_row(price_, 1, row);
        check(database_, price_.row());
        const double price = sqlite3_column_double(price_.get(), 0);
        price_.reset();
        return price;
    }
    template <typename Use> void each_price(Use use)
    {
        while (prices_.row())
            use(sqlite3_column_double(prices_.get(), 0));
        prices_.reset();
    }
    double sum()
    {
        check(database_, sum_.row());
        const double sum = sqlite3_column_double(sum_.get(), 0);
        sum_.reset();
        return sum;
    }
    void read(uint64_t row, Record *out)
    {
        bind_row(read_, 1, row);
        check(database_, read_.row());
        const auto *symbol = reinterpret_cast<const char *>(sqlite3_column_text(read_.get(), 0));
        const auto length = static_cast<size_t>(sqlite3_column_bytes(read_.get(), 0));
        check(database_, symbol != nullptr && length <= TICK_SYMBOL_MAX);
        std::memcpy(out->symbol, symbol, length + 1);
        out->symbol_length = length;
        out->price = sqlite3_column_double(read_.get(), 1);
        out->volume = sqlite3_column_double(read_.get(), 2);
        out->timestamp = static_cast<uint64_t>(sqlite3_column_int64(read_.get(), 3));
        read_.reset();
    }
    template <typename Body> void write(uint64_t count, Body body)
    {
        peers::in_batches(
            count, [this] { begin_.run(); }, body, [this] { commit_.run(); });
    }
    void set_price(uint64_t row, double price)
    {
        sqlite3_bind_double(set_price_.get(), 1, price);
        bind_row(set_price_, 2, row);
        set_price_.run();
    }
    void set(uint64_t row, const Record &in)
    {
        bind(set_, in);
        bind_row(set_, 5, row);
        set_.run();
    }

    class Appends {
    public:
        Appends(const std::string &path, uint64_t rows, Room room)
            : database_(path, room == Room::synced ? kSynced : kUnsynced),
              created_(create(database_)),
              insert_(database_, "INSERT INTO tick(symbol, price, volume, timestamp) "
                                 "VALUES(?, ?, ?, ?)"),
              begin_(database_, "BEGIN"), commit_(database_, "COMMIT")
        {
            if (room == Room::made)
                append(rows, peers::Samples<Sqlite>()); // so that its pages are there
        }
        void empty()
        {
            database_.run("DELETE FROM tick");
        }
        template <typename Next> void append(uint64_t rows, Next next)
        {
            peers::in_batches(
                rows, [this] { begin_.run(); },
                [this, &next](uint64_t row) {
                    bind(insert_, *next(row));
                    insert_.run();
                },
                [this] { commit_.run(); });
        }
        // With synchronous=FULL, the commit has done it.
        void sync()
        {
        }
        void finish()
        {
        }

    private:
        static bool create(Database &in)
        {
            in.run("CREATE TABLE tick(id INTEGER PRIMARY KEY, symbol TEXT, price REAL, "
                   "volume REAL, timestamp INTEGER)");
            return true;
        }

        Database database_;
        bool created_;
        Statement insert_;
        Statement begin_;
        Statement commit_;
    };

private:
    Database database_;
    Statement price_;
    Statement prices_;
    Statement sum_;
    Statement read_;
    Statement set_price_;
    Statement set_;
    Statement begin_;
    Statement commit_;
};

const bool added = peers::add<Sqlite>();

} // namespace
