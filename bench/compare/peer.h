/*
 * What every file about a library defines, and how it gets into the program.
 *
 * A peer is a class over an open file of ticks:
 *
 *     static constexpr const char *kName;
 *     static Facts facts();
 *     using Record;                                what a whole record is read into
 *     static Record sample(uint64_t row);          the data, the same for all
 *     Peer(const std::string &path, bool writing); opens a file; the destructor closes it
 *     void begin_reads(), end_reads();             around a benchmark, not timed
 *     double price(uint64_t row);                  one field
 *     void each_price(Use use);                    use(price) of each row, in order
 *     double sum();                                of all prices, as this library does it best
 *     void read(uint64_t row, Record *out);
 *     void write(uint64_t count, Body body);       body(i) for each, kBatch in a transaction
 *     void set_price(uint64_t row, double price);  inside of write
 *     void set(uint64_t row, const Record &in);    inside of write
 *     handle();                                    what has price, read, set_price and set
 *
 *     struct Appends                               fills a file
 *         Appends(const std::string &path, uint64_t rows, Room room);
 *         void empty();                            before each use, not timed
 *         void append(uint64_t rows, Next next);   *next(row), kBatch in a transaction
 *         void sync();                             what was appended is on the disk
 *         void finish();                           the file can be opened
 *
 * Errors end the program, with the name of the library and what it said.
 */
#ifndef MMF_BENCH_PEERS_PEER_H
#define MMF_BENCH_PEERS_PEER_H

#include <cstdint>
#include <string>
#include <vector>

#include "bench/micro/stores.h"

namespace peers {

// What a library gives, in a few words each; all of it stands in the report.
struct Facts {
    std::string version;
    std::string how;         // its settings here
    std::string survives;    // a kill of the writer, in the midst of writing
    std::string typed;       // who knows the types of the fields
    std::string shared;      // several processes
    std::string checked;     // what happens with a row that is not there, or a broken file
    std::string cannot_sync; // why it has no synced appends; empty if it has
    std::string append_note; // what an append is, where it is not what one would think
    std::string set_note;    // the same for replacing a record
};

// Rows in a transaction, where there are any.
constexpr uint64_t kBatch = 1000;

// What a file that is to be appended to begins with.
enum class Room {
    made,   // pages for all rows, which are there already
    grows,  // as the library lets a file grow
    synced, // the same on a disk, and the library able to sync
};

[[noreturn, gnu::cold, gnu::noinline]] void fail(const char *peer, const std::string &what);

// Bytes of a file, mapped as long as this lives.
class Mapping {
public:
    Mapping(const char *peer, const std::string &path, bool writing);
    // A new file of size zero bytes.
    Mapping(const char *peer, const std::string &path, uint64_t size);
    Mapping(const Mapping &) = delete;
    Mapping &operator=(const Mapping &) = delete;
    ~Mapping();
    unsigned char *data() const
    {
        return data_;
    }
    size_t size() const
    {
        return size_;
    }

private:
    void map(const char *peer, int file, bool writing);

    unsigned char *data_;
    size_t size_;
};

// Writes a new file as a whole.
void write_file(const char *peer, const std::string &path, const void *data, size_t size);

// The data: a tick a millisecond. Numbers have fractions, since SQLite keeps whole ones in less
// room, but such that their sum is the same in any order.
inline tick_record sample(uint64_t row)
{
    tick_record record = Tick::sample(row);
    record.price = 100.125 + static_cast<double>(row % 1000) * 0.25;
    record.volume = 1000.5 + static_cast<double>(row % 100);
    record.timestamp = UINT64_C(1700000000000000000) + row * 1000000;
    return record;
}

inline Tick::Raw raw_sample(uint64_t row)
{
    return Tick::raw(sample(row));
}

// What a peer without transactions does about them.
struct NoTransactions {
    void begin_reads()
    {
    }
    void end_reads()
    {
    }
    template <typename Body> void write(uint64_t count, Body body)
    {
        for (uint64_t i = 0; i < count; i++)
            body(i);
    }
};

// One sample for each call, so that the compiler cannot keep it in registers.
template <typename Record> class Same {
public:
    explicit Same(const Record &record) : record_(record)
    {
    }
    const Record *operator()(uint64_t)
    {
        keep_memory(&record_);
        return &record_;
    }

private:
    Record record_;
};

// The rows of a file, one after the other.
template <typename Peer> class Samples {
public:
    const typename Peer::Record *operator()(uint64_t row)
    {
        record_ = Peer::sample(row);
        return &record_;
    }

private:
    typename Peer::Record record_;
};

// Makes a file with the samples 0 to rows - 1.
template <typename Peer> void make(const std::string &path, uint64_t rows)
{
    typename Peer::Appends to(path, rows, Room::grows);
    to.empty();
    to.append(rows, Samples<Peer>());
    to.finish();
}

// Calls body(0), ..., body(count - 1), with begin() and commit() around each kBatch of them.
template <typename Begin, typename Body, typename Commit>
void in_batches(uint64_t count, Begin begin, Body body, Commit commit)
{
    for (uint64_t done = 0; done < count;) {
        const uint64_t stop = count - done < kBatch ? count : done + kBatch;
        begin();
        for (; done < stop; done++)
            body(done);
        commit();
    }
}

} // namespace peers

#endif
